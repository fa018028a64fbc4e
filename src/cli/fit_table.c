/* fit_table.c - see fit_table.h. */

#include "cli/fit_table.h"

#include "base/file.h"
#include "cli/runs_place.h"
#include "store/study.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char WHERE_FIT[] = "\"group\" = 'fit' and status = 'done'";
static const char N_DEFAULT[] = "body+head";

/* ---- columns ----------------------------------------------------------- */

static int column_find(const Table *t, const char *name, size_t length)
{
    for (int i = 0; i < t->ncol; i++)
        if (strlen(t->name[i]) == length
            && strncmp(t->name[i], name, length) == 0)
            return i;
    return -1;
}

/* The table with one more name for a column; an older column of that name is
 * hidden behind it. */
static void column_alias(Table *t, Arena *arena, const char *name,
                         double *values)
{
    Table wide = { .nrow = t->nrow, .ncol = t->ncol + 1, .label = t->label,
                   .name = NEW(arena, const char *, t->ncol + 1),
                   .column = NEW(arena, double *, t->ncol + 1) };
    wide.name[0] = name;
    wide.column[0] = values;
    for (int i = 0; i < t->ncol; i++) {
        wide.name[i + 1] = t->name[i];
        wide.column[i + 1] = t->column[i];
    }
    *t = wide;
}

static bool list_columns(const Table *t, Err *err)
{
    Str names = { 0 };
    for (int i = 0; i < t->ncol; i++)
        str_add(&names, "%s%s", i ? ", " : "", t->name[i]);
    err_add(err, "there are the columns %.500s",
            names.text ? names.text : "(none)");
    str_free(&names);
    return false;
}

/* One "N=params" of a map. */
static bool map_one(Table *t, Arena *arena, const char *part, size_t length,
                    Err *err)
{
    const char *equals = memchr(part, '=', length);
    if (!equals || equals == part)
        return err_set(err, ERR_USAGE, "--map: '%.*s' is not NAME=COLUMN, as "
                       "in --map=N=params,D=tokens,loss=val_loss", (int)length,
                       part);
    const size_t name_length = (size_t)(equals - part);
    const char *from = equals + 1;
    const size_t from_length = length - name_length - 1;
    const int i = column_find(t, from, from_length);
    if (i < 0) {
        (void)err_set(err, ERR_USAGE, "--map: no column is called '%.*s' (or "
                      "it holds no numbers)", (int)from_length, from);
        return list_columns(t, err);
    }
    column_alias(t, arena, arena_print(arena, "%.*s", (int)name_length, part),
                 t->column[i]);
    return true;
}

static bool map_all(Table *t, Arena *arena, const char *map, Err *err)
{
    while (map && *map) {
        const size_t length = strcspn(map, ",");
        if (!map_one(t, arena, map, length, err))
            return false;
        map += length + (map[length] == ',');
    }
    return true;
}

/* One of N, D, C from the other two by C = 6 N D. */
static void derive(Table *t, Arena *arena, const char *wanted,
                   const char *product, const char *other, double factor)
{
    const double *c = table_column(t, product), *n = table_column(t, other);
    if (table_column(t, wanted) || !c || !n)
        return;
    double *values = NEW(arena, double, t->nrow);
    for (i64 i = 0; i < t->nrow; i++)
        values[i] = factor > 1 ? factor * c[i] * n[i] : c[i] / n[i] / 6;
    column_alias(t, arena, wanted, values);
    fprintf(stderr, "%s: not in the table, taken from C = 6 N D\n", wanted);
}

static bool law_has(const Law *law, const char *name)
{
    for (int c = 0; c < law->ncolumn; c++)
        if (strcmp(law->column[c], name) == 0)
            return true;
    return false;
}

static void derive_needed(Table *t, Arena *arena, const Law *law)
{
    if (law_has(law, "N"))
        derive(t, arena, "N", "C", "D", 1);
    if (law_has(law, "D"))
        derive(t, arena, "D", "C", "N", 1);
    if (law_has(law, "C"))
        derive(t, arena, "C", "N", "D", 6);
}

/* ---- rows -------------------------------------------------------------- */

typedef struct Term { int column; char op[3]; double value; } Term;

static bool holds(const Term *term, double x)
{
    const double y = term->value;
    switch (term->op[0]) {
    case '<': return term->op[1] ? x <= y : x < y;
    case '>': return term->op[1] ? x >= y : x > y;
    case '!': return x != y;
    default:  return x == y;
    }
}

static const char *blanks(const char *at)
{
    while (isspace((unsigned char)*at))
        at++;
    return at;
}

static bool term_bad(const char *at, Err *err)
{
    return err_set(err, ERR_USAGE, "--where: '%s': for a file it is COLUMN < "
                   "NUMBER (or <= > >= = !=), several joined by 'and'", at);
}

