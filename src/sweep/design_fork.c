/* design_fork.c - from moments of runs that stand: what a larger or smaller
 * batch would have done from there on. With its weights and moments a fork goes
 * on at the rate of that step, times sqrt(k) for k times the batch, and holds
 * it.
 *
 * SOURCE: Merrill et al. 2025, arXiv:2505.23971 (critical batch by branching);
 *         Malladi et al. 2022, arXiv:2205.10287 (square root for Adam). */

#include "sweep/arm_parts.h"

#include <math.h>

static const double once[] = { 1 }, end[] = { 1 };

static i64 step_at(const TrainConfig *config, double at)
{
    return i64_min(config->steps,
                   i64_max(1, llround(at * (double)config->steps)));
}

/* One more, in order. */
static void keep_step(RealList *list, Arena *arena, double step)
{
    double *wider = NEW(arena, double, list->count + 1);
    i64     at = 0;
    for (; at < list->count && list->item[at] < step; at++)
        wider[at] = list->item[at];
    if (at < list->count && list->item[at] == step)
        return;
    wider[at] = step;
    for (; at < list->count; at++)
        wider[at + 1] = list->item[at];
    *list = (RealList){ list->count + 1, wider };
}

void arm_keep(LadderRun *run, Arena *arena, const RealList *at)
{
    for (i64 i = 0; i < at->count; i++) {
        const i64 step = step_at(&run->config, at->item[i]);
        if (step < run->config.steps)
            keep_step(&run->config.keep, arena, (double)step);
    }
}

/* A branch has no moments of its own before it: they are its trunk's. */
static bool is_branch(const LadderRun *run)
{
    return run->config.branch_at > 0;
}

static void lay(LadderRun *out, const ArmRule *rule, const LadderRun *from,
                double at, double tokens, double times)
{
    const TrainConfig *old = &from->config;
    const i64 step = step_at(old, at);
    *out = (LadderRun){ .group = rule->name, .budget = NAN, .after = from,
                        .after_step = step < old->steps ? step : 0,
                        .config = rule->base };
    TrainConfig *c   = &out->config;
    c->shape         = old->shape;
    c->seed          = old->seed;
    c->unique_tokens = old->unique_tokens;
    c->schedule      = SCHEDULE_CONSTANT;
    c->warmup        = 0;
    c->warmup_steps  = 0;
    c->start_moments = true;
    c->batch = old->batch;
    c->steps = i64_max(1, llround(tokens / (double)(c->batch
                                                    * c->shape.context)));
    c->lr    = train_lr(old, step - 1) * sqrt(times);
    arm_batch(out, times);
    out->flop = count_train_flop(c->shape)
              * (double)(c->batch * c->steps * c->shape.context);
    out->flop_new = out->flop;
    arm_name_text(out, rule->name);
    arm_name_shape(out, rule, c->shape);
    arm_name(out, "at", at);
    if (rule->tokens.count > 1)
        arm_name(out, "d", tokens);
    arm_name(out, "b", times);
    arm_name(out, "s", (double)c->seed);
}

bool design_fork(Ladder *out, Arena *arena, const ArmRule *rule, Err *err)
{
    const RealList at    = arm_list(&rule->at, end);
    const RealList times = arm_list(&rule->batch_times, once);
    const i64      lengths = rule->tokens.count;
    if (lengths < 1)
        return err_set(err, ERR_USAGE, "it does not say for how many tokens its "
                       "forks go on; give tokens");
    *out = (Ladder){ 0, NEW(arena, LadderRun, rule->from.count * at.count
                                            * lengths * times.count) };
    for (i64 r = 0; r < rule->from.count; r++)
        for (i64 a = 0; a < at.count && !is_branch(&rule->from.run[r]); a++)
            for (i64 d = 0; d < lengths; d++)
                for (i64 k = 0; k < times.count; k++)
                    lay(&out->run[out->count++], rule, &rule->from.run[r],
                        at.item[a], rule->tokens.item[d], times.item[k]);
    return out->count > 0
        || err_set(err, ERR_USAGE, "start_from: that arm has no run to fork "
                   "from");
}
