/* config.c - a run's configuration: what it is if nobody says otherwise, what
 * can be wrong with it, and its identity. */

#include "train/config.h"

#include "base/str.h"
#include "data/batch.h"
#include "kern/device.h"
#include "train/optimizer.h"
#include "train/schedule.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TrainConfig train_defaults(void)
{
    return (TrainConfig){
        .arch  = "transformer",
        .shape = { .vocab = 256, .context = 256 },
        .schedule     = SCHEDULE_COSINE,
        .lr_final     = 0.1,  /* Hoffmann et al. 2022, appendix B: 10x    */
        .warmup       = 0.05, /* a share: Porian et al. 2024              */
        .cooldown     = 0.2,  /* Haegele et al. 2024                      */
        .optimizer    = "adamw",
        .momentum     = 0.95, /* Jordan et al. 2024 (Muon)                */
        .beta1        = 0.9,
        .beta2        = 0.98, /* small batches want a long memory: Porian */
        .epsilon      = 1e-8,
        .weight_decay = 0.1,
        .clip         = 1,
        .seed         = 1,
        .eval_tokens  = 1 << 17,
        .eval_points  = 8,
        .eval_point_tokens = 1 << 14,
        .threads      = 1,
        .checkpoint_s = 30,
        .dtype        = "fp32",
        .kernels      = "auto",
        .device       = "cpu",
    };
}

/* The warm-up in steps: as a share it would change with the length. */
TrainConfig train_branch(const TrainConfig *trunk, i64 at, i64 cooldown,
                         const char *checkpoint)
{
    TrainConfig branch = *trunk;
    branch.schedule       = SCHEDULE_WSD;
    branch.warmup_steps   = schedule_warmup(trunk);
    branch.warmup         = branch.warmup_steps > 0 ? trunk->warmup : 0;
    branch.steps          = at + cooldown;
    branch.cooldown_steps = cooldown;
    branch.branch_at      = at;
    branch.trunk          = checkpoint;
    branch.keep           = (RealList){ 0 };
    return branch;
}

/* -- What can be wrong ---------------------------------------------------- */

typedef struct Bound {
    const char *name;
    i64         value, least, most;
} Bound;

static bool check_counts(const TrainConfig *c, Err *err)
{
    const Bound bounds[] = {
        { "layers",      c->shape.layers,      1, 10000 },
        { "width",       c->shape.width,       1, 100000 },
        { "heads",       c->shape.heads,       1, 100000 },
        { "feed-forward width", c->shape.ff,   1, 1000000 },
        { "kv_heads",    c->shape.kv_heads,    0, c->shape.heads },
        { "mup_width",   c->shape.mup_width,   0, 100000 },
        { "mup_head",    c->shape.mup_head,    0, 100000 },
        { "vocabulary",  c->shape.vocab,       2, 10000000 },
        { "context",     c->shape.context,     1, 1000000 },
        { "batch",       c->batch,             1, 100000000 },
        { "steps",       c->steps,             1, 1000000000000 },
        { "eval_tokens", c->eval_tokens,       1, 10000000000 },
        { "eval_points", c->eval_points,       0, 1000 },
        { "eval_point_tokens", c->eval_point_tokens, 1, 10000000000 },
        { "warmup_steps", c->warmup_steps,     0, c->steps },
        { "cooldown_steps", c->cooldown_steps, 0, c->steps },
        { "branch_at",   c->branch_at,         0, c->steps - 1 },
        { "threads",     c->threads,           1, 1024 },
        { "unique_tokens", c->unique_tokens,   0, 1000000000000000 },
    };
    for (int i = 0; i < COUNT_OF(bounds); i++) {
        const Bound b = bounds[i];
        if (b.value < b.least || b.value > b.most)
            return err_set(err, ERR_USAGE,
                           "%s: %lld is not between %lld and %lld; "
                           "give one that is", b.name, (long long)b.value,
                           (long long)b.least, (long long)b.most);
    }
    return true;
}

typedef struct Range {
    const char *name;
    double      value, least, most;
} Range;

static bool check_reals(const TrainConfig *c, Err *err)
{
    const Range ranges[] = {
        { "lr",           c->lr,           1e-300, 1e30 },
        { "lr_final",     c->lr_final,     0, 1 },
        { "warmup",       c->warmup,       0, 1 },
        { "cooldown",     c->cooldown,     0, 1 },
        { "beta1",        c->beta1,        0, 1 - 1e-12 },
        { "beta2",        c->beta2,        0, 1 - 1e-12 },
        { "epsilon",      c->epsilon,      1e-300, 1e30 },
        { "weight_decay", c->weight_decay, 0, 1e30 },
        { "clip",         c->clip,         0, 1e30 },
        { "momentum",     c->momentum,     0, 1 - 1e-12 },
        { "z_loss",       c->z_loss,       0, 1e30 },
        { "checkpoint_s", c->checkpoint_s, 0, 1e30 },
        { "patience",     c->patience,     0, 1e30 },
    };
    for (int i = 0; i < COUNT_OF(ranges); i++) {
        const Range r = ranges[i];
        if (!(r.value >= r.least && r.value <= r.most))
            return err_set(err, ERR_USAGE,
                           "%s: %g is not between %g and %g; "
                           "give one that is", r.name, r.value, r.least,
                           r.most);
    }
    return true;
}

