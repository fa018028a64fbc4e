/* design_isoflop.c - budgets x sizes about the centre, as ladder.h has it. The
 * runs of groups fit and holdout have the names that they have in a study
 * without arms, so that they are the same runs. */

#include "sweep/arm_parts.h"

#include <stdio.h>
#include <string.h>

static bool is_plain(const char *group)
{
    return strcmp(group, "fit") == 0 || strcmp(group, "holdout") == 0;
}

void design_isoflop_name(LadderRun *run, const ArmRule *rule)
{
    char budget[32];
    run->name[0] = 0;
    snprintf(budget, sizeof budget, "%sc%.3g",
             is_plain(run->group) ? "" : "-", run->budget);
    if (!is_plain(run->group))
        arm_name_text(run, rule->name);
    arm_name_text(run, budget);
    arm_name_shape(run, rule, run->config.shape);
    arm_name(run, "s", (double)run->config.seed);
}

static bool started(LadderRun *run, const ArmRule *rule, Err *err)
{
    LadderRun like;
    if (rule->from.count == 0)
        return true;
    if (!arm_lay(&like, rule, run->config.shape, 1, 1,
                 (double)run->config.seed, err))
        return false;
    run->after = like.after;
    return true;
}

bool design_isoflop(Ladder *out, Arena *arena, const ArmRule *rule, Err *err)
{
    if (!ladder_make(out, arena, &rule->grid, &rule->base, err))
        return false;
    for (i64 i = 0; i < out->count; i++) {
        LadderRun *run = &out->run[i];
        if (strcmp(run->group, "holdout") != 0)
            run->group = rule->name;
        design_isoflop_name(run, rule);
        if (!started(run, rule, err))
            return false;
    }
    return true;
}
