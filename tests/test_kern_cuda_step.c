/* test_kern_cuda_step.c - what a device does besides a model's arithmetic: text
 * in, losses out, the optimizer's step, the count of passes. Held against the
 * reference's AdamW and optimizer_sgd.c's formula; u = 2^-24. */

#include "tests/cuda/side.h"

static const double u = FLT_EPSILON / 2;

enum { RUNS = SIDE_RUNS, TICKS = 4, MICRO = 3, CONTEXT = 7, TOKENS = MICRO * CONTEXT,
       TEXT = 300 };

/* A queue whose pass is: draw, losses, update, next. */
typedef struct World {
    const DeviceApi *api;
    DeviceQueue     *queue;
    DeviceText      *text;
    DeviceSizes      sizes;
    bool             ok;
} World;

static i64 take(i64 *at, i64 bytes)
{
    const i64 here = *at;
    *at = (here + bytes + DEVICE_LINE - 1) / DEVICE_LINE * DEVICE_LINE;
    return here;
}

static void blocks(DeviceSizes *s)
{
    const i64 slab = s->params * (i64)sizeof(real);
    i64       at = 0;
    s->block.param   = take(&at, slab);
    s->block.m       = take(&at, slab);
    s->block.v       = take(&at, slab);
    s->block.grad    = take(&at, slab);
    s->block.loss    = take(&at, TOKENS * (i64)sizeof(real));
    s->block.x       = take(&at, TOKENS * (i64)sizeof(i32));
    s->block.y       = take(&at, TOKENS * (i64)sizeof(i32));
    s->block.scratch = take(&at, s->scratch);
    s->block.bytes   = at;
}

/* Tensors begin and end where no four does. */
static DeviceSizes sizes_of(i64 runs, const i64 *count, int tensors)
{
    DeviceSizes s = { .runs = runs, .ticks = TICKS, .micro = MICRO,
                      .context = CONTEXT, .tensors = tensors, .beta1 = 0.9,
                      .beta2 = 0.95, .epsilon = 1e-8, .weight_decay = 0.1,
                      .clip = 1, .momentum = 0.9 };
    for (int i = 0; i < tensors; i++) {
        s.tensor[i] = (DeviceTensor){ .at = s.params, .count = count[i],
                                      .lr_scale = i % 2 ? 0.25 : 1,
                                      .decay = i % 3 != 1 };
        s.params += count[i];
    }
    return s;
}

static void pass(void *self)
{
    const World       *w = self;
    u8                *block = w->api->address(w->queue);
    const DeviceBlock *at = &w->sizes.block;
    w->api->draw((i32 *)(void *)(block + at->x), (i32 *)(void *)(block + at->y));
    w->api->losses((const real *)(void *)(block + at->loss));
    w->api->update();
    w->api->next();
}

static World world(const DeviceSizes *sizes, int token_bytes)
{
    World     w = { .sizes = *sizes };
    DeviceWhy why;
    static u8 text[2][2 * TEXT]; /* they stay while it is open */
    u8       *byte = text[token_bytes - 1];
    for (int i = 0; i < TEXT; i++) {
        const u16 token = (u16)(i * 211 + 7);
        if (token_bytes == 1)
            byte[i] = (u8)token;
        else
            memcpy(byte + 2 * i, &token, 2);
    }
    w.api = side_api();
    w.sizes.scratch = w.api->scratch(
        &(DeviceNeeds){ .rows = TOKENS, .widest = 8, .largest = 64,
                        .params = sizes->params, .width = 8, .vocab = 8 });
    w.ok = well(w.api->text_open(&w.text, 0, byte, TEXT, token_bytes, &why),
                &why);
    w.sizes.text = w.text;
    blocks(&w.sizes);
    w.ok = w.ok && well(w.api->open(&w.queue, 0, &w.sizes, &why), &why);
    w.ok = w.ok && well(w.api->record(w.queue, DEVICE_TRAIN, pass, &w, &why),
                        &why)
        && well(w.api->record(w.queue, DEVICE_EVAL, pass, &w, &why), &why);
    return w;
}

static void world_end(World *w)
{
    if (w->queue)
        w->api->close(w->queue);
    w->api->text_close(w->text);
}

/* -- Arrays of a run: on this side, and there --------------------------------- */

