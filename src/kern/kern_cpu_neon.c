/* kern_cpu_neon.c - the fast kernels in vectors of 4 floats for 64-bit ARM,
 * where NEON and its fused multiply-add belong to every processor.
 *
 * The source is the same; what differs is in cpu_vec.inc.h (mul_add, parts of
 * vectors, roots) and in cpu_tile.inc.h: 32 registers, so larger tiles.
 * tests/neon/run builds and tests it on any machine that has a cross compiler
 * and qemu. */

#define LANES 4
#define NEON 1
#include "kern/kern_cpu.inc.h"

static bool usable(void) { return true; }

extern const Kern kern_neon;
const Kern kern_neon = {
    .name = "neon", .about = "4 floats at a time: NEON of 64-bit ARM",
    .usable = usable, KERN_CPU_FP32, KERN_CPU
};

extern const Kern kern_neon_bf16;
const Kern kern_neon_bf16 = {
    .name = "neon", .about = "bfloat16 as floats: as exact, and no faster",
    .usable = usable, KERN_CPU_BF16, KERN_CPU
};
