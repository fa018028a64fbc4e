/* test_data_synth.c - text of known entropy has the entropy it claims. */

#include "data/synth.h"
#include "tests/data_world.h"

#include <math.h>
#include <zlib.h>

static Synth made(Arena *arena, i64 order, i64 letters, u64 seed)
{
    Synth synth;
    Err   err = { 0 };
    if (!CHECK(synth_make(&synth, arena, order, letters, seed, &err)))
        abort();
    return synth;
}

static u8 *text_of(Arena *arena, const Synth *synth, i64 count)
{
    i64 state = 0;
    u8 *text = NEW(arena, u8, count);
    synth_text(text, synth, &state, 0, count);
    return text;
}

static double h2(double p)
{
    return -p * log(p) - (1 - p) * log(1 - p);
}

TEST(two_letters_with_one_before_have_the_entropy_of_the_formula)
{
    for (u64 seed = 1; seed <= 10; seed++) {
        Arena        arena = { 0 };
        const Synth  s = made(&arena, 1, 2, seed);
        const double ab = s.chance[1], ba = s.chance[2]; /* a->b, b->a */
        const double b = ab / (ab + ba);
        test_note("seed %d", (int)seed);
        CHECK_NEAR(s.stationary[1], b, 1e-10);
        CHECK_NEAR(s.entropy_nats[1], (1 - b) * h2(ab) + b * h2(ba), 1e-10);
        CHECK_NEAR(s.entropy_nats[0], h2(b), 1e-10);
        arena_free(&arena);
    }
}

TEST(letters_without_memory_have_the_entropy_of_their_shares)
{
    Arena       arena = { 0 };
    const Synth s = made(&arena, 0, 6, 3);
    double      nats = 0, sum = 0;
    for (int x = 0; x < 6; x++) {
        nats -= s.chance[x] * log(s.chance[x]);
        sum += s.chance[x];
    }
    CHECK_NEAR(sum, 1, 1e-12);
    CHECK_NEAR(s.entropy_nats[0], nats, 1e-12);
    arena_free(&arena);
}

TEST(the_stationary_distribution_stays_as_it_is)
{
    Arena       arena = { 0 };
    const Synth s = made(&arena, 3, 5, 2);
    double     *next = NEW(&arena, double, s.states), gap = 0, sum = 0;
    for (i64 i = 0; i < s.states; i++)
        for (int x = 0; x < 5; x++)
            next[(5 * i + x) % s.states] += s.stationary[i]
                                          * s.chance[5 * i + x];
    for (i64 i = 0; i < s.states; i++) {
        gap += fabs(next[i] - s.stationary[i]);
        sum += s.stationary[i];
    }
    CHECK_BELOW(gap, 1e-12);
    CHECK_NEAR(sum, 1, 1e-12);
    arena_free(&arena);
}

static int letter(const Synth *s, u8 byte)
{
    return byte == '\n' ? s->letters - 1 : byte - 'a';
}

/* Plug-in entropy of a letter given the `order` before it, from counts. It is
 * low by about cells / 2 count: 1e-4 nats of about 1 here. */
static double measured(Arena *arena, const Synth *s, const u8 *text, i64 count,
                       int order)
{
    i64 states = 1, state = 0;
    for (int i = 0; i < order; i++)
        states *= s->letters;
    double *seen = NEW(arena, double, states * s->letters), nats = 0;
    for (i64 i = 0; i < count; i++) {
        const int x = letter(s, text[i]);
        if (i >= order)
            seen[state * s->letters + x]++;
        state = (state * s->letters + x) % states;
    }
    for (i64 c = 0; c < states; c++) {
        double all = 0;
        for (int x = 0; x < s->letters; x++)
            all += seen[c * s->letters + x];
        for (int x = 0; x < s->letters; x++) {
            const double n = seen[c * s->letters + x];
            if (n > 0)
                nats -= n / (double)(count - order) * log(n / all);
        }
    }
    return nats;
}

