/* test_data_batch.c - which tokens a step sees. The tokens are their own
 * positions, so a window says where it lies. */

#include "data/batch.h"
#include "tests/data_world.h"

enum { T_MAX = 64 };

static const struct { i64 train, val, context; } worlds[] = {
    { 1000, 130, 16 }, { 1000, 1, 7 }, { 64, 33, 32 }, { 60000, 5000, 64 },
    { 4097, 257, 1 },
};

/* How often each training position was an input in `epochs` epochs. */
static i64 *seen_count(Arena *arena, const Shard *shard, i64 context, u64 seed,
                       i64 first, i64 windows)
{
    i64 *seen = NEW(arena, i64, shard->train_count);
    i32  x[T_MAX], y[T_MAX];
    for (i64 i = first; i < first + windows; i++) {
        batch_train(x, y, shard, context, 0, seed, i);
        for (i64 t = 0; t < context; t++)
            if (CHECK(x[t] < shard->train_count))
                seen[x[t]]++;
    }
    return seen;
}

TEST(in_an_epoch_every_token_between_the_edges_lies_in_one_window)
{
    for (int w = 0; w < COUNT_OF(worlds); w++)
        for (u64 seed = 1; seed <= 3; seed++) {
            Arena     arena = { 0 };
            const i64 T = worlds[w].context;
            const Shard shard = world_counting(&arena, worlds[w].train,
                                               worlds[w].val);
            const i64 windows = batch_train_windows(&shard, T, 0);
            for (i64 epoch = 0; epoch < 2; epoch++) {
                const i64 *seen = seen_count(&arena, &shard, T, seed,
                                             epoch * windows, windows);
                i64 first = 0;
                while (first < shard.train_count && !seen[first])
                    first++;
                i64 last = first;
                while (last < shard.train_count && seen[last] == 1)
                    last++;
                test_note("%lld tokens, context %lld, seed %d, epoch %lld",
                          (long long)shard.train_count, (long long)T,
                          (int)seed, (long long)epoch);
                CHECK(first < T);
                CHECK(last - first == windows * T);
                CHECK(shard.train_count - last < 2 * T);
                for (i64 i = last; i < shard.train_count; i++)
                    CHECK(seen[i] == 0);
            }
            arena_free(&arena);
        }
}

TEST(the_targets_are_what_came_next)
{
    Arena       arena = { 0 };
    const Shard shard = world_counting(&arena, 1000, 200);
    i32         x[16], y[16];
    for (i64 i = 0; i < 200; i++) {
        batch_train(x, y, &shard, 16, 0, 3, i);
        for (int t = 0; t < 16; t++)
            CHECK(y[t] == x[t] + 1 && (t == 0 || x[t] == x[t - 1] + 1));
    }
    for (i64 i = 0; i < batch_val_windows(&shard, 16); i++) {
        batch_val(x, y, &shard, 16, i);
        for (int t = 0; t < 16; t++)
            CHECK(y[t] == x[t] + 1 && x[t] == 1000 + 16 * i + t);
    }
    arena_free(&arena);
}

TEST(training_never_sees_held_out_text_not_even_as_a_target)
{
    for (int w = 0; w < COUNT_OF(worlds); w++)
        for (u64 seed = 0; seed < 40; seed++) {
            Arena       arena = { 0 };
            const i64   T = worlds[w].context;
            const Shard shard = world_counting(&arena, worlds[w].train,
                                               worlds[w].val);
            const i64 windows = i64_min(batch_train_windows(&shard, T, 0), 200);
            i32       x[T_MAX], y[T_MAX];
            i64       most = 0;
            for (i64 i = 0; i < windows; i++) {
                batch_train(x, y, &shard, T, 0, seed, i);
                most = i64_max(most, y[T - 1]);
            }
            CHECK(most < shard.train_count);
            arena_free(&arena);
        }
}

