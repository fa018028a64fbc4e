/* test_train_start.c - runs that begin from the parameters of another: as if
 * those had been their seed's, and with its moments as if nothing had come
 * between. */

#include "tests/test.h"
#include "tests/train_world.h"
#include "train/checkpoint.h"
#include "train/config.h"
#include "train/optimizer.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { KEPT = 16 };
static const double kept[] = { 8, KEPT };

static Shard text_of(Arena *arena) { return world_sentence(arena, 40000, 4000); }

static const char *file_of(Arena *arena, const char *name)
{
    return arena_print(arena, "%s/%s", test_folder(), name);
}

static TrainConfig first_config(void)
{
    TrainConfig config = world_config();
    config.schedule     = SCHEDULE_CONSTANT;
    config.warmup_steps = 3;
    config.keep         = (RealList){ COUNT_OF(kept), kept };
    return config;
}

static TrainConfig then_config(const char *start, const char *start_run)
{
    TrainConfig config = first_config();
    config.keep      = (RealList){ 0 };
    config.start     = start;
    config.start_run = start_run;
    return config;
}

/* Parameters and moments to the last bit. */
static bool same_slabs(Arena *arena, const char *a, const char *b)
{
    const Checkpoint x = checkpoint_of(arena, a), y = checkpoint_of(arena, b);
    const size_t bytes = (size_t)((char *)x.v - (char *)x.param)
                         + (size_t)x.head->count * sizeof(real);
    return x.head->count == y.head->count
           && memcmp(x.param, y.param, bytes) == 0;
}

/* The parameters alone are taken: a rate of almost nothing leaves them, while
 * tokens, FLOP and steps count from 0. */
TEST(a_run_begins_from_the_parameters_of_another_and_counts_from_0)
{
    Arena       arena = { 0 };
    const Shard shard = text_of(&arena);
    World       one = { 0 }, two = { 0 };
    const char *first = file_of(&arena, "p"), *then = file_of(&arena, "q");
    const TrainConfig config = first_config();
    TrainConfig next = then_config(first, "p-1");
    next.lr    = 1e-12;
    next.steps = 5;
    const TrainResult r = world_train(&config, &shard, first, &one);
    const TrainResult s = world_train(&next, &shard, then, &two);
    CHECK(s.status == TRAIN_DONE && s.step == 5 && s.tokens == 5 * 4 * 32);
    CHECK_NEAR(s.flop, s.flop_new, 0);
    CHECK_NEAR(s.val_loss, r.val_loss, 1e-6);
    CHECK(two.line[0].step == 1);
    /* Its own order: the windows of the first run's first step, now known. */
    CHECK_BELOW(two.line[0].train_loss, one.line[0].train_loss - 1);
    const Checkpoint b = checkpoint_of(&arena, then);
    CHECK(b.head->at.updates_before == 0 && b.head->at.sequences_before == 0);
    arena_free(&arena);
}

/* Steps 1 .. 16 in one run and 17 .. 24 in another, with the moments and in
 * the same order of the text: bit for bit 24 steps of one run. */
TEST(a_fork_with_nothing_changed_is_the_run_that_it_left)
{
    for (int i = 0; i < optimizer_count(); i++) {
        Arena       arena = { 0 };
        const Shard shard = text_of(&arena);
        World       one = { 0 }, two = { 0 }, three = { 0 };
        const char *name = optimizer_at(i)->name;
        const char *whole = file_of(&arena, arena_print(&arena, "w-%s", name));
        const char *fork = file_of(&arena, arena_print(&arena, "f-%s", name));
        const char *fresh = file_of(&arena, arena_print(&arena, "o-%s", name));
        TrainConfig config = first_config();
        TrainConfig next = then_config(arena_print(&arena, "%s-16", whole),
                                       "w@16");
        config.dropout   = next.dropout   = 0.1;
        config.optimizer = next.optimizer = name;
        next.steps = config.steps - KEPT;
        next.warmup_steps = 0, next.warmup = 0;
        next.start_moments = true;
        test_note("%s", name);
        const TrainResult want = world_train(&config, &shard, whole, &one);
        const TrainResult seen = world_train(&next, &shard, fork, &two);
        CHECK(same_slabs(&arena, whole, fork));
        CHECK_NEAR(seen.val_loss, want.val_loss, 0);
        CHECK(seen.tokens == 8 * 4 * 32 && two.line[0].step == 1);

        next.start_moments = false;
        world_train(&next, &shard, fresh, &three);
        CHECK(!same_slabs(&arena, whole, fresh));
        arena_free(&arena);
    }
}

