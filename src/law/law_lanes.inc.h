/* law_lanes.inc.h - a vector of LANES doubles in the compilers' own vector
 * extension, and exp and log of it.
 *
 * Included once by each law_vec_NAME.c, which defines LANES: 8 for AVX-512, 4
 * for AVX2, 2 for plain C (one SSE or NEON register). Loads and stores ask for
 * no alignment, and every loop takes every row through the same instructions,
 * so that neither where an array lies nor where a row stands changes a bit.
 *
 * Both functions are within 1.5 units in the last place of the true value over
 * the whole line (measured: below 1.1; tests/test_law_vec.c), overflow to
 * infinity, underflow through the subnormals to 0, and let NaN through. Their
 * polynomials interpolate at the Chebyshev nodes of the interval named. */

#include "base/base.h"

#include <string.h>

#ifdef __FAST_MATH__
#error "-ffast-math would undo the roundings that exp and log rest on"
#endif

#if LANES >= 4
#include <immintrin.h>
#endif

typedef double vd __attribute__((vector_size(8 * LANES)));
typedef i64    vi __attribute__((vector_size(8 * LANES)));
typedef u64    vu __attribute__((vector_size(8 * LANES)));
typedef double vd_loose
    __attribute__((vector_size(8 * LANES), aligned(8), may_alias));

#define INLINE static inline __attribute__((always_inline))

INLINE vd load(const double *p) { return *(const vd_loose *)p; }
INLINE void store(double *p, vd v) { *(vd_loose *)p = v; }
INLINE vd splat(double x) { return x - (vd){ 0 }; }
INLINE vi splat_bits(i64 x) { return x - (vi){ 0 }; }

/* a where mask is all ones, b where it is zero. */
INLINE vd choose(vi mask, vd a, vd b)
{
    return (vd)((mask & (vi)a) | (~mask & (vi)b));
}

/* The larger and the smaller of two; a NaN in b comes through. a b + c in one
 * rounding where the processor has it: said, and not left to compilers, who
 * might fuse in one loop and not in another. */
#if LANES == 8
INLINE vd larger(vd a, vd b) { return (vd)_mm512_max_pd((__m512d)a, (__m512d)b); }
INLINE vd smaller(vd a, vd b)
{
    return (vd)_mm512_min_pd((__m512d)a, (__m512d)b);
}
INLINE vd mul_add(vd a, vd b, vd c)
{
    return (vd)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
}
#elif LANES == 4
INLINE vd larger(vd a, vd b) { return (vd)_mm256_max_pd((__m256d)a, (__m256d)b); }
INLINE vd smaller(vd a, vd b)
{
    return (vd)_mm256_min_pd((__m256d)a, (__m256d)b);
}
INLINE vd mul_add(vd a, vd b, vd c)
{
    return (vd)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
}
#else
INLINE vd larger(vd a, vd b) { return choose(a > b, a, b); }
INLINE vd smaller(vd a, vd b) { return choose(a < b, a, b); }
INLINE vd mul_add(vd a, vd b, vd c) { return a * b + c; }
#endif

#define WHOLE 0x1.8p52 /* added to x, it leaves x rounded in the low bits */

/* p 2^n for whole n: in one instruction, or by two powers that are both normal
 * numbers, since n goes from -1443 to 1443. */
#if LANES == 8
INLINE vd scaled(vd p, vd n)
{
    return (vd)_mm512_scalef_pd((__m512d)p, (__m512d)n);
}
#else
INLINE vd power_of_2(vd n) /* -1022 <= n <= 1023 */
{
    return (vd)(((vi)(n + WHOLE) + 1023) << 52);
}
INLINE vd scaled(vd p, vd n)
{
    const vd half = (n * 0.5 + WHOLE) - WHOLE;
    return p * power_of_2(half) * power_of_2(n - half);
}
#endif

/* With n = round(x / ln 2) and r = x - n ln 2, exp x = 2^n exp r.
 *   r      ln 2 in two parts; the first has 33 bits, so n times it is exact,
 *          and |r| <= 0.3466.
 *   exp r  1 + r + r^2 q(r), q of degree 9 on |r| <= 0.3466: it misses 1.6e-17
 *          of exp r, a seventh of a rounding.
 * Beyond +-1000 the answer is infinity or 0 and stays so at +-1000. */
