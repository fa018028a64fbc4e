/* analysis.c - from run records to everything the report says.
 *
 * The order is that of the argument: which runs count, what law they obey, by
 * three roads where the best size lies, how well the law foretold what it had
 * not seen, and what it advises for more compute. */

#include "report/analysis.h"

#include "base/file.h"
#include "report/curves.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

/* Which runs count --------------------------------------------------------- */

static bool is(const char *text, const char *what)
{
    return text && strcmp(text, what) == 0;
}

/* Held-out runs are left out of the fits by design, and are no exclusion. */
static void select_runs(RunList *fitted, Str *words, Arena *arena,
                        const RunList *all, const char *corpus)
{
    fitted->run   = NEW(arena, Run, all->count + 1);
    fitted->count = 0;
    for (i64 i = 0; i < all->count; i++) {
        const Run *run = &all->run[i];
        if (!is(run->group, "fit"))
            continue;
        if (corpus && run->corpus_sha256 && !is(run->corpus_sha256, corpus))
            str_add(words, "%s: of another corpus, %s\n", run->id,
                    run->corpus ? run->corpus : "unnamed");
        else if (is(run->status, "done") && isfinite(run->val_loss))
            fitted->run[fitted->count++] = *run;
        else if (is(run->status, "done"))
            str_add(words, "%s: done, but without a held-out loss\n", run->id);
        else if (!run->status || is(run->status, "interrupted"))
            str_add(words, "%s: not finished\n", run->id);
        else
            str_add(words, "%s: %s%s%s\n", run->id, run->status,
                    run->reason ? ", " : "", run->reason ? run->reason : "");
    }
}

/* Text that grew on the heap, moved to where the analysis lives. */
static Str kept(Arena *arena, Str *words)
{
    const Str out = { .text = words->text ? arena_text(arena, words->text)
                                          : arena_text(arena, ""),
                      .size = words->size };
    str_free(words);
    return out;
}

/* A study edited half-way leaves runs behind: they are named, and count for
 * nothing. */
static bool drop_unasked(Analysis *a, Str *words, Arena *arena, Err *err)
{
    const RunList all = a->on_disk;
    if (!study_plan_read(&a->plan_asked, arena, a->dir, err))
        return false;
    a->runs = all;
    if (a->plan_asked.count == 0)
        return true;
    a->runs = (RunList){ .run = NEW(arena, Run, all.count + 1) };
    for (i64 i = 0; i < all.count; i++)
        if (study_plan_find(&a->plan_asked, all.run[i].id))
            a->runs.run[a->runs.count++] = all.run[i];
        else
            str_add(words, "%s: no longer asked for by the study\n",
                    all.run[i].id);
    a->no_longer = all.count - a->runs.count;
    return true;
}

static bool load(Analysis *out, Arena *arena, Str *words, Err *err)
{
    const char *runs_dir = arena_print(arena, "%s/runs", out->dir);
    if (!study_read(&out->info, arena, out->dir, err)
        || !run_list(&out->on_disk, words, arena, runs_dir, err)
        || !drop_unasked(out, words, arena, err))
        return false;
    out->cost = (PlanCost){
        .family  = out->info.aspect > 0,
        .vocab   = out->info.vocab,
        .context = out->info.context,
        .aspect  = out->info.aspect,
        .layers_min = out->info.layers_min,
    };
    if (!count_n_find(&out->cost.counts, out->info.counts))
        return err_set(err, ERR_FORMAT, "%s/study.json: counts is \"%s\", "
                       "which is no way to count N; use body, body+head, total "
                       "or flop", out->dir, out->info.counts);
    select_runs(&out->fitted, words, arena, &out->runs,
                out->info.corpus_sha256);
    return curves_read(&out->curves, words, arena, &out->fitted,
                       out->cost.counts, runs_dir, err);
}

/* What law they obey ------------------------------------------------------- */

enum { COL_N, COL_D, COL_C, COL_LOSS, COL_BUDGET, COLS };

