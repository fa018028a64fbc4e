/* objective.c - how badly a law misses the runs, with exact slopes and
 * curvatures from the law's own.
 *
 *     F = sum w h(r),   r = ln m - ln L  or  m - L
 *
 * With h1 = dh/dm and h2 = d2h/dm2 (rows.c) a row gives h1 J to the gradient
 * and h2 J J' + h1 H to the Hessian, so those two are all that differs between
 * objectives. Sums, never means: an average over runs makes tolerances fire
 * early (Besiroglu et al. 2024). */

#include "fit/search.h"

#include <math.h>
#include <omp.h>
#include <string.h>

bool objective_by_log(FitObjective objective)
{
    return objective == FIT_HUBER_LOG || objective == FIT_SQUARES_LOG
        || objective == FIT_QUANTILE;
}

Shape problem_shape(const Problem *p)
{
    const bool by_log = objective_by_log(p->objective);
    switch (p->objective) {
    case FIT_HUBER_LOG:
    case FIT_HUBER:
        return (Shape){ p->delta, 1, 0, by_log };
    case FIT_QUANTILE:
        return (Shape){ p->delta, 0.5 / p->delta, 0.5 - p->quantile, by_log };
    case FIT_SQUARES:
    case FIT_SQUARES_LOG:
        break;
    }
    return (Shape){ INFINITY, 2, 0, by_log };
}

double objective_term(const Problem *p, double residual)
{
    const Shape s = problem_shape(p);
    const double bent = fmax(-s.delta, fmin(s.delta, residual));
    return s.gain * bent * (residual - 0.5 * bent) + s.slant * residual;
}

static const double *target(const Problem *p)
{
    return objective_by_log(p->objective) ? p->ln_y : p->y;
}

double objective_of(const Problem *p, const double *value, double *residual)
{
    const Shape shape = problem_shape(p);
    double sum = 0;
    for (i64 b = 0; b < p->nblock; b++) {
        const i64 at = b * p->block_rows;
        const RowsIn in = { value + at, target(p) + at, p->weight + at };
        const RowsOut out = { .residual = residual + at };
        sum += rows_sum(&out, &in, &shape,
                        i64_min(p->block_rows, p->nrow - at));
    }
    return sum;
}

/* ---- one block --------------------------------------------------------- */

/* Sums of a block: the value, gradient, its scale, then the Hessian. */
static i64 part_size(int nparam)
{
    return 1 + 2 * nparam + nparam * nparam;
}

static void gather(double *part, const Law *law, const Workspace *s, i64 rows)
{
    const int n = law->nparam;
    double *grad = part + 1, *scale = grad + n, *hess = scale + n;
    double pair[COUNT_OF(law->pair)];
    sum_dots(grad, s->first, s->jac, n, rows);
    sum_dots(pair, s->first, s->hess, law->npair, rows);
    for (int a = 0; a < n; a++) {
        const double *ja = s->jac + a * rows;
        scale[a] = sum_sizes(s->first, ja, rows);
        sum_times(s->times, s->second, ja, rows);
        sum_dots(hess + a * n + a, s->times, ja, n - a, rows);
    }
    for (int k = 0; k < law->npair; k++)
        hess[law->pair[k][0] * n + law->pair[k][1]] += pair[k];
}

static void block_eval(const Problem *p, const double *theta, Scratch *s,
                       const Shape *shape, i64 b, Workspace *space, bool slopes)
{
    const i64 at = b * p->block_rows;
    const i64 rows = i64_min(p->block_rows, p->nrow - at);
    double *part = s->part + b * part_size(p->law->nparam);
    law_rows_eval(s->value + at, slopes ? space->jac : NULL,
                  slopes ? space->hess : NULL, p->block[b], theta);
    const RowsIn in = { s->value + at, target(p) + at, p->weight + at };
    const RowsOut out = { s->residual + at, slopes ? space->first : NULL,
                          space->second };
    part[0] = rows_sum(&out, &in, shape, rows);
    if (slopes && part[0] < INFINITY)
        gather(part, p->law, space, rows);
}

/* ---- all blocks -------------------------------------------------------- */

enum { BLOCKS_TO_SHARE = 8 };

static void add_up(double *grad, double *scale, double *hess, const double *sum,
                   int n)
{
    memcpy(grad, sum + 1, (size_t)n * sizeof *grad);
    memcpy(scale, sum + 1 + n, (size_t)n * sizeof *scale);
    const double *upper = sum + 1 + 2 * n;
    for (int a = 0; a < n; a++)
        for (int b = a; b < n; b++)
            hess[a * n + b] = hess[b * n + a] = upper[a * n + b];
}

double objective(double *grad, double *scale, double *hess, const Problem *p,
                 const double *theta, Scratch *s)
{
    const Shape shape = problem_shape(p);
    const i64 size = part_size(p->law->nparam);
    const bool slopes = grad != NULL;
    if (s->nspace > 1 && p->nblock >= BLOCKS_TO_SHARE) {
#pragma omp parallel num_threads(s->nspace)
        {
            Workspace *own = &s->space[omp_get_thread_num()];
#pragma omp for schedule(static)
            for (i64 b = 0; b < p->nblock; b++)
                block_eval(p, theta, s, &shape, b, own, slopes);
        }
    } else {
        for (i64 b = 0; b < p->nblock; b++)
            block_eval(p, theta, s, &shape, b, &s->space[0], slopes);
    }
    for (i64 b = 1; b < p->nblock; b++)
        for (i64 k = 0; k < (slopes ? size : 1); k++)
            s->part[k] += s->part[b * size + k];
    if (slopes && s->part[0] < INFINITY)
        add_up(grad, scale, hess, s->part, p->law->nparam);
    return s->part[0];
}
