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

enum { STARTS_EACH = 3 };

/* unit[row]: which cluster, 0..count-1. */
typedef struct Units { i64 count; i64 *unit; } Units;

static Units units_new(Arena *arena, const double *cluster, i64 nrow)
{
    Units u = { .unit = NEW(arena, i64, nrow) };
    for (i64 i = 0; i < nrow; i++) {
        u.unit[i] = u.count;
        for (i64 k = 0; cluster && k < i && u.unit[i] == u.count; k++)
            if (cluster[k] == cluster[i])
                u.unit[i] = u.unit[k];
        u.count += u.unit[i] == u.count;
    }
    return u;
}

static void draw_weights(double *weight, double *times, const Units *units,
                         i64 nrow, u64 seed, i64 replicate)
{
    memset(times, 0, (size_t)units->count * sizeof *times);
    for (i64 k = 0; k < units->count; k++) {
        const u64 index = (u64)(replicate * units->count + k);
        times[rng_below(seed, RNG_BOOTSTRAP, index, units->count)] += 1;
    }
    for (i64 i = 0; i < nrow; i++)
        weight[i] = times[units->unit[i]];
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
    Scratch scratch;
    double *weight, *times, *point_objective;
} Worker;

static Worker worker_new(Arena *arena, const Problem *p, const Grid *grid)
{
    return (Worker){ scratch_new(arena, p->law, p->nrow),
                     NEW(arena, double, p->nrow), NEW(arena, double, p->nrow),
                     NEW(arena, double, grid->count) };
}

static bool replicate(double *theta, Worker *w, const Fit *fit,
                      const Problem *p, const Grid *grid, const Units *units,
                      i64 r)
{
    Problem again = *p;
    again.weight = w->weight;
    draw_weights(w->weight, w->times, units, p->nrow, fit->options.seed, r);
    if (!determined(w->weight, p->nrow, p->law->nparam))
        return false;
    const Refit found = refit(&again, grid, STARTS_EACH, fit->theta,
                              &w->scratch, w->point_objective);
    memcpy(theta, found.best.theta, (size_t)p->law->nparam * sizeof *theta);
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

void fit_bootstrap(Fit *fit, Arena *arena, const Problem *p, const Grid *grid,
                   const double *cluster)
{
    const i64 resamples = fit->options.resamples;
    const int n = p->law->nparam;
    const int threads = fit->options.threads > 1 ? fit->options.threads : 1;
    Arena shared = { 0 };
    double *theta = NEW(&shared, double, resamples * n);
    bool *settled = NEW(&shared, bool, resamples);
    const Units units = units_new(&shared, cluster, p->nrow);

#pragma omp parallel num_threads(threads)
    {
        Arena own = { 0 };
        Worker w = worker_new(&own, p, grid);
#pragma omp for schedule(dynamic, 8)
        for (i64 r = 0; r < resamples; r++)
            settled[r] = replicate(theta + r * n, &w, fit, p, grid, &units, r);
        arena_free(&own);
    }
    fit->draw = NEW(arena, double, resamples * n);
    draws_keep(fit, theta, settled);
    intervals(fit, &shared);
    arena_free(&shared);
}
