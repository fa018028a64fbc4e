/* report_planner.h - the planner page of a study: its own fits first, then the
 * published laws that one would hold them against. */

#ifndef REPORT_PLANNER_H
#define REPORT_PLANNER_H

#include "report/analysis.h"
#include "report/planner.h"

bool report_planner(Str *out, const Analysis *analysis, Err *err) MUST_USE;

/* Published constants as a law of the page, "chinchilla", "besiroglu". */
bool planner_published(PlannerLaw *out, Arena *arena, const char *law,
                       const char *set, Err *err) MUST_USE;

#endif
