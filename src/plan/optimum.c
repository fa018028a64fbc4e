/* optimum.c - least loss at a budget: closed form where there is one; else look
 * everywhere coarsely, then close in.
 *
 * At fixed C = F(N) D a larger model sees less text, so the loss falls and
 * then rises as u grows. A coarse scan finds the valley whatever its place;
 * golden sections narrow it, which needs no derivative and does not mind the
 * kink where the depth rule sets in; Newton ends it. Draws begin with Newton
 * at the fit's own optimum, which takes three or four steps. */

#include "plan/optimum.h"

#include <math.h>

typedef struct Valley { const Surface *s; double c; } Valley;

static double loss_at(const Valley *v, double u)
{
    return surface_at(v->s, u, v->c);
}

/* Steps of about `step` from low to high: the deepest must have a higher
 * neighbour on both sides. *u is its place, *step what was really walked. */
static bool scan(double *u, double *step, const Valley *v, double low,
                 double high)
{
    const double steps = ceil((high - low) / *step);
    if (!(steps >= 2 && steps < 1e6))
        return false;
    const i64 count = (i64)steps;
    *step = (high - low) / (double)count;

    i64    best = 0;
    double least = INFINITY;
    for (i64 i = 0; i <= count; i++) {
        const double loss = loss_at(v, low + (double)i * *step);
        if (loss < least) {
            least = loss;
            best  = i;
        }
    }
    *u = low + (double)best * *step;
    return loss_at(v, *u - *step) > least && loss_at(v, *u + *step) > least;
}

/* Two inner points split [low, high] by the golden ratio, so that each step
 * keeps one of them and asks for one new loss. */
static double golden(const Valley *v, double low, double high, double width)
{
    const double share = 0.6180339887498949;
    double left = high - share * (high - low);
    double right = low + share * (high - low);
    double at_left = loss_at(v, left), at_right = loss_at(v, right);

    while (high - low > width) {
        if (at_left <= at_right) {
            high     = right;
            right    = left;
            at_right = at_left;
            left     = high - share * (high - low);
            at_left  = loss_at(v, left);
        } else {
            low      = left;
            left     = right;
            at_left  = at_right;
            right    = low + share * (high - low);
            at_right = loss_at(v, right);
        }
    }
    return (low + high) / 2;
}

static Optimum optimum_of(const Surface *s, double c, double u, bool inside)
{
    const Size size = size_at(s->cost, u);
    return (Optimum){ .u = u, .n = size.n, .d = c / size.flop_per_token,
                      .loss = surface_at(s, u, c), .inside = inside };
}

/* Newton on the slope, within `reach` of where it began. At a kink of the depth
 * rule the slope jumps across 0 and the steps do not die out: false. */
static bool newton(double *u, const Surface *s, double c, double reach)
{
    const double began = *u;
    for (int i = 0; i < 20; i++) {
        double slope, curve;
        surface_slope(&slope, &curve, s, *u, c);
        if (!(curve > 0) || !isfinite(slope))
            return false;
        const double step = fmax(-1, fmin(1, -slope / curve));
        *u += step;
        if (!(fabs(*u - began) < reach))
            return false;
        if (fabs(step) < 1e-8)
            return true;
    }
    return false;
}

bool surface_closed(const Surface *s)
{
    return s->law && s->form->is && !s->cost->family && !(s->cost->omega > 0);
}

static Optimum closed_form(const Surface *s, double c)
{
    const Additive law = additive_at(s->form, s->theta);
    const double   n = additive_optimum(&law, c), d = c / 6 / n;
    if (!(n >= 1 && d >= 1) || isinf(n))
        return (Optimum){ .u = NAN, .n = n, .d = d, .loss = NAN };
    return (Optimum){ .u = log(n), .n = n, .d = d, .inside = true,
                      .loss = additive_loss(&law, n, d) };
}

Optimum optimum_find(const Surface *s, double c)
{
    if (surface_closed(s)) {
        const Optimum at = closed_form(s, c);
        if (at.inside)
            return at;
    }
    const Valley v = { s, c };
    double u = 0, step = 0.25;
    if (!scan(&u, &step, &v, 0, size_u_cost(s->cost, c)))
        return optimum_of(s, c, u, false);
    const double rough = golden(&v, u - step, u + step, 1e-3);
    double fine = rough;
    if (!newton(&fine, s, c, 5e-3))
        fine = golden(&v, rough - 2e-3, rough + 2e-3, 1e-7);
    return optimum_of(s, c, fine, true);
}

Optimum optimum_near(const Surface *s, double c, double near)
{
    if (surface_closed(s))
        return closed_form(s, c);
    double u = near;
    if (isfinite(near) && newton(&u, s, c, 4))
        return optimum_of(s, c, u, true);
    return optimum_find(s, c);
}

/* Ridders 1979: the bracket is halved, and a hyperbola through the three points
 * gives the next. The bracket never loses the root. */
double root_find(double (*gap)(const void *, double), const void *of,
                 double low, double high, double width)
{
    double at_low = gap(of, low), at_high = gap(of, high);
    if (at_low == 0)
        return low;
    if (at_high == 0)
        return high;
    if (!((at_low < 0) != (at_high < 0)) || isnan(at_low) || isnan(at_high))
        return NAN;
    for (int i = 0; i < 200 && high - low > width; i++) {
        const double mid = (low + high) / 2, at_mid = gap(of, mid);
        const double span = sqrt(at_mid * at_mid - at_low * at_high);
        const double next = mid + (mid - low) * (at_low < at_high ? -1 : 1)
                                  * at_mid / span;
        double x = next, at = at_mid;
        if (at_mid == 0 || !(next > low && next < high) || !isfinite(span)) {
            x = mid;
        } else {
            at = gap(of, x);
            if ((at_mid < 0) == (at_low < 0)) {
                low    = mid;
                at_low = at_mid;
            } else {
                high    = mid;
                at_high = at_mid;
            }
            if (!(x > low && x < high))
                continue;
        }
        if (at == 0)
            return x;
        if ((at < 0) == (at_low < 0)) {
            low    = x;
            at_low = at;
        } else {
            high    = x;
            at_high = at;
        }
    }
    return (low + high) / 2;
}

typedef struct Reach { const Surface *s; double n, loss; } Reach;

static double short_of(const void *of, double ln_d)
{
    const Reach *r = of;
    return surface_loss(r->s, r->n, exp(ln_d)) - r->loss;
}

double surface_data(const Surface *s, double n, double loss)
{
    if (s->law && s->form->is) {
        const Additive law = additive_at(s->form, s->theta);
        return additive_data(&law, n, loss);
    }
    const Reach r = { s, n, loss };
    return exp(root_find(short_of, &r, 0, 100, 1e-12));
}
