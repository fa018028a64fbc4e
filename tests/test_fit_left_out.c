/* test_fit_left_out.c - residuals with their cluster left out, against lines
 * that were really drawn without it. */

#include "base/rng.h"
#include "fit/left_out.h"
#include "fit/parabola.h"

#include "tests/test.h"

enum { ROWS = 12, CLUSTERS = 5 };

static const i64 unit[ROWS] = { 0, 3, 1, 0, 2, 3, 4, 1, 3, 0, 2, 4 };

/* A line is straight, so that "to first order" is exact. */
TEST(a_residual_left_out_is_what_a_line_without_its_cluster_misses)
{
    double x[ROWS], y[ROWS], w[ROWS], e[ROWS], jac[2 * ROWS], cut, slope;
    for (int i = 0; i < ROWS; i++) {
        x[i] = 10 + i * i;
        y[i] = 3 - 0.2 * x[i] + rng_normal(1, RNG_TEST, (u64)i);
        w[i] = 1 + i % 3;
        jac[i] = 1;
        jac[ROWS + i] = x[i];
    }
    CHECK(line_fit(&cut, &slope, x, y, w, ROWS));
    for (int i = 0; i < ROWS; i++)
        e[i] = y[i] - cut - slope * x[i];
    left_out(e, jac, w, unit, CLUSTERS, ROWS, 2);
    for (int g = 0; g < CLUSTERS; g++) {
        double xs[ROWS], ys[ROWS], ws[ROWS];
        i64 n = 0;
        for (int i = 0; i < ROWS; i++)
            if (unit[i] != g) {
                xs[n] = x[i];
                ys[n] = y[i];
                ws[n++] = w[i];
            }
        CHECK(line_fit(&cut, &slope, xs, ys, ws, n));
        for (int i = 0; i < ROWS; i++)
            if (unit[i] == g)
                CHECK_NEAR(e[i], y[i] - cut - slope * x[i], 1e-9);
    }
}

/* Without its one run at x = 1 the slope is not known: that run keeps what it
 * has, and the others, whose absence leaves a line, do not. */
TEST(a_cluster_that_the_fit_cannot_do_without_keeps_its_residuals)
{
    const i64    own[] = { 0, 1, 2 };
    const double w[] = { 1, 1, 1 }, jac[] = { 1, 1, 1, 0, 0, 1 };
    double       e[] = { 0.5, -0.5, 0.25 };
    left_out(e, jac, w, own, 3, 3, 2);
    CHECK_NEAR(e[2], 0.25, 0);
    CHECK_NEAR(e[0], 1, 1e-12); /* h = 1/2 */
}