static bool check_heads(const Shape *s, Err *err)
{
    if (s->width % s->heads)
        return err_set(err, ERR_USAGE, "heads: %lld do not divide the width "
                       "%lld; give a divisor", (long long)s->heads,
                       (long long)s->width);
    if (s->kv_heads && s->heads % s->kv_heads)
        return err_set(err, ERR_USAGE, "kv_heads: %lld do not divide the %lld "
                       "heads; give a divisor", (long long)s->kv_heads,
                       (long long)s->heads);
    if (s->rope && s->width / s->heads % 2)
        return err_set(err, ERR_USAGE, "position rope: it turns numbers in "
                       "pairs, and heads are %lld wide; give an even head "
                       "size", (long long)(s->width / s->heads));
    if (s->mup_head && !s->mup_width)
        return err_set(err, ERR_USAGE, "mup_head: %lld without a base width is "
                       "no muP; give --mup_width too",
                       (long long)s->mup_head);
    return true;
}

/* What an LSTM has not. */
static bool check_recurrent(const Shape *s, Err *err)
{
    const struct { bool set; const char *name; } option[] = {
        { s->heads != 1, "heads" }, { s->ff != 1, "ff" },
        { s->kv_heads != 0, "kv_heads" }, { s->rms, "norm rms" },
        { s->rope, "position rope" }, { s->gated, "ff_kind swiglu" },
        { s->qk_norm, "qk_norm" }, { s->bare, "a model without biases" },
        { s->mup_width != 0, "mup_width" }, { s->mup_head != 0, "mup_head" },
    };
    for (int i = 0; i < COUNT_OF(option); i++)
        if (option[i].set)
            return err_set(err, ERR_USAGE, "%s: an LSTM has no such thing; "
                           "leave it out, or give --arch=transformer",
                           option[i].name);
    return true;
}

static bool check_model(const TrainConfig *c, Err *err)
{
    if (!arch_find(c->arch))
        return err_set(err, ERR_USAGE, "architecture %s: there is none of "
                       "that name; give one that there is, such as %s",
                       c->arch, arch_at(0)->name);
    if (!kern_best(c->dtype))
        return err_set(err, ERR_USAGE, "train.dtype: '%s' is not one; give "
                       "fp32 or bf16", c->dtype);
    if (!kern_find(c->kernels, c->dtype))
        return err_set(err, ERR_USAGE, "kernels %s: none of that name that "
                       "this processor can run in %s; give auto, or see "
                       "scalelaw doctor", c->kernels, c->dtype);
    assert(c->shape.recurrent == arch_find(c->arch)->recurrent);
    return c->shape.recurrent ? check_recurrent(&c->shape, err)
                              : check_heads(&c->shape, err);
}

static bool check_schedule(const TrainConfig *c, Err *err)
{
    const i64 warm = schedule_warmup(c), cool = schedule_cooldown(c);
    if (c->schedule == SCHEDULE_WSD && warm + cool > c->steps)
        return err_set(err, ERR_USAGE, "warmup %g and cooldown %g (%lld and "
                       "%lld steps) are more than the whole run; give shares "
                       "that sum to 1 or less", c->warmup, c->cooldown,
                       (long long)warm, (long long)cool);
    for (i64 i = 0; i < c->keep.count; i++)
        if (!(c->keep.item[i] >= 1 && c->keep.item[i] <= (double)c->steps
              && c->keep.item[i] == floor(c->keep.item[i])))
            return err_set(err, ERR_USAGE, "keep: %g is no step of this run "
                           "of %lld; give whole numbers up to that",
                           c->keep.item[i], (long long)c->steps);
    if (c->branch_at == 0)
        return true;
    if (c->schedule == SCHEDULE_COSINE)
        return err_set(err, ERR_USAGE, "branch: a cosine falls from the first "
                       "step on and has no trunk; give --schedule=wsd");
    if (c->branch_at > schedule_flat(c))
        return err_set(err, ERR_USAGE, "branch: it would start from step "
                       "%lld, and its cooldown of %lld of %lld steps starts "
                       "before; give more steps or a shorter cooldown",
                       (long long)c->branch_at, (long long)cool,
                       (long long)c->steps);
    if (!c->trunk)
        return err_set(err, ERR_USAGE, "branch: it starts from step %lld of a "
                       "trunk, and none is named; give its checkpoint",
                       (long long)c->branch_at);
    return true;
}

