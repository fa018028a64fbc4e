/* plan_source.h - what a plan can be made from: a fit of one's own, published
 * constants, a study. Each becomes a fit with the cost that belongs to it. */

#ifndef PLAN_SOURCE_H
#define PLAN_SOURCE_H

#include "base/conf.h"
#include "plan/plan.h"

typedef struct PlanSource {
    const char *name;      /* "chinchilla:hoffmann", "huber", a file */
    Fit         fit;
    PlanCost    cost;
    double      c_max;     /* largest budget of its data; NaN unknown */
    const char *source;    /* whose constants they are                */
    const char *caveat;    /* what to know before using them, or NULL */
} PlanSource;

typedef struct PlanSources { i64 count; PlanSource *item; } PlanSources;

/* A fit written by `scalelaw fit` or a study; C = 6 N D in its own N. */
bool plan_source_fit(PlanSources *out, Arena *arena, const char *path, Err *err)
    MUST_USE;

/* "chinchilla", "chinchilla:hoffmann", a law file, or "all": every published
 * set of every law of N and D. A law's first set where none is named. */
bool plan_source_law(PlanSources *out, Arena *arena, const char *name, Err *err)
    MUST_USE;

/* Both fits of a study, at the exact cost of its family of shapes. */
bool plan_source_study(PlanSources *out, Arena *arena, const char *given,
                       Err *err) MUST_USE;

#endif
