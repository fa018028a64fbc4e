/* test_data_split.c - where a text is cut, and which blocks are held out. */

#include "data/split.h"
#include "tests/data_world.h"

static FileMap mapped(Arena *arena, const char *text, i64 bytes)
{
    FileMap     map = { 0 };
    Err         err = { 0 };
    const char *path = world_file(arena, "text", text, bytes);
    CHECK(file_map(&map, path, &err));
    return map;
}

static i64 begin(const Split *split, i64 block)
{
    return block > 0 ? split->end[block - 1] : 0;
}

TEST(blocks_tile_the_text_and_end_at_line_ends)
{
    Arena       arena = { 0 };
    i64         bytes;
    const char *text = world_text(&arena, 60000, &bytes);
    FileMap     map = mapped(&arena, text, bytes);
    const Split split = split_text(&arena, &map, 0.05, 1);
    CHECK(bytes > 1000000 && split.count > 60);
    CHECK(split.end[split.count - 1] == bytes);
    for (i64 i = 0; i < split.count; i++) {
        const i64 size = split.end[i] - begin(&split, i);
        CHECK(text[split.end[i] - 1] == '\n');
        CHECK(size >= split.block_bytes);
        CHECK(size < 3 * split.block_bytes);
    }
    file_unmap(&map);
    arena_free(&arena);
}

TEST(a_text_of_one_endless_line_is_cut_hard)
{
    Arena       arena = { 0 };
    const i64   bytes = 400000;
    char       *text = NEW(&arena, char, bytes);
    memset(text, 'A', (size_t)bytes);
    FileMap     map = mapped(&arena, text, bytes);
    const Split split = split_text(&arena, &map, 0.05, 1);
    CHECK(split.count > 100);
    for (i64 i = 0; i < split.count - 1; i++)
        CHECK(split.end[i] - begin(&split, i) == split.block_bytes);
    CHECK(split.end[split.count - 1] == bytes);
    file_unmap(&map);
    arena_free(&arena);
}

TEST(blocks_are_16_kB_in_large_texts_and_smaller_in_small_ones)
{
    static const struct { i64 bytes, block; } want[] = {
        { 90000, 1024 }, { 1024 * 128 * 4, 4096 }, { 5000000, 16384 },
    };
    for (int i = 0; i < COUNT_OF(want); i++) {
        Arena   arena = { 0 };
        char   *text = NEW(&arena, char, want[i].bytes);
        memset(text, 'A', (size_t)want[i].bytes);
        FileMap map = mapped(&arena, text, want[i].bytes);
        CHECK(split_text(&arena, &map, 0.05, 1).block_bytes == want[i].block);
        file_unmap(&map);
        arena_free(&arena);
    }
}

/* 80 blocks of 1024 bytes, of which 4 would be one byte short of 16 windows. */
TEST(one_block_more_is_held_out_where_the_share_would_fall_short)
{
    Arena       arena = { 0 };
    const i64   bytes = split_bytes_least(0.05);
    char       *text = NEW(&arena, char, bytes);
    memset(text, 'A', (size_t)bytes);
    FileMap     map = mapped(&arena, text, bytes);
    const Split split = split_text(&arena, &map, 0.05, 1);
    CHECK(split.count == 80);
    CHECK(split.held == 5);
    CHECK(split.val_bytes >= 16 * 256 + 1);
    file_unmap(&map);
    arena_free(&arena);
}

/* The share is exact in blocks; blocks differ in length by less than two. */
TEST(the_share_is_what_was_asked_for)
{
    static const double shares[] = { 0.02, 0.05, 0.2, 0.5 };
    Arena       arena = { 0 };
    i64         bytes;
    const char *text = world_text(&arena, 100000, &bytes);
    FileMap     map = mapped(&arena, text, bytes);
    for (int i = 0; i < COUNT_OF(shares); i++)
        for (u64 seed = 1; seed <= 5; seed++) {
            const Split split = split_text(&arena, &map, shares[i], seed);
            const double n = (double)split.count;
            i64 held = 0, val = 0;
            for (i64 b = 0; b < split.count; b++)
                if (split_is_held(&split, b)) {
                    held++;
                    val += split.end[b] - begin(&split, b);
                }
            test_note("share %g, seed %d", shares[i], (int)seed);
            CHECK(held == split.held && val == split.val_bytes);
            CHECK((double)held >= shares[i] * n);
            CHECK((double)held < shares[i] * n + 1);
        }
    file_unmap(&map);
    arena_free(&arena);
}

/* A fifth of about 120 blocks is held out, so a quarter of the text has 6 of
 * them, give or take 2.2; over 20 seeds 120, give or take 10. */
TEST(held_out_blocks_are_spread_over_the_text)
{
    Arena       arena = { 0 };
    i64         bytes, quarter[4] = { 0 }, all = 0, tails = 0, twins = 0;
    const char *text = world_text(&arena, 60000, &bytes);
    FileMap     map = mapped(&arena, text, bytes);
    for (u64 seed = 1; seed <= 20; seed++) {
        const Split split = split_text(&arena, &map, 0.2, seed);
        for (i64 b = 0; b < split.count; b++)
            if (split_is_held(&split, b)) {
                quarter[4 * b / split.count]++;
                all++;
                twins += b > 0 && split_is_held(&split, b - 1);
            }
        tails += split_is_held(&split, split.count - 1);
    }
    for (int q = 0; q < 4; q++) {
        test_note("quarter %d", q);
        CHECK_NEAR(4.0 * (double)quarter[q] / (double)all, 1, 0.4);
    }
    CHECK(tails <= 12);
    CHECK_NEAR((double)twins / (double)all, 0.2, 0.4); /* no comb */
    file_unmap(&map);
    arena_free(&arena);
}

TEST(the_seed_and_nothing_else_chooses_the_blocks)
{
    Arena       arena = { 0 };
    i64         bytes, same = 0, held = 0;
    const char *text = world_text(&arena, 60000, &bytes);
    FileMap     map = mapped(&arena, text, bytes);
    const Split a = split_text(&arena, &map, 0.2, 1);
    const Split b = split_text(&arena, &map, 0.2, 1);
    const Split c = split_text(&arena, &map, 0.2, 2);
    for (i64 i = 0; i < a.count; i++) {
        CHECK(split_is_held(&a, i) == split_is_held(&b, i));
        CHECK(a.end[i] == c.end[i]);
        held += split_is_held(&a, i);
        same += split_is_held(&a, i) && split_is_held(&c, i);
    }
    CHECK(same < held / 2);
    file_unmap(&map);
    arena_free(&arena);
}

TEST(the_smallest_text_allowed_has_16_windows_held_out_and_some_to_train_on)
{
    static const double shares[] = { 0.01, 0.05, 0.3, 0.5 };
    for (int i = 0; i < COUNT_OF(shares); i++)
        for (u64 seed = 1; seed <= 50; seed++) {
            Arena       arena = { 0 };
            i64         bytes;
            const char *text = world_text(&arena, 30000, &bytes);
            const i64   least = split_bytes_least(shares[i]);
            CHECK(least <= bytes);
            FileMap     map = mapped(&arena, text, least);
            const Split split = split_text(&arena, &map, shares[i], seed);
            test_note("share %g, seed %d", shares[i], (int)seed);
            CHECK(split.val_bytes >= 16 * 256 + 1);
            CHECK(split.val_bytes < least);
            file_unmap(&map);
            arena_free(&arena);
        }
}
