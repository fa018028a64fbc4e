/* plan_sections.h - the parts that the answer to a plan is made of: which there
 * are, what each needs, and which are shown when nobody says. */

#ifndef PLAN_SECTIONS_H
#define PLAN_SECTIONS_H

#include "cli/plan_opts.h"

/* All that was asked for with --show, or what what was given makes usual. Asking
 * by name for a part that needs something not given is refused. */
bool plan_sections(Answer *answer, Arena *arena, const PlanArgs *args,
                   Err *err) MUST_USE;

#endif
