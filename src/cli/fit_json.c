/* fit_json.c - see fit_json.h. */

#include "cli/fit_json.h"

#include "base/jot.h"

#include <math.h>

static void put_line(Jot *j, const char *key, const Frontier *f)
{
    jot_object(j, key);
    jot_text(j, "approach", f->approach);
    fit_put_interval(j, "a", f->a);
    fit_put_interval(j, "b", f->b);
    jot_real(j, "ln_coef_n", f->ln_coef_n);
    jot_real(j, "ln_coef_d", f->ln_coef_d);
    jot_array(j, "points");
    for (i64 i = 0; i < f->npoint; i++) {
        jot_object(j, NULL);
        jot_real(j, "C", f->c[i]);
        jot_real(j, "N", f->n[i]);
        jot_real(j, "D", f->d[i]);
        jot_real(j, "loss", f->loss[i]);
        jot_end(j);
    }
    jot_end(j);
    jot_text(j, "words", f->words);
    jot_end(j);
}

static void put_lines(Jot *j, const FitAnswer *a)
{
    jot_array(j, "optimum");
    for (int k = 0; k < 2; k++)
        if (a->side[k].has_line)
            put_line(j, NULL, &a->side[k].line);
        else
            jot_text(j, NULL, a->side[k].why[0] ? a->side[k].why : NULL);
    jot_end(j);
}

static void put_holdout(Jot *j, const char *key, const Holdout *h)
{
    jot_object(j, key);
    jot_text(j, "rule", h->rule);
    jot_text(j, "by", h->by);
    jot_count(j, "fitted", h->nfit);
    jot_count(j, "held", h->nheld);
    jot_real(j, "extrapolation", h->extrapolation);
    jot_real(j, "error", h->error);
    jot_real(j, "rms", h->rms);
    jot_real(j, "worst", h->worst);
    jot_real(j, "inside", h->inside);
    jot_text(j, "refused", h->refused ? h->words : NULL);
    jot_end(j);
}

static void put_windows(Jot *j, const FitAnswer *a)
{
    jot_array(j, "windows");
    for (i64 i = 0; i < a->nwindow; i++)
        put_holdout(j, NULL, &a->window[i]);
    jot_end(j);
}

static void put_noise(Jot *j, const FitNoise *n)
{
    jot_object(j, "noise");
    jot_count(j, "settings", n->groups);
    jot_count(j, "runs", n->rows);
    jot_real(j, "sd_log", n->sd_log);
    jot_real(j, "lack_of_fit", n->lack);
    jot_real(j, "p", n->p);
    jot_end(j);
}

static void put_suspects(Jot *j, const FitAnswer *a)
{
    jot_array(j, "suspects");
    for (i64 i = 0; i < a->suspects.count; i++) {
        const Suspect *s = &a->suspects.item[i];
        jot_object(j, NULL);
        jot_text(j, "run", a->all.label ? a->all.label[s->row] : NULL);
        jot_count(j, "row", s->row + 1);
        jot_text(j, "kind", suspect_kind(s->kind));
        jot_text(j, "words", s->words);
        jot_end(j);
    }
    jot_end(j);
    jot_flag(j, "suspects_left_out", a->left_out);
    if (a->has_contrast)
        fit_put(j, a->left_out ? "with_suspects" : "without_suspects",
                &a->contrast.fit);
}

static void put_score(Jot *j, const LawScore *s)
{
    jot_object(j, NULL);
    jot_text(j, "law", s->law->name);
    jot_text(j, "refused", s->refused ? s->words : NULL);
    if (!s->refused) {
        jot_real(j, "aicc", s->aicc);
        jot_real(j, "bic", s->bic);
        jot_real(j, "cross_validation", s->cross);
        put_holdout(j, "holdout", &s->holdout);
        fit_put(j, "fit", &s->fit);
    }
    jot_end(j);
}

