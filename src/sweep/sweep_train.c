/* sweep_train.c - a worker's turn at one run: the trainer's hooks, what is
 * written down on the way and at the end (see sweep_parts.h). */

#include "sweep/sweep_parts.h"

#include "base/clock.h"
#include "base/file.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What the hooks of one run need. The log is opened when it is known where the
 * run goes on from: opened at 0 before that, it would forget the beginning of a
 * run that resumes. */
typedef struct Watch {
    const SweepWorker *worker;
    Task         *task;
    MetricLog    *log;
    bool          first;     /* turn in this process                        */
    i64           until;     /* above 0: stop there; it is trained again     */
} Watch;

/* Progress is of what a run does itself. */
static i64 own_step(const Task *task, i64 step)
{
    return step - task->config.branch_at;
}

static void begin_count(Sweep *sweep, Task *task, i64 step)
{
    pthread_mutex_lock(&sweep->lock);
    __atomic_store_n(&task->step, step, __ATOMIC_RELAXED);
    task->began_step = step;
    task->began_s    = clock_s();
    pthread_mutex_unlock(&sweep->lock);
}

static bool watch_resumed(void *self, i64 step, Err *err)
{
    Watch       *watch = self;
    Task        *task  = watch->task;
    Sweep       *sweep = watch->worker->sweep;
    begin_count(sweep, task, step);
    if (watch->first)
        progress_resumed(sweep->place->progress, watch->worker->index,
                         own_step(task, step));
    return metric_open(&watch->log, &task->record, sweep->runs_dir, step, err);
}

static bool watch_metric(void *self, const TrainMetric *metric, Err *err)
{
    Watch *watch = self;
    Run   *record = &watch->task->record;
    if (!watch->log && !metric_open(&watch->log, record,
                                    watch->worker->sweep->runs_dir, 0, err))
        return false;
    const Metric line = record_metric(metric, record->bytes_per_token);
    return metric_put(watch->log, &line, err);
}

static void watch_step(void *self, i64 step, double loss)
{
    const Watch *watch = self;
    Task        *task  = watch->task;
    Sweep       *sweep = watch->worker->sweep;
    __atomic_store_n(&task->step, step, __ATOMIC_RELAXED);
    progress_step(sweep->place->progress, watch->worker->index,
                  own_step(task, step), loss);
    if (pthread_mutex_trylock(&sweep->lock) == 0) {
        sweep_look(sweep);
        pthread_mutex_unlock(&sweep->lock);
    }
}

static bool yields(const Task *task)
{
    return __atomic_load_n(&task->yield, __ATOMIC_RELAXED);
}

static bool watch_stop(void *self)
{
    const Watch *watch = self;
    return sweep_halts(watch->worker->sweep) || yields(watch->task)
        || (watch->until > 0
            && __atomic_load_n(&watch->task->step, __ATOMIC_RELAXED)
                   >= watch->until);
}

bool sweep_halts(const Sweep *sweep)
{
    return sweep_stopping() || __atomic_load_n(&sweep->halt, __ATOMIC_RELAXED);
}

const Shard *sweep_shard(const Sweep *sweep, const Task *task)
{
    return task->run->shard ? task->run->shard : sweep->place->of.shard;
}

/* One call of the trainer, and the core time that it took. */
static bool train(TrainResult *result, Watch *watch, const TrainConfig *config,
                  const TrainHooks *hooks, const char *file, Err *err)
{
    Sweep       *sweep = watch->worker->sweep;
    Task        *task  = watch->task;
    const double began = clock_s();
    char         checkpoint[TASK_PATH];
    snprintf(checkpoint, sizeof checkpoint, "%s/%s", task->dir, file);
    begin_count(sweep, task, config->branch_at);
    const bool ok = train_run(result, config, sweep_shard(sweep, task),
                              checkpoint, hooks, err);
    pthread_mutex_lock(&sweep->lock);
    sweep->report->core_s += task->threads * (clock_s() - began);
    pthread_mutex_unlock(&sweep->lock);
    return ok;
}

static TrainConfig config_here(const SweepWorker *worker, const Task *task)
{
    TrainConfig config = task->config;
    config.threads = task->seated ? 1 : task->threads;
    if (worker->device) {
        config.device = worker->device;
        config.gang   = worker->gang;
    }
    return config;
}

static bool train_once(TrainResult *result, Watch *watch, Err *err)
{
    const TrainHooks hooks = {
        .self    = watch,
        .resumed = watch_resumed,
        .metric  = watch_metric,
        .step    = watch_step,
        .stop    = watch_stop,
    };
    const TrainConfig config = config_here(watch->worker, watch->task);
    const bool ok = train(result, watch, &config, &hooks, "checkpoint", err);
    metric_close(watch->log);
    return ok;
}

