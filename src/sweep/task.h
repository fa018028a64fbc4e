/* task.h - private to sweep/: the runs of a sweep with what they need, in the
 * order in which they are best begun.
 *
 * A run that needs another's checkpoint waits until that is there: a branch may
 * begin while its trunk goes on. Begun first is what heads the longest way: its
 * own time, by the speed of its shape, and that of those who wait for it. With a
 * device that is its time there, as first guessed.
 *
 * SOURCE: Graham 1969, "Bounds on multiprocessing timing anomalies": lists by
 *         longest time first; with precedence, by longest path (Hu 1961). */

#ifndef TASK_H
#define TASK_H

#include "sweep/sweep.h"

typedef enum TaskState {
    TASK_OPEN,      /* nobody is known to work on it              */
    TASK_HERE,      /* a worker of this process does              */
    TASK_ELSEWHERE, /* another process does, when last looked at  */
    TASK_OVER,      /* there is nothing left to do                */
} TaskState;

enum { TASK_PATH = 4096 };
#define TASK_END INT64_MAX

typedef struct Task Task;
struct Task {
    const LadderRun *run;
    TrainConfig config;     /* paths, and steps to keep, filled in */
    Run         record;
    const char *dir;        /* RUNS/ID                             */
    char       *need;       /* [TASK_PATH]: the checkpoint it begins from */
    Task       *after;      /* whose checkpoint it needs; or NULL  */
    i64         after_step; /* 0: its end                          */
    bool        asked;      /* by the caller; else for its checkpoint */
    bool        seatable;   /* a device can train it               */
    double      seconds;    /* on one core, foretold               */
    double      device_s;   /* alone on a device, guessed          */
    double      passes;     /* of a gang, for what is its own      */
    int         kind;       /* which are alike (kind.h); -1: none  */
    double      path_s;     /* with the longest of those that wait */
    i64         bytes;      /* of memory, on one thread            */
    i64         bytes_seat; /* ... in a seat of a device           */
    int         lanes;      /* threads that it can use             */

    /* Under the sweep's lock. */
    TaskState   state;
    i64         again;      /* a checkpoint is gone: once more to this step,
                               or to the end: TASK_END; 0: no               */
    double      look_s;     /* ELSEWHERE: not asked again before           */
    bool        seated;     /* HERE; on a device                            */
    int         threads;    /* HERE; so many cores it has                  */
    bool        yield;      /* ... and is to stop, to go on                 */
    int         wanted;     /* ... with so many                            */
    double      began_s;    /* ... since then, at that step                */
    i64         began_step, step;
    int         helped_from;/* HERE; threads before it got more; 0: none    */
    double      rate_from;  /* ... and steps a second with them             */
    double      flop_seen;  /* ELSEWHERE: done so far; -1: not looked at yet */
    const char *status;     /* OVER; what became of it                     */
    i64         ended_step;
    int         lock;       /* HERE; on the run                            */
    char        started[21], reason[256]; /* texts of its record           */
};

typedef struct TaskList { i64 count; Task *task; } TaskList;

/* Longest way first. What they need besides, trained in an earlier sweep, is
 * among them too. */
void tasks_make(TaskList *out, Arena *arena, const LadderRun *const *runs,
                i64 count, const SweepPlace *place, const char *runs_dir);

typedef enum TaskNeed {
    NEED_MET,       /* nothing, or `need` is the path of it                */
    NEED_WAIT,      /* it is still to come                                 */
    NEED_AGAIN,     /* it was there, and is gone                           */
    NEED_NEVER,     /* the run ended, and not well, before it              */
} TaskNeed;

TaskNeed task_need(Task *task);

/* Its own time, as it counts in the order: on a device, if one can train it. */
double task_way_s(const Task *task);

/* Steps a second since it began or went on; NaN too soon to tell. */
double task_rate(const Task *task, double now_s);

/* Seconds that it still needs at the speed it has; for one not begun, on one
 * thread. */
double task_left_s(const Task *task, double now_s);

#endif
