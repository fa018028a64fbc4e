/* plan_parts.h - private to the command plan: one function a part of the answer
 * (plan_sections.c lists them). */

#ifndef PLAN_PARTS_H
#define PLAN_PARTS_H

#include "cli/plan_opts.h"

#define PLAN_PART(name)                                                    \
    bool plan_part_##name(Answer *answer, Arena *arena,                    \
                          const PlanArgs *args, Err *err)

PLAN_PART(plan);
PLAN_PART(common);
PLAN_PART(more);
PLAN_PART(models);
PLAN_PART(matters);
PLAN_PART(inference);
PLAN_PART(data);
PLAN_PART(cost);
PLAN_PART(terms);
PLAN_PART(grids);
PLAN_PART(machine);
PLAN_PART(machines);
PLAN_PART(batch);
PLAN_PART(around);
PLAN_PART(bottleneck);
PLAN_PART(overtrain);
PLAN_PART(shape);
PLAN_PART(memory);
PLAN_PART(serving);
PLAN_PART(roi);
PLAN_PART(trend);
PLAN_PART(laws);

/* The first law that has a loss, and its plan; false where there is none. */
bool plan_first(const PlanBy **by, PlanSolution *at, const PlanArgs *args);

#endif