typedef struct Slab { real *p, *m, *v, *g; i64 n; } Slab;

static real *some(i64 n, double sd, u64 from)
{
    real *x = malloc((size_t)n * sizeof *x);
    for (i64 i = 0; i < n; i++)
        x[i] = (real)(sd * rng_normal(21, RNG_TEST, from + (u64)i));
    return x;
}

static Slab slab(i64 n, i64 run)
{
    const u64 from = (u64)run * 1000003;
    Slab      s = { some(n, 1, from), some(n, 0.1, from + 1),
                    some(n, 0.1, from + 2), some(n, 0.2, from + 3), n };
    for (i64 i = 0; i < n; i++)
        s.v[i] = fabsf(s.v[i]);
    return s;
}

static void slab_free(Slab *s)
{
    free(s->p), free(s->m), free(s->v), free(s->g);
}

static void move(World *w, i64 run, Slab *s, bool there)
{
    const DeviceBlock *at = &w->sizes.block;
    const i64  place[] = { at->param, at->m, at->v, at->grad };
    real *const array[] = { s->p, s->m, s->v, s->g };
    const i64  bytes = s->n * (i64)sizeof(real);
    DeviceWhy  why;
    for (int i = 0; i < 4; i++)
        well(there ? w->api->upload(w->queue, run, place[i], array[i], bytes,
                                    &why)
                   : w->api->download(array[i], w->queue, run, place[i],
                                      bytes, &why), &why);
}

static bool same(const Slab *a, const Slab *b, bool with_gradient)
{
    const size_t bytes = (size_t)a->n * sizeof(real);
    return memcmp(a->p, b->p, bytes) == 0 && memcmp(a->m, b->m, bytes) == 0
        && memcmp(a->v, b->v, bytes) == 0
        && (!with_gradient || memcmp(a->g, b->g, bytes) == 0);
}

static bool all_zero(const real *x, i64 n)
{
    for (i64 i = 0; i < n; i++)
        if (x[i] != 0)
            return false;
    return true;
}

/* -- One pass ------------------------------------------------------------------ */

static DeviceTick tick_at(const DeviceSizes *s, i64 step, double scale)
{
    return (DeviceTick){ .active = 1, .update = 1, .lr = 0.01 / (double)step,
                         .rest1 = 1 - pow(s->beta1, (double)step),
                         .rest2 = 1 - pow(s->beta2, (double)step),
                         .scale = scale };
}

/* All runs by ticks[runs]. */
static void go(World *w, const DeviceTick *tick, DeviceResult *result)
{
    static const i64 place[TICKS * RUNS * MICRO];
    DeviceWhy        why;
    well(w->api->go(w->queue, DEVICE_TRAIN, 1, tick, place, result, NULL, &why),
         &why);
}

/* -- What the reference does ------------------------------------------------------ */

static double square_of(const Slab *s, double scale)
{
    return scale * scale * kern_ref.sum_squares(s->g, s->n);
}

static double slope_of(const DeviceSizes *z, const DeviceTick *t, double square)
{
    const double norm = sqrt(square);
    return t->scale * (z->clip > 0 && norm > z->clip ? z->clip / norm : 1);
}

static void adamw(Slab *s, const DeviceSizes *z, const DeviceTick *t)
{
    const double slope = slope_of(z, t, square_of(s, t->scale));
    for (int i = 0; i < z->tensors; i++) {
        const DeviceTensor *a = z->tensor + i;
        const AdamStep      step = {
            .lr = t->lr * a->lr_scale, .beta1 = z->beta1, .beta2 = z->beta2,
            .epsilon = z->epsilon, .scale = slope, .rest1 = t->rest1,
            .rest2 = t->rest2,
            .decay = a->decay ? z->weight_decay / a->lr_scale : 0,
        };
        kern_ref.adamw(s->p + a->at, s->m + a->at, s->v + a->at, s->g + a->at,
                       a->count, &step);
    }
}

static void sgd(Slab *s, const DeviceSizes *z, const DeviceTick *t)
{
    const double slope = slope_of(z, t, square_of(s, t->scale));
    for (int i = 0; i < z->tensors; i++) {
        const DeviceTensor *a = z->tensor + i;
        const double keep = 1 - (a->decay ? t->lr * z->weight_decay : 0);
        for (i64 k = a->at; k < a->at + a->count; k++) {
            const double m = z->momentum * (double)s->m[k]
                           + slope * (double)s->g[k];
            s->m[k] = (real)m;
            s->p[k] = (real)(keep * (double)s->p[k]
                             - t->lr * a->lr_scale * m);
            s->g[k] = 0;
        }
    }
}

