/* sharing.c - may groups of runs share constants (declared in holdout.h)?
 *
 * The law is fitted twice, with everything shared and with some parameters one
 * a group. With p0 and p1 parameters and n runs, least squares answers by
 *
 *     F = [ (S0 - S1) / (p1 - p0) ] / [ S1 / (n - p1) ]
 *
 * Other objectives have no such law. There the draws of the second fit are
 * asked: their differences between groups are a cloud about the fit's own, and
 * p is the share of draws that lie at least as far from its middle as no
 * difference at all does, in the cloud's own metric (Mahalanobis).
 *
 * SOURCE: Hall and Wilson 1991, Biometrics 47:757 (centre the bootstrap at the
 *         estimate when testing). */

#include "fit/holdout.h"

#include "fit/fdist.h"
#include "fit/search.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { DIFFERENCES_MAX = 12, DRAWS_LEAST = 100 };

static bool by_squares(FitObjective objective)
{
    return objective == FIT_SQUARES || objective == FIT_SQUARES_LOG;
}

/* ---- by the draws ------------------------------------------------------ */

/* Which places in theta are differences: of[k] less from[k]. */
typedef struct Differences {
    int count;
    int of[DIFFERENCES_MAX], from[DIFFERENCES_MAX];
} Differences;

/* A parameter of a group is its old name, an underscore and the group. */
static bool is_of(const char *name, const char *shared)
{
    const size_t length = strlen(shared);
    return strncmp(name, shared, length) == 0 && name[length] == '_';
}

static Differences differences_of(const Law *apart, const Law *shared)
{
    Differences d = { 0 };
    for (int s = 0; s < shared->nparam; s++) {
        int first = -1;
        if (law_param(apart, shared->param[s].name) >= 0)
            continue;
        for (int i = 0; i < apart->nparam; i++) {
            if (!is_of(apart->param[i].name, shared->param[s].name))
                continue;
            if (first >= 0 && d.count < DIFFERENCES_MAX) {
                d.of[d.count] = i;
                d.from[d.count++] = first;
            }
            first = first < 0 ? i : first;
        }
    }
    return d;
}

/* Parameters that are never below 0 are compared by their logarithms. */
static double difference(const Law *law, const double *theta, int of, int from)
{
    if (law->param[of].low >= 0 && theta[of] > 0 && theta[from] > 0)
        return log(theta[of] / theta[from]);
    return theta[of] - theta[from];
}

static void covariance(double *out, double *middle, const double *x, i64 n,
                       int k)
{
    memset(middle, 0, (size_t)k * sizeof *middle);
    memset(out, 0, (size_t)(k * k) * sizeof *out);
    for (i64 r = 0; r < n; r++)
        for (int i = 0; i < k; i++)
            middle[i] += x[r * k + i] / (double)n;
    for (i64 r = 0; r < n; r++)
        for (int i = 0; i < k; i++)
            for (int j = 0; j < k; j++)
                out[i * k + j] += (x[r * k + i] - middle[i])
                                * (x[r * k + j] - middle[j]) / (double)(n - 1);
}

/* (x - middle)' S^-1 (x - middle) */
static double distance(const double *x, const double *middle,
                       const double *spread, int k)
{
    double apart[DIFFERENCES_MAX] = { 0 }, solved[DIFFERENCES_MAX], sum = 0;
    for (int i = 0; i < k; i++)
        apart[i] = x[i] - middle[i];
    if (!small_solve(solved, spread, apart, k))
        return NAN;
    for (int i = 0; i < k; i++)
        sum += apart[i] * solved[i];
    return sum;
}

static double p_by_draws(const Fit *apart, const Law *shared)
{
    const Differences d = differences_of(apart->law, shared);
    if (d.count == 0 || apart->ndraw < DRAWS_LEAST)
        return NAN;
    Arena arena = { 0 };
    const int k = d.count, n = apart->law->nparam;
    double *x = NEW(&arena, double, apart->ndraw * k);
    double spread[DIFFERENCES_MAX * DIFFERENCES_MAX];
    double middle[DIFFERENCES_MAX], none[DIFFERENCES_MAX] = { 0 };
    for (i64 r = 0; r < apart->ndraw; r++)
        for (int i = 0; i < k; i++)
            x[r * k + i] = difference(apart->law, apart->draw + r * n,
                                      d.of[i], d.from[i]);
    covariance(spread, middle, x, apart->ndraw, k);
    const double far = distance(none, middle, spread, k);
    i64 farther = 0;
    for (i64 r = 0; r < apart->ndraw; r++)
        farther += distance(x + r * k, middle, spread, k) >= far;
    arena_free(&arena);
    return isnan(far) ? NAN : (double)(farther + 1)
                              / (double)(apart->ndraw + 1);
}

