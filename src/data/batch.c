/* batch.c - windows over the shard, in an order that needs no state.
 *
 *     token   0 1 2 3 4 5 6 7 8 9 ...        context 3, offset 1
 *     window 0  [1 2 3]4                     x = 1 2 3, y = 2 3 4
 *     window 1        [4 5 6]7               every token is predicted once
 *
 * The number of windows must not depend on the seed, so that an epoch is as
 * long for every run: it is what the largest offset leaves room for. */

#include "data/batch.h"

#include "base/rng.h"
#include "data/pages.h"

#include <assert.h>

static i64 windows_all(const Shard *shard, i64 context)
{
    assert(context > 0);
    return i64_max(shard->train_count / context - 1, 0);
}

i64 batch_train_windows(const Shard *shard, i64 context, i64 unique)
{
    assert(unique >= 0);
    const i64 windows = windows_all(shard, context);
    return unique ? i64_min(unique / context, windows) : windows;
}

i64 batch_val_windows(const Shard *shard, i64 context)
{
    assert(context > 0);
    return i64_max((shard->val_count - 1) / context, 0);
}

static void narrow(i32 *x, i32 *y, const u8 *token, i64 context)
{
    for (i64 t = 0; t < context; t++) {
        x[t] = token[t];
        y[t] = token[t + 1];
    }
}

static void wide(i32 *x, i32 *y, const u8 *token, i64 context)
{
    for (i64 t = 0; t < context; t++) {
        x[t] = token[2 * t] | token[2 * t + 1] << 8;
        y[t] = token[2 * t + 2] | token[2 * t + 3] << 8;
    }
}

static void window_read(i32 *x, i32 *y, const Shard *shard, i64 first,
                        i64 context)
{
    assert(first >= 0);
    assert(first + context < shard->train_count + shard->val_count);
    const u8 *token = shard->token + first * shard->token_bytes;
    if (shard->token_bytes == 1)
        narrow(x, y, token, context);
    else
        wide(x, y, token, context);
}

/* Window number `i` of a sample: the first so many of a shuffle of all that no
 * seed of a run moves. So a smaller sample is the beginning of a larger one. */
static i64 sampled(const Shard *shard, i64 context, i64 i)
{
    const u64 every_run = 1;
    return rng_shuffled(every_run, RNG_UNIQUE, i, windows_all(shard, context));
}

/* Every epoch has a shuffle of its own, from a seed of its own. Epochs count
 * up from 0; the offset takes the index that no epoch will reach. A sample is
 * cut without an offset: its tokens must be the same whatever the seed. */
i64 batch_train_place(const Shard *shard, i64 context, i64 unique, u64 seed,
                      i64 index)
{
    const i64 windows = batch_train_windows(shard, context, unique);
    assert(index >= 0 && windows > 0);
    const u64 epoch_seed = rng_u64(seed, RNG_ORDER, (u64)(index / windows));
    const i64 window = rng_shuffled(epoch_seed, RNG_ORDER, index % windows,
                                    windows);
    const i64 offset = unique ? 0
                     : rng_below(seed, RNG_ORDER, UINT64_MAX, context);
    const i64 place = unique ? sampled(shard, context, window) : window;
    return offset + place * context;
}

i64 batch_val_place(const Shard *shard, i64 context, i64 index)
{
    assert(0 <= index && index < batch_val_windows(shard, context));
    return shard->train_count + index * context;
}

void batch_train(i32 *x, i32 *y, const Shard *shard, i64 context, i64 unique,
                 u64 seed, i64 index)
{
    window_read(x, y, shard, batch_train_place(shard, context, unique, seed,
                                               index), context);
}

void batch_val(i32 *x, i32 *y, const Shard *shard, i64 context, i64 index)
{
    window_read(x, y, shard, batch_val_place(shard, context, index), context);
}

/* A page that is read brings its neighbours: 64 KiB were asked for, and 115 came
 * (Linux 6.18, ext4). */
void batch_drawn(const Shard *shard, i64 first, i64 count)
{
    const i64 often = PAGES_HELD / (128 << 10);
    if (shard->map.count > PAGES_HELD
        && first / often != (first + count) / often)
        pages_let_go_all(&shard->map);
}
