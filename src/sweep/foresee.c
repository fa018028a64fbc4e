/* foresee.c - see foresee.h. */

#include "sweep/foresee.h"

#include "sweep/kind.h"

static TaskList tasks_of(Arena *arena, const LadderRun *const *runs, i64 count,
                         const SweepPlace *place)
{
    TaskList list = { count, NEW(arena, Task, count) };
    for (i64 i = 0; i < count; i++) {
        Err          why   = { 0 };
        const Shard *shard = runs[i]->shard ? runs[i]->shard
                                            : place->of.shard;
        list.task[i] = (Task){
            .run = runs[i], .kind = -1,
            .config = record_config(arena, &place->of, "runs", runs[i]) };
        list.task[i].seatable = kind_trainable(&list.task[i].config, shard,
                                               place->devices, &why);
    }
    return list;
}

static Foreseen foreseen(const Kind *kind, i64 runs, const DeviceInfo *info)
{
    SeatsShape shape = {
        .open = runs, .path_s = 1, .passes = 1,
        .bytes_one = kind_bytes_alone(kind), .bytes_more = kind->bytes_more,
        .speed = kind_guess(&kind->config, info) };
    const SeatsNow  now  = { .bytes = info->bytes, .bytes_free = info->bytes,
                             .shapes = 1, .shape = &shape };
    const SeatsOpen open = seats_choose(&now);
    return (Foreseen){ kind->config, runs, open.seats,
                       open.seats > 0 ? seats_bytes(&shape, open.seats)
                                      : kind_bytes_alone(kind) };
}

i64 foresee(Foreseen **out, i64 *rest, Arena *arena,
            const LadderRun *const *runs, i64 count, const SweepPlace *place)
{
    KindList kinds;
    TaskList tasks = tasks_of(arena, runs, count, place);
    kinds_make(&kinds, arena, &tasks, place);
    i64 *of = NEW(arena, i64, kinds.count + 1);
    *rest = 0;
    for (i64 i = 0; i < count; i++)
        if (tasks.task[i].kind >= 0)
            of[tasks.task[i].kind]++;
        else
            ++*rest;
    *out = NEW(arena, Foreseen, kinds.count + 1);
    for (int k = 0; k < kinds.count; k++)
        (*out)[k] = foreseen(&kinds.kind[k], of[k], &place->devices->info[0]);
    return kinds.count;
}
