/* sweep.c - see sweep.h. Workers take the next run from one shared list; all
 * that they share besides is under one lock. */

#include "sweep/sweep.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

typedef struct Sweep {
    const SweepPlace     *place;
    const char           *runs_dir;
    const LadderRun *const *run;   /* [count], longest first */
    i64                   count, next;
    int                   workers;
    bool                  failed;
    SweepReport          *report;
    Err                  *err;
    pthread_mutex_t       lock;
} Sweep;

typedef struct Worker {
    Sweep *sweep;
    int    index;
} Worker;

/* What the hooks of one run need. The log is opened when it is known where the
 * run goes on from: opened at 0 before that, it would forget the beginning of a
 * run that resumes. */
typedef struct Watch {
    const Worker *worker;
    const Run    *record;
    MetricLog    *log;
    i64           branch_at; /* progress is of what it does itself */
} Watch;

static bool watch_resumed(void *self, i64 step, Err *err)
{
    Watch       *watch = self;
    const Sweep *sweep = watch->worker->sweep;
    progress_resumed(sweep->place->progress, watch->worker->index,
                     step - watch->branch_at);
    return metric_open(&watch->log, watch->record, sweep->runs_dir, step, err);
}

static bool watch_metric(void *self, const TrainMetric *metric, Err *err)
{
    Watch *watch = self;
    if (!watch->log && !metric_open(&watch->log, watch->record,
                                    watch->worker->sweep->runs_dir, 0, err))
        return false;
    const Metric line = record_metric(metric, watch->record->bytes_per_token);
    return metric_put(watch->log, &line, err);
}

static void watch_step(void *self, i64 step, double loss)
{
    const Watch *watch = self;
    progress_step(watch->worker->sweep->place->progress, watch->worker->index,
                  step - watch->branch_at, loss);
}

static bool watch_stop(void *self)
{
    (void)self;
    return sweep_stopping();
}

static bool train(TrainResult *result, Watch *watch, const TrainConfig *config,
                  Err *err)
{
    const Sweep     *sweep = watch->worker->sweep;
    const TrainHooks hooks = {
        .self    = watch,
        .resumed = watch_resumed,
        .metric  = watch_metric,
        .step    = watch_step,
        .stop    = watch_stop,
    };
    char checkpoint[4096];
    snprintf(checkpoint, sizeof checkpoint, "%s/%s/checkpoint",
             sweep->runs_dir, watch->record->id);
    return train_run(result, config, sweep->place->of.shard, checkpoint, &hooks,
                     err);
}

static void count_result(Sweep *sweep, const TrainResult *result)
{
    pthread_mutex_lock(&sweep->lock);
    switch (result->status) {
    case TRAIN_DONE:        sweep->report->done++; break;
    case TRAIN_DIVERGED:
    case TRAIN_PLATEAU:     sweep->report->found++; break;
    case TRAIN_INTERRUPTED: sweep->report->interrupted = true; break;
    }
    pthread_mutex_unlock(&sweep->lock);
}

/* What its tokens mean lies beside a run, so that it can write text wherever
 * its folder goes. */
static bool tokenizer_write(const Sweep *sweep, const Run *record, Err *err)
{
    const Shard *shard = sweep->place->of.shard;
    char         path[4096];
    snprintf(path, sizeof path, "%s/%s/tokenizer.bpe", sweep->runs_dir,
             record->id);
    return !shard->tokenizer_bytes
        || file_write(path, shard->tokenizer_text, shard->tokenizer_bytes,
                      err);
}

/* Train one run and write down what came of it. */
static bool run_train(const Worker *worker, const LadderRun *run, Run *record,
                      int threads, Err *err)
{
    Sweep      *sweep  = worker->sweep;
    Watch       watch  = { .worker = worker, .record = record,
                           .branch_at = run->config.branch_at };
    TrainResult result = { 0 };
    TrainConfig config = run->config;
    config.threads = threads;

    progress_begin(sweep->place->progress, worker->index, run->name,
                   run->flop_new, config.steps - config.branch_at);
    const bool ok = run_write(record, sweep->runs_dir, false, err)
           && tokenizer_write(sweep, record, err)
           && train(&result, &watch, &config, err);
    metric_close(watch.log);
    if (!ok)
        return false;

    char positions[4096];
    snprintf(positions, sizeof positions, "%s/%s/position.csv",
             sweep->runs_dir, record->id);
    if (!record_positions(&result, config.shape.context, positions, err))
        return false;
    record_end(record, &result);
    count_result(sweep, &result);
    if (result.status != TRAIN_INTERRUPTED)
        progress_end(sweep->place->progress, worker->index);
    return run_write(record, sweep->runs_dir,
                     result.status != TRAIN_INTERRUPTED, err);
}

