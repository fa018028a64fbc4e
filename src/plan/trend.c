/* trend.c - a scenario of exponentials (see trend.h). What makes it honest is
 * the table: the same date under each assumption's slow and fast end, which
 * shows that the assumptions decide and the law hardly does. */

#include "plan/trend.h"

#include <math.h>
#include <stdio.h>

static const char of_hardware[] =
    "Hobbhahn & Besiroglu 2022, Trends in GPU price-performance: 2.07 years "
    "for machine-learning GPUs, 95 % interval 1.54 to 3.13";
static const char of_algorithms[] =
    "Ho et al. 2024, arXiv:2403.05812: 8 months, 95 % interval 5 to 14";
static const char of_spending[] =
    "your budget stays; the largest runs grew 2.4x a year (Cottier et al. "
    "2024, arXiv:2405.21015)";

Trend trend_defaults(double year)
{
    return (Trend){ .hardware   = { 2.07, 1.54, 3.13, of_hardware },
                    .algorithms = { 8.0 / 12, 5.0 / 12, 14.0 / 12,
                                    of_algorithms },
                    .spending   = { 1, 1, 2.4, of_spending },
                    .year       = year };
}

double trend_speed(double hardware, double algorithms, double spending)
{
    return log(spending) + log(2) / hardware + log(2) / algorithms;
}

static double years(double ratio, double speed)
{
    if (isnan(ratio) || isnan(speed))
        return NAN;
    if (ratio <= 1)
        return 0;
    return speed > 0 ? log(ratio) / speed : INFINITY;
}

double trend_years(const Trend *trend, double ratio)
{
    return years(ratio, trend_speed(trend->hardware.value,
                                    trend->algorithms.value,
                                    trend->spending.value));
}

/* --- as an answer --------------------------------------------------------- */

typedef struct Scenario { const char *by; double h, a, g; } Scenario;

enum { SCENARIOS = 10 };

static double end(const TrendRate *rate, double at)
{
    return isnan(at) ? rate->value : at;
}

static void scenarios(Scenario out[SCENARIOS], const Trend *trend)
{
    const TrendRate *h = &trend->hardware, *a = &trend->algorithms;
    const TrendRate *g = &trend->spending;
    const double     v[3] = { h->value, a->value, g->value };
    out[0] = (Scenario){ "as said", v[0], v[1], v[2] };
    out[1] = (Scenario){ "hardware slow", end(h, h->high), v[1], v[2] };
    out[2] = (Scenario){ "hardware fast", end(h, h->low), v[1], v[2] };
    out[3] = (Scenario){ "recipes slow", v[0], end(a, a->high), v[2] };
    out[4] = (Scenario){ "recipes fast", v[0], end(a, a->low), v[2] };
    out[5] = (Scenario){ "spending slow", v[0], v[1], end(g, g->low) };
    out[6] = (Scenario){ "spending fast", v[0], v[1], end(g, g->high) };
    out[7] = (Scenario){ "hardware alone", v[0], INFINITY, 1 };
    out[8] = (Scenario){ "recipes alone", INFINITY, v[1], 1 };
    out[9] = (Scenario){ "spending alone", INFINITY, INFINITY,
                         end(g, g->high) };
}

static void put_scenario(Answer *answer, const Scenario *of, Interval ratio,
                         double year)
{
    const double   speed = trend_speed(of->h, of->a, of->g);
    const Interval t     = { years(ratio.value, speed),
                             years(ratio.low, speed),
                             years(ratio.high, speed) };
    AnswerItem *item = answer_put(answer, of->by, "years", "years from now",
                                  ANSWER_PLAIN, t);
    if (isinf(t.value))
        answer_remark(answer, item, "never");
    answer_because(answer, item, NULL, "ln(%.4g) / (ln %.3g + ln 2/%.3g + "
                   "ln 2/%.3g) = %.4g", ratio.value, of->g, of->h, of->a,
                   t.value);
    item = answer_put(answer, of->by, "year", "in the year", ANSWER_PLAIN,
                      (Interval){ year + t.value, year + t.low,
                                  year + t.high });
    if (isinf(t.value))
        answer_remark(answer, item, "never");
    answer_number(answer, of->by, "growth", "times the compute a year",
                  ANSWER_PLAIN, exp(speed));
}

