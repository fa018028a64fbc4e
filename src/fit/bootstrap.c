/* bootstrap.c - how sure: the runs drawn again with replacement, and everything
 * fitted anew, as often as asked.
 *
 * Replicate r is a function of (seed, r) alone, so the draws are the same for
 * any number of threads. What is drawn is a run, or a cluster of runs where a
 * column names one (branches of one trunk share its luck). Each replicate
 * searches its own lattice and polishes its own basins, and starts from the
 * fit as well. */

#include "fit/search.h"

#include "base/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* An evaluation of curves is dear, and their rows are never left out. */
enum { STARTS_EACH = 3, STARTS_CURVES = 1 };

/* What is drawn, and how. */
typedef struct Drawing {
    const Fit     *fit;
    const Problem *p;
    const Search  *search;
    const i64     *unit;
    i64            nunit;
    const Wild    *wild; /* NULL: units are drawn with replacement */
} Drawing;

static void draw_weights(double *weight, double *times, const Drawing *d,
                         i64 replicate)
{
    memset(times, 0, (size_t)d->nunit * sizeof *times);
    for (i64 k = 0; k < d->nunit; k++) {
        const u64 index = (u64)(replicate * d->nunit + k);
        times[rng_below(d->fit->options.seed, RNG_BOOTSTRAP, index,
                        d->nunit)] += 1;
    }
    for (i64 i = 0; i < d->p->nrow; i++)
        weight[i] = times[d->unit[i]] * d->p->weight[i];
}

/* Fewer different runs than parameters determine nothing. */
static bool determined(const double *weight, i64 nrow, int nparam)
{
    i64 different = 0;
    for (i64 i = 0; i < nrow; i++)
        different += weight[i] > 0;
    return different > nparam;
}

/* What a thread owns. */
typedef struct Worker {
    SearchSpace space;
    double     *weight, *times, *y, *ln_y;
    i64        *row;
} Worker;

static Worker worker_new(Arena *arena, const Drawing *d)
{
    const i64 n = d->p->nrow;
    return (Worker){ search_space(arena, d->search), NEW(arena, double, n),
                     NEW(arena, double, d->nunit), NEW(arena, double, n),
                     NEW(arena, double, n), NEW(arena, i64, n) };
}

/* Rows that were not drawn cost as much as others, so that they are left out of
 * what is polished; of a large table that would be a large copy. */
static Problem tightened(Arena *arena, const Problem *p, Worker *w)
{
    i64 n = 0;
    if (p->nrow > SEARCH_ROWS || !problem_rows_apart(p))
        return *p;
    for (i64 i = 0; i < p->nrow; i++)
        if (p->weight[i] > 0)
            w->row[n++] = i;
    return problem_part(arena, p, w->row, n, p->weight);
}

static bool replicate(double *theta, Worker *w, const Drawing *d, i64 r)
{
    Problem again = *d->p;
    const int n = d->p->law->nparam;
    again.threads = 1;
    if (d->wild) {
        wild_draw(w->y, w->ln_y, w->times, d->wild, d->unit, d->nunit,
                  d->p->nrow, d->fit->options.seed, r);
        again.y = w->y;
        again.ln_y = w->ln_y;
    } else {
        again.weight = w->weight;
        draw_weights(w->weight, w->times, d, r);
        if (!determined(w->weight, d->p->nrow, n))
            return false;
    }
    Arena own = { 0 };
    const Problem tight = d->wild ? again : tightened(&own, &again, w);
    const int starts = problem_rows_apart(d->p) ? STARTS_EACH : STARTS_CURVES;
    const Refit found = refit_quick(d->search, &again, &tight, starts,
                                    d->fit->theta, &w->space);
    memcpy(theta, found.best.theta, (size_t)n * sizeof *theta);
    arena_free(&own);
    return found.best.settled;
}

/* Those that settled, closed up. */
static void draws_keep(Fit *fit, const double *theta, const bool *settled)
{
    const int n = fit->law->nparam;
    for (i64 r = 0; r < fit->options.resamples; r++)
        if (settled[r])
            memcpy(fit->draw + n * fit->ndraw++, theta + n * r,
                   (size_t)n * sizeof *theta);
    fit->certificate.refits_failed = fit->options.resamples - fit->ndraw;
}

static void intervals(Fit *fit, Arena *scratch)
{
    double *one = NEW(scratch, double, fit->ndraw + 1);
    for (int i = 0; i < fit->law->nparam; i++) {
        for (i64 r = 0; r < fit->ndraw; r++)
            one[r] = fit->draw[r * fit->law->nparam + i];
        const Interval ends = fit_interval(fit->theta[i], one, fit->ndraw,
                                           fit->options.level);
        fit->low[i] = ends.low;
        fit->high[i] = ends.high;
    }
}

void fit_bootstrap(Fit *fit, Arena *arena, const Problem *p, const i64 *unit,
                   i64 nunit)
{
    const i64 resamples = fit->options.resamples;
    const int n = p->law->nparam;
    const int threads = fit->options.threads > 1 ? fit->options.threads : 1;
    Arena shared = { 0 };
    double *theta = NEW(&shared, double, resamples * n);
    bool *settled = NEW(&shared, bool, resamples);
    Problem alone = *p; /* threads take replicates, not blocks of rows */
    Search search;
    alone.threads = 1;
    search_new(&search, &shared, &alone, true);
    Wild wild = { 0 };
    const bool curves = !problem_rows_apart(p);
    const bool wildly = fit->options.resample == FIT_RESAMPLE_WILD
                     || (curves && fit->options.resample == FIT_RESAMPLE_AUTO);
    if (wildly)
        wild = wild_new(&shared, p, fit->theta, unit, nunit);
    const Drawing d = { fit, &alone, &search, unit, nunit,
                        wildly ? &wild : NULL };

#pragma omp parallel num_threads(threads)
    {
        Arena own = { 0 };
        Worker w = worker_new(&own, &d);
#pragma omp for schedule(dynamic, 8)
        for (i64 r = 0; r < resamples; r++)
            settled[r] = replicate(theta + r * n, &w, &d, r);
        arena_free(&own);
    }
    fit->draw = NEW(arena, double, resamples * n);
    draws_keep(fit, theta, settled);
    intervals(fit, &shared);
    arena_free(&shared);
}
