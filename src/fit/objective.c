/* objective.c - how badly a law misses the runs, with exact slopes and
 * curvatures from the law's own.
 *
 *     squares    F = sum w (m - L)^2
 *     Huber      F = sum w H(r),  r = ln m - ln L
 *                H(r) = r^2/2 within delta, delta (|r| - delta/2) beyond
 *
 * Both are sums of h(r(m)); with h1 = dh/dm and h2 = d2h/dm2 a row gives
 * h1 J to the gradient and h2 J J' + h1 H to the Hessian, so a row's `first`
 * and `second` are all that differs between objectives. Sums, never means: an
 * average over runs makes tolerances fire early (Besiroglu et al. 2024). */

#include "fit/search.h"

#include <math.h>
#include <string.h>

/* hess also holds the columns of a lattice point where the grid keeps none. */
Scratch scratch_new(Arena *arena, const Law *law, i64 nrow)
{
    const i64 wide = i64_max(law->npair, law->nparam + 1);
    return (Scratch){ .value    = NEW(arena, double, nrow),
                      .jac      = NEW(arena, double, law->nparam * nrow),
                      .hess     = NEW(arena, double, wide * nrow),
                      .first    = NEW(arena, double, nrow),
                      .second   = NEW(arena, double, nrow),
                      .residual = NEW(arena, double, nrow) };
}

double objective_term(const Problem *p, double residual)
{
    const double size = fabs(residual);
    if (p->objective == FIT_SQUARES)
        return residual * residual;
    return size <= p->delta ? 0.5 * residual * residual
                            : p->delta * (size - 0.5 * p->delta);
}

static bool usable(double value)
{
    return value > 0 && value < INFINITY;
}

double objective_of(const Problem *p, const double *value, double *residual)
{
    const bool by_log = p->objective == FIT_HUBER_LOG;
    double sum = 0;
    for (i64 i = 0; i < p->nrow; i++) {
        residual[i] = 0;
        if (p->weight[i] == 0)
            continue;
        if (!usable(value[i]))
            return INFINITY;
        residual[i] = by_log ? log(value[i]) - p->ln_y[i] : value[i] - p->y[i];
        sum += p->weight[i] * objective_term(p, residual[i]);
    }
    return sum;
}

/* h1 and h2 of every row. */
static void rows_slopes(const Problem *p, Scratch *s)
{
    for (i64 i = 0; i < p->nrow; i++) {
        const double w = p->weight[i], r = s->residual[i];
        s->first[i] = s->second[i] = 0;
        if (w == 0)
            continue;
        if (p->objective == FIT_SQUARES) {
            s->first[i] = 2 * w * r;
            s->second[i] = 2 * w;
        } else {
            const double per_m = 1 / s->value[i];
            const double bent = fmax(-p->delta, fmin(p->delta, r));
            const double inside = fabs(r) <= p->delta ? 1 : 0;
            s->first[i] = w * bent * per_m;
            s->second[i] = w * (inside - bent) * per_m * per_m;
        }
    }
}

static void gather(double *grad, double *scale, double *hess, const Problem *p,
                   const Scratch *s)
{
    const int n = p->law->nparam;
    const i64 rows = p->nrow;
    for (int a = 0; a < n; a++) {
        const double *ja = s->jac + a * rows;
        grad[a] = sum_dot(s->first, ja, rows);
        scale[a] = sum_sizes(s->first, ja, rows);
        for (int b = a; b < n; b++)
            hess[a * n + b] = sum_dot3(s->second, ja, s->jac + b * rows, rows);
    }
    for (int k = 0; k < p->law->npair; k++) {
        const int a = p->law->pair[k][0], b = p->law->pair[k][1];
        hess[a * n + b] += sum_dot(s->first, s->hess + k * rows, rows);
    }
    for (int a = 0; a < n; a++)
        for (int b = 0; b < a; b++)
            hess[a * n + b] = hess[b * n + a];
}

double objective(double *grad, double *scale, double *hess, const Problem *p,
                 const double *theta, Scratch *s)
{
    law_rows_eval(s->value, grad ? s->jac : NULL, grad ? s->hess : NULL,
                  p->rows, theta);
    const double sum = objective_of(p, s->value, s->residual);
    if (grad && sum < INFINITY) {
        rows_slopes(p, s);
        gather(grad, scale, hess, p, s);
    }
    return sum;
}
