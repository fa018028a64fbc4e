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

/* -- Loss along the context ------------------------------------------------ */

/* Places 2^(k-1) .. 2^k - 1, from 0, within the context; bin 0 is place 0. */
static i64 bin_from(int bin) { return bin ? (i64)1 << (bin - 1) : 0; }
static i64 bin_to(int bin, i64 T) { return i64_min(T, (i64)1 << bin); }

int train_bins(i64 context)
{
    int bins = 1;
    while (bins < TRAIN_BINS && bin_from(bins) < context)
        bins++;
    return bins;
}

double train_bin_position(int bin, i64 context)
{
    return sqrt((double)(bin_from(bin) + 1) * (double)bin_to(bin, context));
}

static void bin_means(double *out, const real *loss, i64 T)
{
    for (int k = 0; k < train_bins(T); k++)
        out[k] = mean(loss + bin_from(k), bin_to(k, T) - bin_from(k));
}

void eval_positions(double out[TRAIN_BINS], const Space *space, i64 tokens)
{
    const i64 T = space->shape.context, n = tokens / T;
    const int bins = train_bins(T);
    for (int k = 0; k < TRAIN_BINS; k++) {
        double sum = 0;
        for (i64 i = 0; k < bins && i < n; i++)
            sum += space->eval_bin[i * bins + k];
        out[k] = k < bins ? sum / (double)n : NAN;
    }
}

/* -- Taking one ------------------------------------------------------------ */

i64 eval_sequences(const TrainConfig *config, const Shard *shard, i64 tokens)
{
    return i64_min(batch_val_windows(shard, config->shape.context),
                   config_eval_sequences(config, tokens));
}

void eval_row(Space *space, i64 i, const real *loss)
{
    const i64 T = space->shape.context;
    space->eval_loss[i] = mean(loss, T);
    bin_means(space->eval_bin + i * train_bins(T), loss, T);
}

EvalResult eval_result(const Space *space, i64 sequences)
{
    return eval_summary(space->eval_loss, sequences, space->shape.context);
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
        eval_row(space, from + b, worker->loss + b * T);
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
    const Eval e = {
        .space = space, .shard = shard,
        .windows   = batch_val_windows(shard, config->shape.context),
        .sequences = eval_sequences(config, shard, tokens),
    };
    if (config->threads == 1) {
        pass(&e, 0, 1);
    } else {
#pragma omp parallel num_threads(config->threads)
        pass(&e, omp_get_thread_num(), omp_get_num_threads());
    }
    return eval_result(space, e.sequences);
}
