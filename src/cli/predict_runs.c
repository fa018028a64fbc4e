/* predict_runs.c - see predict_runs.h. */

#include "cli/predict_runs.h"

#include "base/quantity.h"
#include "store/import.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- from the command line --------------------------------------------- */

/* One column that was given, as texts. */
typedef struct Given { const char *name; TextList texts; QuantityKind kind; }
    Given;

enum { GIVEN_MAX = LAW_COLUMNS_MAX + 8 };
typedef struct Givens { int count; Given item[GIVEN_MAX]; } Givens;

static Given *find(Givens *all, const char *name)
{
    for (int i = 0; i < all->count; i++)
        if (strcmp(all->item[i].name, name) == 0)
            return &all->item[i];
    return NULL;
}

static void put_text(Given *given, Arena *arena, const char *text)
{
    const char **more = NEW(arena, const char *, given->texts.count + 1);
    for (i64 i = 0; i < given->texts.count; i++)
        more[i] = given->texts.item[i];
    more[given->texts.count] = text;
    given->texts = (TextList){ given->texts.count + 1, more };
}

static const char *columns_of(Arena *arena, const Law *law)
{
    const char *out = "";
    for (int c = 0; c < law->ncolumn; c++)
        out = arena_print(arena, "%s%s%s", out, c ? ", " : "", law->column[c]);
    return out;
}

/* "lr=1e-3"; the same column again, or a bare value after it, is a list. */
static bool set_one(Givens *all, Arena *arena, const Law *law,
                    const char *text, Err *err)
{
    const char *equals = strchr(text, '=');
    if (!equals && all->count > 0) {
        put_text(&all->item[all->count - 1], arena, text);
        return true;
    }
    if (!equals || equals == text || !equals[1])
        return err_set(err, ERR_USAGE, "--set=%s: COLUMN=VALUE is expected",
                       text);
    const char *name = arena_print(arena, "%.*s", (int)(equals - text), text);
    bool known = false;
    for (int c = 0; c < law->ncolumn; c++)
        known = known || strcmp(law->column[c], name) == 0;
    if (!known)
        return err_set(err, ERR_USAGE, "--set=%s: %s is no column of %s, whose "
                       "columns are %s", text, name, law->name,
                       columns_of(arena, law));
    Given *given = find(all, name);
    if (!given) {
        given = &all->item[all->count++];
        *given = (Given){ .name = name, .kind = QUANTITY_COUNT };
    }
    put_text(given, arena, equals + 1);
    return true;
}

static bool gather(Givens *all, Arena *arena, const PredictAsk *ask,
                   const Law *law, Err *err)
{
    const Given known[] = { { "N", ask->n, QUANTITY_COUNT },
                            { "D", ask->d, QUANTITY_COUNT },
                            { "C", ask->c, QUANTITY_FLOP },
                            { "S", ask->s, QUANTITY_COUNT } };
    *all = (Givens){ 0 };
    for (i64 i = 0; i < ask->set.count; i++)
        if (!set_one(all, arena, law, ask->set.item[i], err))
            return false;
    for (int i = 0; i < COUNT_OF(known); i++) {
        if (known[i].texts.count == 0)
            continue;
        if (find(all, known[i].name))
            return err_set(err, ERR_USAGE, "--%s and --set=%s=... are the same "
                           "column; give one", known[i].name, known[i].name);
        all->item[all->count++] = known[i];
    }
    return true;
}

static bool longest(i64 *out, const Givens *all, Err *err)
{
    *out = 1;
    for (int i = 0; i < all->count; i++)
        *out = i64_max(*out, all->item[i].texts.count);
    for (int i = 0; i < all->count; i++) {
        const Given *g = &all->item[i];
        if (g->texts.count != 1 && g->texts.count != *out)
            return err_set(err, ERR_USAGE, "%s has %lld values and another "
                           "column has %lld; lists go together one by one, or "
                           "have one value", g->name, (long long)g->texts.count,
                           (long long)*out);
    }
    return true;
}

static bool is_zero_column(const Law *law, const char *name)
{
    for (int c = 0; c < law->ncolumn; c++)
        if (strcmp(law->column[c], name) == 0)
            return law->zero[c];
    return false;
}

static bool value_read(double *out, const Given *g, i64 at, const Law *law,
                       Err *err)
{
    char what[64];
    const char *text = g->texts.item[g->texts.count == 1 ? 0 : at];
    snprintf(what, sizeof what, "--%.40s", g->name);
    if (is_zero_column(law, g->name) && conf_number(out, text) && *out == 0)
        return true;
    return quantity_parse(out, text, g->kind, what, err);
}

