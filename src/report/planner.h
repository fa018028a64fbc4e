/* planner.h - the planner page: one HTML file with sliders for budget, machine,
 * serving and unique text, that works everything out in the page itself, so
 * that it can be mailed and opened without a network. */

#ifndef PLANNER_H
#define PLANNER_H

#include "base/str.h"
#include "plan/plan.h"

typedef struct PlannerLaw {
    const char     *name;    /* what the list calls it                       */
    const char     *source, *caveat; /* or NULL                              */
    const char     *token;   /* "byte" or "token"                            */
    const Fit      *fit;     /* of a law of N and D; draws give intervals    */
    const PlanCost *cost;
    double          c_max;   /* largest budget of its data; NaN unknown      */
    double          budget;  /* where its slider begins                      */
} PlannerLaw;

/* Laws that are none of N and D are left out; refused where none remains. The
 * machines and grids are those of the catalogue. */
bool planner_page(Str *out, const char *title, const PlannerLaw *law, i64 nlaw,
                  Err *err) MUST_USE;

#endif
