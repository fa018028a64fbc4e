/* fit_ways.c - see fit_ways.h.
 *
 * Each approach asks something else of the table: the first learning curves
 * (several rows a run), the second several sizes at each of a few budgets, the
 * third only runs. What the table cannot give is said, and is no failure. */

#include "cli/fit_ways.h"

#include "fit/compute.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { BINS = 200, SIZES_LEAST = 4 };
enum { COL_N, COL_D, COL_C, COL_LOSS, COL_KEY, COLS };

static void refuse(FitWay *way, const char *why)
{
    snprintf(way->why, sizeof way->why, "%.*s", (int)sizeof way->why - 1, why);
}

/* N, D, C, loss and one more column; C = 6 N D where the table has none. */
static bool table_of(Table *out, Arena *arena, const Table *runs,
                     const char *key, FitWay *way)
{
    const char *const names[COLS] = { "N", "D", "C", "loss", key };
    const double *n = table_column(runs, "N"), *d = table_column(runs, "D");
    const double *c = table_column(runs, "C");
    const double *loss = table_column(runs, "loss");
    if (!n || !d || !loss) {
        refuse(way, "needs columns N, D and loss");
        return false;
    }
    *out = table_new(arena, COLS, names, runs->nrow);
    for (i64 i = 0; i < runs->nrow; i++) {
        out->column[COL_N][i] = n[i];
        out->column[COL_D][i] = d[i];
        out->column[COL_C][i] = c ? c[i] : 6 * n[i] * d[i];
        out->column[COL_LOSS][i] = loss[i];
        out->label[i] = runs->label ? runs->label[i] : "";
    }
    return true;
}

/* ---- approach 1 -------------------------------------------------------- */

static bool curves_of(Table *out, Arena *arena, const FitArgs *args,
                      const Table *runs, FitWay *way)
{
    double *code;
    const char **names;
    i64 count;
    if (!table_codes(&code, &names, &count, arena, runs, "run")
        && !(args->options.cluster
             && table_codes(&code, &names, &count, arena, runs,
                            args->options.cluster))) {
        refuse(way, "needs learning curves: a row a logged point, and a column "
               "'run' that says whose it is (--curves reads them from logs; a "
               "study's are in `scalelaw report`)");
        return false;
    }
    if (3 * count > runs->nrow) {
        snprintf(way->why, sizeof way->why, "needs learning curves, and the "
                 "%lld rows are of %lld runs (--curves reads every logged "
                 "point)", (long long)runs->nrow, (long long)count);
        return false;
    }
    if (!table_of(out, arena, runs, "run", way))
        return false;
    memcpy(out->column[COL_KEY], code, (size_t)runs->nrow * sizeof *code);
    return true;
}

static void by_envelope(FitWay *way, Arena *arena, const FitArgs *args,
                        const Table *runs)
{
    Table curves;
    Err err = { 0 };
    if (!curves_of(&curves, arena, args, runs, way))
        return;
    way->done = envelope_fit(&way->line, arena, &curves, BINS, args->options,
                             &err);
    if (!way->done)
        refuse(way, err.text);
}

/* ---- approach 2 -------------------------------------------------------- */

/* The column `budget`, or compute in steps; *lone counts runs at computes with
 * too few sizes for a curve, which have no budget (NaN). */
static bool budgets_of(Table *out, i64 *lone, Arena *arena, const Table *runs,
                       FitWay *way)
{
    const double *given = table_column(runs, "budget");
    const i64 n = runs->nrow;
    if (!table_of(out, arena, runs, "budget", way))
        return false;
    double *budget = out->column[COL_KEY], *c = out->column[COL_C];
    if (given) {
        memcpy(budget, given, (size_t)n * sizeof *budget);
        return true;
    }
    i64 *step = NEW(arena, i64, n);
    const i64 count = compute_steps(step, c, n);
    if (SIZES_LEAST * count > n || count < 2) {
        snprintf(way->why, sizeof way->why, "needs several sizes at each of a "
                 "few budgets; %lld runs have %lld different computes, and no "
                 "column 'budget'", (long long)n, (long long)count);
        return false;
    }
    double *sum = NEW(arena, double, count), *of = NEW(arena, double, count);
    for (i64 i = 0; i < n; i++) {
        sum[step[i]] += log(c[i]);
        of[step[i]]++;
    }
    for (i64 i = 0; i < n; i++) {
        const bool enough = of[step[i]] >= SIZES_LEAST;
        budget[i] = enough ? exp(sum[step[i]] / of[step[i]]) : NAN;
        *lone += !enough;
    }
    return true;
}

static void by_isoflop(FitWays *out, Arena *arena, const FitArgs *args,
                       const Table *runs, const Fit *surface)
{
    FitWay *way = &out->way[1];
    Table table;
    Err err = { 0 }, none = { 0 };
    if (!budgets_of(&table, &out->lone, arena, runs, way))
        return;
    way->done = isoflop_fit(&out->budget, &out->nbudget, &way->line, arena,
                            &table, args->options, &err);
    if (!way->done) {
        refuse(way, err.text);
        return;
    }
    if (law_has_optimum(surface->law))
        isoflop_bias_of(out->budget, out->nbudget, &table, surface);
    IsoflopBudget *budget;
    i64 count;
    IsoflopOptions akima = isoflop_defaults();
    akima.fit = args->options;
    akima.curve = ISOFLOP_AKIMA;
    out->akima = isoflop_fit_by(&budget, &count, &out->akima_line, arena,
                                &table, &akima, &none);
}

/* ---- all --------------------------------------------------------------- */

void fit_ways(FitWays *out, Arena *arena, const FitArgs *args,
              const Table *runs, const Fit *fit, const Frontier *line)
{
    *out = (FitWays){ 0 };
    for (int k = 0; k < FIT_WAYS; k++) {
        out->way[k].asked = args->way[k];
        out->any = out->any || args->way[k];
    }
    if (args->way[0])
        by_envelope(&out->way[0], arena, args, runs);
    if (args->way[1])
        by_isoflop(out, arena, args, runs, fit);
    if (!args->way[2])
        return;
    out->way[2].done = line != NULL;
    if (line)
        out->way[2].line = *line;
    else
        refuse(&out->way[2], law_has_optimum(fit->law)
               ? "the fitted law has no optimum between the budgets"
               : "needs a law of N and D");
}