/* What its tokens mean lies beside a run, so that it can write text wherever
 * its folder goes. */
static bool tokenizer_write(const Sweep *sweep, const Task *task, Err *err)
{
    const Shard *shard = sweep_shard(sweep, task);
    char         path[TASK_PATH];
    snprintf(path, sizeof path, "%s/tokenizer.bpe", task->dir);
    return !shard->tokenizer_bytes
        || file_write(path, shard->tokenizer_text, shard->tokenizer_bytes,
                      err);
}

static bool begin(const SweepWorker *worker, Task *task, Err *err)
{
    const LadderRun *run   = task->run;
    const Sweep     *sweep = worker->sweep;
    char            *now   = task->started;
    clock_utc(now);
    task->record.started = now;
    progress_begin(sweep->place->progress, worker->index, run->name,
                   run->flop_new, own_step(task, task->config.steps));
    if (worker->device)
        progress_device(sweep->place->progress, worker->index);
    return run_write(&task->record, sweep->runs_dir, false, err)
        && tokenizer_write(sweep, task, err);
}

static void count_result(Sweep *sweep, Task *task, const TrainResult *result)
{
    pthread_mutex_lock(&sweep->lock);
    switch (result->status) {
    case TRAIN_DONE:        sweep->report->done++; break;
    case TRAIN_DIVERGED:
    case TRAIN_PLATEAU:     sweep->report->found++; break;
    case TRAIN_INTERRUPTED: sweep->report->interrupted = true; break;
    }
    sweep->report->on_device += task->seated
                             && result->status != TRAIN_INTERRUPTED;
    task->ended_step = result->step;
    pthread_mutex_unlock(&sweep->lock);
}

static bool write_down(const SweepWorker *worker, Task *task,
                       const TrainResult *result, Err *err)
{
    Sweep     *sweep = worker->sweep;
    const bool ended = result->status != TRAIN_INTERRUPTED;
    char       positions[TASK_PATH];
    snprintf(positions, sizeof positions, "%s/position.csv", task->dir);
    if (!record_positions(result, task->config.shape.context, positions, err))
        return false;
    record_end(&task->record, result);
    if (!run_write(&task->record, sweep->runs_dir, ended, err))
        return false;
    count_result(sweep, task, result);
    if (ended)
        progress_end(sweep->place->progress, worker->index);
    return true;
}

Turn sweep_train(const SweepWorker *worker, Task *task, bool first, Err *err)
{
    Watch       watch  = { .worker = worker, .task = task, .first = first };
    TrainResult result = { 0 };
    if ((first && !begin(worker, task, err))
        || !train_once(&result, &watch, err))
        return TURN_FAILED;
    if (result.status == TRAIN_INTERRUPTED && !sweep_halts(worker->sweep))
        return TURN_YIELDED;
    if (!write_down(worker, task, &result, err))
        return TURN_FAILED;
    return result.status == TRAIN_INTERRUPTED ? TURN_STOPPED : TURN_OVER;
}

/* -- Without training ------------------------------------------------------ */

bool sweep_give_up(Sweep *sweep, Task *task, Err *err)
{
    Run        *record = &task->record;
    const Task *after  = task->after;
    snprintf(task->reason, sizeof task->reason, "not trained: it begins from "
             "step %lld of %.96s, which ended (%s) after %lld",
             (long long)(task->after_step > 0 ? task->after_step
                                              : after->config.steps),
             after->record.id, after->status, (long long)after->ended_step);
    record->status   = after->status;
    record->reason   = task->reason;
    record->kernels  = task->config.kernels;
    record->flop     = record->flop_new = record->flop_6nd = 0;
    record->epochs   = record->wall_s = 0;
    if (!run_write(record, sweep->runs_dir, true, err))
        return false;
    char line[512];
    snprintf(line, sizeof line, "run %.96s: %s", record->id, task->reason);
    progress_say(sweep->place->progress, line);
    progress_skip(sweep->place->progress, task->run->flop_new);
    return true;
}

bool sweep_over(const Sweep *sweep, Task *task)
{
    Arena arena = { 0 };
    Err   why   = { 0 };
    Run   run;
    const bool over = run_finished(sweep->runs_dir, task->record.id)
        && run_read(&run, &arena, task->dir, &why);
    if (over) {
        task->state  = TASK_OVER;
        task->status = !strcmp(run.status, "diverged") ? "diverged"
                     : !strcmp(run.status, "plateau")  ? "plateau" : "done";
        task->ended_step = run.tokens / i64_max(1, run.batch_tokens);
    }
    arena_free(&arena);
    return over;
}

