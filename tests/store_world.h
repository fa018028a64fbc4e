/* store_world.h - a run to keep, and hands to harm its files with. */

#ifndef STORE_WORLD_H
#define STORE_WORLD_H

#include "base/file.h"
#include "count/count.h"
#include "store/run.h"
#include "tests/test.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Not inlined: gcc 12 then warns of pointers that do not dangle. */
#define WORLD __attribute__((unused, noinline)) static

/* A path in the folder of this test; the last few stay valid. */
WORLD const char *world_path(const char *format, ...) PRINTF(1, 2);
WORLD const char *world_path(const char *format, ...)
{
    static char ring[8][1024];
    static int  next;
    char       *out = ring[next++ % 8];
    const int   n   = snprintf(out, 1024, "%s/", test_folder());
    va_list args;
    va_start(args, format);
    vsnprintf(out + n, (size_t)(1024 - n), format, args);
    va_end(args);
    return out;
}

/* Every field different, so that two that are swapped show. */
WORLD Run world_run(const char *id)
{
    const Shape shape = { .layers = 3, .width = 48, .heads = 4, .ff = 192,
                          .vocab = 257, .context = 128, .tied = true,
                          .kv_heads = 2, .mup_width = 24, .mup_head = 6,
                          .rms = true, .gated = true };
    Run run = {
        .id = id, .name = "c1e+12-3x48-s1", .study = "demo", .group = "fit",
        .config = "lr = 1e-3\nname = \"a \\\"b\\\"\"\n", .code = "abc123",
        .host = "host, one", .started = "2026-11-22T15:04:05Z",
        .corpus = "gcide", .corpus_sha256 = "00ff", .tokenizer = "byte",
        .bytes_per_token = 1.0000000000000002, .arch = "transformer",
        .entropy_nats = 1.25, .entropy_se = 0.0625,
        .shape = shape, .params = count_params(shape),
        .flops = count_flops(shape, true),
        .flop_per_token = count_train_flop(shape), .budget = 1e12,
        .batch_tokens = 2048, .steps = 900, .lr = 0.1,
        .schedule = "cosine", .seed = 0xfedcba9876543210u, .kernels = "ref",
        .status = "done", .reason = NULL, .tokens = 1843200,
        .unique_tokens = 1843201, .epochs = 0.1, .flop = 1.23456789e12,
        .flop_6nd = 1.1e12, .train_loss = 1.7, .val_loss = 1.75,
        .val_se = 0.004, .val_bpb = 2.5247165, .val_tokens = 65536,
        .start = "a-0011", .start_step = 70, .least_loss = 1.74,
        .least_step = 800, .spikes = 3,
        .wall_s = 12.5, .tok_per_s = 147456.5, .joules = NAN, .resumed = 2,
    };
    return run;
}

WORLD bool world_write(const Run *run, bool finished)
{
    Err err = { 0 };
    const bool ok = run_write(run, world_path("runs"), finished, &err);
    if (!ok)
        printf("%s\n", err.text);
    return ok;
}

/* The whole file, in the arena. */
WORLD char *world_read(Arena *arena, i64 *size, const char *path)
{
    char *text = NULL;
    Err   err  = { 0 };
    if (file_read(&text, size, arena, path, &err))
        return text;
    printf("%s\n", err.text);
    abort();
}

/* As it is, not atomically: this plays the crash. A new file each time: ext4
 * forces a file that was cut to nothing and written again to the disk. */
WORLD void world_put(const char *path, const void *bytes, i64 size)
{
    unlink(path);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes, 1, (size_t)size, file) != (size_t)size
        || fclose(file) != 0) {
        perror(path);
        abort();
    }
}

/* The file with the first `from` in it become `to`. */
WORLD void world_edit(const char *path, const char *from,
                              const char *to)
{
    Arena arena = { 0 };
    i64   size;
    const char *text = world_read(&arena, &size, path);
    const char *at   = strstr(text, from);
    if (!at) {
        printf("%s: no \"%s\" in it\n", path, from);
        abort();
    }
    const char *edited = arena_print(&arena, "%.*s%s%s", (int)(at - text), text,
                                     to, at + strlen(from));
    world_put(path, edited, (i64)strlen(edited));
    arena_free(&arena);
}

#endif
