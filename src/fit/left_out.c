/* left_out.c - residuals with their own cluster left out (left_out.h). */

#include "fit/left_out.h"

#include "fit/search.h"

#include <math.h>
#include <string.h>

/* The rows of every cluster, one after the other: row[first[u]..first[u+1]). */
typedef struct Order { i64 *row, *first; } Order;

static Order order_new(Arena *arena, const i64 *unit, i64 nunit, i64 nrow)
{
    Order o = { NEW(arena, i64, nrow + 1), NEW(arena, i64, nunit + 1) };
    i64 *at = NEW(arena, i64, nunit + 1);
    for (i64 i = 0; i < nrow; i++)
        o.first[unit[i] + 1]++;
    for (i64 u = 0; u < nunit; u++)
        at[u + 1] = o.first[u + 1] += o.first[u];
    for (i64 i = 0; i < nrow; i++)
        o.row[at[unit[i]]++] = i;
    return o;
}

/* gram += sign * w J J' of some rows, pull += w J e of the same. */
static void gather(double *gram, double *pull, const double *residual,
                   const double *jac, const double *weight, const i64 *row,
                   i64 count, i64 nrow, int n, double sign)
{
    for (i64 k = 0; k < count; k++) {
        const i64 i = row[k];
        for (int a = 0; a < n; a++) {
            const double ja = weight[i] * jac[a * nrow + i];
            pull[a] += ja * residual[i];
            for (int b = 0; b < n; b++)
                gram[a * n + b] += sign * ja * jac[b * nrow + i];
        }
    }
}

/* x = a^-1 b in units in which the whole gram has diagonal 1: parameters may
 * differ by ten orders. */
static bool solve(double *x, const double *a, const double *b,
                  const double *whole, int n)
{
    double scaled[P_MAX * P_MAX], right[P_MAX];
    for (int i = 0; i < n; i++) {
        const double by = sqrt(whole[i * n + i]);
        if (!(by > 0))
            return false;
        right[i] = b[i] / by;
        for (int k = 0; k < n; k++)
            scaled[i * n + k] = a[i * n + k] / by / sqrt(whole[k * n + k]);
    }
    if (!small_solve(x, scaled, right, n))
        return false;
    for (int i = 0; i < n; i++)
        x[i] /= sqrt(whole[i * n + i]);
    return true;
}

void left_out(double *residual, const double *jac, const double *weight,
              const i64 *unit, i64 nunit, i64 nrow, int nparam)
{
    Arena scratch = { 0 };
    const int   n = nparam;
    const Order o = order_new(&scratch, unit, nunit, nrow);
    double whole[P_MAX * P_MAX] = { 0 }, unused[P_MAX] = { 0 };
    gather(whole, unused, residual, jac, weight, o.row, nrow, nrow, n, 1);
    for (i64 u = 0; u < nunit; u++) {
        const i64 *row = o.row + o.first[u];
        const i64  count = o.first[u + 1] - o.first[u];
        double rest[P_MAX * P_MAX], pull[P_MAX] = { 0 }, step[P_MAX];
        memcpy(rest, whole, sizeof rest);
        gather(rest, pull, residual, jac, weight, row, count, nrow, n, -1);
        if (!solve(step, rest, pull, whole, n))
            continue;
        for (i64 k = 0; k < count; k++)
            for (int a = 0; a < n; a++)
                residual[row[k]] += jac[a * nrow + row[k]] * step[a];
    }
    arena_free(&scratch);
}
