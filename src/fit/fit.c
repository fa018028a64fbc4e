/* fit.c - a law, a table of runs, and what the one says of the other. */

#include "fit/search.h"

#include <math.h>
#include <string.h>

enum { STARTS_FIRST = 8, STARTS_SCATTERED = 16 };

FitOptions fit_defaults(void)
{
    return (FitOptions){ .objective = FIT_HUBER_LOG, .delta = 1e-3,
                         .resamples = 1000, .seed = 1, .level = 0.95,
                         .threads = 1, .quantile = 0.5,
                         .resample = FIT_RESAMPLE_AUTO, .cluster = "cluster" };
}

/* ---- what was asked ---------------------------------------------------- */

static bool column_find(double **column, const Law *law, const Table *runs,
                        const char *name, const char *why, Err *err)
{
    *column = table_column(runs, name);
    if (*column)
        return true;
    return err_set(err, ERR_USAGE, "the table has no column '%s', which the "
                   "law %s %s; name the one that holds it with "
                   "--map=%s=COLUMN", name, law->name, why, name);
}

static bool columns_find(double **column, double **y, const Law *law,
                         const Table *runs, Err *err)
{
    if (!column_find(y, law, runs, law->response, "predicts", err))
        return false;
    for (int c = 0; c < law->ncolumn; c++)
        if (!column_find(&column[c], law, runs, law->column[c], "needs", err))
            return false;
    return true;
}

static bool options_hold(const FitOptions *o, Err *err)
{
    if (o->objective != FIT_SQUARES && o->objective != FIT_SQUARES_LOG
        && !(o->delta > 0 && o->delta < INFINITY))
        return err_set(err, ERR_USAGE, "delta is %g; it must be above 0 and "
                       "finite", o->delta);
    if (o->objective == FIT_QUANTILE && !(o->quantile > 0 && o->quantile < 1))
        return err_set(err, ERR_USAGE, "the quantile is %g; one between 0 and "
                       "1 is wanted, as 0.5 is", o->quantile);
    if (!(o->level > 0 && o->level < 1))
        return err_set(err, ERR_USAGE, "level is %g; an interval's must lie "
                       "between 0 and 1, as 0.95 does", o->level);
    if (o->resamples < 0)
        return err_set(err, ERR_USAGE, "%lld bootstrap resamples; 0 or more "
                       "are wanted", (long long)o->resamples);
    return true;
}

/* NULL where all rows count the same. */
static bool weights_find(double **weight, const Table *runs,
                         const FitOptions *o, Err *err)
{
    *weight = o->weight ? table_column(runs, o->weight) : NULL;
    if (!o->weight || *weight)
        return true;
    return err_set(err, ERR_USAGE, "the table has no column '%s' of weights; "
                   "name one that it has, or leave weights out", o->weight);
}

/* ---- the largest compute ----------------------------------------------- */

static double compute_most(const Table *runs)
{
    const double *c = table_column(runs, "C"), *n = table_column(runs, "N");
    const double *d = table_column(runs, "D");
    double most = NAN;
    for (i64 i = 0; i < runs->nrow && (c || (n && d)); i++)
        most = fmax(most, c ? c[i] : 6 * n[i] * d[i]);
    return most;
}

/* ---- the fit ----------------------------------------------------------- */

/* A profile walks where no start did. What it finds lower becomes the fit, and
 * is said to be no end that the starts agree on. */
static void profile(Fit *fit, Arena *arena, const Problem *p,
                    const Units *units, const Grid *grid, Scratch *s)
{
    enum { TRIES = 3 };
    for (int i = 0; i < TRIES && !fit_profile(fit, arena, p); i++) {
        Refit found = { .best = polish(p, fit->theta, s), .agree = 1,
                        .starts = fit->certificate.starts + 1 };
        fit->objective = found.best.objective;
        memcpy(fit->theta, found.best.theta, sizeof fit->theta);
        certify(fit, arena, p, &found, grid);
        fit_errors(fit, p, units->of, units->count, s);
    }
}

static void solve(Fit *fit, Arena *arena, const Problem *p, const Units *units)
{
    Arena scratch = { 0 };
    Search search;
    search_new(&search, &scratch, p, false);
    SearchSpace space = search_space(&scratch, &search);
    const Refit found = refit(&search, p,
                              search.grid.per_axis || !problem_rows_apart(p)
                                  ? STARTS_FIRST : STARTS_SCATTERED,
                              &space);
    fit->objective = found.best.objective;
    memcpy(fit->theta, found.best.theta, sizeof fit->theta);
    if (fit->objective < INFINITY) {
        certify(fit, arena, p, &found, &search.grid);
        fit_errors(fit, p, units->of, units->count, &space.whole);
        if (fit->options.profile)
            profile(fit, arena, p, units, &search.grid, &space.whole);
        if (fit->options.resamples > 0)
            fit_bootstrap(fit, arena, p, units->of, units->count);
        certify_words(fit);
    }
    arena_free(&scratch);
}

static void unmeasured(Fit *fit)
{
    for (int i = 0; i < LAW_PARAMS_MAX; i++)
        fit->low[i] = fit->high[i] = fit->se[i] = fit->profile_low[i]
            = fit->profile_high[i] = NAN;
}

bool fit_law(Fit *out, Arena *arena, const Law *law, const Table *runs,
             FitOptions options, Err *err)
{
    double *column[LAW_COLUMNS_MAX], *y, *weight;
    if (!options_hold(&options, err)
        || !columns_find(column, &y, law, runs, err)
        || !weights_find(&weight, runs, &options, err)
        || !fit_answerable(law, column, y, weight, runs, &options, err))
        return false;

    *out = (Fit){ .law = law, .options = options, .counts = law->counts,
                  .nrow = runs->nrow, .c_max = compute_most(runs) };
    unmeasured(out);
    Arena scratch = { 0 };
    Units units;
    bool ok = units_find(&units, &scratch, law, runs, &options, err);
    if (ok) {
        Problem p = problem_new(&scratch, law, column, y, runs->nrow,
                                &out->options);
        if (weight)
            p.weight = weight;
        solve(out, arena, &p, &units);
    }
    arena_free(&scratch);
    if (!ok || out->objective < INFINITY)
        return ok;
    return err_set(err, ERR_REFUSED, "%s: no parameters within its bounds give "
                   "%sfinite values at all %lld runs; is it the law for these "
                   "data?", law->name,
                   objective_by_log(options.objective) ? "positive, " : "",
                   (long long)runs->nrow);
}
