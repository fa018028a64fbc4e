/* design_trunk.c - several lengths for little more than the longest: one run at
 * a constant rate, and a cooldown of its own for each length.
 *
 * A cooldown is the share train.cooldown of the length that it ends at; the
 * trunk itself ends with that of the longest. Batch and rate are those of the
 * lengths' geometric mean, since all share them.
 *
 * SOURCE: Haegele et al. 2024, arXiv:2405.18392. */

#include "sweep/arm_parts.h"

#include <math.h>

static double longest(const ArmRule *rule, Shape shape, double *middle)
{
    const i64 count = arm_lengths(rule);
    double    most = 0, sum = 0, budget;
    for (i64 k = 0; k < count; k++) {
        const double tokens = arm_length(rule, shape, k, &budget);
        most = fmax(most, tokens);
        sum += log(tokens);
    }
    *middle = exp(sum / (double)count);
    return most;
}

static double tokens_a_step(const TrainConfig *c)
{
    return (double)(c->batch * c->shape.context);
}

static void flop_set(LadderRun *run, i64 from)
{
    const TrainConfig *c = &run->config;
    const double a_step  = count_train_flop(c->shape) * tokens_a_step(c);
    run->flop     = a_step * (double)c->steps;
    run->flop_new = a_step * (double)(c->steps - from);
}

static void name(LadderRun *run, const ArmRule *rule, double tokens)
{
    run->name[0] = 0;
    arm_name_text(run, rule->name);
    arm_name_shape(run, rule, run->config.shape);
    arm_name(run, "d", tokens);
    arm_name(run, "s", (double)run->config.seed);
}

static bool trunk_lay(LadderRun *trunk, const ArmRule *rule, Shape shape,
                      double seed, Err *err)
{
    double       middle;
    const double most = longest(rule, shape, &middle);
    if (!arm_lay(trunk, rule, shape, middle, NAN, seed, err))
        return false;
    TrainConfig *c = &trunk->config;
    c->schedule = SCHEDULE_WSD;
    c->steps    = i64_max(2, llround(most / tokens_a_step(c)));
    if (rule->grid.warmup_n <= 0 && c->warmup_steps == 0 && c->warmup > 0) {
        /* of the mean length, as its batch is */
        c->warmup_steps = i64_max(1, llround(c->warmup * middle
                                             / tokens_a_step(c)));
    }
    flop_set(trunk, 0);
    name(trunk, rule, most);
    return true;
}

/* Ends where a run of so many tokens would. */
static bool branch_lay(LadderRun *out, const ArmRule *rule,
                       const LadderRun *trunk, double tokens, Err *err)
{
    const double cool  = rule->base.cooldown;
    const i64    steps = llround(tokens / tokens_a_step(&trunk->config));
    const i64    down  = i64_max(1, llround(cool * (double)steps));
    const i64    at    = steps - down;
    if (at <= trunk->config.warmup_steps || at < 1)
        return err_set(err, ERR_USAGE, "tokens: %g are %lld steps, and a "
                       "cooldown of %g of them would begin in the warm-up of "
                       "%lld; give more tokens or smaller batches", tokens,
                       (long long)steps, cool,
                       (long long)trunk->config.warmup_steps);
    *out = *trunk;
    out->config     = train_branch(&trunk->config, at, down, NULL);
    out->after      = trunk;
    out->after_step = at;
    flop_set(out, at);
    name(out, rule, tokens);
    return true;
}

bool design_trunk(Ladder *out, Arena *arena, const ArmRule *rule, Err *err)
{
    Shape    *shape;
    const i64 lengths = arm_lengths(rule);
    if (!arm_shapes(&shape, arena, rule, err))
        return false;
    const i64 sizes = rule->grid.sizes.count, seeds = rule->grid.seeds.count;
    *out = (Ladder){ 0, NEW(arena, LadderRun, sizes * seeds * lengths) };
    for (i64 i = 0; i < sizes * seeds; i++) {
        LadderRun *trunk = &out->run[out->count++];
        double     middle, budget;
        if (!trunk_lay(trunk, rule, shape[i / seeds],
                       rule->grid.seeds.item[i % seeds], err))
            return false;
        const double most = longest(rule, shape[i / seeds], &middle);
        for (i64 k = 0; k < lengths; k++) {
            const double tokens = arm_length(rule, shape[i / seeds], k, &budget);
            if (tokens < most
                && !branch_lay(&out->run[out->count++], rule, trunk, tokens,
                               err))
                return false;
        }
    }
    return true;
}
