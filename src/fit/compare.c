/* compare.c - several laws held side by side on the same runs (declared in
 * holdout.h).
 *
 * Three judges, from the most to the least trusting: AICc and BIC take the law
 * for true and charge for its parameters; cross-validation foretells runs from
 * among their like; the hold-out foretells the largest from the smaller, which
 * is what a law is for.
 *
 *     BIC  = n ln s2 + k ln n              s2: mean square residual of ln L
 *     AICc = n ln s2 + 2k + 2k(k+1)/(n-k-1)   k: parameters and s2 itself
 *
 * SOURCE: Hurvich and Tsai 1989, Biometrika 76:297; Schwarz 1978, Annals of
 *         Statistics 6:461. */

#include "fit/holdout.h"

#include "fit/search.h"

#include "base/rng.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { FOLDS = 10 };

static double aicc(double n, double rmse, double k)
{
    if (n - k - 1 <= 0)
        return NAN;
    return 2 * n * log(rmse) + 2 * k + 2 * k * (k + 1) / (n - k - 1);
}

static double bic(double n, double rmse, double k)
{
    return 2 * n * log(rmse) + k * log(n);
}

/* Both are of the most likely constants, whatever objective was asked: those of
 * least squares on ln L. */
static void criteria(LawScore *out, const Table *runs, FitOptions options)
{
    Arena arena = { 0 };
    Fit fit;
    Err none = { 0 };
    options.objective = FIT_SQUARES_LOG;
    options.resamples = 0;
    options.profile = false;
    if (fit_law(&fit, &arena, out->law, runs, options, &none)) {
        const double n = (double)runs->nrow, k = out->law->nparam + 1;
        out->aicc = aicc(n, fit.rmse_log, k);
        out->bic = bic(n, fit.rmse_log, k);
    }
    arena_free(&arena);
}

/* ---- cross-validation -------------------------------------------------- */

/* Which fold each row is in: whole clusters, shuffled by the seed. */
static i64 folds_of(i64 *fold, Arena *arena, const Law *law,
                    const Table *runs, const FitOptions *options)
{
    double *code = NULL;
    const char **names;
    i64 units = runs->nrow;
    const bool clustered = options->resample != FIT_RESAMPLE_RUNS
                        && options->cluster
                        && table_codes(&code, &names, &units, arena, runs,
                                       options->cluster);
    const bool curves = units_curves(fold, &units, arena, law, runs);
    const i64 count = i64_min(FOLDS, units);
    for (i64 i = 0; i < runs->nrow; i++) {
        const i64 unit = curves ? fold[i] : clustered ? (i64)code[i] : i;
        fold[i] = rng_shuffled(options->seed, RNG_BOOTSTRAP, unit, units)
                % count;
    }
    return count;
}

/* Sum of squared relative errors of one fold foretold by the others; NaN where
 * they cannot be fitted. */
static double fold_error(Arena *arena, const Law *law, const Table *runs,
                         const i64 *fold, i64 of, FitOptions options)
{
    bool *in = NEW(arena, bool, runs->nrow), *out = NEW(arena, bool, runs->nrow);
    for (i64 i = 0; i < runs->nrow; i++) {
        out[i] = fold[i] == of;
        in[i] = !out[i];
    }
    const Table rest = table_where(arena, runs, in);
    const Table held = table_where(arena, runs, out);
    double *column[LAW_COLUMNS_MAX], *told = NEW(arena, double, held.nrow + 1);
    const double *seen = table_column(&held, law->response);
    Fit fit;
    Err none = { 0 };
    if (!fit_law(&fit, arena, law, &rest, options, &none))
        return NAN;
    for (int c = 0; c < law->ncolumn; c++)
        column[c] = table_column(&held, law->column[c]);
    law_eval(told, NULL, NULL, law, fit.theta, column, held.nrow);
    double sum = 0;
    for (i64 i = 0; i < held.nrow; i++)
        sum += pow(told[i] / seen[i] - 1, 2);
    return sum;
}

static double cross_validated(const Law *law, const Table *runs,
                              FitOptions options)
{
    Arena arena = { 0 };
    i64 *fold = NEW(&arena, i64, runs->nrow);
    const i64 count = folds_of(fold, &arena, law, runs, &options);
    double sum = 0;
    options.resamples = 0;
    options.profile = false;
    for (i64 k = 0; k < count; k++) {
        Arena one = { 0 };
        sum += fold_error(&one, law, runs, fold, k, options);
        arena_free(&one);
    }
    arena_free(&arena);
    return sqrt(sum / (double)runs->nrow);
}

/* ---- the whole --------------------------------------------------------- */

static bool score_law(LawScore *out, Arena *arena, const Law *law,
                      const Table *runs, double share, FitOptions options,
                      Err *err)
{
    Err why = { 0 };
    *out = (LawScore){ .law = law, .aicc = NAN, .bic = NAN, .cross = NAN };
    if (!fit_law(&out->fit, arena, law, runs, options, &why)) {
        out->refused = why.kind == ERR_REFUSED;
        snprintf(out->words, sizeof out->words, "%.*s",
                 (int)sizeof out->words - 1, why.text);
        if (!out->refused)
            *err = why;
        return out->refused;
    }
    criteria(out, runs, options);
    out->cross = cross_validated(law, runs, options);
    out->holdout = (Holdout){ .extrapolation = NAN, .error = NAN, .rms = NAN,
                              .worst = NAN, .inside = NAN };
    return share <= 0 || holdout_largest(&out->holdout, arena, law, runs, share,
                                         options, err);
}

bool fit_compare(LawScore *out, Arena *arena, const Law *const *law, i64 nlaw,
                 const Table *runs, double share, FitOptions options, Err *err)
{
    for (i64 i = 0; i < nlaw; i++)
        if (!score_law(&out[i], arena, law[i], runs, share, options, err))
            return err_add(err, "law %s", law[i]->name);
    return true;
}
