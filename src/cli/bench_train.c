/* bench_train.c - a whole step of training: data, forward, backward, clipping,
 * AdamW, packing; the trainer's own step on random tokens in memory.
 *
 * FLOP are count_train_flop: 6 (12 L d^2 + V d) + 6 L d T a token; norms,
 * softmax, GELU and the optimizer are work that is not counted. */

#include "cli/bench.h"

#include "base/arena.h"
#include "base/jot.h"
#include "base/rng.h"
#include "train/step.h"

#include <stdio.h>

enum { WINDOWS = 300 }; /* of context tokens, in the text trained on */

typedef struct Trainer {
    Space       space;
    TrainConfig config;
    Shard       shard;
    Arena       arena; /* its block lies in memory as the trainer's does */
    u8         *token;
    i64         step;
} Trainer;

static i64 heads(i64 width) { return width % 16 ? 1 : width / 16; }

static TrainConfig configure(const BenchShape *s, const BenchOptions *o)
{
    TrainConfig c = train_defaults();
    c.shape = (Shape){ .layers = s->layers, .width = s->width,
                       .heads = heads(s->width), .ff = 4 * s->width,
                       .vocab = s->vocab, .context = s->context };
    c.batch   = s->batch;
    c.steps   = 1000000; /* of the schedule; far more than are timed */
    c.lr      = 1e-4;
    c.threads = (int)o->threads;
    c.kernels = o->kern->name;
    c.dtype   = o->kern->dtype;
    return c;
}

/* Two bytes a token, uniform below the vocabulary. */
static void random_text(Trainer *t, const BenchShape *s)
{
    const i64 n = WINDOWS * s->context;
    t->token = NEW(&t->arena, u8, 2 * n);
    for (i64 i = 0; i < n; i++) {
        const i64 id = rng_below(1, RNG_SYNTH, (u64)i, s->vocab);
        t->token[2 * i]     = (u8)(id & 255);
        t->token[2 * i + 1] = (u8)(id >> 8);
    }
    t->shard = (Shard){ .vocab = s->vocab, .token_bytes = 2,
                        .train_count = n, .token = t->token };
}

i64 bench_train_bytes(const BenchShape *s, const BenchOptions *o)
{
    const TrainConfig config = configure(s, o);
    Space             space;
    return space_lay(&space, NULL, &config) + 2 * WINDOWS * s->context;
}

static void trainer_open(Trainer *t, const BenchShape *s,
                         const BenchOptions *o)
{
    t->config = configure(s, o);
    t->step   = 0;
    random_text(t, s);
    void *block = NEW(&t->arena, u8, train_memory(&t->config));
    space_lay(&t->space, block, &t->config);
    arch_init(t->space.state.param, t->space.arch, &t->space.shape, 1);
    step_pack(&t->space);
}

static void trainer_close(Trainer *t)
{
    arena_free(&t->arena);
}

static void step(void *self)
{
    Trainer *t = self;
    step_take(&t->space, &t->config, &t->shard, t->step++);
}

static void parts(Trainer *t)
{
    const Kern *kern = t->space.kern;
    t->space.kern = bench_parts(kern);
    bench_parts_reset();

    const double start = bench_clock_s(), end = start + 0.5;
    const i64    from = t->step;
    while (bench_clock_s() < end)
        step(t);
    bench_parts_show(bench_clock_s() - start, (double)(t->step - from));
    t->space.kern = kern;
}

void bench_train_head(const BenchOptions *o)
{
    if (!o->json)
        printf("%-22s %7s %3s %9s %9s %10s %8s %6s %6s  %s\n",
               "L x d, V; B x T", "path", "thr", "ms min", "ms median",
               "tokens/s", "GFLOP/s", "peak", "MB", "kept");
}

static void row_text(const BenchShape *s, const BenchOptions *o,
                     const Timing *t, double tokens, double rate)
{
    char name[64];
    snprintf(name, sizeof name, "%d x %d, %d; %d x %d", (int)s->layers,
             (int)s->width, (int)s->vocab, (int)s->batch, (int)s->context);
    printf("%-22s %7s %3d %9.3f %9.3f %10.0f %8.1f %5.1f%% %6.0f  %d of %d\n",
           name, o->kern->name, (int)o->threads, 1e3 * t->s_min,
           1e3 * t->s_median, tokens / t->s_median, rate / 1e9,
           100 * rate / t->peak / (double)o->threads, bench_rss_mb(),
           (int)(t->taken - t->dropped), (int)t->taken);
}

static void row_json(const BenchShape *s, const BenchOptions *o,
                     const Timing *t, double tokens, double rate)
{
    Str text = { 0 };
    Jot j    = jot_open(&text);
    jot_object(&j, NULL);
    jot_text(&j, "bench", "train");
    jot_count(&j, "L", s->layers);
    jot_count(&j, "d_model", s->width);
    jot_count(&j, "vocab", s->vocab);
    jot_count(&j, "batch", s->batch);
    jot_count(&j, "context", s->context);
    jot_count(&j, "threads", o->threads);
    jot_text(&j, "dtype", o->kern->dtype);
    jot_text(&j, "path", o->kern->name);
    jot_real(&j, "ms_min", 1e3 * t->s_min);
    jot_real(&j, "ms_median", 1e3 * t->s_median);
    jot_real(&j, "tokens_per_s", tokens / t->s_median);
    jot_real(&j, "gflops", rate / 1e9);
    jot_real(&j, "peak_gflops", t->peak / 1e9);
    jot_real(&j, "share_of_peak", rate / t->peak / (double)o->threads);
    jot_real(&j, "rss_mb", bench_rss_mb());
    jot_count(&j, "samples", t->taken);
    jot_count(&j, "dropped", t->dropped);
    jot_end(&j);
    puts(text.text);
    str_free(&text);
}

void bench_train(const BenchShape *s, const BenchOptions *o)
{
    Trainer t = { 0 };
    trainer_open(&t, s, o);
    const Timing timing = bench_time(step, &t, o->kern, o->seconds);
    const double tokens = (double)(s->batch * s->context);
    const double rate   = count_train_flop(t.config.shape) * tokens
                        / timing.s_median;
    (o->json ? row_json : row_text)(s, o, &timing, tokens, rate);
    if (o->parts && !o->json)
        parts(&t);
    fflush(stdout);
    trainer_close(&t);
}
