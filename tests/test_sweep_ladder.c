/* test_sweep_ladder.c - what a study's rules make of budgets and sizes, and what
 * they refuse. */

#include "sweep/ladder.h"
#include "tests/test.h"

#include <math.h>
#include <string.h>

static const double      budgets[] = { 1e11, 3e11, 9e11 };
static const double      seeds[]   = { 1, 2 };
static const char *const sizes[]   = { "1x8",  "2x8",  "2x16", "2x24", "2x32",
                                       "2x48", "3x48", "4x64", "4x96" };

static LadderRule rule(void)
{
    return (LadderRule){
        .budgets = { COUNT_OF(budgets), budgets },
        .sizes = { COUNT_OF(sizes), sizes },
        .spread = 4, .centre_n = 20e3, .centre_c = 3e11, .centre_power = 0.5,
        .counts = "body+head", .sizes_min = 4, .holdout = true,
        .batch_tokens = 1024, .batch_width = 1, .lr = 0.01, .lr_width = -1,
        .seeds = { COUNT_OF(seeds), seeds }, .head_size = 8,
    };
}

static TrainConfig base(void)
{
    TrainConfig config = train_defaults();
    config.shape = (Shape){ .vocab = 256, .context = 256 };
    return config;
}

static bool make(Ladder *grid, Arena *arena, const LadderRule *r, Err *err)
{
    const TrainConfig b = base();
    return ladder_make(grid, arena, r, &b, err);
}

TEST(every_run_costs_its_budget_to_half_a_step)
{
    Arena arena = { 0 };
    Err   err   = { 0 };
    Ladder  grid;
    const LadderRule r = rule();
    CHECK(make(&grid, &arena, &r, &err));
    CHECK(grid.count > 0);
    for (i64 i = 0; i < grid.count; i++) {
        const LadderRun *run = &grid.run[i];
        test_note("%s", run->name);
        CHECK_BELOW(fabs(run->flop / run->budget - 1),
                    0.5001 / (double)run->config.steps);
    }
    arena_free(&arena);
}

TEST(every_size_lies_within_the_spread_and_none_that_does_is_left_out)
{
    Arena arena = { 0 };
    Err   err   = { 0 };
    Ladder  grid;
    const LadderRule r = rule();
    CHECK(make(&grid, &arena, &r, &err));
    i64 want = 0;
    for (int b = 0; b < COUNT_OF(budgets); b++)
        for (int s = 0; s < COUNT_OF(sizes); s++) {
            Shape shape;
            CHECK(count_shape_parse(&shape, sizes[s]));
            const double n = 12.0 * (double)(shape.layers * shape.width
                                             * shape.width)
                           + 256.0 * (double)shape.width;
            const double centre = 20e3 * sqrt(budgets[b] / 3e11);
            want += fabs(log(n / centre)) <= log(4.04);
        }
    CHECK_NEAR(grid.count, want * COUNT_OF(seeds), 0);
    arena_free(&arena);
}

TEST(only_the_largest_budget_is_held_out)
{
    Arena arena = { 0 };
    Err   err   = { 0 };
    Ladder  grid;
    LadderRule r = rule();
    CHECK(make(&grid, &arena, &r, &err));
    for (i64 i = 0; i < grid.count; i++)
        CHECK((strcmp(grid.run[i].group, "holdout") == 0)
              == (grid.run[i].budget == 9e11));
    r.holdout = false;
    CHECK(make(&grid, &arena, &r, &err));
    for (i64 i = 0; i < grid.count; i++)
        CHECK(strcmp(grid.run[i].group, "fit") == 0);
    arena_free(&arena);
}

TEST(batch_and_rate_follow_the_width)
{
    Arena arena = { 0 };
    Err   err   = { 0 };
    Ladder  grid;
    const LadderRule r = rule();
    CHECK(make(&grid, &arena, &r, &err));
    for (i64 i = 0; i < grid.count; i++) {
        const TrainConfig *c = &grid.run[i].config;
        test_note("%s", grid.run[i].name);
        CHECK_NEAR(c->lr, 0.01 * 32 / (double)c->shape.width, 1e-12);
        CHECK_NEAR((double)c->batch,
                   fmax(1, round(4 * (double)c->shape.width / 32)), 0);
        CHECK_NEAR((double)(c->shape.heads * 8), (double)c->shape.width, 0);
    }
    arena_free(&arena);
}

TEST(names_tell_runs_apart)
{
    Arena arena = { 0 };
    Err   err   = { 0 };
    Ladder  grid;
    const LadderRule r = rule();
    CHECK(make(&grid, &arena, &r, &err));
    for (i64 i = 0; i < grid.count; i++)
        for (i64 j = 0; j < i; j++)
            CHECK(strcmp(grid.run[i].name, grid.run[j].name) != 0);
    arena_free(&arena);
}

/* Each rule bent in one place, and a word that the refusal must hold. */
static void refuses(LadderRule r, const char *word)
{
    Arena arena = { 0 };
    Err   err   = { 0 };
    Ladder  grid;
    test_note("%s", word);
    CHECK(!make(&grid, &arena, &r, &err));
    CHECK(err.kind == ERR_USAGE);
    CHECK(strstr(err.text, word) != NULL);
    arena_free(&arena);
}

TEST(what_cannot_be_is_refused_by_name)
{
    static const char *const bad[] = { "2x32", "big" };
    static const char *const odd[] = { "2x12", "2x32" };
    static const char *const falling[] = { "2x32", "2x16" };
    static const double back[] = { 3e11, 1e11 }, zero[] = { 0 };
    LadderRule r;

    r = rule(), r.centre_n = 4e6;      refuses(r, "outside the grid");
    r = rule(), r.centre_n = 10;       refuses(r, "outside the grid");
    r = rule(), r.sizes_min = 9;       refuses(r, "grid.sizes_min");
    r = rule(), r.counts = "all";      refuses(r, "grid.counts");
    r = rule(), r.spread = 1;          refuses(r, "spread");
    r = rule(), r.seeds.count = 0;     refuses(r, "grid.seeds");
    r = rule(), r.sizes = (TextList){ 2, bad };      refuses(r, "'big'");
    r = rule(), r.sizes = (TextList){ 2, odd };      refuses(r, "heads of 8");
    r = rule(), r.sizes = (TextList){ 2, falling };  refuses(r, "'2x16'");
    r = rule(), r.budgets = (RealList){ 2, back };   refuses(r, "rise");
    r = rule(), r.budgets = (RealList){ 1, zero };   refuses(r, "grid.budgets");
}
