/* interval.c - intervals from draws, on parameters and on whatever follows
 * from them (declared in fit.h). */

#include "fit/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DRAWS_LEAST = 20 };

/* Linear between order statistics, from the least at 0 to the most at 1. */
static double quantile(const double *sorted, i64 n, double q)
{
    const double at = q * (double)(n - 1);
    const i64 below = i64_min((i64)at, n - 1);
    const i64 above = i64_min(below + 1, n - 1);
    const double part = at - (double)below;
    return part > 0 ? sorted[below] + part * (sorted[above] - sorted[below])
                    : sorted[below];
}

Interval fit_interval(double value, const double *draws, i64 count,
                      double level)
{
    Interval out = { value, NAN, NAN };
    double *sorted = malloc((size_t)(count + 1) * sizeof *sorted);
    i64 n = 0;
    for (i64 i = 0; sorted && i < count; i++)
        if (!isnan(draws[i]))
            sorted[n++] = draws[i];
    if (n >= DRAWS_LEAST) {
        qsort(sorted, (size_t)n, sizeof *sorted, reals_by_size);
        out.low = quantile(sorted, n, (1 - level) / 2);
        out.high = quantile(sorted, n, (1 + level) / 2);
    }
    free(sorted);
    return out;
}

static double at(const Fit *fit, const double *theta, const double *column)
{
    double value[LAW_COLUMNS_MAX], *pointer[LAW_COLUMNS_MAX], out;
    for (int c = 0; c < fit->law->ncolumn; c++) {
        value[c] = column[c];
        pointer[c] = &value[c];
    }
    law_eval(&out, NULL, NULL, fit->law, theta, pointer, 1);
    return out;
}

Interval fit_predict(const Fit *fit, const double *column)
{
    Arena arena = { 0 };
    double *draws = NEW(&arena, double, fit->ndraw + 1);
    for (i64 r = 0; r < fit->ndraw; r++)
        draws[r] = at(fit, fit->draw + r * fit->law->nparam, column);
    const Interval out = fit_interval(at(fit, fit->theta, column), draws,
                                      fit->ndraw, fit->options.level);
    arena_free(&arena);
    return out;
}
