/* test_plan_roi.c - returns and scenarios: slopes against closed forms, walls
 * where they must be, dates that follow by hand. */

#include "plan/roi.h"
#include "plan/trend.h"

#include "tests/plan_world.h"
#include "tests/test.h"

#include <math.h>
#include <string.h>

static Deal deal(Arena *arena, const char *on)
{
    Machine   m   = { 0 };
    PowerGrid g   = { 0 };
    Err       err = { 0 };
    CHECK(machine_load(&m, arena, on, &err));
    CHECK(power_grid_load(&g, arena, "us", &err));
    return deal_new(&m, &g);
}

/* On the frontier L - E = K C^-g with g = alpha beta / (alpha + beta), so that
 * -dL/d ln C = g (L - E), and C(0.99 L)/C = ((L - E)/(0.99 L - E))^(1/g). */
TEST(slopes_are_those_of_the_closed_frontier)
{
    World w = world_open("besiroglu", 0);
    const double E = 1.8172, alpha = 0.3478, beta = 0.3658;
    const double g = alpha * beta / (alpha + beta);
    const Surface s = surface_of(&w.by, w.by.fit.theta);
    for (double c = 1e18; c < 1e25; c *= 100) {
        RoiPoint at;
        test_note("at %g", c);
        if (!CHECK(roi_at(&at, &s, c, NAN)))
            continue;
        const double over = at.loss - E;
        CHECK_NEAR(at.slope, g * over, 1e-5);
        CHECK_NEAR(at.doubling, over * (1 - pow(2, -g)), 1e-9);
        CHECK_NEAR(at.one_percent, pow(over / (0.99 * at.loss - E), 1 / g),
                   1e-6);
    }
    /* Near the floor no budget takes off another hundredth. */
    RoiPoint last;
    CHECK(roi_at(&last, &s, 1e32, NAN));
    CHECK(isnan(last.one_percent));
    world_close(&w);
}

/* L(2C) = .99 L(C): (L - E)(1 - 2^-g) = .01 L. */
TEST(one_per_cent_costs_twice_at_the_wall)
{
    World w = world_open("besiroglu", 0);
    const double E = 1.8172, g = 0.3478 * 0.3658 / (0.3478 + 0.3658);
    const Surface s  = surface_of(&w.by, w.by.fit.theta);
    const double c   = roi_wall(&s, 100, 2);
    const double buy = 1 - pow(2, -g);
    RoiPoint at;
    CHECK(roi_at(&at, &s, c, NAN));
    CHECK_NEAR(at.loss, E * buy / (buy - 0.01), 1e-6);
    CHECK_NEAR(at.one_percent, 2, 1e-5);
    CHECK(roi_wall(&s, 1000, 2) > c);
    CHECK(roi_wall(&s, 100, 4) > c);
    CHECK_NEAR(roi_wall(&s, 2, 2), 0, 0); /* half the loss: never for 2x */
    world_close(&w);
}

/* Kaplan's L(C) = (C_c/C)^.0525 has no floor: 1 % is always the same price. */
TEST(a_law_without_a_floor_has_no_wall)
{
    Arena  arena = { 0 };
    PlanBy by    = { 0 };
    Err    err   = { 0 };
    Answer answer = answer_new(&arena);
    if (!CHECK(plan_by_frontier(&by, &arena, "kaplan", &err)))
        return;
    const Surface s = surface_of(&by, by.fit.theta);
    CHECK(isinf(roi_wall(&s, 100, 2)));
    const RoiAsk ask = { .c = 1e21 };
    CHECK(answer_roi(&answer, &by, &ask, &err));
    CHECK(isnan(answer_find(&answer, "roi", NULL, "wall")->value.value));
    const double first = answer_find(&answer, "roi", "1e+19 FLOP",
                                     "one_percent")->value.value;
    CHECK_NEAR(answer_find(&answer, "roi", "1e+23 FLOP", "one_percent")
                   ->value.value, first, 1e-3);
    CHECK_NEAR(first, pow(0.99, -1 / kaplan_alpha_C(&kaplan_printed)), 1e-3);
    arena_free(&arena);
}

