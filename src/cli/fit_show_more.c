/* fit_show_more.c - the tables that `scalelaw fit` shows where they were asked
 * for: laws compared, windows, groups, the three approaches (fit_show.h). */

#include "cli/fit_show.h"

#include "report/num.h"

#include <math.h>

/* ---- laws compared ----------------------------------------------------- */

enum { CELL_TEXT = 32 };

static const char *fixed(char out[CELL_TEXT], double x, int decimals)
{
    snprintf(out, CELL_TEXT, isnan(x) ? "-" : "%.*f", decimals, x);
    return out;
}

static const char *percent(char out[CELL_TEXT], double share)
{
    snprintf(out, CELL_TEXT, isnan(share) ? "-" : "%.2f %%", 100 * share);
    return out;
}

static const char *percent_off(char out[CELL_TEXT], double share)
{
    snprintf(out, CELL_TEXT, isnan(share) ? "-" : "%+.2f %%", 100 * share);
    return out;
}

static void show_score(const LawScore *s, double bic, double aicc, FILE *out)
{
    char cell[6][CELL_TEXT];
    fprintf(out, "  %-16.15s", s->law->name);
    if (s->refused) {
        fprintf(out, "no answer: %s\n", s->words);
        return;
    }
    fprintf(out, "%-10d%-9s%-9s%-9s%-9s%-9s%s\n", s->law->nparam,
            fixed(cell[0], s->bic - bic, 1), fixed(cell[1], s->aicc - aicc, 1),
            percent(cell[2], s->fit.rmse_log), percent(cell[3], s->cross),
            percent(cell[4], s->holdout.rms),
            percent_off(cell[5], s->holdout.worst));
}

static double least_aicc(const FitAnswer *a)
{
    double least = NAN;
    for (i64 i = 0; i < a->nscore; i++)
        least = fmin(least, a->score[i].aicc);
    return least;
}

void fit_show_scores(const FitAnswer *a, FILE *out)
{
    if (a->nscore == 0)
        return;
    const double bic = a->best_bic < 0 ? NAN : a->score[a->best_bic].bic;
    fprintf(out, "\n  %-16s%-10s%-9s%-9s%-9s%-9s%-9s%s\n", "law",
            "constants", "BIC", "AICc", "scatter", "cross", "hold-out",
            "worst");
    for (i64 i = 0; i < a->nscore; i++)
        show_score(&a->score[i], bic, least_aicc(a), out);
    fprintf(out, "  BIC and AICc above the least; cross-validation and "
            "hold-out: root mean\n  square error of runs left out\n");
    if (a->best_bic >= 0)
        fit_paragraph(out, "by BIC", "%s", a->score[a->best_bic].law->name);
    if (a->best_held >= 0)
        fit_paragraph(out, "by hold-out", "%s (which is what counts "
                      "where one extrapolates)",
                      a->score[a->best_held].law->name);
}

/* ---- windows ----------------------------------------------------------- */

void fit_show_windows(const FitAnswer *a, FILE *out)
{
    if (a->nwindow == 0)
        return;
    fprintf(out, "\n  %-18s%-9s%-9s%-9s%-11s%-11s%s\n", "foretold", "runs",
            "from", "beyond", "mean", "rms", "within interval");
    for (i64 i = 0; i < a->nwindow; i++) {
        const Holdout *h = &a->window[i];
        char beyond[CELL_TEXT], mean[CELL_TEXT], rms[CELL_TEXT];
        char inside[CELL_TEXT];
        fprintf(out, "  %-18s%-9lld%-9lld", h->rule, (long long)h->nheld,
                (long long)h->nfit);
        if (h->refused) {
            fprintf(out, "too few below\n");
            continue;
        }
        fprintf(out, "%-9s%-11s%-11s%s\n",
                fixed(beyond, h->extrapolation, 1), percent_off(mean, h->error),
                percent(rms, h->rms), percent(inside, h->inside));
    }
}

