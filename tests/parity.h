/* parity.h - the whole model against what PyTorch says about it
 * (tests/fixtures/transformer.txt, written by tools/make_fixtures.py): losses,
 * gradients, and ten steps of training through the trainer's own step.
 *
 * Included by one test in float and one in double, which set the tolerances:
 *
 *     LOSS_NEAR   relative, of losses
 *     GRAD_NEAR   of a tensor's entries, relative to its largest
 *     TRAIN_NEAR  relative, of the ten losses and norms
 *     PARAM_NEAR  absolute, of parameters after ten steps
 *
 * The biases of keys are let off with a hundred times that: adding a number to
 * all scores of a row changes no softmax, so their gradient is 0 but for
 * rounding, and AdamW divides rounding by rounding. Nothing depends on them. */

#ifndef PARITY_H
#define PARITY_H

#include "data/batch.h"
#include "tests/test.h"
#include "train/space.h"
#include "train/step.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Parity {
    Arena       arena;
    TrainConfig config;
    Shard       shard;
    Space       space;
    real       *grad, *loss;
    Tensor      tensor[ARCH_TENSORS_MAX];
    double      largest[ARCH_TENSORS_MAX]; /* of each tensor, in the fixture */
    int         tensors;
} Parity;

/* -- The formulas of the fixture ------------------------------------------ */

static void parity_weights(Parity *p)
{
    for (int k = 0; k < p->tensors; k++)
        for (i64 i = 0; i < p->tensor[k].count; i++) {
            const double at = (double)(p->tensor[k].at + i);
            p->space.state.param[p->tensor[k].at + i] =
                (real)(p->tensor[k].init_fill
                       + 0.25 * sin(0.37 * at * at + at));
        }
}

static i32 parity_token(i64 q, i64 t, i64 V)
{
    return t == 0 ? 0 : (i32)((7 * q * q + 5 * t * t + 3 * q * t + t) % V);
}

/* A text in which sequence q of the run is sequence q of the fixture: ask of a
 * text that numbers its places where the batch takes q from, and write it
 * there. Every sequence starts with 0 and ends before one: any order fits. */
static void parity_text(Parity *p, i64 sequences)
{
    enum { ROOM = 30000 }; /* as many places as two bytes can number */
    const i64 T = p->config.shape.context;
    const i64 train = (sequences + 2) * T;
    u8  *number = NEW(&p->arena, u8, 2 * ROOM);
    u8  *text = NEW(&p->arena, u8, ROOM);
    i32 *x = NEW(&p->arena, i32, T), *y = NEW(&p->arena, i32, T);
    CHECK(train + 2 * T < ROOM);
    for (i64 i = 0; i < ROOM; i++) {
        number[2 * i]     = (u8)(i & 255);
        number[2 * i + 1] = (u8)(i >> 8);
    }
    p->shard = (Shard){ .vocab = ROOM, .train_count = train,
                        .val_count = 2 * T, .token_bytes = 2,
                        .token = number };
    for (i64 q = 0; q < sequences; q++) {
        batch_train(x, y, &p->shard, T, 0, p->config.seed, q);
        for (i64 t = 0; t < T; t++)
            text[x[0] + t] = (u8)parity_token(q, t, p->config.shape.vocab);
    }
    p->shard.vocab = p->config.shape.vocab;
    p->shard.token_bytes = 1;
    p->shard.token = text;
}

/* -- One case ------------------------------------------------------------- */

static void parity_open(Parity *p, const char *line, const char *kernels,
                        int threads)
{
    long long L, d, H, ff, V, T, tied, B;
    CHECK(sscanf(line, "case %lld %lld %lld %lld %lld %lld %lld %lld", &L, &d,
                 &H, &ff, &V, &T, &tied, &B) == 8);
    *p = (Parity){ .config = train_defaults() };
    p->config.shape = (Shape){ .layers = L, .width = d, .heads = H, .ff = ff,
                               .vocab = V, .context = T, .tied = tied };
    p->config.batch   = B;
    p->config.kernels = kernels;
    p->config.threads = threads;
    void *block = NEW(&p->arena, u8, train_memory(&p->config));
    space_lay(&p->space, block, &p->config);
    p->tensors = p->space.arch->tensors(p->tensor, &p->config.shape);
    p->grad = NEW(&p->arena, real, p->space.count);
    p->loss = NEW(&p->arena, real, B * T);
    parity_weights(p);
    step_pack(&p->space);
    test_note("%lldx%lld, %s, %d threads", L, d, kernels, threads);
}

/* Losses and gradient of the mean loss over sequences 0 .. batch - 1. */
static double parity_pass(Parity *p)
{
    const Shape *s = &p->config.shape;
    const i64    T = s->context, B = p->config.batch;
    i32 *x = NEW(&p->arena, i32, B * T), *y = NEW(&p->arena, i32, B * T);
    real *work = NEW(&p->arena, real,
                     p->space.arch->work_count(p->space.kern, s, B));
    for (i64 q = 0; q < B; q++)
        for (i64 t = 0; t < T; t++) {
            x[q * T + t] = parity_token(q, t, s->vocab);
            y[q * T + t] = t + 1 < T ? parity_token(q, t + 1, s->vocab) : 0;
        }
    p->space.arch->pass(p->loss, p->grad, p->space.kern, s,
                        p->space.state.param, p->space.packed, work, x, y, B,
                        &(PassHow){ .scale = (real)(1 / (double)(B * T)) });
    double sum = 0;
    for (i64 r = 0; r < B * T; r++)
        sum += (double)p->loss[r];
    return sum / (double)(B * T);
}

