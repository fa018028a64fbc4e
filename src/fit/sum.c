/* sum.c - sums over rows, where a fit spends its time: eight running sums side
 * by side, added at the end in a fixed order (lanes.h). */

#include "fit/search.h"

#include "fit/lanes.h"

BODY double sum_dot_body(const double *x, const double *y, i64 n)
{
    Lanes part = { 0 };
    i64 i = 0;
    for (; i + LANES <= n; i += LANES)
        part += LANES_LOAD(x + i) * LANES_LOAD(y + i);
    for (; i < n; i++)
        part[i % LANES] += x[i] * y[i];
    return lanes_total(&part);
}

BODY double sum_dot3_body(const double *x, const double *y, const double *z,
                          i64 n)
{
    Lanes part = { 0 };
    i64 i = 0;
    for (; i + LANES <= n; i += LANES)
        part += LANES_LOAD(x + i) * LANES_LOAD(y + i) * LANES_LOAD(z + i);
    for (; i < n; i++)
        part[i % LANES] += x[i] * y[i] * z[i];
    return lanes_total(&part);
}

BODY double sum_sizes_body(const double *x, const double *y, i64 n)
{
    Lanes part = { 0 };
    i64 i = 0;
    for (; i + LANES <= n; i += LANES) {
        const Lanes z = LANES_LOAD(x + i) * LANES_LOAD(y + i);
        part += LANES_PICK(z < 0, -z, z);
    }
    for (; i < n; i++) {
        const double z = x[i] * y[i];
        part[i % LANES] += z < 0 ? -z : z;
    }
    return lanes_total(&part);
}

WIDE(double, sum_dot, (const double *x, const double *y, i64 n), (x, y, n))
WIDE(double, sum_dot3,
     (const double *x, const double *y, const double *z, i64 n), (x, y, z, n))
WIDE(double, sum_sizes, (const double *x, const double *y, i64 n), (x, y, n))

BODY void sum_add_body(double *y, double a, const double *x, i64 n)
{
    i64 i = 0;
    for (; i + LANES <= n; i += LANES)
        LANES_STORE(y + i, LANES_LOAD(y + i) + a * LANES_LOAD(x + i));
    for (; i < n; i++)
        y[i] += a * x[i];
}

WIDE_VOID(sum_add, (double *y, double a, const double *x, i64 n),
          (y, a, x, n))
