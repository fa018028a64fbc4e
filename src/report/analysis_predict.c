/* analysis_predict.c - what a run that was not trained yet should give.
 *
 * Two things make a single run differ from the law's line: the constants are
 * not known exactly (the draws), and runs scatter about any line (seed, data
 * order). An interval from the first alone would be for the line, and too
 * narrow for a run; so each draw is given a scatter of the size that the fitted
 * runs show, corrected for the constants that were spent on fitting them; or,
 * where repeats with other seeds show a larger one, of that size: a fit with
 * few runs to spare may lie too close to them. */

#include "report/analysis.h"

#include "base/rng.h"

#include <math.h>
#include <string.h>

static double law_loss(const Fit *fit, const double *theta,
                       const Prediction *at)
{
    return law_at(fit->law, theta, at->n, at->d);
}

static double residual_scatter(const Fit *fit)
{
    const double spare = (double)(fit->nrow - fit->law->nparam);
    return spare > 0 ? fit->rmse_log * sqrt((double)fit->nrow / spare)
                     : fit->rmse_log;
}

double analysis_scatter(const Analysis *a, const Fit *fit)
{
    const double seeds = a->finds.noise.sd.value;
    return isfinite(seeds) ? fmax(seeds, residual_scatter(fit))
                           : residual_scatter(fit);
}

const char *analysis_scatter_words(Arena *arena, const Analysis *a)
{
    const double seeds = a->finds.noise.sd.value;
    const double left  = residual_scatter(a->chosen);
    if (!isfinite(seeds))
        return arena_print(arena, "Intervals of single runs hold the scatter "
                           "of runs about the law, %.2f %%; no run was "
                           "repeated with another seed.", 100 * left);
    return arena_print(arena, "Intervals of single runs hold the larger of "
                       "two: the scatter of runs about the law, %.2f %%, and "
                       "from seed to seed, %.2f %%: here %s.", 100 * left,
                       100 * seeds, seeds > left ? "the seeds" : "the law's");
}

static Interval expected(const Fit *fit, double sd, const Prediction *at,
                         u64 seed, i64 which)
{
    const double value = law_loss(fit, fit->theta, at);
    if (fit->ndraw == 0)
        return (Interval){ value, NAN, NAN };

    Arena   scratch = { 0 };
    double *one     = NEW(&scratch, double, fit->ndraw);
    for (i64 i = 0; i < fit->ndraw; i++) {
        const u64    index = (u64)(which * fit->ndraw + i) + (1ull << 40);
        const double noise = sd * rng_normal(seed, RNG_BOOTSTRAP, index);
        one[i] = law_loss(fit, fit->draw + i * fit->law->nparam, at)
               * exp(noise);
    }
    const Interval out = fit_interval(value, one, fit->ndraw,
                                      fit->options.level);
    arena_free(&scratch);
    return out;
}

typedef struct By { const char *name; const Fit *fit; } By;

/* The chosen fit first: it is the one the study stands by. */
static int by_all(By by[3], const Analysis *from)
{
    const By all[] = { { "huber", &from->huber },
                       { "squares", &from->squares },
                       { "outer", &from->outer } };
    int count = 0;
    by[count++] = (By){ from->chosen_fit, from->chosen };
    for (int i = 0; i < COUNT_OF(all); i++)
        if (all[i].fit->law && all[i].fit != from->chosen)
            by[count++] = all[i];
    return count;
}

void analysis_predict(PredictionList *out, Arena *arena, const Analysis *from,
                      const Prediction *asked, i64 count)
{
    By        by[3];
    const int nby = by_all(by, from);
    out->count = nby * count;
    out->item  = NEW(arena, Prediction, out->count + 1);
    for (int f = 0; f < nby; f++)
        for (i64 i = 0; i < count; i++) {
            const double   sd   = analysis_scatter(from, by[f].fit);
            const Interval loss = expected(by[f].fit, sd, &asked[i],
                                           from->info.seed, i);
            Prediction *row = &out->item[f * count + i];
            *row      = asked[i];
            row->fit  = by[f].name;
            row->loss = loss.value;
            row->low  = loss.low;
            row->high = loss.high;
        }
}
