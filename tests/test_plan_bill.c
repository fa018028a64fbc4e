/* test_plan_bill.c - a bill as an answer: the numbers of the deal, the equation
 * that gives them, what was assumed, and words where something is unknown. */

#include "plan/energy.h"

#include "tests/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static Deal deal(Arena *arena, const char *on, const char *at)
{
    Machine   m = { 0 };
    PowerGrid g = { 0 };
    Err       err = { 0 };
    CHECK(machine_load(&m, arena, on, &err));
    if (at)
        CHECK(power_grid_load(&g, arena, at, &err));
    return deal_new(&m, at ? &g : NULL);
}

static double value(const Answer *answer, const char *key)
{
    return answer_find(answer, "bill", "a100", key)->value.value;
}

static bool noted(const Answer *answer, const char *part)
{
    for (i64 i = 0; i < answer->section[0].nnote; i++)
        if (strstr(answer->section[0].note[i], part))
            return true;
    return false;
}

/* It ends in its number, time in days. */
static void check_equation(const AnswerItem *item)
{
    if (!CHECK(item->equation != NULL && item->source != NULL))
        return;
    const double ends = strtod(strrchr(item->equation, '=') + 1, NULL);
    const bool   time = !strcmp(item->key, "time");
    CHECK_NEAR(ends * (time ? 86400 : 1), item->value.value, 5e-4);
}

TEST(a_bill_says_every_number_with_its_equation)
{
    Arena      arena  = { 0 };
    Answer     answer = answer_new(&arena);
    Deal       on     = deal(&arena, "a100", "us");
    on.devices        = 512;
    const Bill bill   = deal_bill(&on, 1e22);
    answer_section(&answer, "bill", "What it costs");
    answer_bill(&answer, "a100", &on, 1e22);

    CHECK_NEAR(value(&answer, "device_hours"), bill.device_hours, 0);
    CHECK_NEAR(value(&answer, "time"), bill.hours * 3600, 0);
    CHECK_NEAR(value(&answer, "dollars"), bill.dollars, 0);
    CHECK_NEAR(value(&answer, "kwh"), bill.kwh, 0);
    CHECK_NEAR(value(&answer, "kg"), bill.kg, 0);
    CHECK_NEAR(value(&answer, "kg_embodied"), bill.kg_embodied, 0);
    for (i64 i = 0; i < answer.section[0].nitem; i++) {
        const AnswerItem *item = &answer.section[0].item[i];
        test_note("%s", item->key);
        check_equation(item);
    }
    const AnswerItem *hours = answer_find(&answer, "bill", "a100",
                                          "device_hours");
    CHECK_HAS(hours->equation, "1e+22 / (3.12e+14 * 0.4 * 3600) = 2.226e+04");
    arena_free(&arena);
}

TEST(money_is_an_interval_until_a_price_is_given)
{
    Arena  arena  = { 0 };
    Answer answer = answer_new(&arena);
    Deal   on     = deal(&arena, "a100", "us");
    answer_section(&answer, "bill", "range");
    answer_bill_hours(&answer, "a100", &on, 1000);
    const Interval range = answer_find(&answer, "bill", "a100", "dollars")
                               ->value;
    CHECK_NEAR(range.low, 800, 1e-12);
    CHECK_NEAR(range.high, 3000, 1e-12);
    CHECK(noted(&answer, "2026-05"));

    Answer named = answer_new(&arena);
    on.price     = 2;
    answer_section(&named, "bill", "price");
    answer_bill_hours(&named, "a100", &on, 1000);
    const AnswerItem *item = answer_find(&named, "bill", "a100", "dollars");
    CHECK_NEAR(item->value.value, 2000, 1e-12);
    check_equation(item);
    CHECK(isnan(item->value.low) && isnan(item->value.high));
    CHECK(!noted(&named, "2026-05"));
    arena_free(&arena);
}

TEST(what_was_assumed_is_noted_and_what_was_given_is_not)
{
    Arena  arena  = { 0 };
    Answer answer = answer_new(&arena);
    Deal   on     = deal(&arena, "h100", "us");
    answer_section(&answer, "bill", "assumed");
    answer_bill(&answer, "h100", &on, 1e22);
    CHECK(noted(&answer, "MFU"));
    CHECK(noted(&answer, "700 W"));
    CHECK(noted(&answer, "PUE"));
    CHECK(noted(&answer, "dense"));

    Answer given = answer_new(&arena);
    on.mfu = 0.5, on.watts = 600, on.pue = 1.2, on.price = 3;
    answer_section(&given, "bill", "given");
    answer_bill(&given, "h100", &on, 1e22);
    CHECK(!noted(&given, "MFU") && !noted(&given, " W all"));
    CHECK(!noted(&given, "PUE of") && noted(&given, "dense"));
    arena_free(&arena);
}