/* -- Once more for a checkpoint -------------------------------------------- */

static i64 again_step(const Task *task)
{
    return i64_min(task->again, task->ended_step);
}

static void say_again(const Sweep *sweep, const Task *task)
{
    char line[512];
    snprintf(line, sizeof line, "run %.96s: its checkpoint of step %lld is "
             "gone, and others begin from it: trained again up to there, "
             "%.2g FLOP", task->record.id, (long long)again_step(task),
             task->run->flop_new * (double)own_step(task, again_step(task))
                 / (double)own_step(task, task->config.steps));
    progress_say(sweep->place->progress, line);
}

static bool put_back_one(const Task *task, const char *suffix, Err *err)
{
    char from[TASK_PATH], to[TASK_PATH];
    snprintf(from, sizeof from, "%s/again%s", task->dir, suffix);
    snprintf(to, sizeof to, "%s/checkpoint%s", task->dir, suffix);
    return !file_exists(from) || rename(from, to) == 0
        || err_set(err, ERR_IO, "%s: cannot be renamed to %s", from, to);
}

/* again-STEP of every step to keep becomes checkpoint-STEP; and the last one,
 * if it went to the end. */
static bool put_back(const Task *task, Err *err)
{
    const RealList *keep = &task->config.keep;
    char            suffix[32];
    for (i64 i = 0; i < keep->count; i++) {
        snprintf(suffix, sizeof suffix, "-%.0f", keep->item[i]);
        if (!put_back_one(task, suffix, err))
            return false;
    }
    if (task->again == TASK_END)
        return put_back_one(task, "", err);
    char rest[TASK_PATH], made[TASK_PATH];
    snprintf(rest, sizeof rest, "%s/again", task->dir);
    snprintf(made, sizeof made, "%s/checkpoint-%lld", task->dir,
             (long long)task->again);
    unlink(rest);
    return file_exists(made)
        || err_set(err, ERR_IO, "%s: was trained again for, and is not there; "
                   "start the study once more", made);
}

/* What was trained again must have come as far as before. */
static Turn again_ended(const Sweep *sweep, const Task *task,
                        const TrainResult *result, Err *err)
{
    const bool stopped = result->status == TRAIN_INTERRUPTED;
    if (result->step >= again_step(task)
        && !(stopped && task->again == TASK_END))
        return put_back(task, err) ? TURN_OVER : TURN_FAILED;
    if (stopped)
        return sweep_halts(sweep) ? TURN_STOPPED : TURN_YIELDED;
    err_set(err, ERR_FORMAT, "trained again for its checkpoint of step %lld it "
            "ended after %lld, as it did not before; remove its folder to "
            "train it anew", (long long)again_step(task),
            (long long)result->step);
    return TURN_FAILED;
}

/* Under another name, so that what the record stands for is not touched. */
Turn sweep_again(const SweepWorker *worker, Task *task, bool first, Err *err)
{
    Watch watch = { .worker = worker, .task = task,
                    .until = task->again == TASK_END ? 0 : task->again };
    const TrainHooks hooks = { .self = &watch, .step = watch_step,
                               .stop = watch_stop };
    TrainResult  result = { 0 };
    const TrainConfig config = config_here(worker, task);
    if (first)
        say_again(worker->sweep, task);
    return train(&result, &watch, &config, &hooks, "again", err)
         ? again_ended(worker->sweep, task, &result, err) : TURN_FAILED;
}

/* -- What others do -------------------------------------------------------- */

static double flop_so_far(const Sweep *sweep, const Task *task)
{
    Arena      arena = { 0 };
    Err        why   = { 0 };
    MetricList log   = { 0 };
    double     flop  = 0;
    if (metric_read(&log, &arena, sweep->runs_dir, task->record.id, &why)
        && log.count > 0)
        flop = log.metric[log.count - 1].flop
             - (task->run->flop - task->run->flop_new);
    arena_free(&arena);
    return flop > 0 ? flop : 0;
}

void sweep_look(Sweep *sweep)
{
    double now = 0;
    i64    runs = 0;
    if (clock_s() - sweep->looked_s < 1)
        return;
    sweep->looked_s = clock_s();
    for (i64 i = 0; i < sweep->tasks.count; i++) {
        Task *task = &sweep->tasks.task[i];
        if (task->state != TASK_ELSEWHERE)
            continue;
        const bool   met  = task->flop_seen >= 0;
        const double flop = flop_so_far(sweep, task);
        if (!met)
            progress_before(sweep->place->progress, flop);
        task->flop_seen = flop;
        now += flop;
        runs++;
    }
    progress_elsewhere(sweep->place->progress, now, runs);
}