/* How many of the first windows lie where they lay for the other. */
static i64 agreeing(const Shard *shard, u64 seed_a, i64 from_a, u64 seed_b,
                    i64 from_b, i64 windows)
{
    i64 same = 0;
    for (i64 i = 0; i < windows; i++) {
        i32 a[16], b[16], y[16];
        batch_train(a, y, shard, 16, 0, seed_a, from_a + i);
        batch_train(b, y, shard, 16, 0, seed_b, from_b + i);
        same += a[0] == b[0];
    }
    return same;
}

/* Of 249 windows in two unrelated orders, one on average agrees. */
TEST(every_epoch_and_every_seed_has_an_order_of_its_own)
{
    Arena       arena = { 0 };
    const Shard shard = world_counting(&arena, 4000, 200);
    const i64   windows = batch_train_windows(&shard, 16, 0);
    CHECK(windows == 249);
    CHECK(agreeing(&shard, 1, 0, 1, 0, windows) == windows);
    for (u64 seed = 1; seed <= 20; seed++) {
        CHECK(agreeing(&shard, seed, 0, seed, windows, windows) < 9);
        CHECK(agreeing(&shard, seed, 0, seed + 1, 0, windows) < 9);
    }
    arena_free(&arena);
}

TEST(the_order_is_not_the_order_of_the_text)
{
    Arena       arena = { 0 };
    const Shard shard = world_counting(&arena, 4000, 200);
    const i64   windows = batch_train_windows(&shard, 16, 0);
    i64         rising = 0;
    i32         before[16], x[16], y[16];
    batch_train(before, y, &shard, 16, 0, 1, 0);
    for (i64 i = 1; i < windows; i++) {
        batch_train(x, y, &shard, 16, 0, 1, i);
        rising += x[0] > before[0];
        memcpy(before, x, sizeof x);
    }
    CHECK(rising > windows / 3 && rising < windows - windows / 3);
    arena_free(&arena);
}

TEST(seeds_move_the_cut_all_over_the_context)
{
    Arena       arena = { 0 };
    const Shard shard = world_counting(&arena, 4000, 200);
    bool        seen[16] = { 0 };
    i32         x[16], y[16];
    int         cuts = 0;
    for (u64 seed = 0; seed < 200; seed++) {
        batch_train(x, y, &shard, 16, 0, seed, 0);
        seen[x[0] % 16] = true;
    }
    for (int i = 0; i < 16; i++)
        cuts += seen[i];
    CHECK(cuts == 16);
    arena_free(&arena);
}

TEST(bytes_and_wide_tokens_are_read_alike)
{
    u8  narrow[300], wide[600];
    i32 x[2][16], y[2][16];
    for (int i = 0; i < 300; i++) {
        narrow[i] = wide[2 * i] = (u8)(i * 7);
        wide[2 * i + 1] = 0;
    }
    const Shard one = { .vocab = 256, .train_count = 250, .val_count = 50,
                        .token_bytes = 1, .token = narrow };
    Shard two = one;
    two.token_bytes = 2;
    two.token = wide;
    for (i64 i = 0; i < 40; i++) {
        batch_train(x[0], y[0], &one, 16, 0, 5, i);
        batch_train(x[1], y[1], &two, 16, 0, 5, i);
        CHECK(!memcmp(x[0], x[1], sizeof x[0]));
        CHECK(!memcmp(y[0], y[1], sizeof y[0]));
    }
}

TEST(windows_are_counted_so_that_the_last_one_fits)
{
    Arena arena = { 0 };
    Shard shard = world_counting(&arena, 65, 33);
    CHECK(batch_val_windows(&shard, 32) == 1);
    CHECK(batch_val_windows(&shard, 33) == 0);
    CHECK(batch_val_windows(&shard, 16) == 2);
    CHECK(batch_train_windows(&shard, 32, 0) == 1);
    CHECK(batch_train_windows(&shard, 64, 0) == 0);
    CHECK(batch_train_windows(&shard, 100, 0) == 0);
    shard.val_count = 0;
    CHECK(batch_val_windows(&shard, 32) == 0);
    arena_free(&arena);
}

