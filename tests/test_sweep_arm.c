/* test_sweep_arm.c - what the designs of a study's arms ask for, what they ask
 * for next, and what they refuse. */

#include "sweep/arm.h"
#include "tests/test.h"

#include <math.h>
#include <string.h>

#define REALS(...) { COUNT_OF(((double[]){ __VA_ARGS__ })), \
                     (const double[]){ __VA_ARGS__ } }
#define TEXTS(...) { COUNT_OF(((const char *[]){ __VA_ARGS__ })), \
                     (const char *const[]){ __VA_ARGS__ } }

static const double      one[] = { 1 };
static const char *const two_sizes[] = { "2x16", "2x32" };

static ArmRule rule(const char *design)
{
    ArmRule r = {
        .name = "arm", .design = design, .base = train_defaults(),
        .grid = { .sizes = { 2, two_sizes }, .counts = "body+head",
                  .spread = 4, .centre_n = 20e3, .centre_c = 1e11,
                  .centre_power = 0.5, .batch_tokens = 256, .batch_data = 0.5,
                  .lr = 0.01, .lr_width = -0.6, .seeds = { 1, one },
                  .head_size = 8 },
    };
    r.base.arch  = "transformer";
    r.base.shape = (Shape){ .vocab = 256, .context = 32 };
    return r;
}

static i64 named(const Ladder *runs, const char *name)
{
    i64 count = 0;
    for (i64 i = 0; i < runs->count; i++)
        count += strcmp(runs->run[i].name, name) == 0;
    return count;
}

TEST(a_product_has_every_combination_once)
{
    Arena   arena = { 0 };
    Err     err   = { 0 };
    Ladder  runs;
    ArmRule r = rule("product");
    r.tokens      = (RealList)REALS(1e5, 1e6);
    r.lr_times    = (RealList)REALS(0.5, 1, 2);
    r.batch_times = (RealList)REALS(1, 4);
    r.unique      = (RealList)REALS(5e4, 0);
    r.grid.seeds  = (RealList)REALS(1, 2);
    CHECK(arm_make(&runs, &arena, &r, &err));
    CHECK_NEAR(runs.count, 2 * 2 * 3 * 2 * 2 * 2, 0);
    for (i64 i = 0; i < runs.count; i++) {
        test_note("%s", runs.run[i].name);
        CHECK_NEAR(named(&runs, runs.run[i].name), 1, 0);
        CHECK(strcmp(runs.run[i].group, "arm") == 0);
    }
    CHECK_NEAR(named(&runs, "arm-2x32-d1e6-u5e4-b4-lr0.5-s2"), 1, 0);
    arena_free(&arena);
}

TEST(a_batch_so_many_times_as_large_leaves_d_and_the_rate)
{
    Arena   arena = { 0 };
    Err     err   = { 0 };
    Ladder  runs;
    ArmRule r = rule("product");
    r.tokens      = (RealList)REALS(1e6);
    r.batch_times = (RealList)REALS(1, 4);
    CHECK(arm_make(&runs, &arena, &r, &err));
    const TrainConfig *a = &runs.run[0].config, *b = &runs.run[1].config;
    CHECK_NEAR(b->batch, 4 * a->batch, 0);
    CHECK_NEAR((double)(b->steps * b->batch), (double)(a->steps * a->batch),
               1e-2);
    CHECK_NEAR(b->lr, a->lr, 0);
    arena_free(&arena);
}

TEST(lengths_go_by_tokens_by_n_or_by_budget)
{
    Arena   arena = { 0 };
    Err     err   = { 0 };
    Ladder  runs;
    ArmRule r = rule("product");
    r.tokens_per_n = (RealList)REALS(20);
    CHECK(arm_make(&runs, &arena, &r, &err));
    const TrainConfig *c = &runs.run[1].config;
    CHECK_NEAR((double)(c->steps * c->batch * 32),
               20 * count_n(c->shape, N_BODY_HEAD), 1e-3);
    CHECK(isnan(runs.run[1].budget));

    r.tokens_per_n = (RealList){ 0 };
    r.grid.budgets = (RealList)REALS(1e11);
    CHECK(arm_make(&runs, &arena, &r, &err));
    CHECK_NEAR(runs.run[1].flop, 1e11, 1e-3);
    CHECK_NEAR(runs.run[1].budget, 1e11, 0);

    r.grid.budgets = (RealList){ 0 };
    CHECK(!arm_make(&runs, &arena, &r, &err));
    CHECK(strstr(err.text, "arm arm: it does not say how long"));
    arena_free(&arena);
}

