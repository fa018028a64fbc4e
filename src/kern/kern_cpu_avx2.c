/* kern_cpu_avx2.c - the fast kernels in vectors of 8 floats: AVX2 and FMA.
 * Compiled with -mavx2 -mfma; see kern_cpu.inc.h. */

#define LANES 8
#include "kern/kern_cpu.inc.h"

static bool usable(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

extern const Kern kern_avx2;
const Kern kern_avx2 = {
    .name = "avx2", .about = "8 floats at a time: AVX2 and FMA",
    .usable = usable, KERN_CPU_FP32, KERN_CPU
};

extern const Kern kern_avx2_bf16;
const Kern kern_avx2_bf16 = {
    .name = "avx2", .about = "bfloat16 as floats: as exact, and no faster",
    .usable = usable, KERN_CPU_BF16, KERN_CPU
};
