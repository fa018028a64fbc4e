/* predict_run.c - where one new run will end (declared in fit.h).
 *
 * A new run misses the law's value twice: the law's constants are uncertain,
 * and runs scatter about the law. Every draw of the constants is put together
 * with residuals of the runs, drawn at random, and the interval is the
 * percentiles of what comes out:
 *
 *     ln y = ln L(theta_r) + e sqrt(n / (n - p))
 *
 * The root makes up for the p constants that were fitted to the residuals. Few
 * residuals have thin tails, so each is drawn from a normal about it whose
 * width is Silverman's, and the whole is shrunk to keep its variance.
 *
 * SOURCE: Silverman and Young 1987, Biometrika 74:469 (smoothed bootstrap). */

#include "fit/search.h"

#include "base/rng.h"

#include <math.h>

enum { TOLD_LEAST = 4000 }; /* the ends of an interval are then known to a few
                               per cent of its width                         */
static const u64 PURPOSE = 0x7275; /* keeps these numbers off the bootstrap's */

typedef struct Scatter { double mean, sd, width, shrink, widen; } Scatter;

static Scatter scatter_of(const Fit *fit)
{
    Scatter s = { 0 };
    const double n = (double)fit->nresidual;
    for (i64 i = 0; i < fit->nresidual; i++)
        s.mean += fit->residual[i] / n;
    for (i64 i = 0; i < fit->nresidual; i++)
        s.sd += pow(fit->residual[i] - s.mean, 2) / n;
    s.sd = sqrt(s.sd);
    s.width = 1.06 * s.sd * pow(n, -0.2);
    s.shrink = s.sd > 0 ? 1 / sqrt(1 + pow(s.width / s.sd, 2)) : 1;
    s.widen = sqrt((double)fit->nrow
                   / fmax(1, (double)(fit->nrow - fit->law->nparam)));
    return s;
}

static double residual_drawn(const Fit *fit, const Scatter *s, u64 index)
{
    const u64 seed = fit->options.seed ^ PURPOSE;
    const i64 at = rng_below(seed, RNG_BOOTSTRAP, index, fit->nresidual);
    const double about = s->width * rng_normal(seed, RNG_BOOTSTRAP, ~index);
    return s->widen
         * (s->mean + s->shrink * (fit->residual[at] - s->mean + about));
}

static double value_at(const Fit *fit, const double *theta,
                       const double *column)
{
    double value[LAW_COLUMNS_MAX], *pointer[LAW_COLUMNS_MAX], out;
    for (int c = 0; c < fit->law->ncolumn; c++) {
        value[c] = column[c];
        pointer[c] = &value[c];
    }
    law_eval(&out, NULL, NULL, fit->law, theta, pointer, 1);
    return out;
}

Interval fit_scattered(const Fit *fit, double value, const double *law)
{
    if (fit->ndraw == 0 || fit->nresidual == 0)
        return (Interval){ value, NAN, NAN };
    Arena arena = { 0 };
    const i64 each = (TOLD_LEAST + fit->ndraw - 1) / fit->ndraw;
    const Scatter s = scatter_of(fit);
    double *told = NEW(&arena, double, each * fit->ndraw);
    for (i64 r = 0; r < fit->ndraw; r++)
        for (i64 k = 0; k < each; k++)
            told[r * each + k]
                = law[r] * exp(residual_drawn(fit, &s, (u64)(r * each + k)));
    const Interval out = fit_interval(value, told, each * fit->ndraw,
                                      fit->options.level);
    arena_free(&arena);
    return out;
}

Interval fit_predict_run(const Fit *fit, const double *column)
{
    Arena arena = { 0 };
    double *law = NEW(&arena, double, fit->ndraw + 1);
    for (i64 r = 0; r < fit->ndraw; r++)
        law[r] = value_at(fit, fit->draw + r * fit->law->nparam, column);
    const Interval out = fit_scattered(fit, value_at(fit, fit->theta, column),
                                       law);
    arena_free(&arena);
    return out;
}
