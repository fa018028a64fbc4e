/* noise.c - how much of the scatter is luck (declared in holdout.h).
 *
 * Runs of the same columns with other seeds differ by luck alone. What the law
 * misses beyond that is the law's own fault, and the ratio of the two
 * variances is Fisher's F, where the law is true, of m - p and n - m degrees of
 * freedom (n rows at m settings, p parameters):
 *
 *     F = [ (RSS - SSP) / (m - p) ] / [ SSP / (n - m) ]
 *
 * RSS about the law, SSP about each setting's own mean, both of ln L. It is
 * exact for least squares on ln L; by other objectives RSS is a little larger,
 * and the test a little harsher.
 *
 * SOURCE: Draper and Smith 1998, Applied Regression Analysis, section 2.1. */

#include "fit/holdout.h"

#include "fit/fdist.h"

#include <math.h>
#include <stdlib.h>

/* What makes a setting: the law's columns. */
typedef struct Columns { int count; const double *item[LAW_COLUMNS_MAX]; }
    Columns;

static int order(const Columns *columns, i64 a, i64 b)
{
    for (int c = 0; c < columns->count; c++) {
        const double u = columns->item[c][a], v = columns->item[c][b];
        if (u != v)
            return u < v ? -1 : 1;
    }
    return 0;
}

static int by_columns(const void *a, const void *b, void *columns)
{
    const i64 *x = a, *y = b;
    const int by = order(columns, *x, *y);
    return by ? by : (*x > *y) - (*x < *y);
}

static Columns columns_of(const Law *law, const Table *runs)
{
    Columns out = { .count = law->ncolumn };
    for (int c = 0; c < law->ncolumn; c++)
        out.item[c] = table_column(runs, law->column[c]);
    return out;
}

static i64 *rows_sorted(Arena *arena, Columns *columns, i64 n)
{
    i64 *row = NEW(arena, i64, n);
    for (i64 i = 0; i < n; i++)
        row[i] = i;
    qsort_r(row, (size_t)n, sizeof *row, by_columns, columns);
    return row;
}

typedef struct Sums { double pure; i64 settings, groups, rows; } Sums;

/* One setting: rows from..to, whose mean is weighted. */
static void setting_add(Sums *s, const i64 *row, i64 count, const double *y,
                        const double *weight)
{
    double sum = 0, total = 0;
    for (i64 i = 0; i < count; i++) {
        const double w = weight ? weight[row[i]] : 1;
        sum += w * log(y[row[i]]);
        total += w;
    }
    for (i64 i = 0; i < count; i++)
        s->pure += (weight ? weight[row[i]] : 1)
                 * pow(log(y[row[i]]) - sum / total, 2);
    s->settings++;
    s->groups += count > 1;
    s->rows += count > 1 ? count : 0;
}

static Sums sums_of(const Columns *columns, const i64 *row, i64 n,
                    const double *y, const double *weight)
{
    Sums s = { 0 };
    for (i64 from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && !order(columns, row[from], row[to]);)
            to++;
        setting_add(&s, row + from, to - from, y, weight);
    }
    return s;
}

static double about_law(Arena *arena, const Fit *fit, const Table *runs,
                        const double *y, const double *weight)
{
    double *column[LAW_COLUMNS_MAX], sum = 0;
    double *value = NEW(arena, double, runs->nrow);
    for (int c = 0; c < fit->law->ncolumn; c++)
        column[c] = table_column(runs, fit->law->column[c]);
    law_eval(value, NULL, NULL, fit->law, fit->theta, column, runs->nrow);
    for (i64 i = 0; i < runs->nrow; i++)
        sum += (weight ? weight[i] : 1) * pow(log(y[i] / value[i]), 2);
    return sum;
}

FitNoise fit_noise(const Fit *fit, const Table *runs)
{
    Arena arena = { 0 };
    const double *y = table_column(runs, fit->law->response);
    const double *weight = fit->options.weight
                         ? table_column(runs, fit->options.weight) : NULL;
    Columns columns = columns_of(fit->law, runs);
    const i64 *row = rows_sorted(&arena, &columns, runs->nrow);
    const Sums s = sums_of(&columns, row, runs->nrow, y, weight);
    FitNoise out = { .groups = s.groups, .rows = s.rows, .sd_log = NAN,
                     .lack = NAN, .p = NAN };
    const double of_pure = (double)(s.rows - s.groups);
    const double of_law = (double)s.settings - fit->law->nparam;
    if (of_pure > 0)
        out.sd_log = sqrt(s.pure / of_pure);
    if (of_pure > 0 && of_law > 0 && s.pure > 0) {
        const double missed = about_law(&arena, fit, runs, y, weight) - s.pure;
        out.lack = fmax(missed, 0) / of_law / (s.pure / of_pure);
        out.p = fdist_above(out.lack, of_law, of_pure);
    }
    arena_free(&arena);
    return out;
}
