/* parity_live.h - PyTorch beside us, where it is installed: each option of the
 * architecture and each optimizer, on tokens and weights made here. What this
 * program makes of them is written into a folder; tests/parity/twin.py makes
 * the same of them, in double, and says how far apart they are, array by array:
 * every activation, every gradient, the losses and norms of ten steps, and the
 * parameters after them.
 *
 * (tests/parity.h holds stored figures of PyTorch's, which need none.)
 *
 * Included by one test in float and one in double, which set the tolerances:
 *
 *     SEEN_NEAR   of an activation, relative to its largest number
 *     GRAD_NEAR   of a tensor's gradient, relative to its largest
 *     STEP_NEAR   of a loss or norm on the way, relative
 *     AFTER_NEAR  of a tensor's parameters after ten steps, to its largest
 *
 * Let off: the biases of keys, as in parity.h. */

#ifndef PARITY_LIVE_H
#define PARITY_LIVE_H

#include "base/rng.h"
#include "data/batch.h"
#include "tests/arch_options.h"
#include "tests/test.h"
#include "train/space.h"
#include "train/step.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LIVE_STEPS = 10, LIVE_TEXT = 4000 };

typedef struct Live {
    Arena       arena;
    TrainConfig config;
    Shard       shard;
    Space       space;
    Tensor      tensor[ARCH_TENSORS_MAX];
    int         tensors;
    FILE       *text, *numbers;
    i64         written; /* doubles */
} Live;

/* -- Writing -------------------------------------------------------------- */

static void live_array(Live *live, const char *name, i64 layer, const real *x,
                       i64 count)
{
    fprintf(live->text, "array %s %lld %lld %lld\n", name, (long long)layer,
            (long long)live->written, (long long)count);
    for (i64 i = 0; i < count; i++) {
        const double number = (double)x[i];
        fwrite(&number, sizeof number, 1, live->numbers);
    }
    live->written += count;
}

static void live_number(Live *live, const char *name, i64 step, double x)
{
    fprintf(live->text, "array %s %lld %lld 1\n", name, (long long)step,
            (long long)live->written++);
    fwrite(&x, sizeof x, 1, live->numbers);
}

static void live_tokens(Live *live, const char *name, i64 step, const i32 *x,
                        i64 count)
{
    real *as_real = NEW(&live->arena, real, count);
    for (i64 i = 0; i < count; i++)
        as_real[i] = (real)x[i];
    live_array(live, name, step, as_real, count);
}

static void live_see(void *self, const char *name, i64 layer, const real *x,
                     i64 rows, i64 cols)
{
    char full[64];
    snprintf(full, sizeof full, "see.%s", name);
    live_array(self, full, layer, x, rows * cols);
}

static void live_head(Live *live)
{
    const TrainConfig *c = &live->config;
    const Shape       *s = &c->shape;
    fprintf(live->text, "shape layers=%d width=%d heads=%d ff=%d vocab=%d "
            "context=%d kv_heads=%d mup_width=%d mup_head=%d tied=%d rms=%d "
            "rope=%d gated=%d qk_norm=%d bare=%d recurrent=%d\n",
            (int)s->layers, (int)s->width, (int)s->heads, (int)s->ff,
            (int)s->vocab, (int)s->context, (int)s->kv_heads, (int)s->mup_width,
            (int)s->mup_head, s->tied, s->rms, s->rope, s->gated, s->qk_norm,
            s->bare, s->recurrent);
    fprintf(live->text, "train optimizer=%s steps=%d momentum=%.17g "
            "beta1=%.17g beta2=%.17g epsilon=%.17g weight_decay=%.17g "
            "clip=%.17g z_loss=%.17g\n", c->optimizer, LIVE_STEPS,
            c->momentum, c->beta1, c->beta2, c->epsilon, c->weight_decay,
            c->clip, c->z_loss);
    for (int i = 0; i < live->tensors; i++) {
        const Tensor *t = &live->tensor[i];
        fprintf(live->text, "tensor %s %d %d %d %d %d %d %.17g %d %d %d\n",
                t->name, (int)t->layers, (int)t->rows, (int)t->cols,
                (int)t->at, t->decay, t->hidden, t->lr_scale, (int)t->cut[0],
                (int)t->cut[1], (int)t->cut[2]);
    }
}