TEST(a_size_says_heads_and_feed_forward)
{
    Arena   arena = { 0 };
    Err     err   = { 0 };
    Ladder  runs;
    ArmRule r = rule("product");
    r.tokens     = (RealList)REALS(1e5);
    r.grid.sizes = (TextList)TEXTS("4x32h2f64", "1x20f50h5", "2x16h2f64");
    CHECK(arm_make(&runs, &arena, &r, &err));
    const Shape s = runs.run[0].config.shape, t = runs.run[1].config.shape;
    CHECK(s.layers == 4 && s.width == 32 && s.heads == 2 && s.ff == 64);
    CHECK(t.layers == 1 && t.width == 20 && t.heads == 5 && t.ff == 50);
    CHECK(strcmp(runs.run[0].name, "arm-4x32h2f64-d1e5-s1") == 0);
    CHECK(strcmp(runs.run[2].name, "arm-2x16-d1e5-s1") == 0);

    static const char *const wrong[] = { "2x16h", "2x16h0", "2x16h3", "2x16g2",
                                         "2x16h2h2", "x16", "2x16f-4" };
    for (int i = 0; i < COUNT_OF(wrong); i++) {
        test_note("%s", wrong[i]);
        r.grid.sizes = (TextList){ 1, &wrong[i] };
        CHECK(!arm_make(&runs, &arena, &r, &err));
    }
    arena_free(&arena);
}

TEST(warm_up_of_so_many_tokens_a_parameter)
{
    Arena   arena = { 0 };
    Err     err   = { 0 };
    Ladder  runs;
    ArmRule r = rule("product");
    r.tokens        = (RealList)REALS(1e6);
    r.grid.warmup_n = 1;
    CHECK(arm_make(&runs, &arena, &r, &err));
    const TrainConfig *c = &runs.run[0].config;
    CHECK_NEAR((double)(c->warmup_steps * c->batch * 32),
               count_n(c->shape, N_BODY_HEAD), 0.03);
    arena_free(&arena);
}

TEST(a_rate_that_was_found_goes_by_n)
{
    Arena   arena = { 0 };
    Err     err   = { 0 };
    Ladder  runs;
    ArmRule r = rule("product");
    r.tokens          = (RealList)REALS(1e6);
    r.grid.lr         = 0.02;
    r.grid.lr_n       = 1e4;
    r.grid.lr_n_power = -0.5;
    CHECK(arm_make(&runs, &arena, &r, &err));
    for (i64 i = 0; i < 2; i++) {
        const TrainConfig *c = &runs.run[i].config;
        CHECK_NEAR(c->lr, 0.02 * sqrt(1e4 / count_n(c->shape, N_BODY_HEAD)),
                   1e-12);
    }
    arena_free(&arena);
}

TEST(a_trunk_has_a_branch_for_each_shorter_length)
{
    Arena   arena = { 0 };
    Err     err   = { 0 };
    Ladder  runs;
    ArmRule r = rule("trunk");
    r.tokens = (RealList)REALS(1e5, 4e5, 2e5);
    CHECK(arm_make(&runs, &arena, &r, &err));
    CHECK_NEAR(runs.count, 2 * 3, 0);
    for (i64 i = 0; i < 6; i += 3) {
        const LadderRun *trunk = &runs.run[i];
        CHECK(!trunk->after);
        CHECK(trunk->config.schedule == SCHEDULE_WSD);
        CHECK_NEAR(trunk->flop_new, trunk->flop, 0);
        for (i64 k = 1; k < 3; k++) {
            const LadderRun   *b = &runs.run[i + k];
            const TrainConfig *c = &b->config;
            test_note("%s", b->name);
            CHECK(b->after == trunk);
            CHECK(c->branch_at <= trunk->config.steps * 4 / 5);
            CHECK_NEAR((double)c->branch_at, 0.8 * (double)c->steps, 0.02);
            CHECK_NEAR((double)c->steps, (double)trunk->config.steps
                                         * (k == 1 ? 0.25 : 0.5), 0.02);
            CHECK_NEAR(b->flop_new, 0.2 * b->flop, 0.05);
        }
    }
    arena_free(&arena);
}