static bool check_optimizer(const TrainConfig *c, Err *err)
{
    if (!optimizer_find(c->optimizer))
        return err_set(err, ERR_USAGE, "train.optimizer: %s is none that there is; give "
                       "adamw, muon or sgd", c->optimizer);
    if (c->shape.mup_width && strcmp(c->optimizer, "sgd") == 0)
        return err_set(err, ERR_USAGE, "mup_width: muP's rates are those of "
                       "Adam's kind, and sgd wants others; give adamw or "
                       "muon");
    if (!(c->dropout >= 0 && c->dropout < 1))
        return err_set(err, ERR_USAGE, "train.dropout: %g is not a share from "
                       "0 to below 1; give one that is, such as 0.1",
                       c->dropout);
    return true;
}

static bool check_start(const TrainConfig *c, Err *err)
{
    if (c->start && !c->start_run)
        return err_set(err, ERR_USAGE, "start: a checkpoint without the run "
                       "that it is of, which is part of what this one is; "
                       "give start_run too");
    if (c->start_moments && !c->start_run)
        return err_set(err, ERR_USAGE, "start_moments: there is no run whose "
                       "moments they would be; give start too");
    if (c->patience > 0 && c->eval_points < 3)
        return err_set(err, ERR_USAGE, "patience: a rise at two evaluations "
                       "after a least takes three on the way, and eval_points "
                       "is %lld; give more", (long long)c->eval_points);
    return true;
}

/* More tokens than different ones are what a sample is for: epochs of it. */
static bool check_unique(const TrainConfig *c, const Shard *shard, i64 all,
                         Err *err)
{
    const i64 T = c->shape.context, unique = c->unique_tokens;
    if (unique && unique < T)
        return err_set(err, ERR_USAGE, "unique_tokens: %lld hold no window of "
                       "context %lld; give more, or 0 for all of the text",
                       (long long)unique, (long long)T);
    return unique / T <= all
        || err_set(err, ERR_USAGE, "unique_tokens: %lld, but the training text "
                   "of corpus %s has %lld (%lld windows of %lld); give fewer, "
                   "or 0 for all of it", (long long)unique, shard->name,
                   (long long)(all * T), (long long)all, (long long)T);
}

static bool check_corpus(const TrainConfig *c, const Shard *shard,
                         bool allow_epochs, Err *err)
{
    const i64 T = c->shape.context;
    if (c->shape.vocab < shard->vocab)
        return err_set(err, ERR_USAGE, "vocabulary: %lld, but corpus %s has "
                       "tokens up to %lld; give at least that many",
                       (long long)c->shape.vocab, shard->name,
                       (long long)shard->vocab);
    const i64 all = batch_train_windows(shard, T, 0);
    if (all < 1 || batch_val_windows(shard, T) < 1)
        return err_set(err, ERR_USAGE, "corpus %s: %lld training and %lld "
                       "held-out tokens hold no window of context %lld; give "
                       "more text or a shorter context", shard->name,
                       (long long)shard->train_count,
                       (long long)shard->val_count, (long long)T);
    if (!check_unique(c, shard, all, err))
        return false;
    const double wanted = (double)c->steps * (double)c->batch;
    if (wanted * (double)T > 9e15)
        return err_set(err, ERR_USAGE, "steps: %lld of %lld tokens are more "
                       "than can be counted exactly; give fewer",
                       (long long)c->steps, (long long)(c->batch * T));
    if (!allow_epochs && !c->unique_tokens && wanted > (double)all)
        return err_set(err, ERR_USAGE, "corpus %s: the run wants %.0f tokens "
                       "and its training text has %lld (%lld windows of "
                       "%lld); train on fewer, or allow repeating the text "
                       "with --epochs", shard->name, wanted * (double)T,
                       (long long)(all * T), (long long)all,
                       (long long)T);
    return true;
}

/* Before a device is asked for anything. */
static bool check_far(const TrainConfig *c, Err *err)
{
    DeviceName name;
    if (!config_far(c))
        return true;
    if (!device_parse(&name, c->device, err))
        return false;
    if (optimizer_find(c->optimizer)->matrix)
        return err_set(err, ERR_USAGE, "optimizer %s: takes matrices whole, "
                       "which a device does not do yet; give adamw or sgd, or "
                       "--device=cpu", c->optimizer);
    return true;
}

