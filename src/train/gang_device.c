/* gang_device.c - what a gang does on its device: the two graphs recorded, passes
 * filled in and their results handed out. See gang.h. */

#include "train/gang_parts.h"

#include "base/clock.h"
#include "data/batch.h"
#include "kern/far.h"
#include "train/eval.h"
#include "train/schedule.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- Recording ------------------------------------------------------------------ */

static real *reals(const Gang *g, i64 at)
{
    return (real *)(void *)(g->api->address(g->queue) + at);
}

static i32 *tokens(const Gang *g, i64 at)
{
    return (i32 *)(void *)(g->api->address(g->queue) + at);
}

static void pack(const Gang *g)
{
    const DeviceBlock *b = &g->sizes.block;
    g->arch->pack(reals(g, b->packed), g->kern, &g->shape,
                  reals(g, b->param));
}

static void pass(const Gang *g, bool learn)
{
    const DeviceBlock *b = &g->sizes.block;
    const PassHow      plain = { 0 };
    g->api->draw(tokens(g, b->x), tokens(g, b->y));
    g->arch->pass(reals(g, b->loss), learn ? reals(g, b->grad) : NULL,
                  g->kern, &g->shape, reals(g, b->param),
                  reals(g, b->packed), reals(g, b->work), tokens(g, b->x),
                  tokens(g, b->y), g->sizes.micro, learn ? &g->how : &plain);
    g->api->losses(reals(g, b->loss));
}

static void record_train(void *self)
{
    const Gang *g = self;
    pass(g, true);
    g->api->update();
    pack(g);
    g->api->next();
}

static void record_eval(void *self)
{
    const Gang *g = self;
    pass(g, false);
    g->api->next();
}

/* -- Opening and closing ---------------------------------------------------------- */

static bool arrays_make(Gang *g)
{
    const DeviceSizes *s = &g->sizes;
    const size_t       passes = (size_t)(GANG_TICKS * s->runs);
    const size_t       kept = (size_t)(g->api->eval_ticks(s) * s->runs
                                       * s->micro * s->context);
    g->tick   = calloc(passes, sizeof *g->tick);
    g->place  = calloc(passes * (size_t)s->micro, sizeof *g->place);
    g->result = calloc(passes, sizeof *g->result);
    g->loss   = calloc(kept, sizeof *g->loss);
    return g->tick && g->place && g->result && g->loss;
}

static void how_fill(Gang *g, const TrainConfig *c)
{
    g->how = (PassHow){
        .scale   = (real)(1.0 / (double)(g->sizes.micro * g->sizes.context)),
        .z_loss  = (real)c->z_loss,
        .dropout = (real)c->dropout,
    };
}

static bool queue_make(Gang *g, int device, DeviceWhy *why)
{
    return g->api->text_open(&g->text, device, g->shard->token,
                             gang_text_tokens(g->shard),
                             g->shard->token_bytes, why)
        && (g->sizes.text = g->text, true)
        && g->api->open(&g->queue, device, &g->sizes, why)
        && g->api->record(g->queue, DEVICE_TRAIN, record_train, g, why)
        && g->api->record(g->queue, DEVICE_EVAL, record_eval, g, why);
}

/* There is one backend in a process (device_load), so one name of it. */
static const char *kernels_name(const DeviceApi *api)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static char            name[64];
    const char            *sources = strstr(api->build, "sources ");
    pthread_mutex_lock(&lock);
    snprintf(name, sizeof name, "%.16s%s%s%.8s", api->name,
             api->emulated ? "-emulated" : "", sources ? "-" : "",
             sources ? sources + strlen("sources ") : "");
    pthread_mutex_unlock(&lock);
    return name;
}

/* That there is none is no failure: then no joules are told. */
static void meter_find(Gang *g, int device)
{
    char       none[METER_WHY];
    DeviceInfo info;
    DeviceWhy  why;
    g->pass_flop = count_train_flop(g->shape)
                   * (double)(g->sizes.micro * g->sizes.context);
    if (g->api->info(&info, device, &why))
        g->meter = meter_open(info.bus, none);
}

bool gang_device_open(Gang *g, const TrainConfig *config, DeviceWhy *why)
{
    DeviceName name;
    Err        unused = { 0 };
    if (!device_parse(&name, config->device, &unused)) {
        why->fault = DEVICE_ABSENT;
        snprintf(why->text, sizeof why->text, "%.200s", unused.text);
        return false;
    }
    g->api = device_load(name.kind, why);
    if (!g->api || g->api->count(why) == 0)
        return false;
    g->sizes = gang_sizes(g->api, config, g->seats);
    g->kern  = g->sizes.bf16 ? g->api->bf16 : g->api->fp32;
    g->arch  = arch_find(config->arch);
    g->shape = config->shape;
    how_fill(g, config);
    meter_find(g, name.number);
    g->kernels = kernels_name(g->api);
    if (!arrays_make(g)) {
        why->fault = DEVICE_MEMORY;
        snprintf(why->text, sizeof why->text, "this machine's own memory has "
                 "no room for the passes of %lld runs", (long long)g->seats);
        return false;
    }
    return queue_make(g, name.number, why);
}