static void rate(Answer *answer, const char *key, const char *label,
                 const TrendRate *of)
{
    AnswerItem *item = answer_put(answer, NULL, key, label, ANSWER_PLAIN,
                                  (Interval){ of->value, of->low, of->high });
    item->source = of->source;
}

typedef struct Wanted { double loss; const PlanPoint *near; } Wanted;

static bool needed_flop(double *out, const Surface *s, const void *of)
{
    const Wanted *wanted = of;
    out[0] = plan_cheapest(s, wanted->loss, wanted->near).c;
    return isfinite(out[0]);
}

static bool least_flop(Interval *out, const PlanBy *by, double loss, Err *err)
{
    const Surface   own  = surface_of(by, by->fit.theta);
    const PlanPoint near = plan_cheapest(&own, loss, NULL);
    const Wanted    of   = { loss, &near };
    if (!isfinite(near.c))
        return err_set(err, ERR_REFUSED, "%s: no budget reaches a loss of %g; "
                       "ask for a higher loss", by->name, loss);
    const i64 lost = plan_intervals(out, 1, by, needed_flop, &of,
                                    PLAN_DRAWS_FEW);
    /* Draws whose floor is above the loss never reach it. */
    if (lost > 0)
        out->high = INFINITY;
    return true;
}

static bool refuse(const PlanBy *by, const Trend *trend, double dollars,
                   Err *err)
{
    if (by->line || !plan_has_surface(by))
        return !err_set(err, ERR_USAGE, "%s: shares out a budget and knows no "
                        "loss; take a law of loss", by->name);
    if (!(dollars > 0))
        return !err_set(err, ERR_USAGE, "a budget of %g dollars: give what you "
                        "could spend today, like $1M", dollars);
    if (!(trend->hardware.value > 0) || !(trend->algorithms.value > 0)
        || !(trend->spending.value > 0))
        return !err_set(err, ERR_USAGE, "a trend must be above 0: years to "
                        "double, or times a year; inf years for none");
    return false;
}

bool answer_trend(Answer *answer, const PlanBy *by, const Deal *deal,
                  const Trend *trend, double dollars, double loss, Err *err)
{
    Interval need;
    Scenario of[SCENARIOS];
    if (refuse(by, trend, dollars, err) || !least_flop(&need, by, loss, err))
        return false;
    const double today = deal_flop_of_dollars(deal, dollars);
    if (isnan(today))
        return err_set(err, ERR_USAGE, "%s: no price is known; give one",
                       deal->machine.title);
    answer_section(answer, "trend", arena_print(answer->arena, "When a loss of "
                   "%.4g is affordable, by %s", loss, by->name));
    AnswerItem *item = answer_put(answer, NULL, "needed", "compute it needs",
                                  ANSWER_FLOP, need);
    item->source = by->source;
    item = answer_number(answer, NULL, "today", "compute the budget buys today",
                         ANSWER_FLOP, today);
    answer_because(answer, item, deal->machine.price_source, "$ * FLOP a "
                   "dollar = %.4g * %.4g = %.4g", dollars,
                   deal_flop_per_dollar(deal), today);
    const double per = 1 / deal_flop_per_dollar(deal);
    answer_put(answer, NULL, "dollars", "what it costs today", ANSWER_DOLLARS,
               (Interval){ need.value * per, need.low * per, need.high * per });
    rate(answer, "hardware", "years in which a dollar buys twice the FLOP",
         &trend->hardware);
    rate(answer, "algorithms", "years in which recipes halve the compute",
         &trend->algorithms);
    rate(answer, "spending", "growth of the budget a year", &trend->spending);
    scenarios(of, trend);
    for (int i = 0; i < SCENARIOS; i++)
        put_scenario(answer, &of[i], (Interval){ need.value / today,
                     need.low / today, need.high / today }, trend->year);
    answer_note(answer, "A scenario, no forecast: it draws out exponentials. "
                "The law is of today's recipe; better recipes are taken as "
                "more compute for it, which is how they were measured.");
    return true;
}
