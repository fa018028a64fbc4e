/* ladder.c - see ladder.h for the rules. */

#include "sweep/ladder.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Sizes {
    i64    count;
    Shape *shape;
    double *n;
} Sizes;

static bool heads_lay(Shape *shape, const char *text, const LadderRule *rule,
                      i64 heads, Err *err)
{
    const i64 size = rule->head_size, group = rule->kv_group;
    if (count_recurrent(shape))
        return true;
    if (heads ? shape->width % heads != 0
              : size < 1 || shape->width % size != 0)
        return err_set(err, ERR_USAGE,
                       "grid.sizes: '%s' is not a whole number of heads of "
                       "%lld; change the width or model.head_size",
                       text, (long long)(heads ? shape->width / heads : size));
    shape->heads = heads ? heads : shape->width / size;
    if (group > 0 && shape->heads % group != 0)
        return err_set(err, ERR_USAGE,
                       "grid.sizes: '%s' has %lld heads, no whole number of "
                       "groups of %lld; change the width or model.kv_group",
                       text, (long long)shape->heads, (long long)group);
    if (group > 0)
        shape->kv_heads = shape->heads / group;
    return true;
}

/* "2x32h4f64" in three: layers and width, and where they are said heads and
 * feed-forward width; 0 where not. */
static bool size_parts(Shape *shape, i64 *heads, i64 *ff, const char *text)
{
    char       stem[32];
    const int  size = (int)strcspn(text, "hf");
    const char *rest = text + size;
    *heads = *ff = 0;
    if (size >= (int)sizeof stem)
        return false;
    snprintf(stem, sizeof stem, "%.*s", size, text);
    while (*rest) {
        i64 *part = *rest == 'h' ? heads : *rest == 'f' ? ff : NULL;
        char *end;
        if (!part || *part || rest[1] < '1' || rest[1] > '9')
            return false;
        *part = strtoll(rest + 1, &end, 10);
        if (*part > 1000000)
            return false;
        rest = end;
    }
    return count_shape_parse(shape, stem);
}

bool ladder_size(Shape *out, const char *text, const LadderRule *rule,
                 const TrainConfig *base, Err *err)
{
    i64 heads, ff;
    *out = base->shape;
    if (!size_parts(out, &heads, &ff, text))
        return err_set(err, ERR_USAGE,
                       "grid.sizes: '%s' is not LAYERSxWIDTH, as in 2x32, or "
                       "with heads and feed-forward, as in 2x32h4f64", text);
    if (!heads_lay(out, text, rule, heads, err))
        return false;
    if (!out->recurrent)
        out->ff = ff ? ff : count_ff_usual(out->width, out->gated);
    return true;
}

double ladder_n(const LadderRule *rule, Shape shape)
{
    CountN counts = N_BODY_HEAD;
    count_n_find(&counts, rule->counts);
    return count_n(shape, counts);
}

static bool sizes_read(Sizes *out, Arena *arena, const LadderRule *rule,
                       const TrainConfig *base, CountN counts, Err *err)
{
    const i64 count = rule->sizes.count;
    *out = (Sizes){ count, NEW(arena, Shape, count), NEW(arena, double, count) };
    for (i64 i = 0; i < count; i++) {
        const char *text = rule->sizes.item[i];
        if (!ladder_size(&out->shape[i], text, rule, base, err))
            return false;
        out->n[i] = count_n(out->shape[i], counts);
        if (i > 0 && out->n[i] <= out->n[i - 1])
            return err_set(err, ERR_USAGE,
                           "grid.sizes: '%s' has no more parameters than '%s' "
                           "before it; list sizes from small to large",
                           text, rule->sizes.item[i - 1]);
    }
    return true;
}

static double power_rule(double coef, Shape shape, double tokens, double width,
                         double data)
{
    return coef * pow((double)shape.width / 32, width)
         * pow(tokens / 1e6, data);
}

static double rate_of(const LadderRule *rule, Shape shape, double tokens)
{
    if (rule->lr_n > 0)
        return rule->lr * pow(ladder_n(rule, shape) / rule->lr_n,
                              rule->lr_n_power)
             * pow(tokens / 1e6, rule->lr_data);
    return power_rule(rule->lr, shape, tokens, rule->lr_width, rule->lr_data);
}

/* Rounding the batch to sequences and the run to steps moves C by at most half
 * a step. */
void ladder_lay(LadderRun *run, const LadderRule *rule, Shape shape,
                double tokens)
{
    TrainConfig *config = &run->config;
    const double context = (double)shape.context;
    const double batch  = power_rule(rule->batch_tokens, shape, tokens,
                                     rule->batch_width, rule->batch_data);

    config->shape = shape;
    config->batch = i64_max(1, llround(batch / context));
    config->steps = i64_max(1, llround(tokens
                                       / ((double)config->batch * context)));
    config->lr = rate_of(rule, shape, tokens);
    if (rule->warmup_n > 0)
        config->warmup_steps
            = i64_min(config->steps,
                      i64_max(1, llround(rule->warmup_n * ladder_n(rule, shape)
                                         / ((double)config->batch * context))));
    run->flop = count_train_flop(shape) * context
              * (double)(config->steps * config->batch);
    run->flop_new = run->flop;
}