static Table fit_table(Arena *arena, const RunList *runs, CountN counts)
{
    static const char *const names[COLS] = { "N", "D", "C", "loss", "budget" };
    Table table = table_new(arena, COLS, names, runs->count);
    for (i64 i = 0; i < runs->count; i++) {
        const Run *run = &runs->run[i];
        table.column[COL_N][i]      = count_n(run->shape, counts);
        table.column[COL_D][i]      = (double)run->tokens;
        table.column[COL_C][i]      = run->flop;
        table.column[COL_LOSS][i]   = run->val_loss;
        table.column[COL_BUDGET][i] = run->budget;
        table.label[i]              = run->id;
    }
    return table;
}

static bool keep_fit(const Analysis *a, Arena *arena, const Fit *fit,
                     const char *name, Err *err)
{
    const char *path = arena_print(arena, "%s/fit/%s.json", a->dir, name);
    if (!fit->law) {
        unlink(path); /* of runs that are no more */
        return true;
    }
    Str text = { 0 };
    fit_write(&text, fit);
    const bool ok = file_write(path, text.text, text.size, err);
    str_free(&text);
    return ok;
}

bool analysis_keep(const Analysis *analysis, Err *err)
{
    Arena      arena = { 0 };
    const bool ok = dir_make(arena_print(&arena, "%s/fit", analysis->dir), err)
        && keep_fit(analysis, &arena, &analysis->huber, "huber", err)
        && keep_fit(analysis, &arena, &analysis->squares, "squares", err)
        && keep_fit(analysis, &arena, &analysis->outer, "outer", err);
    arena_free(&arena);
    return ok;
}

/* Runs that carry no law are no failure: the study may ask something else. */
static bool no_law(Analysis *out, Arena *arena, Err *err)
{
    if (err->kind != ERR_REFUSED)
        return err_add(err, "study %s", out->dir);
    out->huber.law = out->squares.law = out->outer.law = NULL;
    out->chosen_fit   = "";
    out->chosen_words = out->fitted.count > 0 ? arena_text(arena, err->text)
        : "no finished run is of the group that a law is fitted to";
    *err = (Err){ 0 };
    return true;
}

static bool fit_both(Analysis *out, Arena *arena, const Table *table,
                     FitOptions options, Err *err)
{
    const Law *law;
    if (!law_load(&law, arena, "chinchilla", err))
        return false;

    options.objective = FIT_HUBER_LOG;
    if (!fit_law(&out->huber, arena, law, table, options, err))
        return no_law(out, arena, err);
    options.objective = FIT_SQUARES;
    if (!fit_law(&out->squares, arena, law, table, options, err))
        return no_law(out, arena, err);
    out->huber.counts = out->squares.counts = out->info.counts;
    return true;
}

/* The wider law, with the outer exponent free: too few runs for it is no
 * failure. */
static bool fit_outer(Analysis *out, Arena *arena, const Table *table,
                      FitOptions options, Err *err)
{
    const Law *law;
    if (!out->huber.law)
        return true;
    if (!law_load(&law, arena, "outer-exponent", err))
        return false;
    options.objective = FIT_HUBER_LOG;
    if (!fit_law(&out->outer, arena, law, table, options, err)) {
        out->outer = (Fit){ .law = NULL };
        if (err->kind != ERR_REFUSED)
            return false;
        *err = (Err){ 0 };
        return true;
    }
    out->outer.counts = out->info.counts;
    return true;
}

/* Where the best size lies ------------------------------------------------- */

/* A refusal is an answer of this approach, not a failure of the analysis. */
static bool or_words(bool ok, Frontier *line, const char *approach, Err *err)
{
    if (ok)
        return true;
    if (err->kind != ERR_REFUSED)
        return false;
    const Interval unknown = { NAN, NAN, NAN };
    *line = (Frontier){ .approach = approach, .a = unknown, .b = unknown };
    snprintf(line->words, sizeof line->words, "%.390s", err->text);
    *err = (Err){ 0 };
    return true;
}

static bool has_law(const Analysis *a, Err *err)
{
    return a->chosen || err_set(err, ERR_REFUSED, "there is no law");
}

/* The least that a fitted run was given; without budgets, that it took. */
static double least_compute(const Analysis *a)
{
    double low = INFINITY;
    for (i64 i = 0; i < a->fitted.count; i++) {
        const Run *run = &a->fitted.run[i];
        low = fmin(low, run->budget > 0 ? run->budget : run->flop);
    }
    return low;
}

