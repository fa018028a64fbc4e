/* test_train_branch.c - a trunk with a constant rate, the checkpoints that it
 * keeps, and the branches that cool down from them: bit for bit the runs that
 * would have been trained from the beginning. */

#include "tests/test.h"
#include "tests/train_world.h"
#include "train/checkpoint.h"
#include "train/optimizer.h"

#include <stdio.h>
#include <unistd.h>

enum { AT = 16, COOL = 8 };
static const double kept[] = { 8, AT };

static Shard text_of(Arena *arena) { return world_sentence(arena, 40000, 4000); }

static TrainConfig trunk_config(void)
{
    TrainConfig config = world_config();
    config.schedule     = SCHEDULE_CONSTANT;
    config.steps        = 40;
    config.warmup_steps = 3;
    config.keep         = (RealList){ COUNT_OF(kept), kept };
    return config;
}

/* The whole run in one piece: AT flat steps, COOL cooling ones. */
static TrainConfig whole_config(void)
{
    TrainConfig config = trunk_config();
    config.schedule = SCHEDULE_WSD;
    config.steps    = AT + COOL;
    config.cooldown_steps = COOL;
    config.keep     = (RealList){ 0 };
    return config;
}

static TrainConfig branch_config(const char *trunk)
{
    TrainConfig config = whole_config();
    config.branch_at = AT;
    config.trunk     = trunk;
    return config;
}

static const char *file_of(Arena *arena, const char *name)
{
    return arena_print(arena, "%s/%s", test_folder(), name);
}

/* Parameters and moments to the last bit. */
static bool same_slabs(Arena *arena, const char *a, const char *b)
{
    Err   err = { 0 };
    char *x, *y;
    i64   n, m;
    if (!CHECK(file_read(&x, &n, arena, a, &err))
        || !CHECK(file_read(&y, &m, arena, b, &err)) || n != m)
        return false;
    const i64 count = ((Header *)(void *)x)->count;
    const Checkpoint p = checkpoint_lay(x, count), q = checkpoint_lay(y, count);
    const size_t bytes = (size_t)((char *)p.v - (char *)p.param)
                       + (size_t)count * sizeof(real);
    return memcmp(p.param, q.param, bytes) == 0;
}

TEST(trunk_and_branch_are_the_run_trained_in_one_piece)
{
    for (int i = 0; i < optimizer_count(); i++) {
        Arena       arena = { 0 };
        const Shard shard = text_of(&arena);
        World       one = { 0 }, two = { 0 }, three = { 0 };
        const char *name = optimizer_at(i)->name;
        const char *whole = file_of(&arena, arena_print(&arena, "w-%s", name));
        const char *trunk = file_of(&arena, arena_print(&arena, "t-%s", name));
        const char *branch = file_of(&arena, arena_print(&arena, "b-%s",
                                                         name));
        TrainConfig in_one = whole_config(), long_one = trunk_config();
        TrainConfig cooling = branch_config(arena_print(&arena, "%s-%d", trunk,
                                                        AT));
        in_one.optimizer = long_one.optimizer = cooling.optimizer = name;
        test_note("%s", name);
        const TrainResult want = world_train(&in_one, &shard, whole, &one);
        const TrainResult past = world_train(&long_one, &shard, trunk, &two);
        const TrainResult seen = world_train(&cooling, &shard, branch, &three);

        CHECK(same_slabs(&arena, whole, branch));
        CHECK(!same_slabs(&arena, whole, trunk));
        CHECK(seen.status == want.status && seen.resumed == 0);
        CHECK_NEAR(seen.val_loss, want.val_loss, 0);
        CHECK_NEAR(seen.train_loss, want.train_loss, 0);
        CHECK(seen.tokens == want.tokens && seen.step == AT + COOL);
        CHECK_NEAR(seen.flop, want.flop, 0);
        CHECK_NEAR(seen.flop_new, want.flop * COOL / (AT + COOL), 1e-12);
        CHECK_NEAR(want.flop_new, want.flop, 0);
        CHECK(past.step == 40 && three.line[0].step > AT);
        arena_free(&arena);
    }
}

/* Each step of the branch a stop, with other numbers of threads. */
TEST(a_branch_that_is_stopped_goes_on_without_its_trunk)
{
    Arena       arena = { 0 };
    const Shard shard = text_of(&arena);
    World       a = { 0 }, b = { 0 }, c = { 0 };
    const char *trunk = file_of(&arena, "t"), *branch = file_of(&arena, "b");
    const char *at = file_of(&arena, "t-16"), *whole = file_of(&arena, "w");
    const TrainConfig long_one = trunk_config(), in_one = whole_config();
    TrainConfig cooling = branch_config(at);
    world_train(&in_one, &shard, whole, &a);
    world_train(&long_one, &shard, trunk, &b);
    TrainResult r = { 0 };
    for (i64 stop = AT + 1; stop <= AT + COOL; stop++) {
        c.stop_after = stop;
        cooling.threads = 1 + (int)(stop % 2);
        r = world_train(&cooling, &shard, branch, &c);
        if (stop == AT + 1)
            CHECK(unlink(at) == 0);
        CHECK(r.step == stop);
    }
    CHECK(r.status == TRAIN_DONE && r.resumed == COOL - 1);
    CHECK(same_slabs(&arena, whole, branch));
    arena_free(&arena);
}

