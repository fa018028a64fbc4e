/* sweep_parts.h - private to sweep/: what the workers of a sweep share, and how
 * one of them trains one run. */

#ifndef SWEEP_PARTS_H
#define SWEEP_PARTS_H

#include "sweep/task.h"

#include <pthread.h>

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
    bool              failed;
    SweepReport      *report;
    Err              *err;
} Sweep;

typedef struct Worker {
    Sweep *sweep;
    int    index;
} Worker;

/* How a worker's turn at a task ended. */
typedef enum Turn { TURN_OVER, TURN_YIELDED, TURN_STOPPED, TURN_FAILED } Turn;

/* Trains on task->threads, writes down what came of it. `first`: its first turn
 * in this process. */
Turn sweep_train(const Worker *worker, Task *task, bool first, Err *err);

/* A task whose trunk failed, as a finding. */
bool sweep_give_up(Sweep *sweep, Task *task, Err *err) MUST_USE;

/* A run of which a checkpoint is gone, up to that step once more; its record
 * stays as it is. */
Turn sweep_again(const Worker *worker, Task *task, bool first, Err *err);

/* Reads from the record of a finished run what became of it; false where it is
 * not finished. */
bool sweep_over(const Sweep *sweep, Task *task);

/* What other processes' runs have come to, for the live line, once a second at
 * most; the lock taken. */
void sweep_look(Sweep *sweep);

#endif
