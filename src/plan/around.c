/* around.c - see around.h. */

#include "plan/around.h"

#include <math.h>
#include <string.h>

bool around_wrong(WrongSize *out, const Surface *s, const PlanPoint *best,
                  double r)
{
    const double u    = size_u(s->cost, r * best->n);
    const double loss = surface_at(s, u, best->c);
    if (!isfinite(loss))
        return false;
    const PlanPoint same = plan_cheapest(s, loss, best);
    *out = (WrongSize){ r, loss - best->loss, 1 - same.c / best->c };
    return isfinite(same.c);
}

typedef struct Side { const Surface *s; const PlanPoint *best; double share; }
    Side;

static double over(const void *of, double ln_r)
{
    const Side *side = of;
    WrongSize   wrong;
    if (!around_wrong(&wrong, side->s, side->best, exp(ln_r)))
        return 1;
    return wrong.wasted - side->share;
}

bool around_valley(double *low, double *high, const Surface *s,
                   const PlanPoint *best, double share)
{
    const Side side = { s, best, share };
    *low  = exp(root_find(over, &side, -8, 0, 1e-6));
    *high = exp(root_find(over, &side, 0, 8, 1e-6));
    return isfinite(*low) && isfinite(*high);
}

static double above_end(const void *of, double u)
{
    const Side *side = of;
    const Size  size = size_at(side->s->cost, u);
    return surface_loss(side->s, size.n, INFINITY) * (1 + side->share)
         - side->best->loss;
}

bool around_converged(Converged *out, const Surface *s, const PlanPoint *best,
                      double share)
{
    const Side   side = { s, best, share };
    const double u    = root_find(above_end, &side, best->u - 30, best->u + 5,
                                  1e-10);
    const Size   size = size_at(s->cost, u);
    const double d    = surface_data(s, size.n, best->loss);
    *out = (Converged){ size.n / best->n, d / best->d,
                        size.flop_per_token * d / best->c };
    return isfinite(u) && isfinite(d);
}

/* Central, over 2 x 0.1 % of the constant. */
bool around_elasticity(Elasticity *out, const PlanBy *by, double c, int param)
{
    enum { DOWN, UP };
    const double h = 1e-3;
    double       theta[LAW_PARAMS_MAX];
    PlanPoint    at[2];
    for (int k = DOWN; k <= UP; k++) {
        memcpy(theta, by->fit.theta, sizeof theta);
        theta[param] *= exp(k == UP ? h : -h);
        const Surface s = surface_of(by, theta);
        at[k] = plan_best(&s, c, NAN);
    }
    out->n    = log(at[UP].n / at[DOWN].n) / (2 * h);
    out->d    = log(at[UP].d / at[DOWN].d) / (2 * h);
    out->loss = log(at[UP].loss / at[DOWN].loss) / (2 * h);
    return isfinite(out->n);
}