void gang_device_close(Gang *g)
{
    if (g->queue)
        g->api->close(g->queue);
    if (g->text)
        g->api->text_close(g->text);
    meter_close(g->meter);
    free(g->tick);
    free(g->place);
    free(g->result);
    free(g->loss);
}

/* -- Sitting down, and being fetched ------------------------------------------------ */

typedef struct Slab { real *host; i64 at; } Slab;

static void slabs(Slab out[3], const Gang *g, const Seat *seat)
{
    const Checkpoint  *state = &seat->space->state;
    const DeviceBlock *b = &g->sizes.block;
    out[0] = (Slab){ state->param, b->param };
    out[1] = (Slab){ state->m, b->m };
    out[2] = (Slab){ state->v, b->v };
}

/* What is done outside the graphs is done to this seat's block alone. */
static bool only(Gang *g, const Seat *seat, DeviceWhy *why)
{
    for (i64 i = 0; i < g->seats; i++)
        g->tick[i] = (DeviceTick){ .active = i == seat->index };
    return g->api->tick(g->queue, g->tick, why);
}

bool gang_device_sit(Gang *g, Seat *seat, DeviceWhy *why)
{
    const i64 bytes = g->sizes.params * (i64)sizeof(real);
    Slab      slab[3];
    slabs(slab, g, seat);
    for (int i = 0; i < 3; i++)
        if (!g->api->upload(g->queue, seat->index, slab[i].at, slab[i].host,
                            bytes, why))
            return false;
    if (!only(g, seat, why))
        return false;
    g->api->enter(g->queue);
    kern_zero(g->kern, reals(g, g->sizes.block.grad), g->sizes.params);
    pack(g);
    g->api->enter(NULL);
    return g->api->wait(g->queue, why);
}

bool gang_device_fetch(Gang *g, Seat *seat, DeviceWhy *why)
{
    const i64 bytes = g->sizes.params * (i64)sizeof(real);
    Slab      slab[3];
    slabs(slab, g, seat);
    for (int i = 0; i < 3; i++)
        if (!g->api->download(slab[i].host, g->queue, seat->index, slab[i].at,
                              bytes, why))
            return false;
    return true;
}

/* -- Energy ------------------------------------------------------------------------- */

/* Each seat's part of what was just done, of which a pass was `share` of a
 * training pass. */
static void energy_take(Gang *g, i64 ticks, double share)
{
    for (i64 i = 0; i < g->seats; i++) {
        i64 passes = 0;
        for (i64 t = 0; t < ticks; t++)
            passes += g->tick[t * g->seats + i].active;
        meter_spend(&g->seat[i].energy,
                    share * g->pass_flop * (double)passes);
    }
    meter_read(g->meter);
}

/* -- Steps -------------------------------------------------------------------------- */

static bool keeps(const TrainConfig *c, i64 done)
{
    for (i64 i = 0; i < c->keep.count; i++)
        if (c->keep.item[i] == (double)done)
            return true;
    return false;
}

/* Passes until the run has something to do on the host, at most `most`. */
static i64 passes_ahead(const Seat *s, i64 most)
{
    const TrainConfig *c = s->config;
    i64 passes = s->passes - s->pass;
    for (i64 done = s->step + 1;
         passes < most && done < c->steps && !keeps(c, done)
             && !schedule_evaluates(c, done);
         done++)
        passes += s->passes;
    return i64_min(passes, most);
}

static i64 ticks_ahead(const Gang *g)
{
    i64 ticks = g->tick_s > 0
        ? i64_max(1, i64_min(GANG_TICKS, (i64)(gang_patience_s / g->tick_s)))
        : 1;
    for (i64 i = 0; i < g->seats; i++)
        if (g->seat[i].ask == ASK_STEPS)
            ticks = passes_ahead(&g->seat[i], ticks);
    return ticks;
}

/* Where a seat will be after some passes. */
typedef struct Where { i64 step, pass; } Where;

static Where where_after(const Seat *s, i64 passes)
{
    const i64 all = s->pass + passes;
    return (Where){ s->step + all / s->passes, all % s->passes };
}

static DeviceTick tick_of(const Gang *g, const Seat *s, Where at)
{
    const TrainConfig *c = s->config;
    const Standing    *begun = &s->space->state.head->at;
    const double       t = (double)(begun->updates_before + at.step + 1);
    return (DeviceTick){
        .active = 1, .update = at.pass + 1 == s->passes, .seed = c->seed,
        .sequence = begun->sequences_before + at.step * c->batch
                  + at.pass * g->sizes.micro,
        .lr    = train_lr(c, at.step),
        .rest1 = 1 - pow(c->beta1, t), .rest2 = 1 - pow(c->beta2, t),
        .scale = (double)g->sizes.micro / (double)c->batch,
    };
}

