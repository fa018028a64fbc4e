/* import_rows.c - which rows and under which names: --where and --map. */

#include "store/import_part.h"

#include "base/conf.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A name that another column has too: N, of what the file calls params. */
static bool is_alias(const Table *t, int column)
{
    for (int c = column + 1; c < t->ncol; c++)
        if (t->column[c] == t->column[column])
            return true;
    return false;
}

const char *import_column_names(Arena *arena, const Table *t)
{
    Str names = { 0 };
    for (int i = 0; i < t->ncol + t->ntext; i++) {
        const bool text = i >= t->ncol;
        const char *name = text ? t->text_name[i - t->ncol] : t->name[i];
        if (names.size < 400 && (text ? !table_column(t, name) : !is_alias(t, i)))
            str_add(&names, "%s%s", names.size ? ", " : "", name);
    }
    const char *out = arena_print(arena, "%.400s%s",
                                  names.size ? names.text : "(none)",
                                  names.size >= 400 ? "..." : "");
    str_free(&names);
    return out;
}

static const char *nearest(const Table *t, Arena *arena, const char *name)
{
    const char **all = NEW(arena, const char *, t->ncol + t->ntext);
    int          count = 0;
    for (int c = 0; c < t->ncol; c++)
        all[count++] = t->name[c];
    for (int c = 0; c < t->ntext; c++)
        all[count++] = t->text_name[c];
    return conf_nearest(name, all, count);
}

static bool no_column(const Table *t, Arena *arena, const char *option,
                      const char *name, Err *err)
{
    const char *near = nearest(t, arena, name);
    return err_set(err, ERR_USAGE, "%s: no column is called '%.80s'%s%.80s%s; "
                   "there are the columns %s", option, name,
                   near ? ", did you mean '" : "", near ? near : "",
                   near ? "'" : "", import_column_names(arena, t));
}

/* ---- map ------------------------------------------------------------------ */

void import_drop_text(Table *t, const char *name)
{
    int kept = 0;
    for (int c = 0; c < t->ntext; c++)
        if (strcmp(t->text_name[c], name) != 0) {
            t->text_name[kept] = t->text_name[c];
            t->text[kept++] = t->text[c];
        }
    t->ntext = kept;
}

/* One more name for a column, of numbers, of texts or of both. */
bool import_alias(Table *t, Arena *arena, const char *name, const char *from)
{
    double      *numbers = table_column(t, from);
    const char **texts = table_text(t, from);
    if (!strcmp(name, from))
        return numbers || texts;
    if (!numbers && !texts)
        return false;
    import_drop_text(t, name);
    if (texts)
        table_add_text(t, arena, name, texts);
    if (!numbers) { /* 3 PF-days: numbers once units are read */
        numbers = NEW(arena, double, t->nrow);
        for (i64 row = 0; row < t->nrow; row++)
            numbers[row] = NAN;
    }
    table_add(t, arena, name, numbers);
    return true;
}

/* One "N=params" of a map. */
static bool map_one(Table *t, Arena *arena, const char *part, size_t length,
                    Err *err)
{
    const char *equals = memchr(part, '=', length);
    if (!equals || equals == part)
        return err_set(err, ERR_USAGE, "--map: '%.*s' is not NAME=COLUMN, as "
                       "in --map=N=params,D=tokens,loss=val_loss",
                       (int)i64_min((i64)length, 80), part);
    const char *name = arena_print(arena, "%.*s", (int)(equals - part), part);
    const char *from = arena_print(arena, "%.*s",
                                   (int)(part + length - equals - 1),
                                   equals + 1);
    if (import_alias(t, arena, name, from))
        return true;
    return no_column(t, arena, "--map", from, err);
}

bool import_map(Table *t, Arena *arena, const char *map, Err *err)
{
    while (map && *map) {
        const size_t length = strcspn(map, ",");
        if (!map_one(t, arena, map, length, err))
            return false;
        map += length + (map[length] == ',');
    }
    return true;
}

/* ---- where ---------------------------------------------------------------- */

typedef struct Term {
    const double *number;
    const char  **text;
    char          op[3];
    double        value;
    const char   *word; /* compared with a text; or NULL */
} Term;

static const char *blanks(const char *at)
{
    while (isspace((unsigned char)*at))
        at++;
    return at;
}