INLINE vd exp_lanes(vd x)
{
    x = smaller(splat(1000), larger(splat(-1000), x));
    const vd n = mul_add(x, splat(0x1.71547652b82fep0), splat(WHOLE)) - WHOLE;
    vd r = mul_add(n, splat(-0x1.62e42fefp-1), x);
    r = mul_add(n, splat(-7.440617110012397e-11), r);

    const vd r2 = r * r, r4 = r2 * r2;
    const vd q01 = mul_add(r, splat(0x1.5555555555556p-3),
                           splat(0x1.0000000000001p-1));
    const vd q23 = mul_add(r, splat(0x1.11111111109b3p-7),
                           splat(0x1.5555555553d63p-5));
    const vd q45 = mul_add(r, splat(0x1.a01a01a7c41d5p-13),
                           splat(0x1.6c16c1788bd90p-10));
    const vd q67 = mul_add(r, splat(0x1.71de0dae63bb3p-19),
                           splat(0x1.a019b90d2ae7ap-16));
    const vd q89 = mul_add(r, splat(0x1.af38a9b0ec855p-26),
                           splat(0x1.289185613a3d6p-22));
    const vd low = mul_add(q23, r2, q01), mid = mul_add(q67, r2, q45);
    const vd q = mul_add(mul_add(q89, r4, mid), r4, low);
    return scaled(mul_add(r2, q, r) + 1, n);
}

/* With x = 2^k m, sqrt(1/2) <= m < sqrt(2), f = m - 1 and s = f / (2 + f):
 * ln m = 2 atanh s = 2 s + s R, where R = z p(z), z = s^2, and p of degree 6 on
 * 0 <= z <= 0.0295 misses 4.3e-18. As f = 2s + s f, ln m = f - s (f - R), and
 * with h = f^2/2, f - (h - s (h + R)), whose first term is exact. k ln 2 joins
 * in two parts, the larger exact.
 *
 * SOURCE of that arrangement: fdlibm, e_log.c (Sun Microsystems 1993). */
INLINE vd log_lanes(vd x)
{
    const vi tiny = x < 0x1p-1022;
    const vd y = choose(tiny, x * 0x1p54, x);
    const vi bits = (vi)y;
    /* Exponent as if the mantissa began at sqrt(1/2); a count below 2^52
     * becomes a double as the last digits of 2^52. */
    const vu above = (vu)bits - 0x3fe6a09e667f3bcd + ((u64)1024 << 52);
    const vi at = (vi)(above >> 52);
    const vd f = (vd)((vu)bits - (((vu)at - 1024) << 52)) - 1;
    const vd k = (vd)(at | splat_bits(0x4330000000000000)) - (0x1p52 + 1024)
               - choose(tiny, splat(54), splat(0));

    const vd s = f / (f + 2), z = s * s, w = z * z;
    const vd odd = mul_add(mul_add(splat(0x1.39fdcceb4bb45p-3), w,
                                   splat(0x1.c71c62d5e53e0p-3)), w,
                           splat(0x1.9999999995273p-2));
    const vd even = mul_add(mul_add(mul_add(splat(0x1.2b5f68a50d903p-3), w,
                                            splat(0x1.7462b91b8df65p-3)), w,
                                    splat(0x1.2492492dfd86cp-2)), w,
                            splat(0x1.5555555555558p-1));
    const vd rest = mul_add(odd, w, even * z), h = 0.5 * f * f;
    const vd tail = mul_add(s, h + rest, k * 7.440617110012397e-11);
    const vd ln = mul_add(k, splat(0x1.62e42fefp-1), f - (h - tail));

    const vd infinite = splat(__builtin_inf());
    const vd edge = choose(x == 0, -infinite,
                           choose(x > 0, x, splat(__builtin_nan(""))));
    return choose((x > 0) & (x < infinite), ln, edge);
}
