/* isoflop_group.c - a table of runs, sorted into its budgets. */

#include "fit/isoflop_parts.h"

#include "fit/search.h"

#include <math.h>
#include <stdlib.h>

static const double SAME_BUDGET = 0.02; /* of ln C */
static const double SAME_SIZE = 1e-6;   /* of ln N */

bool isoflop_columns(const Table *runs, Err *err)
{
    static const char *const names[] = { "N", "D", "C", "loss", "budget" };
    for (int i = 0; i < COUNT_OF(names); i++) {
        const double *column = table_column(runs, names[i]);
        if (!column)
            return err_set(err, ERR_USAGE, "the table has no column '%s', "
                           "which IsoFLOP curves need; name the one that holds "
                           "it with --map=%s=COLUMN", names[i], names[i]);
        for (i64 r = 0; i < 3 && r < runs->nrow; r++)
            if (!(column[r] > 0 && column[r] < INFINITY))
                return err_set(err, ERR_FORMAT, "row %lld: %s is %g, and a "
                               "number above 0 is needed", (long long)r + 1,
                               names[i], column[r]);
    }
    return true;
}

/* ---- budgets ----------------------------------------------------------- */

/* Different budgets, rising. */
static i64 budgets_find(double *out, const double *budget, i64 nrow)
{
    i64 n = 0, count = 0;
    for (i64 i = 0; i < nrow; i++)
        if (budget[i] > 0)
            out[n++] = budget[i];
    qsort(out, (size_t)n, sizeof *out, reals_by_size);
    for (i64 i = 0; i < n; i++)
        if (count == 0 || log(out[i] / out[count - 1]) > SAME_BUDGET)
            out[count++] = out[i];
    return count;
}

static bool in_budget(double budget, double wanted)
{
    return budget > 0 && budget >= wanted * (1 - 1e-12)
        && log(budget / wanted) <= SAME_BUDGET;
}

/* ---- one budget -------------------------------------------------------- */

static void knots_find(Group *g, Arena *arena)
{
    g->knot = NEW(arena, double, g->n + 1);
    g->knot_of = NEW(arena, i64, g->n + 1);
    for (i64 i = 0; i < g->n; i++)
        g->knot[i] = g->ln_n[i];
    qsort(g->knot, (size_t)g->n, sizeof *g->knot, reals_by_size);
    for (i64 i = 0; i < g->n; i++)
        if (g->nknot == 0 || g->knot[i] - g->knot[g->nknot - 1] > SAME_SIZE)
            g->knot[g->nknot++] = g->knot[i];
    for (i64 i = 0; i < g->n; i++)
        while (g->knot_of[i] + 1 < g->nknot
               && g->knot[g->knot_of[i] + 1] <= g->ln_n[i])
            g->knot_of[i]++;
}

static Group group_new(Arena *arena, const Table *runs, double wanted)
{
    const double *n = table_column(runs, "N"), *d = table_column(runs, "D");
    const double *c = table_column(runs, "C");
    const double *loss = table_column(runs, "loss");
    const double *budget = table_column(runs, "budget");
    Group g = { .ln_n = NEW(arena, double, runs->nrow),
                .ln_d = NEW(arena, double, runs->nrow),
                .loss = NEW(arena, double, runs->nrow),
                .fitted = NEW(arena, double, runs->nrow),
                .residual = NEW(arena, double, runs->nrow),
                .low = INFINITY, .high = -INFINITY };
    for (i64 i = 0; i < runs->nrow; i++) {
        if (!in_budget(budget[i], wanted) || !(loss[i] > 0))
            continue;
        g.ln_n[g.n] = log(n[i]);
        g.ln_d[g.n] = log(d[i]);
        g.loss[g.n] = loss[i];
        g.ln_c += log(c[i]);
        g.low = fmin(g.low, g.ln_n[g.n]);
        g.high = fmax(g.high, g.ln_n[g.n]);
        g.n++;
    }
    g.ln_c /= (double)i64_max(g.n, 1);
    knots_find(&g, arena);
    return g;
}

Groups groups_new(Arena *arena, const Table *runs)
{
    double *c = NEW(arena, double, runs->nrow + 1);
    Groups gs = { .count = budgets_find(c, table_column(runs, "budget"),
                                        runs->nrow) };
    gs.group = NEW(arena, Group, gs.count + 1);
    for (i64 i = 0; i < gs.count; i++)
        gs.group[i] = group_new(arena, runs, c[i]);
    return gs;
}

/* ---- noise ------------------------------------------------------------- */

/* A point less the cubic through its four neighbours, as large as the noise of
 * one point makes it. */
static double pseudo_residual(const double *x, const double *y)
{
    static const int neighbour[] = { 0, 1, 3, 4 };
    double out = y[2], variance = 1;
    for (int i = 0; i < 4; i++) {
        double w = 1;
        for (int k = 0; k < 4; k++)
            if (k != i)
                w *= (x[2] - x[neighbour[k]])
                   / (x[neighbour[i]] - x[neighbour[k]]);
        out -= w * y[neighbour[i]];
        variance += w * w;
    }
    return out / sqrt(variance);
}

double groups_noise(const Groups *gs)
{
    Arena  scratch = { 0 };
    double sum = 0;
    i64    count = 0;
    for (i64 i = 0; i < gs->count; i++) {
        const Group *g = &gs->group[i];
        double *mean = NEW(&scratch, double, g->nknot + 1);
        double *times = NEW(&scratch, double, g->nknot + 1);
        for (i64 r = 0; r < g->n; r++) {
            mean[g->knot_of[r]] += g->loss[r];
            times[g->knot_of[r]] += 1;
        }
        for (i64 k = 0; k < g->nknot; k++)
            mean[k] /= times[k];
        for (i64 k = 0; k + 4 < g->nknot; k++, count++) {
            const double e = pseudo_residual(g->knot + k, mean + k);
            sum += e * e * times[k + 2];
        }
    }
    arena_free(&scratch);
    return count ? sqrt(sum / (double)count) : NAN;
}
