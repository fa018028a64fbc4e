/* law_vec_avx512.c - formulas over 8 rows at a time: AVX-512. Compiled for F,
 * VL, BW and DQ; see law_steps.inc.h. */

#define LANES 8
#include "law/law_steps.inc.h"

static bool usable(void)
{
    return __builtin_cpu_supports("avx512f")
        && __builtin_cpu_supports("avx512vl")
        && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq");
}

extern const LawVec law_vec_avx512;
const LawVec law_vec_avx512 = {
    .name = "avx512", .about = "8 rows at a time: AVX-512", LAW_VEC_CPU
};
