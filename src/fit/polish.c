/* polish.c - damped Newton on all parameters at once, from a start that the
 * grid has put into the right basin.
 *
 * Scales that are unknown to orders of magnitude (A, B, N_c) move by their
 * logarithm, the others as they are; bounds are kept by leaving out of the step
 * what stands at a bound and is pressed against it. Damping is Levenberg's,
 * with the diagonal of the Hessian as its measure.
 *
 * A Huber objective with a small delta is nearly a sum of absolute values:
 * Newton's quadratic then holds only over a delta's width. So a few steps are
 * made first with a delta of the size of the residuals, which is nearly least
 * squares on ln L and brings the start near; that takes a third of the steps
 * where runs are few (25 runs: 26 instead of 69 a refit), and more than one
 * such stage takes no fewer. */

#include "fit/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SOFT_STEPS = 12, LAST_STEPS = 200 };

static const double GRADIENT_ENOUGH = 1e-11, GRADIENT_SETTLED = 1e-6;
static const double SOFT_GRADIENT = 1e-3;

bool searched_by_log(const LawParam *param)
{
    return param->from > 0 && param->low >= 0 && param->to / param->from > 100;
}

void to_search(double *grad, double *scale, double *hess, const Law *law,
               const double *theta)
{
    const int n = law->nparam;
    for (int i = 0; i < n; i++) {
        if (!searched_by_log(&law->param[i]))
            continue;
        for (int j = 0; j < n; j++) {
            hess[i * n + j] *= theta[i];
            hess[j * n + i] *= theta[i];
        }
        grad[i] *= theta[i];
        scale[i] *= theta[i];
        hess[i * n + i] += grad[i];
    }
}

/* Where one descent stands. */
typedef struct Descent {
    const Problem *p;
    Scratch       *s;
    double theta[P_MAX], grad[P_MAX], scale[P_MAX], hess[P_MAX * P_MAX];
    double value, damping;
    bool   held[P_MAX];
    bool   stuck; /* a scale at 0 that ought to grow, and by factors cannot */
    i64    iterations;
} Descent;

/* +1 at the upper bound, -1 at the lower, 0 between. A scale searched by its
 * logarithm that has come to 0 stays there. */
static int at_end(const LawParam *param, double theta)
{
    if (theta <= param->low)
        return -1;
    return theta >= param->high ? 1 : 0;
}

static void look(Descent *d)
{
    const Law *law = d->p->law;
    d->value = objective(d->grad, d->scale, d->hess, d->p, d->theta, d->s);
    d->stuck = false;
    for (int i = 0; i < law->nparam; i++) {
        const int end = at_end(&law->param[i], d->theta[i]);
        d->held[i] = (d->p->pinned && d->p->pinned[i])
                  || (end && d->grad[i] * end <= 0);
        d->stuck = d->stuck || (d->theta[i] == 0 && !d->held[i]
                                && searched_by_log(&law->param[i]));
    }
    to_search(d->grad, d->scale, d->hess, law, d->theta);
}

static double relative_gradient(const Descent *d)
{
    double worst = 0;
    for (int i = 0; i < d->p->law->nparam; i++)
        if (!d->held[i] && d->scale[i] > 0)
            worst = fmax(worst, fabs(d->grad[i]) / d->scale[i]);
    return worst;
}

/* Solve (H + damping diag|H|) step = -grad over what is free. */
static bool newton_step(double *step, const Descent *d)
{
    const int n = d->p->law->nparam;
    double a[P_MAX * P_MAX], b[P_MAX], x[P_MAX];
    int free_one[P_MAX], m = 0;
    double most = 0;
    for (int i = 0; i < n; i++) {
        step[i] = 0;
        most = fmax(most, fabs(d->hess[i * n + i]));
        if (!d->held[i])
            free_one[m++] = i;
    }
    for (int i = 0; i < m; i++) {
        b[i] = -d->grad[free_one[i]];
        for (int j = 0; j < m; j++)
            a[i * m + j] = d->hess[free_one[i] * n + free_one[j]];
        a[i * m + i] += d->damping * fabs(a[i * m + i]) + 1e-300
                      + 1e-15 * d->damping * most;
    }
    if (m == 0 || !small_solve(x, a, b, m))
        return false;
    for (int i = 0; i < m; i++)
        step[free_one[i]] = x[i];
    return true;
}

/* Not more than a factor e^2 in a scale, nor a quarter of where the search for
 * a parameter began (0.4 in an exponent of 0.04 to 1.6). */