TEST(a_fork_goes_on_from_moments_with_the_root_of_k_times_the_rate)
{
    Arena   arena = { 0 };
    Err     err   = { 0 };
    Ladder  stem, runs;
    ArmRule r = rule("product");
    r.tokens        = (RealList)REALS(1e6);
    r.base.schedule = SCHEDULE_CONSTANT;
    CHECK(arm_make(&stem, &arena, &r, &err));

    ArmRule f = rule("fork");
    f.from        = stem;
    f.tokens      = (RealList)REALS(1e5);
    f.at          = (RealList)REALS(0.25, 1);
    f.batch_times = (RealList)REALS(1, 4);
    CHECK(arm_make(&runs, &arena, &f, &err));
    CHECK_NEAR(runs.count, 2 * 2 * 2, 0);
    const LadderRun *a = &runs.run[0], *b = &runs.run[1], *c = &runs.run[2];
    CHECK(a->after == &stem.run[0] && a->config.start_moments);
    CHECK_NEAR((double)a->after_step, 0.25 * (double)stem.run[0].config.steps,
               0.01);
    CHECK_NEAR((double)c->after_step, 0, 0); /* its end */
    CHECK_NEAR(a->config.lr, stem.run[0].config.lr, 1e-12);
    CHECK_NEAR(b->config.lr, 2 * a->config.lr, 1e-12);
    CHECK_NEAR((double)b->config.batch, 4 * (double)a->config.batch, 0);
    CHECK(a->config.warmup == 0 && a->config.schedule == SCHEDULE_CONSTANT);

    arm_keep(&stem.run[0], &arena, &f.at);
    CHECK_NEAR((double)stem.run[0].config.keep.count, 1, 0);
    CHECK_NEAR(stem.run[0].config.keep.item[0], (double)a->after_step, 0);

    f.from = (Ladder){ 0 };
    CHECK(!arm_make(&runs, &arena, &f, &err));
    CHECK(strstr(err.text, "start_from"));
    arena_free(&arena);
}

TEST(a_run_starts_from_the_one_of_its_shape_and_seed)
{
    Arena   arena = { 0 };
    Err     err   = { 0 };
    Ladder  pre, runs;
    ArmRule r = rule("product");
    r.tokens     = (RealList)REALS(1e5, 1e6);
    r.grid.seeds = (RealList)REALS(1, 2);
    CHECK(arm_make(&pre, &arena, &r, &err));
    r.from   = pre;
    r.tokens = (RealList)REALS(1e4);
    CHECK(arm_make(&runs, &arena, &r, &err));
    for (i64 i = 0; i < runs.count; i++) {
        const LadderRun *from = runs.run[i].after;
        CHECK(from && from->config.seed == runs.run[i].config.seed);
        CHECK(from->config.shape.width == runs.run[i].config.shape.width);
        CHECK_NEAR(from->flop, pre.run[2 * 2 * (i / 2) + 2].flop, 1e-12);
    }
    r.grid.seeds = (RealList)REALS(3);
    CHECK(!arm_make(&runs, &arena, &r, &err));
    CHECK(strstr(err.text, "start_from: no run of that arm"));
    arena_free(&arena);
}

/* -- What is asked for next -------------------------------------------------- */

/* Losses with their least at `best` of the given axis. */
static double *bowl(Arena *arena, const Ladder *runs, double best, bool rates)
{
    double *loss = NEW(arena, double, runs->count);
    for (i64 i = 0; i < runs->count; i++) {
        const LadderRun *run = &runs->run[i];
        const double x = rates ? run->config.lr
                               : (double)run->config.shape.width;
        loss[i] = 1 + pow(log(x / best), 2);
    }
    return loss;
}