static void put_scores(Jot *j, const FitAnswer *a)
{
    jot_array(j, "laws");
    for (i64 i = 0; i < a->nscore; i++)
        put_score(j, &a->score[i]);
    jot_end(j);
    jot_text(j, "best_by_bic", a->nscore && a->best_bic >= 0
             ? a->score[a->best_bic].law->name : NULL);
    jot_text(j, "best_by_holdout", a->nscore && a->best_held >= 0
             ? a->score[a->best_held].law->name : NULL);
}

static void put_apart(Jot *j, const FitAnswer *a)
{
    jot_array(j, "groups");
    for (i64 i = 0; i < a->napart; i++) {
        const FitApart *one = &a->apart[i];
        jot_object(j, NULL);
        jot_text(j, "own", one->what);
        jot_text(j, "refused", one->refused ? one->words : NULL);
        if (!one->refused) {
            jot_real(j, "f", one->sharing.f);
            jot_real(j, "p", one->sharing.p);
            jot_real(j, "bic_gain", one->sharing.bic_gain);
            jot_text(j, "words", one->sharing.words);
            fit_put(j, "apart", &one->sharing.apart);
        }
        jot_end(j);
    }
    jot_end(j);
    jot_text(j, "groups_verdict", a->apart_words);
}

static void put_budget(Jot *j, const IsoflopBudget *b)
{
    jot_object(j, NULL);
    jot_real(j, "C", b->c);
    jot_count(j, "runs", b->npoint);
    jot_flag(j, "inside", b->inside);
    fit_put_interval(j, "N", b->n);
    fit_put_interval(j, "D", b->d);
    fit_put_interval(j, "loss", b->loss);
    jot_real(j, "bias_ln_n", b->bias_ln_n);
    jot_end(j);
}

static void put_ways(Jot *j, const FitWays *w)
{
    static const char *const name[FIT_WAYS] = { "envelope", "isoflop",
                                                "parametric" };
    jot_object(j, "approaches");
    for (int k = 0; k < FIT_WAYS; k++)
        if (w->way[k].done)
            put_line(j, name[k], &w->way[k].line);
        else if (w->way[k].asked)
            jot_text(j, name[k], w->way[k].why);
    if (w->akima)
        put_line(j, "isoflop_akima", &w->akima_line);
    jot_array(j, "budgets");
    for (i64 i = 0; i < w->nbudget; i++)
        put_budget(j, &w->budget[i]);
    jot_end(j);
    jot_end(j);
}

static void put_conventions(Jot *j, const FitAnswer *a)
{
    jot_array(j, "conventions");
    for (int k = 0; k < a->conventions.count; k++) {
        const FitCount *one = &a->conventions.item[k];
        jot_object(j, NULL);
        jot_text(j, "counts", one->counts);
        jot_text(j, "refused", one->done ? NULL : one->why);
        if (one->has_line)
            put_line(j, "optimum", &one->line);
        if (one->done)
            fit_put(j, "fit", &one->fit);
        jot_end(j);
    }
    jot_end(j);
}

void fit_json(Str *out, const FitAnswer *a)
{
    Jot j = jot_open(out);
    jot_object(&j, NULL);
    jot_text(&j, "scalelaw", "fit-answer");
    jot_array(&j, "fits");
    for (int k = 0; k < 2; k++)
        fit_put(&j, NULL, &a->side[k].fit);
    jot_end(&j);
    put_lines(&j, a);
    jot_count(&j, "runs_read", a->all.nrow);
    jot_array(&j, "holdout");
    for (int i = 0; i < a->nheld; i++)
        put_holdout(&j, NULL, &a->holdout[i]);
    jot_end(&j);
    put_windows(&j, a);
    put_noise(&j, &a->noise);
    put_suspects(&j, a);
    put_scores(&j, a);
    put_apart(&j, a);
    put_ways(&j, &a->ways);
    put_conventions(&j, a);
    jot_end(&j);
}
