/* formula_index.c - indices in formulas: t[j], and sums and products over j.
 *
 *     over  = ("sum" | "prod") "(" NAME "," whole "," whole "," sum ")"
 *     whole = whole numbers and indices with + - * and parentheses
 *
 * A sum is read once a term, with its index on top of a stack of indices: what
 * comes out is the graph that somebody would get who had written all the terms
 * down. So nothing downstream knows of indices. */

#include "law/formula_parser.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
    WHOLE_MAX = 1000000, /* larger is a slip, and overflow stays far     */
    TERMS_MAX = 20000,   /* of all sums together: nested ones multiply   */
    WHOLE_DEPTH_MAX = 50,
};

bool parser_index(i64 *value, const Parser *p, const char *name)
{
    for (int i = p->names->nindex - 1; i >= 0; i--)
        if (strcmp(p->names->index[i].name, name) == 0) {
            *value = p->names->index[i].value;
            return true;
        }
    return false;
}

/* ---- whole numbers ----------------------------------------------------- */

static i64 in_range(Parser *p, i64 value)
{
    if (value >= -WHOLE_MAX && value <= WHOLE_MAX)
        return value;
    return parser_fail(p, "a whole number this large is no index");
}

static i64 whole_atom(Parser *p)
{
    i64 value;
    parser_blanks(p);
    if (isdigit((unsigned char)*p->at)) {
        char *end;
        value = in_range(p, strtoll(p->at, &end, 10));
        p->at = end;
        return *end == '.' ? parser_fail(p, "an index is a whole number")
                           : value;
    }
    const char *before = p->at, *name = parser_name(p);
    if (name && parser_index(&value, p, name))
        return value;
    p->at = before;
    if (name)
        return parser_fail(p, "no index of this name; there are those of the "
                              "sums around it and of [index]");
    if (!parser_take(p, '('))
        return parser_fail(p, "a whole number or an index is expected");
    value = parser_whole(p);
    return p->failed || parser_take(p, ')')
               ? value : parser_fail(p, "')' is missing here");
}

static i64 whole_signed(Parser *p)
{
    i64 sign = 1;
    while (parser_take(p, '-'))
        sign = -sign;
    return sign * whole_atom(p);
}

static i64 whole_product(Parser *p)
{
    i64 value = whole_signed(p);
    while (!p->failed && parser_take(p, '*'))
        value = in_range(p, value * whole_signed(p));
    return value;
}

i64 parser_whole(Parser *p)
{
    if (++p->depth > WHOLE_DEPTH_MAX)
        return parser_fail(p, "nested too deeply; write it flatter");
    i64 value = whole_product(p);
    while (!p->failed) {
        if (parser_take(p, '+'))
            value = in_range(p, value + whole_product(p));
        else if (parser_take(p, '-'))
            value = in_range(p, value - whole_product(p));
        else
            break;
    }
    p->depth--;
    return value;
}

/* ---- t[j] -------------------------------------------------------------- */

const char *parser_subscript(Parser *p, const char *name)
{
    for (const char *between = ""; !p->failed; between = "_") {
        const i64 index = parser_whole(p);
        if (!p->failed && index < 0)
            (void)parser_fail(p, "an index below 0");
        name = arena_print(p->arena, "%s%s%lld", name, between,
                           (long long)index);
        if (!parser_take(p, ','))
            break;
    }
    if (!p->failed && !parser_take(p, ']'))
        (void)parser_fail(p, "']' is missing here");
    return name;
}

/* ---- sums and products ------------------------------------------------- */

void parser_push(Parser *p, const char *index, i64 value)
{
    FormulaNames *names = p->names;
    if (names->nindex == FORMULA_INDICES_MAX) {
        (void)parser_fail(p, "sums nested too deeply");
        return;
    }
    names->index[names->nindex++] = (FormulaIndex){ index, value };
}

void parser_pop(Parser *p)
{
    p->names->nindex--;
}

static bool is_param(const FormulaNames *names, const char *name)
{
    for (int i = 0; i < names->nparam; i++)
        if (strcmp(names->param[i], name) == 0)
            return true;
    return false;
}

static const char *index_name(Parser *p)
{
    i64 taken;
    const char *before = p->at, *name = parser_name(p);
    if (!name)
        (void)parser_fail(p, "the name of the index is expected, as in "
                             "sum(j, 1, 3, t[j]*r[j])");
    else if (parser_index(&taken, p, name) || is_param(p->names, name)) {
        p->at = before;
        (void)parser_fail(p, "this name means something else already; give "
                             "the index another");
    }
    return name;
}

static void comma(Parser *p)
{
    if (!p->failed && !parser_take(p, ','))
        (void)parser_fail(p, "',' is missing here, as in "
                             "sum(j, 1, 3, t[j]*r[j])");
}

/* The ')' that closes what stands open, or the end of the text. */
static const char *closing(const char *at)
{
    int open = 0;
    for (; *at; at++) {
        open += (*at == '(') - (*at == ')');
        if (open < 0)
            break;
    }
    return at;
}

Span parser_span(Parser *p)
{
    Span span = { .index = index_name(p) };
    comma(p);
    span.from = p->failed ? 0 : parser_whole(p);
    comma(p);
    span.to = p->failed ? 0 : parser_whole(p);
    comma(p);
    span.body = p->at;
    span.end = closing(p->at);
    return span;
}

/* One reading of the body; p stands at its end. */
static int term(Parser *p, const Span *span, i64 value)
{
    p->at = span->body;
    if (++p->terms > TERMS_MAX)
        return parser_fail(p, "sums of too many terms");
    parser_push(p, span->index, value);
    const int node = p->failed ? 0 : parser_sum(p);
    if (!p->failed)
        parser_pop(p);
    return node;
}

int parser_over(Parser *p, DagOp op)
{
    const Span span = parser_span(p);
    int all = dag_number(p->dag, op == DAG_ADD ? 0 : 1);
    for (i64 i = span.from; i <= span.to && !p->failed && !p->dag->full; i++) {
        const int one = term(p, &span, i);
        if (!p->failed)
            all = dag_binary(p->dag, op, all, one);
    }
    if (!p->failed && (span.to < span.from || p->dag->full))
        p->at = span.end; /* no term was read, or none matters any more */
    if (!p->failed && !parser_take(p, ')'))
        return parser_fail(p, "')' is missing here");
    return all;
}
