/* lanes.h - eight doubles at a time, on whatever the processor has.
 *
 * A loop over rows is written once, on vectors of eight lanes, as a body that
 * is always inlined; WIDE makes from it one function for AVX-512, one for AVX2
 * and one for any processor, and picks among them at run time. Sums keep eight
 * running parts and add them in one order, so the vector's width changes no
 * order of addition. */

#ifndef LANES_H
#define LANES_H

#include "base/base.h"

enum { LANES = 8 };

typedef double Lanes __attribute__((vector_size(64)));
typedef i64    Marks __attribute__((vector_size(64))); /* 0 or -1 a lane    */
typedef u64    Words __attribute__((vector_size(64)));
typedef double LanesAt __attribute__((vector_size(64), aligned(8), may_alias));

#define BODY static inline __attribute__((always_inline))

#define LANES_LOAD(at)       ((Lanes)*(const LanesAt *)(at))
#define LANES_STORE(at, x)   (*(LanesAt *)(at) = (LanesAt)(x))
#define LANES_ALL(x)         ((Lanes){ 0 } + (x))
#define LANES_PICK(mark, a, b)                                           \
    ((Lanes)(((Marks)(a) & (mark)) | ((Marks)(b) & ~(mark))))

BODY double lanes_total(const Lanes *x)
{
    return (((*x)[0] + (*x)[4]) + ((*x)[2] + (*x)[6]))
         + (((*x)[1] + (*x)[5]) + ((*x)[3] + (*x)[7]));
}

/* WIDE(type, name, (parameters), (arguments)): name() from name_body(). */
#define WIDE(T, name, params, args)    WIDE_MAKE(T, return, name, params, args)
#define WIDE_VOID(name, params, args)  WIDE_MAKE(void, , name, params, args)

#if defined(__x86_64__)
#define WIDE_MAKE(T, give, name, params, args)                           \
    __attribute__((target("avx512f,avx512dq,avx512vl,avx2,fma")))        \
    static T name##_512 params { give name##_body args; }                \
    __attribute__((target("avx2,fma")))                                  \
    static T name##_256 params { give name##_body args; }                \
    static T name##_any params { give name##_body args; }                \
    T name params                                                        \
    {                                                                    \
        if (__builtin_cpu_supports("avx512f")                            \
            && __builtin_cpu_supports("avx512dq")                        \
            && __builtin_cpu_supports("avx512vl"))                       \
            give name##_512 args;                                        \
        else if (__builtin_cpu_supports("avx2")                          \
                 && __builtin_cpu_supports("fma"))                       \
            give name##_256 args;                                        \
        else                                                             \
            give name##_any args;                                        \
    }
#else
#define WIDE_MAKE(T, give, name, params, args) \
    T name params { give name##_body args; }
#endif

#endif
