/* certify.c - the certificate of a fit: how the minimum was established, how
 * well it is determined, and one sentence on which a reader can act. */

#include "fit/search.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double IDENTIFIED_FACTOR = 10, CONDITION_LOST = 1e7;
static const double SHARE_OF_WEAKEST = 0.3;

/* J'J of the residuals of ln L in the coordinates of the search. */
static void gram_make(double *gram, const Problem *p, const double *theta,
                      const Scratch *s)
{
    const int n = p->law->nparam;
    for (int a = 0; a < n; a++)
        for (int b = 0; b < n; b++) {
            double sum = 0;
            for (i64 i = 0; i < p->nrow; i++)
                sum += p->weight[i] * s->jac[a * p->nrow + i]
                     * s->jac[b * p->nrow + i] / (s->value[i] * s->value[i]);
            gram[a * n + b] = sum
                * (searched_by_log(&p->law->param[a]) ? theta[a] : 1)
                * (searched_by_log(&p->law->param[b]) ? theta[b] : 1);
        }
}

static void conditioning(Fit *fit, const Problem *p, Scratch *s)
{
    const int n = p->law->nparam;
    double gram[P_MAX * P_MAX], weakest[P_MAX];
    FitCertificate *c = &fit->certificate;
    law_rows_eval(s->value, s->jac, NULL, p->rows, fit->theta);
    gram_make(gram, p, fit->theta, s);
    c->condition = small_condition(weakest, gram, n);
    for (int i = 0; i < n; i++)
        c->unidentified[i] = c->condition > CONDITION_LOST
                          && fabs(weakest[i]) > SHARE_OF_WEAKEST;
}

static double rmse_log(const Problem *p, const Scratch *s)
{
    double sum = 0;
    for (i64 i = 0; i < p->nrow; i++) {
        const double r = log(s->value[i]) - p->ln_y[i];
        sum += r * r;
    }
    return sqrt(sum / (double)p->nrow);
}

void certify(Fit *fit, const Problem *p, const Refit *refit, const Grid *grid,
             Scratch *s)
{
    FitCertificate *c = &fit->certificate;
    *c = (FitCertificate){ .grid_points = grid->count,
                           .starts = refit->starts, .agree = refit->agree,
                           .gradient = refit->best.gradient,
                           .iterations = refit->best.iterations };
    memcpy(c->at_bound, refit->best.at_bound, sizeof c->at_bound);
    conditioning(fit, p, s);
    fit->rmse_log = rmse_log(p, s);
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
    snprintf(text, sizeof text, "%lld lattice points searched, %lld of %lld "
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
    if (any(c->unidentified, n)) {
        say(&w, "; ");
        say_names(&w, fit->law, c->unidentified,
                  " is not identified: add runs that vary it more",
                  " are not identified: add runs over a wider range");
    }
}
