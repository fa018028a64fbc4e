/* bench_hand.inc.h - the additive law, a vector of rows at a time, with all its
 * derivatives: one pass, nothing kept but what the caller gets. Included by
 * each bench_hand_NAME.c, which defines LANES. */

#include "cli/bench_hand.h"

#include "law/law_lanes.inc.h"

/* Rows i.. of nrow, to arrays `wide` rows apart. */
INLINE void rows_at(double *out, double *jac, double *hess, i64 wide,
                    vd ln_n, vd ln_d, const double *theta)
{
    const vd e = splat(theta[0]), a = splat(theta[1]), b = splat(theta[2]);
    const vd x = exp_lanes(-(theta[3] * ln_n));
    const vd y = exp_lanes(-(theta[4] * ln_d));
    const vd lx = ln_n * x, ly = ln_d * y;
    store(out, e + a * x + b * y);
    if (jac) {
        store(jac, splat(1));
        store(jac + wide, x);
        store(jac + 2 * wide, y);
        store(jac + 3 * wide, -(a * lx));
        store(jac + 4 * wide, -(b * ly));
    }
    if (hess) {
        store(hess, -lx);
        store(hess + wide, -ly);
        store(hess + 2 * wide, a * ln_n * lx);
        store(hess + 3 * wide, b * ln_d * ly);
    }
}

INLINE void last_rows(double *out, double *jac, double *hess, i64 wide,
                      const double *ln_n, const double *ln_d,
                      const double *theta, i64 n)
{
    double from[2][LANES] = { { 0 } }, to[10][LANES];
    const size_t bytes = (size_t)n * sizeof *out;
    memcpy(from[0], ln_n, bytes);
    memcpy(from[1], ln_d, bytes);
    rows_at(to[0], to[1], to[6], LANES, load(from[0]), load(from[1]), theta);
    memcpy(out, to[0], bytes);
    for (int k = 0; jac && k < 5; k++)
        memcpy(jac + k * wide, to[1 + k], bytes);
    for (int k = 0; hess && k < 4; k++)
        memcpy(hess + k * wide, to[6 + k], bytes);
}

INLINE void hand(double *out, double *jac, double *hess, const double *ln_n,
                 const double *ln_d, const double *theta, i64 nrow)
{
    i64 i = 0;
    for (; i + LANES <= nrow; i += LANES)
        rows_at(out + i, jac ? jac + i : NULL, hess ? hess + i : NULL, nrow,
                load(ln_n + i), load(ln_d + i), theta);
    if (i < nrow)
        last_rows(out + i, jac ? jac + i : NULL, hess ? hess + i : NULL, nrow,
                  ln_n + i, ln_d + i, theta, nrow - i);
}
