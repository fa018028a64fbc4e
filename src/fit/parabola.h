/* parabola.h - least-squares parabolas and lines: private to this room. */

#ifndef PARABOLA_H
#define PARABOLA_H

#include "base/base.h"

/* y = q0 + q1 x + q2 x^2. False with fewer than 3 different x. */
bool parabola_fit(double quad[3], const double *x, const double *y, i64 n);
double parabola_at(const double quad[3], double x);

/* Share of y[i] in its own fitted value: 0 < h < 1. */
void parabola_leverage(double *leverage, const double *x, i64 n);

/* Where it is least; NaN where it opens downwards. */
double parabola_vertex(const double quad[3]);

/* y = intercept + slope x, each point counted weight[i] > 0 times (NULL: once).
 * False with fewer than 2 different x. */
bool line_fit(double *intercept, double *slope, const double *x,
              const double *y, const double *weight, i64 n);

#endif