TEST(a_shuffle_of_the_windows_is_a_bijection)
{
    for (i64 n = 1; n <= 300; n++) {
        Arena arena = { 0 };
        i64  *hits = NEW(&arena, i64, n), twice = 0;
        for (i64 i = 0; i < n; i++)
            twice += hits[rng_shuffled(4, RNG_ORDER, i, n)]++ > 0;
        test_note("of %lld", (long long)n);
        CHECK(twice == 0);
        arena_free(&arena);
    }
}

/* Which windows of 16 an epoch of a sample of `unique` tokens sees. */
static i64 *sample_seen(Arena *arena, const Shard *shard, i64 unique, u64 seed,
                        i64 epoch)
{
    const i64 windows = batch_train_windows(shard, 16, unique);
    i64      *seen = NEW(arena, i64, shard->train_count / 16);
    i32       x[16], y[16];
    for (i64 i = 0; i < windows; i++) {
        batch_train(x, y, shard, 16, unique, seed, epoch * windows + i);
        CHECK(x[0] % 16 == 0 && y[15] < shard->train_count);
        seen[x[0] / 16]++;
    }
    return seen;
}

static i64 sum(const i64 *list, i64 from, i64 to)
{
    i64 all = 0;
    for (i64 i = from; i < to; i++)
        all += list[i];
    return all;
}

TEST(a_sample_has_as_many_different_tokens_as_were_asked_for_in_every_epoch)
{
    Arena       arena = { 0 };
    const Shard shard = world_counting(&arena, 16016, 200);
    const i64   all = batch_train_windows(&shard, 16, 0);
    CHECK(all == 1000);
    for (i64 unique = 16; unique <= 16000; unique += 1331) {
        const i64  windows = batch_train_windows(&shard, 16, unique);
        const i64 *first = sample_seen(&arena, &shard, unique, 1, 0);
        const i64 *other = sample_seen(&arena, &shard, unique, 7, 3);
        CHECK(windows == unique / 16);
        CHECK(sum(first, 0, all) == windows);
        for (i64 i = 0; i < all; i++)
            CHECK(first[i] <= 1 && first[i] == other[i]);
    }
    CHECK(batch_train_windows(&shard, 16, 15) == 0);
    CHECK(batch_train_windows(&shard, 16, 99999) == all);
    arena_free(&arena);
}

TEST(a_smaller_sample_is_part_of_a_larger_one)
{
    Arena       arena = { 0 };
    const Shard shard = world_counting(&arena, 16016, 200);
    const i64  *large = sample_seen(&arena, &shard, 8000, 2, 0);
    for (i64 unique = 16; unique < 8000; unique *= 2) {
        const i64 *small = sample_seen(&arena, &shard, unique, 5, 0);
        for (i64 i = 0; i < 1000; i++)
            CHECK(small[i] <= large[i]);
    }
    arena_free(&arena);
}

/* Of 400 windows in ten tenths of the text, 40 lie in each on average and the
 * standard deviation is below 6. */
TEST(a_sample_is_spread_over_the_whole_text_and_shuffled_by_seed_and_epoch)
{
    Arena       arena = { 0 };
    const Shard shard = world_counting(&arena, 16016, 200);
    const i64  *seen = sample_seen(&arena, &shard, 6400, 3, 0);
    for (i64 tenth = 0; tenth < 10; tenth++) {
        const i64 here = sum(seen, 100 * tenth, 100 * tenth + 100);
        CHECK(here > 15 && here < 65);
    }
    i64 same_seed = 0, same_epoch = 0;
    for (i64 i = 0; i < 400; i++) {
        i32 a[16], b[16], c[16], y[16];
        batch_train(a, y, &shard, 16, 6400, 1, i);
        batch_train(b, y, &shard, 16, 6400, 2, i);
        batch_train(c, y, &shard, 16, 6400, 1, 400 + i);
        same_seed += a[0] == b[0];
        same_epoch += a[0] == c[0];
    }
    CHECK(same_seed < 10 && same_epoch < 10);
    arena_free(&arena);
}