/* "name op number"; *at is left behind it. */
static bool term_read(Term *term, const Table *t, const char **at, Err *err)
{
    const char *name = blanks(*at);
    const size_t length = strcspn(name, " \t<>=!");
    const char *op = blanks(name + length);
    const size_t op_length = strspn(op, "<>=!");
    const char *value = op + op_length;
    char *end;
    if (length == 0 || op_length == 0 || op_length > 2)
        return term_bad(*at, err);
    term->column = column_find(t, name, length);
    if (term->column < 0) {
        (void)err_set(err, ERR_USAGE, "--where: no column is called '%.*s'",
                      (int)length, name);
        return list_columns(t, err);
    }
    memcpy(term->op, op, op_length);
    term->op[op_length] = 0;
    term->value = strtod(value, &end);
    if (end == value || strcmp(term->op, "!") == 0)
        return term_bad(*at, err);
    *at = blanks(end);
    return true;
}

static bool rows_where(Table *t, Arena *arena, const char *where, Err *err)
{
    bool *keep = NEW(arena, bool, t->nrow);
    memset(keep, true, (size_t)t->nrow * sizeof *keep);
    const char *at = where;
    while (at && *blanks(at)) {
        Term term;
        if (!term_read(&term, t, &at, err))
            return false;
        for (i64 i = 0; i < t->nrow; i++)
            keep[i] = keep[i] && holds(&term, t->column[term.column][i]);
        if (strncmp(at, "and ", 4) == 0)
            at += 4;
        else if (*at)
            return term_bad(at, err);
    }
    *t = table_where(arena, t, keep);
    return true;
}

static bool usable(const double *column, i64 i)
{
    return !column || (column[i] > 0 && column[i] < INFINITY);
}

/* Rows in which anything that the law needs is no number above 0. */
static void rows_skip(Table *t, Arena *arena, const Law *law)
{
    bool *keep = NEW(arena, bool, t->nrow);
    i64 skipped = 0;
    for (i64 i = 0; i < t->nrow; i++) {
        keep[i] = usable(table_column(t, law->response), i);
        for (int c = 0; c < law->ncolumn; c++)
            keep[i] = keep[i] && usable(table_column(t, law->column[c]), i);
        if (!keep[i] && skipped++ < 10)
            fprintf(stderr, "%s: left out\n", t->label ? t->label[i] : "a row");
    }
    if (skipped > 10)
        fprintf(stderr, "... and %" PRId64 " more\n", skipped - 10);
    *t = table_where(arena, t, keep);
}

/* ---- studies ----------------------------------------------------------- */

static const char *n_of_study(Arena *arena, const char *dir)
{
    StudyInfo info;
    Err none = { 0 };
    return study_read(&info, arena, dir, &none) && info.counts ? info.counts
                                                               : N_DEFAULT;
}

static bool n_choose(Table *t, Arena *arena, const char *n, Err *err)
{
    CountN known;
    double *column = table_column(t, arena_print(arena, "n_%s", n));
    if (!count_n_find(&known, n) || !column)
        return err_set(err, ERR_USAGE, "--n=%s: N counts body, body+head, "
                       "total or flop", n);
    column_alias(t, arena, "N", column);
    return true;
}

static bool from_study(Table *out, const char **counts, Arena *arena,
                       const FitInput *input, Err *err)
{
    RunsPlace place;
    RunList   runs;
    i64       broken;
    if (!runs_place_find(&place, arena, input->source, err)
        || !runs_place_load(&runs, &broken, arena, &place,
                            input->where ? input->where : WHERE_FIT, err))
        return false;
    *out = run_table(arena, &runs);
    *counts = input->n ? input->n : n_of_study(arena, place.dir);
    if (!n_choose(out, arena, *counts, err))
        return false;
    if (!table_column(out, "S") && table_column(out, "steps"))
        column_alias(out, arena, "S", table_column(out, "steps"));
    return true;
}

/* ---- the whole --------------------------------------------------------- */

static bool from_file(Table *out, const char **counts, Arena *arena,
                      const FitInput *input, Err *err)
{
    *counts = input->n;
    return table_csv_read(out, arena, input->source, err)
        && rows_where(out, arena, input->where, err);
}

bool fit_table(Table *out, const char **counts, Arena *arena,
               const FitInput *input, const Law *law, Err *err)
{
    const bool file = input->source && file_exists(input->source)
                   && !file_is_dir(input->source);
    if (!(file ? from_file : from_study)(out, counts, arena, input, err)
        || !map_all(out, arena, input->map, err))
        return false;
    derive_needed(out, arena, law);
    if (input->skip_bad)
        rows_skip(out, arena, law);
    return true;
}
