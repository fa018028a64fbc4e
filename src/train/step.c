/* step.c - one step of training, in three parts with a barrier after each:
 *
 *   pass    each lane: the micro-batches dealt to it, one after the other
 *   gather  each span: lanes summed in pairs of pairs, and its squares
 *   update  each span: the norm of all, the same for whoever asks; the optimizer
 *
 * With one thread these are three calls, and OpenMP is not entered. */

#include "train/step.h"

#include "data/batch.h"
#include "train/schedule.h"

#include <math.h>
#include <omp.h>

typedef struct Step {
    Space             *space;
    const TrainConfig *config;
    const Shard       *shard;
    i64                step;
    bool               noise; /* squares of each lane are wanted */
} Step;

typedef struct Team { i64 thread, threads; } Team;

/* Where part number i of n starts, of `all` things. */
static i64 part(i64 all, i64 i, i64 n) { return all * i / n; }

/* The number of the step's first sequence: a fork goes on in the order of the
 * run that it left. */
static i64 first_sequence(const Step *s)
{
    return s->space->state.head->at.sequences_before
           + s->step * s->space->batch;
}

/* -- pass ----------------------------------------------------------------- */

/* Sequences from .. from + count of the step's batch; adds to the gradient
 * of the lane and gives the sum of their losses. */
static double pass_micro(const Step *s, Worker *worker, real *grad, i64 from,
                         i64 count)
{
    const Space *space = s->space;
    const i64    T = space->shape.context;
    const i64    first = first_sequence(s) + from;

    for (i64 b = 0; b < count; b++)
        batch_train(worker->x + b * T, worker->y + b * T, s->shard, T,
                    s->config->unique_tokens, s->config->seed, first + b);
    batch_drawn(s->shard, first, count);

    const PassHow how = {
        .scale    = (real)(1.0 / (double)(space->batch * T)),
        .z_loss   = (real)s->config->z_loss,
        .dropout  = (real)s->config->dropout,
        .seed     = s->config->seed,
        .sequence = first,
    };
    space->arch->pass(worker->loss, grad, space->kern, &space->shape,
                      space->state.param, space->packed, worker->work,
                      worker->x, worker->y, count, &how);
    double sum = 0;
    for (i64 t = 0; t < count * T; t++)
        sum += (double)worker->loss[t];
    return sum;
}

static void pass_lane(const Step *s, Worker *worker, i64 lane)
{
    Space    *space = s->space;
    const i64 first = part(space->micros, lane, space->lanes);
    const i64 last  = part(space->micros, lane + 1, space->lanes);

    space->lane_loss[lane] = 0;
    for (i64 i = first; i < last; i++) {
        const i64 from  = i * space->micro;
        const i64 count = i64_min(space->micro, space->batch - from);
        space->lane_loss[lane] += pass_micro(s, worker, space->grad[lane],
                                             from, count);
    }
}

static void pass(const Step *s, Team team)
{
    Worker *worker = s->space->worker + team.thread;
    for (i64 lane = team.thread; lane < s->space->lanes; lane += team.threads)
        pass_lane(s, worker, lane);
}

/* -- gather --------------------------------------------------------------- */

/* Lane 0 receives the sum of all: 0 += 1, 2 += 3, ... then 0 += 2, ... */
static void gather_span(const Space *space, const Span *span)
{
    const Kern *kern = space->kern;
    for (i64 apart = 1; apart < space->lanes; apart *= 2)
        for (i64 to = 0; to + apart < space->lanes; to += 2 * apart)
            kern->gather(space->grad[to] + span->at,
                         space->grad[to + apart] + span->at, span->count);
}

static void square_lanes(const Space *space, i64 i)
{
    const Span *span = space->span + i;
    for (i64 lane = 0; lane < space->lanes; lane++)
        space->lane_square[lane * space->spans + i] =
            space->kern->sum_squares(space->grad[lane] + span->at,
                                     span->count);
}

static void gather(const Step *s, Team team)
{
    const Space *space = s->space;
    const i64 last = part(space->spans, team.thread + 1, team.threads);

    for (i64 i = part(space->spans, team.thread, team.threads); i < last;
         i++) {
        const Span *span = space->span + i;
        if (s->noise)
            square_lanes(space, i);
        gather_span(space, span);
        space->square[i] = space->kern->sum_squares(
            space->grad[0] + span->at, span->count);
    }
}

/* -- update --------------------------------------------------------------- */

static double norm(const Space *space)
{
    double sum = 0;
    for (i64 i = 0; i < space->spans; i++)
        sum += space->square[i];
    return sqrt(sum);
}

