/* test_train_bf16.c - runs in bf16: as faithful to themselves as runs in fp32,
 * bit by bit, and as near to those as rounding to 8 bits allows. That the
 * number of threads changes no bit is shown for every backend of either dtype
 * in test_train_run.c; bench/bf16.sh compares runs of minutes. */

#include "tests/test.h"
#include "tests/train_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static TrainConfig config_of(const char *dtype)
{
    TrainConfig config = world_config();
    config.kernels = "auto";
    config.dtype   = dtype;
    return config;
}

/* One checkpoint file in a folder of its own. */
typedef struct Place { char folder[64], file[96]; } Place;

static Place place_open(void)
{
    Place p = { .folder = "/tmp/scalelaw-bf16-XXXXXX" };
    CHECK(mkdtemp(p.folder));
    snprintf(p.file, sizeof p.file, "%s/state", p.folder);
    return p;
}

static void place_close(const Place *p)
{
    unlink(p->file);
    rmdir(p->folder);
}

TEST(a_stop_changes_no_bit_of_a_run_in_bf16)
{
    Arena       arena = { 0 };
    const Shard shard = world_sentence(&arena, 40000, 4000);
    TrainConfig config = config_of("bf16");
    World       whole = { 0 };
    const TrainResult want = world_train(&config, &shard, NULL, &whole);

    static const i64 stops[] = { 1, 11, 23 };
    for (int i = 0; i < COUNT_OF(stops); i++) {
        const Place p = place_open();
        World       world = { .stop_after = stops[i] };
        test_note("stopped after %d", (int)stops[i]);
        CHECK(world_train(&config, &shard, p.file, &world).status
              == TRAIN_INTERRUPTED);
        world.stop_after = 0;
        config.threads   = 1 + i;
        const TrainResult r = world_train(&config, &shard, p.file, &world);
        CHECK(r.status == TRAIN_DONE && world.resumed_at == stops[i]);
        CHECK_NEAR(r.val_loss, want.val_loss, 0);
        CHECK_NEAR(r.train_loss, want.train_loss, 0);
        CHECK(world.lines == whole.lines);
        for (i64 k = 0; k < whole.lines; k++)
            CHECK_NEAR(world.line[k].grad_norm, whole.line[k].grad_norm, 0);
        place_close(&p);
    }
    arena_free(&arena);
}

TEST(a_run_does_not_go_on_in_another_dtype)
{
    Arena       arena = { 0 };
    const Shard shard = world_sentence(&arena, 40000, 4000);
    TrainConfig config = config_of("bf16");
    const Place p = place_open();
    World       world = { .stop_after = 5 };
    world_train(&config, &shard, p.file, &world);

    Err         err = { 0 };
    TrainResult result;
    config.dtype = "fp32";
    CHECK(!train_run(&result, &config, &shard, p.file, NULL, &err));
    CHECK_HAS(err.text, "configuration");
    place_close(&p);
    arena_free(&arena);
}

/* As in fp32: a_sentence_is_learned_by_heart of test_train_run.c. */
TEST(a_sentence_is_learned_by_heart_in_bf16)
{
    Arena       arena = { 0 };
    World       world = { 0 };
    const Shard shard = world_sentence(&arena, 40000, 4000);
    TrainConfig config = config_of("bf16");
    config.steps = 300;
    config.lr    = 0.02;
    const TrainResult r = world_train(&config, &shard, NULL, &world);
    CHECK(r.status == TRAIN_DONE);
    CHECK_BELOW(r.val_loss, 0.05);
    CHECK_NEAR(world.line[0].train_loss, log(256), 0.02);
    arena_free(&arena);
}

/* Every line of a run of 24 steps, while the loss falls from 5.5 to below 3.
 * AdamW divides a gradient by its own size, so that one turned by a hundredth
 * (test_arch_bf16.c) moves parameters by a hundredth of a step elsewhere, and
 * the fall of the loss is another by about as much: within 2 % of the fall, and
 * not the same. */
TEST(a_run_in_bf16_falls_as_one_in_fp32)
{
    Arena       arena = { 0 };
    const Shard shard = world_sentence(&arena, 40000, 4000);
    World       world[2] = { 0 };
    const TrainConfig fp32 = config_of("fp32"), bf16 = config_of("bf16");
    const TrainResult a = world_train(&fp32, &shard, NULL, &world[0]);
    const TrainResult b = world_train(&bf16, &shard, NULL, &world[1]);
    const double      fall = log(256) - a.val_loss;

    CHECK(fall > 2);
    CHECK(a.val_loss != b.val_loss);
    CHECK_BELOW(fabs(a.val_loss - b.val_loss), 0.02 * fall);
    for (i64 i = 0; i < world[0].lines; i++) {
        test_note("line %d", (int)i);
        CHECK_BELOW(fabs(world[0].line[i].train_loss
                         - world[1].line[i].train_loss), 0.02 * fall);
    }
    arena_free(&arena);
}
