/* plan_source.h - what a plan can be made from: a fit of one's own, published
 * constants, a study. Each becomes a fit with the cost that belongs to it. */

#ifndef PLAN_SOURCE_H
#define PLAN_SOURCE_H

#include "base/conf.h"
#include "plan/ask.h"

typedef PlanBy  PlanSource;  /* what stands in a list of sources */
typedef PlanBys PlanSources;

/* A fit written by `scalelaw fit` or a study; C = 6 N D in its own N.
 * ERR_REFUSED for one whose exponents its data cannot tell. */
bool plan_source_fit(PlanBys *out, Arena *arena, const char *path, Err *err)
    MUST_USE;

/* "chinchilla", "chinchilla:hoffmann", a law file, a frontier ("kaplan",
 * "llama-3"), a law of size by compute, or "all": every published set of every
 * law of N and D, and the frontiers. A law's first set where none is named. */
bool plan_source_law(PlanBys *out, Arena *arena, const char *name, Err *err)
    MUST_USE;

/* Those that everybody would want to see side by side, by short names. */
bool plan_source_usual(PlanBys *out, Arena *arena, Err *err) MUST_USE;

/* Published constants of any law as a fit without draws: a score of the loss. */
bool plan_source_score(Fit *out, Arena *arena, const char *name, Err *err)
    MUST_USE;

/* Both fits of a study, at the exact cost of its family of shapes. */
bool plan_source_study(PlanBys *out, Arena *arena, const char *given,
                       Err *err) MUST_USE;

#endif
