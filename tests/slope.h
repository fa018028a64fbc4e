/* slope.h - for the tests of kernels in double: a gradient against the slope
 * of what it is the gradient of.
 *
 * Every check has the same form: the scalar f = sum weight[i] out[i] is a
 * function of the inputs; what the backward kernel gives for d_out = weight
 * must be the central difference of f. Step 1e-5: the difference misses
 * h^2 f''' / 6 ~ 1e-10 and rounds by eps f / h ~ 1e-10; 1e-8 of the largest
 * slope leaves room. */

#ifndef SLOPE_H
#define SLOPE_H

#include "base/rng.h"
#include "kern/kern.h"
#include "tests/test.h"

#include <math.h>

enum { SIZE = 4096 };

static const Kern *const k = &kern_ref;
static u64 drawn; /* numbers drawn so far: each is used once */

static void fill(real *x, i64 n, double middle, double sd)
{
    for (i64 i = 0; i < n; i++)
        x[i] = (real)(middle + sd * rng_normal(3, RNG_TEST, drawn++));
}

/* One scalar function of whatever the current test put down here. */
typedef double Scalar(void);
static real weight[SIZE], out[SIZE], in[SIZE], other[SIZE];

static double weighted(i64 n)
{
    double sum = 0;
    for (i64 i = 0; i < n; i++)
        sum += (double)weight[i] * (double)out[i];
    return sum;
}

static double widest_gap(const real *grad, real *x, i64 n, Scalar *f)
{
    double widest = 0, largest = 0;
    for (i64 i = 0; i < n; i++) {
        const real   middle = x[i];
        const double h = 1e-5;
        x[i] = middle + (real)h;
        const double above = f();
        x[i] = middle - (real)h;
        const double below = f();
        x[i] = middle;
        const double want = (above - below) / (2 * h);
        widest  = fmax(widest, fabs((double)grad[i] - want));
        largest = fmax(largest, fabs(want));
    }
    return widest / largest;
}

#endif
