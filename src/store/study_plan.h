/* study_plan.h - which runs a study asks for, as it stands now: STUDY/plan.csv.
 *
 *     id,name,group,wave,flop_new,tokens
 *
 * A study edited half-way leaves finished runs behind that it no longer asks
 * for; this list tells which of its runs count. It is rewritten whole as the
 * study's later waves become known, and by every worker with the same text.
 * Older studies have none: then every run counts. */

#ifndef STUDY_PLAN_H
#define STUDY_PLAN_H

#include "base/arena.h"
#include "base/err.h"

typedef struct StudyPlanRow {
    const char *id, *name, *group;
    i64         wave;      /* 0, 1, ...: those of one wave train together   */
    double      flop_new;  /* FLOP that it does itself: not its trunk's     */
    double      tokens;    /* D, its trunk's among them                     */
} StudyPlanRow;

typedef struct StudyPlan { i64 count; StudyPlanRow *row; } StudyPlan;

bool study_plan_write(const StudyPlan *plan, const char *dir, Err *err)
    MUST_USE;

/* Rows in the order of the file; count 0 if there is no file. */
bool study_plan_read(StudyPlan *out, Arena *arena, const char *dir, Err *err)
    MUST_USE;

/* The row of a run; NULL if the plan does not ask for it. */
const StudyPlanRow *study_plan_find(const StudyPlan *plan, const char *id);

#endif
