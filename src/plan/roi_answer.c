/* roi_answer.c - returns as items, one column a budget (declared in roi.h).
 *
 * Draws go through every number: each is a law that the runs could as well have
 * given, with its own slopes. A score has errors of its own; they are added to
 * those of the loss as independent ones are, by squares. */

#include "plan/roi.h"

#include "plan/filled.h"

#include <math.h>
#include <stdio.h>

static const char frontier[] = "slope of the least loss along the frontier";

enum { LOSS, SLOPE, DOUBLING, ONE_PERCENT, NUMBERS };

typedef struct At { double c, u; } At;

static bool numbers(double *out, const Surface *s, const void *of)
{
    const At *at = of;
    RoiPoint  point;
    if (!roi_at(&point, s, at->c, at->u))
        return false;
    out[LOSS]        = point.loss;
    out[SLOPE]       = point.slope;
    out[DOUBLING]    = point.doubling;
    out[ONE_PERCENT] = point.one_percent;
    return true;
}

static Interval scaled(Interval x, double factor)
{
    return (Interval){ x.value * factor, x.low * factor, x.high * factor };
}

static double score_at(const Score *score, double loss)
{
    return law_one(score->fit->law, score->fit->theta, &loss);
}

static double apart(double a, double b)
{
    return isnan(a) ? b : isnan(b) ? a : sqrt(a * a + b * b);
}

/* Of the loss's interval and of the score's own. */
static Interval score_interval(const Score *score, Interval loss)
{
    const Interval own  = fit_predict(score->fit, &loss.value);
    const double   one  = score_at(score, loss.low);
    const double   two  = score_at(score, loss.high);
    const double   here = own.value;
    return (Interval){ here,
                       here - apart(here - fmin(one, two), here - own.low),
                       here + apart(fmax(one, two) - here, own.high - here) };
}

static void put_rates(Answer *answer, const char *name, const Deal *deal,
                      const Interval x[NUMBERS], double c)
{
    const Bill   bill = deal_bill(deal, c);
    const double kg   = bill.kg;
    const struct { const char *key, *label; double of; } row[] = {
        { "nats_per_dollar", "nats a dollar more", bill.dollars },
        { "nats_per_kwh", "nats a kWh more", bill.kwh },
        { "nats_per_hour", "nats a device-hour more", bill.device_hours },
    };
    AnswerItem *item = answer_put(answer, name, "dollars", "money",
                                  ANSWER_DOLLARS,
                                  (Interval){ bill.dollars, bill.dollars_low,
                                              bill.dollars_high });
    answer_because(answer, item, deal->machine.source, "C / (FLOP a dollar) = "
                   "%.4g / %.4g = %.4g", c, deal_flop_per_dollar(deal),
                   bill.dollars);
    item = answer_number(answer, name, "kwh", "energy", ANSWER_KWH, bill.kwh);
    item->source = deal->machine.source;
    for (int i = 0; i < COUNT_OF(row); i++) {
        item = answer_put(answer, name, row[i].key, row[i].label, ANSWER_PLAIN,
                          scaled(x[SLOPE], 1 / row[i].of));
        answer_because(answer, item, frontier, "(-dL/d ln C) / cost = %.4g / "
                       "%.4g = %.4g", x[SLOPE].value, row[i].of,
                       x[SLOPE].value / row[i].of);
    }
    item = answer_put(answer, name, "kg_per_millinat", "carbon of the next "
                      "millinat", ANSWER_KG,
                      (Interval){ 1e-3 * kg / x[SLOPE].value,
                                  1e-3 * kg / x[SLOPE].high,
                                  1e-3 * kg / x[SLOPE].low });
    if (!isnan(kg))
        answer_because(answer, item, frontier, "0.001 * kg / (-dL/d ln C) = "
                       "0.001 * %.4g / %.4g = %.4g", kg, x[SLOPE].value,
                       1e-3 * kg / x[SLOPE].value);
}

static void put_point(Answer *answer, const PlanBy *by, const RoiAsk *ask,
                      double c, double u)
{
    const char *name = arena_print(answer->arena, "%.3g FLOP", c);
    const At    at   = { c, u };
    Interval    x[NUMBERS];
    plan_intervals(x, NUMBERS, by, numbers, &at, PLAN_DRAWS_FEW);
    if (isnan(x[LOSS].value)) {
        answer_note(answer, "%s has no best size at %.3g FLOP.", by->name, c);
        return;
    }
    AnswerItem *item = answer_put(answer, name, "loss", "least loss",
                                  ANSWER_LOSS, x[LOSS]);
    item->source = by->source;
    if (ask->score) {
        const Law *law = ask->score->fit->law;
        item = answer_put(answer, name, "score", law->response, ANSWER_PLAIN,
                          score_interval(ask->score, x[LOSS]));
        answer_because(answer, item, law->source, "%s = %.4g",
                       law_filled(answer->arena, law, ask->score->fit->theta,
                                  &x[LOSS].value),
                       score_at(ask->score, x[LOSS].value));
    }
    answer_put(answer, name, "doubling", "nats for twice the compute",
               ANSWER_NATS, x[DOUBLING]);
    item = answer_put(answer, name, "one_percent", "budgets for 1 % less loss",
                      ANSWER_PLAIN, x[ONE_PERCENT]);
    if (isnan(x[ONE_PERCENT].value))
        answer_remark(answer, item, "below the floor of the law");
    else
        answer_because(answer, item, frontier, "C(0.99 L)/C = C(%.4g)/%.3g = "
                       "%.4g", 0.99 * x[LOSS].value, c, x[ONE_PERCENT].value);
    if (ask->deal)
        put_rates(answer, name, ask->deal, x, c);
}

