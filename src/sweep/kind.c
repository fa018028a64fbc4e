/* kind.c - see kind.h. */

#include "sweep/kind.h"

#include "train/gang.h"

#include <string.h>

/* -- Which are alike -------------------------------------------------------- */

static const Shard *shard_of(const Task *task, const SweepPlace *place)
{
    return task->run->shard ? task->run->shard : place->of.shard;
}

static int find(const KindList *list, const Task *task, const Shard *shard)
{
    for (int k = 0; k < list->count; k++)
        if (list->kind[k].shard == shard
            && gang_alike(&list->kind[k].config, shard, &task->config, shard))
            return k;
    return -1;
}

i64 kind_bytes_alone(const Kind *kind)
{
    return kind->bytes_one + kind->bytes_text;
}

static void put(KindList *list, const Task *task, const Shard *shard,
                const Devices *devices)
{
    Kind *kind = &list->kind[list->count++];
    *kind = (Kind){ .config = task->config, .shard = shard };
    const i64 one = gang_bytes(devices->api[0], &kind->config, 1);
    kind->bytes_one  = one;
    kind->bytes_more = gang_bytes(devices->api[0], &kind->config, 2) - one;
    kind->bytes_text = gang_text_bytes(shard);
    kind->cores_only = true;
    for (int d = 0; d < devices->count; d++) {
        const i64 bytes = devices->info[d].bytes;
        kind->cores_only &= kind_bytes_alone(kind)
                          > bytes - seats_margin(bytes);
    }
}

void kinds_make(KindList *out, Arena *arena, TaskList *tasks,
                const SweepPlace *place)
{
    *out = (KindList){ 0, NEW(arena, Kind, tasks->count) };
    for (i64 i = 0; i < tasks->count; i++) {
        Task        *task  = &tasks->task[i];
        const Shard *shard = shard_of(task, place);
        if (!task->seatable)
            continue;
        if (find(out, task, shard) < 0)
            put(out, task, shard, place->devices);
        task->kind = find(out, task, shard);
    }
}

bool kind_check(const KindList *list, const Task *task, const SweepPlace *place,
                Err *err)
{
    const Devices    *devices  = place->devices;
    static const char remedy[] = "--device=cuda,cpu leaves such runs to the "
                                 "cores";
    if (task->state == TASK_OVER)
        return true;
    if (task->kind < 0) {
        if (kind_trainable(&task->config, shard_of(task, place), devices, err))
            return true;
        return err_add(err, "run %s (%s)", task->record.id, remedy);
    }
    const Kind *kind = &list->kind[task->kind];
    return !kind->cores_only
        || err_set(err, ERR_USAGE, "run %s: it needs %.3g GB of the device's "
                   "memory, which has %.3g in all; %s", task->record.id,
                   (double)kind_bytes_alone(kind) / 1e9,
                   (double)devices->info[0].bytes / 1e9, remedy);
}

static TrainConfig seated(const TrainConfig *config, char word[32],
                          const Devices *devices)
{
    TrainConfig out = *config;
    if (devices)
        devices_word(word, &devices->name[0]);
    out.device = devices ? word : "cuda";
    return out;
}

bool kind_trainable(const TrainConfig *config, const Shard *shard,
                    const Devices *devices, Err *err)
{
    char              word[32];
    const TrainConfig far = seated(config, word, devices);
    return train_check(&far, shard, true, err);
}

i64 kind_host_bytes(const TrainConfig *config)
{
    const TrainConfig far = seated(config, NULL, NULL);
    return train_memory(&far);
}

/* -- What they ask ---------------------------------------------------------- */

static i64 micro_of(const TrainConfig *config)
{
    return device_micro_batch(count_params(config->shape).total,
                              config->shape.context, config->batch);
}

double kind_passes(const TrainConfig *config, i64 steps)
{
    const i64 micro = micro_of(config);
    return (double)steps * (double)((config->batch + micro - 1) / micro);
}

/* Of a processor of a device, about, in the small products of small models: far
 * from what it is sold with. */
static const double FP32_FLOP_PER_S = 2e11, BF16_FLOP_PER_S = 1e12,
                    BYTES_PER_S = 1.5e10;

/* Activations of a layer are written and read some times, each about so many
 * times the width; weights and moments about so often. */
enum { TIMES_WIDTH = 40, TIMES_WEIGHTS = 10, LAUNCHES_A_LAYER = 40 };

SeatsSpeed kind_guess(const TrainConfig *config, const DeviceInfo *device)
{
    const Shape *s = &config->shape;
    const double tokens = (double)(micro_of(config) * s->context);
    const bool   bf16 = strcmp(config->dtype, "bf16") == 0;
    const double reals = tokens * (double)(s->layers * s->width) * TIMES_WIDTH
                       + tokens * (double)s->vocab * 3
                       + (double)count_params(*s).total * TIMES_WEIGHTS;
    return seats_guess(
        count_train_flop(*s) * tokens, (double)sizeof(float) * reals,
        (double)((s->layers + 1) * LAUNCHES_A_LAYER),
        device->processors * (bf16 ? BF16_FLOP_PER_S : FP32_FLOP_PER_S),
        device->processors * BYTES_PER_S);
}
