/* law_where.c - names for parts of a formula, so that a law reads as its paper:
 *
 *     formula = "loss = E + A/N_eff^alpha + B/D^beta"
 *     where   = ["f = 1 - exp(-P/gamma)", "N_eff = N*f"]
 *
 * A name stands for its part in parentheses, in the formula and in the parts
 * after it. What the compiler gets is one formula; it sees what is the same. */

#include "law/law_read.h"

#include "base/str.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

typedef struct Part { const char *name, *text; } Part;

static bool name_begins(char c)
{
    return isalpha((unsigned char)c) || c == '_';
}

static size_t name_size(const char *at)
{
    size_t n = 0;
    while (name_begins(at[n]) || (n && isdigit((unsigned char)at[n])))
        n++;
    return n;
}

static const Part *part_find(const Part *part, i64 count, const char *name,
                             size_t size)
{
    for (i64 i = 0; i < count; i++)
        if (strlen(part[i].name) == size
            && strncmp(part[i].name, name, size) == 0)
            return &part[i];
    return NULL;
}

/* Of the number, name or sign here. Numbers are taken whole, so that the e of
 * 1e9 is no name. */
static size_t token_size(const char *at)
{
    char *end;
    const size_t size = name_size(at);
    if (size || !(isdigit((unsigned char)*at) || *at == '.'))
        return size ? size : 1;
    (void)strtod(at, &end);
    return end > at ? (size_t)(end - at) : 1;
}

static bool mentions(const char *text, const char *name, size_t size)
{
    for (; *text; text += token_size(text))
        if (token_size(text) == size && strncmp(text, name, size) == 0)
            return true;
    return false;
}

/* A token as it is or as its part. */
static const char *put_token(Str *out, const char *at, const Part *part,
                             i64 count)
{
    const size_t size = token_size(at);
    const Part *found = part_find(part, count, at, size);
    if (found)
        str_add(out, "(%s)", found->text);
    else
        str_bytes(out, at, (i64)size);
    return at + size;
}

static const char *expand(Arena *arena, const char *text, const Part *part,
                          i64 count)
{
    enum { LONG = 20000 }; /* of a text; parts of parts double */
    Str out = { 0 };
    while (*text && out.size < LONG)
        text = put_token(&out, text, part, count);
    const char *kept = *text ? NULL : arena_text(arena, out.text ? out.text
                                                                 : "");
    str_free(&out);
    return kept;
}

static bool part_read(Part *part, Arena *arena, const char *text,
                      const Part *before, i64 count, const Conf *conf,
                      const ConfEntry *entry, Err *err)
{
    const size_t size = name_size(text);
    const char *rest = text + size + strspn(text + size, " ");
    if (size == 0 || *rest != '=')
        return conf_refuse(conf, entry, err, "'%s': NAME = ... is wanted",
                           text);
    if (part_find(before, count, text, size))
        return conf_refuse(conf, entry, err, "'%.*s' stands for two things",
                           (int)size, text);
    for (i64 i = 0; i < count; i++)
        if (mentions(before[i].text, text, size))
            return conf_refuse(conf, entry, err, "'%.*s' is used before it is "
                               "said what it stands for", (int)size, text);
    part->name = arena_print(arena, "%.*s", (int)size, text);
    part->text = expand(arena, rest + 1 + strspn(rest + 1, " "), before, count);
    return part->text || conf_refuse(conf, entry, err, "'%s' grows too long",
                                     part->name);
}

bool law_where(Law *law, Arena *arena, const Conf *conf, Err *err)
{
    const ConfEntry *entry = conf_find(conf, "", "where");
    law->written = law->formula;
    if (!conf_texts(&law->where, conf, "", "where", err))
        return false;
    Part *part = NEW(arena, Part, law->where.count + 1);
    for (i64 i = 0; i < law->where.count; i++)
        if (!part_read(&part[i], arena, law->where.item[i], part, i, conf,
                       entry, err))
            return false;
    if (!law->formula || law->where.count == 0)
        return true;
    law->formula = expand(arena, law->formula, part, law->where.count);
    return law->formula
        || conf_refuse(conf, entry, err, "the formula grows too long");
}