static bool wall_numbers(double *out, const Surface *s, const void *of)
{
    (void)of;
    out[0] = roi_wall(s, 100, 2);
    return isfinite(out[0]);
}

static void put_wall(Answer *answer, const PlanBy *by, const Deal *deal)
{
    const Surface own  = surface_of(by, by->fit.theta);
    const double  wall = roi_wall(&own, 100, 2);
    Interval      x    = { wall, NAN, NAN };
    if (isinf(wall) || !(wall > 0)) {
        answer_note(answer, "By %s twice the compute always buys more than "
                    "1 %% of the loss: it knows no floor. No such law can be "
                    "right for ever.", by->name);
        return;
    }
    plan_intervals(&x, 1, by, wall_numbers, NULL, 60);
    AnswerItem *item = answer_put(answer, NULL, "wall", "1 % less loss costs "
                                  "twice the budget from", ANSWER_FLOP, x);
    answer_because(answer, item, by->source, "L(2C) = 0.99 L(C) at C = %.4g",
                   wall);
    if (deal) {
        const Bill bill = deal_bill(deal, wall);
        item = answer_put(answer, NULL, "wall_dollars", "which is",
                          ANSWER_DOLLARS,
                          (Interval){ bill.dollars, bill.dollars_low,
                                      bill.dollars_high });
        item->source = deal->machine.price_source;
    }
}

/* The budget from which on twice the compute moves the score by less than a
 * hundredth of itself. */
typedef struct ScoreWall { const Surface *s; const Score *score; } ScoreWall;

static double score_still(const void *of, double ln_c)
{
    const ScoreWall *wall = of;
    const double     c    = exp(ln_c);
    const double     now  = score_at(wall->score,
                                     plan_best(wall->s, c, NAN).loss);
    const double     then = score_at(wall->score,
                                     plan_best(wall->s, 2 * c, NAN).loss);
    return (wall->score->falls ? now - then : then - now) / now - 0.01;
}

static void put_score_wall(Answer *answer, const PlanBy *by, const RoiAsk *ask)
{
    const Surface   own  = surface_of(by, by->fit.theta);
    const ScoreWall wall = { &own, ask->score };
    /* The gain of a sigmoid rises before it falls: the wall is the last c. */
    double high = log(1e45), low = high;
    while (low > log(1e10) && !(score_still(&wall, low) > 0))
        low -= log(10) / 2;
    if (!(score_still(&wall, low) > 0)) {
        answer_note(answer, "Twice the compute never moves this score by "
                    "1 %%.");
        return;
    }
    high = fmin(low + log(10) / 2, high);
    const double c = exp(root_find(score_still, &wall, low, high, 1e-7));
    if (!isfinite(c))
        return;
    AnswerItem *item = answer_number(answer, NULL, "score_wall", "1 % better "
                                     "score costs twice the budget from",
                                     ANSWER_FLOP, c);
    item->source = ask->score->fit->law->source;
}

bool answer_roi(Answer *answer, const PlanBy *by, const RoiAsk *ask, Err *err)
{
    if (by->line || !plan_has_surface(by))
        return err_set(err, ERR_USAGE, "%s: shares out a budget and knows no "
                       "loss, so no return; take a law of loss", by->name);
    const Surface   own  = surface_of(by, by->fit.theta);
    const PlanPoint best = plan_best(&own, ask->c, NAN);
    if (!isfinite(best.loss))
        return err_set(err, ERR_REFUSED, "%s: no best size at %.3g FLOP; ask "
                       "for another budget", by->name, ask->c);
    answer_section(answer, "roi", arena_print(answer->arena, "What more would "
                   "buy, by %s", by->name));
    for (int k = -2; k <= 2; k++) {
        const double c = ask->c * pow(10, k);
        put_point(answer, by, ask, c, plan_best(&own, c, best.u).u);
    }
    put_wall(answer, by, ask->deal);
    if (ask->score)
        put_score_wall(answer, by, ask);
    answer_note(answer, "Each is spent at the best size for its budget; more "
                "on a run that is under way buys less.");
    if (ask->score)
        answer_note(answer, "The score is a curve through the loss of one "
                    "text; a single task may not follow it.");
    return true;
}
