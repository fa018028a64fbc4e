/* solve_answer.h - the plan itself as an answer: what each law says, side by
 * side, with its convention and how far beyond its data that is. */

#ifndef SOLVE_ANSWER_H
#define SOLVE_ANSWER_H

#include "plan/solve.h"

/* Section "plan". A law that has no answer says so in a text item "refused";
 * false (with its words) where none has one. */
bool answer_plan(Answer *answer, const PlanBys *bys, const PlanAsk *ask,
                 Err *err) MUST_USE;

/* Section "more": ask->more times the compute, from the plan's budget on. */
bool answer_more(Answer *answer, const PlanBys *bys, const PlanAsk *ask,
                 Err *err) MUST_USE;

/* Section "laws": formula, constants, source, what N counts, caveats. */
void answer_laws(Answer *answer, const PlanBys *bys);

#endif
