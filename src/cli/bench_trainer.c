/* bench_trainer.c - see bench_trainer.h. */

#include "cli/bench_trainer.h"

#include "base/rng.h"

enum { WINDOWS = 300 }; /* of context tokens, in the text trained on */

i64 bench_heads(const BenchShape *s)
{
    const i64 wide = s->width >= 768 ? 64 : 16;
    return s->width % wide ? 1 : s->width / wide;
}

Shape trainer_shape(const BenchShape *s)
{
    return (Shape){ .layers = s->layers, .width = s->width,
                    .heads = bench_heads(s), .ff = 4 * s->width,
                    .vocab = s->vocab, .context = s->context,
                    .tied = true }; /* as GPT-2, and as the peer */
}

static TrainConfig configure(const BenchShape *s, const Kern *kern,
                             i64 threads)
{
    TrainConfig c = train_defaults();
    c.shape   = trainer_shape(s);
    c.batch   = s->batch;
    c.steps   = 1000000; /* of the schedule; far more than are timed */
    c.lr      = 1e-4;
    c.threads = (int)threads;
    c.kernels = kern->name;
    c.dtype   = kern->dtype;
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

i64 trainer_bytes(const BenchShape *s, const Kern *kern, i64 threads)
{
    const TrainConfig config = configure(s, kern, threads);
    Space             space;
    return space_lay(&space, NULL, &config) + 2 * WINDOWS * s->context;
}

static void begin(Trainer *t, const BenchShape *s)
{
    Space sizes;
    t->step = 0;
    random_text(t, s);
    void *block = NEW(&t->arena, u8, space_lay(&sizes, NULL, &t->config));
    space_lay(&t->space, block, &t->config);
    arch_init(t->space.state.param, t->space.arch, &t->space.shape, 1);
}

void trainer_open(Trainer *t, const BenchShape *s, const Kern *kern,
                  i64 threads)
{
    t->config = configure(s, kern, threads);
    begin(t, s);
    step_pack(&t->space);
}

void trainer_open_far(Trainer *t, const BenchShape *s, const char *device,
                      const char *dtype)
{
    t->config = configure(s, kern_best("fp32"), 1);
    t->config.dtype  = dtype;
    t->config.device = device;
    begin(t, s);
}

void trainer_close(Trainer *t)
{
    arena_free(&t->arena);
}

void trainer_step(void *self)
{
    Trainer *t = self;
    step_take(&t->space, &t->config, &t->shard, t->step++);
}

double trainer_take(void *self, i64 n)
{
    const double start = bench_clock_s();
    for (i64 i = 0; i < n; i++)
        trainer_step(self);
    return bench_clock_s() - start;
}