TEST(one_more_rate_beyond_an_edge_and_none_where_the_best_is_inside)
{
    Arena   arena = { 0 };
    Err     err   = { 0 };
    Ladder  runs, more;
    ArmRule r = rule("product");
    r.tokens     = (RealList)REALS(1e6);
    r.lr_times   = (RealList)REALS(0.5, 1, 2);
    r.grid.sizes = (TextList)TEXTS("2x32");
    r.grid.seeds = (RealList)REALS(1, 2);
    CHECK(arm_make(&runs, &arena, &r, &err));
    CHECK(arm_extend(&more, &arena, &r, &runs, bowl(&arena, &runs, 0.01, true),
                     &err));
    CHECK_NEAR((double)more.count, 0, 0);
    CHECK(arm_extend(&more, &arena, &r, &runs, bowl(&arena, &runs, 1, true),
                     &err));
    CHECK_NEAR((double)more.count, 2, 0);
    CHECK_NEAR(more.run[0].config.lr, 0.04, 1e-12);
    CHECK(strcmp(more.run[1].name, "arm-2x32-d1e6-lr4-s2") == 0);
    CHECK(arm_extend(&more, &arena, &r, &runs, bowl(&arena, &runs, 1e-4, true),
                     &err));
    CHECK_NEAR(more.run[0].config.lr, 0.0025, 1e-12);

    /* A rate that failed is not the best, and an end all the same. */
    double *loss = bowl(&arena, &runs, 0.02, true);
    loss[4] = loss[5] = INFINITY;
    CHECK(arm_extend(&more, &arena, &r, &runs, loss, &err));
    CHECK_NEAR((double)more.count, 0, 0);
    loss[4] = NAN; /* not known yet */
    CHECK(arm_extend(&more, &arena, &r, &runs, loss, &err));
    CHECK_NEAR((double)more.count, 0, 0);
    arena_free(&arena);
}

TEST(one_more_size_beyond_an_edge_the_next_that_is_listed_or_one_made)
{
    Arena   arena = { 0 };
    Err     err   = { 0 };
    Ladder  runs, more;
    ArmRule r = rule("isoflop");
    r.grid.budgets = (RealList)REALS(1e11);
    r.grid.sizes   = (TextList)TEXTS("2x8", "2x16", "2x24", "2x32", "2x40",
                                     "2x64");
    CHECK(arm_make(&runs, &arena, &r, &err));
    CHECK_NEAR((double)runs.count, 4, 0); /* 16, 24, 32, 40 */
    CHECK(arm_extend(&more, &arena, &r, &runs, bowl(&arena, &runs, 25, false),
                     &err));
    CHECK_NEAR((double)more.count, 0, 0);
    CHECK(arm_extend(&more, &arena, &r, &runs, bowl(&arena, &runs, 99, false),
                     &err));
    CHECK_NEAR((double)more.count, 1, 0);
    CHECK(strcmp(more.run[0].name, "arm-c1e+11-2x64-s1") == 0);
    CHECK_NEAR(more.run[0].flop, 1e11, 1e-3);

    r.grid.sizes.count = 5;
    CHECK(arm_extend(&more, &arena, &r, &runs, bowl(&arena, &runs, 99, false),
                     &err));
    CHECK_NEAR((double)more.run[0].config.shape.width, 48, 0); /* 40^2/32 */
    CHECK_NEAR((double)more.run[0].config.shape.heads, 6, 0);
    arena_free(&arena);
}

TEST(what_failed_is_tried_again_lower_and_a_branch_after_its_trunk)
{
    Arena   arena = { 0 };
    Err     err   = { 0 };
    Ladder  runs, again;
    ArmRule r = rule("trunk");
    r.tokens = (RealList)REALS(1e5, 4e5);
    r.retry  = 0.5;
    CHECK(arm_make(&runs, &arena, &r, &err));
    const double loss[] = { INFINITY, INFINITY, 1, NAN };
    arm_retry(&again, &arena, &r, &runs, loss);
    CHECK_NEAR((double)again.count, 2, 0);
    CHECK_NEAR(again.run[0].config.lr, 0.5 * runs.run[0].config.lr, 1e-12);
    CHECK(again.run[1].after == &again.run[0]);
    CHECK(strcmp(again.run[0].name, "arm-2x16-d4e5-s1-again") == 0);
    r.retry = 0;
    arm_retry(&again, &arena, &r, &runs, loss);
    CHECK_NEAR((double)again.count, 0, 0);
    arena_free(&arena);
}
