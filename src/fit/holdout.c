/* holdout.c - see holdout.h.
 *
 * A run is foretold with everything that a reader would have had: the law
 * fitted to the smaller runs alone, by the same objective, with the same
 * intervals. Whole budgets are held out, for a budget half seen is half told. */

#include "fit/holdout.h"

#include "fit/compute.h"
#include "fit/search.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the error on rows held out --------------------------------------- */

/* Intervals of a run are looked at for this many, evenly chosen: their share is
 * then known to two points, and a million rows need no million intervals. */
enum { INSIDE_MOST = 500 };

static void columns_of(double **column, const Law *law, const Table *runs)
{
    for (int c = 0; c < law->ncolumn; c++)
        column[c] = table_column(runs, law->column[c]);
}

/* Of every so manyth run; of curves whole ones are told at once. */
static double share_within(const Fit *fit, const Table *held)
{
    i64 n = 0, inside = 0;
    if (fit->ndraw == 0)
        return NAN;
    Arena arena = { 0 };
    const i64 stride = fit->law->code ? 1
                     : (held->nrow + INSIDE_MOST - 1) / INSIDE_MOST;
    bool *some = NEW(&arena, bool, held->nrow);
    for (i64 i = 0; i < held->nrow; i += stride)
        some[i] = true;
    const Table part = table_where(&arena, held, some);
    Interval *told = NEW(&arena, Interval, part.nrow);
    double *column[LAW_COLUMNS_MAX];
    const double *seen = table_column(&part, fit->law->response);
    columns_of(column, fit->law, &part);
    fit_predict_rows(NULL, told, fit, column, part.nrow);
    for (; n < part.nrow; n++)
        inside += seen[n] >= told[n].low && seen[n] <= told[n].high;
    arena_free(&arena);
    return (double)inside / (double)n;
}

static void score(Holdout *out, const Fit *fit, const Table *held)
{
    Arena arena = { 0 };
    double *told = NEW(&arena, double, held->nrow), *column[LAW_COLUMNS_MAX];
    const double *seen = table_column(held, fit->law->response);
    columns_of(column, fit->law, held);
    law_eval(told, NULL, NULL, fit->law, fit->theta, column, held->nrow);
    out->error = out->rms = out->worst = 0;
    for (i64 i = 0; i < held->nrow; i++) {
        const double error = told[i] / seen[i] - 1;
        out->error += error / (double)held->nrow;
        out->rms += error * error / (double)held->nrow;
        if (!(fabs(error) <= fabs(out->worst)))
            out->worst = error;
    }
    out->rms = sqrt(out->rms);
    out->inside = share_within(fit, held);
    arena_free(&arena);
}

/* ---- one hold-out ------------------------------------------------------ */

static double most(const double *value, const bool *among, bool want, i64 n)
{
    double out = -INFINITY;
    for (i64 i = 0; i < n; i++)
        if (among[i] == want)
            out = fmax(out, value[i]);
    return out;
}

static Holdout nothing_yet(const char *rule, const char *by)
{
    return (Holdout){ .rule = rule, .by = by, .extrapolation = NAN, .error = NAN,
                      .rms = NAN, .worst = NAN, .inside = NAN };
}

/* held[row]: foretold; kept[row]: fitted. What cannot be fitted is a finding;
 * anything else that goes wrong is a failure. */
static bool hold(Holdout *out, Arena *arena, const Law *law, const Table *runs,
                 const double *size, const bool *kept, const bool *held,
                 FitOptions options, Err *err)
{
    Fit fit;
    Err why = { 0 };
    const Table below = table_where(arena, runs, kept);
    const Table above = table_where(arena, runs, held);
    out->nfit = below.nrow;
    out->nheld = above.nrow;
    out->extrapolation = most(size, held, true, runs->nrow)
                       / most(size, kept, true, runs->nrow);
    if (fit_law(&fit, arena, law, &below, options, &why)) {
        score(out, &fit, &above);
        return true;
    }
    out->refused = why.kind == ERR_REFUSED;
    snprintf(out->words, sizeof out->words, "%.*s",
             (int)sizeof out->words - 1, why.text);
    if (!out->refused)
        *err = why;
    return out->refused;
}

/* Where the largest share begins, moved to the nearer edge of a budget, but not
 * to hold out none, nor more than half of the runs where the other edge holds
 * out some. */
