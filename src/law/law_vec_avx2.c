/* law_vec_avx2.c - formulas over 4 rows at a time: AVX2 and FMA. Compiled with
 * -mavx2 -mfma; see law_steps.inc.h. */

#define LANES 4
#include "law/law_steps.inc.h"

static bool usable(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

extern const LawVec law_vec_avx2;
const LawVec law_vec_avx2 = {
    .name = "avx2", .about = "4 rows at a time: AVX2 and FMA", LAW_VEC_CPU
};