/* The standard error of the mean of 400,000 correlated terms is about 0.3 %. */
TEST(the_text_has_the_entropy_that_was_computed)
{
    for (u64 seed = 1; seed <= 3; seed++) {
        Arena       arena = { 0 };
        const i64   count = 400000;
        const Synth s = made(&arena, 2, 6, seed);
        const u8   *text = text_of(&arena, &s, count);
        for (int order = 0; order <= 2; order++) {
            test_note("seed %d, given %d letters", (int)seed, order);
            CHECK_NEAR(measured(&arena, &s, text, count, order),
                       s.entropy_nats[order], 0.015);
        }
        /* More context than the chain has tells nothing more. */
        CHECK_NEAR(measured(&arena, &s, text, count, 3), s.entropy_nats[2],
                   0.015);
        arena_free(&arena);
    }
}

TEST(more_context_is_worth_something_up_to_the_order)
{
    Arena       arena = { 0 };
    const Synth s = made(&arena, 4, 4, 7);
    for (int j = 0; j < 4; j++) {
        test_note("given %d letters", j);
        CHECK(s.entropy_nats[j + 1] < s.entropy_nats[j] - 0.005);
    }
    CHECK(s.entropy_nats[4] > 0.1);
    CHECK(s.entropy_nats[0] < log(4));
    arena_free(&arena);
}

TEST(gzip_does_not_pass_the_entropy)
{
    Arena       arena = { 0 };
    const i64   count = 300000;
    const Synth s = made(&arena, 2, 8, 1);
    const u8   *text = text_of(&arena, &s, count);
    uLongf      size = compressBound((uLong)count);
    u8         *packed = NEW(&arena, u8, (i64)size);
    CHECK(compress2(packed, &size, text, (uLong)count, 9) == Z_OK);
    const double nats = 8 * M_LN2 * (double)size / (double)count;
    CHECK(nats > s.entropy_nats[2]);
    CHECK(nats < 1.5 * s.entropy_nats[2]);
    arena_free(&arena);
}

TEST(a_text_made_in_pieces_is_the_same_text)
{
    Arena       arena = { 0 };
    const i64   count = 10000;
    const Synth s = made(&arena, 3, 4, 1);
    const u8   *whole = text_of(&arena, &s, count);
    u8         *pieces = NEW(&arena, u8, count);
    i64         state = 77; /* is set where the text begins */
    for (i64 at = 0, n = 1; at < count; at += n, n++)
        synth_text(pieces + at, &s, &state, at, n = i64_min(n, count - at));
    CHECK(!memcmp(whole, pieces, (size_t)count));

    Err         err = { 0 };
    char       *file;
    i64         bytes;
    const char *path = world_path(&arena, "synth.txt");
    CHECK(synth_write(&s, path, count, &err));
    CHECK(file_read(&file, &bytes, &arena, path, &err));
    CHECK(bytes == count && !memcmp(file, whole, (size_t)count));
    CHECK(!file_exists(world_path(&arena, "synth.txt.tmp")));
    arena_free(&arena);
}

TEST(another_seed_is_another_chain)
{
    Arena       arena = { 0 };
    const Synth a = made(&arena, 2, 4, 1), b = made(&arena, 2, 4, 2);
    CHECK(fabs(a.entropy_nats[2] - b.entropy_nats[2]) > 1e-6);
    CHECK(memcmp(text_of(&arena, &a, 1000), text_of(&arena, &b, 1000), 1000));
    arena_free(&arena);
}

TEST(what_cannot_be_made_is_refused)
{
    static const struct { i64 order, letters; const char *words; } bad[] = {
        { -1, 4, "--order: -1" }, { 9, 2, "--order: 9" },
        { 2, 1, "--letters: 1" }, { 2, 28, "--letters: 28" },
        { 8, 27, "too many rows" },
    };
    for (int i = 0; i < COUNT_OF(bad); i++) {
        Arena arena = { 0 };
        Synth s;
        Err   err = { 0 };
        CHECK(!synth_make(&s, &arena, bad[i].order, bad[i].letters, 1, &err));
        CHECK(err.kind == ERR_USAGE);
        CHECK_HAS(err.text, bad[i].words);
        arena_free(&arena);
    }
    Arena       arena = { 0 };
    Err         err = { 0 };
    const Synth s = made(&arena, 1, 4, 1);
    CHECK(!synth_write(&s, world_path(&arena, "no/such/folder"), 10, &err));
    CHECK(err.kind == ERR_IO);
    arena_free(&arena);
}
