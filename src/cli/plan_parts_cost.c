/* plan_parts_cost.c - the parts that follow from prices and rates: bills,
 * batches, returns, trends. They speak of the plan of the first law that has a
 * loss. */

#include "cli/plan_parts.h"

#include "base/quantity.h"
#include "plan/batch_time.h"
#include "plan/bill.h"
#include "plan/roi.h"
#include "plan/rules.h"
#include "plan/shape.h"

#include <math.h>

/* ---- The bill ------------------------------------------------------------------------ */

/* What a price is not known to better than, the compute that money buys is not
 * either. */
static void say_bought(Answer *answer, const PlanAsk *ask)
{
    const Deal deal = deal_settled(&ask->deal);
    if (isnan(ask->dollars) || !(deal.price_high > deal.price_low))
        return;
    const double mid = deal_flop_of_dollars(&ask->deal, ask->dollars);
    char         money[QUANTITY_TEXT];
    answer_note(answer, "At $%.3g to $%.3g a device-hour %s buys %.3g to %.3g "
                "FLOP; the plan takes $%.3g. --price says yours.",
                deal.price_low, deal.price_high,
                quantity_print(money, ask->dollars, QUANTITY_MONEY, 3),
                mid * deal.price / deal.price_high,
                mid * deal.price / deal.price_low, deal.price);
}

/* A budget that was worked out is known no better than the law knows it. */
static void say_spread(Answer *answer, const char *by, const Interval *c)
{
    if (c->high > c->low)
        answer_note(answer, "%s: the compute is %.3g to %.3g FLOP by the draws "
                    "of the fit, so all of this is %.2g to %.2g times what "
                    "stands here.", by, c->low, c->high, c->low / c->value,
                    c->high / c->value);
}

/* One column where all plans cost the same. */
PLAN_PART(cost)
{
    (void)arena, (void)err;
    answer_section(answer, "cost", "What it costs");
    if (!isnan(args->ask.flop)) {
        answer_bill(answer, NULL, &args->ask.deal, args->ask.flop);
        say_bought(answer, &args->ask);
        return true;
    }
    for (i64 i = 0; i < args->bys.count; i++) {
        PlanSolution at;
        Err          why = { 0 };
        if (!plan_solve(&at, &args->bys.item[i], &args->ask, &why))
            continue;
        answer_bill(answer, args->bys.item[i].name, &args->ask.deal, at.at.c);
        say_spread(answer, args->bys.item[i].name, &at.c);
    }
    return true;
}

/* ---- Batch and rate ------------------------------------------------------------------ */

static bool put_rules(Answer *answer, const PlanArgs *args, const PlanBy *by,
                      const PlanSolution *at, Err *err)
{
    ShapePlan shape;
    RuleRun   run = { .n = at->at.n, .d = at->at.d, .c = at->at.c,
                      .n_body = NAN, .n_head = NAN, .width = NAN,
                      .loss = at->at.loss, .tuned_lr = args->set.tuned_lr,
                      .tuned_d = args->set.tuned_d };
    const ShapeAsk want   = shape_ask(by, &args->ask, at);
    Err            no_way = { 0 };
    if (shape_find(&shape, &want, &no_way)) {
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

/* Today's budget is the plan's, or --money. */
PLAN_PART(trend)
{
    (void)arena;
    if (!args->ask.has_deal)
        return err_set(err, ERR_USAGE, "--goal: on which machine, at what "
                       "price? give --on=h100");
    double dollars = args->ask.dollars;
    if (isnan(dollars))
        dollars = deal_bill(&args->ask.deal, args->ask.flop).dollars;
    if (isnan(dollars))
        return err_set(err, ERR_USAGE, "--goal: with which budget? give "
                       "--money=$2M");
    for (i64 i = 0; i < args->bys.count; i++) {
        const PlanBy *by = &args->bys.item[i];
        if (plan_has_surface(by))
            return answer_trend(answer, by, &args->ask.deal, &args->set.trend,
                                dollars, args->goal_loss, err);
    }
    return err_set(err, ERR_USAGE, "--goal: a law that knows the loss is "
                   "needed; give --law=chinchilla");
}