static bool table_given(Table *out, Arena *arena, const Givens *all,
                        const Law *law, Err *err)
{
    const char *name[GIVEN_MAX];
    i64 rows;
    if (!longest(&rows, all, err))
        return false;
    for (int i = 0; i < all->count; i++)
        name[i] = all->item[i].name;
    *out = table_new(arena, all->count, name, rows);
    for (i64 r = 0; r < rows; r++) {
        out->label[r] = arena_print(arena, "%lld", (long long)r + 1);
        for (int i = 0; i < all->count; i++)
            if (!value_read(&out->column[i][r], &all->item[i], r, law, err))
                return false;
    }
    return true;
}

/* ---- what follows from what -------------------------------------------- */

/* N, D and C from any two of them. */
static void derive(Table *t, Arena *arena)
{
    const double *n = table_column(t, "N"), *d = table_column(t, "D");
    const double *c = table_column(t, "C");
    const char *missing = n && d && !c   ? "C"
                          : n && c && !d ? "D"
                          : d && c && !n ? "N"
                                         : NULL;
    if (!missing)
        return;
    double *value = NEW(arena, double, t->nrow);
    for (i64 i = 0; i < t->nrow; i++)
        value[i] = !c   ? 6 * n[i] * d[i]
                   : !d ? c[i] / 6 / n[i]
                        : c[i] / 6 / d[i];
    table_add(t, arena, missing, value);
}

static bool agree(const Table *t, Err *err)
{
    const double *n = table_column(t, "N"), *d = table_column(t, "D");
    const double *c = table_column(t, "C");
    for (i64 i = 0; n && d && c && i < t->nrow; i++) {
        const double six = 6 * n[i] * d[i];
        if (fabs(c[i] / six - 1) >= 0.01)
            return err_set(err, ERR_USAGE, "--C=%g is not 6 N D = %g; leave "
                           "one of the three out", c[i], six);
    }
    return true;
}

/* A law of curves: curves may have names, and what was before the rate's first
 * top is no part of them. */
static void curves_trim(Table *t, Arena *arena)
{
    double *code;
    const char **names;
    i64 count;
    if (table_text(t, "curve")
        && table_codes(&code, &names, &count, arena, t, "curve")) {
        for (i64 i = 0; i < t->nrow; i++)
            code[i] += 1;
        table_add(t, arena, "curve", code);
    }
    const double *curve = table_column(t, "curve"), *lr = table_column(t, "lr");
    const double *step = table_column(t, "step");
    bool *keep = NEW(arena, bool, t->nrow);
    if (!curve || !step || !lr)
        return;
    const i64 warm = import_warm_up(keep, curve, step, lr, t->nrow);
    for (i64 i = 0; i < t->nrow; i++)
        keep[i] = !keep[i];
    if (warm)
        fprintf(stderr, "%lld of %lld rows left out: the rate is still rising "
                "there (warm-up)\n", (long long)warm, (long long)t->nrow);
    *t = table_where(arena, t, keep);
}

static bool columns_there(PredictRuns *out, Arena *arena, const Law *law,
                          Err *err)
{
    for (int c = 0; c < law->ncolumn; c++) {
        const char *name = law->column[c];
        out->column[c] = table_column(&out->given, name);
        if (!out->column[c])
            return err_set(err, ERR_USAGE, "the law needs %s (its columns: "
                           "%s); give --%s%s=VALUE, a --table, or two of --N, "
                           "--D and --C (C = 6 N D)", name,
                           columns_of(arena, law),
                           strchr("NDCS", *name) && !name[1] ? "" : "set=",
                           name);
        for (i64 i = 0; i < out->given.nrow; i++) {
            const double x = out->column[c][i];
            if (!(x > 0 || (x == 0 && law->zero[c])) || x == INFINITY)
                return err_set(err, ERR_FORMAT, "%s: %s is %g, and a number "
                               "above 0 is needed", out->given.label[i], name,
                               x);
        }
    }
    return true;
}

bool predict_runs_find(PredictRuns *out, Arena *arena, const PredictAsk *ask,
                       const Law *law, Err *err)
{
    Givens all;
    if (!gather(&all, arena, ask, law, err))
        return false;
    if (ask->table && all.count > 0)
        return err_set(err, ERR_USAGE, "--table=%s names the runs already; "
                       "leave --%s out", ask->table, all.item[0].name);
    if (!(ask->table ? table_csv_read(&out->given, arena, ask->table, err)
                     : table_given(&out->given, arena, &all, law, err)))
        return false;
    if (law->code && strcmp(law->column[0], "curve") == 0)
        curves_trim(&out->given, arena);
    derive(&out->given, arena);
    out->c = table_column(&out->given, "C");
    if (!out->c) {
        out->c = NEW(arena, double, out->given.nrow);
        for (i64 i = 0; i < out->given.nrow; i++)
            out->c[i] = NAN;
    }
    return (ask->table || agree(&out->given, err))
        && columns_there(out, arena, law, err);
}