/* A stop at a step to keep, before it and after: what is kept is the same. */
TEST(kept_checkpoints_survive_stops)
{
    Arena       arena = { 0 };
    const Shard shard = text_of(&arena);
    const TrainConfig config = trunk_config();
    World       straight = { 0 };
    const char *want = file_of(&arena, "s"), *seen = file_of(&arena, "k");
    world_train(&config, &shard, want, &straight);
    for (i64 stop = 7; stop <= 9; stop++) {
        World world = { .stop_after = stop };
        unlink(seen);
        unlink(file_of(&arena, "k-8"));
        world_train(&config, &shard, seen, &world);
        CHECK(file_exists(file_of(&arena, "k-8")) == (stop >= 8));
        world.stop_after = 0;
        world_train(&config, &shard, seen, &world);
        CHECK(same_slabs(&arena, file_of(&arena, "s-8"),
                         file_of(&arena, "k-8")));
        CHECK(same_slabs(&arena, file_of(&arena, "s-16"),
                         file_of(&arena, "k-16")));
    }
    arena_free(&arena);
}

TEST(a_branch_of_a_wsd_trunk_may_start_until_its_rate_falls)
{
    Arena       arena = { 0 };
    Err         err = { 0 };
    const Shard shard = text_of(&arena);
    static const double late[] = { AT, AT + 4 };
    World       world = { 0 };
    TrainResult r;
    TrainConfig trunk = whole_config();
    trunk.keep = (RealList){ 2, late };
    world_train(&trunk, &shard, file_of(&arena, "wsd"), &world);

    TrainConfig branch = branch_config(file_of(&arena, "wsd-16"));
    branch.steps += 4;
    branch.cooldown_steps += 4;
    CHECK(train_run(&r, &branch, &shard, NULL, NULL, &err));
    branch.branch_at = AT + 4;
    branch.cooldown_steps -= 4;
    branch.trunk = file_of(&arena, "wsd-20");
    CHECK(!train_run(&r, &branch, &shard, NULL, NULL, &err));
    CHECK_HAS(err.text, "begun to fall after step 16");
    arena_free(&arena);
}

#define REFUSED(change, word)                                     \
    do {                                                          \
        TrainConfig c = branch_config(file_of(&arena, "r-16"));   \
        Err         why = { 0 };                                  \
        TrainResult r;                                            \
        change;                                                   \
        test_note("%s", #change);                                 \
        CHECK(!train_run(&r, &c, text, NULL, NULL, &why));        \
        CHECK(why.kind == ERR_USAGE || why.kind == ERR_FORMAT);   \
        CHECK_HAS(why.text, word);                                \
        CHECK_HAS(why.text, ";");                                 \
    } while (0)

TEST(what_is_no_branch_of_that_trunk_is_refused_by_name)
{
    Arena       arena = { 0 };
    const Shard shard = text_of(&arena), other = world_noise(&arena, 40000,
                                                             4000);
    const TrainConfig config = trunk_config();
    World        world = { 0 };
    const Shard *text = &shard;
    world_train(&config, &shard, file_of(&arena, "r"), &world);

    REFUSED(c.trunk = file_of(&arena, "r-15"), "not there");
    REFUSED(c.trunk = file_of(&arena, "r-15"), "--keep");
    REFUSED(c.branch_at = 12, "at step 16");
    REFUSED(c.lr *= 2, "another configuration");
    REFUSED(c.seed++, "another configuration");
    REFUSED(c.optimizer = "sgd", "another configuration");
    REFUSED(c.warmup_steps++, "another configuration");
    REFUSED(c.batch++, "another configuration");
    REFUSED(c.shape.width *= 2, "another configuration");
    text = &other;
    REFUSED(c.lr = c.lr, "another corpus");

    text = &shard;
    Err   err = { 0 };
    char *bytes;
    i64   count;
    CHECK(file_read(&bytes, &count, &arena, file_of(&arena, "r-16"), &err));
    bytes[count / 2] ^= 1;
    CHECK(file_write(file_of(&arena, "r-16"), bytes, count, &err));
    REFUSED(c.lr = c.lr, "damaged");
    REFUSED(c.lr = c.lr, "train the trunk anew");
    arena_free(&arena);
}
