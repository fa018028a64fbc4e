/* cpu_vec.inc.h - a vector of LANES floats, in the compilers' own vector
 * extension, and the few things that it cannot say.
 *
 * Included once by each kern_cpu_NAME.c, which defines LANES: 16 for AVX-512,
 * 8 for AVX2, 4 for NEON and plain C (one SSE register). No load or store
 * here asks for alignment, so where an array lies changes no bit. */

#include "base/base.h"

#include <string.h>

#ifdef __FAST_MATH__
#error "-ffast-math would undo the rounding in exp2_below_0, and exp with it"
#endif

#ifndef NEON
#define NEON 0
#endif

#if LANES >= 8
#include <immintrin.h>
#elif NEON
#include <arm_neon.h>
#endif

/* Vector registers: AVX-512 and 64-bit ARM have 32, the others 16. */
#define REGISTERS (LANES == 16 || NEON ? 32 : 16)

typedef float vf __attribute__((vector_size(4 * LANES)));
typedef i32   vi __attribute__((vector_size(4 * LANES)));
typedef double vd __attribute__((vector_size(4 * LANES)));
typedef float vf_loose
    __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

#define INLINE static inline __attribute__((always_inline))

/* Loops over accumulators must be unrolled before registers are given out.
 * Not so under sanitizers, whose check at every index makes clang take minutes
 * over what it unrolled. */
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define CHECKED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(CHECKED)
#ifdef __clang__
#define UNROLL _Pragma("clang loop unroll(disable)")
#else
#define UNROLL
#endif
#elif defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

INLINE vf load(const float *p) { return *(const vf_loose *)p; }
INLINE void store(float *p, vf v) { *(vf_loose *)p = v; }
INLINE vf splat(float x) { return x - (vf){ 0 }; }

/* a where mask is all ones, b where it is zero. */
INLINE vf choose(vi mask, vf a, vf b)
{
    return (vf)((mask & (vi)a) | (~mask & (vi)b));
}

/* The first n lanes, 0 <= n <= LANES; the rest is not touched, and is 0 when
 * loaded. The larger of two, where NaN in b comes through. Half of the lanes as
 * doubles. A product and a sum
 * in one rounding, where the processor has it: said, not left to compilers,
 * who fuse one tile and not another, and then a row's bits would depend on
 * which tile it fell into. */
#if LANES == 16

INLINE __mmask16 first(i64 n) { return (__mmask16)((1u << n) - 1); }
INLINE vf load_part(const float *p, i64 n)
{
    return (vf)_mm512_maskz_loadu_ps(first(n), p);
}
INLINE void store_part(float *p, vf v, i64 n)
{
    _mm512_mask_storeu_ps(p, first(n), (__m512)v);
}
INLINE vf larger(vf a, vf b) { return (vf)_mm512_max_ps((__m512)a, (__m512)b); }
INLINE vf smaller(vf a, vf b)
{
    return (vf)_mm512_min_ps((__m512)a, (__m512)b);
}
INLINE vf root(vf a) { return (vf)_mm512_sqrt_ps((__m512)a); }
INLINE vd wide_low(vf a)
{
    return (vd)_mm512_cvtps_pd(_mm512_castps512_ps256((__m512)a));
}
INLINE vd wide_high(vf a)
{
    return (vd)_mm512_cvtps_pd(_mm512_extractf32x8_ps((__m512)a, 1));
}
INLINE vf mul_add(vf a, vf b, vf sum)
{
    return (vf)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)sum);
}

#elif LANES == 8

