/* plan_parts.c - the parts that follow from laws alone. */

#include "cli/plan_parts.h"

#include "plan/around.h"
#include "plan/bill.h"
#include "plan/bottleneck.h"
#include "plan/inference.h"
#include "plan/limited.h"
#include "plan/overtrain.h"
#include "plan/shape.h"
#include "plan/solve_answer.h"

#include <math.h>

bool plan_first(const PlanBy **by, PlanSolution *at, const PlanArgs *args)
{
    for (i64 i = 0; i < args->bys.count; i++) {
        Err err = { 0 };
        *by = &args->bys.item[i];
        if (plan_has_surface(*by) && plan_solve(at, *by, &args->ask, &err))
            return true;
    }
    return false;
}

PLAN_PART(plan)
{
    (void)arena;
    return answer_plan(answer, &args->bys, &args->ask, err);
}

PLAN_PART(common)
{
    (void)arena, (void)err;
    answer_common(answer, &args->bys, &args->ask);
    return true;
}

PLAN_PART(more)
{
    (void)arena;
    return answer_more(answer, &args->bys, &args->ask, err);
}

/* What the hours cost that it is published to have taken, on the machine and
 * grid of the question: with its own, the published energy and carbon. */
static void put_hours(Answer *answer, const Card *card, const PlanArgs *args)
{
    if (!args->ask.has_deal || !(card->device_hours > 0))
        return;
    answer_section(answer, "hours", arena_print(answer->arena, "Its %.4g "
                   "device-hours on %s", card->device_hours,
                   args->ask.deal.machine.title));
    Deal         deal = args->ask.deal;
    const double peak = deal_settled(&deal).peak * 3600 * card->device_hours;
    if (isnan(deal.mfu) && card_c(card) < peak) {
        deal.mfu = card_c(card) / peak;
        answer_note(answer, "%.3g FLOP in these hours are an MFU of %.1f %%.",
                    card_c(card), 100 * deal.mfu);
    }
    answer_bill_hours(answer, NULL, &deal, card->device_hours);
}

PLAN_PART(models)
{
    (void)arena, (void)err;
    for (i64 i = 0; i < args->ncard; i++) {
        answer_card(answer, &args->card[i], &args->bys);
        put_hours(answer, &args->card[i], args);
        answer_what_if(answer, &args->card[i], &args->bys, args->ask.params);
    }
    for (i64 i = 0; args->cards.count > 0 && i < args->bys.count; i++)
        if (plan_has_surface(&args->bys.item[i])) {
            answer_cards(answer, &args->cards, &args->bys.item[i]);
            break;
        }
    return true;
}

PLAN_PART(inference)
{
    (void)arena, (void)err;
    answer_inference(answer, &args->bys, &args->ask);
    return true;
}

/* Beside the laws asked for stands the one that was fitted to repeated text. */
PLAN_PART(data)
{
    PlanBys with = { args->bys.count + 1,
                     NEW(arena, PlanBy, args->bys.count + 1) };
    for (i64 i = 0; i < args->bys.count; i++)
        with.item[i] = args->bys.item[i];
    if (!limited_published(&with.item[args->bys.count], arena, err))
        return false;
    answer_limited(answer, &with, &args->ask);
    return true;
}

PLAN_PART(around)
{
    (void)arena, (void)err;
    answer_around(answer, &args->bys, &args->ask);
    return true;
}

PLAN_PART(bottleneck)
{
    (void)arena, (void)err;
    answer_bottleneck(answer, &args->bys, &args->ask);
    return true;
}

PLAN_PART(overtrain)
{
    (void)arena, (void)err;
    answer_overtrain(answer, &args->bys, &args->ask);
    return true;
}

PLAN_PART(shape)
{
    (void)arena;
    return answer_shape(answer, &args->bys, &args->ask, err);
}

PLAN_PART(laws)
{
    (void)arena, (void)err;
    answer_laws(answer, &args->bys);
    return true;
}

/* ---- In a few sentences ------------------------------------------------------------ */

static void say_valley(Answer *answer, const PlanBy *by, const Surface *s,
                       const PlanPoint *best)
{
    double    low, high;
    WrongSize half, twice;
    if (!around_valley(&low, &high, s, best, 0.01)
        || !around_wrong(&half, s, best, 0.5)
        || !around_wrong(&twice, s, best, 2))
        return;
    answer_note(answer, "The valley is flat: by %s any N from %.2g to %.2g "
                "times the best wastes less than 1 %% of the compute; half the "
                "best N wastes %.1f %%, twice it %.1f %%. --show=around says "
                "more.", by->name, low, high, 100 * half.wasted,
                100 * twice.wasted);
}

static void say_bottleneck(Answer *answer, const PlanBy *by, const Surface *s,
                           const PlanPoint *at)
{
    const Bottleneck b = bottleneck_of(s, at->n, at->d, NAN);
    answer_note(answer, "Of the loss of %.4g, %.4g is the floor, %.3g is owed "
                "to the size and %.3g to the data; ten times the N would gain "
                "%.3g, ten times the D %.3g.", b.loss, b.floor, b.size, b.data,
                b.more_n, b.more_d);
    (void)by;
}

PLAN_PART(matters)
{
    (void)arena, (void)err;
    const PlanBy *by;
    PlanSolution  at;
    if (!plan_first(&by, &at, args))
        return true;
    const Surface   s    = surface_of(by, by->fit.theta);
    const PlanPoint best = plan_best(&s, at.at.c, NAN);
    answer_section(answer, "matters", "Worth knowing");
    if (isfinite(best.loss))
        say_valley(answer, by, &s, &best);
    say_bottleneck(answer, by, &s, &at.at);
    if (at.extrapolation > 1)
        answer_note(answer, "%s: this is %.3g times the compute of its largest "
                    "run, so it is a projection and no measurement.", by->name,
                    at.extrapolation);
    return true;
}
