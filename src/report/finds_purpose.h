/* finds_purpose.h - the budget of a study: FLOP planned, spent and left, by
 * purpose, which is the group of a run.
 *
 * Planned is what STUDY/plan.csv asks for; where there is none, what the runs
 * on disk were to be. Spent is what runs did themselves, so that a trunk counts
 * once and not in each of its branches: those that failed, those that were cut
 * off (by their logs), and those that the study no longer asks for among them.
 * A run that has ended leaves nothing, whatever it was to cost. */

#ifndef FINDS_PURPOSE_H
#define FINDS_PURPOSE_H

#include "store/run.h"
#include "store/study_plan.h"

typedef struct Purpose {
    const char *group;
    i64         planned;        /* runs; of them:                        */
    i64         done, failed;   /* failed: ended as diverged or plateau  */
    i64         begun;          /* neither, and have begun               */
    double      flop_planned, flop_spent, flop_left;
    double      wall_s;         /* of all runs, ended or not             */
} Purpose;

typedef struct Purposes {
    i64      count;
    Purpose *item;              /* in the order of the plan              */
    Purpose  unasked;           /* no longer asked for; planned is 0, the
                                   counts are of those there are         */
    Purpose  all;               /* with them                             */
} Purposes;

/* `runs`: all on disk. A log that cannot be read is named in `lost`. */
void purposes_find(Purposes *out, Str *lost, Arena *arena, const RunList *runs,
                   const StudyPlan *plan, const char *runs_dir);

/* FLOP that a run did itself so far. */
double purpose_spent(Str *lost, const Run *run, const char *runs_dir);

/* FLOP/s of one core, by the runs that have ended; NaN where none has. */
double purpose_speed(const RunList *runs);

#endif