INLINE __m256i first(i64 n)
{
    const vi lane = { 0, 1, 2, 3, 4, 5, 6, 7 };
    return (__m256i)(lane < (i32)n);
}
INLINE vf load_part(const float *p, i64 n)
{
    return (vf)_mm256_maskload_ps(p, first(n));
}
INLINE void store_part(float *p, vf v, i64 n)
{
    _mm256_maskstore_ps(p, first(n), (__m256)v);
}
INLINE vf larger(vf a, vf b) { return (vf)_mm256_max_ps((__m256)a, (__m256)b); }
INLINE vf smaller(vf a, vf b)
{
    return (vf)_mm256_min_ps((__m256)a, (__m256)b);
}
INLINE vf root(vf a) { return (vf)_mm256_sqrt_ps((__m256)a); }
INLINE vd wide_low(vf a)
{
    return (vd)_mm256_cvtps_pd(_mm256_castps256_ps128((__m256)a));
}
INLINE vd wide_high(vf a)
{
    return (vd)_mm256_cvtps_pd(_mm256_extractf128_ps((__m256)a, 1));
}
INLINE vf mul_add(vf a, vf b, vf sum)
{
    return (vf)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)sum);
}

#else

INLINE vf load_part(const float *p, i64 n)
{
    vf v = { 0 };
    memcpy(&v, p, (size_t)n * sizeof *p);
    return v;
}
INLINE void store_part(float *p, vf v, i64 n)
{
    memcpy(p, &v, (size_t)n * sizeof *p);
}
INLINE vf larger(vf a, vf b) { return choose(a > b, a, b); }
INLINE vf smaller(vf a, vf b) { return choose(a < b, a, b); }
#if NEON
INLINE vf root(vf a) { return (vf)vsqrtq_f32((float32x4_t)a); }
INLINE vf mul_add(vf a, vf b, vf sum)
{
    return (vf)vfmaq_f32((float32x4_t)sum, (float32x4_t)a, (float32x4_t)b);
}
#else
INLINE vf root(vf a)
{
    for (int i = 0; i < LANES; i++)
        a[i] = __builtin_sqrtf(a[i]);
    return a;
}
INLINE vf mul_add(vf a, vf b, vf sum) { return sum + a * b; }
#endif
INLINE vd wide_low(vf a) { return (vd){ (double)a[0], (double)a[1] }; }
INLINE vd wide_high(vf a) { return (vd){ (double)a[2], (double)a[3] }; }

#endif

/* Loops over n floats: whole vectors, then a part. */
INLINE vf load_upto(const float *p, i64 n)
{
    return n >= LANES ? load(p) : load_part(p, n);
}
INLINE void store_upto(float *p, vf v, i64 n)
{
    if (n >= LANES)
        store(p, v);
    else
        store_part(p, v, n);
}

INLINE vi lane(void)
{
    vi at;
    UNROLL for (int i = 0; i < LANES; i++)
        at[i] = i;
    return at;
}

/* The first n lanes of v, and 0 in the others. */
INLINE vf keep_first(vf v, i64 n)
{
    return choose(lane() < (i32)n, v, splat(0));
}

/* f(j, b) for each lane j, as indices of a shuffle. */
#define LANES_4(f, j, b) f(j, b), f(j + 1, b), f(j + 2, b), f(j + 3, b)
#define LANES_8(f, j, b) LANES_4(f, j, b), LANES_4(f, j + 4, b)
#if LANES == 16
#define ALL_LANES(f, b) LANES_8(f, 0, b), LANES_8(f, 8, b)
#elif LANES == 8
#define ALL_LANES(f, b) LANES_8(f, 0, b)
#else
#define ALL_LANES(f, b) LANES_4(f, 0, b)
#endif

/* Each lane's partner at distance b. */
#define PARTNER(j, b) ((j) ^ (b))
#define PARTNERS(v, b) __builtin_shufflevector(v, v, ALL_LANES(PARTNER, b))

/* Every lane receives the sum of all: lanes and partners, at distance LANES/2,
 * ..., 2, 1. Always the same tree, so always the same bits. */
INLINE vf sum_across(vf v)
{
#if LANES >= 16
    v += PARTNERS(v, 8);
#endif
#if LANES >= 8
    v += PARTNERS(v, 4);
#endif
    v += PARTNERS(v, 2);
    return v + PARTNERS(v, 1);
}

