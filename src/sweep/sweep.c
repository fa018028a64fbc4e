/* sweep.c - see sweep.h. Each worker asks for the best task that can be begun
 * now, under one lock; where there is none it helps or waits. */

#include "sweep/sweep_parts.h"

#include "base/clock.h"
#include "base/file.h"
#include "store/claim.h"
#include "sweep/footprint.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { CORES_MAX = SWEEP_ROWS };

/* What is left must be worth a stop and a start; so little a core does as well
 * as a device that trains hundreds at once. */
static const double help_s = 2, core_s = 2, look_again_s = 0.5, wait_s = 0.1;

/* -- Signals --------------------------------------------------------------- */

static volatile sig_atomic_t stopping;

static void on_signal(int number)
{
    if (stopping) {
        signal(number, SIG_DFL);
        raise(number);
    }
    stopping = 1;
}

void sweep_catch_signals(void)
{
    struct sigaction action = { .sa_handler = on_signal };
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool sweep_stopping(void)
{
    return stopping != 0;
}

/* -- Which can be begun ---------------------------------------------------- */

/* The others go on to their ends where cores train them; what a device has
 * stops: a device that has failed one run fails them all. */
void sweep_fail(Sweep *sweep, const Task *task, Err *err)
{
    if (sweep->failed)
        return; /* the first one is told */
    sweep->failed = true;
    *sweep->err   = *err;
    if (task)
        (void)err_add(sweep->err, "run %s", task->record.id);
    __atomic_store_n(&sweep->halt, sweep->seated > 0, __ATOMIC_RELAXED);
}

/* train_check has held one run alone against the whole machine. */
bool sweep_fits(const Sweep *sweep, i64 bytes)
{
    return sweep->said == 0
        || (sweep->said + bytes <= sweep->room
            && bytes <= footprint_available());
}

static bool is_due(const Task *task)
{
    return task->state == TASK_OPEN
        || (task->state == TASK_ELSEWHERE && clock_s() >= task->look_s);
}

static void over_elsewhere(Sweep *sweep, const Task *task)
{
    sweep->report->elsewhere += task->asked;
    progress_gone(sweep->place->progress,
                  task->asked ? task->run->flop_new : 0);
}

/* The run for this process. If another was quicker it is asked again later;
 * if that one has finished it meanwhile, so much the better. */
static bool claim(Sweep *sweep, Task *task)
{
    Err err = { 0 };
    if (!claim_take(&task->lock, sweep->place->study_dir, task->record.id,
                    &err)) {
        task->state  = TASK_ELSEWHERE;
        task->look_s = clock_s() + look_again_s;
        if (err.kind != ERR_BUSY || sweep->place->refuse_busy)
            sweep_fail(sweep, task, &err);
        return false;
    }
    if (!task->again && sweep_over(sweep, task)) {
        claim_drop(task->lock, sweep->place->study_dir, task->record.id);
        over_elsewhere(sweep, task);
        return false;
    }
    return true;
}

/* Checkpoints that are gone are asked of the run that made them, all at once. */
static void ask_again(Sweep *sweep, Task *after)
{
    for (i64 i = 0; i < sweep->tasks.count; i++) {
        Task *task = &sweep->tasks.task[i];
        if (task->after == after && task->state != TASK_OVER
            && task_need(task) == NEED_AGAIN)
            after->again = i64_max(after->again,
                                   task->after_step > 0 ? task->after_step
                                                        : TASK_END);
    }
    after->state = TASK_OPEN;
}

static void give_up(Sweep *sweep, Task *task)
{
    Err err = { 0 };
    if (!claim(sweep, task))
        return;
    if (!sweep_give_up(sweep, task, &err))
        sweep_fail(sweep, task, &err);
    sweep->report->found++;
    task->state      = TASK_OVER;
    task->status     = task->after->status;
    task->ended_step = 0;
    claim_drop(task->lock, sweep->place->study_dir, task->record.id);
}

bool sweep_is_open(Sweep *sweep, Task *task)
{
    if (!is_due(task))
        return false;
    switch (task_need(task)) {
    case NEED_MET:   return true;
    case NEED_WAIT:  return false;
    case NEED_AGAIN: ask_again(sweep, task->after); return false;
    case NEED_NEVER: give_up(sweep, task); return false;
    }
    return false;
}

/* With fewer to begin than cores are free, the cores are shared out. A long run
 * of many begins with one: help() can tell whether more are of use. */
static int threads_for(Sweep *sweep, const Task *task)
{
    int ready = 1;
    if (sweep->tasks.count > 1 && task->seconds > 4 * help_s)
        return 1;
    for (i64 i = 0; i < sweep->tasks.count && ready < sweep->free; i++) {
        Task *other = &sweep->tasks.task[i];
        ready += other != task && is_due(other)
              && task_need(other) == NEED_MET;
    }
    const int share = sweep->free / ready;
    return share < 1 ? 1 : share < task->lanes ? share : task->lanes;
}

static void hold(Sweep *sweep, Task *task, int threads)
{
    task->threads = threads;
    task->yield   = false;
    sweep->free  -= threads;
}

static i64 bytes_of(const Task *task)
{
    return task->seated ? task->bytes_seat : task->bytes;
}

bool sweep_take(Sweep *sweep, Task *task, int threads)
{
    if (!claim(sweep, task))
        return false;
    task->state    = TASK_HERE;
    task->seated   = threads == 0;
    sweep->said   += bytes_of(task);
    sweep->seated += task->seated;
    hold(sweep, task, threads);
    return true;
}

/* What is as good as nothing, what devices have not the memory for, and what is
 * ended before they have done all the rest. */
bool sweep_is_for_core(const Sweep *sweep, const Task *task)
{
    return task->kind < 0 || sweep->kinds.kind[task->kind].cores_only
        || task->seconds <= fmax(core_s, sweep->left_s);
}

static Task *choose(Sweep *sweep)
{
    const i64  count = sweep->tasks.count;
    const bool last  = sweep->kinds.count > 0; /* the smallest first */
    for (i64 i = 0; i < count && sweep->free > 0; i++) {
        Task *task = &sweep->tasks.task[last ? count - 1 - i : i];
        if (sweep->failed || sweep_stopping())
            return NULL;
        if (sweep_is_open(sweep, task) && sweep_is_for_core(sweep, task)
            && sweep_fits(sweep, task->bytes)
            && sweep_take(sweep, task, threads_for(sweep, task)))
            return task;
    }
    return NULL;
}

/* -- Spare cores ----------------------------------------------------------- */

static bool any_open(const Sweep *sweep)
{
    for (i64 i = 0; i < sweep->tasks.count; i++)
        if (sweep->tasks.task[i].state == TASK_OPEN
            || sweep->tasks.task[i].state == TASK_ELSEWHERE)
            return true;
    return false;
}

static void ask_to_yield(Task *task, int threads)
{
    task->wanted = threads;
    __atomic_store_n(&task->yield, true, __ATOMIC_RELAXED);
}

/* Where others want the cores too, threads wait for each other and a run may be
 * slower with more of them: then it goes back to what it had, and stays. */
static bool was_no_help(Task *task, double now_s)
{
    const double rate = task_rate(task, now_s);
    if (!task->helped_from || isnan(rate) || now_s - task->began_s < help_s
        || rate > 1.1 * task->rate_from)
        return false;
    task->lanes       = task->helped_from;
    task->helped_from = 0;
    return true;
}

static bool can_be_helped(const Task *task, double now_s)
{
    return !task->seated && task->threads < task->lanes
        && !isnan(task_rate(task, now_s))
        && task_left_s(task, now_s) > help_s;
}

/* The run that will be longest under way and can use a core more is asked to
 * stop, and goes on with its share of what is free. */
static void help(Sweep *sweep)
{
    const double now  = clock_s();
    Task        *best = NULL;
    int          others = 0;
    for (i64 i = 0; i < sweep->tasks.count; i++) {
        Task *task = &sweep->tasks.task[i];
        if (task->state != TASK_HERE)
            continue;
        if (task->yield)
            return; /* one at a time */
        if (was_no_help(task, now)) {
            ask_to_yield(task, task->lanes);
            return;
        }
        if (!can_be_helped(task, now))
            continue;
        others += best != NULL;
        if (!best || task_left_s(task, now) > task_left_s(best, now))
            best = task;
    }
    if (!best || sweep->free < 1)
        return;
    best->helped_from = best->threads;
    best->rate_from   = task_rate(best, now);
    ask_to_yield(best, best->threads
                           + (sweep->free + others) / (others + 1));
}

/* -- A worker -------------------------------------------------------------- */

void sweep_wait(Sweep *sweep)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += (long)(wait_s * 1e9);
    until.tv_sec  += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_cond_timedwait(&sweep->news, &sweep->lock, &until);
}

