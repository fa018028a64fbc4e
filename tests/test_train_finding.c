/* test_train_finding.c - what is found while a run runs: small models that do
 * each of it for real, and the arithmetic of the rules. */

#include "tests/test.h"
#include "tests/train_world.h"
#include "train/finding.h"

#include <unistd.h>

static const char *file_of(Arena *arena, const char *name)
{
    return arena_print(arena, "%s/%s", test_folder(), name);
}

static TrainConfig long_config(i64 steps)
{
    TrainConfig config = world_config();
    config.kernels     = "auto";
    config.steps       = steps;
    config.eval_points = 14; /* two a doubling */
    return config;
}

/* Half of it one sentence, half of it noise in 16 letters: something to learn,
 * and much to learn by heart that helps nobody. */
static Shard world_half(Arena *arena, i64 train, i64 val)
{
    static const char text[] = "the quick brown fox jumps over a lazy dog; ";
    u8 *token = NEW(arena, u8, train + val);
    for (i64 i = 0; i < train + val; i++)
        token[i] = (u8)(rng_below(6, RNG_TEST, (u64)(2 * i), 2)
                        ? text[i % ((i64)sizeof text - 1)]
                        : 'A' + rng_below(6, RNG_TEST, (u64)(2 * i + 1), 16));
    return world_shard(token, train, val);
}

static TrainConfig heart_config(void)
{
    TrainConfig config = long_config(600);
    config.eval_tokens = config.eval_point_tokens = 4000;
    return config;
}

/* A rate far too low: said at half of the run, with the held-out loss. */
TEST(a_rate_far_too_low_is_stopped_at_half_of_the_run_as_a_plateau)
{
    Arena       arena = { 0 };
    const Shard shard = world_sentence(&arena, 40000, 4000);
    TrainConfig config = long_config(300);
    World       world = { 0 };
    config.lr = 1e-5;
    const TrainResult r = world_train(&config, &shard, NULL, &world);
    CHECK(r.status == TRAIN_PLATEAU && r.step == 150);
    CHECK_HAS(r.reason, "never below 3.043");
    CHECK(r.val_loss > 5 && r.val_tokens == 128);
    CHECK_NEAR(r.val_loss, r.least_loss, 0);
    const TrainMetric last = world.line[world.lines - 1];
    CHECK(last.step == 150);
    CHECK_NEAR(last.val_loss, r.val_loss, 0);
    CHECK_NEAR(r.flop, count_train_flop(config.shape) * 150 * 128, 0);
    arena_free(&arena);
}

/* Still above the entropy of single tokens at half, and below it at the end; and
 * one that just does not get there is let run to its end. */
TEST(a_slow_learner_is_left_alone)
{
    Arena       arena = { 0 };
    const Shard shard = world_sentence(&arena, 40000, 4000);
    TrainConfig config = long_config(300);
    World       slow = { 0 }, slower = { 0 };
    config.lr = 0.0008;
    const TrainResult r = world_train(&config, &shard, NULL, &slow);
    CHECK(r.status == TRAIN_DONE && !r.reason[0]);
    CHECK_BELOW(r.val_loss, 3.02);
    double at_half = NAN;
    for (i64 i = 0; i < slow.lines; i++)
        if (slow.line[i].step == 150)
            at_half = slow.line[i].val_loss;
    CHECK(at_half > shard.unigram_nats + 0.2);

    config.lr = 0.0005;
    const TrainResult s = world_train(&config, &shard, NULL, &slower);
    CHECK(s.status == TRAIN_PLATEAU && s.step == 300);
    arena_free(&arena);
}

/* The rate rises through all that is stable and comes down again. */
TEST(a_spike_that_comes_back_is_counted_and_the_run_goes_on)
{
    Arena       arena = { 0 };
    const Shard shard = world_sentence(&arena, 40000, 4000);
    TrainConfig config = long_config(400);
    World       calm = { 0 }, wild = { 0 };
    config.lr     = 0.5;
    config.warmup = 0.5;
    config.lr_final = 0;
    const TrainResult r = world_train(&config, &shard, NULL, &wild);
    CHECK(r.status == TRAIN_DONE && r.spikes == 1);
    CHECK_BELOW(r.val_loss, 0.5);
    config.lr = 0.01;
    const TrainResult s = world_train(&config, &shard, NULL, &calm);
    CHECK(s.status == TRAIN_DONE && s.spikes == 0);
    arena_free(&arena);
}