static bool frontiers(Analysis *out, Arena *arena, const Table *table,
                      FitOptions options, Err *err)
{
    const i64    bins = 200;
    const double low  = least_compute(out);
    const bool lines
        = or_words(isoflop_fit(&out->budget, &out->nbudget, &out->isoflop,
                               arena, table, options, err),
                   &out->isoflop, "isoflop", err);
    if (out->huber.law)
        isoflop_bias_of(out->budget, out->nbudget, table, &out->huber);
    if (out->curves.table.nrow < 2)
        err_set(err, ERR_REFUSED, "no learning curves were logged, so there is "
                "no envelope");
    return lines
        && or_words(err->kind != ERR_REFUSED
                    && envelope_fit(&out->envelope, arena, &out->curves.table,
                                    bins, options, err),
                    &out->envelope, "envelope", err)
        && or_words(has_law(out, err)
                    && plan_frontier(&out->parametric, arena, out->chosen,
                                  &out->cost, low, out->c_fit * 1.0001, 5, err),
                    &out->parametric, "parametric", err);
}

/* How well it foretold ----------------------------------------------------- */

static const Run *find_done(const RunList *runs, const char *id)
{
    for (i64 i = 0; i < runs->count; i++)
        if (is(runs->run[i].id, id) && is(runs->run[i].status, "done"))
            return &runs->run[i];
    return NULL;
}

static bool holdouts(Analysis *out, Arena *arena, Err *err)
{
    PredictionList list = { 0 };
    if (!prediction_read(&list, arena, out->dir, err))
        return false;
    out->holdout  = NEW(arena, HoldoutRow, list.count + 1);
    out->nholdout = list.count;
    for (i64 i = 0; i < list.count; i++) {
        HoldoutRow *row = &out->holdout[i];
        *row = (HoldoutRow){ .predicted = list.item[i], .measured = NAN,
                             .measured_se = NAN, .error = NAN };
        row->run = find_done(&out->runs, list.item[i].run_id);
        if (!row->run)
            continue;
        row->measured    = row->run->val_loss;
        row->measured_se = row->run->val_se;
        row->error       = list.item[i].loss / row->measured - 1;
    }
    if (list.count == 0)
        return true;

    const char *path = arena_print(arena, "%s/prediction.sha256", out->dir);
    char *hash;
    i64   size;
    if (!file_read(&hash, &size, arena, path, err))
        return false;
    hash[strcspn(hash, " \n")] = 0;
    out->prediction_hash = hash;
    return true;
}

static void append(RunList *out, const RunList *from, const char *group)
{
    for (i64 i = 0; i < from->count; i++)
        if (is(from->run[i].group, group) && is(from->run[i].status, "done"))
            out->run[out->count++] = from->run[i];
}

/* A parabola through the held-out runs, and its interval from the scatter of
 * all: the fitted budgets are given along for that alone. The line through all
 * vertices is not kept: it would know what it is to be held against. */
static bool held_minimum(Analysis *out, Arena *arena, FitOptions options,
                         Err *err)
{
    RunList both = { .run = NEW(arena, Run, out->runs.count + 1) };
    append(&both, &out->runs, "holdout");
    if (both.count == 0)
        return true;
    append(&both, &out->fitted, "fit");
    const Table    table = fit_table(arena, &both, out->cost.counts);
    IsoflopBudget *budget;
    Frontier       line;
    i64            count;
    if (!or_words(isoflop_fit(&budget, &count, &line, arena, &table, options,
                              err), &line, "isoflop", err))
        return false;
    for (i64 i = 0; i < count; i++)
        if (fabs(log(budget[i].c / out->info.holdout)) < 0.05)
            out->held_minimum = budget[i];
    return true;
}

static bool held_plan(Analysis *out, Err *err)
{
    out->held_plan = (Plan){ .c = NAN };
    if (!isfinite(out->info.holdout) || !out->chosen
        || plan_budget(&out->held_plan, out->chosen, &out->cost,
                       out->info.holdout, out->c_fit, err))
        return true;
    if (err->kind != ERR_REFUSED)
        return false;
    out->held_plan = (Plan){ .c = NAN };
    *err = (Err){ 0 };
    return true;
}

/* What it advises ---------------------------------------------------------- */

