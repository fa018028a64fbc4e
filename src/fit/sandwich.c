/* sandwich.c - standard errors by the delta method: H^-1 M H^-1, with the
 * Hessian H of the objective and M the sum of the squared scores of the runs (of
 * the clusters, where a column names them).
 *
 * For squares H is exact. A Huber or a quantile has a curvature that is that of
 * the few rows which happen to be within delta, and in a flat direction chance
 * decides its sign; so theirs is the expected one, J'J times the share of rows
 * within a delta that holds 1.94 n^(-1/3) of them (31 % of 240), which is Hall
 * and Sheather's width for the density at a median.
 *
 * SOURCE: Huber 1967; White 1980; Powell 1991; Hall and Sheather 1988. */

#include "fit/search.h"

#include <math.h>
#include <stdlib.h>

double problem_width(const Problem *p, const double *residual)
{
    double *size = malloc((size_t)(p->nrow + 1) * sizeof *size);
    i64 n = 0;
    for (i64 i = 0; size && i < p->nrow; i++)
        if (p->weight[i] > 0)
            size[n++] = fabs(residual[i]);
    double width = 0;
    if (n > 0) {
        qsort(size, (size_t)n, sizeof *size, reals_by_size);
        const double share = fmin(1.94 / cbrt((double)n), 0.9);
        width = size[(i64)(share * (double)(n - 1))];
    }
    free(size);
    return width;
}

/* Values and slopes of all rows at the fit, slopes in the coordinates of the
 * search and of the residual, and h'(r) of each row. */
typedef struct Rows {
    const double *residual, *pull;
    double       *jac; /* [m][nrow] */
} Rows;

static Rows rows_at(Arena *arena, const Problem *p, const double *theta,
                    const int *which, int m)
{
    const Shape shape = problem_shape(p);
    const i64 rows = p->nrow;
    double *value = NEW(arena, double, rows), *pull = NEW(arena, double, rows);
    double *all = NEW(arena, double, p->law->nparam * rows);
    double *jac = NEW(arena, double, m * rows);
    double *residual = NEW(arena, double, rows);
    problem_values(value, all, p, theta);
    (void)objective_of(p, value, residual);
    for (i64 i = 0; i < rows; i++) {
        const double bent = fmax(-shape.delta, fmin(shape.delta, residual[i]));
        pull[i] = p->weight[i] * (shape.gain * bent + shape.slant);
    }
    for (int a = 0; a < m; a++) {
        const int at = which[a];
        const double by = searched_by_log(&p->law->param[at]) ? theta[at] : 1;
        for (i64 i = 0; i < rows; i++)
            jac[a * rows + i] = all[at * rows + i]
                              * (shape.by_log ? by / value[i] : by);
    }
    return (Rows){ residual, pull, jac };
}

static double *scores(Arena *arena, const Rows *rows, i64 nrow, int m,
                      const i64 *unit, i64 nunit)
{
    double *score = NEW(arena, double, nunit * m);
    for (int a = 0; a < m; a++)
        for (i64 i = 0; i < nrow; i++)
            score[unit[i] * m + a] += rows->pull[i] * rows->jac[a * nrow + i];
    return score;
}

/* The Hessian of what is free: exact. */
static void hessian_exact(double *h, const Problem *p, const double *theta,
                          const int *which, int m, Scratch *s)
{
    const int n = p->law->nparam;
    double grad[P_MAX], scale[P_MAX], hess[P_MAX * P_MAX];
    (void)objective(grad, scale, hess, p, theta, s);
    for (int i = 0; i < n; i++)
        grad[i] = 0; /* at a minimum; what rounding leaves is no curvature */
    to_search(grad, scale, hess, p->law, theta);
    for (int a = 0; a < m; a++)
        for (int b = 0; b < m; b++)
            h[a * m + b] = hess[which[a] * n + which[b]];
}

/* The same as expected: h''(r) J'J, within a width that holds enough rows. */
static void hessian_expected(double *h, Arena *arena, const Problem *p,
                             const Rows *rows, int m)
{
    const double width = fmax(p->delta, problem_width(p, rows->residual));
    double *curve = NEW(arena, double, p->nrow);
    const double gain = p->objective == FIT_QUANTILE ? 0.5 / width
                                                     : p->delta / width;
    for (i64 i = 0; i < p->nrow; i++)
        curve[i] = fabs(rows->residual[i]) <= width ? p->weight[i] * gain : 0;
    for (int a = 0; a < m; a++)
        for (int b = a; b < m; b++)
            h[a * m + b] = h[b * m + a]
                = sum_dot3(curve, rows->jac + a * p->nrow,
                           rows->jac + b * p->nrow, p->nrow);
}

static double variance(const double *inverse, const double *score, int a,
                       int m, i64 nunit)
{
    double sum = 0;
    for (i64 u = 0; u < nunit; u++) {
        double pull = 0;
        for (int b = 0; b < m; b++)
            pull += inverse[a * m + b] * score[u * m + b];
        sum += pull * pull;
    }
    return sum;
}

void fit_errors(Fit *fit, const Problem *p, const i64 *unit, i64 nunit,
                Scratch *s)
{
    double h[P_MAX * P_MAX] = { 0 }, inverse[P_MAX * P_MAX];
    int which[P_MAX], m = 0;
    for (int i = 0; i < p->law->nparam; i++)
        if (!fit->certificate.at_bound[i])
            which[m++] = i;
    if (nunit < 2 || p->nrow <= m)
        return;
    Arena arena = { 0 };
    const Rows rows = rows_at(&arena, p, fit->theta, which, m);
    if (p->objective == FIT_SQUARES || p->objective == FIT_SQUARES_LOG)
        hessian_exact(h, p, fit->theta, which, m, s);
    else
        hessian_expected(h, &arena, p, &rows, m);
    const double *score = scores(&arena, &rows, p->nrow, m, unit, nunit);
    const double n = (double)p->nrow, g = (double)nunit;
    const double few = g / (g - 1) * (n - 1) / (n - m);
    const bool sound = small_invert(inverse, h, m);
    for (int a = 0; a < m && sound; a++) {
        const int at = which[a];
        const double se = sqrt(few * variance(inverse, score, a, m, nunit));
        fit->se[at] = searched_by_log(&p->law->param[at]) ? se * fit->theta[at]
                                                          : se;
    }
    arena_free(&arena);
}