TEST(what_is_unknown_is_absent_and_says_why)
{
    Arena  arena  = { 0 };
    Answer answer = answer_new(&arena);
    Deal   on     = deal(&arena, "tpu-v5e", NULL);
    answer_section(&answer, "bill", "blind");
    answer_bill(&answer, NULL, &on, 1e22);
    const AnswerItem *kwh = answer_find(&answer, "bill", NULL, "kwh");
    CHECK(isnan(kwh->value.value) && kwh->equation == NULL);
    CHECK_HAS(kwh->text, "not published");
    CHECK_HAS(answer_find(&answer, "bill", NULL, "kg")->text, "energy");

    Deal mine = deal(&arena, "laptop", "us");
    Answer own = answer_new(&arena);
    answer_section(&own, "bill", "own");
    answer_bill(&own, NULL, &mine, 1e16);
    CHECK_HAS(answer_find(&own, "bill", NULL, "dollars")->text, "no price");
    CHECK(answer_find(&own, "bill", NULL, "kg")->value.value > 0);
    arena_free(&arena);
}

TEST(every_term_of_a_deal_is_shown_with_who_said_it)
{
    Arena  arena  = { 0 };
    Answer answer = answer_new(&arena);
    Deal   on     = deal(&arena, "a100", "france");
    on.mfu        = 0.5;
    answer_section(&answer, "terms", "Assumed");
    answer_terms(&answer, NULL, &on);
    CHECK_NEAR(answer_find(&answer, "terms", NULL, "mfu")->value.value, 0.5, 0);
    CHECK_TEXT(answer_find(&answer, "terms", NULL, "mfu")->source, "given");
    CHECK_TEXT(answer_find(&answer, "terms", NULL, "pue")->source, "assumed");
    CHECK_HAS(answer_find(&answer, "terms", NULL, "intensity")->source,
              "Luccioni");
    CHECK_NEAR(answer_find(&answer, "terms", NULL, "price")->value.high, 3, 0);
    answer_section(&answer, "sheet", "Data sheet");
    answer_machine(&answer, &on.machine);
    CHECK_NEAR(answer_find(&answer, "sheet", "a100", "bf16")->value.value,
               312e12, 1e-12);
    arena_free(&arena);
}

/* Luccioni et al. 2022, section 4.3: 914 kWh for 230,768 requests, 18 days. */
TEST(bloom_served_a_request_for_3_96_wh)
{
    Arena  arena  = { 0 };
    Answer answer = answer_new(&arena);
    Deal   on     = deal(&arena, "a100", "france");
    /* As many device-hours as 914 kWh are, at a share that gives them. */
    const Serving serving = { .n = 176e9, .tokens = 100, .requests = 230768,
                              .mfu = 0.01 };
    on.pue = 1;
    const double hours = 2 * 176e9 * 100 * 230768 / (312e12 * 0.01 * 3600);
    on.watts = 914e3 / hours;
    answer_section(&answer, "serving", "Serving");
    answer_serving(&answer, NULL, &on, &serving);
    CHECK_NEAR(answer_find(&answer, "serving", NULL, "kwh")->value.value, 914,
               1e-9);
    CHECK_NEAR(answer_find(&answer, "serving", NULL, "wh_request")->value.value,
               3.96, 1e-3);
    arena_free(&arena);
}

TEST(sci_is_energy_times_intensity_and_embodied_a_unit)
{
    /* 10 kWh at .4 kg and 6 kg of machines over 1,000 users: 10 g each. */
    CHECK_NEAR(energy_sci(10, 0.4, 6, 1000), 0.010, 1e-12);
    CHECK_NEAR(energy_serving_flop(7e9, 1000), 1.4e13, 1e-12);
}

/* BLOOM's own 24.7 t against 183 t in the LLaMA paper. */
TEST(the_same_energy_on_another_grid_is_another_carbon)
{
    Arena     arena  = { 0 };
    Answer    answer = answer_new(&arena);
    PowerGrid grid[2];
    Err       err = { 0 };
    CHECK(power_grid_load(&grid[0], &arena, "france", &err));
    CHECK(power_grid_load(&grid[1], &arena, "us", &err));
    answer_section(&answer, "grids", "Grids");
    answer_grids(&answer, 433196, grid, 2);
    CHECK_NEAR(answer_find(&answer, "grids", NULL, "france")->value.value,
               24692, 1e-4);
    CHECK_NEAR(answer_find(&answer, "grids", NULL, "us")->value.value,
               433196 * 0.385, 1e-12);
    arena_free(&arena);
}