static bool plan_one(Analysis *out, Arena *arena, double c, Err *err)
{
    Plan *plan  = &out->plan[out->nplan];
    Plan *other = &out->plan_squares[out->nplan];
    if (!plan_budget(plan, out->chosen, &out->cost, c, out->c_fit, err)) {
        if (err->kind != ERR_REFUSED)
            return false;
        out->plan_words = arena_text(arena, err->text);
        *err = (Err){ 0 };
        return true;
    }
    if (!plan_budget(other, &out->squares, &out->cost, c, out->c_fit, err)) {
        const Interval unknown = { NAN, NAN, NAN };
        *other = (Plan){ .c = c, .n = unknown, .d = unknown, .loss = unknown,
                         .ratio = unknown, .extrapolation = c / out->c_fit,
                         .width = NAN, .layers = NAN };
        *err = (Err){ 0 };
    }
    out->nplan++;
    return true;
}

static bool plans(Analysis *out, Arena *arena, Err *err)
{
    const RealList *multiples = &out->info.plan_multiples;
    out->plan         = NEW(arena, Plan, multiples->count + 1);
    out->plan_squares = NEW(arena, Plan, multiples->count + 1);
    if (!out->chosen) {
        out->plan_words = "Without a law there is nothing to plan by.";
        return true;
    }
    for (i64 i = 0; i < multiples->count; i++)
        if (!plan_one(out, arena, multiples->item[i] * out->c_largest, err))
            return false;
    return true;
}

/* All of it ---------------------------------------------------------------- */

/* Runs of sizes times tokens have no budget: then it is what they took. */
static void largest_budgets(Analysis *out)
{
    for (i64 i = 0; i < out->fitted.count; i++)
        out->c_fit = fmax(out->c_fit, out->fitted.run[i].budget);
    const bool none = !(out->c_fit > 0);
    for (i64 i = 0; i < out->fitted.count && none; i++)
        out->c_fit = fmax(out->c_fit, out->fitted.run[i].flop);
    out->c_largest = out->c_fit;
    for (i64 i = 0; i < out->info.budgets.count; i++)
        out->c_largest = fmax(out->c_largest, out->info.budgets.item[i]);
}

static bool make(Analysis *out, Arena *arena, Str *words, int threads, Err *err)
{
    if (!load(out, arena, words, err))
        return false;
    largest_budgets(out);

    FitOptions options = fit_defaults();
    options.resamples = out->info.resamples;
    options.seed      = out->info.seed;
    options.threads   = threads;
    const Table table = fit_table(arena, &out->fitted, out->cost.counts);
    if (!fit_both(out, arena, &table, options, err)
        || !fit_outer(out, arena, &table, options, err))
        return false;
    if (out->huber.law)
        analysis_choose(out, arena);
    return frontiers(out, arena, &table, options, err)
        && holdouts(out, arena, err)
        && held_minimum(out, arena, options, err) && held_plan(out, err)
        && plans(out, arena, err)
        && analysis_finds(out, words, arena, &table, options, err);
}

bool analysis_make(Analysis *out, Arena *arena, const char *study_dir,
                   int threads, Err *err)
{
    Str words = { 0 };
    *out = (Analysis){ .dir = arena_text(arena, study_dir) };
    const bool ok = make(out, arena, &words, threads, err);
    out->excluded = kept(arena, &words);
    return ok;
}

const Run *analysis_best(const Analysis *analysis)
{
    const Run *best = NULL;
    for (i64 i = 0; i < analysis->runs.count; i++) {
        const Run *run = &analysis->runs.run[i];
        if (is(run->status, "done") && isfinite(run->val_loss)
            && (!best || run->val_loss < best->val_loss))
            best = run;
    }
    return best;
}

const char *analysis_token(const Analysis *analysis)
{
    const bool bytes = fabs(analysis->info.bytes_per_token - 1) < 1e-9;
    return bytes ? "byte" : "token";
}

const char *analysis_loss_words(char out[64], const Analysis *analysis,
                                const Run *run)
{
    if (isfinite(run->val_bpb))
        snprintf(out, 64, "%.3f bits per byte", run->val_bpb);
    else
        snprintf(out, 64, "%.4f nats per %s", run->val_loss,
                 analysis_token(analysis));
    return out;
}