TEST(returns_fall_and_are_a_slope_over_a_bill)
{
    World  w      = world_open("besiroglu", 0);
    Answer answer = answer_new(&w.arena);
    Err    err    = { 0 };
    const Deal   on  = deal(&w.arena, "h100");
    const RoiAsk ask = { .c = 1e22, .deal = &on };
    CHECK(answer_roi(&answer, &w.by, &ask, &err));
    const Surface s = surface_of(&w.by, w.by.fit.theta);
    double before = INFINITY;
    for (int k = -2; k <= 2; k++) {
        const double c    = 1e22 * pow(10, k);
        const char  *name = arena_print(&w.arena, "%.3g FLOP", c);
        const Bill   bill = deal_bill(&on, c);
        RoiPoint     at;
        test_note("%s", name);
        CHECK(roi_at(&at, &s, c, NAN));
        const double seen = answer_find(&answer, "roi", name, "nats_per_dollar")
                                ->value.value;
        CHECK_NEAR(seen, at.slope / bill.dollars, 1e-9);
        CHECK_NEAR(answer_find(&answer, "roi", name, "nats_per_kwh")
                       ->value.value, at.slope / bill.kwh, 1e-9);
        CHECK_NEAR(answer_find(&answer, "roi", name, "nats_per_hour")
                       ->value.value, at.slope / bill.device_hours, 1e-9);
        CHECK_NEAR(answer_find(&answer, "roi", name, "kg_per_millinat")
                       ->value.value, bill.kg / at.slope / 1000, 1e-9);
        CHECK_BELOW(seen, before);
        before = seen;
    }
    CHECK(answer_find(&answer, "roi", NULL, "wall")->value.value > 1e22);
    world_close(&w);
}

TEST(draws_give_every_return_an_interval)
{
    World  w      = world_open("besiroglu", 400);
    Answer answer = answer_new(&w.arena);
    Err    err    = { 0 };
    const RoiAsk ask = { .c = 1e22 };
    CHECK(answer_roi(&answer, &w.by, &ask, &err));
    static const char *const key[] = { "loss", "doubling", "one_percent" };
    for (int i = 0; i < COUNT_OF(key); i++) {
        const Interval x = answer_find(&answer, "roi", "1e+22 FLOP", key[i])
                               ->value;
        test_note("%s: %g %g %g", key[i], x.low, x.value, x.high);
        CHECK(x.low < x.value && x.value < x.high);
    }
    world_close(&w);
}

static Fit score_fit(Arena *arena, const char *law_name, const double *theta,
                     Err *err)
{
    const Law *law;
    Fit        fit = { 0 };
    if (CHECK(law_load(&law, arena, law_name, err))) {
        fit.law = law;
        memcpy(fit.theta, theta, (size_t)law->nparam * sizeof *theta);
        fit.options.level = 0.95;
    }
    return fit;
}

/* error = eps - k exp(-gamma loss), by hand. */
TEST(a_score_follows_the_loss)
{
    World  w       = world_open("besiroglu", 400);
    Answer answer  = answer_new(&w.arena);
    Err    err     = { 0 };
    const double theta[] = { 0.9, 2.0, 1.0 };
    const Fit    fit     = score_fit(&w.arena, "error-of-loss", theta, &err);
    Score        score   = { 0 };
    CHECK(score_of(&score, &fit, &err));
    CHECK(score.falls);
    const RoiAsk ask = { .c = 1e21, .score = &score };
    CHECK(answer_roi(&answer, &w.by, &ask, &err));
    const AnswerItem *loss = answer_find(&answer, "roi", "1e+21 FLOP", "loss");
    const AnswerItem *item = answer_find(&answer, "roi", "1e+21 FLOP", "score");
    const int eps = law_param(fit.law, "eps"), k = law_param(fit.law, "k");
    CHECK(eps == 0 && k == 1);
    CHECK_NEAR(item->value.value, 0.9 - 2 * exp(-loss->value.value), 1e-9);
    /* A higher loss is a higher error. */
    CHECK_NEAR(item->value.high, 0.9 - 2 * exp(-loss->value.high), 1e-9);
    CHECK_NEAR(item->value.low, 0.9 - 2 * exp(-loss->value.low), 1e-9);

    const double c = answer_find(&answer, "roi", NULL, "score_wall")
                         ->value.value;
    const Surface s = surface_of(&w.by, w.by.fit.theta);
    const double now  = 0.9 - 2 * exp(-plan_best(&s, c, NAN).loss);
    const double then = 0.9 - 2 * exp(-plan_best(&s, 2 * c, NAN).loss);
    CHECK_NEAR(then / now, 0.99, 1e-6);
    world_close(&w);
}

TEST(a_law_of_something_else_is_no_score)
{
    World w   = world_open("besiroglu", 0);
    Err   err = { 0 };
    Score score;
    CHECK(!score_of(&score, &w.by.fit, &err));
    CHECK_HAS(err.text, "accuracy-of-loss");
    PlanBy line   = { 0 };
    Answer answer = answer_new(&w.arena);
    if (CHECK(plan_by_frontier(&line, &w.arena, "deepseek", &err))) {
        const RoiAsk ask = { .c = 1e21 };
        CHECK(!answer_roi(&answer, &line, &ask, &err));
        CHECK_HAS(err.text, "knows no loss");
    }
    world_close(&w);
}

