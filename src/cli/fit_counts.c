/* fit_counts.c - see fit_counts.h. */

#include "cli/fit_counts.h"

#include "count/count.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static bool has_n(const Law *law)
{
    for (int c = 0; c < law->ncolumn; c++)
        if (strcmp(law->column[c], "N") == 0)
            return true;
    return false;
}

/* The table with N counted so; compute is then 6 N D of the same N. */
static Table counted(Arena *arena, const Table *runs, double *n)
{
    Table out = *runs;
    const double *d = table_column(runs, "D");
    table_add(&out, arena, "N", n);
    if (!d)
        return out;
    double *c = NEW(arena, double, runs->nrow);
    for (i64 i = 0; i < runs->nrow; i++)
        c[i] = 6 * n[i] * d[i];
    table_add(&out, arena, "C", c);
    return out;
}

static void span(double *low, double *high, const Table *runs)
{
    const double *c = table_column(runs, "C");
    *low = INFINITY;
    *high = 0;
    for (i64 i = 0; c && i < runs->nrow; i++) {
        *low = fmin(*low, c[i]);
        *high = fmax(*high, c[i]);
    }
}

static void fit_one(FitCount *out, Arena *arena, const Law *law,
                    const Table *runs, FitOptions options)
{
    double low, high;
    Err err = { 0 }, none = { 0 };
    out->done = fit_law(&out->fit, arena, law, runs, options, &err);
    if (!out->done) {
        snprintf(out->why, sizeof out->why, "%.*s", (int)sizeof out->why - 1,
                 err.text);
        return;
    }
    out->fit.counts = out->counts;
    span(&low, &high, runs);
    out->has_line = law_has_optimum(law)
                 && parametric_frontier(&out->line, arena, &out->fit, low,
                                        high, &none);
}

bool fit_counts(FitCounts *out, Arena *arena, const Law *law, const Table *runs,
                FitOptions options, Err *err)
{
    *out = (FitCounts){ .item = NEW(arena, FitCount, N_FLOP + 1) };
    options.resamples = 0;
    options.profile = false;
    if (!has_n(law))
        return err_set(err, ERR_USAGE, "--conventions: %s has no N to be "
                       "counted one way or another", law->name);
    for (int k = N_BODY; k <= N_FLOP; k++) {
        const char *name = count_n_name((CountN)k);
        double *n = table_column(runs, arena_print(arena, "n_%s", name));
        if (!n)
            continue;
        FitCount *one = &out->item[out->count++];
        one->counts = name;
        const Table table = counted(arena, runs, n);
        fit_one(one, arena, law, &table, options);
    }
    return out->count > 0
        || err_set(err, ERR_USAGE, "--conventions: the table has no column "
                   "n_body, n_body+head, n_total or n_flop; a study has them "
                   "all");
}
