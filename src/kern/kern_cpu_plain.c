/* kern_cpu_plain.c - the fast kernels in vectors of 4 floats, for any
 * processor: whatever the compiler takes for granted. See kern_cpu.inc.h. */

#define LANES 4
#include "kern/kern_cpu.inc.h"

static bool usable(void) { return true; }

extern const Kern kern_plain;
const Kern kern_plain = {
    .name = "plain", .about = "4 floats at a time, any processor",
    .usable = usable, KERN_CPU_FP32, KERN_CPU
};

extern const Kern kern_plain_bf16;
const Kern kern_plain_bf16 = {
    .name = "plain", .about = "bfloat16 as floats: as exact, and no faster",
    .usable = usable, KERN_CPU_BF16, KERN_CPU
};
