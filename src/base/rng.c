/* rng.c - three words in, one word out.
 *
 * The finaliser of SplitMix64 is a bijection of 64-bit words whose outputs for
 * consecutive inputs look independent. Each word of the key is added, spread by
 * the golden ratio, to what the one before it left, and mixed again; so two
 * keys that differ in any word have unrelated numbers.
 *
 * SOURCE: Steele, Lea, Flood 2014, "Fast splittable pseudorandom number
 *         generators", OOPSLA; the constants are Stafford's variant 13. */

#include "base/rng.h"

#include <assert.h>
#include <math.h>

static const u64 golden = 0x9e3779b97f4a7c15;

static u64 mix(u64 z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

static u64 key(u64 seed, u64 purpose)
{
    return mix(mix(seed + golden) + purpose * golden);
}

u64 rng_u64(u64 seed, RngPurpose purpose, u64 index)
{
    return mix(key(seed, (u64)purpose) + (index + 1) * golden);
}

double rng_unit(u64 seed, RngPurpose purpose, u64 index)
{
    return (double)(rng_u64(seed, purpose, index) >> 11) * 0x1p-53;
}

/* Box and Muller 1958. Index i uses the words 2i and 2i + 1; the first unit is
 * turned round so that it lies in (0, 1] and its logarithm is finite. */
double rng_normal(u64 seed, RngPurpose purpose, u64 index)
{
    const double u = 1 - rng_unit(seed, purpose, 2 * index);
    const double v = rng_unit(seed, purpose, 2 * index + 1);
    return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

/* The upper half of a 64 x 64 product: biased by less than n / 2^64. */
i64 rng_below(u64 seed, RngPurpose purpose, u64 index, i64 n)
{
    assert(n > 0);
    __extension__ typedef unsigned __int128 u128;
    return (i64)(((u128)rng_u64(seed, purpose, index) * (u128)n) >> 64);
}

/* Four rounds on words of 2 * half bits: any function of the right half, added
 * to the left by xor, can be undone, so the whole is a bijection. */
static u64 feistel(u64 word, int half, u64 k)
{
    const u64 mask = ((u64)1 << half) - 1;
    u64       left = word >> half, right = word & mask;
    for (u64 round = 1; round <= 4; round++) {
        const u64 next = left ^ (mix(k + round * golden + right) & mask);
        left = right;
        right = next;
    }
    return left << half | right;
}

/* The smallest power of four that holds n is less than 4 n, so that walking
 * the cycle until it is back below n takes fewer than four steps on average. */
i64 rng_shuffled(u64 seed, RngPurpose purpose, i64 index, i64 n)
{
    assert(n > 0 && 0 <= index && index < n);
    int half = 1;
    while (half < 31 && (i64)1 << 2 * half < n)
        half++;
    assert((i64)1 << 2 * half >= n);

    u64 at = (u64)index;
    do
        at = feistel(at, half, key(seed, (u64)purpose));
    while (at >= (u64)n);
    return (i64)at;
}
