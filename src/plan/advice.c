/* advice.c - what a law would have advised, had it been asked before the run
 * (declared in card.h). All is said at C = 6 N D in the law's own N, so that
 * the run and the advice cost the same by the same count; what a paper says of
 * its FLOP stands beside it, as published. */

#include "plan/card.h"

#include <math.h>

typedef struct Run { double n, d, u_near; } Run; /* u_near: NaN, or near */

enum { LOSS, N_OPT, D_OPT, BEST, R, NATS, WASTED, NUMBERS };

static bool numbers(double *out, const Surface *s, const void *of)
{
    const Run      *run  = of;
    const Size      size = size_at(s->cost, size_u(s->cost, run->n));
    const double    c    = size.flop_per_token * run->d;
    const PlanPoint best = plan_best(s, c, run->u_near);
    out[LOSS]   = surface_loss(s, run->n, run->d);
    out[N_OPT]  = best.n;
    out[D_OPT]  = best.d;
    out[BEST]   = best.loss;
    out[R]      = run->n / best.n;
    out[NATS]   = out[LOSS] - best.loss;
    if (!isfinite(out[LOSS]) || !isfinite(best.loss))
        return false;
    const PlanPoint same = plan_cheapest(s, out[LOSS], &best);
    out[WASTED] = 1 - same.c / c;
    return isfinite(same.c);
}

static Interval unknown(void)
{
    return (Interval){ NAN, NAN, NAN };
}

/* A law that only shares out a budget: the size, and nothing of the loss. */
static bool by_line(Advice *out, const PlanBy *by, const Run *run)
{
    PlanAsk      ask = plan_ask_nothing();
    PlanSolution at;
    Err          err = { 0 };
    ask.flop = 6 * run->n * run->d;
    if (!plan_solve(&at, by, &ask, &err))
        return false;
    *out = (Advice){ .loss = unknown(), .n = at.n, .d = at.d, .best = at.loss,
                     .r = { run->n / at.n.value, NAN, NAN },
                     .nats = unknown(), .wasted = unknown() };
    return true;
}

bool advice_of(Advice *out, const PlanBy *by, double n, double d)
{
    Run run = { n, d, NAN };
    if (!(n > 0) || !(d > 0))
        return false;
    if (by->line)
        return by_line(out, by, &run);
    /* Draws have their optima around the fit's own. */
    const Surface own = surface_of(by, by->fit.theta);
    run.u_near = plan_best(&own, plan_flop_per_token(&by->cost, n) * d, NAN).u;
    Interval x[NUMBERS];
    plan_intervals(x, NUMBERS, by, numbers, &run, PLAN_DRAWS_FEW);
    *out = (Advice){ x[LOSS], x[N_OPT], x[D_OPT], x[BEST],
                     x[R], x[NATS], x[WASTED] };
    return !isnan(x[LOSS].value);
}