bool sweep_goes_on(const Sweep *sweep)
{
    bool here = false;
    for (i64 i = 0; i < sweep->tasks.count; i++)
        here |= sweep->tasks.task[i].state == TASK_HERE;
    return here || any_open(sweep);
}

/* The next task; NULL when there will be none. The lock is taken. */
static Task *next(Sweep *sweep)
{
    for (;;) {
        Task *task = choose(sweep);
        if (task || sweep->failed || sweep_stopping()
            || !sweep_goes_on(sweep))
            return task;
        help(sweep);
        sweep_look(sweep);
        sweep_wait(sweep);
    }
}

void sweep_drop(Sweep *sweep, Task *task, Turn turn)
{
    sweep->said   -= bytes_of(task);
    sweep->seated -= task->seated;
    task->state    = turn == TURN_OVER ? TASK_OVER : TASK_OPEN;
    if (turn == TURN_OVER && !task->again)
        task->status = task->record.status;
    if (turn == TURN_OVER)
        task->again = 0;
    task->seated = false;
    claim_drop(task->lock, sweep->place->study_dir, task->record.id);
}

void sweep_work_on(const SweepWorker *worker, Task *task)
{
    Sweep *sweep = worker->sweep;
    Err    err   = { 0 };
    Turn   turn  = TURN_YIELDED;
    for (bool first = true; turn == TURN_YIELDED; first = false) {
        pthread_mutex_unlock(&sweep->lock);
        turn = task->again ? sweep_again(worker, task, first, &err)
                           : sweep_train(worker, task, first, &err);
        pthread_mutex_lock(&sweep->lock);
        sweep->free += task->threads;
        if (turn == TURN_YIELDED)
            hold(sweep, task, (int)i64_min(sweep->free,
                                           i64_min(task->wanted,
                                                   task->lanes)));
    }
    if (turn == TURN_FAILED)
        sweep_fail(sweep, task, &err);
    sweep_drop(sweep, task, turn);
    pthread_cond_broadcast(&sweep->news);
}

