/* split.h - a text cut into blocks, some of them held out.
 *
 * A block is at least block_bytes long and ends at a line end where one comes
 * within another block_bytes, else right there. Block i of n is held out if a
 * shuffle of 0..n-1, fixed by the seed, puts it among the first n * holdout:
 * a choice by hash whose share is exact, even where blocks are few. Texts
 * below 2 MB have shorter blocks, so that these are never fewer than about a
 * hundred. */

#ifndef SPLIT_H
#define SPLIT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"

enum {
    SPLIT_BLOCK_BYTES = 16384, /* in texts of 2 MB and more               */
    SPLIT_BLOCK_LEAST = 1024,  /* in the smallest                         */
    SPLIT_VAL_LEAST   = 16 * 256 + 1, /* held-out bytes: 16 windows of 256 */
};

typedef struct Split {
    i64  count, block_bytes;
    i64 *end;       /* [count] where block i ends and i + 1 begins */
    i64  held;      /* how many are held out                       */
    i64  val_bytes; /* how long those are together                 */
    u64  seed;
} Split;

/* The least length of text for which a share of `holdout` is enough. */
i64 split_bytes_least(double holdout);

/* `text` is a file, mapped, of at least split_bytes_least(holdout) bytes;
 * 0 < holdout <= 0.5. */
Split split_text(Arena *arena, const FileMap *text, double holdout, u64 seed);

bool split_is_held(const Split *split, i64 block);

#endif
