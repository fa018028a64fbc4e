/* cmd_plan.c - `scalelaw plan`: how large a model, on how much data, for this
 * much of whatever there is; by one law or by several side by side. */

#include "base/file.h"
#include "base/jot.h"
#include "cli/cmd.h"
#include "cli/plan_sections.h"
#include "cli/plan_show.h"
#include "plan/shape.h"
#include "report/planner.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static bool to_stdout(const char *path)
{
    return path && strcmp(path, "-") == 0;
}

/* ---- For programs ---------------------------------------------------------------- */

static void jot_plan(Jot *j, const PlanBy *by, const PlanAsk *ask)
{
    PlanSolution at;
    Err          err = { 0 };
    const bool   ok  = plan_solve(&at, by, ask, &err);
    jot_object(j, NULL);
    jot_real(j, "flop", ok ? at.at.c : ask->flop);
    jot_text(j, "by", by->name);
    jot_text(j, "law", by->fit.law ? by->fit.law->name : NULL);
    jot_text(j, "formula", by->formula);
    jot_text(j, "counts", by->counts);
    jot_text(j, "cost", by->cost.family ? "family" : "6ND");
    if (ok) {
        const Size size = size_at(&by->cost, at.at.u);
        fit_put_interval(j, "n", at.n);
        fit_put_interval(j, "d", at.d);
        fit_put_interval(j, "ratio", at.ratio);
        fit_put_interval(j, "loss", at.loss);
        jot_real(j, "layers", size.layers);
        jot_real(j, "width", size.width);
        jot_real(j, "extrapolation", at.extrapolation);
    }
    jot_text(j, "refused", ok ? NULL : err.text);
    jot_text(j, "source", by->source);
    jot_text(j, "caveat", by->caveat);
    jot_end(j);
}

/* { "plans": one a budget and law, "answers": one a budget, all sections } */
static void print_json(const PlanArgs *asked, const Answer *answer, i64 count)
{
    Str text = { 0 };
    Jot j    = jot_open(&text);
    jot_object(&j, NULL);
    jot_array(&j, "plans");
    for (i64 b = 0; b < count; b++)
        for (i64 i = 0; i < asked[b].bys.count; i++)
            if (plan_ask_something(&asked[b].ask))
                jot_plan(&j, &asked[b].bys.item[i], &asked[b].ask);
    jot_end(&j);
    jot_array(&j, "answers");
    for (i64 b = 0; b < count; b++) {
        jot_object(&j, NULL);
        jot_real(&j, "flop", asked[b].ask.flop);
        answer_jot(&j, &answer[b]);
        jot_end(&j);
    }
    jot_end(&j);
    jot_end(&j);
    puts(text.text);
    str_free(&text);
}

/* ---- A configuration ----------------------------------------------------------------- */

/* What scalelaw trains is bytes, so that is what is written unless another
 * vocabulary is asked for. */
static bool emit_config(const PlanArgs *args, Err *err)
{
    const PlanBy *by = &args->bys.item[0];
    PlanSolution  at;
    ShapePlan     plan;
    Str           text = { 0 };
    if (!plan_solve(&at, by, &args->ask, err))
        return false;
    ShapeAsk want = shape_ask(by, &args->ask, &at);
    if (isnan(args->ask.vocab))
        want.vocab = 256;
    if (isnan(args->ask.context) && by->cost.context == 0)
        want.context = 256;
    if (!shape_find(&plan, &want, err))
        return false;
    shape_config(&text, &plan, by->name);
    bool ok = true;
    if (to_stdout(args->emit_config))
        fputs(text.text, stdout);
    else
        ok = file_write(args->emit_config, text.text, text.size, err);
    if (ok && !to_stdout(args->emit_config))
        fprintf(stderr, "%s: %lldx%lld, %lld steps, %.4g FLOP by exact count "
                "(%.4g asked for); scalelaw train %s --corpus=NAME\n",
                args->emit_config, (long long)plan.shape.layers,
                (long long)plan.shape.width, (long long)plan.steps, plan.flop,
                want.c, args->emit_config);
    str_free(&text);
    return ok;
}

/* ---- A page ------------------------------------------------------------------------------ */

/* The laws that were asked for, one's own first; frontiers have no surface for
 * sliders to move over. */
static bool emit_page(const PlanArgs *args, Arena *arena, Err *err)
{
    PlannerLaw *law   = NEW(arena, PlannerLaw, args->bys.count + 1);
    i64         count = 0;
    Str         text  = { 0 };
    for (i64 i = 0; i < args->bys.count; i++) {
        const PlanBy *by = &args->bys.item[i];
        if (by->fit.law)
            law[count++] = (PlannerLaw){
                .name = by->name, .source = by->source, .caveat = by->caveat,
                .token = by->cost.family && by->cost.vocab == 256 ? "byte"
                                                                  : "token",
                .fit = &by->fit, .cost = &by->cost, .c_max = by->c_max,
                .budget = isnan(args->ask.flop) ? 5.76e23 : args->ask.flop };
    }
    bool ok = planner_page(&text, "Planner", law, count, err);
    if (ok && to_stdout(args->page))
        fputs(text.text, stdout);
    else if (ok)
        ok = file_write(args->page, text.text, text.size, err);
    str_free(&text);
    return ok;
}

/* ---- The command ------------------------------------------------------------------------ */

static void head(const PlanAsk *ask, i64 index, i64 count)
{
    if (count > 1)
        printf("%s%.3g FLOP (%.3g PF-days)\n\n", index ? "\n" : "", ask->flop,
               ask->flop / 8.64e19);
}

/* A configuration or a page on standard output stands there alone. */
static bool one_output(const PlanArgs *a, Err *err)
{
    if (to_stdout(a->emit_config) + to_stdout(a->page) + a->json <= 1)
        return true;
    return err_set(err, ERR_USAGE, "--json, --emit-config=- and --page=- all "
                   "want standard output; name files for all but one");
}

static void print(const PlanArgs *asked, const Answer *answer, i64 count)
{
    if (to_stdout(asked->emit_config) || to_stdout(asked->page))
        return;
    if (asked->json)
        print_json(asked, answer, count);
    for (i64 b = 0; !asked->json && b < count; b++) {
        head(&asked[b].ask, b, count);
        plan_show(stdout, &answer[b], asked->explain);
    }
}

static bool plan(PlanArgs *args, Arena *arena, Err *err)
{
    if (!one_output(args, err) || !plan_opts_settle(args, arena, err))
        return false;
    const i64 count  = i64_max(1, args->nbudget);
    PlanArgs *asked  = NEW(arena, PlanArgs, count);
    Answer   *answer = NEW(arena, Answer, count);
    for (i64 b = 0; b < count; b++) {
        asked[b] = *args;
        if (args->nbudget > 0)
            asked[b].ask.flop = args->budget[b];
        answer[b] = answer_new(arena);
        if (!plan_sections(&answer[b], arena, &asked[b], err))
            return false;
    }
    print(asked, answer, count);
    return (!args->page || emit_page(args, arena, err))
        && (!args->emit_config || emit_config(args, err));
}

bool cmd_plan(int argc, char **argv, Err *err)
{
    Arena    arena = { 0 };
    PlanArgs args  = { 0 };
    const bool ok = plan_opts_read(&args, &arena, argc, argv, err)
                 && (args.helped || plan(&args, &arena, err));
    arena_free(&arena);
    return ok;
}