/* The widest gap, in units of u of `each` and of the number itself. */
static double gap(const real *seen, const real *want, i64 n, double each)
{
    double widest = 0;
    for (i64 i = 0; i < n; i++) {
        const double off = fabs((double)seen[i] - (double)want[i]);
        const double room = u * (each + fabs((double)want[i]));
        widest = off <= widest * room ? widest
               : isnan(off)          ? INFINITY : off / room;
    }
    return widest;
}

/* In float a step's quotient is off by about ten u of itself, and m and sqrt(v)
 * are of one size here, so the step is off by ten u of lr (at most 0.01) times
 * at most 20 (m / rest1 over the root); p is rounded twice. m and v have three
 * roundings each. All of it ten times. */
enum { STEPS = 10 };

static void check_steps(const DeviceSizes *sizes, i64 run, const Slab *seen,
                        const Slab *want)
{
    test_note("run %d of %d, %d numbers", (int)run, (int)sizes->runs,
              (int)want->n);
    CHECK_BELOW(gap(seen->p, want->p, want->n, 0.01 * 20 * 10), STEPS * 2);
    CHECK_BELOW(gap(seen->m, want->m, want->n, 0.1), STEPS * 4);
    CHECK_BELOW(gap(seen->v, want->v, want->n, 0.01), STEPS * 4);
    CHECK(all_zero(seen->g, want->n));
}

static void new_gradient(World *w, i64 run, Slab *s, i64 step)
{
    DeviceWhy why;
    for (i64 i = 0; i < s->n; i++)
        s->g[i] = (real)(0.3 * rng_normal(22 + (u64)run, RNG_TEST,
                                          (u64)(step * s->n + i)));
    well(w->api->upload(w->queue, run, w->sizes.block.grad, s->g,
                        s->n * (i64)sizeof(real), &why), &why);
}

static void ten_steps(const DeviceSizes *sizes,
                      void (*reference)(Slab *, const DeviceSizes *,
                                        const DeviceTick *))
{
    World w = world(sizes, 1);
    Slab  want[RUNS], seen = slab(sizes->params, 9);
    for (i64 g = 0; w.ok && g < sizes->runs; g++) {
        want[g] = slab(sizes->params, g);
        move(&w, g, &want[g], true);
    }
    for (i64 step = 1; w.ok && step <= STEPS; step++) {
        DeviceTick   tick[RUNS];
        DeviceResult result[RUNS];
        double       square[RUNS];
        for (i64 g = 0; g < sizes->runs; g++) {
            tick[g] = tick_at(sizes, step, 0.5 / (double)(g + 1));
            new_gradient(&w, g, &want[g], step);
            square[g] = square_of(&want[g], tick[g].scale);
            reference(&want[g], sizes, &tick[g]);
        }
        go(&w, tick, result);
        for (i64 g = 0; g < sizes->runs; g++)
            CHECK_NEAR(result[g].square, square[g],
                       (double)(sizes->params + 4) * DBL_EPSILON / 2);
    }
    for (i64 g = 0; w.ok && g < sizes->runs; g++) {
        move(&w, g, &seen, false);
        check_steps(sizes, g, &seen, &want[g]);
        slab_free(&want[g]);
    }
    slab_free(&seen);
    world_end(&w);
}

static const i64 small[] = { 5, 2, 1000, 4099, 1, 4096, 6, 8191 };
static const i64 large[] = { 3, (1 << 20) + 5, 77 };
static const i64 one[] = { 1 };

TEST(ten_adamw_steps_are_the_references)
{
    for (i64 runs = 1; runs <= RUNS; runs += 2) {
        DeviceSizes s = sizes_of(runs, small, COUNT_OF(small));
        ten_steps(&s, adamw); /* a norm of about 20: clipped */
        s.clip = 0;
        ten_steps(&s, adamw);
        s = sizes_of(runs, one, 1);
        ten_steps(&s, adamw); /* a norm below 1 */
    }
}