/* --- scenarios ------------------------------------------------------------ */

/* Hardware twice in 2 years and recipes twice in 1, the budget doubling every
 * year: a factor 2^2.5 a year. */
TEST(years_follow_by_hand)
{
    Trend trend = trend_defaults(2026);
    trend.hardware.value = 2, trend.algorithms.value = 1;
    trend.spending.value = 2;
    CHECK_NEAR(trend_years(&trend, pow(2, 5)), 2, 1e-12);
    CHECK_NEAR(trend_years(&trend, 1), 0, 0);
    CHECK_NEAR(trend_years(&trend, 0.5), 0, 0);
    trend.hardware.value = trend.algorithms.value = INFINITY;
    CHECK_NEAR(trend_years(&trend, 8), 3, 1e-12);
    trend.spending.value = 1;
    CHECK(isinf(trend_years(&trend, 8)));
    CHECK_NEAR(trend_speed(2, 1, 2), 2.5 * log(2), 1e-12);
}

TEST(a_scenario_shows_every_assumption_and_what_each_is_worth)
{
    World  w      = world_open("besiroglu", 400);
    Answer answer = answer_new(&w.arena);
    Err    err    = { 0 };
    Deal   on     = deal(&w.arena, "h100");
    on.price      = 2;
    const Trend trend = trend_defaults(2026.9);
    CHECK(answer_trend(&answer, &w.by, &on, &trend, 1e5, 2.0, &err));
    const double need  = answer_find(&answer, "trend", NULL, "needed")
                             ->value.value;
    const double today = 1e5 / 2 * 989.4e12 * 0.4 * 3600;
    const double speed = log(2) / 2.07 + log(2) * 12 / 8;
    CHECK_NEAR(answer_find(&answer, "trend", NULL, "today")->value.value, today,
               1e-12);
    const Surface s = surface_of(&w.by, w.by.fit.theta);
    CHECK_NEAR(plan_best(&s, need, NAN).loss, 2.0, 1e-9);
    const AnswerItem *years = answer_find(&answer, "trend", "as said", "years");
    CHECK_NEAR(years->value.value, log(need / today) / speed, 1e-9);
    CHECK(years->value.low < years->value.value
          && years->value.value < years->value.high);
    CHECK_NEAR(answer_find(&answer, "trend", "as said", "year")->value.value,
               2026.9 + years->value.value, 1e-12);
    CHECK(answer_find(&answer, "trend", "recipes fast", "years")->value.value
          < years->value.value);
    CHECK(answer_find(&answer, "trend", "hardware slow", "years")->value.value
          > years->value.value);
    CHECK_NEAR(answer_find(&answer, "trend", "spending fast", "years")
                   ->value.value, log(need / today) / (speed + log(2.4)), 1e-9);
    CHECK_NEAR(answer_find(&answer, "trend", "hardware alone", "years")
                   ->value.value, log(need / today) / log(2) * 2.07, 1e-9);
    CHECK_HAS(answer_find(&answer, "trend", NULL, "algorithms")->source, "Ho");
    CHECK_NEAR(answer_find(&answer, "trend", NULL, "dollars")->value.value,
               need / today * 1e5, 1e-9);
    world_close(&w);
}

TEST(a_loss_below_the_floor_and_nonsense_are_refused)
{
    World  w      = world_open("besiroglu", 0);
    Answer answer = answer_new(&w.arena);
    Err    err    = { 0 };
    const Deal on = deal(&w.arena, "h100");
    Trend trend   = trend_defaults(2026);
    CHECK(!answer_trend(&answer, &w.by, &on, &trend, 1e6, 1.5, &err));
    CHECK(err.kind == ERR_REFUSED);
    CHECK(!answer_trend(&answer, &w.by, &on, &trend, -1, 2, &err));
    CHECK_HAS(err.text, "dollars");
    trend.hardware.value = -2;
    CHECK(!answer_trend(&answer, &w.by, &on, &trend, 1e6, 2, &err));
    CHECK_HAS(err.text, "trend");
    const Deal laptop = deal(&w.arena, "laptop");
    trend = trend_defaults(2026);
    CHECK(!answer_trend(&answer, &w.by, &laptop, &trend, 1e6, 2, &err));
    CHECK_HAS(err.text, "price");
    CHECK(answer.nsection == 0);
    world_close(&w);
}