/* Sequences of that pass: the last of a batch may have fewer. */
static i64 sequences_of(const Gang *g, const Seat *s, Where at)
{
    return i64_min(g->sizes.micro,
                   s->config->batch - at.pass * g->sizes.micro);
}

static void fill(Gang *g, const Seat *s, i64 t)
{
    const i64   micro = g->sizes.micro, i = t * g->seats + s->index;
    const Where at = where_after(s, t);
    const i64   count = sequences_of(g, s, at);
    g->tick[i] = tick_of(g, s, at);
    for (i64 b = 0; b < micro; b++)
        g->place[i * micro + b] = b >= count ? -1
            : batch_train_place(g->shard, g->sizes.context,
                                s->config->unique_tokens, s->config->seed,
                                g->tick[i].sequence + b);
}

static StepResult step_result(const Seat *s, double tokens_, double square)
{
    StepResult r = { .loss = s->loss / tokens_, .grad_norm = sqrt(square),
                     .small_square = NAN, .small_tokens = NAN };
    r.finite = isfinite(r.loss) && isfinite(r.grad_norm);
    return r;
}

static void take_result(Gang *g, Seat *s, i64 t)
{
    const DeviceResult *r = g->result + t * g->seats + s->index;
    const double batch = (double)(s->config->batch * g->sizes.context);
    s->loss += r->loss;
    g->tokens += (double)(sequences_of(g, s, (Where){ s->step, s->pass })
                          * g->sizes.context);
    if (++s->pass < s->passes)
        return;
    s->result[s->ready++] = step_result(s, batch, r->square);
    s->pass = 0;
    s->loss = 0;
    s->step++;
}

static void clock_take(Gang *g, double spent, i64 ticks)
{
    const double each = spent / (double)ticks;
    g->seconds += spent;
    g->tick_s = g->tick_s > 0 ? 0.5 * (g->tick_s + each) : each;
}

bool gang_device_steps(Gang *g, DeviceWhy *why)
{
    const double began = clock_s();
    const i64    ticks = ticks_ahead(g);
    for (i64 t = 0; t < ticks; t++)
        for (i64 i = 0; i < g->seats; i++)
            if (g->seat[i].ask == ASK_STEPS)
                fill(g, &g->seat[i], t);
            else
                g->tick[t * g->seats + i] = (DeviceTick){ .active = 0 };
    if (!g->api->go(g->queue, DEVICE_TRAIN, ticks, g->tick, g->place,
                    g->result, NULL, why))
        return false;
    for (i64 i = 0; i < g->seats; i++)
        for (i64 t = 0; t < ticks && g->seat[i].ask == ASK_STEPS; t++)
            take_result(g, &g->seat[i], t);
    clock_take(g, clock_s() - began, ticks);
    energy_take(g, ticks, 1);
    return true;
}

/* -- Evaluations --------------------------------------------------------------------- */

static i64 passes_left(const Gang *g, const Seat *s)
{
    return s->ask == ASK_EVAL ? (s->rows - s->row + g->sizes.micro - 1)
                                    / g->sizes.micro : 0;
}

static void fill_eval(Gang *g, const Seat *s, i64 t)
{
    const i64 micro = g->sizes.micro, i = t * g->seats + s->index;
    const i64 windows = batch_val_windows(g->shard, g->sizes.context);
    g->tick[i] = (DeviceTick){ .active = t < passes_left(g, s) };
    for (i64 b = 0; b < micro && g->tick[i].active; b++) {
        const i64 row = s->row + t * micro + b;
        g->place[i * micro + b] = row >= s->rows ? -1
            : batch_val_place(g->shard, g->sizes.context,
                              row * windows / s->rows);
    }
}

static void take_rows(const Gang *g, Seat *s, i64 ticks)
{
    const i64 micro = g->sizes.micro, T = g->sizes.context;
    for (i64 t = 0; t < ticks; t++)
        for (i64 b = 0; b < micro && s->row < s->rows; b++)
            eval_row(s->space, s->row++,
                     g->loss + ((t * g->seats + s->index) * micro + b) * T);
}

static i64 eval_passes(const Gang *g)
{
    i64 most = 0;
    for (i64 i = 0; i < g->seats; i++)
        most = i64_max(most, passes_left(g, &g->seat[i]));
    return i64_min(most, g->api->eval_ticks(&g->sizes));
}

/* Backwards is twice forwards (count.h). */
static const double forward_share = 1.0 / 3;

bool gang_device_eval(Gang *g, DeviceWhy *why)
{
    for (i64 ticks; (ticks = eval_passes(g)) > 0;) {
        for (i64 t = 0; t < ticks; t++)
            for (i64 i = 0; i < g->seats; i++)
                fill_eval(g, &g->seat[i], t);
        if (!g->api->go(g->queue, DEVICE_EVAL, ticks, g->tick, g->place,
                        g->result, g->loss, why))
            return false;
        energy_take(g, ticks, forward_share);
        for (i64 i = 0; i < g->seats; i++)
            if (g->seat[i].ask == ASK_EVAL)
                take_rows(g, &g->seat[i], ticks);
    }
    return true;
}