/* -- One case ------------------------------------------------------------- */

static void live_open(Live *live, const TrainConfig *config,
                      const char *folder, int number)
{
    char path[300];
    *live = (Live){ .config = *config };
    snprintf(path, sizeof path, "%s/%d.txt", folder, number);
    live->text = fopen(path, "w");
    snprintf(path, sizeof path, "%s/%d.bin", folder, number);
    live->numbers = fopen(path, "wb");
    CHECK(live->text && live->numbers);

    void *block = NEW(&live->arena, u8, train_memory(config));
    space_lay(&live->space, block, config);
    live->tensors = live->space.arch->tensors(live->tensor, &config->shape);
    u8 *token = NEW(&live->arena, u8, LIVE_TEXT);
    for (i64 i = 0; i < LIVE_TEXT; i++)
        token[i] = (u8)rng_below(3, RNG_TEST, (u64)i, config->shape.vocab);
    live->shard = (Shard){ .vocab = config->shape.vocab, .token_bytes = 1,
                           .train_count = LIVE_TEXT, .token = token };

    /* Away from where they start, so that each is felt: gains are not 1. */
    real *p = live->space.state.param;
    arch_init(p, live->space.arch, &config->shape, 11);
    for (i64 i = 0; i < live->space.count; i++)
        p[i] += (real)(0.1 * rng_normal(11, RNG_TEST, (u64)i));
    step_pack(&live->space);
    live_head(live);
    live_array(live, "param", -1, p, live->space.count);
}

static void live_batch(Live *live, i64 step, i64 number, i32 *x, i32 *y)
{
    const i64 T = live->config.shape.context, B = live->config.batch;
    for (i64 b = 0; b < B; b++)
        batch_train(x + b * T, y + b * T, &live->shard, T, 0,
                    live->config.seed, number * B + b);
    live_tokens(live, "x", step, x, B * T);
    live_tokens(live, "y", step, y, B * T);
}

/* Activations, losses and the gradient of their mean. */
static void live_pass(Live *live)
{
    const Shape *s = &live->config.shape;
    const i64    R = live->config.batch * s->context;
    const Space *space = &live->space;
    i32  *x = NEW(&live->arena, i32, R), *y = NEW(&live->arena, i32, R);
    real *loss = NEW(&live->arena, real, R);
    real *grad = NEW(&live->arena, real, space->count);
    real *work = NEW(&live->arena, real,
                     space->arch->work_count(space->kern, s,
                                             live->config.batch));
    live_batch(live, -1, 99, x, y);
    space->arch->pass(loss, grad, space->kern, s, space->state.param,
                      space->packed, work, x, y, live->config.batch,
                      &(PassHow){ .scale = (real)(1 / (double)R),
                                  .z_loss = (real)live->config.z_loss,
                                  .see = live_see, .see_self = live });
    live_array(live, "loss", -1, loss, R);
    live_array(live, "grad", -1, grad, space->count);
}

static void live_steps(Live *live)
{
    const i64 R = live->config.batch * live->config.shape.context;
    i32 *x = NEW(&live->arena, i32, R), *y = NEW(&live->arena, i32, R);
    for (i64 step = 0; step < LIVE_STEPS; step++) {
        live_batch(live, step, step, x, y);
        live_number(live, "rate", step, train_lr(&live->config, step));
        const StepResult r = step_take(&live->space, &live->config,
                                       &live->shard, step);
        live_number(live, "step_loss", step, r.loss);
        live_number(live, "step_norm", step, r.grad_norm);
    }
    live_array(live, "after", -1, live->space.state.param, live->space.count);
}

static void live_case(const TrainConfig *config, const char *folder,
                      int number)
{
    Live live;
    live_open(&live, config, folder, number);
    live_pass(&live);
    live_steps(&live);
    CHECK(fclose(live.text) == 0 && fclose(live.numbers) == 0);
    arena_free(&live.arena);
}

