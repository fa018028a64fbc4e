/* sum.c - sums over rows, where a fit spends its time.
 *
 * Eight running sums side by side, added at the end in a fixed order: they fit
 * vector registers without any permission to reorder arithmetic, so every
 * compiler gives the same bits. */

#include "fit/search.h"

#include <math.h>

enum { WIDE = 8 };

static double total(const double part[WIDE])
{
    return ((part[0] + part[4]) + (part[2] + part[6]))
         + ((part[1] + part[5]) + (part[3] + part[7]));
}

double sum_dot(const double *x, const double *y, i64 n)
{
    double part[WIDE] = { 0 };
    i64 i = 0;
    for (; i + WIDE <= n; i += WIDE)
        for (int k = 0; k < WIDE; k++)
            part[k] += x[i + k] * y[i + k];
    for (; i < n; i++)
        part[i % WIDE] += x[i] * y[i];
    return total(part);
}

double sum_dot3(const double *x, const double *y, const double *z, i64 n)
{
    double part[WIDE] = { 0 };
    i64 i = 0;
    for (; i + WIDE <= n; i += WIDE)
        for (int k = 0; k < WIDE; k++)
            part[k] += x[i + k] * y[i + k] * z[i + k];
    for (; i < n; i++)
        part[i % WIDE] += x[i] * y[i] * z[i];
    return total(part);
}

double sum_sizes(const double *x, const double *y, i64 n)
{
    double part[WIDE] = { 0 };
    i64 i = 0;
    for (; i + WIDE <= n; i += WIDE)
        for (int k = 0; k < WIDE; k++)
            part[k] += fabs(x[i + k] * y[i + k]);
    for (; i < n; i++)
        part[i % WIDE] += fabs(x[i] * y[i]);
    return total(part);
}