static double cut_at(Arena *arena, const double *size, i64 n, double share)
{
    double *sorted = NEW(arena, double, n);
    i64 *step = NEW(arena, i64, n);
    memcpy(sorted, size, (size_t)n * sizeof *sorted);
    qsort(sorted, (size_t)n, sizeof *sorted, reals_by_size);
    compute_steps(step, sorted, n);
    const i64 at = n - i64_max(1, (i64)floor(share * (double)n + 1e-9));
    i64 below = at, above = at;
    while (below > 0 && step[below - 1] == step[at])
        below--;
    while (above < n && step[above] == step[at])
        above++;
    const bool whole = 2 * (n - below) <= n;
    if (whole && (above == n || at - below <= above - at))
        return sorted[below];
    return sorted[above < n && 2 * (n - above) <= n ? above : at];
}

static bool shaped(const Law *law, const Table *runs, double share, Err *err)
{
    if (!(share > 0 && share < 1))
        return err_set(err, ERR_USAGE, "a share of %g cannot be held out; "
                       "0.2 holds out the largest fifth", share);
    if (!table_column(runs, law->response))
        return err_set(err, ERR_USAGE, "the table has no column '%s'",
                       law->response);
    for (int c = 0; c < law->ncolumn; c++)
        if (!table_column(runs, law->column[c]))
            return err_set(err, ERR_USAGE, "the table has no column '%s'",
                           law->column[c]);
    return true;
}

static bool hold_largest(Holdout *out, Arena *arena, const Law *law,
                         const Table *runs, const Compute *by, double share,
                         FitOptions options, Err *err)
{
    *out = nothing_yet(arena_print(arena, "the largest %.3g %% by %s",
                                   100 * share, by->name), by->name);
    if (runs->nrow < 2) {
        out->refused = true;
        snprintf(out->words, sizeof out->words, "%lld runs are too few to "
                 "leave any out", (long long)runs->nrow);
        return true;
    }
    bool *kept = NEW(arena, bool, runs->nrow);
    bool *held = NEW(arena, bool, runs->nrow);
    const double cut = cut_at(arena, by->value, runs->nrow, share);
    for (i64 i = 0; i < runs->nrow; i++) {
        held[i] = by->value[i] >= cut;
        kept[i] = !held[i];
    }
    return hold(out, arena, law, runs, by->value, kept, held, options, err);
}

/* ---- curves ------------------------------------------------------------ */

enum { DRAWS_CURVE = 60 }; /* for the share inside; each fit is dear */

/* Curve k of `count` foretold from the others. */
static bool hold_curve(Holdout *out, Arena *arena, const Law *law,
                       const Table *runs, const i64 *curve, i64 k,
                       FitOptions options, Err *err)
{
    const i64 n = runs->nrow;
    const char **text = table_text(runs, "curve");
    const double *number = table_column(runs, "curve");
    bool *kept = NEW(arena, bool, n), *held = NEW(arena, bool, n);
    double *size = NEW(arena, double, n);
    const char *rule = "";
    options.resamples = i64_min(options.resamples, DRAWS_CURVE);
    for (i64 i = 0; i < n; i++) {
        held[i] = curve[i] == k;
        kept[i] = !held[i];
        size[i] = NAN;
        if (held[i] && !*rule)
            rule = text ? arena_print(arena, "curve %s", text[i])
                        : arena_print(arena, "curve %g", number[i]);
    }
    *out = nothing_yet(rule, "curve");
    if (!hold(out, arena, law, runs, size, kept, held, options, err))
        return false;
    out->extrapolation = NAN;
    return true;
}

static bool hold_curves(Holdout *out, i64 *done, Arena *arena, const Law *law,
                        const Table *runs, const i64 *curve, i64 count,
                        FitOptions options, Err *err)
{
    *done = 0;
    for (i64 k = 0; k < count && count > 1; k++)
        if (!hold_curve(&out[(*done)++], arena, law, runs, curve, k, options,
                        err))
            return false;
    return true;
}

static void hold_add(Holdout *sum, const Holdout *one)
{
    const double n = (double)one->nheld;
    sum->nheld += one->nheld;
    sum->nfit = i64_max(sum->nfit, one->nfit);
    sum->error += n * one->error;
    sum->rms += n * one->rms * one->rms;
    sum->inside += n * one->inside;
    if (fabs(one->worst) > fabs(sum->worst))
        sum->worst = one->worst;
}

/* Each curve in turn foretold from the others, all errors together. A curve
 * whose others cannot be fitted is left out of them. */
