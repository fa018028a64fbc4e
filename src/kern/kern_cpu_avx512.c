/* kern_cpu_avx512.c - the fast kernels in vectors of 16 floats: AVX-512F.
 * Compiled with -mavx512f and what came with it; see kern_cpu.inc.h. */

#define LANES 16
#include "kern/kern_cpu.inc.h"

static bool usable(void)
{
    return __builtin_cpu_supports("avx512f")
        && __builtin_cpu_supports("avx512vl")
        && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq");
}

extern const Kern kern_avx512;
const Kern kern_avx512 = {
    .name = "avx512", .about = "16 floats at a time: AVX-512",
    .usable = usable, KERN_CPU_FP32, KERN_CPU
};

static bool usable_bf16(void)
{
    return usable() && __builtin_cpu_supports("avx512bf16");
}

extern const Kern kern_avx512_bf16;
const Kern kern_avx512_bf16 = {
    .name = "avx512", .about = "16 pairs of bfloat16 at a time: AVX-512 BF16",
    .usable = usable_bf16, KERN_CPU_BF16, KERN_CPU
};
