/* formula_replace.c - from the text of a formula to the text of another: names
 * replaced, sums over an index written out.
 *
 * Texts come here that the parser has accepted, so nothing can be wrong with
 * them; what the parser calls a number, a function or a name is one here. */

#include "law/formula_parser.h"

#include "base/str.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

typedef struct Writer {
    Parser             parser; /* stands where the reading does */
    Str               *out;
    int                count;
    const char *const *from, *const *to;
    bool               unroll;
} Writer;

static void walk(Writer *w, const char *end);

static void put_name(Writer *w, const char *name)
{
    i64 value;
    if (parser_index(&value, &w->parser, name)) {
        str_add(w->out, "%lld", (long long)value);
        return;
    }
    for (int i = 0; i < w->count; i++)
        if (strcmp(w->from[i], name) == 0) {
            str_put(w->out, w->to[i]);
            return;
        }
    str_put(w->out, name);
}

/* After "sum(": all its terms, in parentheses. */
static void put_terms(Writer *w, bool product)
{
    Parser *p = &w->parser;
    const Span span = parser_span(p);
    if (span.to < span.from)
        str_put(w->out, product ? "1" : "0");
    for (i64 i = span.from; i <= span.to; i++) {
        str_put(w->out, i > span.from ? product ? "*(" : " + " : "(");
        str_put(w->out, product && i == span.from ? "(" : "");
        p->at = span.body;
        parser_blanks(p);
        parser_push(p, span.index, i);
        walk(w, span.end);
        parser_pop(p);
        str_put(w->out, product ? ")" : "");
    }
    str_put(w->out, span.from <= span.to ? ")" : "");
    p->at = span.end;
    assert(!p->failed && *p->at == ')');
    p->at++;
}

static void word(Writer *w)
{
    Parser *p = &w->parser;
    const char *name = parser_name(p), *after = p->at;
    const bool over = strcmp(name, "sum") == 0 || strcmp(name, "prod") == 0;
    if (parser_take(p, '(')) {
        if (w->unroll && over) {
            put_terms(w, *name == 'p');
            return;
        }
        str_put(w->out, name);
    } else if (w->unroll && parser_take(p, '[')) {
        put_name(w, parser_subscript(p, name));
        return;
    } else {
        put_name(w, name);
    }
    p->at = after; /* blanks and brackets are copied as they are */
}

static void walk(Writer *w, const char *end)
{
    Parser *p = &w->parser;
    while (p->at < end) {
        const char *from = p->at;
        if (parser_name_begins(*from)) {
            word(w);
            continue;
        }
        char *past = NULL; /* of a number, whose e is no name */
        if (isdigit((unsigned char)*from) || *from == '.')
            (void)strtod(from, &past);
        p->at = past && past > from ? past : from + 1;
        str_bytes(w->out, from, p->at - from);
    }
}

const char *formula_replace(Arena *arena, const char *text, int count,
                            const char *const *from, const char *const *to,
                            bool unroll)
{
    Err err = { 0 };
    Str out = { 0 };
    FormulaNames names = { .nindex = 0 };
    const char *right = strchr(text, '=');
    assert(right);
    Writer w = { { .arena = arena, .names = &names, .text = text,
                   .at = right, .err = &err },
                 &out, count, from, to, unroll };
    str_bytes(&out, text, right - text);
    walk(&w, text + strlen(text));
    const char *made = arena_text(arena, out.text);
    str_free(&out);
    return made;
}
