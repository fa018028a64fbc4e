/* drop.h - private to kern/: which numbers dropout drops, on every backend.
 *
 * Number i is dropped where a hash of (key, i) lies below p 2^32. The hash is
 * two rounds of a bijection of 32-bit words with half of the key before each,
 * so that vectors of 32-bit lanes make it without 64-bit products; two i never
 * share a hash, which over n << 2^32 numbers is not felt.
 *
 * SOURCE: Wellons 2018, "Prospecting for hash functions" (nullprogram.com):
 *         lowbias32, whose bias is near the least that is known. */

#ifndef DROP_H
#define DROP_H

#include "base/base.h"

enum { DROP_SHIFT_1 = 16, DROP_SHIFT_2 = 15, DROP_SHIFT_3 = 16 };
#define DROP_TIMES_1 0x7feb352du
#define DROP_TIMES_2 0x846ca68bu

/* On a u32 or on a vector of them. */
#define DROP_ROUND(h)                          \
    do {                                       \
        (h) ^= (h) >> DROP_SHIFT_1;            \
        (h) *= DROP_TIMES_1;                   \
        (h) ^= (h) >> DROP_SHIFT_2;            \
        (h) *= DROP_TIMES_2;                   \
        (h) ^= (h) >> DROP_SHIFT_3;            \
    } while (0)

#define DROP_HASH(h, key)                      \
    do {                                       \
        (h) ^= (u32)(key);                     \
        DROP_ROUND(h);                         \
        (h) += (u32)((key) >> 32);             \
        DROP_ROUND(h);                         \
    } while (0)

/* Below this, a number is dropped. */
static inline u32 drop_limit(double p) { return (u32)(p * 4294967296.0); }

#endif
