/* finds_fork.c - the critical batch by branching: from one checkpoint, runs at
 * larger and larger batches (the rate with the root of it) see as much more
 * text; the largest whose loss is still as good as that of every smaller one is
 * the critical batch there. It needs no law, and says something of one moment
 * of one run.
 *
 * SOURCE: Merrill et al. 2025, arXiv:2505.23971. */

#include "report/finds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST = 3 }; /* batches of a fork */

bool finds_in_group(const Run *run, const char *group)
{
    return run->group && strcmp(run->group, group) == 0;
}

static const char *origin(const Run *run)
{
    return run->start ? run->start : run->trunk;
}

/* Steps that its origin had made; -1: all. */
static double origin_step(const Run *run)
{
    const double at = run->start ? run->start_step : run->trunk_step;
    return isfinite(at) ? at : -1;
}

/* One that failed is part of the answer: its batch was too large. */
static bool branch(const Run *run)
{
    return run_ended(run) && finds_in_group(run, "fork") && origin(run);
}

static double loss_after(const Run *run)
{
    return finds_done(run) ? run->val_loss : INFINITY;
}

/* Its tokens, had it come to its end. */
static double planned(const Run *run)
{
    return (double)run->steps * (double)run->batch_tokens;
}

static bool of_one_fork(const Run *a, const Run *b)
{
    return finds_same_text(origin(a), origin(b))
        && origin_step(a) == origin_step(b)
        && finds_same_shape(&a->shape, &b->shape) && a->seed == b->seed
        && finds_same(planned(a), planned(b), 0.1);
}

/* The origin's held-out loss nearest that step (in ln). */
static double loss_there(const Run *of, Str *lost, const RunList *runs,
                         const char *runs_dir)
{
    Arena        scratch = { 0 };
    MetricList   curve = { 0 };
    double       near = INFINITY, loss = NAN;
    const double at = origin_step(of);
    for (i64 i = 0; i < runs->count; i++)
        if (finds_same_text(runs->run[i].id, origin(of))) {
            if (at < 0)
                return runs->run[i].val_loss;
            finds_log(&curve, lost, &scratch, &runs->run[i], runs_dir);
        }
    for (i64 i = 0; i < curve.count; i++) {
        const Metric *m = &curve.metric[i];
        if (!isfinite(m->val_loss) || m->step <= 0
            || fabs(log((double)m->step / at)) >= near)
            continue;
        near = fabs(log((double)m->step / at));
        loss = m->val_loss;
    }
    arena_free(&scratch);
    return loss;
}

static int by_batch(const void *a, const void *b)
{
    const Run *const *x = a, *const *y = b;
    return ((*x)->batch_tokens > (*y)->batch_tokens)
         - ((*x)->batch_tokens < (*y)->batch_tokens);
}

static void judge(Fork *fork)
{
    double least = INFINITY;
    for (i64 i = 0; i < fork->count; i++) {
        const double loss = loss_after(fork->run[i]);
        if (loss > least + FORK_NEAR || !isfinite(loss))
            break;
        fork->best = i;
        least      = fmin(least, loss);
    }
    const double batch = (double)fork->run[fork->best]->batch_tokens;
    const bool   open  = fork->best + 1 == fork->count;
    fork->critical = (Interval){ batch, batch, open ? INFINITY
                       : (double)fork->run[fork->best + 1]->batch_tokens };
}

static void fork_read(Critical *out, Str *lost, Arena *arena,
                      const RunList *runs, i64 first, bool *taken,
                      CountN counts, const char *runs_dir)
{
    const Run *one = &runs->run[first];
    Fork       fork = { .n = count_n(one->shape, counts),
                        .tokens = planned(one),
                        .run = NEW(arena, const Run *, runs->count) };
    for (i64 i = first; i < runs->count; i++)
        if (!taken[i] && branch(&runs->run[i])
            && of_one_fork(one, &runs->run[i])) {
            taken[i] = true;
            fork.run[fork.count++] = &runs->run[i];
        }
    qsort(fork.run, (size_t)fork.count, sizeof *fork.run, by_batch);
    if (fork.count < LEAST || !finds_done(fork.run[0]))
        return; /* nothing to hold larger batches against */
    judge(&fork);
    fork.loss = loss_there(one, lost, runs, runs_dir);
    if (!isfinite(fork.loss)) /* its log is gone: what the branches began at */
        fork.loss = fork.run[0]->val_loss;
    out->fork[out->forks++] = fork;
}

static int by_place(const void *a, const void *b)
{
    const Fork *x = a, *y = b;
    if (x->n != y->n)
        return x->n < y->n ? -1 : 1;
    return (x->loss < y->loss) - (x->loss > y->loss);
}

void forks_find(Critical *out, Str *lost, Arena *arena, const RunList *runs,
                CountN counts, const char *runs_dir)
{
    bool *taken = NEW(arena, bool, runs->count + 1);
    out->fork   = NEW(arena, Fork, runs->count / LEAST + 1);
    for (i64 i = 0; i < runs->count; i++)
        if (!taken[i] && branch(&runs->run[i]))
            fork_read(out, lost, arena, runs, i, taken, counts, runs_dir);
    qsort(out->fork, (size_t)out->forks, sizeof *out->fork, by_place);
}