static bool run_one(const Worker *worker, const LadderRun *run, int threads,
                    Err *err)
{
    Sweep *sweep  = worker->sweep;
    Arena  arena  = { 0 };
    Run    record = record_begin(&arena, &sweep->place->of, run);
    bool   ok     = true;

    if (run_finished(sweep->runs_dir, record.id)) {
        pthread_mutex_lock(&sweep->lock);
        sweep->report->skipped++;
        pthread_mutex_unlock(&sweep->lock);
        progress_skip(sweep->place->progress, run->flop_new);
    } else if (!run_train(worker, run, &record, threads, err)) {
        ok = err_add(err, "run %s", record.id);
    }
    arena_free(&arena);
    return ok;
}

/* The next run, or NULL; and how many threads it may have: with fewer runs
 * than cores, the spare cores are shared out. */
static const LadderRun *take(Sweep *sweep, int *threads)
{
    const LadderRun *run = NULL;
    pthread_mutex_lock(&sweep->lock);
    if (sweep->next < sweep->count && !sweep->failed && !sweep_stopping())
        run = sweep->run[sweep->next++];
    *threads = (int)i64_max(1, sweep->place->cores / sweep->workers);
    pthread_mutex_unlock(&sweep->lock);
    return run;
}

static void *work(void *self)
{
    const Worker *worker = self;
    Sweep        *sweep  = worker->sweep;
    int           threads;
    for (const LadderRun *run; (run = take(sweep, &threads));) {
        Err err = { 0 };
        if (run_one(worker, run, threads, &err))
            continue;
        pthread_mutex_lock(&sweep->lock);
        if (!sweep->failed)
            *sweep->err = err;
        sweep->failed = true;
        pthread_mutex_unlock(&sweep->lock);
    }
    return NULL;
}

static int longer_first(const void *a, const void *b)
{
    const LadderRun *x = *(const LadderRun *const *)a;
    const LadderRun *y = *(const LadderRun *const *)b;
    if (x->flop_new != y->flop_new)
        return x->flop_new < y->flop_new ? 1 : -1;
    return strcmp(x->name, y->name);
}

static void work_all(Sweep *sweep)
{
    pthread_t thread[256];
    Worker    worker[256];
    for (int i = 0; i < sweep->workers; i++) {
        worker[i] = (Worker){ sweep, i };
        if (i > 0 && pthread_create(&thread[i], NULL, work, &worker[i]) != 0)
            sweep->workers = i; /* fewer hands; the work is the same */
    }
    work(&worker[0]);
    for (int i = 1; i < sweep->workers; i++)
        pthread_join(thread[i], NULL);
}

bool sweep_run(SweepReport *out, const LadderRun *const *runs, i64 count,
               const SweepPlace *place, Err *err)
{
    *out = (SweepReport){ 0 };
    if (count < 1)
        return true;
    Arena           arena = { 0 };
    const LadderRun **order = NEW(&arena, const LadderRun *, count);
    memcpy(order, runs, (size_t)count * sizeof *order);
    qsort(order, (size_t)count, sizeof *order, longer_first);

    const i64 cores = i64_min(i64_max(place->cores, 1), 256);
    Sweep sweep = {
        .place    = place,
        .runs_dir = arena_print(&arena, "%s/runs", place->study_dir),
        .run      = order,
        .count    = count,
        .workers  = (int)i64_min(cores, count),
        .report   = out,
        .err      = err,
    };
    pthread_mutex_init(&sweep.lock, NULL);
    work_all(&sweep);
    pthread_mutex_destroy(&sweep.lock);
    arena_free(&arena);
    return !sweep.failed;
}
