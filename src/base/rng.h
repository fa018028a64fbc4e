/* rng.h - random numbers as a function of (seed, purpose, index).
 *
 * There is no state to save: number `index` for `purpose` under `seed` is the
 * same whoever asks, in any order, on any number of threads; and a new purpose
 * changes no other. The mixer is SplitMix64's finaliser applied to the three
 * words in turn (Steele, Lea, Flood 2014). Not for secrets. */

#ifndef RNG_H
#define RNG_H

#include "base/base.h"

typedef enum RngPurpose {
    RNG_INIT = 1,  /* initial weights: index = position in the slab */
    RNG_ORDER,     /* order of training windows                     */
    RNG_BOOTSTRAP, /* which runs a replicate draws                  */
    RNG_SPLIT,     /* which blocks of a corpus are held out         */
    RNG_SYNTH,     /* synthetic text and synthetic studies          */
    RNG_SAMPLE,    /* text written by a model                       */
    RNG_TEST,
    RNG_DROPOUT,   /* which numbers are dropped: arch/transformer.c */
    RNG_UNIQUE,    /* which windows of a text a run may see: batch.c */
} RngPurpose;

u64    rng_u64(u64 seed, RngPurpose purpose, u64 index);
double rng_unit(u64 seed, RngPurpose purpose, u64 index);   /* [0, 1)      */
double rng_normal(u64 seed, RngPurpose purpose, u64 index); /* mean 0, sd 1 */
i64    rng_below(u64 seed, RngPurpose purpose, u64 index, i64 n); /* 0..n-1 */

/* Where index lies after a shuffle of 0..n-1 that (seed, purpose) fixes: a
 * bijection computed in constant memory (Feistel network, cycle walking). */
i64 rng_shuffled(u64 seed, RngPurpose purpose, i64 index, i64 n);

#endif
