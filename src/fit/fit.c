/* fit.c - a law, a table of runs, and what the one says of the other. */

#include "fit/search.h"

#include <math.h>
#include <string.h>

enum { STARTS_FIRST = 8 };

FitOptions fit_defaults(void)
{
    return (FitOptions){ .objective = FIT_HUBER_LOG, .delta = 1e-3,
                         .resamples = 1000, .seed = 1, .level = 0.95,
                         .threads = 1 };
}

static bool columns_find(double **column, double **y, const Law *law,
                         const Table *runs, Err *err)
{
    *y = table_column(runs, law->response);
    if (!*y)
        return err_set(err, ERR_USAGE, "the table has no column '%s', which "
                       "the law %s predicts; name the one that holds it with "
                       "--map=%s=COLUMN", law->response, law->name,
                       law->response);
    for (int c = 0; c < law->ncolumn; c++) {
        column[c] = table_column(runs, law->column[c]);
        if (!column[c])
            return err_set(err, ERR_USAGE, "the table has no column '%s', "
                           "which the law %s needs; name the one that holds "
                           "it with --map=%s=COLUMN", law->column[c],
                           law->name, law->column[c]);
    }
    return true;
}

static bool options_hold(const FitOptions *o, Err *err)
{
    if (o->objective == FIT_HUBER_LOG && !(o->delta > 0))
        return err_set(err, ERR_USAGE, "delta is %g; Huber's must be above 0",
                       o->delta);
    if (!(o->level > 0 && o->level < 1))
        return err_set(err, ERR_USAGE, "level is %g; an interval's must lie "
                       "between 0 and 1, as 0.95 does", o->level);
    if (o->resamples < 0)
        return err_set(err, ERR_USAGE, "%lld bootstrap resamples; 0 or more "
                       "are wanted", (long long)o->resamples);
    return true;
}

static Problem problem_make(Arena *arena, const Law *law,
                            double *const *column, const double *y, i64 nrow,
                            const FitOptions *options)
{
    double *ln_y = NEW(arena, double, nrow), *one = NEW(arena, double, nrow);
    for (i64 i = 0; i < nrow; i++) {
        ln_y[i] = log(y[i]);
        one[i] = 1;
    }
    return (Problem){ .law = law, .rows = law_rows(arena, law, column, nrow),
                      .nrow = nrow, .y = y, .ln_y = ln_y, .weight = one,
                      .objective = options->objective,
                      .delta = options->delta };
}

static void solve(Fit *fit, Arena *arena, const Problem *p,
                  const double *cluster)
{
    Arena scratch = { 0 };
    Scratch s = scratch_new(&scratch, p->law, p->nrow);
    const Grid grid = grid_new(&scratch, p->law, p->rows, p->nrow, false);
    const Refit found = refit(p, &grid, STARTS_FIRST, NULL, &s,
                              NEW(&scratch, double, grid.count));
    fit->objective = found.best.objective;
    memcpy(fit->theta, found.best.theta, sizeof fit->theta);
    certify(fit, p, &found, &grid, &s);
    if (fit->options.resamples > 0) {
        const Grid coarse = grid_new(&scratch, p->law, p->rows, p->nrow, true);
        fit_bootstrap(fit, arena, p, &coarse, cluster);
    }
    certify_words(fit);
    arena_free(&scratch);
}

bool fit_law(Fit *out, Arena *arena, const Law *law, const Table *runs,
             FitOptions options, Err *err)
{
    double *column[LAW_COLUMNS_MAX], *y;
    if (!options_hold(&options, err)
        || !columns_find(column, &y, law, runs, err)
        || !fit_answerable(law, column, y, runs, err))
        return false;

    *out = (Fit){ .law = law, .options = options, .counts = law->counts,
                  .nrow = runs->nrow };
    for (int i = 0; i < law->nparam; i++)
        out->low[i] = out->high[i] = NAN;
    Arena scratch = { 0 };
    const Problem p = problem_make(&scratch, law, column, y, runs->nrow,
                                   &out->options);
    solve(out, arena, &p, table_column(runs, "cluster"));
    arena_free(&scratch);
    if (out->objective < INFINITY)
        return true;
    return err_set(err, ERR_REFUSED, "%s: no parameters within its bounds give "
                   "positive, finite values at all %lld runs; is it the law "
                   "for these data?", law->name, (long long)runs->nrow);
}