INLINE vf largest_across(vf v)
{
#if LANES >= 16
    v = larger(v, PARTNERS(v, 8));
#endif
#if LANES >= 8
    v = larger(v, PARTNERS(v, 4));
#endif
    v = larger(v, PARTNERS(v, 2));
    return larger(v, PARTNERS(v, 1));
}

/* Vectors that pass a long chain of operations side by side, step by step: a
 * processor that finds one chain after the other holds too few of them to have
 * something to do at all times. */
enum { EACH = REGISTERS == 32 ? 4 : 2 };

/* 2^x for -125 <= x <= 125, which the caller sees to; NaN stays NaN. exp2_each
 * does it in place for n <= EACH vectors, to the same bits.
 *
 * With n and r a whole number and what is left of x, 2^x = 2^n 2^r, and 2^r
 * is 1 + r q(r), q of degree 5. In plain vectors n = round(x):
 *
 *   n    adding 1.5 * 2^23 leaves no bits for a fraction: the sum is rounded,
 *        and its low bits are n in two's complement.
 *   r    exact (both are multiples of x's last place), |r| <= 1/2.
 *   q    goes through (2^r - 1) / r at the Chebyshev nodes of [-1/2, 1/2]:
 *        what it misses is 9.2e-9 of 2^r, a sixth of a rounding. Six
 *        roundings follow; those of the inner terms shrink with r, so that 2
 *        units in the last place hold for the whole.
 *   2^n  is added to the exponent bits: 2^r lies in [0.70, 1.42], so the sum
 *        stays a normal float for n >= -125.
 *
 * AVX-512 has an instruction that gives r, and one that multiplies by 2^n, of
 * n = floor(x): 8 in all instead of 11. There 0 <= r <= 1, and q is that which
 * misses least of 2^r, 2.1e-9; of r close to 1 the last place may be lost
 * where x is just below a whole number, which is worth 0.4 of a rounding. */
#if LANES == 16
INLINE void exp2_each(vf *x, int n)
{
    enum { FLOOR = 9 }; /* and no exception for what it drops */
    static const float q[] = { 1.24825048e-3f, 9.67375934e-3f, 5.54861873e-2f,
                               2.40229085e-1f, 6.93147063e-1f, 1 };
    vf r[EACH], e[EACH];

    UNROLL for (int i = 0; i < n; i++)
        r[i] = (vf)_mm512_reduce_ps((__m512)x[i], FLOOR);
    UNROLL for (int i = 0; i < n; i++)
        e[i] = splat(2.15650274e-4f);
    UNROLL for (int j = 0; j < COUNT_OF(q); j++)
        UNROLL for (int i = 0; i < n; i++)
            e[i] = mul_add(e[i], r[i], splat(q[j]));
    UNROLL for (int i = 0; i < n; i++)
        x[i] = (vf)_mm512_scalef_ps((__m512)e[i], (__m512)x[i]);
}
INLINE vf exp2_inside(vf x)
{
    exp2_each(&x, 1);
    return x;
}
#else
INLINE vf exp2_inside(vf x)
{
    const vf whole = splat(12582912);
    const vf t = x + whole, n = t - whole, r = x - n;

    vf e = splat(1.5453163e-4f) * r + 1.3390863e-3f;
    e = e * r + 9.6180826e-3f;
    e = e * r + 5.5503571e-2f;
    e = e * r + 2.4022651e-1f;
    e = e * r + 6.9314719e-1f;
    e = e * r + 1;
    return (vf)((vi)e + ((vi)t << 23));
}
INLINE void exp2_each(vf *x, int n)
{
    UNROLL for (int i = 0; i < n; i++)
        x[i] = exp2_inside(x[i]);
}
#endif

#define LOG2_E 1.44269504f

/* 2^x for x <= 0: below 2^-125 it stays there, which beside the 1 of the
 * largest score is nothing. */
INLINE vf exp2_below_0(vf x) { return exp2_inside(larger(splat(-125), x)); }