/* Another batch and rate; and a fork of that fork knows of both before it. */
TEST(a_fork_may_change_batch_and_rate_and_be_forked_again)
{
    Arena       arena = { 0 };
    const Shard shard = text_of(&arena);
    World       one = { 0 }, two = { 0 }, three = { 0 };
    const char *a = file_of(&arena, "a"), *b = file_of(&arena, "b");
    const char *c = file_of(&arena, "c");
    const TrainConfig config = first_config();
    TrainConfig next = then_config(file_of(&arena, "a-16"), "a@16");
    next.start_moments = true;
    next.batch = 8, next.lr = 0.014, next.steps = 5;
    world_train(&config, &shard, a, &one);
    CHECK(world_train(&next, &shard, b, &two).status == TRAIN_DONE);
    next.start = b, next.start_run = "b";
    CHECK(world_train(&next, &shard, c, &three).status == TRAIN_DONE);
    const Standing at = checkpoint_of(&arena, c).head->at;
    CHECK(at.updates_before == KEPT + 5);
    CHECK(at.sequences_before == KEPT * 4 + 5 * 8);
    arena_free(&arena);
}

/* Each step a stop, with other numbers of threads, and the run that it began
 * from gone after the first. */
TEST(a_started_run_that_is_stopped_goes_on_without_the_other)
{
    for (int moments = 0; moments < 2; moments++) {
        Arena       arena = { 0 };
        const Shard shard = text_of(&arena);
        World       one = { 0 }, straight = { 0 }, crumbs = { 0 };
        const char *first = file_of(&arena, "s"), *whole = file_of(&arena, "v");
        const char *path = file_of(&arena, "u");
        const TrainConfig config = first_config();
        TrainConfig next = then_config(first, "s-1");
        next.steps = 10;
        next.start_moments = moments;
        unlink(first), unlink(whole), unlink(path);
        world_train(&config, &shard, first, &one);
        world_train(&next, &shard, whole, &straight);
        TrainResult r = { 0 };
        for (i64 stop = 1; stop <= 10; stop++) {
            crumbs.stop_after = stop;
            next.threads = 1 + (int)(stop % 2);
            r = world_train(&next, &shard, path, &crumbs);
            if (stop == 1)
                CHECK(unlink(first) == 0);
            CHECK(r.step == stop);
        }
        CHECK(r.status == TRAIN_DONE && r.resumed == 9);
        CHECK(same_slabs(&arena, whole, path));
        arena_free(&arena);
    }
}

/* Fine-tuning: what one text taught helps with another, and the other's
 * corpus is no obstacle. */
TEST(a_run_may_begin_from_one_that_learned_another_corpus)
{
    Arena       arena = { 0 };
    const Shard shard = text_of(&arena);
    const Shard other = world_noise(&arena, 40000, 4000);
    World       one = { 0 }, two = { 0 };
    TrainResult r;
    Err         err = { 0 };
    const char *first = file_of(&arena, "n");
    const TrainConfig config = first_config();
    TrainConfig next = then_config(first, "n-1");
    next.steps = 4;
    world_train(&config, &other, first, &one);
    CHECK(train_run(&r, &next, &shard, NULL, NULL, &err));
    next.start_moments = true;
    const char *path = file_of(&arena, "m");
    world_train(&next, &shard, path, &two);
    const Standing at = checkpoint_of(&arena, path).head->at;
    CHECK(at.updates_before == 24 && at.sequences_before == 0);
    arena_free(&arena);
}

