/* plan_parts_cost.c - the parts that follow from machines: batches, memory,
 * bills, returns, trends. They speak of the plan of the first law that has a
 * loss. */

#include "cli/plan_parts.h"

#include "plan/batch_time.h"
#include "plan/bill.h"
#include "plan/roi.h"
#include "plan/rules.h"
#include "plan/shape.h"
#include "plan/trend.h"

#include <math.h>
#include <time.h>

/* ---- The bill ------------------------------------------------------------------------ */

/* One column where all plans cost the same. */
PLAN_PART(cost)
{
    (void)arena, (void)err;
    answer_section(answer, "cost", "What it costs");
    if (!isnan(args->ask.flop)) {
        answer_bill(answer, NULL, &args->ask.deal, args->ask.flop);
        return true;
    }
    for (i64 i = 0; i < args->bys.count; i++) {
        PlanSolution at;
        Err          why = { 0 };
        if (plan_solve(&at, &args->bys.item[i], &args->ask, &why))
            answer_bill(answer, args->bys.item[i].name, &args->ask.deal,
                        at.at.c);
    }
    return true;
}

/* ---- Batch and rate ------------------------------------------------------------------ */

static bool shaped(ShapePlan *out, const PlanBy *by, const PlanSolution *at,
                   const PlanAsk *ask)
{
    Err            err  = { 0 };
    const ShapeAsk want = shape_ask(by, ask, at);
    return shape_find(out, &want, &err);
}

static bool put_rules(Answer *answer, const PlanArgs *args, const PlanBy *by,
                      const PlanSolution *at, Err *err)
{
    ShapePlan shape;
    RuleRun   run = { .n = at->at.n, .d = at->at.d, .c = at->at.c,
                      .n_body = NAN, .n_head = NAN, .width = NAN,
                      .loss = at->at.loss, .tuned_lr = NAN, .tuned_d = NAN };
    if (shaped(&shape, by, at, &args->ask)) {
        run.n_body = count_n(shape.shape, N_BODY);
        run.n_head = count_n(shape.shape, N_BODY_HEAD);
        run.width  = (double)shape.shape.width;
    }
    answer_section(answer, "rules", "Rules for rate and batch");
    if (!answer_rules(answer, &run, err))
        return false;
    answer_note(answer, "For the plan of %s.", by->name);
    return true;
}

PLAN_PART(batch)
{
    const PlanBy *by;
    PlanSolution  at;
    if (!plan_first(&by, &at, args))
        return true;
    if (!put_rules(answer, args, by, &at, err))
        return false;
    if (!args->ask.has_deal)
        return true;
    BatchAsk ask = { .e_min = at.at.d, .flop_per_token = at.at.c / at.at.d,
                     .per_device = isnan(args->ask.context)
                                       ? 2048 : args->ask.context,
                     .source = "Kaplan et al. 2020, equation 1.4" };
    if (!batch_critical(&ask.b_crit, arena, at.at.loss, err))
        return false;
    answer_section(answer, "batch", "Time against compute, by the batch");
    answer_batch(answer, &ask, &args->ask.deal);
    return true;
}

/* ---- Memory --------------------------------------------------------------------------- */

PLAN_PART(memory)
{
    (void)arena;
    const PlanBy *by;
    PlanSolution  at;
    if (!plan_first(&by, &at, args))
        return true;
    ShapePlan        shape;
    const ShapeAsk   want  = shape_ask(by, &args->ask, &at);
    const MemoryPlan plain = memory_defaults();
    if (!shape_find(&shape, &want, err))
        return false;
    const MemoryModel model = { .n = NAN, .shape = shape.shape };
    answer_section(answer, "memory", "Will it fit");
    MemoryPlan plan    = plain;
    const Deal deal    = deal_settled(&args->ask.deal);
    double     devices = args->ask.has_deal ? deal.devices : 1;
    plan.data = devices;
    answer_zero(answer, NULL, &model, &plan);
    if (!args->ask.has_deal)
        return true;
    if (devices <= 1)
        devices = 0; /* as few as possible */
    if (memory_arrange(&plan, &devices, &model, &plain, deal.machine.memory))
        answer_note(answer, "Arranged on %.0f devices: data %.0f, tensor %.0f, "
                    "pipeline %.0f, ZeRO %d, recomputation %s.", devices,
                    plan.data, plan.tensor, plan.pipeline, plan.zero,
                    memory_recompute_name(plan.recompute));
    answer_memory(answer, NULL, &model, &plan, &deal.machine);
    answer_speed(answer, NULL, &args->ask.deal, shape.flop_per_token,
                 shape.tokens, memory_recompute(&model, plan.recompute));
    return true;
}

/* ---- Returns and trends ------------------------------------------------------------------ */

PLAN_PART(roi)
{
    (void)arena;
    const PlanBy *by;
    PlanSolution  at;
    if (!plan_first(&by, &at, args))
        return true;
    const RoiAsk ask = { .c = at.at.c,
                         .deal = args->ask.has_deal ? &args->ask.deal : NULL,
                         .score = args->score.fit ? &args->score : NULL };
    return answer_roi(answer, by, &ask, err);
}

static double this_year(void)
{
    const time_t now = time(NULL);
    struct tm    day;
    gmtime_r(&now, &day);
    return 1900 + day.tm_year + day.tm_yday / 365.25;
}

/* Today's budget is the plan's, or --money. */
PLAN_PART(trend)
{
    (void)arena;
    if (!args->ask.has_deal)
        return err_set(err, ERR_USAGE, "--goal: on which machine, at what "
                       "price? give --on=h100");
    const Trend trend   = trend_defaults(this_year());
    double      dollars = args->ask.dollars;
    if (isnan(dollars))
        dollars = deal_bill(&args->ask.deal, args->ask.flop).dollars;
    if (isnan(dollars))
        return err_set(err, ERR_USAGE, "--goal: with which budget? give "
                       "--money=$2M");
    for (i64 i = 0; i < args->bys.count; i++) {
        const PlanBy *by = &args->bys.item[i];
        if (plan_has_surface(by))
            return answer_trend(answer, by, &args->ask.deal, &trend, dollars,
                                args->goal_loss, err);
    }
    return err_set(err, ERR_USAGE, "--goal: a law that knows the loss is "
                   "needed; give --law=chinchilla");
}