static bool term_bad(const char *at, Err *err)
{
    return err_set(err, ERR_USAGE, "--where: '%.80s': for a file it is COLUMN < "
                   "NUMBER (or <= > >= = !=) or COLUMN = 'text', several joined "
                   "by 'and'", at);
}

/* A word, or what stands between quotes; behind it, or NULL. */
static const char *name_read(const char **out, Arena *arena, const char *at,
                             const char *stops)
{
    if (*at == '"' || *at == '\'') {
        const char *end = strchr(at + 1, *at);
        if (!end)
            return NULL;
        *out = arena_print(arena, "%.*s", (int)(end - at - 1), at + 1);
        return end + 1;
    }
    const size_t size = strcspn(at, stops);
    *out = arena_print(arena, "%.*s", (int)size, at);
    return size ? at + size : NULL;
}

static bool column_find(Term *term, Arena *arena, const Table *t,
                        const char *name, Err *err)
{
    term->number = table_column(t, name);
    term->text = table_text(t, name);
    if (term->number || term->text)
        return true;
    return no_column(t, arena, "--where", name, err);
}

/* A column is compared with numbers or with texts, as it has them. */
static bool term_fits(const Term *term, const char *name, Err *err)
{
    if (term->word && !term->text)
        return err_set(err, ERR_USAGE, "--where: %.80s holds numbers; compare it "
                       "with one, without quotes", name);
    if (!term->word && !term->number)
        return err_set(err, ERR_USAGE, "--where: %.80s holds texts; compare it "
                       "with one, as in %.80s = 'text'", name, name);
    return !term->word || term->op[0] == '=' || term->op[0] == '!'
           || err_set(err, ERR_USAGE, "--where: %.80s holds texts, which are = or "
                      "!=", name);
}

/* "name op value"; *at is left behind it. */
static bool term_read(Term *term, Arena *arena, const Table *t,
                      const char **at, Err *err)
{
    static const char *const ops[] = { "<", "<=", ">", ">=", "=", "==", "!=",
                                       "<>" };
    const char *name, *value, *begin = blanks(*at);
    const char *op = name_read(&name, arena, begin, " \t<>=!");
    if (!op)
        return term_bad(begin, err);
    op = blanks(op);
    const size_t size = strspn(op, "<>=!");
    bool         is_op = false;
    for (int o = 0; o < COUNT_OF(ops); o++)
        is_op |= strlen(ops[o]) == size && !strncmp(op, ops[o], size);
    const char *from = blanks(op + size);
    const char *end = is_op ? name_read(&value, arena, from, " \t") : NULL;
    if (!end)
        return term_bad(begin, err);
    if (!column_find(term, arena, t, name, err))
        return false;
    memcpy(term->op, op, size);
    if (!strcmp(term->op, "<>"))
        term->op[0] = '!';
    term->word = *from == '"' || *from == '\'' ? value : NULL;
    if (!term->word && !conf_number(&term->value, value))
        return term_bad(begin, err);
    *at = blanks(end);
    return term_fits(term, name, err);
}

static bool holds(const Term *term, i64 row)
{
    if (term->word)
        return !strcmp(term->text[row], term->word) == (term->op[0] == '=');
    const double x = term->number[row], y = term->value;
    switch (term->op[0]) {
    case '<': return term->op[1] ? x <= y : x < y;
    case '>': return term->op[1] ? x >= y : x > y;
    case '!': return x < y || x > y; /* what is absent is neither */
    default:  return x >= y && x <= y;
    }
}

bool import_where(Table *t, Arena *arena, const char *where, Err *err)
{
    const char *at = blanks(where ? where : "");
    if (!*at)
        return true;
    bool *keep = NEW(arena, bool, t->nrow);
    memset(keep, true, (size_t)t->nrow * sizeof *keep);
    while (*at) {
        Term term = { 0 };
        if (!term_read(&term, arena, t, &at, err))
            return false;
        for (i64 row = 0; row < t->nrow; row++)
            keep[row] = keep[row] && holds(&term, row);
        if (strncasecmp(at, "and ", 4) == 0)
            at = blanks(at + 4);
        else if (*at)
            return term_bad(at, err);
    }
    *t = table_where(arena, t, keep);
    return true;
}