/* -- All of them ---------------------------------------------------------- */

static TrainConfig live_config(const char *kernels)
{
    TrainConfig c = train_defaults();
    c.shape = (Shape){ .layers = 2, .width = 24, .heads = 3, .ff = 40,
                       .vocab = 61, .context = 19 };
    c.batch   = 3;
    c.steps   = LIVE_STEPS;
    c.lr      = 0.01;
    c.warmup  = 0.2;
    c.kernels = kernels;
    return c;
}

/* Every option with AdamW, and every optimizer on the plain model, on that
 * with all options and on the LSTM; z-loss with the latter two. Returns how
 * many. */
static int live_write(const char *folder, const char *kernels)
{
    static const char *const other[] = { "muon", "sgd" };
    const TrainConfig plain = live_config(kernels);
    int n = 0;
    for (int i = 0; i < COUNT_OF(option_sets); i++) {
        TrainConfig c = plain;
        if (!option_lay(&c.shape, &plain.shape, &option_sets[i]))
            continue;
        c.arch = arch_of(&c.shape)->name;
        live_case(&c, folder, n++);
        const bool ends = i == 0 || i == COUNT_OF(option_sets) - 1
                          || (c.shape.recurrent && !c.shape.tied);
        for (int k = 0; k < COUNT_OF(other) && ends; k++) {
            c.optimizer = other[k];
            c.z_loss    = i == 0 ? 0 : 1e-2;
            live_case(&c, folder, n++);
        }
    }
    TrainConfig tied = plain;
    tied.shape.tied = true;
    live_case(&tied, folder, n++);
    return n;
}

static double live_near(const char *kind, const char *name)
{
    const double off = strcmp(name, "qkv.b") ? 1 : 1000;
    if (!strcmp(kind, "activation") || !strcmp(kind, "loss"))
        return SEEN_NEAR;
    if (!strcmp(kind, "gradient"))
        return GRAD_NEAR;
    return !strcmp(kind, "step") ? STEP_NEAR : AFTER_NEAR * off;
}

static void live_read(FILE *in, int cases)
{
    char   line[200], kind[20], name[40];
    int    number, layer, told = -1;
    i64    lines = 0;
    double far;
    while (fgets(line, sizeof line, in)) {
        if (sscanf(line, "cases %d", &told) == 1)
            continue;
        if (!CHECK(sscanf(line, "%d %19s %39s %d %lf", &number, kind, name,
                          &layer, &far) == 5))
            return;
        test_note("case %d, %s of %s, layer %d", number, kind, name, layer);
        CHECK_BELOW(far, live_near(kind, name));
        lines++;
    }
    CHECK(told == cases);
    /* 17 activations, 13 and 13 tensors, 20 of steps; of an LSTM, in four
     * cases, 5 and 4 and 4, 20. */
    CHECK(lines >= 60 * (cases - 4) + 33 * 4);
}

static const char *live_python(void)
{
    const char *const name[] = { getenv("SCALELAW_PYTHON"), "python3",
                                 "/usr/bin/python3" };
    for (int i = 0; i < COUNT_OF(name); i++) {
        char command[300];
        if (!name[i])
            continue;
        snprintf(command, sizeof command, "%s -c 'import torch' 2>/dev/null",
                 name[i]);
        if (system(command) == 0)
            return name[i];
    }
    return NULL;
}

/* False: PyTorch is not here. */
static bool live_all(const char *kernels)
{
    char folder[] = "/tmp/scalelaw-test-XXXXXX", command[600];
    const char *python = live_python();
    if (!python)
        return false;
    if (!CHECK(mkdtemp(folder) != NULL))
        return true;
    const int cases = live_write(folder, kernels);
    snprintf(command, sizeof command, "%s %s/tests/parity/twin.py %s", python,
             SCALELAW_ROOT, folder);
    FILE *in = popen(command, "r");
    if (CHECK(in != NULL)) {
        live_read(in, cases);
        CHECK(pclose(in) == 0);
    }
    snprintf(command, sizeof command, "rm -rf %s", folder);
    CHECK(system(command) == 0);
    return true;
}

#endif
