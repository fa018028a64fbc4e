/* test_plan_rules.c - rules side by side: the published values, who is outside
 * of what, and the hyperbola of steps and tokens. */

#include "plan/batch_time.h"
#include "plan/filled.h"
#include "plan/rules.h"

#include "tests/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const RuleRun unknown = { NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN };

static double rule(const Answer *answer, const char *by, const char *key)
{
    return answer_find(answer, "rules", by, key)->value.value;
}

static Answer rules_of(Arena *arena, const RuleRun *run)
{
    Answer answer = answer_new(arena);
    Err    err    = { 0 };
    answer_section(&answer, "rules", "Rules");
    if (!CHECK(answer_rules(&answer, run, &err)))
        test_note("%s", err.text);
    return answer;
}

/* Computed apart from this code: DeepSeek at 1e20, StepLaw at 1e9 and 1e11,
 * Kaplan at 1e9 body parameters. */
TEST(rules_give_their_published_values)
{
    Arena   arena = { 0 };
    RuleRun run   = unknown;
    run.n = 1e9, run.d = 1e11, run.c = 1e20;
    const Answer answer = rules_of(&arena, &run);
    CHECK_NEAR(rule(&answer, "deepseek", "lr"), 9.85998e-4, 1e-5);
    CHECK_NEAR(rule(&answer, "deepseek", "batch"), 1.01714e6, 1e-5);
    CHECK_NEAR(rule(&answer, "steplaw", "lr"), 1.63250e-3, 1e-5);
    CHECK_NEAR(rule(&answer, "steplaw", "batch"), 1.10771e6, 1e-5);
    CHECK_NEAR(rule(&answer, "kaplan", "lr"), 3.48104e-4, 1e-5);
    CHECK_NEAR(rule(&answer, "kaplan", "batch"),
               2e6 * pow(1e20 / 8.64e19, 0.24), 1e-9);
    CHECK_NEAR(rule(&answer, "porian", "lr"), 3.7 * pow(1e9, -0.36), 1e-9);
    CHECK_NEAR(rule(&answer, "moonlight", "lr"), 0.0127 * pow(1e20, -0.057),
               1e-9);
    CHECK(isnan(rule(&answer, "cerebras-mup", "lr")));
    CHECK(isnan(rule(&answer, "delphi", "lr")));
    CHECK(isnan(rule(&answer, "kaplan-crit", "batch")));
    arena_free(&arena);
}

TEST(rules_that_need_more_speak_once_it_is_known)
{
    Arena   arena = { 0 };
    RuleRun run   = unknown;
    run.n = 1e9, run.d = 1e10, run.width = 1024, run.loss = 2.5;
    run.tuned_lr = 1e-3, run.tuned_d = 1e9;
    const Answer answer = rules_of(&arena, &run);
    CHECK_NEAR(rule(&answer, "cerebras-mup", "lr"), 0.0015, 1e-9);
    CHECK_NEAR(rule(&answer, "kaplan-crit", "batch"), 2.6746e6, 1e-4);
    CHECK_NEAR(rule(&answer, "delphi", "lr"), 1e-3 * pow(10, -0.3), 1e-9);
    /* C that is not given is 6 N D. */
    CHECK_NEAR(rule(&answer, "deepseek", "lr"), 0.3118 * pow(6e19, -0.125),
               1e-9);
    arena_free(&arena);
}

TEST(each_rule_counts_parameters_its_own_way)
{
    Arena   arena = { 0 };
    RuleRun run   = unknown;
    run.n = 1.5e8, run.n_body = 8.5e7, run.n_head = 1.2e8, run.d = 3e9;
    const Answer answer = rules_of(&arena, &run);
    CHECK_NEAR(rule(&answer, "kaplan", "lr"), 0.003239 - 1.395e-4 * log(8.5e7),
               1e-9);
    CHECK_NEAR(rule(&answer, "steplaw", "lr"),
               1.79 * pow(8.5e7, -0.713) * pow(3e9, 0.307), 1e-9);
    CHECK_NEAR(rule(&answer, "porian", "lr"), 3.7 * pow(1.2e8, -0.36), 1e-9);
    arena_free(&arena);
}