static double expected(const LadderRule *rule, double budget)
{
    return rule->centre_n * pow(budget / rule->centre_c, rule->centre_power);
}

/* 1 % of slack, so that a size meant to lie on the edge is not lost to
 * rounding. */
static bool near(double n, double centre, double spread)
{
    return fabs(log(n / centre)) <= log(spread * 1.01);
}

static bool budget_check(const LadderRule *rule, const Sizes *sizes, i64 b,
                         Err *err)
{
    const double budget = rule->budgets.item[b];
    const double centre = expected(rule, budget);
    i64 count = 0, below = 0, above = 0;
    for (i64 i = 0; i < sizes->count; i++) {
        if (!near(sizes->n[i], centre, rule->spread))
            continue;
        count++;
        below += sizes->n[i] < centre;
        above += sizes->n[i] > centre;
    }
    if (b > 0 && budget <= rule->budgets.item[b - 1])
        return err_set(err, ERR_USAGE,
                       "grid.budgets: %g does not rise; list budgets from "
                       "small to large", budget);
    if (rule->loose)
        return true;
    if (below < 2 || above < 2)
        return err_set(err, ERR_USAGE,
                       "budget %g: the minimum is expected at n = %.3g, outside "
                       "the grid (%lld sizes below it, %lld above); add sizes "
                       "or move grid.centre_n",
                       budget, centre, (long long)below, (long long)above);
    if (count < rule->sizes_min)
        return err_set(err, ERR_USAGE,
                       "budget %g: %lld sizes lie within %g times n = %.3g and "
                       "grid.sizes_min is %lld; add sizes",
                       budget, (long long)count, rule->spread, centre,
                       (long long)rule->sizes_min);
    return true;
}

static bool rule_check(CountN *counts, const LadderRule *rule, Err *err)
{
    if (!count_n_find(counts, rule->counts))
        return err_set(err, ERR_USAGE,
                       "grid.counts: '%s' is no way to count N; body, "
                       "body+head, total or flop", rule->counts);
    if (rule->budgets.count < 1 || rule->sizes.count < 1
        || rule->seeds.count < 1)
        return err_set(err, ERR_USAGE, "grid.budgets, grid.sizes and "
                       "grid.seeds each need at least one entry");
    for (i64 b = 0; b < rule->budgets.count; b++)
        if (!(rule->budgets.item[b] > 0))
            return err_set(err, ERR_USAGE,
                           "grid.budgets: %g is not a number of FLOP above 0",
                           rule->budgets.item[b]);
    if (!(rule->spread > 1) || !(rule->centre_n > 0) || !(rule->centre_c > 0)
        || !(rule->batch_tokens > 0) || !(rule->lr > 0))
        return err_set(err, ERR_USAGE,
                       "grid: spread must be above 1, and centre_n, centre_c, "
                       "batch_tokens and lr above 0");
    return true;
}

static void budget_runs(Ladder *grid, const LadderRule *rule, const Sizes *sizes,
                        const TrainConfig *base, i64 b)
{
    const bool last = b == rule->budgets.count - 1;
    const double budget = rule->budgets.item[b];
    for (i64 i = 0; i < sizes->count; i++)
        for (i64 s = 0; s < rule->seeds.count; s++) {
            if (!near(sizes->n[i], expected(rule, budget), rule->spread))
                continue;
            LadderRun *run = &grid->run[grid->count++];
            run->budget = budget;
            run->group  = last && rule->holdout ? "holdout" : "fit";
            run->config = *base;
            run->config.seed = (u64)llround(rule->seeds.item[s]);
            ladder_lay(run, rule, sizes->shape[i],
                       budget / count_train_flop(sizes->shape[i]));
            snprintf(run->name, sizeof run->name, "c%.3g-%s-s%llu", budget,
                     rule->sizes.item[i],
                     (unsigned long long)run->config.seed);
        }
}

bool ladder_make(Ladder *out, Arena *arena, const LadderRule *rule,
               const TrainConfig *base, Err *err)
{
    CountN counts;
    Sizes  sizes;
    if (!rule_check(&counts, rule, err)
        || !sizes_read(&sizes, arena, rule, base, counts, err))
        return false;
    for (i64 b = 0; b < rule->budgets.count; b++)
        if (!budget_check(rule, &sizes, b, err))
            return false;

    *out = (Ladder){ 0, NEW(arena, LadderRun, rule->budgets.count * sizes.count
                                          * rule->seeds.count) };
    for (i64 b = 0; b < rule->budgets.count; b++)
        budget_runs(out, rule, &sizes, base, b);
    return true;
}