TEST(a_spike_that_never_comes_back_ends_the_run)
{
    Arena       arena = { 0 };
    const Shard shard = world_sentence(&arena, 40000, 4000);
    TrainConfig config = long_config(400);
    World       world = { 0 };
    config.lr     = 1;
    config.warmup = 1;
    const TrainResult r = world_train(&config, &shard, NULL, &world);
    CHECK(r.status == TRAIN_DIVERGED && r.spikes >= 1);
    CHECK(r.step > 200 && r.step < 400);
    CHECK_HAS(r.reason, "never came back");
    CHECK(r.least_loss < shard.unigram_nats && isnan(r.val_loss));
    CHECK(world.line[world.lines - 1].step == r.step);
    arena_free(&arena);
}

/* 49 windows learned by heart: the held-out loss falls, and then rises. */
TEST(patience_ends_a_run_that_overfits_and_says_where_it_was_best)
{
    Arena       arena = { 0 };
    const Shard shard = world_half(&arena, 1600, 4100);
    TrainConfig config = heart_config();
    World       all = { 0 }, some = { 0 };
    const TrainResult r = world_train(&config, &shard, NULL, &all);
    CHECK(r.status == TRAIN_DONE && !r.reason[0] && r.step == 600);
    CHECK(r.least_loss < r.val_loss - 0.3 && r.least_step < 400);

    config.patience = 0.02;
    const TrainResult s = world_train(&config, &shard, NULL, &some);
    CHECK(s.status == TRAIN_DONE && s.step < 600);
    CHECK_HAS(s.reason, "stopped early after step");
    CHECK_NEAR(s.least_loss, r.least_loss, 0);
    CHECK(s.least_step == r.least_step && s.least_step < s.step);
    CHECK(s.val_loss > 1.02 * s.least_loss && isfinite(s.train_loss));
    CHECK(s.tokens == s.step * 128 && s.val_tokens == 4000);
    /* One line a step, the last one the last evaluation's. */
    for (i64 i = 1; i < some.lines; i++)
        CHECK(some.line[i].step > some.line[i - 1].step);
    CHECK_NEAR(some.line[some.lines - 1].val_loss, s.val_loss, 0);
    arena_free(&arena);
}

/* Stopped anywhere, before the rise and in it, and taken up again when it is
 * over: the same end. */
TEST(an_early_stop_is_the_same_however_often_the_run_was_stopped)
{
    Arena       arena = { 0 };
    const Shard shard = world_half(&arena, 1600, 4100);
    TrainConfig config = heart_config();
    World       none = { 0 };
    config.patience = 0.02;
    const TrainResult want = world_train(&config, &shard, NULL, &none);
    const char       *path = file_of(&arena, "early");
    World             world = { 0 };
    TrainResult       r = { .status = TRAIN_INTERRUPTED };
    for (i64 stop = 40; r.status == TRAIN_INTERRUPTED; stop += 40) {
        world.stop_after = stop;
        r = world_train(&config, &shard, path, &world);
    }
    CHECK(r.resumed > 3);
    for (int again = 0; again < 2; again++) {
        CHECK(r.status == TRAIN_DONE && r.step == want.step);
        CHECK_NEAR(r.val_loss, want.val_loss, 0);
        CHECK_NEAR(r.least_loss, want.least_loss, 0);
        CHECK_TEXT(r.reason, want.reason);
        CHECK(world.lines == none.lines);
        r = world_train(&config, &shard, path, &world); /* it is over */
    }
    arena_free(&arena);
}

/* -- The arithmetic of the rules ---------------------------------------------- */

/* Feeds a loss a step; returns how many spikes were counted. */
static i64 spikes_of(double (*loss)(i64 step), i64 steps)
{
    Standing    at = { 0 };
    TrainConfig config = world_config();
    config.steps = steps;
    for (; at.step < steps; at.step++)
        finding_smooth(&at, &config, loss(at.step));
    return at.spikes;
}

/* A power law with as much noise as small batches have, 0.15 nats. */
static double falling(i64 step)
{
    return 2 + 4 * pow((double)step + 1, -0.3)
           + 0.15 * rng_normal(8, RNG_TEST, (u64)step);
}

static double one_batch_off(i64 step)
{
    return falling(step) + (step == 700 ? 3 : 0);
}

static double twice(i64 step)
{
    return falling(step) + (step / 100 == 4 || step / 100 == 7 ? 0.8 : 0);
}

/* Batches of a few tokens. */
static double noisy(i64 step)
{
    return 2 + 4 * pow((double)step + 1, -0.3)
           + 0.6 * rng_normal(9, RNG_TEST, (u64)step);
}

TEST(noise_is_no_spike_nor_is_one_bad_batch_and_two_jumps_are_two)
{
    CHECK(spikes_of(falling, 2000) == 0);
    CHECK(spikes_of(falling, 60) == 0);
    CHECK(spikes_of(noisy, 2000) == 0);
    CHECK(spikes_of(one_batch_off, 2000) == 0);
    CHECK(spikes_of(twice, 2000) == 2);
}

