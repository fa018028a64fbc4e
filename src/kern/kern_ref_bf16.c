/* kern_ref_bf16.c - the definition of dtype bf16: the reference kernels, whose
 * linear maps round what they multiply.
 *
 * bfloat16 is the upper half of a float: its sign, its 8 bits of exponent, 7 of
 * its 23 bits of fraction. A product of two is exact in float. */

#include "kern/kern.h"

#include <math.h>
#include <string.h>

/* To nearest, ties to even: with the lower half's largest value less a half
 * added, and one more where the upper half is odd, what carries over is right.
 * Numbers below the smallest normal float are 0, as to processors that have
 * bfloat16. */
static double in(real x)
{
    float f = (float)x;
    u32   bits;
    if (isnan(f) || isinf(f))
        return (double)f;
    if (fabsf(f) < FLT_MIN)
        return 0;
    memcpy(&bits, &f, sizeof bits);
    bits = (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000;
    memcpy(&f, &bits, sizeof f);
    return (double)f;
}

#define KERN_REF kern_ref_bf16
#define DTYPE "bf16"
#define ABOUT "the definition of bf16: inputs of linear maps are rounded"

#include "kern/kern_ref.c"
