/* sweep_parts.h - private to sweep/: what the workers of a sweep share, and how
 * one of them trains one run. A worker is a thread: with a core of its own, or
 * at a seat of a device. */

#ifndef SWEEP_PARTS_H
#define SWEEP_PARTS_H

#include "sweep/kind.h"
#include "sweep/task.h"

#include <pthread.h>

/* Rows of the live table. */
enum { SWEEP_ROWS = 1024 };

typedef struct Device Device; /* sweep_device.c */

typedef struct Sweep {
    const SweepPlace *place;
    const char       *runs_dir;
    int               workers;

    /* Under the lock. */
    pthread_mutex_t   lock;
    pthread_cond_t    news;      /* a run has ended, a core is free     */
    TaskList          tasks;     /* longest way first                   */
    int               free;      /* cores                               */
    i64               room, said;/* bytes: there were; of runs under way */
    double            looked_s;  /* at what others do                   */
    KindList          kinds;     /* of what devices can train           */
    double            left_s;    /* until those have done it all; guessed */
    i64               seated;    /* runs on devices                     */
    bool              row[SWEEP_ROWS]; /* taken                         */
    bool              failed;
    bool              halt;      /* ... and all are to stop, on devices */
    SweepReport      *report;
    Err              *err;
} Sweep;

typedef struct SweepWorker {
    Sweep *sweep;
    int    index;       /* row of the live table */
    const char *device; /* NULL: on a core       */
    struct Gang *gang;
} SweepWorker;

/* How a worker's turn at a task ended. */
typedef enum Turn { TURN_OVER, TURN_YIELDED, TURN_STOPPED, TURN_FAILED } Turn;

/* Trains on task->threads, writes down what came of it. `first`: its first turn
 * in this process. */
Turn sweep_train(const SweepWorker *worker, Task *task, bool first, Err *err);

/* A task whose trunk failed, as a finding. */
bool sweep_give_up(Sweep *sweep, Task *task, Err *err) MUST_USE;

/* A run of which a checkpoint is gone, up to that step once more; its record
 * stays as it is. */
Turn sweep_again(const SweepWorker *worker, Task *task, bool first, Err *err);

/* Whether runs are to write their checkpoints and stop. */
bool sweep_halts(const Sweep *sweep);

const Shard *sweep_shard(const Sweep *sweep, const Task *task);

/* -- Under the lock (sweep.c) ----------------------------------------------- */

/* The first failure is the one that is told. */
void sweep_fail(Sweep *sweep, const Task *task, Err *err);

/* Whether it could begin now, if it were claimed; host memory aside. */
bool sweep_is_open(Sweep *sweep, Task *task);

/* Bytes of this machine's memory. One run alone is always let in. */
bool sweep_fits(const Sweep *sweep, i64 bytes);

/* With devices besides, cores take the smallest of these. */
bool sweep_is_for_core(const Sweep *sweep, const Task *task);

/* For this process, if no other has it; on so many threads, or seated: 0. */
bool sweep_take(Sweep *sweep, Task *task, int threads);
void sweep_drop(Sweep *sweep, Task *task, Turn turn);

/* One turn after the other until it has ended; the lock is let go of while it
 * trains. It has been taken, and is dropped. */
void sweep_work_on(const SweepWorker *worker, Task *task);

/* Until somebody has news, or a moment has gone by. */
void sweep_wait(Sweep *sweep);

/* Whether a run is under way, or may yet be begun. */
bool sweep_goes_on(const Sweep *sweep);

/* -- Devices (sweep_device.c) ------------------------------------------------ */

/* Device number `index` of the place, and what a thread of its own does with it
 * until all is done: opens gangs, fills their seats, measures them. */
Device *device_new(Sweep *sweep, Arena *arena, int index);
void   *device_work(void *device);

/* -- What others do ----------------------------------------------------------- */

/* Reads from the record of a finished run what became of it; false where it is
 * not finished. */
bool sweep_over(const Sweep *sweep, Task *task);

/* What other processes' runs have come to, for the live line, once a second at
 * most; the lock taken. */
void sweep_look(Sweep *sweep);

#endif