TEST(ten_adamw_steps_of_long_stretches_are_the_references)
{
    const DeviceSizes s = sizes_of(1, large, COUNT_OF(large));
    ten_steps(&s, adamw);
}

TEST(ten_steps_of_sgd_are_its_formulas)
{
    for (i64 runs = 1; runs <= RUNS; runs += 2) {
        DeviceSizes s = sizes_of(runs, small, COUNT_OF(small));
        s.optimizer = DEVICE_SGD;
        ten_steps(&s, sgd);
    }
}

/* -- What must not move ------------------------------------------------------------ */

/* One pass of three runs; run 1 is `odd` in some way. */
typedef struct Odd {
    bool  sits_out, waits; /* not active; without update */
    float grad;            /* in place of one number of its gradient, if not 0 */
} Odd;

static void one_pass(Slab *after, DeviceResult *result, const DeviceSizes *s,
                     const Odd *odd, i64 first)
{
    World      w = world(s, 1);
    DeviceTick tick[RUNS];
    for (i64 g = 0; w.ok && g < s->runs; g++) {
        after[g] = slab(s->params, first + g);
        tick[g]  = tick_at(s, 2, 0.25);
        if (first + g == 1) {
            tick[g].active = !odd->sits_out;
            tick[g].update = !odd->waits;
            if (odd->grad != 0)
                after[g].g[4321] = (real)odd->grad;
        }
        move(&w, g, &after[g], true);
    }
    if (w.ok)
        go(&w, tick, result);
    for (i64 g = 0; w.ok && g < s->runs; g++)
        move(&w, g, &after[g], false);
    world_end(&w);
}

static void check_untouched(const Odd *odd, bool gradient_stays)
{
    const DeviceSizes s = sizes_of(RUNS, small, COUNT_OF(small));
    Slab         usual[RUNS] = { { 0 } }, seen[RUNS] = { { 0 } };
    Slab         before = slab(s.params, 1);
    DeviceResult result[RUNS];
    before.g[4321] = odd->grad != 0 ? (real)odd->grad : before.g[4321];
    one_pass(usual, result, &s, &(Odd){ 0 }, 0);
    one_pass(seen, result, &s, odd, 0);
    CHECK(same(&seen[0], &usual[0], true) && same(&seen[2], &usual[2], true));
    CHECK(same(&seen[1], &before, gradient_stays));
    CHECK(gradient_stays || all_zero(seen[1].g, s.params));
    CHECK(!same(&usual[1], &before, false));
    CHECK(odd->grad == 0 || !isfinite(result[1].square));
    CHECK(isfinite(result[0].square) && isfinite(result[2].square));
    for (int g = 0; g < RUNS; g++)
        slab_free(&usual[g]), slab_free(&seen[g]);
    slab_free(&before);
}

TEST(a_gradient_that_is_no_number_moves_nothing_of_its_run_or_of_others)
{
    check_untouched(&(Odd){ .grad = INFINITY }, false);
    check_untouched(&(Odd){ .grad = NAN }, false);
}

TEST(without_update_parameters_and_gradient_stay)
{
    check_untouched(&(Odd){ .waits = true }, true);
}

TEST(who_sits_out_is_left_as_it_was)
{
    check_untouched(&(Odd){ .sits_out = true }, true);
}

TEST(a_run_alone_has_the_bits_it_has_beside_others)
{
    const DeviceSizes three = sizes_of(RUNS, small, COUNT_OF(small));
    const DeviceSizes alone = sizes_of(1, small, COUNT_OF(small));
    Slab         beside[RUNS] = { { 0 } }, own, again;
    DeviceResult a[RUNS], b[RUNS], c[RUNS];
    one_pass(beside, a, &three, &(Odd){ 0 }, 0);
    for (i64 g = 0; g < RUNS; g++) {
        one_pass(&own, b, &alone, &(Odd){ 0 }, g);
        one_pass(&again, c, &alone, &(Odd){ 0 }, g);
        test_note("run %d", (int)g);
        CHECK(same(&own, &beside[g], true) && same(&own, &again, true));
        CHECK(memcmp(&a[g].square, &b[0].square, sizeof(double)) == 0);
        CHECK(memcmp(&a[g].square, &c[0].square, sizeof(double)) == 0);
        slab_free(&own), slab_free(&again), slab_free(&beside[g]);
    }
}

