/* solve_surface.c - sizes, costs and losses (declared in optimum.h). */

#include "plan/optimum.h"

#include <assert.h>
#include <math.h>
#include <string.h>

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

static Size family_at(const PlanCost *cost, double u)
{
    const double d      = exp(u);
    const double layers = fmax(cost->layers_min, d / cost->aspect);
    const double head   = (double)cost->vocab * d;
    const double attend = layers * d * (double)cost->context;
    const double flop   = 6 * (12 * layers * d * d + head) + 6 * attend;
    return (Size){ family_n(cost, d, layers, flop), flop, d, layers };
}

Size size_at(const PlanCost *cost, double u)
{
    if (cost->family)
        return family_at(cost, u);
    const double n = exp(u);
    if (!(cost->omega > 0))
        return (Size){ n, 6 * n, NAN, NAN };
    const double total = n + cost->omega * exp(u / 3);
    return (Size){ cost->law_total ? total : n,
                   6 * (cost->pays_total ? total : n), NAN, NAN };
}

/* N and F grow with u, so either is inverted by halving. */
static double halve(const PlanCost *cost, double want, bool flop)
{
    double low = -10, high = 120;
    for (int i = 0; i < 100; i++) {
        const double middle = (low + high) / 2;
        const Size   size   = size_at(cost, middle);
        if ((flop ? size.flop_per_token : size.n) < want)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

static bool plain(const PlanCost *cost)
{
    return !cost->family && !(cost->omega > 0);
}

double size_u(const PlanCost *cost, double n)
{
    return plain(cost) ? log(n) : halve(cost, n, false);
}

double size_u_cost(const PlanCost *cost, double flop)
{
    return plain(cost) ? log(flop / 6) : halve(cost, flop, true);
}

double plan_flop_per_token(const PlanCost *cost, double n)
{
    return plain(cost) ? 6 * n : size_at(cost, size_u(cost, n)).flop_per_token;
}

Surface surface_of(const PlanBy *by, const double *theta)
{
    return (Surface){ .law = by->kaplan ? NULL : by->fit.law, .theta = theta,
                      .cost = &by->cost, .form = &by->form,
                      .kaplan = by->kaplan };
}

enum { ROWS = 8 };

static void law_losses(double *out, const Surface *s, const double *n,
                       const double *d, int count)
{
    double  size[ROWS], data[ROWS], *column[2];
    memcpy(size, n, (size_t)count * sizeof *size);
    memcpy(data, d, (size_t)count * sizeof *data);
    const bool n_first = strcmp(s->law->column[0], "N") == 0;
    column[0] = n_first ? size : data;
    column[1] = n_first ? data : size;
    law_eval(out, NULL, NULL, s->law, s->theta, column, count);
}

void surface_losses(double *out, const Surface *s, const double *n,
                    const double *d, int count)
{
    assert(count <= ROWS);
    if (s->kaplan)
        for (int i = 0; i < count; i++)
            out[i] = kaplan_loss(s->kaplan, n[i], d[i]);
    else
        law_losses(out, s, n, d, count);
    for (int i = 0; i < count; i++)
        if (isnan(out[i]))
            out[i] = INFINITY;
}

double surface_loss(const Surface *s, double n, double d)
{
    double out;
    surface_losses(&out, s, &n, &d, 1);
    return out;
}

double surface_at(const Surface *s, double u, double c)
{
    const Size size = size_at(s->cost, u);
    return surface_loss(s, size.n, c / size.flop_per_token);
}

/* Five points h apart: f' = (8 (f1 - f-1) - (f2 - f-2)) / 12 h, and
 * f'' = (16 (f1 + f-1) - (f2 + f-2) - 30 f0) / 12 h^2. */
static const double H = 2e-3;

static double slope_of(const double f[5])
{
    return (8 * (f[3] - f[1]) - (f[4] - f[0])) / (12 * H);
}

static double curve_of(const double f[5])
{
    return (16 * (f[3] + f[1]) - (f[4] + f[0]) - 30 * f[2]) / (12 * H * H);
}

void surface_slope(double *slope, double *curve, const Surface *s, double u,
                   double c)
{
    double n[5], d[5], loss[5];
    for (int i = 0; i < 5; i++) {
        const Size size = size_at(s->cost, u + (i - 2) * H);
        n[i] = size.n;
        d[i] = c / size.flop_per_token;
    }
    surface_losses(loss, s, n, d, 5);
    *slope = slope_of(loss);
    if (curve)
        *curve = curve_of(loss);
}

Gains surface_gains(const Surface *s, double n, double d)
{
    double ns[5], ds[5], by_n[5], by_d[5];
    for (int i = 0; i < 5; i++)
        ns[i] = n * exp((i - 2) * H), ds[i] = d;
    surface_losses(by_n, s, ns, ds, 5);
    for (int i = 0; i < 5; i++)
        ns[i] = n, ds[i] = d * exp((i - 2) * H);
    surface_losses(by_d, s, ns, ds, 5);
    return (Gains){ -slope_of(by_n), -slope_of(by_d) };
}
