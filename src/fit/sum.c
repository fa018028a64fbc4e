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

/* Four at a time, so that x is read once for four of them. */
BODY void sum_dots_body(double *out, const double *x, const double *y,
                        int count, i64 n)
{
    int k = 0;
    for (; k + 4 <= count; k += 4, y += 4 * n) {
        Lanes part[4] = { { 0 } };
        i64 i = 0;
        for (; i + LANES <= n; i += LANES) {
            const Lanes at = LANES_LOAD(x + i);
            part[0] += at * LANES_LOAD(y + i);
            part[1] += at * LANES_LOAD(y + n + i);
            part[2] += at * LANES_LOAD(y + 2 * n + i);
            part[3] += at * LANES_LOAD(y + 3 * n + i);
        }
        for (; i < n; i++)
            for (int j = 0; j < 4; j++)
                part[j][i % LANES] += x[i] * y[j * n + i];
        for (int j = 0; j < 4; j++)
            out[k + j] = lanes_total(&part[j]);
    }
    for (; k < count; k++, y += n)
        out[k] = sum_dot_body(x, y, n);
}

BODY void sum_times_body(double *z, const double *x, const double *y, i64 n)
{
    i64 i = 0;
    for (; i + LANES <= n; i += LANES)
        LANES_STORE(z + i, LANES_LOAD(x + i) * LANES_LOAD(y + i));
    for (; i < n; i++)
        z[i] = x[i] * y[i];
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
WIDE_VOID(sum_dots, (double *out, const double *x, const double *y, int count,
                     i64 n), (out, x, y, count, n))
WIDE_VOID(sum_times, (double *z, const double *x, const double *y, i64 n),
          (z, x, y, n))
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

int reals_by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}