static void *work(void *self)
{
    const SweepWorker *worker = self;
    Sweep        *sweep  = worker->sweep;
    pthread_mutex_lock(&sweep->lock);
    for (Task *task; (task = next(sweep));)
        sweep_work_on(worker, task);
    pthread_cond_broadcast(&sweep->news);
    pthread_mutex_unlock(&sweep->lock);
    return NULL;
}

/* A thread for each; what cannot have one is done by the others. */
typedef struct Hands {
    int       count;
    pthread_t thread[CORES_MAX + DEVICES_MAX];
} Hands;

static bool hand(Hands *hands, void *(*work_at)(void *), void *self)
{
    const bool ok = pthread_create(&hands->thread[hands->count], NULL, work_at,
                                   self) == 0;
    hands->count += ok;
    return ok;
}

/* This thread is the last of the devices', or the first core's. */
static void work_all(Sweep *sweep, Device *const *device, int devices)
{
    Hands  hands = { 0 };
    SweepWorker worker[CORES_MAX];
    for (int i = 0; i < sweep->workers; i++) {
        worker[i] = (SweepWorker){ .sweep = sweep, .index = i };
        sweep->row[i] = true;
    }
    const int last = sweep->workers ? devices : devices - 1;
    for (int i = 0; i < last; i++)
        if (!hand(&hands, device_work, device[i])) {
            Err err = { 0 };
            (void)err_set(&err, ERR_IO, "no thread can be had for a device; "
                          "raise the limit on threads");
            sweep_fail(sweep, NULL, &err);
        }
    for (int i = 1; i < sweep->workers; i++)
        if (!hand(&hands, work, &worker[i]))
            break;
    if (sweep->workers)
        work(&worker[0]);
    else
        device_work(device[last]);
    for (int i = 0; i < hands.count; i++)
        pthread_join(hands.thread[i], NULL);
}

/* -- All of them ----------------------------------------------------------- */

static void skip_finished(Sweep *sweep)
{
    for (i64 i = 0; i < sweep->tasks.count; i++) {
        Task *task = &sweep->tasks.task[i];
        if (!sweep_over(sweep, task) || !task->asked)
            continue;
        sweep->report->skipped++;
        progress_skip(sweep->place->progress, task->run->flop_new);
    }
}

/* A run holds its claim, its log, and for a moment its checkpoint. */
static void files_allow(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/* What no device here can train is for cores; without any it is refused before
 * anything begins. */
static bool devices_begin(Sweep *sweep, Arena *arena, Device **device,
                          Err *err)
{
    const Devices *devices = sweep->place->devices;
    if (!devices || devices->count == 0)
        return true;
    files_allow();
    kinds_make(&sweep->kinds, arena, &sweep->tasks, sweep->place);
    for (i64 i = 0; !sweep->workers && i < sweep->tasks.count; i++)
        if (!kind_check(&sweep->kinds, &sweep->tasks.task[i], sweep->place,
                        err))
            return false;
    for (int i = 0; i < devices->count; i++)
        device[i] = device_new(sweep, arena, i);
    return true;
}

bool sweep_run(SweepReport *out, const LadderRun *const *runs, i64 count,
               const SweepPlace *place, Err *err)
{
    *out = (SweepReport){ 0 };
    if (count < 1)
        return true;
    Arena     arena = { 0 };
    Device   *device[DEVICES_MAX];
    const int devices = place->devices ? place->devices->count : 0;
    const i64 cores = i64_min(i64_max(place->cores, devices ? 0 : 1),
                              CORES_MAX);
    Sweep     sweep = {
        .place    = place,
        .runs_dir = arena_print(&arena, "%s/runs", place->study_dir),
        .free     = (int)cores,
        .room     = footprint_available(),
        .report   = out,
        .err      = err,
    };
    const double began = clock_s();
    tasks_make(&sweep.tasks, &arena, runs, count, place, sweep.runs_dir);
    sweep.workers = (int)i64_min(cores, sweep.tasks.count);
    skip_finished(&sweep);
    if (!devices_begin(&sweep, &arena, device, err)) {
        arena_free(&arena);
        return false;
    }
    pthread_mutex_init(&sweep.lock, NULL);
    pthread_cond_init(&sweep.news, NULL);
    work_all(&sweep, device, devices);
    pthread_cond_destroy(&sweep.news);
    pthread_mutex_destroy(&sweep.lock);
    out->wall_s = clock_s() - began;
    arena_free(&arena);
    return !sweep.failed;
}
