/* predict_rows.c - what a fit expects of many rows together (declared in
 * fit.h).
 *
 * A row of most laws is a run and stands alone. A law of code may look from one
 * row to the others, as those of curves do: a point of a curve without the
 * points before it has no schedule. So those are evaluated whole, once for the
 * fit and once for each of its draws. */

#include "fit/search.h"

#include <math.h>

static void row_by_row(Interval *law, Interval *run, const Fit *fit,
                       double *const *column, i64 nrow)
{
    double value[LAW_COLUMNS_MAX];
    for (i64 i = 0; i < nrow; i++) {
        for (int c = 0; c < fit->law->ncolumn; c++)
            value[c] = column[c][i];
        if (law)
            law[i] = fit_predict(fit, value);
        if (run)
            run[i] = fit_predict_run(fit, value);
    }
}

void fit_predict_rows(Interval *law, Interval *run, const Fit *fit,
                      double *const *column, i64 nrow)
{
    if (!fit->law->code) {
        row_by_row(law, run, fit, column, nrow);
        return;
    }
    Arena arena = { 0 };
    const LawRows *rows = law_rows(&arena, fit->law, column, nrow);
    double *value = NEW(&arena, double, nrow + 1);
    double *draw = NEW(&arena, double, nrow * fit->ndraw + 1);
    double *one = NEW(&arena, double, fit->ndraw + 1);
    law_rows_eval(value, NULL, NULL, rows, fit->theta);
    for (i64 r = 0; r < fit->ndraw; r++)
        law_rows_eval(draw + r * nrow, NULL, NULL, rows,
                      fit->draw + r * fit->law->nparam);
    for (i64 i = 0; i < nrow; i++) {
        for (i64 r = 0; r < fit->ndraw; r++)
            one[r] = draw[r * nrow + i];
        if (law)
            law[i] = fit_interval(value[i], one, fit->ndraw,
                                  fit->options.level);
        if (run)
            run[i] = fit_scattered(fit, value[i], one);
    }
    arena_free(&arena);
}
