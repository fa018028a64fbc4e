/* predict_answer.c - see predict_answer.h. */

#include "cli/predict_answer.h"

#include <math.h>
#include <string.h>

/* SOURCE: Choshen et al. 2024, arXiv:2410.11840 (over 1000 fits: 34 times was
 * the farthest that was found workable, at an error of a few per cent). */
static const double FAR = 10, FARTHEST = 34;

const char *predict_caution(double extrapolation)
{
    if (extrapolation > FARTHEST)
        return "a projection, not a prediction: beyond 34 times the largest "
               "compute fitted no law has been shown to hold, and the interval "
               "says nothing of a law that is wrong there";
    if (extrapolation > FAR)
        return "far beyond the runs: the interval takes the law for true, and "
               "laws have been seen to miss by several per cent this far out";
    return NULL;
}

/* ---- values ------------------------------------------------------------ */

typedef struct Point { const Law *law; double column[LAW_COLUMNS_MAX]; } Point;

static double value_at(const Point *p, const double *theta)
{
    double value[LAW_COLUMNS_MAX], *pointer[LAW_COLUMNS_MAX], out;
    for (int c = 0; c < p->law->ncolumn; c++) {
        value[c] = p->column[c];
        pointer[c] = &value[c];
    }
    law_eval(&out, NULL, NULL, p->law, theta, pointer, 1);
    return out;
}

/* All rows together: those of a curve hang together. */
static void tell_all(PredictAnswer *a, Arena *arena)
{
    const i64 n = a->runs.given.nrow;
    Interval *law = NEW(arena, Interval, n), *run = NEW(arena, Interval, n);
    fit_predict_rows(law, run, &a->by.fit, a->runs.column, n);
    for (i64 i = 0; i < n; i++) {
        a->told[i].law = law[i];
        a->told[i].run = run[i];
    }
}

/* ---- times ------------------------------------------------------------- */

/* At the best split of the compute, or with one column multiplied. */
static double value_more(const Point *p, const double *theta, int column,
                         double factor)
{
    Point more = *p;
    if (column >= 0) {
        more.column[column] *= factor;
        return value_at(&more, theta);
    }
    const double c = 6 * factor * p->column[0] * p->column[1];
    const double n = law_optimum(p->law, theta, c);
    return isnan(n) ? NAN : law_at(p->law, theta, n, c / 6 / n);
}

/* column -1: compute, split at its best. */
static PredictTimes times_make(Arena *arena, const Fit *fit, const Point *p,
                               int column, double factor)
{
    double *value = NEW(arena, double, fit->ndraw + 1);
    double *change = NEW(arena, double, fit->ndraw + 1);
    const double now = value_at(p, fit->theta);
    const double then = value_more(p, fit->theta, column, factor);
    for (i64 r = 0; r < fit->ndraw; r++) {
        const double *theta = fit->draw + r * fit->law->nparam;
        value[r] = value_more(p, theta, column, factor);
        change[r] = value[r] - value_at(p, theta);
    }
    const double level = fit->options.level;
    return (PredictTimes){
        .what = arena_print(arena, "%s x %.4g", column < 0 ? "C" :
                            p->law->column[column], factor),
        .value = fit_interval(then, value, fit->ndraw, level),
        .change = fit_interval(then - now, change, fit->ndraw, level) };
}

static void times_all(PredictTold *told, Arena *arena, const Fit *fit,
                      const Point *p, double factor)
{
    told->times = NEW(arena, PredictTimes, fit->law->ncolumn + 1);
    for (int c = 0; c < fit->law->ncolumn; c++)
        told->times[told->ntimes++] = times_make(arena, fit, p, c, factor);
    if (law_has_optimum(fit->law))
        told->times[told->ntimes++] = times_make(arena, fit, p, -1, factor);
}

/* ---- the whole --------------------------------------------------------- */

static void tell_times(PredictAnswer *a, Arena *arena, i64 row)
{
    const Fit *fit = &a->by.fit;
    Point p = { .law = fit->law };
    for (int c = 0; c < fit->law->ncolumn; c++)
        p.column[c] = a->runs.column[c][row];
    times_all(&a->told[row], arena, fit, &p, a->factor);
}

bool predict_answer(PredictAnswer *out, Arena *arena, const char *source,
                    const PredictAsk *ask, double factor, Err *err)
{
    *out = (PredictAnswer){ .factor = factor };
    if (!predict_source_find(&out->by, arena, source, err)
        || !predict_runs_find(&out->runs, arena, ask, out->by.fit.law, err))
        return false;
    const bool curve = out->by.fit.law->code != NULL;
    const i64 n = out->runs.given.nrow;
    if (curve && !isnan(factor))
        return err_set(err, ERR_USAGE, "--times: %s is a law of whole curves; "
                       "give it two tables instead", out->by.fit.law->name);
    out->told = NEW(arena, PredictTold, n + 1);
    tell_all(out, arena);
    for (i64 i = 0; i < n; i++) {
        if (!isnan(factor))
            tell_times(out, arena, i);
        out->told[i].extrapolation = out->runs.c[i] / out->by.c_max;
    }
    return true;
}
