/* record.c - see record.h. */

#include "sweep/record.h"

#include "base/clock.h"
#include "base/file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

double record_bpb(double nats, double bytes_per_token)
{
    return nats / log(2) / bytes_per_token;
}

static const char *host_name(Arena *arena)
{
    char name[128] = "";
    if (gethostname(name, sizeof name - 1) != 0)
        return NULL;
    return arena_text(arena, name);
}

/* Everything that could only be known at the end is absent: NaN. */
static void result_absent(Run *record)
{
    record->epochs = record->flop = record->flop_6nd = NAN;
    record->train_loss = record->val_loss = record->val_se = NAN;
    record->val_bpb = record->wall_s = record->tok_per_s = NAN;
    record->joules = record->flop_new = NAN;
    record->least_loss = record->least_step = record->spikes = NAN;
}

/* "ID" or "ID@STEP". */
static void start_split(Run *record, Arena *arena, const char *start_run)
{
    record->start      = start_run ? arena_text(arena, start_run) : NULL;
    record->start_step = NAN;
    const char *at = start_run ? strrchr(start_run, '@') : NULL;
    if (!at)
        return;
    record->start      = arena_print(arena, "%.*s", (int)(at - start_run),
                                     start_run);
    record->start_step = atof(at + 1);
}

TrainConfig record_config(Arena *arena, const RecordOf *of,
                          const char *runs_dir, const LadderRun *run)
{
    TrainConfig config = run->config;
    if (!run->after)
        return config;
    const char *id   = record_begin(arena, of, run->after).id;
    const i64   step = config.branch_at ? config.branch_at : run->after_step;
    const char *path = arena_print(arena, "%s%s%s/checkpoint",
                                   runs_dir ? runs_dir : "",
                                   runs_dir ? "/" : "", id);
    if (step > 0)
        path = arena_print(arena, "%s-%lld", path, (long long)step);
    if (config.branch_at) {
        config.trunk = path;
        return config;
    }
    config.start     = path;
    config.start_run = step > 0 ? arena_print(arena, "%s@%lld", id,
                                              (long long)step) : id;
    return config;
}

/* Of a branch of a branch, too, the run that all of it grew from. */
static const char *trunk_of(Arena *arena, const RecordOf *of,
                            const LadderRun *run)
{
    if (!run->after || !run->config.branch_at)
        return run->trunk;
    const Run trunk = record_begin(arena, of, run->after);
    return trunk.trunk ? trunk.trunk : trunk.id;
}

Run record_begin(Arena *arena, const RecordOf *of, const LadderRun *run)
{
    const TrainConfig asked = record_config(arena, of, NULL, run);
    const TrainConfig *config = &asked;
    const Shard       *shard  = run->shard ? run->shard : of->shard;
    char id[96], now[21], identity[HASH_HEX];
    shard_identity(identity, shard);
    run_id(id, run->name, of->config_text(arena, config, true), identity,
           of->code);
    clock_utc(now);

    Run record = {
        .id             = arena_text(arena, id),
        .name           = run->name,
        .study          = of->study,
        .group          = run->group,
        .config         = of->config_text(arena, config, false),
        .code           = of->code,
        .host           = host_name(arena),
        .started        = arena_text(arena, now),
        .corpus         = shard->name,
        .corpus_sha256  = arena_text(arena, identity),
        .tokenizer      = shard->tokenizer,
        .bytes_per_token = shard->val_bytes_per_token,
        .entropy_nats   = shard_floor(shard, config->shape.context),
        .entropy_se     = shard->entropy_nats > 0 ? shard->entropy_se : NAN,
        .arch           = config->arch,
        .shape          = config->shape,
        .params         = count_params(config->shape),
        .flops          = count_flops(config->shape, true),
        .flop_per_token = count_train_flop(config->shape),
        .budget         = run->budget,
        .batch_tokens   = config->batch * config->shape.context,
        .steps          = config->steps,
        .lr             = config->lr,
        .schedule       = train_schedule_name(config->schedule),
        .optimizer      = config->optimizer,
        .seed           = config->seed,
        .trunk          = trunk_of(arena, of, run),
        .trunk_step     = config->branch_at ? (double)config->branch_at : NAN,
        .dtype          = config->dtype,
    };
    start_split(&record, arena, config->start_run);
    result_absent(&record);
    return record;
}

static const char *status_name(TrainStatus status)
{
    switch (status) {
    case TRAIN_DONE:        return "done";
    case TRAIN_DIVERGED:    return "diverged";
    case TRAIN_PLATEAU:     return "plateau";
    case TRAIN_INTERRUPTED: return "interrupted";
    }
    return NULL;
}

void record_end(Run *record, const TrainResult *result)
{
    record->status        = status_name(result->status);
    record->reason        = result->reason[0] ? result->reason : NULL;
    record->kernels       = result->kernels;
    record->tokens        = result->tokens;
    record->unique_tokens = result->unique_tokens;
    record->epochs        = result->epochs;
    record->flop          = result->flop;
    record->flop_new      = result->flop_new;
    record->flop_6nd      = 6.0 * (double)record->params.total
                          * (double)result->tokens;
    record->train_loss    = result->train_loss;
    record->val_loss      = result->val_loss;
    record->val_se        = result->val_se;
    record->val_bpb       = record_bpb(result->val_loss,
                                       record->bytes_per_token);
    record->val_tokens    = result->val_tokens;
    record->least_loss    = result->least_loss;
    record->least_step    = result->least_step > 0
                            ? (double)result->least_step : NAN;
    record->spikes        = (double)result->spikes;
    record->wall_s        = result->wall_s;
    record->tok_per_s     = result->tok_per_s;
    record->resumed       = result->resumed;
    record->joules        = result->joules;
}

bool record_positions(const TrainResult *result, i64 context,
                      const char *path, Err *err)
{
    Str text = { 0 };
    if (!isfinite(result->val_loss))
        return true;
    str_put(&text, "position,loss\n");
    for (int k = 0; k < train_bins(context); k++)
        str_add(&text, "%.17g,%.17g\n", train_bin_position(k, context),
                result->position_loss[k]);
    const bool ok = file_write(path, text.text, text.size, err);
    str_free(&text);
    return ok;
}

Metric record_metric(const TrainMetric *from, double bytes_per_token)
{
    return (Metric){
        .step       = from->step,
        .tokens     = from->tokens,
        .flop       = from->flop,
        .wall_s     = from->wall_s,
        .train_loss = from->train_loss,
        .val_loss   = from->val_loss,
        .val_se     = from->val_se,
        .val_bpb    = record_bpb(from->val_loss, bytes_per_token),
        .lr         = from->lr,
        .grad_norm  = from->grad_norm,
        .grad_sq_small = from->grad_sq_small,
        .batch_small   = from->batch_small,
        .tok_per_s  = from->tok_per_s,
    };
}
