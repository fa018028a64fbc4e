/* kind.h - private to sweep/: the runs of a sweep that are alike, so that they
 * can train side by side on a device, and what one of them asks of it. */

#ifndef KIND_H
#define KIND_H

#include "kern/device.h"
#include "sweep/seats.h"
#include "sweep/task.h"

typedef struct Kind {
    TrainConfig  config;           /* of one of them                        */
    const Shard *shard;
    i64          bytes_one, bytes_more; /* of a gang; each seat beyond one  */
    i64          bytes_text;       /* once on a device, for all gangs       */
    bool         cores_only;       /* no device here has the memory for it  */
} Kind;

typedef struct KindList { int count; Kind *kind; } KindList;

/* Of a gang of one, where its text is not yet on the device. */
i64 kind_bytes_alone(const Kind *kind);

/* Which task is of which (task->kind), and how many passes each has left; those
 * that no device can train are of none: -1. */
void kinds_make(KindList *out, Arena *arena, TaskList *tasks,
                const SweepPlace *place);

/* A task that cores cannot take: refused in words where no device can either. */
bool kind_check(const KindList *list, const Task *task, const SweepPlace *place,
                Err *err) MUST_USE;

/* Whether a device can train it; if not, why. Memory of the device aside. */
bool kind_trainable(const TrainConfig *config, const Shard *shard,
                    const Devices *devices, Err *err) MUST_USE;

/* Bytes of this machine's memory for a run that has a seat. */
i64 kind_host_bytes(const TrainConfig *config);

/* Passes of a gang that a run takes for so many of its steps. */
double kind_passes(const TrainConfig *config, i64 steps);

/* A first guess, by what devices of its size do. */
SeatsSpeed kind_guess(const TrainConfig *config, const DeviceInfo *device);

#endif
