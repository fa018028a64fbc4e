/* cpu_bf16.inc.h - pairs of bfloat16, and their products in float.
 *
 * A bfloat16 is the upper half of a float, so that two lie in 32 bits, and a
 * vector of LANES such pairs multiplies another in one instruction of AVX-512
 * BF16: twice the terms of a vector of floats. Lane by lane,
 *
 *     sum  <-  (sum + high(a) high(b)) + low(a) low(b)
 *
 * in this order, each product exact and each sum rounded once. Where there is
 * no such instruction the same is done in floats, at their speed or less: the
 * bits are the same, but for numbers below 2^-126, which AVX-512 BF16 takes
 * for 0 in sums too.
 *
 * Included once by each kern_cpu_NAME.c, after cpu_tile.inc.h. With AVX-512
 * the instructions are allowed to the functions of these files alone (BF16),
 * for a processor may have all of AVX-512 but these. */

typedef u32 vu __attribute__((vector_size(4 * LANES)));
typedef i32 vi_loose
    __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

INLINE vi load_pairs(const void *p) { return *(const vi_loose *)p; }
INLINE void store_pairs(void *p, vi v) { *(vi_loose *)p = v; }

#if LANES == 16

#define BF16 __attribute__((target("avx512bf16")))
#define BF16_INLINE BF16 INLINE

/* Words 0 .. 15 are low halves, 16 .. 31 high ones: lane j wants j, 16 + j. */
#define HALVES(j, b) ((j) | (16 + (j)) << 16)

BF16_INLINE vi pair_row(vf first, vf second)
{
    return (vi)_mm512_cvtne2ps_pbh((__m512)second, (__m512)first);
}
BF16_INLINE vi pair_up(vf low, vf high)
{
    const vi to = { ALL_LANES(HALVES, 0) };
    return (vi)_mm512_permutexvar_epi16((__m512i)to,
                                        (__m512i)pair_row(low, high));
}
BF16_INLINE vf add_pairs(vi a, vi b, vf sum)
{
    return (vf)_mm512_dpbf16_ps((__m512)sum, (__m512bh)a, (__m512bh)b);
}

#else

#define BF16
#define BF16_INLINE INLINE

/* Rounded in the upper half; what is in the lower is to be cut off. To nearest,
 * ties to even; NaN stays NaN; numbers below 2^-126 become 0. */
INLINE vu rounded(vf x)
{
    const vu bits = (vu)x, size = bits & 0x7fffffff;
    const vu near = bits + 0x7fff + (bits >> 16 & 1);
    const vu nan  = (vu)(size > 0x7f800000), tiny = (vu)(size < 0x00800000);
    return ((bits | 0x00400000) & nan) | (bits & 0x80000000 & tiny)
         | (near & ~nan & ~tiny);
}

/* Lane by lane, low in the lower half and high in the upper. */
INLINE vi pair_up(vf low, vf high)
{
    return (vi)((rounded(high) & 0xffff0000) | rounded(low) >> 16);
}

#define EVEN(j, b) (2 * (j))
#define ODD(j, b) (2 * (j) + 1)

/* Neighbours: of 2 LANES numbers in a row, LANES pairs. */
INLINE vi pair_row(vf first, vf second)
{
    return pair_up(__builtin_shufflevector(first, second, ALL_LANES(EVEN, 0)),
                   __builtin_shufflevector(first, second, ALL_LANES(ODD, 0)));
}

INLINE vf low_half(vi a) { return (vf)((vu)a << 16); }
INLINE vf high_half(vi a) { return (vf)((vu)a & 0xffff0000); }

INLINE vf add_pairs(vi a, vi b, vf sum)
{
    sum = mul_add(high_half(a), high_half(b), sum);
    return mul_add(low_half(a), low_half(b), sum);
}

#endif

/* acc[m][n..] += sum_k  a[m, k] b[k, n..] over K pairs: tile_add, of pairs. */
BF16_INLINE void pair_tile_add(Tile acc, int rows, int vecs, const i32 *a,
                               i64 a_row, i64 a_col, const void *b, i64 K)
{
    const i32 *from = b;
    for (i64 k = 0; k < K; k++, from += vecs * LANES) {
        vi w[TILE_VECS];
        UNROLL for (int n = 0; n < vecs; n++)
            w[n] = load_pairs(from + n * LANES);
        UNROLL for (int m = 0; m < rows; m++) {
            const vi x = a[m * a_row + k * a_col] - (vi){ 0 };
            UNROLL for (int n = 0; n < vecs; n++)
                acc[m][n] = add_pairs(x, w[n], acc[m][n]);
        }
    }
}

/* Row after row, `cols` numbers of each, as pairs of neighbours; the last is
 * half empty where cols is odd. `to` has room for whole vectors. */
BF16 static void pair_rows(i32 *to, i64 to_row, const float *from,
                           i64 from_row, i64 rows, i64 cols)
{
    for (i64 r = 0; r < rows; r++, to += to_row, from += from_row)
        for (i64 k = 0; k < cols; k += 2 * LANES) {
            const i64 left = cols - k;
            store_pairs(to + k / 2, pair_row(load_upto(from + k, left),
                left > LANES ? load_upto(from + k + LANES, left - LANES)
                             : splat(0)));
        }
}

/* As probe, of products of pairs: at two a cycle, each six cycles long. */
enum { PROBE_PAIRS = 16 };

BF16 static double probe_bf16(i64 rounds)
{
#if LANES == 16
    vf sum[PROBE_PAIRS];
    vi x = { 0 }, y = { 0 };
    IN_REGISTER(x);
    IN_REGISTER(y);
    UNROLL for (int i = 0; i < PROBE_PAIRS; i++)
        sum[i] = splat(0);
    for (i64 r = 0; r < rounds; r++) {
        UNROLL for (int i = 0; i < PROBE_PAIRS; i++)
            sum[i] = add_pairs(x, y, sum[i]);
        UNROLL for (int i = 0; i < PROBE_PAIRS; i++)
            IN_REGISTER(sum[i]);
    }
    return (double)rounds * PROBE_PAIRS * LANES * 4;
#else
    return probe(rounds);
#endif
}
