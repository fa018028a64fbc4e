/* arm.c - the designs by name, and what they share; see arm.h. */

#include "sweep/arm.h"

#include "sweep/arm_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct { const char *name; DesignMake *make; } designs[] = {
    { "isoflop", design_isoflop }, { "product", design_product },
    { "trunk", design_trunk },     { "fork", design_fork },
};

static DesignMake *design_find(const char *name)
{
    for (int i = 0; i < COUNT_OF(designs); i++)
        if (strcmp(designs[i].name, name) == 0)
            return designs[i].make;
    return NULL;
}

bool arm_design_known(const char *name)
{
    return design_find(name) != NULL;
}

const char *arm_design_names(void)
{
    return "isoflop, product, trunk or fork";
}

/* -- What is in lists ------------------------------------------------------- */

/* Beyond these a count is none in 64 bits, and a seed not whole in a double. */
static const double count_most = 1e18, seed_most = 9007199254740992.0;

typedef enum Sort {
    SORT_COUNT, SORT_COUNT_OR_0, SORT_FLOP, SORT_SHARE, SORT_SEED,
} Sort;

static bool is_wrong(char why[96], Sort sort, double x)
{
    switch (sort) {
    case SORT_COUNT:
        return !(x > 0 && x <= count_most)
            && snprintf(why, 96, "%g is not above 0 and up to %g", x,
                        count_most) > 0;
    case SORT_COUNT_OR_0:
        return !(x >= 0 && x <= count_most)
            && snprintf(why, 96, "%g is not 0 or above and up to %g", x,
                        count_most) > 0;
    case SORT_FLOP:
        return !(x > 0 && isfinite(x))
            && snprintf(why, 96, "%g is not above 0", x) > 0;
    case SORT_SHARE:
        return !(x > 0 && x <= 1)
            && snprintf(why, 96, "%g is no share of a run above 0 and up to 1",
                        x) > 0;
    case SORT_SEED:
        return !(x >= 0 && x <= seed_most && x == floor(x))
            && snprintf(why, 96, "%g is no whole number from 0 up", x) > 0;
    }
    return false;
}

const char *arm_list_wrong(char why[96], const ArmRule *rule)
{
    const struct { const char *key; const RealList *list; Sort sort; } list[] = {
        { "tokens", &rule->tokens, SORT_COUNT },
        { "tokens_per_n", &rule->tokens_per_n, SORT_COUNT },
        { "budgets", &rule->grid.budgets, SORT_FLOP },
        { "lr_times", &rule->lr_times, SORT_COUNT },
        { "batch_times", &rule->batch_times, SORT_COUNT },
        { "unique", &rule->unique, SORT_COUNT_OR_0 },
        { "at", &rule->at, SORT_SHARE },
        { "seeds", &rule->grid.seeds, SORT_SEED },
    };
    for (int i = 0; i < COUNT_OF(list); i++)
        for (i64 k = 0; k < list[i].list->count; k++)
            if (is_wrong(why, list[i].sort, list[i].list->item[k]))
                return list[i].key;
    return NULL;
}

/* -- Designs ---------------------------------------------------------------- */

bool arm_make(Ladder *out, Arena *arena, const ArmRule *rule, Err *err)
{
    DesignMake *make = design_find(rule->design);
    char        why[96];
    const char *key = arm_list_wrong(why, rule);
    if (key)
        return err_set(err, ERR_USAGE, "arm %s: %s: %s", rule->name, key, why);
    if (!make)
        return err_set(err, ERR_USAGE, "arm %s: design: '%s' is none; give %s",
                       rule->name, rule->design, arm_design_names());
    if (!make(out, arena, rule, err))
        return err_add(err, "arm %s", rule->name);
    for (i64 i = 0; i < out->count; i++)
        out->run[i].shard = rule->shard;
    return true;
}

/* -- Lists ------------------------------------------------------------------ */

RealList arm_list(const RealList *given, const double *otherwise)
{
    return given->count > 0 ? *given : (RealList){ 1, otherwise };
}

i64 arm_lengths(const ArmRule *rule)
{
    return rule->tokens.count       ? rule->tokens.count
         : rule->tokens_per_n.count ? rule->tokens_per_n.count
                                    : rule->grid.budgets.count;
}

double arm_length(const ArmRule *rule, Shape shape, i64 k, double *budget)
{
    *budget = NAN;
    if (rule->tokens.count)
        return rule->tokens.item[k];
    if (rule->tokens_per_n.count)
        return rule->tokens_per_n.item[k] * ladder_n(&rule->grid, shape);
    *budget = rule->grid.budgets.item[k];
    return *budget / count_train_flop(shape);
}

