/* finds_critical.c - the three ways to a critical batch side by side, and
 * Kaplan's power law of it.
 *
 * A row is a loss that one of the direct ways measured at; what the others have
 * of the same size is read there, straight in logarithms between two of theirs,
 * and never beyond.
 *
 * SOURCE: Kaplan et al. 2020, arXiv:2001.08361, equations 1.4 and 5.3. */

#include "report/finds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const Interval unknown = { NAN, NAN, NAN };

bool kaplan_fit(KaplanFit *out, Arena *arena, const char *law,
                const Table *table, FitOptions options, Err *err)
{
    const Law *loaded;
    *out = (KaplanFit){ .words = NULL };
    if (!law_load(&loaded, arena, law, err))
        return false;
    options.objective = FIT_SQUARES_LOG;
    if (fit_law(&out->fit, arena, loaded, table, options, err))
        return true;
    if (err->kind != ERR_REFUSED)
        return false;
    *out = (KaplanFit){ .words = arena_text(arena, err->text) };
    *err = (Err){ 0 };
    return true;
}

double critical_at(const Critical *c, double loss, i64 draw)
{
    const Fit *fit = &c->law.fit;
    double     out, *column[1] = { &loss };
    if (!fit->law)
        return NAN;
    const double *theta = draw >= 0 && fit->ndraw > 0
        ? fit->draw + draw % fit->ndraw * fit->law->nparam : fit->theta;
    law_eval(&out, NULL, NULL, fit->law, theta, column, 1);
    return out;
}

/* Through the levels of all sizes: Kaplan found no dependence on size. */
static bool law_of_loss(Critical *out, Arena *arena, const Batches *grid,
                        FitOptions options, Err *err)
{
    static const char *const names[] = { "loss", "B_crit" };
    Table table = table_new(arena, 2, names, grid->count);
    for (i64 i = 0; i < grid->count; i++) {
        table.column[0][i] = grid->level[i].loss;
        table.column[1][i] = grid->level[i].critical.value;
        table.label[i]     = "level";
    }
    if (grid->count == 0) {
        out->law.words = "no loss was reached at three batches or more";
        return true;
    }
    if (!(grid->power < 0) && isfinite(grid->power)) {
        out->law.words = "the critical batch does not grow as the loss falls, "
                         "so that Kaplan's power law of it has no constants";
        return true;
    }
    return kaplan_fit(&out->law, arena, "kaplan-bcrit", &table, options, err);
}

/* A way's numbers of one size, read at a loss. */
typedef struct Reading { double loss; Interval value; } Reading;

static double between(double a, double b, double share)
{
    return exp((1 - share) * log(a) + share * log(b));
}

static Interval read_at(const Reading *at, i64 count, double loss)
{
    i64 above = -1, below = -1;
    for (i64 i = 0; i < count; i++) {
        if (at[i].loss >= loss * (1 - 1e-9)
            && (above < 0 || at[i].loss < at[above].loss))
            above = i;
        if (at[i].loss <= loss * (1 + 1e-9)
            && (below < 0 || at[i].loss > at[below].loss))
            below = i;
    }
    if (above < 0 || below < 0)
        return unknown;
    if (at[above].loss <= at[below].loss)
        return at[above].value;
    const Interval x = at[above].value, y = at[below].value;
    const double share = log(at[above].loss / loss)
                       / log(at[above].loss / at[below].loss);
    return (Interval){ between(x.value, y.value, share),
                       between(x.low, y.low, share),
                       between(x.high, y.high, share) };
}

static i64 grid_readings(Reading *out, const Batches *grid, double n)
{
    i64 count = 0;
    for (i64 i = 0; i < grid->count; i++)
        if (finds_same(grid->level[i].n, n, 0.01))
            out[count++] = (Reading){ grid->level[i].loss,
                                      grid->level[i].critical };
    return count;
}

static i64 fork_readings(Reading *out, const Critical *c, double n)
{
    i64 count = 0;
    for (i64 i = 0; i < c->forks; i++)
        if (finds_same(c->fork[i].n, n, 0.01))
            out[count++] = (Reading){ c->fork[i].loss, c->fork[i].critical };
    return count;
}

/* Of several runs of a size the first of the sweep's own kind, "stem". */
static i64 noise_readings(Reading *out, const Critical *c, double n)
{
    const NoiseCurve *best = NULL;
    i64 count = 0;
    for (i64 i = 0; i < c->curves; i++)
        if (finds_same(c->curve[i].n, n, 0.01)
            && (!best || finds_in_group(c->curve[i].run, "stem")))
            best = &c->curve[i];
    for (i64 i = 0; best && i < best->count; i++)
        if (isfinite(best->scale[i].value))
            out[count++] = (Reading){ best->loss[i], best->scale[i] };
    return count;
}

static i64 most_readings(const Critical *c, const Batches *grid)
{
    i64 most = grid->count + c->forks;
    for (i64 i = 0; i < c->curves; i++)
        most = i64_max(most, c->curve[i].count);
    return most + 1;
}

static void rows(Critical *out, Arena *arena, const Batches *grid)
{
    Reading *at = NEW(arena, Reading, most_readings(out, grid));
    out->row = NEW(arena, CriticalRow, grid->count + out->forks + 1);
    for (i64 i = 0; i < grid->count; i++)
        out->row[out->rows++] = (CriticalRow){ .n = grid->level[i].n,
            .loss = grid->level[i].loss, .grid = grid->level[i].critical };
    for (i64 i = 0; i < out->forks; i++)
        out->row[out->rows++] = (CriticalRow){ .n = out->fork[i].n,
            .loss = out->fork[i].loss, .fork = out->fork[i].critical };
    for (i64 i = 0; i < out->rows; i++) {
        CriticalRow *r = &out->row[i];
        r->noise = read_at(at, noise_readings(at, out, r->n), r->loss);
        if (i < grid->count)
            r->fork = read_at(at, fork_readings(at, out, r->n), r->loss);
        else
            r->grid = read_at(at, grid_readings(at, grid, r->n), r->loss);
    }
}

static int by_place(const void *a, const void *b)
{
    const CriticalRow *x = a, *y = b;
    if (x->n != y->n)
        return x->n < y->n ? -1 : 1;
    return (x->loss < y->loss) - (x->loss > y->loss);
}

bool critical_find(Critical *out, Str *lost, Arena *arena, const RunList *runs,
                   const Batches *grid, CountN counts, FitOptions options,
                   const char *runs_dir, Err *err)
{
    *out = (Critical){ 0 };
    noise_curves_find(out, lost, arena, runs, counts, runs_dir);
    forks_find(out, lost, arena, runs, counts, runs_dir);
    rows(out, arena, grid);
    qsort(out->row, (size_t)out->rows, sizeof *out->row, by_place);
    return law_of_loss(out, arena, grid, options, err);
}