static bool check_memory(const TrainConfig *c, Err *err)
{
    const i64    bytes = train_memory(c);
    const double has = (double)sysconf(_SC_PHYS_PAGES)
                       * (double)sysconf(_SC_PAGE_SIZE);
    if (has > 0 && (double)bytes > has)
        return err_set(err, ERR_USAGE, "model %lldx%lld: training it takes "
                       "%.1f GiB and this machine has %.1f; give a smaller "
                       "model, or fewer threads", (long long)c->shape.layers,
                       (long long)c->shape.width, (double)bytes / (1 << 30),
                       has / (1 << 30));
    return true;
}

bool train_check(const TrainConfig *config, const Shard *shard,
                 bool allow_epochs, Err *err)
{
    return check_counts(config, err) && check_reals(config, err)
           && check_model(config, err) && check_schedule(config, err)
           && check_optimizer(config, err) && check_start(config, err)
           && check_far(config, err)
           && check_corpus(config, shard, allow_epochs, err)
           && check_memory(config, err);
}

bool config_far(const TrainConfig *config)
{
    return config->device && strcmp(config->device, "cpu") != 0;
}

/* -- Identity ------------------------------------------------------------- */

/* What decides the parameters as long as the rate stays at its peak. Runs that
 * share it are one run until the first of them cools down. */
static void put_stem(Str *text, const TrainConfig *c)
{
    const Shape s = c->shape;
    str_add(text, "%s %lld %lld %lld %lld %lld %lld %d", c->arch,
            (long long)s.layers, (long long)s.width, (long long)s.heads,
            (long long)s.ff, (long long)s.vocab, (long long)s.context, s.tied);
    str_add(text, "|%lld %d %d %d %d %d %lld %lld", (long long)s.kv_heads,
            s.rms, s.rope, s.gated, s.qk_norm, s.bare,
            (long long)s.mup_width, (long long)s.mup_head);
    str_add(text, "|%lld %.17g %lld %d %llu", (long long)c->batch, c->lr,
            (long long)schedule_warmup(c), c->schedule == SCHEDULE_COSINE,
            (unsigned long long)c->seed);
    str_add(text, "|%s", c->dtype);
    str_add(text, "|%s %.17g %.17g %.17g %.17g %.17g %.17g|%.17g %.17g",
            c->optimizer, c->beta1, c->beta2, c->epsilon, c->momentum,
            c->weight_decay, c->clip, c->dropout, c->z_loss);
    str_add(text, "|%lld %d %s", (long long)c->unique_tokens,
            c->start_moments, c->start_run ? c->start_run : "");
}

void config_model(char out[MODEL_WORDS], const TrainConfig *config)
{
    const Shape s = config->shape;
    Str text = { 0 };
    str_add(&text, "%s %lldx%lld, %lld heads, ff %lld, vocabulary %lld, "
            "context %lld", config->arch, (long long)s.layers,
            (long long)s.width, (long long)s.heads, (long long)s.ff,
            (long long)s.vocab, (long long)s.context);
    if (s.kv_heads)
        str_add(&text, ", kv %lld", (long long)s.kv_heads);
    if (s.mup_width)
        str_add(&text, ", mup %lld:%lld", (long long)s.mup_width,
                (long long)s.mup_head);
    str_add(&text, "%s%s%s%s%s%s", s.tied ? ", tied" : "",
            s.rms ? ", rms" : "", s.rope ? ", rope" : "",
            s.gated ? ", gated" : "", s.qk_norm ? ", qk" : "",
            s.bare ? ", bare" : "");
    snprintf(out, MODEL_WORDS, "%s", text.text);
    str_free(&text);
}

i64 config_start_step(const TrainConfig *config)
{
    const char *at = config->start_run ? strrchr(config->start_run, '@')
                                       : NULL;
    return at ? atoll(at + 1) : 0;
}

void config_stem(char hex[HASH_HEX], const TrainConfig *config)
{
    Str text = { 0 };
    put_stem(&text, config);
    hash_sha256(hex, text.text, text.size);
    str_free(&text);
}

void config_hash(char hex[HASH_HEX], const TrainConfig *c)
{
    Str text = { 0 };
    put_stem(&text, c);
    str_add(&text, "|%lld %d %.17g %.17g %.17g %lld %lld %lld",
            (long long)c->steps, (int)c->schedule, c->lr_final, c->warmup,
            c->cooldown, (long long)c->warmup_steps,
            (long long)c->cooldown_steps, (long long)c->branch_at);
    str_add(&text, "|%lld %lld %lld %.17g", (long long)c->eval_tokens,
            (long long)c->eval_points, (long long)c->eval_point_tokens,
            c->patience);
    hash_sha256(hex, text.text, text.size);
    str_free(&text);
}

i64 config_eval_sequences(const TrainConfig *config, i64 tokens)
{
    return (tokens + config->shape.context - 1) / config->shape.context;
}
