/* polish.c - damped Newton on all parameters at once, from a start that the
 * grid has put into the right basin.
 *
 * Scales that are unknown to orders of magnitude (A, B, N_c) move by their
 * logarithm, the others as they are; bounds are kept by leaving out of the step
 * what stands at a bound and is pressed against it. Damping is Levenberg's,
 * with the diagonal of the Hessian as its measure.
 *
 * A Huber objective with a small delta is nearly a sum of absolute values:
 * Newton's quadratic then holds only over a delta's width. So it is minimised
 * first with a delta of the size of the residuals, which is nearly least squares
 * and brings the start near; that takes a third of the steps where runs are few
 * (25 runs: 26 instead of 69 a refit), and more than one such stage takes no
 * fewer. Replicates stop there where they see that they are in a basin in which
 * another start of theirs has been. */

#include "fit/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SOFT_STEPS = 30, LAST_STEPS = 200 };

static const double GRADIENT_ENOUGH = 1e-11, GRADIENT_SETTLED = 1e-6;
static const double SOFT_GRADIENT = 1e-3, NEAR_BASIN = 1e-3;

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

/* The objective about one point, in the coordinates of the search. */
typedef struct Place {
    double theta[P_MAX], grad[P_MAX], scale[P_MAX], hess[P_MAX * P_MAX];
    double value;
    bool   held[P_MAX];
    bool   stuck; /* a scale at 0 that ought to grow, and by factors cannot */
} Place;

/* Where one descent stands, and where it looks next. */
typedef struct Descent {
    const Problem *p;
    Scratch       *s;
    Place          place[2], *here, *there;
    double         damping;
    i64            iterations;
} Descent;

/* +1 at the upper bound, -1 at the lower, 0 between. A scale searched by its
 * logarithm that has come to 0 stays there. */
static int at_end(const LawParam *param, double theta)
{
    if (theta <= param->low)
        return -1;
    return theta >= param->high ? 1 : 0;
}

static void look(Place *at, const Problem *p, Scratch *s)
{
    const Law *law = p->law;
    at->value = objective(at->grad, at->scale, at->hess, p, at->theta, s);
    if (at->value == INFINITY)
        return;
    at->stuck = false;
    for (int i = 0; i < law->nparam; i++) {
        const int end = at_end(&law->param[i], at->theta[i]);
        at->held[i] = (p->pinned && p->pinned[i])
                   || (end && at->grad[i] * end <= 0);
        at->stuck = at->stuck || (at->theta[i] == 0 && !at->held[i]
                                  && searched_by_log(&law->param[i]));
    }
    to_search(at->grad, at->scale, at->hess, law, at->theta);
}

/* Against the sizes of its terms. Where runs are met exactly these are dust, and
 * so is the gradient; what it is held against is not less than if residuals were
 * a millionth of a response. */
static double relative_gradient(const Place *at, const Problem *p)
{
    const int n = p->law->nparam;
    const double unit = 1e-6 * p->size * sqrt((double)p->nrow);
    double worst = 0;
    for (int i = 0; i < n; i++) {
        const double scale = at->scale[i]
                           + unit * sqrt(fabs(at->hess[i * n + i]));
        if (!at->held[i] && scale > 0)
            worst = fmax(worst, fabs(at->grad[i]) / scale);
    }
    return worst;
}

