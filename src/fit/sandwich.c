/* sandwich.c - standard errors by the delta method: H^-1 M H^-1, with the exact
 * Hessian H of the objective and M the sum of the squared scores of the runs
 * (of the clusters, where a column names them).
 *
 * Where a Huber or a quantile has hardly a row within delta, its curvature is
 * that of the few that happen to be there. The Hessian is then taken with a
 * delta that shrinks like n^(-1/3) of the residuals' size, as Powell's estimate
 * of a density does; at 240 rows that is about 1e-3 of ln L.
 *
 * SOURCE: Huber 1967; White 1980; Powell 1991 (the width for a quantile). */

#include "fit/search.h"

#include <math.h>
#include <stdlib.h>

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double problem_width(const Problem *p, const double *residual)
{
    double *size = malloc((size_t)(p->nrow + 1) * sizeof *size);
    i64 n = 0;
    for (i64 i = 0; size && i < p->nrow; i++)
        if (p->weight[i] > 0)
            size[n++] = fabs(residual[i]);
    double width = 0;
    if (n > 0) {
        qsort(size, (size_t)n, sizeof *size, by_size);
        width = 2 * size[n / 2] / cbrt((double)n);
    }
    free(size);
    return width;
}

/* Scores of the units, [nunit][m], in the coordinates of the search. */
static double *scores(Arena *arena, const Problem *p, const double *theta,
                      const int *which, int m, const i64 *unit, i64 nunit)
{
    const Shape shape = problem_shape(p);
    const i64 rows = p->nrow;
    double *value = NEW(arena, double, rows);
    double *jac = NEW(arena, double, p->law->nparam * rows);
    double *first = NEW(arena, double, rows), *room = NEW(arena, double, rows);
    double *score = NEW(arena, double, nunit * m);
    const RowsIn in = { value, shape.by_log ? p->ln_y : p->y, p->weight };
    const RowsOut out = { room, first, NEW(arena, double, rows) };
    problem_values(value, jac, p, theta);
    (void)rows_sum(&out, &in, &shape, rows);
    for (int a = 0; a < m; a++) {
        const int at = which[a];
        const double by = searched_by_log(&p->law->param[at]) ? theta[at] : 1;
        for (i64 i = 0; i < rows; i++)
            score[unit[i] * m + a] += by * first[i] * jac[at * rows + i];
    }
    return score;
}

/* The Hessian of what is free; false where it is not positive definite. */
static bool bread(double *inverse, const Problem *p, const double *theta,
                  const int *which, int m, Scratch *s)
{
    const int n = p->law->nparam;
    double grad[P_MAX], scale[P_MAX], hess[P_MAX * P_MAX], h[P_MAX * P_MAX];
    Problem wider = *p;
    (void)objective(NULL, NULL, NULL, p, theta, s);
    wider.delta = fmax(p->delta, problem_width(p, s->residual));
    (void)objective(grad, scale, hess, &wider, theta, s);
    for (int i = 0; i < n; i++)
        grad[i] = 0; /* at a minimum; what rounding leaves is no curvature */
    to_search(grad, scale, hess, p->law, theta);
    for (int a = 0; a < m; a++)
        for (int b = 0; b < m; b++)
            h[a * m + b] = hess[which[a] * n + which[b]];
    return small_invert(inverse, h, m);
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
    double inverse[P_MAX * P_MAX];
    int which[P_MAX], m = 0;
    for (int i = 0; i < p->law->nparam; i++) {
        fit->se[i] = NAN;
        if (!fit->certificate.at_bound[i])
            which[m++] = i;
    }
    if (nunit < 2 || p->nrow <= m
        || !bread(inverse, p, fit->theta, which, m, s))
        return;
    Arena arena = { 0 };
    const double *score = scores(&arena, p, fit->theta, which, m, unit, nunit);
    const double n = (double)p->nrow, g = (double)nunit;
    const double few = g / (g - 1) * (n - 1) / (n - m);
    for (int a = 0; a < m; a++) {
        const LawParam *param = &p->law->param[which[a]];
        const double se = sqrt(few * variance(inverse, score, a, m, nunit));
        fit->se[which[a]] = searched_by_log(param) ? se * fit->theta[which[a]]
                                                   : se;
    }
    arena_free(&arena);
}