static double shrink(const double *step, const Law *law)
{
    double factor = 1;
    for (int i = 0; i < law->nparam; i++) {
        const LawParam *param = &law->param[i];
        const double most = searched_by_log(param)
                                ? 2 : 0.25 * (param->to - param->from);
        if (fabs(step[i]) > most)
            factor = fmin(factor, most / fabs(step[i]));
    }
    return factor;
}

static void moved(double *to, const double *from, const double *step,
                  const Law *law)
{
    const double factor = shrink(step, law);
    for (int i = 0; i < law->nparam; i++) {
        const LawParam *param = &law->param[i];
        const double there = searched_by_log(param)
                                 ? from[i] * exp(factor * step[i])
                                 : from[i] + factor * step[i];
        to[i] = fmin(fmax(there, param->low), param->high);
    }
}

/* One accepted step, or false where no damping gives one. */
static bool descend(Descent *d)
{
    double step[P_MAX], there[P_MAX];
    while (d->damping < 1e12) {
        d->iterations++;
        if (newton_step(step, d)) {
            moved(there, d->theta, step, d->p->law);
            const double value = objective(NULL, NULL, NULL, d->p, there,
                                           d->s);
            if (value < d->value) {
                memcpy(d->theta, there, sizeof there);
                d->damping = d->damping < 1e-9 ? 0 : d->damping / 10;
                return true;
            }
        }
        d->damping = fmax(8 * d->damping, 1e-6);
    }
    return false;
}

/* Plain Newton steps at the very end: the objective is flat to its last digit
 * there, so the gradient decides. */
static void finish(Descent *d)
{
    for (int i = 0; i < 4 && relative_gradient(d) > 1e-14; i++) {
        Descent trial = *d;
        double step[P_MAX];
        trial.damping = 0;
        if (!newton_step(step, &trial))
            return;
        moved(trial.theta, d->theta, step, d->p->law);
        look(&trial);
        if (!(relative_gradient(&trial) < relative_gradient(d))
            || trial.value > d->value * (1 + 1e-12))
            return;
        *d = trial;
    }
}

static void newton(Descent *d, i64 steps, double enough)
{
    d->damping = 1e-3;
    look(d);
    for (i64 i = 0; i < steps && relative_gradient(d) > enough; i++) {
        if (d->value == INFINITY || !descend(d))
            break;
        look(d);
    }
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

enum { RESIDUALS_SEEN = 256 };

/* The middle one of the residuals' sizes, of rows that count; of many rows, of
 * some evenly chosen. */
static double middle_residual(const Problem *p, const double *theta, Scratch *s)
{
    double size[RESIDUALS_SEEN];
    int n = 0;
    if (objective(NULL, NULL, NULL, p, theta, s) == INFINITY)
        return p->delta;
    const i64 step = (p->nrow + RESIDUALS_SEEN - 1) / RESIDUALS_SEEN;
    for (i64 i = 0; i < p->nrow; i += step)
        if (p->weight[i] > 0)
            size[n++] = fabs(s->residual[i]);
    qsort(size, (size_t)n, sizeof *size, by_size);
    return n ? size[n / 2] : p->delta;
}

/* A Huber with a delta as wide as the residuals. A quantile's corner is made
 * narrower by steps, so that each begins near the end of the one before. */
static void approach(Descent *d, const Problem *asked)
{
    Problem softer = *asked;
    const double wide = 2 * middle_residual(asked, d->theta, d->s);
    const double by = asked->objective == FIT_QUANTILE ? 8 : INFINITY;
    for (softer.delta = wide; softer.delta > asked->delta;
         softer.delta /= by) {
        d->p = &softer;
        newton(d, SOFT_STEPS, SOFT_GRADIENT);
    }
    d->p = asked;
}

Polished polish(const Problem *p, const double *theta, Scratch *s)
{
    Descent d = { .p = p, .s = s };
    memcpy(d.theta, theta, (size_t)p->law->nparam * sizeof *theta);
    if (p->objective != FIT_SQUARES && p->objective != FIT_SQUARES_LOG)
        approach(&d, p);
    newton(&d, LAST_STEPS, GRADIENT_ENOUGH);
    if (d.value < INFINITY)
        finish(&d);

    Polished out = { .objective = d.value, .iterations = d.iterations,
                     .gradient = d.value < INFINITY ? relative_gradient(&d)
                                                    : INFINITY };
    memcpy(out.theta, d.theta, sizeof out.theta);
    for (int i = 0; i < p->law->nparam; i++)
        out.at_bound[i] = !(p->pinned && p->pinned[i])
                       && at_end(&p->law->param[i], d.theta[i]) != 0;
    out.settled = out.gradient < GRADIENT_SETTLED && !d.stuck;
    return out;
}
