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
        batch_train(x, y, shard, context, seed, i);
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
            const i64 windows = batch_train_windows(&shard, T);
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
        batch_train(x, y, &shard, 16, 3, i);
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
            const i64 windows = i64_min(batch_train_windows(&shard, T), 200);
            i32       x[T_MAX], y[T_MAX];
            i64       most = 0;
            for (i64 i = 0; i < windows; i++) {
                batch_train(x, y, &shard, T, seed, i);
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
        batch_train(a, y, shard, 16, seed_a, from_a + i);
        batch_train(b, y, shard, 16, seed_b, from_b + i);
        same += a[0] == b[0];
    }
    return same;
}

/* Of 249 windows in two unrelated orders, one on average agrees. */
TEST(every_epoch_and_every_seed_has_an_order_of_its_own)
{
    Arena       arena = { 0 };
    const Shard shard = world_counting(&arena, 4000, 200);
    const i64   windows = batch_train_windows(&shard, 16);
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
    const i64   windows = batch_train_windows(&shard, 16);
    i64         rising = 0;
    i32         before[16], x[16], y[16];
    batch_train(before, y, &shard, 16, 1, 0);
    for (i64 i = 1; i < windows; i++) {
        batch_train(x, y, &shard, 16, 1, i);
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
        batch_train(x, y, &shard, 16, seed, 0);
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
        batch_train(x[0], y[0], &one, 16, 5, i);
        batch_train(x[1], y[1], &two, 16, 5, i);
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
    CHECK(batch_train_windows(&shard, 32) == 1);
    CHECK(batch_train_windows(&shard, 64) == 0);
    CHECK(batch_train_windows(&shard, 100) == 0);
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
