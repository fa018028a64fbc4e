/* roi.c - slopes of the compute frontier. The optimum itself moves with the
 * budget, but by the envelope theorem the slope of the least loss is what a
 * little more compute buys however it is spent; here it is taken by a central
 * difference of least losses, which needs no theorem.
 *
 * SOURCE: see roi.h. */

#include "plan/roi.h"

#include <math.h>
#include <string.h>

bool roi_at(RoiPoint *out, const Surface *s, double c, double u_near)
{
    const double    h    = 0.01; /* in ln C */
    const PlanPoint best = plan_best(s, c, u_near);
    if (!isfinite(best.loss))
        return false;
    const double below = plan_best(s, c * exp(-h), best.u).loss;
    const double above = plan_best(s, c * exp(h), best.u).loss;
    const double twice = plan_best(s, 2 * c, best.u).loss;
    const double less  = plan_cheapest(s, 0.99 * best.loss, &best).c;
    *out = (RoiPoint){ .c = c, .loss = best.loss, .n = best.n, .d = best.d,
                       .slope = (below - above) / (2 * h),
                       .doubling = best.loss - twice,
                       .one_percent = less > c ? less / c : NAN };
    return isfinite(out->slope) && isfinite(twice);
}

typedef struct Wall {
    const Surface *s;
    double         part, times;
    double        *u; /* of the last optimum: the next is looked for there */
} Wall;

static double least(const Wall *wall, double c)
{
    PlanPoint at = plan_best(wall->s, c, *wall->u);
    if (!isfinite(at.loss) && !isnan(*wall->u))
        at = plan_best(wall->s, c, NAN);
    *wall->u = at.u;
    return at.loss;
}

/* Above 0 while `times` the compute still buys more than the part. */
static double still(const void *of, double ln_c)
{
    const Wall  *wall = of;
    const double now  = least(wall, exp(ln_c));
    const double then = least(wall, wall->times * exp(ln_c));
    return 1 - then / now - 1 / wall->part;
}

double roi_wall(const Surface *s, double part, double times)
{
    double       u    = NAN;
    const Wall   wall = { s, part, times, &u };
    const double low = log(1e10), high = log(1e45);
    const double first = still(&wall, low), last = still(&wall, high);
    if (isnan(first) || isnan(last))
        return NAN;
    if (first <= 0)
        return 0;
    if (last > 0)
        return INFINITY;
    return exp(root_find(still, &wall, low, high, 1e-7));
}

bool score_of(Score *out, const Fit *fit, Err *err)
{
    const Law *law = fit->law;
    if (law->ncolumn != 1 || strcmp(law->column[0], "loss"))
        return err_set(err, ERR_USAGE, "law %s: %s is not a score of the loss "
                       "alone; give a fit of a law of one column, loss, like "
                       "accuracy-of-loss or error-of-loss", law->name,
                       law->formula ? law->formula : "a law of code");
    *out = (Score){ fit, !strcmp(law->response, "error")
                             || !strcmp(law->response, "bpb") };
    return true;
}
