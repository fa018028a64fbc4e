/* refuse.c - what no fit can answer, said in words before one is tried: a value
 * that is none, too few runs, a column that does not vary, all runs on one
 * line. */

#include "fit/search.h"

#include <math.h>

static const double VARIES_LEAST = 0.05; /* of ln: five per cent in all */
static const double LINE_WIDTH = 0.02;   /* sd about the line, of ln    */

/* Which values of a column are values. */
typedef enum Range { ABOVE_0, FROM_0, FINITE } Range;

static bool within(double value, Range range)
{
    if (!isfinite(value))
        return false;
    return range == FINITE || value > 0 || (range == FROM_0 && value == 0);
}

static bool whole(const char *name, const double *value, Range range,
                  const Table *runs, Err *err)
{
    static const char *const wanted[] = {
        [ABOVE_0] = "a number above 0", [FROM_0] = "a number of 0 or more",
        [FINITE] = "a finite number",
    };
    for (i64 i = 0; i < runs->nrow; i++) {
        const char *label = runs->label ? runs->label[i] : "";
        if (!within(value[i], range))
            return err_set(err, ERR_FORMAT, "%s%srow %lld: %s is %s%g, and %s "
                           "is needed; mend it or leave the row out", label,
                           *label ? ": " : "", (long long)i + 1, name,
                           isnan(value[i]) ? "empty or " : "", value[i],
                           wanted[range]);
    }
    return true;
}

/* Twice as many runs as parameters, so that there is something to be wrong
 * about. */
static bool enough(const Law *law, i64 nrow, Err *err)
{
    const i64 least = 2 * law->nparam;
    if (nrow >= least)
        return true;
    return err_set(err, ERR_REFUSED, "%lld runs for the %d parameters of %s; "
                   "at least %lld are needed, so train more or fit a law with "
                   "fewer", (long long)nrow, law->nparam, law->name,
                   (long long)least);
}

/* A share or an indicator must be above 0 somewhere. */
static bool occurs(const char *name, const double *value, i64 n, Err *err)
{
    for (i64 i = 0; i < n; i++)
        if (value[i] > 0)
            return true;
    return err_set(err, ERR_REFUSED, "%s is 0 in all %lld runs, so nothing can "
                   "be learned about it; add runs in which it is not", name,
                   (long long)n);
}

static bool varies(const char *name, const double *value, i64 n, Err *err)
{
    double low = INFINITY, high = 0;
    for (i64 i = 0; i < n; i++) {
        low = fmin(low, value[i]);
        high = fmax(high, value[i]);
    }
    if (log(high / low) >= VARIES_LEAST)
        return true;
    return err_set(err, ERR_REFUSED, "%s is %.4g in all %lld runs, so nothing "
                   "can be learned about it; add runs with another %s", name,
                   low, (long long)n, name);
}

/* One value everywhere is met by any law, with any exponents. */
static bool answers(const char *name, const double *y, i64 n, Err *err)
{
    for (i64 i = 1; i < n; i++)
        if (y[i] != y[0])
            return true;
    return err_set(err, ERR_REFUSED, "%s is %.4g in all %lld runs, so there is "
                   "nothing to explain; is it the right column?", name, y[0],
                   (long long)n);
}

typedef struct Spread { double xx, yy, xy, slope; } Spread;

static Spread spread(const double *x, const double *y, i64 n)
{
    double mx = 0, my = 0;
    for (i64 i = 0; i < n; i++) {
        mx += log(x[i]) / (double)n;
        my += log(y[i]) / (double)n;
    }
    Spread s = { 0 };
    for (i64 i = 0; i < n; i++) {
        const double dx = log(x[i]) - mx, dy = log(y[i]) - my;
        s.xx += dx * dx / (double)n;
        s.yy += dy * dy / (double)n;
        s.xy += dx * dy / (double)n;
    }
    s.slope = s.xy / s.xx;
    return s;
}

/* Sd about the longer axis of the cloud: the root of the lesser eigenvalue. */
static double width(Spread s)
{
    const double mean = (s.xx + s.yy) / 2;
    const double half = hypot((s.xx - s.yy) / 2, s.xy);
    return sqrt(fmax(mean - half, 0));
}

static bool off_line(const char *x_name, const char *y_name, const double *x,
                     const double *y, i64 n, Err *err)
{
    const Spread s = spread(x, y, n);
    if (width(s) >= LINE_WIDTH)
        return true;
    if (fabs(s.slope - 1) < 0.05)
        return err_set(err, ERR_REFUSED, "all %lld runs lie on one ray "
                       "%s = %.3g %s, where their effects cannot be told "
                       "apart; add runs with another ratio", (long long)n,
                       y_name, y[0] / x[0], x_name);
    return err_set(err, ERR_REFUSED, "all %lld runs lie on one line "
                   "%s ~ %s^%.2f, where their effects cannot be told apart; "
                   "add runs off it (another budget, another ratio)",
                   (long long)n, y_name, x_name, s.slope);
}

static bool values_whole(const Law *law, double *const *column,
                         const double *y, const double *weight,
                         const Table *runs, const FitOptions *options, Err *err)
{
    const Range of_y = objective_by_log(options->objective) ? ABOVE_0 : FINITE;
    if (!whole(law->response, y, of_y, runs, err)
        || (weight && !whole(options->weight, weight, ABOVE_0, runs, err)))
        return false;
    for (int c = 0; c < law->ncolumn; c++)
        if (!whole(law->column[c], column[c],
                   law->zero[c] ? FROM_0 : ABOVE_0, runs, err))
            return false;
    return true;
}

/* Shares that sum to 1 and indicators are on a line by their nature. */
static bool apart(const Law *law, double *const *column, i64 n, Err *err)
{
    for (int c = 0; c < law->ncolumn; c++)
        for (int k = c + 1; k < law->ncolumn; k++)
            if (!law->zero[c] && !law->zero[k]
                && !off_line(law->column[c], law->column[k], column[c],
                             column[k], n, err))
                return false;
    return true;
}

bool fit_answerable(const Law *law, double *const *column, const double *y,
                    const double *weight, const Table *runs,
                    const FitOptions *options, Err *err)
{
    const i64 n = runs->nrow;
    if (!values_whole(law, column, y, weight, runs, options, err)
        || !enough(law, n, err)
        || (law->ncolumn > 0 && !answers(law->response, y, n, err)))
        return false;
    if (law->code) /* its columns may name curves and count steps */
        return true;
    for (int c = 0; c < law->ncolumn; c++)
        if (law->zero[c] ? !occurs(law->column[c], column[c], n, err)
                         : !varies(law->column[c], column[c], n, err))
            return false;
    return apart(law, column, n, err);
}
