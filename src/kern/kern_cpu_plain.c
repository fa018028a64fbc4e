/* kern_cpu_plain.c - the fast kernels in vectors of 4 floats, for any
 * processor: whatever the compiler takes for granted. See kern_cpu.inc.h. */

#define LANES 4
#include "kern/kern_cpu.inc.h"

static bool usable(void) { return true; }

extern const Kern kern_plain;
const Kern kern_plain = {
    .name = "plain", .dtype = "fp32",
    .about = "4 floats at a time, any processor", KERN_CPU
};