/* Solve (H + damping diag|H|) step = -grad over what is free. */
static bool newton_step(double *step, const Place *at, int n, double damping)
{
    double a[P_MAX * P_MAX], b[P_MAX], x[P_MAX];
    int free_one[P_MAX], m = 0;
    double most = 0;
    for (int i = 0; i < n; i++) {
        step[i] = 0;
        most = fmax(most, fabs(at->hess[i * n + i]));
        if (!at->held[i])
            free_one[m++] = i;
    }
    for (int i = 0; i < m; i++) {
        b[i] = -at->grad[free_one[i]];
        for (int j = 0; j < m; j++)
            a[i * m + j] = at->hess[free_one[i] * n + free_one[j]];
        a[i * m + i] += damping * fabs(a[i * m + i]) + 1e-300
                      + 1e-15 * damping * most;
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

static void swap(Descent *d)
{
    Place *kept = d->here;
    d->here = d->there;
    d->there = kept;
}

/* One accepted step, or false where no damping gives one. Slopes are asked for
 * at once: nearly all steps are accepted. */
static bool descend(Descent *d)
{
    double step[P_MAX];
    const int n = d->p->law->nparam;
    while (d->damping < 1e12) {
        d->iterations++;
        if (newton_step(step, d->here, n, d->damping)) {
            moved(d->there->theta, d->here->theta, step, d->p->law);
            look(d->there, d->p, d->s);
            if (d->there->value < d->here->value) {
                swap(d);
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
    const int n = d->p->law->nparam;
    double step[P_MAX];
    for (int i = 0; i < 4 && relative_gradient(d->here, d->p) > 1e-14; i++) {
        if (!newton_step(step, d->here, n, 0))
            return;
        moved(d->there->theta, d->here->theta, step, d->p->law);
        look(d->there, d->p, d->s);
        if (d->there->value > d->here->value
                                  + 1e-12 * fabs(d->here->value)
            || !(relative_gradient(d->there, d->p)
                 < relative_gradient(d->here, d->p)))
            return;
        swap(d);
    }
}

/* Whether a descent has come into the basin that another has been through: by
 * the curvature at that one's end it is less than half a standard error away,
 * and its value says so too. */
static bool joined(const Place *at, const Basin *basin, const Law *law)
{
    const int n = law->nparam;
    const double near = NEAR_BASIN * fabs(basin->value);
    double apart[P_MAX], rise = 0;
    if (at->value > basin->value + near)
        return false;
    for (int i = 0; i < n; i++) {
        apart[i] = searched_by_log(&law->param[i])
                       ? log(at->theta[i] / basin->theta[i])
                       : at->theta[i] - basin->theta[i];
        if (at->theta[i] == basin->theta[i])
            apart[i] = 0;
    }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            rise += 0.5 * apart[i] * basin->hess[i * n + j] * apart[j];
    return fabs(rise) <= near;
}

/* Which of the basins it joined on its way; -1: none. */
static int newton(Descent *d, i64 steps, double enough, const Basin *basin,
                  int nbasin)
{
    look(d->here, d->p, d->s);
    for (i64 i = 0; i < steps && d->here->value < INFINITY; i++) {
        for (int k = 0; k < nbasin; k++)
            if (joined(d->here, &basin[k], d->p->law))
                return k;
        if (relative_gradient(d->here, d->p) <= enough || !descend(d))
            break;
    }
    return -1;
}

static Descent descent_from(const double *theta, const Problem *p, Scratch *s)
{
    Descent d;
    d.p = p;
    d.s = s;
    d.damping = 1e-3;
    d.iterations = 0;
    memcpy(d.place[0].theta, theta, (size_t)p->law->nparam * sizeof *theta);
    return d;
}

/* ---- softer objectives ------------------------------------------------- */

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
    qsort(size, (size_t)n, sizeof *size, reals_by_size);
    return n ? size[n / 2] : p->delta;
}

static bool softens(const Problem *p)
{
    return p->objective != FIT_SQUARES && p->objective != FIT_SQUARES_LOG;
}

double polish_soft_delta(const Problem *p, const double *theta, Scratch *s)
{
    return softens(p) ? fmax(p->delta, 2 * middle_residual(p, theta, s))
                      : p->delta;
}

int polish_basin(Basin *basin, int nbasin, const Problem *p, double soft_delta,
                 const double *theta, Scratch *s)
{
    Problem softer = *p;
    softer.delta = soft_delta;
    Descent d = descent_from(theta, &softer, s);
    d.here = &d.place[0];
    d.there = &d.place[1];
    const int which = newton(&d, SOFT_STEPS, SOFT_GRADIENT, basin, nbasin);
    if (which >= 0 || d.here->value == INFINITY)
        return which;
    const int n = p->law->nparam;
    Basin *own = &basin[nbasin];
    own->value = d.here->value;
    memcpy(own->theta, d.here->theta, (size_t)n * sizeof *own->theta);
    memcpy(own->hess, d.here->hess, (size_t)(n * n) * sizeof *own->hess);
    return nbasin;
}

/* ---- to the end -------------------------------------------------------- */

/* A quantile's corner is made narrower by steps, so that each begins near the
 * end of the one before. */
static void narrow(Descent *d, const Problem *asked, double soft_delta)
{
    Problem softer = *asked;
    const double by = asked->objective == FIT_QUANTILE ? 3 : INFINITY;
    for (softer.delta = soft_delta; softer.delta > asked->delta;
         softer.delta /= by) {
        d->p = &softer;
        d->damping = 1e-3;
        (void)newton(d, SOFT_STEPS, SOFT_GRADIENT, NULL, 0);
    }
    d->p = asked;
    d->damping = 1e-3;
}

static Polished polished(const Descent *d)
{
    const Law *law = d->p->law;
    const Place *at = d->here;
    Polished out = { .objective = at->value, .iterations = d->iterations,
                     .gradient = at->value < INFINITY
                                     ? relative_gradient(at, d->p)
                                     : INFINITY };
    memcpy(out.theta, at->theta, (size_t)law->nparam * sizeof *out.theta);
    for (int i = 0; i < law->nparam; i++)
        out.at_bound[i] = !(d->p->pinned && d->p->pinned[i])
                       && at_end(&law->param[i], at->theta[i]) != 0;
    out.settled = out.gradient < GRADIENT_SETTLED && !at->stuck;
    return out;
}

Polished polish_from(const Problem *p, const double *theta, double soft_delta,
                     Scratch *s)
{
    Descent d = descent_from(theta, p, s);
    d.here = &d.place[0];
    d.there = &d.place[1];
    narrow(&d, p, soft_delta);
    (void)newton(&d, LAST_STEPS, GRADIENT_ENOUGH, NULL, 0);
    if (d.here->value < INFINITY)
        finish(&d);
    return polished(&d);
}

Polished polish(const Problem *p, const double *theta, Scratch *s)
{
    return polish_from(p, theta, polish_soft_delta(p, theta, s), s);
}
