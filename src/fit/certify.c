/* certify.c - the certificate of a fit: how the minimum was established, how
 * well it is determined, and one sentence on which a reader can act. */

#include "fit/search.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double IDENTIFIED_FACTOR = 10, CONDITION_LOST = 1e7;
static const double SHARE_OF_WEAKEST = 0.3;

/* J'J of the residuals, in the coordinates of the search; relative where all
 * values are positive. */
static void gram_make(double *gram, const Problem *p, const double *theta,
                      const double *value, double *jac)
{
    const int n = p->law->nparam;
    const i64 rows = p->nrow;
    bool positive = true;
    for (i64 i = 0; i < rows; i++)
        positive = positive && value[i] > 0;
    for (int a = 0; a < n; a++) {
        const double by = searched_by_log(&p->law->param[a]) ? theta[a] : 1;
        for (i64 i = 0; i < rows; i++)
            jac[a * rows + i] *= positive ? by / value[i] : by;
    }
    for (int a = 0; a < n; a++)
        for (int b = a; b < n; b++)
            gram[a * n + b] = gram[b * n + a]
                = sum_dot3(p->weight, jac + a * rows, jac + b * rows, rows);
}

static void conditioning(Fit *fit, const Problem *p, const double *value,
                         double *jac)
{
    const int n = p->law->nparam;
    double gram[P_MAX * P_MAX] = { 0 }, weakest[P_MAX];
    FitCertificate *c = &fit->certificate;
    gram_make(gram, p, fit->theta, value, jac);
    c->condition = small_condition(weakest, gram, n);
    for (int i = 0; i < n; i++)
        c->unidentified[i] = c->condition > CONDITION_LOST
                          && fabs(weakest[i]) > SHARE_OF_WEAKEST;
}

/* NaN where a response or its prediction has no logarithm. */
static double rmse_log(const Problem *p, const double *value)
{
    double sum = 0, total = 0;
    for (i64 i = 0; i < p->nrow; i++) {
        const double r = value[i] > 0 ? log(value[i]) - p->ln_y[i] : NAN;
        sum += p->weight[i] * r * r;
        total += p->weight[i];
    }
    return sqrt(sum / total);
}

enum { RESIDUALS_KEPT = 2000 };

static void residuals_keep(Fit *fit, Arena *arena, const Problem *p,
                           const double *value)
{
    fit->nresidual = i64_min(p->nrow, RESIDUALS_KEPT);
    fit->residual = NEW(arena, double, fit->nresidual);
    for (i64 k = 0; k < fit->nresidual; k++) {
        const i64 i = (i64)((double)k * (double)p->nrow
                            / (double)fit->nresidual);
        fit->residual[k] = value[i] > 0 ? p->ln_y[i] - log(value[i]) : NAN;
    }
}

void certify(Fit *fit, Arena *arena, const Problem *p, const Refit *refit,
             const Grid *grid)
{
    FitCertificate *c = &fit->certificate;
    *c = (FitCertificate){ .grid_points = grid->count,
                           .starts = refit->starts, .agree = refit->agree,
                           .gradient = refit->best.gradient,
                           .iterations = refit->best.iterations };
    memcpy(c->at_bound, refit->best.at_bound, sizeof c->at_bound);
    Arena scratch = { 0 };
    double *value = NEW(&scratch, double, p->nrow);
    double *jac = NEW(&scratch, double, p->law->nparam * p->nrow);
    problem_values(value, jac, p, fit->theta);
    residuals_keep(fit, arena, p, value);
    fit->rmse_log = rmse_log(p, value);
    conditioning(fit, p, value, jac);
    arena_free(&scratch);
}

typedef struct Words { char *text; size_t room; } Words;

static void say(Words *w, const char *text)
{
    const size_t length = strlen(text);
    if (length + 1 > w->room)
        return;
    memcpy(w->text, text, length + 1);
    w->text += length;
    w->room -= length;
}

/* "A and alpha are not identified", from flags. */
static void say_names(Words *w, const Law *law, const bool *flag,
                      const char *one, const char *many)
{
    int left = 0, count = 0;
    for (int i = 0; i < law->nparam; i++)
        left += flag[i];
    count = left;
    for (int i = 0; i < law->nparam; i++) {
        if (!flag[i])
            continue;
        say(w, law->param[i].name);
        left--;
        say(w, left > 1 ? ", " : left == 1 ? " and " : "");
    }
    say(w, count > 1 ? many : one);
}

static bool any(const bool *flag, int n)
{
    for (int i = 0; i < n; i++)
        if (flag[i])
            return true;
    return false;
}

static void wide_intervals(Fit *fit)
{
    for (int i = 0; i < fit->law->nparam; i++)
        if (fit->low[i] >= 0
            && fit->high[i] > IDENTIFIED_FACTOR * fit->low[i])
            fit->certificate.unidentified[i] = true;
}

static void say_search(Words *w, const Fit *fit)
{
    char text[200];
    const FitCertificate *c = &fit->certificate;
    snprintf(text, sizeof text, "%lld points searched, %lld of %lld "
             "polished starts end at the same minimum, relative gradient %.1e",
             (long long)c->grid_points, (long long)c->agree,
             (long long)c->starts, c->gradient);
    say(w, text);
    if (fit->options.resamples > 0 && c->refits_failed > 0) {
        snprintf(text, sizeof text, "; %lld of %lld refits did not settle and "
                 "are left out", (long long)c->refits_failed,
                 (long long)fit->options.resamples);
        say(w, text);
    }
}

void certify_words(Fit *fit)
{
    FitCertificate *c = &fit->certificate;
    Words w = { c->words, sizeof c->words };
    const int n = fit->law->nparam;
    if (fit->ndraw)
        wide_intervals(fit);
    say_search(&w, fit);
    if (c->gradient > 1e-6)
        say(&w, "; the search did not settle, so do not use this fit");
    if (any(c->at_bound, n)) {
        say(&w, "; ");
        say_names(&w, fit->law, c->at_bound, " stands at its bound",
                  " stand at their bounds");
    }
    if (any(c->profile_open, n)) {
        say(&w, "; the profile of ");
        say_names(&w, fit->law, c->profile_open, " is open on a side",
                  " is open on a side each");
    }
    if (any(c->unidentified, n)) {
        say(&w, "; ");
        say_names(&w, fit->law, c->unidentified,
                  " is not identified: add runs over a wider range, or pin "
                  "what is known",
                  " are not identified: add runs over a wider range, or pin "
                  "what is known");
    }
}