static const char *remark(const Answer *answer, const char *by, const char *key)
{
    return answer_find(answer, "rules", by, key)->text;
}

TEST(a_run_outside_of_what_a_rule_was_found_on_is_told_so)
{
    Arena   arena = { 0 };
    RuleRun run   = unknown;
    run.n = 7e10, run.d = 1.4e12;
    const Answer big = rules_of(&arena, &run);
    CHECK_HAS(remark(&big, "steplaw", "lr"),
              "OUTSIDE its range: N_body = 7e+10");
    CHECK_HAS(remark(&big, "steplaw", "lr"), "D = 1.4e+12");
    CHECK_HAS(remark(&big, "deepseek", "lr"), "OUTSIDE");
    CHECK_TEXT(remark(&big, "deepseek", "batch"), "outside");
    /* Kaplan's rate is negative there: absent, and said to be. */
    CHECK(isnan(rule(&big, "kaplan", "lr")));
    bool said = false;
    for (i64 i = 0; i < big.section[0].nnote; i++)
        said = said || strstr(big.section[0].note[i], "must not be used");
    CHECK(said);

    run.n = 2e8, run.d = 4e9, run.c = 4.8e18;
    const Answer small = rules_of(&arena, &run);
    CHECK_HAS(remark(&small, "steplaw", "lr"), "AdamW");
    CHECK(remark(&small, "steplaw", "batch") == NULL);
    CHECK(!strstr(remark(&small, "steplaw", "lr"), "OUTSIDE"));
    CHECK(!strstr(remark(&small, "deepseek", "lr"), "OUTSIDE"));
    CHECK(!strstr(remark(&small, "kaplan", "lr"), "OUTSIDE"));
    arena_free(&arena);
}

TEST(what_is_not_known_is_not_outside)
{
    Arena   arena = { 0 };
    RuleRun run   = unknown;
    run.d = 5e10;
    const Answer answer = rules_of(&arena, &run);
    CHECK(answer.section[0].nitem == 1);
    CHECK_NEAR(rule(&answer, "steplaw", "batch"), 0.58 * pow(5e10, 0.571),
               1e-9);
    CHECK_HAS(remark(&answer, "steplaw", "batch"), "AdamW");
    CHECK(!strstr(remark(&answer, "steplaw", "batch"), "OUTSIDE"));
    arena_free(&arena);
}

TEST(every_rule_shows_its_formula_with_numbers_and_its_source)
{
    Arena   arena = { 0 };
    RuleRun run   = unknown;
    run.n = 1e9, run.d = 1e11, run.width = 2048, run.loss = 2;
    run.tuned_lr = 1e-3, run.tuned_d = 1e10;
    const Answer answer = rules_of(&arena, &run);
    CHECK(answer.section[0].nitem == 12);
    for (i64 i = 0; i < answer.section[0].nitem; i++) {
        const AnswerItem *item = &answer.section[0].item[i];
        test_note("%s %s: %s", item->by, item->key, item->equation);
        CHECK(item->equation && item->source);
        CHECK_NEAR(strtod(strrchr(item->equation, '=') + 1, NULL),
                   item->value.value, 5e-4);
        for (const char *name = "NDC"; *name; name++)
            CHECK(!strchr(strchr(item->equation, '='), *name));
    }
    CHECK_HAS(answer_find(&answer, "rules", "steplaw", "lr")->equation,
              "1.79*1e+09^(-0.713)*1e+11^0.307");
    arena_free(&arena);
}

TEST(a_filled_formula_keeps_functions_and_numbers)
{
    Arena        arena = { 0 };
    const Law   *law;
    Err          err  = { 0 };
    const double n    = 1e6;
    if (!CHECK(law_load(&law, &arena, "kaplan-lr", &err)))
        return;
    CHECK_TEXT(law_filled(&arena, law, law->constants[0].theta, &n),
               "lr = 0.003239 - 0.0001395*log(1e+06)");
    CHECK(law_load(&law, &arena, "kaplan-batch", &err));
    CHECK_TEXT(law_filled(&arena, law, law->constants[0].theta, &n),
               "B = 2e+06*(1e+06/8.64e19)^0.24");
    arena_free(&arena);
}

