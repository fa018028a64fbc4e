/* design_product.c - all combinations of the lists that an arm gives. The batch
 * is multiplied after the rule has laid it, the rate likewise: lr_times is of
 * the rule's rate at the rule's batch. */

#include "sweep/arm_parts.h"

#include <math.h>

static const double once[] = { 1 };

/* Where in each list a run stands: the last one turns fastest. */
enum { SIZE, LENGTH, UNIQUE, BATCH, RATE, SEED, AXES };

static bool next(i64 at[AXES], const i64 count[AXES])
{
    for (int axis = AXES - 1; axis >= 0; axis--) {
        if (++at[axis] < count[axis])
            return true;
        at[axis] = 0;
    }
    return false;
}

static void name(LadderRun *run, const ArmRule *rule, const char *length,
                 double value)
{
    arm_name_text(run, rule->name);
    arm_name_shape(run, rule, run->config.shape);
    arm_name(run, length, value);
}

typedef struct Lists {
    RealList unique, batch, rate;
} Lists;

static bool one(LadderRun *run, const ArmRule *rule, const Lists *lists,
                const Shape *shape, const i64 at[AXES], Err *err)
{
    double       budget;
    const double tokens = arm_length(rule, shape[at[SIZE]], at[LENGTH], &budget);
    const double unique = lists->unique.item[at[UNIQUE]];
    const double batch  = lists->batch.item[at[BATCH]];
    const double rate   = lists->rate.item[at[RATE]];
    const double seed   = rule->grid.seeds.item[at[SEED]];
    if (!arm_lay(run, rule, shape[at[SIZE]], tokens, budget, seed, err))
        return false;
    run->config.unique_tokens = llround(unique);
    run->config.lr *= rate;
    run->lr_times   = rate;
    arm_batch(run, batch);
    name(run, rule, isnan(budget) ? "d" : "c", isnan(budget) ? tokens : budget);
    if (rule->unique.count)
        arm_name(run, "u", unique);
    if (rule->batch_times.count)
        arm_name(run, "b", batch);
    if (rule->lr_times.count)
        arm_name(run, "lr", rate);
    arm_name(run, "s", seed);
    return true;
}

bool design_product(Ladder *out, Arena *arena, const ArmRule *rule, Err *err)
{
    const double all[] = { (double)rule->base.unique_tokens };
    const Lists  lists = { arm_list(&rule->unique, all),
                           arm_list(&rule->batch_times, once),
                           arm_list(&rule->lr_times, once) };
    i64    at[AXES] = { 0 }, runs = 1;
    Shape *shape;
    if (!arm_shapes(&shape, arena, rule, err))
        return false;
    const i64 count[AXES] = { rule->grid.sizes.count, arm_lengths(rule),
                              lists.unique.count, lists.batch.count,
                              lists.rate.count, rule->grid.seeds.count };
    for (int axis = 0; axis < AXES; axis++)
        runs *= count[axis];
    *out = (Ladder){ 0, NEW(arena, LadderRun, runs) };
    do
        if (!one(&out->run[out->count++], rule, &lists, shape, at, err))
            return false;
    while (next(at, count));
    return true;
}
