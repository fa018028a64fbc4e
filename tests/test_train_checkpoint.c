/* test_train_checkpoint.c - a checkpoint comes back as it was, or is refused
 * in words. */

#include "base/file.h"
#include "tests/test.h"
#include "train/checkpoint.h"

#include <stdio.h>
#include <string.h>

enum { COUNT = 1001 };

typedef struct Desk {
    Arena      arena;
    Checkpoint mine;
    char       path[512];
} Desk;

static Checkpoint block(Arena *arena, i64 count, const char *config,
                        const char *corpus)
{
    void *bytes = NEW(arena, u8, checkpoint_bytes(count));
    Checkpoint c = checkpoint_lay(bytes, count);
    checkpoint_sign(&c, count, config, corpus);
    return c;
}

/* A checkpoint of COUNT parameters at step 7, written. */
static Desk desk_open(void)
{
    Desk desk = { 0 };
    Err  err = { 0 };
    desk.mine = block(&desk.arena, COUNT, "aa11", "bb22");
    desk.mine.head->at = (Standing){ .step = 7, .log_sum = 0.25,
                                     .wall_s = 3 };
    for (i64 i = 0; i < COUNT; i++) {
        desk.mine.param[i] = (real)i;
        desk.mine.m[i]     = (real)((double)i + 0.5);
        desk.mine.v[i]     = (real)(2 * i);
    }
    snprintf(desk.path, sizeof desk.path, "%s/checkpoint", test_folder());
    CHECK(checkpoint_write(&desk.mine, desk.path, &err));
    return desk;
}

/* Read into a block signed like this, and say what was said. */
static const char *complaint(const Desk *desk, i64 count, const char *config,
                             const char *corpus)
{
    static Err err;
    Arena      arena = { 0 };
    err = (Err){ 0 };
    Checkpoint c = block(&arena, count, config, corpus);
    c.head->at.step = 99;
    const bool read = checkpoint_read(&c, desk->path, &err);
    CHECK(c.head->at.step == (read ? 7 : 99)); /* untouched if refused */
    arena_free(&arena);
    return read ? NULL : err.text;
}

/* The file with one byte changed, or with another length. */
static void spoil(const Desk *desk, i64 at, i64 length)
{
    Arena arena = { 0 };
    Err   err = { 0 };
    char *bytes;
    i64   count;
    CHECK(file_read(&bytes, &count, &arena, desk->path, &err));
    if (at >= 0)
        bytes[at] ^= 1;
    CHECK(file_write(desk->path, bytes, length ? length : count, &err));
    arena_free(&arena);
}

TEST(what_was_written_comes_back_bit_for_bit)
{
    Desk desk = desk_open();
    Err  err = { 0 };
    Checkpoint c = block(&desk.arena, COUNT, "aa11", "bb22");
    CHECK(checkpoint_read(&c, desk.path, &err));
    CHECK(memcmp(c.head, desk.mine.head, (size_t)c.bytes) == 0);
    CHECK(c.head->at.step == 7 && c.v[COUNT - 1] == 2 * (COUNT - 1));
    arena_free(&desk.arena);
}

TEST(another_configuration_or_corpus_is_refused)
{
    Desk desk = desk_open();
    CHECK(complaint(&desk, COUNT, "aa11", "bb22") == NULL);
    CHECK_HAS(complaint(&desk, COUNT, "aa12", "bb22"),
              "another configuration");
    CHECK_HAS(complaint(&desk, COUNT, "aa11", "bb23"), "another corpus");
    CHECK_HAS(complaint(&desk, COUNT + 1, "aa11", "bb22"),
              "another configuration");
    CHECK_HAS(complaint(&desk, COUNT, "aa11", "bb23"), desk.path);
    CHECK_HAS(complaint(&desk, COUNT, "aa11", "bb23"), "remove it");
    arena_free(&desk.arena);
}

TEST(a_flipped_bit_anywhere_is_refused)
{
    Desk desk = desk_open();
    for (i64 at = 0; at < desk.mine.bytes; at += 97) {
        const bool unused = at >= desk.mine.bytes - 60; /* past the CRC */
        test_note("byte %lld", (long long)at);
        spoil(&desk, at, 0);
        CHECK((complaint(&desk, COUNT, "aa11", "bb22") == NULL) == unused);
        spoil(&desk, at, 0); /* and back */
    }
    spoil(&desk, desk.mine.bytes / 2, 0);
    CHECK_HAS(complaint(&desk, COUNT, "aa11", "bb22"), "checksum");
    arena_free(&desk.arena);
}

TEST(a_file_cut_short_is_refused)
{
    Desk desk = desk_open();
    for (i64 length = desk.mine.bytes - 1; length > 0; length /= 2) {
        spoil(&desk, -1, length);
        test_note("%lld bytes left", (long long)length);
        CHECK_HAS(complaint(&desk, COUNT, "aa11", "bb22"), "cut short");
    }
    arena_free(&desk.arena);
}

TEST(another_version_or_another_file_is_refused_by_that_name)
{
    Desk desk = desk_open();
    Err  err = { 0 };
    desk.mine.head->version++;
    CHECK(checkpoint_write(&desk.mine, desk.path, &err));
    CHECK_HAS(complaint(&desk, COUNT, "aa11", "bb22"), "version 3");
    desk.mine.head->version--;
    desk.mine.head->magic++;
    CHECK(checkpoint_write(&desk.mine, desk.path, &err));
    CHECK_HAS(complaint(&desk, COUNT, "aa11", "bb22"), "not a checkpoint");
    arena_free(&desk.arena);
}

TEST(slabs_lie_on_lines_of_64_bytes)
{
    Desk desk = desk_open();
    const real *slab[] = { desk.mine.param, desk.mine.m, desk.mine.v };
    for (int i = 0; i < COUNT_OF(slab); i++)
        CHECK(((uintptr_t)slab[i] & 63) == 0);
    arena_free(&desk.arena);
}
