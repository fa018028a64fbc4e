/* fit_world.h - runs for the tests of fits: the published points, and synthetic
 * studies whose law is known. */

#ifndef FIT_WORLD_H
#define FIT_WORLD_H

#include "base/rng.h"
#include "fit/fit.h"
#include "tests/test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static inline const Law *world_law(Arena *arena, const char *name)
{
    Err err = { 0 };
    const Law *law = NULL;
    test_note("%s", law_load(&law, arena, name, &err) ? name : err.text);
    CHECK(law != NULL);
    return law;
}

/* The 240 (or all 245) points of Besiroglu et al. with columns N, D, loss. */
static inline Table world_points(Arena *arena, bool outliers)
{
    const char *path = test_shared("data/chinchilla_points/points.csv");
    if (!path)
        SKIP("needs ../shared/data/chinchilla_points/points.csv");
    Table all = { 0 };
    Err err = { 0 };
    CHECK(table_csv_read(&all, arena, path, &err));
    const double *excluded = table_column(&all, "excluded_outlier");
    bool *keep = NEW(arena, bool, all.nrow);
    for (i64 i = 0; i < all.nrow; i++)
        keep[i] = outliers || excluded[i] == 0;
    Table out = table_where(arena, &all, keep);
    for (int c = 0; c < out.ncol; c++) {
        if (strcmp(out.name[c], "params") == 0)
            out.name[c] = "N";
        if (strcmp(out.name[c], "tokens") == 0)
            out.name[c] = "D";
    }
    return out;
}

/* An IsoFLOP study: `budgets` of them x3 apart from 1e12 FLOP, `sizes` each
 * spread over +-4x about the optimum of theta, losses with relative noise. */
static inline Table world_study(Arena *arena, const double *theta, int budgets,
                                int sizes, double noise, u64 seed)
{
    static const char *const names[] = { "N", "D", "C", "loss", "budget" };
    Table t = table_new(arena, 5, names, budgets * sizes);
    const double a = theta[4] / (theta[3] + theta[4]);
    const double g = pow(theta[3] * theta[1] / (theta[4] * theta[2]),
                         1 / (theta[3] + theta[4]));
    i64 row = 0;
    for (int b = 0; b < budgets; b++)
        for (int s = 0; s < sizes; s++, row++) {
            const double c = 1e12 * pow(3, b);
            const double w = sizes > 1 ? 2.0 * s / (sizes - 1) - 1 : 0;
            const double n = g * pow(c / 6, a) * pow(4, w), d = c / 6 / n;
            const double loss = theta[0] + theta[1] * pow(n, -theta[3])
                              + theta[2] * pow(d, -theta[4]);
            t.column[0][row] = n;
            t.column[1][row] = d;
            t.column[2][row] = c;
            t.column[3][row] = loss * exp(noise * rng_normal(seed, RNG_TEST,
                                                             (u64)row));
            t.column[4][row] = c;
        }
    return t;
}

#endif
