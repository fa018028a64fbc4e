/* config.c - a run's configuration: what it is if nobody says otherwise, what
 * can be wrong with it, and its identity. */

#include "train/config.h"

#include "data/batch.h"

#include <math.h>
#include <stdio.h>
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
        .kernels      = "auto",
    };
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
        { "vocabulary",  c->shape.vocab,       2, 10000000 },
        { "context",     c->shape.context,     1, 1000000 },
        { "batch",       c->batch,             1, 100000000 },
        { "steps",       c->steps,             1, 1000000000000 },
        { "eval_tokens", c->eval_tokens,       1, 10000000000 },
        { "eval_points", c->eval_points,       0, 1000 },
        { "eval_point_tokens", c->eval_point_tokens, 1, 10000000000 },
        { "threads",     c->threads,           1, 1024 },
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
        { "checkpoint_s", c->checkpoint_s, 0, 1e30 },
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

static bool check_model(const TrainConfig *c, Err *err)
{
    if (!arch_find(c->arch))
        return err_set(err, ERR_USAGE, "architecture %s: there is none of "
                       "that name; give one that there is, such as %s",
                       c->arch, arch_at(0)->name);
    if (!kern_find(c->kernels))
        return err_set(err, ERR_USAGE, "kernels %s: none of that name that "
                       "this processor can run; give auto, or see "
                       "scalelaw doctor", c->kernels);
    if (c->shape.width % c->shape.heads)
        return err_set(err, ERR_USAGE, "heads: %lld do not divide the width "
                       "%lld; give a divisor", (long long)c->shape.heads,
                       (long long)c->shape.width);
    if (c->schedule == SCHEDULE_WSD && c->warmup + c->cooldown > 1)
        return err_set(err, ERR_USAGE, "warmup %g and cooldown %g are more "
                       "than the whole run; give shares that sum to 1 or "
                       "less", c->warmup, c->cooldown);
    return true;
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
    const i64 windows = batch_train_windows(shard, T);
    if (windows < 1 || batch_val_windows(shard, T) < 1)
        return err_set(err, ERR_USAGE, "corpus %s: %lld training and %lld "
                       "held-out tokens hold no window of context %lld; give "
                       "more text or a shorter context", shard->name,
                       (long long)shard->train_count,
                       (long long)shard->val_count, (long long)T);
    const double wanted = (double)c->steps * (double)c->batch;
    if (wanted * (double)T > 9e15)
        return err_set(err, ERR_USAGE, "steps: %lld of %lld tokens are more "
                       "than can be counted exactly; give fewer",
                       (long long)c->steps, (long long)(c->batch * T));
    if (!allow_epochs && wanted > (double)windows)
        return err_set(err, ERR_USAGE, "corpus %s: the run wants %.0f tokens "
                       "and its training text has %lld (%lld windows of "
                       "%lld); train on fewer, or allow repeating the text "
                       "with --epochs", shard->name, wanted * (double)T,
                       (long long)(windows * T), (long long)windows,
                       (long long)T);
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
           && check_model(config, err)
           && check_corpus(config, shard, allow_epochs, err)
           && check_memory(config, err);
}

/* -- Identity ------------------------------------------------------------- */

void config_hash(char hex[HASH_HEX], const TrainConfig *c)
{
    char text[1024];
    const Shape s = c->shape;
    const int size = snprintf(
        text, sizeof text,
        "%s %lld %lld %lld %lld %lld %lld %d|%lld %lld|%d %.17g %.17g %.17g "
        "%.17g|%.17g %.17g %.17g %.17g %.17g|%llu|%lld %lld %lld",
        c->arch, (long long)s.layers, (long long)s.width, (long long)s.heads,
        (long long)s.ff, (long long)s.vocab, (long long)s.context, s.tied,
        (long long)c->batch, (long long)c->steps, (int)c->schedule, c->lr,
        c->lr_final, c->warmup, c->cooldown, c->beta1, c->beta2, c->epsilon,
        c->weight_decay, c->clip, (unsigned long long)c->seed,
        (long long)c->eval_tokens, (long long)c->eval_points,
        (long long)c->eval_point_tokens);
    hash_sha256(hex, text, i64_min(size, (i64)sizeof text - 1));
}

i64 config_eval_sequences(const TrainConfig *config, i64 tokens)
{
    return (tokens + config->shape.context - 1) / config->shape.context;
}