/* ---- groups ------------------------------------------------------------ */

void fit_show_apart(const FitAnswer *a, FILE *out)
{
    if (a->napart == 0)
        return;
    putc('\n', out);
    for (i64 i = 0; i < a->napart; i++)
        fit_paragraph(out, i ? "" : "groups", "%s", a->apart[i].refused
                      ? a->apart[i].words : a->apart[i].sharing.words);
    fit_paragraph(out, "verdict", "%s", a->apart_words);
}

/* ---- ways of counting ------------------------------------------------- */

void fit_show_conventions(const FitAnswer *a, FILE *out)
{
    const FitCounts *all = &a->conventions;
    if (all->count == 0)
        return;
    fprintf(out, "\n  %-13s%-13s%8s", "N counts", "N_opt ~ C^", "scatter");
    for (int i = 0; i < a->side[0].fit.law->nparam && i < 5; i++)
        fprintf(out, "%9s", a->side[0].fit.law->param[i].name);
    putc('\n', out);
    for (int k = 0; k < all->count; k++) {
        const FitCount *one = &all->item[k];
        char line[CELL_TEXT], scatter[CELL_TEXT];
        fprintf(out, "  %-13s", one->counts);
        if (!one->done) {
            fprintf(out, "no answer: %s\n", one->why);
            continue;
        }
        fprintf(out, "%-13s%8s", fixed(line, one->has_line
                ? one->line.a.value : NAN, 4),
                percent(scatter, one->fit.rmse_log));
        for (int i = 0; i < one->fit.law->nparam && i < 5; i++)
            fprintf(out, "%9.4g", one->fit.theta[i]);
        putc('\n', out);
    }
}

/* ---- three approaches -------------------------------------------------- */

static const char *const way_name[FIT_WAYS] = {
    "1 envelope", "2 IsoFLOP", "3 the law",
};

static void show_way(const char *name, const Frontier *f, FILE *out)
{
    char a[NUM_TEXT], b[NUM_TEXT];
    fprintf(out, "  %-*s%-28s%s\n", 13, name,
            num_interval(a, f->a, 4), num_interval(b, f->b, 4));
}

/* How far parabolas err at these budgets, were the fitted law the truth. */
static void show_bias(const FitWays *w, FILE *out)
{
    double least = INFINITY, most = -INFINITY;
    for (i64 i = 0; i < w->nbudget; i++)
        if (w->budget[i].inside && !isnan(w->budget[i].bias_ln_n)) {
            least = fmin(least, w->budget[i].bias_ln_n);
            most = fmax(most, w->budget[i].bias_ln_n);
        }
    if (most >= least)
        fit_paragraph(out, "bias of 2", "parabolas put N_opt %+.1f to %+.1f %% "
                      "off at these sizes, were the fitted law the truth",
                      100 * expm1(least), 100 * expm1(most));
}

void fit_show_ways(const FitAnswer *a, FILE *out)
{
    const FitWays *w = &a->ways;
    if (!w->any)
        return;
    fprintf(out, "\n  %-13s%-28s%s\n", "approach", "N_opt ~ C^", "D_opt ~ C^");
    for (int k = 0; k < FIT_WAYS; k++) {
        const FitWay *way = &w->way[k];
        if (way->done)
            show_way(way_name[k], &way->line, out);
        if (way->done && k == 1 && w->akima)
            show_way("  by Akima", &w->akima_line, out);
    }
    for (int k = 0; k < FIT_WAYS; k++) {
        const FitWay *way = &w->way[k];
        if (way->asked)
            fit_paragraph(out, way_name[k], "%s", way->done ? way->line.words
                                                            : way->why);
    }
    if (w->lone > 0)
        fit_paragraph(out, "", "%lld runs stand at computes with fewer than 4 "
                      "sizes, and are no part of approach 2",
                      (long long)w->lone);
    if (w->way[1].done)
        show_bias(w, out);
}