/* -- Text and losses ----------------------------------------------------------------- */

static i32 token_of(i64 i, int bytes)
{
    const u16 token = (u16)(i * 211 + 7);
    return bytes == 1 ? (i32)(u8)token : (i32)token;
}

/* Sequences of one run after the passes of a go: the last in which it took
 * part. */
static void check_drawn(World *w, i64 run, const i64 *place, int bytes)
{
    i32       x[TOKENS], y[TOKENS];
    DeviceWhy why;
    well(w->api->download(x, w->queue, run, w->sizes.block.x, sizeof x, &why),
         &why);
    well(w->api->download(y, w->queue, run, w->sizes.block.y, sizeof y, &why),
         &why);
    test_note("run %d, tokens of %d bytes", (int)run, bytes);
    for (int i = 0; i < TOKENS; i++) {
        const i64 at = place[i / CONTEXT], t = at + i % CONTEXT;
        CHECK(x[i] == (at < 0 ? -1 : token_of(t, bytes)));
        CHECK(y[i] == (at < 0 ? -1 : token_of(t + 1, bytes)));
    }
}

TEST(each_run_draws_the_text_at_its_own_places_of_each_pass)
{
    for (int bytes = 1; bytes <= 2; bytes++) {
        const DeviceSizes s = sizes_of(RUNS, small, COUNT_OF(small));
        World        w = world(&s, bytes);
        DeviceTick   tick[TICKS * RUNS] = { { 0 } };
        DeviceResult result[TICKS * RUNS];
        i64          place[TICKS * RUNS * MICRO];
        DeviceWhy    why;
        for (int i = 0; i < COUNT_OF(place); i++)
            place[i] = (i * 37 + 5) % (TEXT - CONTEXT);
        place[((TICKS - 1) * RUNS + 2) * MICRO + 1] = -1;
        place[0] = TEXT - CONTEXT - 1; /* up to the last token */
        for (int i = 0; i < COUNT_OF(tick); i++)
            tick[i].active = i % RUNS == 0 ? i == 0 : 1;
        if (w.ok)
            well(w.api->go(w.queue, DEVICE_TRAIN, TICKS, tick, place, result,
                           NULL, &why), &why);
        for (i64 g = 0; w.ok && g < RUNS; g++)
            check_drawn(&w, g,
                        place + ((g ? TICKS - 1 : 0) * RUNS + g) * MICRO,
                        bytes);
        world_end(&w);
    }
}

static void check_losses(World *w, DeviceGraph graph)
{
    DeviceTick   tick[2 * RUNS] = { { 0 } };
    DeviceResult result[2 * RUNS];
    i64          place[2 * RUNS * MICRO] = { 0 };
    real         kept[2 * RUNS * TOKENS], *loss[RUNS];
    DeviceWhy    why;
    for (i64 g = 0; g < RUNS; g++) {
        loss[g] = some(TOKENS, 3, (u64)g * 99);
        loss[g][3] = (real)1e8; /* a float sum would forget the others */
        tick[g].active = tick[RUNS + g].active = 1;
        well(w->api->upload(w->queue, g, w->sizes.block.loss, loss[g],
                            TOKENS * (i64)sizeof(real), &why), &why);
    }
    well(w->api->go(w->queue, graph, 2, tick, place, result,
                    graph == DEVICE_EVAL ? kept : NULL, &why), &why);
    for (int i = 0; i < 2 * RUNS; i++) {
        double sum = 0;
        for (int k = 0; k < TOKENS; k++)
            sum += (double)loss[i % RUNS][k];
        test_note("pass %d, run %d", i / RUNS, i % RUNS);
        CHECK_NEAR(result[i].loss, sum, 1e-14);
        CHECK(graph == DEVICE_TRAIN
              || memcmp(kept + i * TOKENS, loss[i % RUNS],
                        sizeof(real) * TOKENS) == 0);
    }
    for (int g = 0; g < RUNS; g++)
        free(loss[g]);
}

TEST(losses_are_summed_in_double_and_kept_where_a_text_is_measured)
{
    const DeviceSizes s = sizes_of(RUNS, small, COUNT_OF(small));
    World             w = world(&s, 1);
    if (w.ok) {
        check_losses(&w, DEVICE_TRAIN);
        check_losses(&w, DEVICE_EVAL);
    }
    world_end(&w);
}
