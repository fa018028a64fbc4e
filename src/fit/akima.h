/* akima.h - the curve that a hand would draw through points: private to this
 * room.
 *
 * Cubic between neighbours; the slope at a point looks at the two segments on
 * either side and leans to the side that is straighter, so that one strange
 * point bends the curve near it only.
 *
 * SOURCE: Akima 1970, J. ACM 17(4), 589-602. */

#ifndef AKIMA_H
#define AKIMA_H

#include "base/base.h"

/* x[n] rising strictly, n >= 3; slope[n] at the points. */
void akima_slopes(double *slope, const double *x, const double *y, i64 n);

/* The curve at `at`, within x[0]..x[n-1]. */
double akima_at(const double *x, const double *y, const double *slope, i64 n,
                double at);

/* Where the curve is least, and its value there: exact, piece by piece. */
double akima_least(double *value, const double *x, const double *y,
                   const double *slope, i64 n);

#endif