/* ---- both -------------------------------------------------------------- */

static double bic_of(const Fit *fit)
{
    const double n = (double)fit->nrow;
    return 2 * n * log(fit->rmse_log) + (fit->law->nparam + 1) * log(n);
}

/* BIC is of the most likely constants, those of least squares on ln L. */
static double bic_gain(const Law *shared, const Law *apart, const Table *runs,
                       FitOptions options)
{
    Arena arena = { 0 };
    Fit one, two;
    Err none = { 0 };
    options.objective = FIT_SQUARES_LOG;
    options.resamples = 0;
    options.profile = false;
    const bool ok = fit_law(&one, &arena, shared, runs, options, &none)
                 && fit_law(&two, &arena, apart, runs, options, &none);
    const double out = ok ? bic_of(&one) - bic_of(&two) : NAN;
    arena_free(&arena);
    return out;
}

static void test(FitSharing *s, const Table *marked)
{
    const double n = (double)s->apart.nrow;
    const double p0 = s->shared.law->nparam, p1 = s->apart.law->nparam;
    s->bic_gain = bic_gain(s->shared.law, s->apart.law, marked,
                           s->shared.options);
    s->f = s->p = NAN;
    if (!by_squares(s->shared.options.objective)) {
        s->p = p_by_draws(&s->apart, s->shared.law);
    } else if (n > p1 && p1 > p0) {
        s->f = fmax(0, s->shared.objective - s->apart.objective) / (p1 - p0)
             / (s->apart.objective / (n - p1));
        s->p = fdist_above(s->f, p1 - p0, n - p1);
    }
}

static void say(FitSharing *s, const char *names, bool one,
                const char *column)
{
    char p[48] = "no test without intervals";
    if (s->p >= 0.001)
        snprintf(p, sizeof p, "p = %.2g", s->p);
    else if (!isnan(s->p))
        snprintf(p, sizeof p, "p < 0.001");
    const bool differ = isnan(s->p) ? s->bic_gain > 6 : s->p < 0.05;
    /* A test that finds nothing in few runs is no proof that there is nothing. */
    const bool torn = !differ && s->bic_gain > 6;
    snprintf(s->words, sizeof s->words, "%.120s %s between the values of "
             "%.60s (%s; BIC %.1f %s with each its own%s)", names,
             torn ? "cannot be told to differ" : !differ ? "may be shared"
             : one ? "differs" : "differ", column, p,
             fabs(s->bic_gain), s->bic_gain > 0 ? "lower" : "higher",
             torn ? ": the two do not agree" : "");
}

static const char *own_names(Arena *arena, const Law *law, const TextList *own)
{
    const char *out = "all parameters";
    for (i64 i = 0; i < own->count; i++)
        out = i == 0 ? own->item[0]
                     : arena_print(arena, "%s%s%s", out,
                                   i + 1 < own->count ? ", " : " and ",
                                   own->item[i]);
    for (i64 i = 0; i < own->count; i++)
        if (law_param(law, own->item[i]) < 0)
            return NULL;
    return out;
}

static bool no_parameter(const Law *law, const TextList *own, Err *err)
{
    for (i64 i = 0; i < own->count; i++)
        if (law_param(law, own->item[i]) < 0)
            return err_set(err, ERR_USAGE, "%s has no parameter '%s'; its "
                           "formula is %s", law->name, own->item[i],
                           law->formula);
    return true;
}

bool fit_sharing(FitSharing *out, Arena *arena, const Law *law,
                 const Table *runs, const char *group_column,
                 const TextList *own, FitOptions options, Err *err)
{
    const Law *apart;
    double *code;
    const char **group;
    i64 ngroup;
    *out = (FitSharing){ 0 };
    const char *names = own_names(arena, law, own);
    if (!names)
        return no_parameter(law, own, err);
    if (!table_codes(&code, &group, &ngroup, arena, runs, group_column))
        return err_set(err, ERR_USAGE, "the table has no column '%s' to tell "
                       "groups by", group_column);
    if (ngroup < 2)
        return err_set(err, ERR_REFUSED, "%s is the same in all %lld runs, so "
                       "there are no groups to compare", group_column,
                       (long long)runs->nrow);
    if (!law_group(&apart, arena, law, own, group, ngroup, err))
        return false;
    const Table marked = law_group_columns(arena, runs, code, group, ngroup);
    if (!fit_law(&out->shared, arena, law, runs, options, err)
        || !fit_law(&out->apart, arena, apart, &marked, options, err))
        return err_add(err, "%s by %s", law->name, group_column);
    test(out, &marked);
    say(out, names, own->count == 1, group_column);
    return true;
}
