/* eval.c - held-out sequences in micro-batches, each sequence's mean in its
 * own place, then mean and standard error in their order: no thread count
 * shows. */

#include "train/eval.h"

#include "data/batch.h"
#include "train/config.h"

#include <math.h>
#include <omp.h>

typedef struct Eval {
    Space       *space;
    const Shard *shard;
    i64          sequences, windows;
} Eval;

static double mean(const real *loss, i64 n)
{
    double sum = 0;
    for (i64 t = 0; t < n; t++)
        sum += (double)loss[t];
    return sum / (double)n;
}

static void pass_micro(const Eval *e, Worker *worker, i64 from, i64 count)
{
    Space    *space = e->space;
    const i64 T = space->shape.context;

    for (i64 b = 0; b < count; b++)
        batch_val(worker->x + b * T, worker->y + b * T, e->shard, T,
                  (from + b) * e->windows / e->sequences);
    batch_drawn(e->shard, from, count);
    space->arch->pass(worker->loss, NULL, space->kern, &space->shape,
                      space->state.param, space->packed, worker->work,
                      worker->x, worker->y, count,
                      &(PassHow){ 0 });
    for (i64 b = 0; b < count; b++)
        space->eval_loss[from + b] = mean(worker->loss + b * T, T);
}

static void pass(const Eval *e, i64 thread, i64 threads)
{
    const i64 micro = e->space->micro;
    for (i64 i = thread; i * micro < e->sequences; i += threads)
        pass_micro(e, e->space->worker + thread, i * micro,
                   i64_min(micro, e->sequences - i * micro));
}

EvalResult eval_summary(const double *sequence_loss, i64 n, i64 context)
{
    double sum = 0, squares = 0;
    for (i64 i = 0; i < n; i++)
        sum += sequence_loss[i];
    const double middle = sum / (double)n;
    for (i64 i = 0; i < n; i++) {
        const double off = sequence_loss[i] - middle;
        squares += off * off;
    }
    return (EvalResult){
        .loss   = middle,
        .se     = n > 1 ? sqrt(squares / (double)(n - 1) / (double)n) : NAN,
        .tokens = n * context,
    };
}

EvalResult eval_take(Space *space, const TrainConfig *config,
                     const Shard *shard, i64 tokens)
{
    const i64  T = space->shape.context;
    const i64  windows = batch_val_windows(shard, T);
    const Eval e = {
        .space = space, .shard = shard, .windows = windows,
        .sequences = i64_min(windows, config_eval_sequences(config, tokens)),
    };
    if (config->threads == 1) {
        pass(&e, 0, 1);
    } else {
#pragma omp parallel num_threads(config->threads)
        pass(&e, omp_get_thread_num(), omp_get_num_threads());
    }
    return eval_summary(space->eval_loss, e.sequences, T);
}
