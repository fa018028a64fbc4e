/* test_sweep_coord.c - the coordinate check on real models: steps under muP
 * change activations alike at every width, steps under the standard
 * parametrisation do not, and the check can tell.
 *
 * Four steps, two seeds, widths 32, 64, 128: slopes of muP came out within
 * 0.13 of 0 (AdamW's first step is as long for a small gradient as for a large
 * one, which narrow models feel most), those of the standard up to 1. */

#include "sweep/coord.h"
#include "tests/test.h"

#include <math.h>
#include <string.h>

static const double widths[] = { 32, 64, 128 };

static CoordRule rule_of(const char *optimizer, bool llama)
{
    CoordRule rule = {
        .config = train_defaults(), .widths = { COUNT_OF(widths), widths },
        .head_size = 16, .steps = 4, .seeds = 2,
    };
    Shape *s = &rule.config.shape;
    s->layers = 2;
    s->context = 64;
    s->rms = s->rope = s->gated = s->bare = llama;
    rule.config.batch = 8;
    rule.config.lr = 0.01;
    rule.config.optimizer = optimizer;
    return rule;
}

static Coord check(CoordRule rule, const Shard *shard)
{
    Err   err = { 0 };
    Coord coord = { 0 };
    CHECK(coord_take(&coord, &rule, shard, &err));
    return coord;
}

static double slope_of(const Coord *coord, const char *name, i64 layer)
{
    for (int i = 0; i < coord->sites; i++)
        if (coord->site[i].layer == layer
            && strcmp(coord->site[i].name, name) == 0)
            return coord->site[i].change_slope;
    return NAN;
}

TEST(under_mup_steps_change_every_width_alike_and_else_they_do_not)
{
    Arena arena = { 0 };
    Err   err = { 0 };
    Shard shard;
    CHECK(coord_text(&shard, &arena, &err));
    for (int i = 0; i < 3; i++) {
        CoordRule rule = rule_of(i == 1 ? "muon" : "adamw", i == 2);
        test_note("%s%s", rule.config.optimizer, i == 2 ? ", llama" : "");
        const Coord standard = check(rule, &shard);
        rule.config.shape.mup_width = 32;
        const Coord mup = check(rule, &shard);

        CHECK(mup.sites == 17 && standard.sites == 17 && mup.widths == 3);
        CHECK_BELOW(fabs(mup.site[mup.worst].change_slope), 0.2);
        for (int k = 0; k < mup.sites; k++)
            CHECK_BELOW(fabs(mup.site[k].change_slope),
                        fabs(mup.site[mup.worst].change_slope) + 1e-12);
        CHECK(slope_of(&standard, "scores", -1) > 0.6);
        CHECK(slope_of(&standard, "after_ff", 1) > 0.25);
        CHECK(standard.site[standard.worst].change_slope > 0.6);

        /* At the base width both are one parametrisation. */
        for (int k = 0; k < mup.sites; k++)
            CHECK_NEAR(mup.site[k].change[0], standard.site[k].change[0], 0);
        CHECK_NEAR(mup.loss[0], standard.loss[0], 0);
        CHECK(mup.loss[2] != standard.loss[2]);
    }
    arena_free(&arena);
}

/* Passed through twice without a step between, nothing changes: rate 1e-300
 * moves no float. */
TEST(a_rate_that_moves_nothing_changes_nothing)
{
    Arena     arena = { 0 };
    Err       err = { 0 };
    Shard     shard;
    CoordRule rule = rule_of("adamw", false);
    CHECK(coord_text(&shard, &arena, &err));
    rule.config.lr = 1e-300;
    const Coord coord = check(rule, &shard);
    for (int k = 0; k < coord.sites; k++) {
        CHECK_NEAR(coord.site[k].change[1], 0, 0);
        CHECK(isnan(coord.site[k].change_slope)); /* absent, not 0 */
    }
    CHECK(isnan(coord.site[coord.worst].change_slope));
    arena_free(&arena);
}

#define REFUSED(change, word)                            \
    do {                                                 \
        CoordRule r = rule_of("adamw", false);           \
        Err       why = { 0 };                           \
        Coord     out;                                   \
        change;                                          \
        test_note("%s", #change);                        \
        CHECK(!coord_take(&out, &r, &shard, &why));      \
        CHECK_HAS(why.text, word);                       \
    } while (0)

TEST(what_gives_no_slope_is_refused)
{
    Arena arena = { 0 };
    Err   err = { 0 };
    Shard shard;
    static const double falling[] = { 64, 32 };
    CHECK(coord_text(&shard, &arena, &err));
    REFUSED(r.widths.count = 1, "widths");
    REFUSED(r.widths.item = falling; r.widths.count = 2, "does not rise");
    REFUSED(r.config.shape.context = 60, "context: 60");
    REFUSED(r.steps = 0, "steps");
    REFUSED(r.head_size = 20, "width 32");
    REFUSED(r.config.optimizer = "sgd"; r.config.shape.mup_width = 32, "sgd");
    arena_free(&arena);
}
