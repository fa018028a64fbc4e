/* host_math.h - CUDA's small functions on numbers, for host_cuda.h. Those that
 * are quick and rough on a device are exact here. */

#ifndef HOST_MATH_H
#define HOST_MATH_H

template <class To, class From> inline To host_bits(From from)
{
    static_assert(sizeof(To) == sizeof(From), "bits are as many as before");
    To to;
    memcpy(&to, &from, sizeof to);
    return to;
}

inline float __uint_as_float(unsigned x) { return host_bits<float>(x); }
inline float __int_as_float(int x) { return host_bits<float>(x); }
inline unsigned __float_as_uint(float x) { return host_bits<unsigned>(x); }
inline int __float_as_int(float x) { return host_bits<int>(x); }
inline double __longlong_as_double(long long x) { return host_bits<double>(x); }
inline long long __double_as_longlong(double x)
{
    return host_bits<long long>(x);
}

/* The C library has names of its own for some of these. */
inline float host_expf(float x) { return expf(x); }
inline float host_exp10f(float x) { return exp10f(x); }
inline float host_logf(float x) { return logf(x); }
inline float host_log2f(float x) { return log2f(x); }
inline float host_sinf(float x) { return sinf(x); }
inline float host_cosf(float x) { return cosf(x); }
inline float host_tanf(float x) { return tanf(x); }
inline float host_powf(float x, float y) { return powf(x, y); }
inline void host_sincosf(float x, float *s, float *c) { sincosf(x, s, c); }
#define __expf    host_expf
#define __exp10f  host_exp10f
#define __logf    host_logf
#define __log2f   host_log2f
#define __sinf    host_sinf
#define __cosf    host_cosf
#define __tanf    host_tanf
#define __powf    host_powf
#define __sincosf host_sincosf

inline float rsqrtf(float x) { return (float)(1 / sqrt((double)x)); }
inline double rsqrt(double x) { return 1 / sqrt(x); }
inline float __fdividef(float x, float y) { return x / y; }
inline float __fdiv_rn(float x, float y) { return x / y; }
inline float __frcp_rn(float x) { return 1 / x; }
inline float __fsqrt_rn(float x) { return sqrtf(x); }
inline float __frsqrt_rn(float x) { return rsqrtf(x); }
inline float __fadd_rn(float x, float y) { return x + y; }
inline float __fsub_rn(float x, float y) { return x - y; }
inline float __fmul_rn(float x, float y) { return x * y; }
inline float __fmaf_rn(float x, float y, float z) { return fmaf(x, y, z); }
inline double __dadd_rn(double x, double y) { return x + y; }
inline double __dmul_rn(double x, double y) { return x * y; }
inline double __fma_rn(double x, double y, double z) { return fma(x, y, z); }
inline float __saturatef(float x) { return x > 0 ? (x < 1 ? x : 1) : 0; }

inline int __float2int_rn(float x) { return (int)nearbyintf(x); }
inline int __float2int_rd(float x) { return (int)floorf(x); }
inline int __float2int_rz(float x) { return (int)x; }
inline unsigned __float2uint_rn(float x) { return (unsigned)nearbyintf(x); }
inline float __int2float_rn(int x) { return (float)x; }
inline float __uint2float_rn(unsigned x) { return (float)x; }
inline float __double2float_rn(double x) { return (float)x; }

inline int __popc(unsigned x) { return __builtin_popcount(x); }
inline int __clz(int x) { return x ? __builtin_clz((unsigned)x) : 32; }
inline int __ffs(int x) { return __builtin_ffs(x); }
inline unsigned __umulhi(unsigned x, unsigned y)
{
    return (unsigned)((unsigned long long)x * y >> 32);
}
inline unsigned long long __umul64hi(unsigned long long x,
                                     unsigned long long y)
{
    __extension__ typedef unsigned __int128 wide;
    return (unsigned long long)((wide)x * y >> 64);
}

#define HOST_MIN_MAX(T)                                      \
    inline T min(T x, T y) { return y < x ? y : x; }         \
    inline T max(T x, T y) { return x < y ? y : x; }
HOST_MIN_MAX(int)
HOST_MIN_MAX(unsigned)
HOST_MIN_MAX(long)
HOST_MIN_MAX(unsigned long)
HOST_MIN_MAX(long long)
HOST_MIN_MAX(unsigned long long)
inline float min(float x, float y) { return fminf(x, y); }
inline float max(float x, float y) { return fmaxf(x, y); }
inline double min(double x, double y) { return fmin(x, y); }
inline double max(double x, double y) { return fmax(x, y); }

/* Loads and stores by the way they are cached, which is nothing here. */
template <class T> inline T __ldg(const T *p) { return *p; }
template <class T> inline T __ldcg(const T *p) { return *p; }
template <class T> inline T __ldcs(const T *p) { return *p; }
template <class T> inline T __ldlu(const T *p) { return *p; }
template <class T> inline void __stcg(T *p, T x) { *p = x; }
template <class T> inline void __stcs(T *p, T x) { *p = x; }

#endif
