/* akima.c - Akima's interpolation, and the least of it. */

#include "fit/akima.h"

#include <assert.h>
#include <math.h>

/* Slope of segment i; beyond the ends the change of slope goes on. */
static double segment(const double *x, const double *y, i64 n, i64 i)
{
    if (i < 0)
        return 2 * segment(x, y, n, i + 1) - segment(x, y, n, i + 2);
    if (i > n - 2)
        return 2 * segment(x, y, n, i - 1) - segment(x, y, n, i - 2);
    return (y[i + 1] - y[i]) / (x[i + 1] - x[i]);
}

void akima_slopes(double *slope, const double *x, const double *y, i64 n)
{
    assert(n >= 3);
    for (i64 i = 0; i < n; i++) {
        double m[4]; /* of the two segments to the left, and to the right */
        for (int k = 0; k < 4; k++)
            m[k] = segment(x, y, n, i - 2 + k);
        const double right = fabs(m[3] - m[2]), left = fabs(m[1] - m[0]);
        const double size = fabs(m[1]) + fabs(m[2]);
        slope[i] = right + left > 1e-12 * size
                     ? (right * m[1] + left * m[2]) / (right + left)
                     : (m[1] + m[2]) / 2;
    }
}

/* y0 + t (b1 + t (b2 + t b3)), t = at - x0, between two points. */
typedef struct Piece { double b1, b2, b3; } Piece;

static Piece piece(const double *x, const double *y, const double *slope, i64 i)
{
    const double h = x[i + 1] - x[i], m = (y[i + 1] - y[i]) / h;
    return (Piece){ slope[i], (3 * m - 2 * slope[i] - slope[i + 1]) / h,
                    (slope[i] + slope[i + 1] - 2 * m) / (h * h) };
}

static double piece_at(Piece p, double y0, double t)
{
    return y0 + t * (p.b1 + t * (p.b2 + t * p.b3));
}

double akima_at(const double *x, const double *y, const double *slope, i64 n,
                double at)
{
    i64 i = 0;
    while (i < n - 2 && x[i + 1] <= at)
        i++;
    return piece_at(piece(x, y, slope, i), y[i], at - x[i]);
}

/* Where b1 + 2 b2 t + 3 b3 t^2 = 0 and rises; NaN where it does nowhere. The
 * root is written so that a vanishing b3 leaves -b1 / (2 b2). */
static double hollow(Piece p)
{
    const double room = p.b2 * p.b2 - 3 * p.b3 * p.b1;
    if (room < 0)
        return NAN;
    const double root = sqrt(room);
    if (p.b2 > 0)
        return -p.b1 / (p.b2 + root);
    return p.b3 != 0 ? (root - p.b2) / (3 * p.b3) : NAN;
}

double akima_least(double *value, const double *x, const double *y,
                   const double *slope, i64 n)
{
    double at = x[0], least = y[0];
    for (i64 i = 0; i + 1 < n; i++) {
        const Piece  p = piece(x, y, slope, i);
        const double t = hollow(p);
        if (t > 0 && t < x[i + 1] - x[i] && piece_at(p, y[i], t) < least) {
            least = piece_at(p, y[i], t);
            at = x[i] + t;
        }
        if (y[i + 1] < least) {
            least = y[i + 1];
            at = x[i + 1];
        }
    }
    *value = least;
    return at;
}
