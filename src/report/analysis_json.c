/* analysis_json.c - the analysis for programs: the same numbers as the page, in
 * full precision. What is not known is null. */

#include "report/analysis.h"

#include "base/jot.h"
#include "report/find_table.h"

#include <string.h>

static void put_fit(Jot *j, const char *key, const Fit *fit)
{
    if (!fit->law) {
        jot_text(j, key, NULL);
        return;
    }
    jot_object(j, key);
    jot_text(j, "law", fit->law->name);
    jot_text(j, "formula", fit->law->formula);
    jot_count(j, "runs", fit->nrow);
    jot_object(j, "constants");
    for (int i = 0; i < fit->law->nparam; i++)
        fit_put_interval(j, fit->law->param[i].name,
                     (Interval){ fit->theta[i], fit->low[i], fit->high[i] });
    jot_end(j);
    jot_real(j, "objective", fit->objective);
    jot_real(j, "rmse_log", fit->rmse_log);
    jot_text(j, "certificate", fit->certificate.words);
    jot_end(j);
}

static void put_frontier(Jot *j, const Frontier *line)
{
    jot_object(j, line->approach);
    jot_count(j, "points", line->npoint);
    fit_put_interval(j, "a", line->a);
    fit_put_interval(j, "b", line->b);
    jot_text(j, "words", line->words);
    jot_end(j);
}

static void put_minimum(Jot *j, const char *key, const IsoflopBudget *b)
{
    jot_object(j, key);
    jot_real(j, "c", b->c);
    jot_count(j, "runs", b->npoint);
    jot_flag(j, "inside", b->inside);
    fit_put_interval(j, "n", b->n);
    fit_put_interval(j, "d", b->d);
    fit_put_interval(j, "loss", b->loss);
    jot_end(j);
}

static void put_budgets(Jot *j, const Analysis *a)
{
    jot_array(j, "isoflop_minima");
    for (i64 i = 0; i < a->nbudget; i++)
        put_minimum(j, NULL, &a->budget[i]);
    jot_end(j);
    if (a->held_minimum.npoint > 0)
        put_minimum(j, "holdout_minimum", &a->held_minimum);
}

static void put_holdout(Jot *j, const Analysis *a)
{
    jot_array(j, "holdout");
    for (i64 i = 0; i < a->nholdout; i++) {
        const HoldoutRow *row = &a->holdout[i];
        const Prediction *p   = &row->predicted;
        jot_object(j, NULL);
        jot_text(j, "run", p->run_id);
        jot_text(j, "fit", p->fit);
        jot_real(j, "n", p->n);
        jot_real(j, "d", p->d);
        jot_real(j, "c", p->c);
        fit_put_interval(j, "predicted", (Interval){ p->loss, p->low, p->high });
        jot_real(j, "measured", row->measured);
        jot_real(j, "measured_se", row->measured_se);
        jot_real(j, "error", row->error);
        jot_end(j);
    }
    jot_end(j);
}

static void put_plans(Jot *j, const char *key, const Plan *plan, i64 count)
{
    jot_array(j, key);
    for (i64 i = 0; i < count; i++) {
        jot_object(j, NULL);
        jot_real(j, "c", plan[i].c);
        fit_put_interval(j, "n", plan[i].n);
        fit_put_interval(j, "d", plan[i].d);
        fit_put_interval(j, "ratio", plan[i].ratio);
        fit_put_interval(j, "loss", plan[i].loss);
        jot_real(j, "layers", plan[i].layers);
        jot_real(j, "width", plan[i].width);
        jot_real(j, "extrapolation", plan[i].extrapolation);
        jot_end(j);
    }
    jot_end(j);
}

static void put_excluded(Jot *j, const char *text)
{
    jot_array(j, "excluded");
    while (text && *text) {
        Str       line = { 0 };
        const i64 size = (i64)strcspn(text, "\n");
        str_bytes(&line, text, size);
        jot_text(j, NULL, line.text);
        str_free(&line);
        text += size + (text[size] == '\n');
    }
    jot_end(j);
}

static void put_findings(Jot *j, const Analysis *a)
{
    Arena       arena = { 0 };
    FindTable   table[FIND_TABLES];
    const char *name[FIND_TABLES];
    const int   count = find_tables(table, name, &arena, a);
    jot_object(j, "findings");
    for (int k = 0; k < count; k++)
        find_table_json(j, &table[k], name[k]);
    jot_end(j);
    arena_free(&arena);
}

void analysis_json(const Analysis *a, Str *out)
{
    Jot j = jot_open(out);
    jot_object(&j, NULL);
    jot_text(&j, "study", a->info.name);
    jot_text(&j, "corpus_sha256", a->info.corpus_sha256);
    jot_text(&j, "counts", a->info.counts);
    jot_count(&j, "runs_fitted", a->fitted.count);
    put_excluded(&j, a->excluded.text);
    put_fit(&j, "huber", &a->huber);
    put_fit(&j, "squares", &a->squares);
    if (a->outer.law)
        put_fit(&j, "outer", &a->outer);
    jot_text(&j, "chosen", a->chosen ? a->chosen_fit : NULL);
    jot_text(&j, "chosen_words", a->chosen_words);
    jot_object(&j, "frontier");
    put_frontier(&j, &a->envelope);
    put_frontier(&j, &a->isoflop);
    put_frontier(&j, &a->parametric);
    jot_end(&j);
    put_budgets(&j, a);
    jot_text(&j, "prediction_sha256", a->prediction_hash);
    put_holdout(&j, a);
    put_plans(&j, "plan", a->plan, a->nplan);
    put_plans(&j, "plan_squares", a->plan_squares, a->nplan);
    finds_json(&j, &a->finds);
    put_findings(&j, a);
    jot_end(&j);
}
