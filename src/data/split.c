/* split.c - see split.h. The blocks are cut before any is chosen, because the
 * shuffle must know how many there are; 8 bytes a block is all that is kept. */

#include "data/split.h"

#include "base/rng.h"
#include "data/pages.h"

#include <assert.h>
#include <math.h>
#include <string.h>

i64 split_bytes_least(double holdout)
{
    return (i64)ceil(SPLIT_VAL_LEAST / holdout);
}

/* Where the block that begins at `from` ends. A rest too short to be a block
 * belongs to the one before it. */
static i64 block_end(const u8 *text, i64 bytes, i64 from, i64 block_bytes)
{
    const i64 least = from + block_bytes;
    if (bytes - least < block_bytes)
        return bytes;
    const u8 *line = memchr(text + least - 1, '\n', (size_t)block_bytes);
    const i64 end = line ? line + 1 - text : least;
    return bytes - end < block_bytes ? bytes : end;
}

static void cut(Split *out, Arena *arena, const FileMap *text)
{
    i64 behind = 0;
    const i64 bytes = text->count;
    out->end = NEW(arena, i64, bytes / out->block_bytes + 1);
    for (i64 at = 0; at < bytes; ) {
        at = block_end(text->bytes, bytes, at, out->block_bytes);
        out->end[out->count++] = at;
        pages_let_go(text->bytes, &behind, at);
    }
}

bool split_is_held(const Split *split, i64 block)
{
    return rng_shuffled(split->seed, RNG_SPLIT, block, split->count)
         < split->held;
}

static i64 held_bytes(const Split *split)
{
    i64 sum = 0;
    for (i64 i = 0; i < split->count; i++)
        if (split_is_held(split, i))
            sum += split->end[i] - (i > 0 ? split->end[i - 1] : 0);
    return sum;
}

Split split_text(Arena *arena, const FileMap *text, double holdout, u64 seed)
{
    assert(0 < holdout && holdout <= 0.5);
    assert(text->count >= split_bytes_least(holdout));
    Split out = { .seed = seed };
    out.block_bytes = i64_min(i64_max(text->count / 128, SPLIT_BLOCK_LEAST),
                              SPLIT_BLOCK_BYTES);
    cut(&out, arena, text);

    /* Blocks are of unequal length: in the smallest texts the share of blocks
     * may be a little short of what an evaluation needs. */
    out.held = (i64)ceil(holdout * (double)out.count);
    out.val_bytes = held_bytes(&out);
    while (out.val_bytes < SPLIT_VAL_LEAST) {
        out.held++;
        out.val_bytes = held_bytes(&out);
    }
    assert(out.held < out.count);
    return out;
}