static int parity_tensor_of(const Parity *p, i64 at)
{
    int k = 0;
    while (k + 1 < p->tensors && at >= p->tensor[k + 1].at)
        k++;
    return k;
}

/* How near an entry of tensor k is to be, of parameters or of gradients. */
static double parity_near(const Parity *p, int k, const real *slab)
{
    if (slab == p->grad)
        return GRAD_NEAR * p->largest[k];
    return strcmp(p->tensor[k].name, "qkv.b") ? PARAM_NEAR : 100 * PARAM_NEAR;
}

typedef struct Wants { i64 at, count; double sum, norm, largest; } Wants;

/* Sum and norm of a tensor, each entry `near` its own. */
static void parity_tensor(Parity *p, const char *line, const real *slab)
{
    char      word[16];
    long long at, count;
    Wants     w;
    CHECK(sscanf(line, "%15s %lld %lld %lf %lf %lf", word, &at, &count,
                 &w.sum, &w.norm, &w.largest) == 6);
    const int k = parity_tensor_of(p, at);
    CHECK(p->tensor[k].at == at && p->tensor[k].count == count);
    p->largest[k] = w.largest;
    const double near = parity_near(p, k, slab);

    double sum = 0, squares = 0;
    for (i64 i = at; i < at + count; i++) {
        sum += (double)slab[i];
        squares += (double)slab[i] * (double)slab[i];
    }
    CHECK_BELOW(fabs(sum - w.sum), near * (double)count);
    CHECK_BELOW(fabs(sqrt(squares) - w.norm), near * sqrt((double)count));
}

static void parity_entry(const Parity *p, const char *line, const real *slab)
{
    char      word[16];
    long long at;
    double    want;
    CHECK(sscanf(line, "%15s %lld %lf", word, &at, &want) == 3);
    CHECK_BELOW(fabs((double)slab[at] - want),
                parity_near(p, parity_tensor_of(p, at), slab));
}

static void parity_rules(Parity *p, const char *line)
{
    long long    steps;
    TrainConfig *c = &p->config;
    CHECK(sscanf(line, "train %lld %lf %lf %lf %lf %lf %lf %lf %lf", &steps,
                 &c->lr, &c->warmup, &c->lr_final, &c->beta1, &c->beta2,
                 &c->epsilon, &c->weight_decay, &c->clip) == 9);
    c->steps = steps;
    parity_text(p, steps * c->batch);
}

static void parity_step(Parity *p, const char *line, i64 step)
{
    double loss, norm, lr;
    CHECK(sscanf(line, "step %lf %lf %lf", &loss, &norm, &lr) == 3);
    const StepResult r = step_take(&p->space, &p->config, &p->shard, step);
    CHECK_NEAR(r.loss, loss, TRAIN_NEAR);
    CHECK_NEAR(r.grad_norm, norm, TRAIN_NEAR * 10);
    CHECK_NEAR(train_lr(&p->config, step), lr, 1e-12);
}

/* One line of the fixture; `step` counts the steps of a case. */
static void parity_line(Parity *p, const char *line, i64 *step)
{
    const real *param = p->space.state.param;
    if (!strncmp(line, "mean ", 5))
        CHECK_NEAR(parity_pass(p), atof(line + 5), LOSS_NEAR);
    else if (!strncmp(line, "loss ", 5))
        CHECK_NEAR(p->loss[atoll(line + 5)],
                   atof(strrchr(line, ' ')), LOSS_NEAR);
    else if (!strncmp(line, "tensor ", 7))
        parity_tensor(p, line, p->grad);
    else if (!strncmp(line, "grad ", 5))
        parity_entry(p, line, p->grad);
    else if (!strncmp(line, "train ", 6))
        parity_rules(p, line);
    else if (!strncmp(line, "step ", 5))
        parity_step(p, line, (*step)++);
    else if (!strncmp(line, "after ", 6))
        parity_tensor(p, line, param);
    else if (!strncmp(line, "param ", 6))
        parity_entry(p, line, param);
    else
        CHECK_TEXT(line, "a line that someone reads");
}

/* Every case of the fixture; returns how many lines were held. */
static i64 parity_all(const char *kernels, int threads)
{
    char   line[256];
    Parity p = { 0 };
    i64    lines = 0, step = 0;
    FILE  *in = fopen(SCALELAW_ROOT "/tests/fixtures/transformer.txt", "r");
    if (!CHECK(in != NULL))
        return 0;
    while (fgets(line, sizeof line, in)) {
        if (line[0] == '#')
            continue;
        if (!strncmp(line, "case ", 5)) {
            arena_free(&p.arena);
            parity_open(&p, line, kernels, threads);
            step = 0;
            continue;
        }
        parity_line(&p, line, &step);
        lines++;
    }
    fclose(in);
    arena_free(&p.arena);
    return lines;
}

#endif