/* --- the hyperbola -------------------------------------------------------- */

TEST(steps_and_tokens_lie_on_the_hyperbola)
{
    const double b_crit = 2e6, e_min = 1e11, s_min = e_min / b_crit;
    for (double ratio = 0.01; ratio < 200; ratio *= 3) {
        const BatchPoint at = batch_point(b_crit, e_min, ratio * b_crit);
        test_note("at %g", ratio);
        CHECK_NEAR((at.steps / s_min - 1) * (at.tokens / e_min - 1), 1, 1e-9);
        CHECK_NEAR(at.steps * at.batch, at.tokens, 1e-12);
        CHECK_NEAR(batch_steps_least(at.steps, at.batch, b_crit), s_min, 1e-12);
        CHECK_NEAR(batch_compute_least(6e20 * at.compute, at.batch, b_crit),
                   6e20, 1e-12);
    }
    const BatchPoint two = batch_point(b_crit, e_min, b_crit);
    CHECK_NEAR(two.time, 2, 1e-12);
    CHECK_NEAR(two.compute, 2, 1e-12);
}

/* Computed apart: B = 2^19, L = 2.5 gives S_min/S .16389, C_min/C .83611. */
TEST(kaplans_conversions_come_back)
{
    Arena  arena = { 0 };
    double b_crit;
    Err    err = { 0 };
    CHECK(batch_critical(&b_crit, &arena, 2.5, &err));
    CHECK_NEAR(batch_steps_least(1, 524288, b_crit), 0.16389, 3e-5);
    CHECK_NEAR(batch_compute_least(1, 524288, b_crit), 0.83611, 1e-5);
    CHECK(batch_critical(&b_crit, &arena, 3, &err));
    CHECK_NEAR(b_crit, 1.1226e6, 1e-4);
    CHECK_NEAR(batch_steps_least(1, 65536, b_crit), 0.05516, 1e-4);
    CHECK(!batch_critical(&b_crit, &arena, -1, &err));
    arena_free(&arena);
}

/* McCandlish et al., worked: B_noise 1000, B 250: 5 S_min and 1.25 E_min. */
TEST(a_quarter_of_the_critical_batch_takes_five_times_the_steps)
{
    const BatchPoint at = batch_point(1000, 1e6, 250);
    CHECK_NEAR(at.time, 5, 1e-12);
    CHECK_NEAR(at.compute, 1.25, 1e-12);
}

TEST(a_small_batch_leaves_devices_idle_and_a_large_one_computes_more)
{
    Arena    arena  = { 0 };
    Answer   answer = answer_new(&arena);
    Machine  m      = { 0 };
    Err      err    = { 0 };
    CHECK(machine_load(&m, &arena, "a100", &err));
    Deal     on  = deal_new(&m, NULL);
    BatchAsk ask = { .b_crit = 1e6, .e_min = 1e11, .flop_per_token = 6e9,
                     .per_device = 2048 };
    on.devices   = 1000;
    answer_section(&answer, "batch", "Batch");
    answer_batch(&answer, &ask, &on);
    const double rate = 312e12 * 0.4;
    CHECK_NEAR(answer_find(&answer, "batch", "0.1 B_crit", "devices")
                   ->value.value, floor(1e5 / 2048), 0);
    CHECK_NEAR(answer_find(&answer, "batch", "0.1 B_crit", "time")->value.value,
               1.1e11 * 6e9 / (floor(1e5 / 2048) * rate), 1e-12);
    CHECK_NEAR(answer_find(&answer, "batch", "10 B_crit", "devices")
                   ->value.value, 1000, 0);
    CHECK_NEAR(answer_find(&answer, "batch", "10 B_crit", "time")->value.value,
               11e11 * 6e9 / (1000 * rate), 1e-12);
    CHECK_NEAR(answer_find(&answer, "batch", "3 B_crit", "compute_factor")
                   ->value.value, 4, 1e-12);
    arena_free(&arena);
}
