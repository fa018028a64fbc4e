/* real.h - the number that models are made of: float in the program, double
 * in the tests that hold gradients against their slopes (-DREAL64).
 *
 * Only the reference kernels exist in double; the fast ones are float. */

#ifndef REAL_H
#define REAL_H

#include <float.h>

#ifdef REAL64
typedef double real;
#define REAL_EPSILON DBL_EPSILON
#else
typedef float real;
#define REAL_EPSILON FLT_EPSILON
#endif

#endif