bool arm_shapes(Shape **out, Arena *arena, const ArmRule *rule, Err *err)
{
    const TextList *sizes = &rule->grid.sizes;
    CountN          counts;
    if (!count_n_find(&counts, rule->grid.counts))
        return err_set(err, ERR_USAGE, "counts: '%s' is no way to count N; "
                       "body, body+head, total or flop", rule->grid.counts);
    if (sizes->count < 1 || rule->grid.seeds.count < 1)
        return err_set(err, ERR_USAGE, "sizes and seeds each need at least one "
                       "entry");
    if (arm_lengths(rule) < 1)
        return err_set(err, ERR_USAGE, "it does not say how long its runs are; "
                       "give tokens, tokens_per_n or budgets");
    if (!(rule->grid.batch_tokens > 0) || !(rule->grid.lr > 0))
        return err_set(err, ERR_USAGE, "batch_tokens and lr must be above 0");
    *out = NEW(arena, Shape, sizes->count);
    for (i64 i = 0; i < sizes->count; i++)
        if (!ladder_size(&(*out)[i], sizes->item[i], &rule->grid, &rule->base,
                         err))
            return false;
    return true;
}

/* -- Runs ------------------------------------------------------------------- */

/* Of several of that shape and seed the longest. */
static const LadderRun *start_find(const Ladder *from, const LadderRun *run)
{
    const LadderRun *best  = NULL;
    const Shape      shape = run->config.shape;
    for (i64 i = 0; i < from->count; i++) {
        const LadderRun *old = &from->run[i];
        const Shape      s   = old->config.shape;
        if (s.layers == shape.layers && s.width == shape.width
            && s.heads == shape.heads && s.ff == shape.ff
            && old->config.seed == run->config.seed
            && (!best || old->flop > best->flop))
            best = old;
    }
    return best;
}

bool arm_lay(LadderRun *run, const ArmRule *rule, Shape shape, double tokens,
             double budget, double seed, Err *err)
{
    *run = (LadderRun){ .budget = budget, .group = rule->name,
                        .config = rule->base };
    run->config.seed = (u64)llround(seed);
    ladder_lay(run, &rule->grid, shape, tokens);
    if (rule->from.count == 0)
        return true;
    run->after = start_find(&rule->from, run);
    return run->after
        || err_set(err, ERR_USAGE, "start_from: no run of that arm has %lld "
                   "layers, width %lld and seed %g; give it these sizes and "
                   "seeds too", (long long)shape.layers,
                   (long long)shape.width, seed);
}

void arm_batch(LadderRun *run, double times)
{
    TrainConfig *c = &run->config;
    if (times == 1)
        return;
    const double sequences = (double)(c->batch * c->steps);
    const double warm = (double)(c->warmup_steps * c->batch);
    c->batch = i64_max(1, llround(times * (double)c->batch));
    c->steps = i64_max(1, llround(sequences / (double)c->batch));
    if (c->warmup_steps > 0) /* as many tokens of it */
        c->warmup_steps = i64_max(1, llround(warm / (double)c->batch));
    run->flop = count_train_flop(c->shape)
              * (double)(c->steps * c->batch * c->shape.context);
    run->flop_new = run->flop;
}

/* -- Names ------------------------------------------------------------------ */

void arm_name_text(LadderRun *run, const char *text)
{
    const size_t size = strlen(run->name);
    snprintf(run->name + size, sizeof run->name - size, "%s", text);
}

void arm_name(LadderRun *run, const char *part, double value)
{
    char number[32], text[64];
    snprintf(number, sizeof number, "%.4g", value);
    const char *power = strchr(number, 'e');
    if (power)
        snprintf(text, sizeof text, "-%s%.*se%d", part, (int)(power - number),
                 number, atoi(power + 1));
    else
        snprintf(text, sizeof text, "-%s%s", part, number);
    arm_name_text(run, text);
}

void arm_name_shape(LadderRun *run, const ArmRule *rule, Shape shape)
{
    char  text[64];
    Shape usual = shape;
    Err   err   = { 0 };
    snprintf(text, sizeof text, "%lldx%lld", (long long)shape.layers,
             (long long)shape.width);
    const bool plain = ladder_size(&usual, text, &rule->grid, &rule->base, &err);
    arm_name_text(run, "-");
    arm_name_text(run, text);
    if (!shape.recurrent && (!plain || usual.heads != shape.heads)) {
        snprintf(text, sizeof text, "h%lld", (long long)shape.heads);
        arm_name_text(run, text);
    }
    if (!shape.recurrent
        && shape.ff != count_ff_usual(shape.width, shape.gated)) {
        snprintf(text, sizeof text, "f%lld", (long long)shape.ff);
        arm_name_text(run, text);
    }
}
