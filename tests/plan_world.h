/* plan_world.h - laws to plan by, as tests want them: published constants of
 * Chinchilla's law, the same under an outer exponent, in a family of shapes, or
 * across the bridge from body to total parameters; with as many draws as asked
 * for, scattered as a fit of 240 runs scatters. */

#ifndef PLAN_WORLD_H
#define PLAN_WORLD_H

#include "plan/ask.h"
#include "tests/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct World {
    Arena  arena;
    PlanBy by;
} World;

/* Besiroglu et al.'s standard errors; A goes with alpha and B with beta, as in
 * every fit of this law, so that the terms at the runs stay what they were. */
static inline void world_draws(World *w, i64 count)
{
    Fit      *fit = &w->by.fit;
    const int np  = fit->law->nparam;
    fit->ndraw    = count;
    fit->draw     = NEW(&w->arena, double, count * np + 1);
    fit->options.level = 0.95;
    u64 state = 12345;
    for (i64 r = 0; r < count; r++) {
        double *theta = fit->draw + r * np, z[3];
        memcpy(theta, fit->theta, (size_t)np * sizeof *theta);
        for (int i = 0; i < 3; i++) {
            double sum = 0;
            for (int k = 0; k < 12; k++) {
                state = state * 6364136223846793005u + 1442695040888963407u;
                sum += (double)(state >> 40) / (double)(1 << 24);
            }
            z[i] = sum - 6;
        }
        theta[law_param(fit->law, "E")] += 0.02 * z[0];
        theta[law_param(fit->law, "alpha")] += 0.015 * z[1];
        theta[law_param(fit->law, "A")] *= exp(0.015 * z[1] * log(1e9));
        theta[law_param(fit->law, "beta")] += 0.02 * z[2];
        theta[law_param(fit->law, "B")] *= exp(0.02 * z[2] * log(2e10));
    }
}

/* The outer exponent 0.7 with constants that give losses of the usual kind. */
static inline bool world_outer(World *w)
{
    const Law   *law;
    LawConstants set = { .name = "made", .source = "made for the test" };
    Err          err = { 0 };
    if (!CHECK(law_load(&law, &w->arena, "outer-exponent", &err)))
        return false;
    static const struct { const char *name; double value; } constant[] = {
        { "E", 1.8 }, { "A", 6000 }, { "B", 60000 }, { "alpha", 0.5 },
        { "beta", 0.52 }, { "k", 0.7 } };
    for (int i = 0; i < COUNT_OF(constant); i++)
        set.theta[law_param(law, constant[i].name)] = constant[i].value;
    return CHECK(plan_by_set(&w->by, &w->arena, "outer", law, &set, &err));
}

static inline World world_open(const char *kind, i64 draws)
{
    World      w     = { 0 };
    Err        err   = { 0 };
    const bool outer = strcmp(kind, "outer") == 0;
    const bool own   = strcmp(kind, "family") == 0
                    || strcmp(kind, "bridge") == 0;
    const Law *law;
    if (outer) {
        world_outer(&w);
    } else if (CHECK(law_load(&law, &w.arena, "chinchilla", &err))) {
        const LawConstants *set = law_constants(law, own ? "besiroglu" : kind);
        CHECK(set && plan_by_set(&w.by, &w.arena, kind, law, set, &err));
    }
    if (strcmp(kind, "family") == 0)
        w.by.cost = (PlanCost){ .family = true, .vocab = 32000,
                                .context = 2048, .aspect = 64, .layers_min = 4,
                                .counts = N_BODY_HEAD };
    if (strcmp(kind, "bridge") == 0)
        w.by.cost = (PlanCost){ .omega = 47491, .law_total = true };
    w.by.fit.ndraw = 0; /* of the set's own file */
    if (draws)
        world_draws(&w, draws);
    return w;
}

static inline void world_close(World *w)
{
    arena_free(&w->arena);
}

#endif
