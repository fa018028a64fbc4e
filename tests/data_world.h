/* data_world.h - texts and shards for the tests of the data room, made so that
 * a piece of text says where it came from. */

#ifndef DATA_WORLD_H
#define DATA_WORLD_H

#include "base/arena.h"
#include "base/file.h"
#include "base/rng.h"
#include "base/str.h"
#include "data/shard.h"
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline char *world_path(Arena *arena, const char *name)
{
    return arena_print(arena, "%s/%s", test_folder(), name);
}

/* Line i is "0000i" and some words: no two lines are the same. */
static inline char *world_text(Arena *arena, i64 lines, i64 *bytes)
{
    Str text = { 0 };
    for (i64 i = 0; i < lines; i++) {
        str_add(&text, "%07lld", (long long)i);
        const i64 words = rng_below(1, RNG_TEST, (u64)i, 9);
        for (i64 w = 0; w < words; w++)
            str_put(&text, w % 2 ? " and" : " text");
        str_put(&text, "\n");
    }
    char *copy = arena_text(arena, text.text);
    *bytes = text.size;
    str_free(&text);
    return copy;
}

static inline const char *world_file(Arena *arena, const char *name,
                                     const void *bytes, i64 count)
{
    char *path = world_path(arena, name);
    FILE *file = fopen(path, "wbe");
    CHECK(file && fwrite(bytes, 1, (size_t)count, file) == (size_t)count);
    CHECK(file && fclose(file) == 0);
    return path;
}

/* Tokens that are their own positions: train 0 .. train - 1, then held out. */
static inline Shard world_counting(Arena *arena, i64 train, i64 val)
{
    u8 *token = NEW(arena, u8, 2 * (train + val));
    for (i64 i = 0; i < train + val; i++) {
        token[2 * i] = (u8)i;
        token[2 * i + 1] = (u8)(i >> 8);
    }
    return (Shard){ .vocab = 65536, .train_count = train, .val_count = val,
                    .token_bytes = 2, .token = token };
}

static inline Shard world_about(i64 train, i64 val, int token_bytes, i64 vocab)
{
    Shard shard = {
        .name = "world", .tokenizer = "test", .sha256 = "5a", .about = "none",
        .licence = "MIT", .source = "nowhere", .source_bytes = 77,
        .vocab = vocab, .train_count = train, .val_count = val,
        .val_bytes_per_token = 1.25, .unigram_nats = 2.5,
        .token_bytes = token_bytes, .stamp = 7, .holdout = 0.1, .seed = 9,
        .block_bytes = 1024, .nyardstick = 2,
        .yardstick = { { "gzip -9", 2.5 }, { "xz -9e", 1.5 } },
        .entropy_nats = 1.75, .entropy_se = 0.125,
        .entropy_after = { 2.75, 2.25 },
    };
    for (int j = 2; j < SHARD_CONTEXTS; j++)
        shard.entropy_after[j] = 1.75;
    return shard;
}

static inline bool world_write(const char *path, const void *tokens,
                               const Shard *about, Err *err)
{
    ShardWriter w;
    return shard_write_open(&w, path, about->token_bytes, err)
        && shard_write_put(&w, tokens, about->train_count + about->val_count,
                           err)
        && shard_write_close(&w, about, err);
}

#endif