/* From a loss of 1 to 4: below ln 256 + 1, and no end of a run that had begun
 * from another's parameters; of one that knew nothing it is. */
TEST(what_a_started_run_may_lose_is_not_held_against_its_first_loss)
{
    TrainResult      out = { 0 };
    TrainConfig      config = world_config();
    Standing         at = { .step = 9, .loss_first = 1, .loss_smooth = 4 };
    const StepResult step = { .loss = 4, .grad_norm = 1, .finite = true };
    CHECK(finding_diverged(&out, &at, &config, &step, 5));
    CHECK_HAS(out.reason, "above the first, 1.000");
    config.start_run = "a-1";
    CHECK(!finding_diverged(&out, &at, &config, &step, 5));
    at.loss_smooth = log(256) + 1.01;
    CHECK(finding_diverged(&out, &at, &config, &step, 5));
    CHECK_HAS(out.reason, "above ln V, 5.545");
}

static bool point_with(Standing *at, i64 step, double loss, double se,
                       double warmup)
{
    TrainResult       out = { 0 };
    const TrainConfig config = { .steps = 1000, .patience = 0.1,
                                 .warmup = warmup };
    const EvalResult  eval = { .loss = loss, .se = se };
    at->step = step;
    return finding_point(&out, at, &config, &eval, 3);
}

static bool point(Standing *at, i64 step, double loss)
{
    return point_with(at, step, loss, NAN, 0);
}

/* Goal 2.98. From 300 to 545 in log steps is as far as from there to 1000. */
TEST(a_plateau_on_the_way_is_judged_by_what_it_could_still_become)
{
    Standing at = { 0 };
    CHECK(!point(&at, 300, 3.3));
    CHECK(point(&at, 545, 3.3));           /* does not move     */
    at = (Standing){ 0 };
    CHECK(!point(&at, 300, 3.3));
    CHECK(!point(&at, 545, 3.22));         /* 4 x 0.08 > 0.24   */
    at = (Standing){ 0 };
    CHECK(!point(&at, 300, 3.3));
    CHECK(point(&at, 545, 3.25));          /* 4 x 0.05 < 0.27   */
    at = (Standing){ 0 };
    CHECK(!point(&at, 200, 3.3) && !point(&at, 499, 3.3)); /* before half */
    at = (Standing){ 0 };
    CHECK(!point(&at, 300, 2.9) && !point(&at, 545, 3.3)); /* it had left */
    at = (Standing){ 0 };
    CHECK(!point(&at, 600, 3.3));          /* nothing to hold it against  */
}

/* Single tokens: 3; a fall of 0.002 is 0.008 by the end. */
TEST(of_a_text_with_little_to_learn_a_little_is_enough)
{
    Standing at = { 0 };
    CHECK(!point(&at, 300, 2.995) && point(&at, 545, 2.993)); /* to 2.985 */
    at = (Standing){ 0 };
    CHECK(!point_with(&at, 300, 2.995, 1e-3, 0));
    CHECK(!point_with(&at, 545, 2.993, 1e-3, 0)); /* below 2.996 already */
    at = (Standing){ 0 };
    CHECK(!point_with(&at, 300, 2.999, 1e-3, 0));
    CHECK(point_with(&at, 545, 2.999, 1e-3, 0));  /* within its error   */
}

TEST(while_the_rate_warms_up_nothing_is_held_against_a_loss)
{
    Standing at = { 0 };
    point_with(&at, 10, 2, NAN, 0.2), point_with(&at, 100, 2.5, NAN, 0.2);
    point_with(&at, 200, 2.5, NAN, 0.2);
    CHECK(at.risen == 0);
    point_with(&at, 201, 2.5, NAN, 0.2);
    CHECK(at.risen == 1);
}

TEST(patience_counts_rises_on_end_over_the_least)
{
    const TrainConfig config = { .steps = 1000, .patience = 0.1 };
    Standing at = { 0 };
    point(&at, 100, 2), point(&at, 200, 2.3);
    CHECK(at.risen == 1 && !finding_stops_early(&at, &config));
    point(&at, 300, 2.1); /* within a tenth */
    CHECK(at.risen == 0);
    point(&at, 400, 2.25), point(&at, 500, 2.22);
    CHECK(finding_stops_early(&at, &config));
    CHECK(at.least_step == 100);
    CHECK_NEAR(at.least_loss, 2, 0);
    const TrainConfig never = { .steps = 1000 };
    CHECK(!finding_stops_early(&at, &never));
}
