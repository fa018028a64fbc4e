/* solve.c - see solve.h. Every question is one unknown: along a path through
 * the plane of size and data, one number is to vanish, which is either the
 * slope of the loss at fixed C (the point is then the best use of its budget)
 * or the distance from the loss that is wanted. */

#include "plan/solve.h"

#include <math.h>
#include <string.h>

static const double LN_MOST = 100; /* e^100: beyond all models and budgets */

bool plan_has_surface(const PlanBy *by)
{
    return by->kaplan || by->fit.law;
}

static bool given(double x)
{
    return !isnan(x);
}

static PlanPoint none(void)
{
    return (PlanPoint){ NAN, NAN, NAN, NAN, NAN };
}

static PlanPoint point_at(const Surface *s, double u, double d)
{
    const Size size = size_at(s->cost, u);
    return (PlanPoint){ .u = u, .n = size.n, .d = d,
                        .c = size.flop_per_token * d,
                        .loss = surface_loss(s, size.n, d) };
}

PlanPoint plan_best(const Surface *s, double c, double u_near)
{
    const Optimum at = isnan(u_near) ? optimum_find(s, c)
                                     : optimum_near(s, c, u_near);
    if (!at.inside)
        return none();
    return (PlanPoint){ at.u, at.n, at.d, c, at.loss };
}

/* ---- One unknown -------------------------------------------------------- */

typedef enum Path {
    BY_DATA,    /* x = ln d, u fixed             */
    BY_SIZE,    /* x = u, d fixed                */
    BY_RATIO,   /* x = u, d = ratio n            */
    BY_BUDGET,  /* x = u, d = c / F              */
    BY_FRONT,   /* x = ln c, u the best at c     */
} Path;

typedef struct Walk {
    const Surface *s;
    Path   path;
    double u, d, c, ratio, u_near;
    double loss; /* wanted; NaN: the slope is to vanish */
} Walk;

static PlanPoint walk_at(const Walk *w, double x)
{
    switch (w->path) {
    case BY_DATA:
        return point_at(w->s, w->u, exp(x));
    case BY_SIZE:
        return point_at(w->s, x, w->d);
    case BY_RATIO:
        return point_at(w->s, x, w->ratio * size_at(w->s->cost, x).n);
    case BY_BUDGET:
        return point_at(w->s, x, w->c / size_at(w->s->cost, x).flop_per_token);
    case BY_FRONT:
        break;
    }
    return plan_best(w->s, exp(x), w->u_near);
}

/* A budget too small to have a best size counts as too high a loss. */
static double gap(const void *of, double x)
{
    const Walk     *w  = of;
    const PlanPoint at = walk_at(w, x);
    if (given(w->loss))
        return isfinite(at.loss) ? at.loss - w->loss : 1e3;
    double slope;
    surface_slope(&slope, NULL, w->s, at.u, at.c);
    return slope;
}

/* Around where it lay for the fit, ever wider; else everywhere. */
static double walk_root(const Walk *w, double low, double high, double near)
{
    for (double reach = 0.5; isfinite(near) && reach < 5; reach *= 3) {
        const double x = root_find(gap, w, fmax(low, near - reach),
                                   fmin(high, near + reach), 1e-9);
        if (!isnan(x))
            return x;
    }
    return root_find(gap, w, low, high, 1e-11);
}

static double u_most(const Surface *s)
{
    return s->cost->family ? 30 : LN_MOST;
}

PlanPoint plan_cheapest(const Surface *s, double loss, const PlanPoint *near)
{
    if (surface_closed(s)) {
        const Additive law = additive_at(s->form, s->theta);
        return plan_best(s, additive_cheapest(&law, loss), 0);
    }
    Walk w = { .s = s, .path = BY_FRONT, .loss = loss,
               .u_near = near ? near->u : NAN };
    const double x = walk_root(&w, 2, LN_MOST, near ? log(near->c) : NAN);
    return isnan(x) ? none() : walk_at(&w, x);
}

static PlanPoint walked(const Walk *w, double high, double near)
{
    const double x = walk_root(w, 0, high, near);
    return isnan(x) ? none() : walk_at(w, x);
}

/* The smallest model that reaches the loss within c lies left of the best. */
static PlanPoint smallest(const PlanAsk *ask, const Surface *s,
                          const PlanPoint *near)
{
    const PlanPoint best = plan_best(s, ask->flop, near ? near->u : NAN);
    const Walk w = { .s = s, .path = BY_BUDGET, .c = ask->flop,
                     .loss = ask->loss };
    return isfinite(best.loss) ? walked(&w, best.u, NAN) : none();
}

/* The run that two of C, N, D, D/N fix; false if fewer are given. */
static bool fixed(PlanPoint *out, const PlanAsk *ask, const Surface *s)
{
    double u = NAN, d = NAN;
    if (given(ask->params)) {
        u = size_u(s->cost, ask->params);
        d = given(ask->tokens) ? ask->tokens
          : given(ask->ratio)  ? ask->ratio * ask->params
          : given(ask->flop)   ? ask->flop / size_at(s->cost, u).flop_per_token
                               : NAN;
    } else if (given(ask->tokens) && (given(ask->ratio) || given(ask->flop))) {
        d = ask->tokens;
        u = given(ask->ratio) ? size_u(s->cost, d / ask->ratio)
                              : size_u_cost(s->cost, ask->flop / d);
    } else if (given(ask->flop) && given(ask->ratio)) {
        double low = -10, high = u_most(s);
        for (int i = 0; i < 200; i++) {
            const double mid  = (low + high) / 2;
            const Size   size = size_at(s->cost, mid);
            if (size.flop_per_token * size.n * ask->ratio < ask->flop)
                low = mid;
            else
                high = mid;
        }
        u = (low + high) / 2;
        d = ask->flop / size_at(s->cost, u).flop_per_token;
    }
    if (isnan(u) || isnan(d))
        return false;
    *out = point_at(s, u, d);
    return true;
}

bool plan_solve_one(PlanPoint *out, const PlanAsk *ask, const Surface *s,
                    const PlanPoint *near)
{
    const double u = near ? near->u : NAN;
    Walk w = { .s = s, .d = ask->tokens, .ratio = ask->ratio,
               .loss = ask->loss };
    *out = none();
    if (near && given(ask->params) + given(ask->tokens) + given(ask->ratio)
                    + given(ask->flop) > 1)
        *out = point_at(s, near->u, near->d);
    else if (fixed(out, ask, s))
        ;
    else if (given(ask->flop) && given(ask->loss))
        *out = smallest(ask, s, near);
    else if (given(ask->flop))
        *out = plan_best(s, ask->flop, u);
    else if (given(ask->params)) {
        w.path = BY_DATA;
        w.u    = near ? near->u : size_u(s->cost, ask->params);
        *out   = walked(&w, LN_MOST, near ? log(near->d) : NAN);
    } else if (given(ask->tokens)) {
        w.path = BY_SIZE;
        *out   = walked(&w, u_most(s), u);
    } else if (given(ask->ratio)) {
        w.path = BY_RATIO;
        *out   = walked(&w, u_most(s) / 2, u);
    } else
        *out = plan_cheapest(s, ask->loss, near);
    return isfinite(out->n) && isfinite(out->d) && isfinite(out->loss);
}
