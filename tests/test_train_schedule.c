/* test_train_schedule.c - learning rates in closed form, and which steps are
 * written down. */

#include "tests/test.h"
#include "train/schedule.h"

#include <math.h>

static TrainConfig config(Schedule schedule, i64 steps)
{
    TrainConfig c = train_defaults();
    c.schedule = schedule;
    c.steps    = steps;
    c.lr       = 0.02;
    return c;
}

TEST(warm_up_is_linear_and_its_first_step_is_not_lost)
{
    TrainConfig c = config(SCHEDULE_COSINE, 1000);
    c.warmup = 0.1;
    for (i64 s = 0; s < 100; s++)
        CHECK_NEAR(train_lr(&c, s), 0.02 * (double)(s + 1) / 100, 1e-15);
    CHECK_NEAR(train_lr(&c, 99), 0.02, 0);
    CHECK_NEAR(train_lr(&c, 100), 0.02, 0);
    CHECK(train_lr(&c, 101) < 0.02);
}

TEST(a_cosine_is_half_way_in_the_middle_and_ends_at_its_share)
{
    TrainConfig c = config(SCHEDULE_COSINE, 1100);
    c.warmup   = 100.0 / 1100;
    c.lr_final = 0.1;
    CHECK_NEAR(train_lr(&c, 600), 0.02 * 0.55, 1e-12);
    /* A quarter of the way: cos(pi / 4). */
    CHECK_NEAR(train_lr(&c, 350), 0.02 * (0.1 + 0.9 * (1 + M_SQRT1_2) / 2),
               1e-12);
    /* The step after the last would be at the share itself. */
    CHECK_NEAR(train_lr(&c, 1100), 0.02 * 0.1, 1e-12);
    CHECK_NEAR(train_lr(&c, 1099),
               0.02 * (0.1 + 0.45 * (1 + cos(M_PI * 999 / 1000))), 1e-12);
    for (i64 s = 100; s < 1099; s++)
        CHECK(train_lr(&c, s + 1) < train_lr(&c, s));
}

TEST(without_warm_up_the_first_step_is_at_the_peak)
{
    for (int k = 0; k < 3; k++) {
        TrainConfig c = config((Schedule)k, 10);
        c.warmup = 0;
        CHECK_NEAR(train_lr(&c, 0), 0.02, 0);
    }
}

TEST(wsd_is_flat_and_then_cools_as_one_minus_the_root)
{
    TrainConfig c = config(SCHEDULE_WSD, 1000);
    c.warmup   = 0.05;
    c.cooldown = 0.2;
    c.lr_final = 0;
    for (i64 s = 50; s <= 800; s++)
        CHECK_NEAR(train_lr(&c, s), 0.02, 0);
    CHECK_NEAR(train_lr(&c, 850), 0.01, 1e-12);           /* sqrt(1/4) */
    CHECK_NEAR(train_lr(&c, 800 + 128), 0.02 * 0.2, 1e-12); /* sqrt(.64) */
    CHECK(train_lr(&c, 999) > 0);
    CHECK_NEAR(train_lr(&c, 1000), 0, 1e-15);
}

TEST(a_constant_rate_is_constant)
{
    TrainConfig c = config(SCHEDULE_CONSTANT, 100);
    c.warmup = 0.1;
    for (i64 s = 10; s < 100; s++)
        CHECK_NEAR(train_lr(&c, s), 0.02, 0);
}

TEST(runs_of_one_and_two_steps_have_rates)
{
    for (int k = 0; k < 3; k++)
        for (i64 steps = 1; steps <= 2; steps++)
            for (double warm = 0; warm <= 1; warm += 0.5) {
                TrainConfig c = config((Schedule)k, steps);
                c.warmup   = warm;
                c.cooldown = 1 - warm;
                for (i64 s = 0; s < steps; s++)
                    CHECK(train_lr(&c, s) > 0 && train_lr(&c, s) <= 0.02);
            }
}

TEST(between_100_and_200_lines_are_written_first_and_last_among_them)
{
    for (i64 steps = 200; steps <= 2000000; steps *= 10) {
        const TrainConfig c = config(SCHEDULE_COSINE, steps);
        i64 lines = 0, last = 0, widest = 0;
        for (i64 s = 1; s <= steps; s++)
            if (schedule_logs(&c, s)) {
                if (s > 100)
                    widest = i64_max(widest, (s - last) * 100 / s);
                last = s;
                lines++;
            }
        test_note("%lld steps, %lld lines", (long long)steps,
                  (long long)lines);
        CHECK(lines >= 90 && lines <= 200);
        CHECK(widest <= 10); /* no gap over a tenth */
        CHECK(schedule_logs(&c, 1) && schedule_logs(&c, steps));
    }
}

TEST(short_runs_write_every_step)
{
    const TrainConfig c = config(SCHEDULE_COSINE, 30);
    for (i64 s = 1; s <= 30; s++)
        CHECK(schedule_logs(&c, s));
    const TrainConfig one = config(SCHEDULE_COSINE, 1);
    CHECK(schedule_logs(&one, 1));
}

TEST(evaluations_on_the_way_are_as_many_as_asked_and_evenly_spread)
{
    TrainConfig c = config(SCHEDULE_COSINE, 12800);
    c.eval_points = 7; /* a doubling each */
    i64 seen = 0, want = 100;
    for (i64 s = 1; s <= c.steps; s++)
        if (schedule_evaluates(&c, s)) {
            CHECK(s == want);
            want *= 2;
            seen++;
        }
    CHECK(seen == 7);
    CHECK(!schedule_evaluates(&c, c.steps)); /* the end is evaluated anyway */
    c.eval_points = 0;
    CHECK(!schedule_evaluates(&c, 100));
}