#define REFUSED(change, word)                                     \
    do {                                                          \
        TrainConfig c = then_config(file_of(&arena, "r-16"),      \
                                    "r@16");                      \
        Err         why = { 0 };                                  \
        TrainResult r;                                            \
        change;                                                   \
        test_note("%s", #change);                                 \
        CHECK(!train_run(&r, &c, &shard, NULL, NULL, &why));      \
        CHECK(why.kind == ERR_USAGE || why.kind == ERR_FORMAT);   \
        CHECK_HAS(why.text, word);                                \
        CHECK_HAS(why.text, ";");                                 \
    } while (0)

TEST(what_cannot_be_begun_from_is_refused_by_name)
{
    Arena       arena = { 0 };
    const Shard shard = text_of(&arena);
    const TrainConfig config = first_config();
    World       world = { .stop_after = 20 };
    world_train(&config, &shard, file_of(&arena, "r"), &world);

    REFUSED(c.start = file_of(&arena, "r-15"), "not there");
    REFUSED(c.start_run = "r@8", "at step 16");
    REFUSED(c.start_run = "r"; c.start = file_of(&arena, "r"), "its end");
    REFUSED(c.start_run = NULL, "start_run");
    REFUSED(c.start = NULL, "no checkpoint");
    REFUSED(c.start = c.start_run = NULL; c.start_moments = true, "moments");
    REFUSED(c.start_moments = true; c.optimizer = "sgd", "adamw");
    REFUSED(c.shape.width *= 2, "2x16");
    REFUSED(c.shape.layers = 1, "1x16");
    REFUSED(c.shape.heads = 4, "4 heads");
    REFUSED(c.shape.vocab = 300, "vocabulary 300");
    REFUSED(c.shape.rope = true, "rope");
    REFUSED(c.shape.context = 16, "context 16");

    Err   err = { 0 };
    char *bytes;
    i64   count;
    const char *path = file_of(&arena, "r-16");
    CHECK(file_read(&bytes, &count, &arena, path, &err));
    CHECK(file_write(path, bytes, count - 100, &err));
    REFUSED(c.lr = c.lr, "cut short");
    bytes[count / 2] ^= 1;
    CHECK(file_write(path, bytes, count, &err));
    REFUSED(c.lr = c.lr, "damaged");
    arena_free(&arena);
}

/* All that a model's words must tell apart. */
#define OTHER(change)                                             \
    do {                                                          \
        TrainConfig c = world_config();                           \
        char        a[MODEL_WORDS], b[MODEL_WORDS];               \
        config_model(a, &c);                                      \
        change;                                                   \
        config_model(b, &c);                                      \
        test_note("%s", #change);                                 \
        CHECK(strcmp(a, b) != 0);                                 \
        CHECK(strlen(b) + 60 < MODEL_WORDS);                      \
    } while (0)

TEST(every_part_of_a_shape_is_in_the_words_of_its_model)
{
    OTHER(c.arch = "lstm");
    OTHER(c.shape.layers++);
    OTHER(c.shape.width++);
    OTHER(c.shape.heads++);
    OTHER(c.shape.ff++);
    OTHER(c.shape.vocab++);
    OTHER(c.shape.context++);
    OTHER(c.shape.kv_heads++);
    OTHER(c.shape.mup_width++);
    OTHER(c.shape.mup_width = c.shape.mup_head = 8);
    OTHER(c.shape.tied = true);
    OTHER(c.shape.rms = true);
    OTHER(c.shape.rope = true);
    OTHER(c.shape.gated = true);
    OTHER(c.shape.qk_norm = true);
    OTHER(c.shape.bare = true);
}