static bool hold_each(Holdout *out, Arena *arena, const Law *law,
                      const Table *runs, const i64 *curve, i64 count,
                      FitOptions options, Err *err)
{
    Holdout *one = NEW(arena, Holdout, count), sum = { 0 };
    i64 done;
    *out = nothing_yet(arena_print(arena, "each of %lld curves in turn",
                                   (long long)count), "curve");
    if (!hold_curves(one, &done, arena, law, runs, curve, count, options, err))
        return false;
    for (i64 k = 0; k < done; k++)
        if (!one[k].refused)
            hold_add(&sum, &one[k]);
    out->nheld = sum.nheld;
    out->nfit = sum.nfit;
    out->refused = sum.nheld == 0;
    if (out->refused) {
        snprintf(out->words, sizeof out->words, "%s", done ? one[0].words
                 : "one curve alone leaves none to foretell");
        return true;
    }
    const double n = (double)sum.nheld;
    out->error = sum.error / n;
    out->rms = sqrt(sum.rms / n);
    out->inside = sum.inside / n;
    out->worst = sum.worst;
    return true;
}

bool holdout_largest(Holdout *out, Arena *arena, const Law *law,
                     const Table *runs, double share, FitOptions options,
                     Err *err)
{
    if (!shaped(law, runs, share, err))
        return false;
    i64 *curve = NEW(arena, i64, runs->nrow), count;
    if (units_curves(curve, &count, arena, law, runs))
        return hold_each(out, arena, law, runs, curve, count, options, err);
    const Compute by = compute_of(arena, law, runs);
    return hold_largest(out, arena, law, runs, &by, share, options, err);
}

bool holdout_largest_by(Holdout *out, Arena *arena, const Law *law,
                        const Table *runs, const char *column, double share,
                        FitOptions options, Err *err)
{
    if (!shaped(law, runs, share, err))
        return false;
    const Compute by = strcmp(column, "C") == 0
                     ? compute_of(arena, law, runs)
                     : (Compute){ column, table_column(runs, column) };
    if (!by.value)
        return err_set(err, ERR_USAGE, "the table has no column '%s'", column);
    return hold_largest(out, arena, law, runs, &by, share, options, err);
}

/* ---- expanding windows ------------------------------------------------- */

enum { WINDOWS_MOST = 12 };

/* Budgets in their order, put together until each window has its share of the
 * runs: compute that is not in steps would make a window of every run. */
static i64 windows_of(i64 *window, Arena *arena, const Compute *by,
                      const Table *runs)
{
    const i64 n = runs->nrow;
    const double *budget = table_column(runs, "budget");
    i64 *step = NEW(arena, i64, n);
    const i64 steps = compute_steps(step, budget ? budget : by->value, n);
    const i64 least = i64_max(2, n / WINDOWS_MOST);
    i64 *rows = NEW(arena, i64, steps + 1), *of = NEW(arena, i64, steps + 1);
    for (i64 i = 0; i < n; i++)
        rows[step[i]]++;
    i64 count = 0, filled = 0;
    for (i64 k = 0; k < steps; k++) {
        of[k] = count;
        filled += rows[k];
        if (filled >= least) {
            count++;
            filled = 0;
        }
    }
    for (i64 i = 0; i < n; i++) /* what is left over joins the last */
        window[i] = i64_max(0, i64_min(of[step[i]], count - 1));
    return count;
}

static i64 rows_of(bool *kept, bool *held, const i64 *step, i64 n, i64 of)
{
    i64 count = 0;
    for (i64 i = 0; i < n; i++) {
        kept[i] = step[i] < of;
        held[i] = step[i] == of;
        count += held[i];
    }
    return count;
}

static double middle(const double *value, const bool *among, i64 n)
{
    double sum = 0, count = 0;
    for (i64 i = 0; i < n; i++)
        if (among[i]) {
            sum += log(value[i]);
            count++;
        }
    return exp(sum / count);
}

bool holdout_windows(Holdout **out, i64 *count, Arena *arena, const Law *law,
                     const Table *runs, FitOptions options, Err *err)
{
    if (!shaped(law, runs, 0.5, err))
        return false;
    const i64 n = runs->nrow;
    const Compute by = compute_of(arena, law, runs);
    i64 *step = NEW(arena, i64, n), curves;
    bool *kept = NEW(arena, bool, n), *held = NEW(arena, bool, n);
    if (units_curves(step, &curves, arena, law, runs)) {
        *out = NEW(arena, Holdout, curves);
        return hold_curves(*out, count, arena, law, runs, step, curves,
                           options, err);
    }
    const i64 steps = windows_of(step, arena, &by, runs);
    *out = NEW(arena, Holdout, steps);
    *count = 0;
    for (i64 k = 1; k < steps; k++) {
        if (rows_of(kept, held, step, n, k) == 0)
            continue;
        Holdout *one = &(*out)[(*count)++];
        *one = nothing_yet(arena_print(arena, "%s %.3g", by.name,
                                       middle(by.value, held, n)), by.name);
        if (!hold(one, arena, law, runs, by.value, kept, held, options, err))
            return false;
    }
    return true;
}
