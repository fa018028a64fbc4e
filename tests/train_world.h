/* train_world.h - small texts in memory, and small runs, for the tests of the
 * trainer. */

#ifndef TRAIN_WORLD_H
#define TRAIN_WORLD_H

#include "base/arena.h"
#include "base/rng.h"
#include "base/file.h"
#include "tests/test.h"
#include "train/checkpoint.h"
#include "train/train.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline double world_entropy(const u8 *token, i64 count)
{
    double seen[256] = { 0 }, nats = 0;
    for (i64 i = 0; i < count; i++)
        seen[token[i]]++;
    for (int v = 0; v < 256; v++)
        if (seen[v] > 0)
            nats -= seen[v] / (double)count * log(seen[v] / (double)count);
    return nats;
}

static inline Shard world_shard(u8 *token, i64 train, i64 val)
{
    Shard shard = {
        .name = "world", .tokenizer = "byte", .vocab = 256,
        .source_bytes = train + val, .train_count = train, .val_count = val,
        .val_bytes_per_token = 1, .token_bytes = 1, .token = token,
        .unigram_nats = world_entropy(token, train),
    };
    hash_sha256(shard.sha256, token, train + val);
    return shard;
}

/* One sentence over and over: all of it can be learned by heart. */
static inline Shard world_sentence(Arena *arena, i64 train, i64 val)
{
    static const char text[] = "the quick brown fox jumps over a lazy dog; ";
    u8 *token = NEW(arena, u8, train + val);
    for (i64 i = 0; i < train + val; i++)
        token[i] = (u8)text[i % ((i64)sizeof text - 1)];
    return world_shard(token, train, val);
}

/* Bytes that nothing foretells. */
static inline Shard world_noise(Arena *arena, i64 train, i64 val)
{
    u8 *token = NEW(arena, u8, train + val);
    for (i64 i = 0; i < train + val; i++)
        token[i] = (u8)rng_below(5, RNG_TEST, (u64)i, 256);
    return world_shard(token, train, val);
}

static inline TrainConfig world_config(void)
{
    TrainConfig config = train_defaults();
    config.shape = (Shape){ .layers = 2, .width = 16, .heads = 2, .ff = 64,
                            .vocab = 256, .context = 32 };
    config.batch = 4;
    config.steps = 24;
    config.lr    = 0.01;
    config.eval_tokens = 512;
    config.eval_points = 2;
    config.eval_point_tokens = 128;
    config.kernels = "ref";
    return config;
}

/* The same, of LSTM cells. */
static inline TrainConfig world_cells(void)
{
    TrainConfig config = world_config();
    config.arch = "lstm";
    config.shape.recurrent = true;
    count_recurrent(&config.shape);
    return config;
}

/* What a run said, line by line, and when it is to stop. */
enum { WORLD_LINES = 512 };
typedef struct World {
    TrainMetric line[WORLD_LINES];
    i64         lines, steps, resumed_at;
    i64         stop_after; /* 0: never */
    double      last_loss;
} World;

static inline bool world_resumed(void *self, i64 step, Err *err)
{
    World *world = self;
    (void)err;
    world->resumed_at = step;
    while (world->lines && world->line[world->lines - 1].step > step)
        world->lines--;
    return true;
}

static inline bool world_metric(void *self, const TrainMetric *metric,
                                Err *err)
{
    World *world = self;
    if (world->lines == WORLD_LINES)
        return err_set(err, ERR_IO, "more lines than the test has room for");
    world->line[world->lines++] = *metric;
    return true;
}

static inline void world_step(void *self, i64 step, double loss)
{
    World *world = self;
    world->steps = step;
    world->last_loss = loss;
}

static inline bool world_stop(void *self)
{
    const World *world = self;
    return world->stop_after && world->steps >= world->stop_after;
}

static inline TrainHooks world_hooks(World *world)
{
    return (TrainHooks){ world, world_resumed, world_metric, world_step,
                         world_stop };
}

/* A whole run; one that ends with an error fails its test. */
static inline TrainResult world_train(const TrainConfig *config,
                                      const Shard *shard, const char *path,
                                      World *world)
{
    Err              err = { 0 };
    TrainResult      result = { 0 };
    const TrainHooks hooks = world_hooks(world);
    if (!CHECK(train_run(&result, config, shard, path, &hooks, &err)))
        printf("%s\n", err.text);
    return result;
}

/* The checkpoint that lies there. */
static inline Checkpoint checkpoint_of(Arena *arena, const char *path)
{
    Err   err = { 0 };
    char *bytes;
    i64   size;
    if (!CHECK(file_read(&bytes, &size, arena, path, &err)))
        abort();
    const Checkpoint c = checkpoint_lay(bytes,
                                        ((Header *)(void *)bytes)->count);
    CHECK(c.bytes == size);
    return c;
}

#endif
