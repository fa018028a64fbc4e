/* arm_parts.h - private to sweep/: what the designs of arms share. */

#ifndef ARM_PARTS_H
#define ARM_PARTS_H

#include "sweep/arm.h"

typedef bool DesignMake(Ladder *out, Arena *arena, const ArmRule *rule,
                        Err *err);

DesignMake design_isoflop, design_product, design_trunk, design_fork;

/* One number where a list is not given. */
RealList arm_list(const RealList *given, const double *otherwise);

/* How many lengths a size has, and the k-th: by tokens, tokens_per_n or
 * budgets; with the budget (NaN by the other two). */
i64    arm_lengths(const ArmRule *rule);
double arm_length(const ArmRule *rule, Shape shape, i64 k, double *budget);

bool arm_shapes(Shape **out, Arena *arena, const ArmRule *rule, Err *err)
    MUST_USE;

/* A run as the rule lays it, before lists are multiplied in; started from the
 * run of its shape and seed in rule->from, where there are some. */
bool arm_lay(LadderRun *run, const ArmRule *rule, Shape shape, double tokens,
             double budget, double seed, Err *err) MUST_USE;

/* Its batch so many times, D as near as it was. */
void arm_batch(LadderRun *run, double times);

/* Name parts: "1e6", not "1e+06"; cut where the name is full. */
void arm_name(LadderRun *run, const char *part, double value);
void arm_name_text(LadderRun *run, const char *text);
void arm_name_shape(LadderRun *run, const ArmRule *rule, Shape shape);

/* "c1.1e+11-2x32-s1", with the arm's name before it where that is neither fit
 * nor holdout. */
void design_isoflop_name(LadderRun *run, const ArmRule *rule);

#endif