static OptimizerStep optimizer_step(const Step *s, double grad_norm)
{
    const TrainConfig *c = s->config;
    const i64 number = s->space->state.head->at.updates_before + s->step + 1;
    const double       t = (double)number;
    return (OptimizerStep){
        .config = c,
        .kern   = s->space->kern,
        .number = number,
        .lr     = train_lr(c, s->step),
        .scale  = c->clip > 0 && grad_norm > c->clip ? c->clip / grad_norm : 1,
        .rest1  = 1 - pow(c->beta1, t),
        .rest2  = 1 - pow(c->beta2, t),
    };
}

static OptimizerSpan optimizer_span(const Space *space, const Span *span)
{
    return (OptimizerSpan){
        .p = space->state.param + span->at, .m = space->state.m + span->at,
        .v = space->state.v + span->at,     .g = space->grad[0] + span->at,
        .count = span->count, .lr_scale = span->lr_scale,
        .decay = span->decay,
    };
}

/* Dealt like cards: those of one tensor are alike, and go to all threads. */
static void update_matrices(const Step *s, Team team,
                            const OptimizerStep *step)
{
    const Space *space = s->space;
    for (i64 i = team.thread; i < space->matrices; i += team.threads) {
        const Matrix         *m = space->matrix + i;
        const OptimizerMatrix matrix = {
            .p = space->state.param + m->at, .m = space->state.m + m->at,
            .g = space->grad[0] + m->at, .rows = m->rows, .cols = m->cols,
            .stride = m->stride, .lr_scale = m->lr_scale, .decay = m->decay,
        };
        space->optimizer->matrix(step, &matrix,
                                 space->worker[team.thread].work);
    }
}

static void update(const Step *s, Team team)
{
    const Space *space = s->space;
    const double grad_norm = norm(space);
    if (!isfinite(grad_norm))
        return;

    const OptimizerStep step = optimizer_step(s, grad_norm);
    const i64 last = part(space->spans, team.thread + 1, team.threads);
    for (i64 i = part(space->spans, team.thread, team.threads); i < last;
         i++) {
        const OptimizerSpan span = optimizer_span(space, space->span + i);
        if (!space->span[i].whole)
            space->optimizer->span(&step, &span);
    }
    update_matrices(s, team, &step);
}

/* -- all of it ------------------------------------------------------------ */

static void take_alone(const Step *s)
{
    const Team alone = { .thread = 0, .threads = 1 };
    pass(s, alone);
    gather(s, alone);
    update(s, alone);
}

static void take_together(const Step *s, int threads)
{
#pragma omp parallel num_threads(threads)
    {
        const Team team = { .thread  = omp_get_thread_num(),
                            .threads = omp_get_num_threads() };
        pass(s, team);
#pragma omp barrier
        gather(s, team);
#pragma omp barrier
        update(s, team);
    }
}

void step_pack(Space *space)
{
    space->arch->pack(space->packed, space->kern, &space->shape,
                      space->state.param);
}

static double mean_loss(const Space *space)
{
    double sum = 0;
    for (i64 lane = 0; lane < space->lanes; lane++)
        sum += space->lane_loss[lane];
    return sum / (double)(space->batch * space->shape.context);
}

static i64 lane_sequences(const Space *space, i64 lane)
{
    const i64 first = part(space->micros, lane, space->lanes);
    const i64 last  = part(space->micros, lane + 1, space->lanes);
    return i64_min(last * space->micro, space->batch) - first * space->micro;
}

/* A lane's gradient is its share of the batch's mean: times batch over its own
 * sequences it is that of its own mean. */
static void noise_fill(StepResult *out, const Space *space, bool noise)
{
    const double B = (double)space->batch, lanes = (double)space->lanes;
    double       squares = 0, inverse = 0;
    out->small_square = out->small_tokens = NAN;
    if (!noise)
        return;
    for (i64 lane = 0; lane < space->lanes; lane++) {
        const double b = (double)lane_sequences(space, lane);
        double       sum = 0;
        for (i64 i = 0; i < space->spans; i++)
            sum += space->lane_square[lane * space->spans + i];
        squares += sum * (B / b) * (B / b);
        inverse += 1 / b;
    }
    out->small_square = squares / lanes;
    out->small_tokens = (double)space->shape.context * lanes / inverse;
}

StepResult step_take(Space *space, const TrainConfig *config,
                     const Shard *shard, i64 step)
{
    const bool noise = space->lanes > 1
                       && (schedule_logs(config, step + 1)
                           || schedule_evaluates(config, step + 1));
    const Step s = { space, config, shard, step, noise };
    if (config->threads == 1)
        take_alone(&s);
    else
        take_together(&s, config->threads);

    StepResult result = { .loss = mean_loss(space), .grad_norm = norm(space) };
    noise_fill(&result, space, noise);
    result.finite = isfinite(result.loss) && isfinite(result.grad_norm);
    if (result.finite)
        step_pack(space);
    return result;
}
