/* optimum.c - least loss at a budget: look everywhere coarsely, then close in.
 *
 * At fixed C = F(N) D a larger model sees less text, so the loss falls and
 * then rises as u grows. A coarse scan finds the valley whatever its place;
 * golden sections narrow it, which needs no derivative and does not mind the
 * kink where the depth rule sets in. Near a minimum the loss is flat to
 * rounding within about 1e-8 of u, so the last step is a parabola through three
 * points wide enough apart to differ. */

#include "plan/optimum.h"

#include <math.h>

/* The family of GPT-2-like shapes with ff = 4 d, biases and an untied head, as
 * count/ counts it, with width and depth as real numbers. */
static double family_n(const PlanCost *cost, double d, double layers,
                       double flop)
{
    const double matrix = 12 * layers * d * d, head = (double)cost->vocab * d;
    switch (cost->counts) {
    case N_BODY:
        return matrix;
    case N_BODY_HEAD:
        return matrix + head;
    case N_FLOP:
        return flop / 6;
    case N_TOTAL:
        break;
    }
    const double biases_and_norms = 13 * layers * d + 2 * d;
    const double positions = (double)cost->context * d;
    return matrix + biases_and_norms + 2 * head + positions;
}

Size size_at(const PlanCost *cost, double u)
{
    if (!cost->family) {
        const double n = exp(u);
        return (Size){ n, 6 * n, NAN, NAN };
    }
    const double d      = exp(u);
    const double layers = fmax(cost->layers_min, d / cost->aspect);
    const double head   = (double)cost->vocab * d;
    const double attend = layers * d * (double)cost->context;
    const double flop   = 6 * (12 * layers * d * d + head) + 6 * attend;
    return (Size){ family_n(cost, d, layers, flop), flop, d, layers };
}

typedef struct Valley {
    const Law      *law;
    const double   *theta;
    const PlanCost *cost;
    double          c;
} Valley;

static double loss_at(const Valley *v, double u)
{
    const Size   size = size_at(v->cost, u);
    const double loss = law_at(v->law, v->theta, size.n,
                               v->c / size.flop_per_token);
    return isnan(loss) ? INFINITY : loss;
}

/* Steps of about `step` from low to high: the deepest must have a higher
 * neighbour on both sides. *u is its place, *step what was really walked. */
static bool scan(double *u, double *step, const Valley *v, double low,
                 double high)
{
    const i64 count = (i64)ceil((high - low) / *step);
    if (count < 2)
        return false;
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

static Optimum optimum_of(const Valley *v, double u, bool inside)
{
    const Size size = size_at(v->cost, u);
    return (Optimum){ .u = u, .n = size.n, .d = v->c / size.flop_per_token,
                      .loss = loss_at(v, u), .inside = inside };
}

/* From one parameter (or width 1) to where the budget buys one token. F grows
 * with u, so the end is found by doubling and halving. */
static double last_u(const PlanCost *cost, double c)
{
    double low = 0, high = 1;
    while (size_at(cost, high).flop_per_token < c)
        high *= 2;
    for (int i = 0; i < 60; i++) {
        const double middle = (low + high) / 2;
        if (size_at(cost, middle).flop_per_token < c)
            low = middle;
        else
            high = middle;
    }
    return low;
}

Optimum optimum_find(const Law *law, const double *theta, const PlanCost *cost,
                     double c)
{
    const Valley v = { law, theta, cost, c };
    double u = 0, step = 0.25;
    if (!scan(&u, &step, &v, 0, last_u(cost, c)))
        return optimum_of(&v, u, false);
    return optimum_of(&v, golden(&v, u - step, u + step, 1e-7), true);
}

Optimum optimum_near(const Law *law, const double *theta, const PlanCost *cost,
                     double c, double near)
{
    const Valley v = { law, theta, cost, c };
    const double reach = 2;
    double u = near, step = 0.5;
    if (!scan(&u, &step, &v, near - reach, near + reach))
        return optimum_find(law, theta, cost, c);
    return optimum_of(&v, golden(&v, u - step, u + step, 1e-4), true);
}
