/* arm.h - an arm of a study: runs of one purpose, laid out by one design.
 *
 *     isoflop  budgets x sizes about the centre (ladder.h)
 *     product  sizes x tokens x unique x batch_times x lr_times x seeds; without
 *              tokens, budgets take their place
 *     trunk    for each size and seed one run at a constant rate as long as the
 *              longest of `tokens`, and from it a cooldown that ends at each
 *     fork     from each run of another arm, at each of its moments `at`: with
 *              each of batch_times k the rate times sqrt(k), that rate held,
 *              `tokens` more
 *
 * Designs are pure functions of an ArmRule, one a file (design_*.c). What an
 * arm needs of arms before it (a rate, a centre, runs to start from) has been
 * put into the rule by whoever read their records. */

#ifndef ARM_H
#define ARM_H

#include "sweep/ladder.h"

typedef struct ArmRule {
    const char  *name;     /* the group of its runs                           */
    const char  *design;   /* "isoflop", "product", "trunk", "fork"           */
    LadderRule   grid;     /* sizes, budgets, seeds, batch and rate by rule   */
    TrainConfig  base;     /* everything that no rule decides                 */
    RealList     tokens, tokens_per_n; /* D of the runs; times N              */
    RealList     lr_times, batch_times, unique, at; /* none: one value        */
    i64          extend;   /* so many times beyond an edge                    */
    double       retry;    /* failed runs at so many times the rate; 0: not   */
    const Shard *shard;    /* NULL: the study's                               */
    Ladder       from;     /* runs to start or fork from; count 0: none       */
} ArmRule;

bool        arm_design_known(const char *name);
const char *arm_design_names(void);   /* "isoflop, product, trunk or fork" */

/* The key of a list with an entry that cannot be, and in `why` what is wrong with
 * that; NULL if there is none. */
const char *arm_list_wrong(char why[96], const ArmRule *rule);

/* Its runs. Refused in words: a list that the design needs and has not, sizes
 * that do not parse, no run to start from. */
bool arm_make(Ladder *out, Arena *arena, const ArmRule *rule, Err *err)
    MUST_USE;

/* The checkpoints that forks at these moments will need stay. */
void arm_keep(LadderRun *run, Arena *arena, const RealList *at);

/* What would be asked next, given what has been found: loss[i] of runs.run[i],
 * infinite where it failed, NaN where it is not known. isoflop: at a budget
 * whose best size is the smallest or largest tried, one size beyond it; product:
 * in a set of runs that differ in lr_times alone whose best is at an end, one
 * rate beyond it, as far off as its neighbour. None where no best is at an
 * edge. */
bool arm_extend(Ladder *out, Arena *arena, const ArmRule *rule,
                const Ladder *runs, const double *loss, Err *err) MUST_USE;

/* Those that failed, once more at rule->retry times their rate; a branch of a
 * trunk that failed follows that trunk's second try. */
void arm_retry(Ladder *out, Arena *arena, const ArmRule *rule,
               const Ladder *runs, const double *loss);

#endif
