/* bench_device.c - the trainer's own steps on a device: tokens, forward, backward,
 * clipping, AdamW, packing, of many runs that train in step.
 *
 * FLOP are count_train_flop, as on a processor. They are held against the rate of
 * one large product of bfloat16, the best of what this backend reaches in its own
 * (rounding what goes in is part of it) and of what a peer says it reaches,
 * measured in the same call. A peer trains one run at a time, as its users do:
 * what is compared is tokens a second, all runs together.
 *
 * Each row is timed in turn: a few steps of ours, of each peer, of ours again. */

#include "cli/bench_device.h"

#include "base/clock.h"
#include "cli/bench_peer.h"
#include "cli/bench_rate.h"
#include "cli/bench_trainer.h"
#include "kern/meter.h"
#include "train/gang.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Row {
    const char *name;
    BenchShape  shape;
    i64         runs;
    double      asked; /* share of the peak; NaN: none          */
    bool        alone; /* one run of the shape of the row before */
} Row;

/* The table, and one run of its smallest alone. */
static const Row table[] = {
    { "124 M", { 12, 768, 50257, 16, 1024 }, 1, 0.55, false },
    { "10 M",  { 6, 384, 512, 16, 512 },   8, 0.25, false },
    { "1 M",   { 5, 128, 512, 16, 256 },  48, 0.10, false },
    { "100 k", { 2, 64, 512, 16, 256 },  192, 0.03, false },
    { "100 k", { 2, 64, 512, 16, 256 },    1, NAN, true },
};

/* What is the same for all rows. */
typedef struct Bench {
    const BenchDevice *o;
    const DeviceApi   *api;
    DeviceInfo         info;
    DeviceName         name;
    double             rate;    /* FLOP/s; NaN: not measured */
    const char        *rate_of; /* NULL: nobody's            */
    bool               asked;   /* a peer was, for its own   */
} Bench;

/* ---- ours -------------------------------------------------------------- */

typedef struct Ours {
    TrainConfig config;
    Trainer     trainer; /* its text, and the state that all begin from */
    Gang       *gang;
    Seat      **seat;    /* [runs] */
    i64         runs;
    Err        *err;
} Ours;

/* As many as asked for, if four fifths of the free memory hold them. */
static i64 runs_that_fit(const Bench *b, const Row *row, const Ours *ours)
{
    const double room = 0.8 * (double)b->info.bytes_free
                      - (double)gang_text_bytes(&ours->trainer.shard);
    i64 runs = b->o->runs > 0 && !row->alone ? b->o->runs : row->runs;
    while (runs > 1 && (double)gang_bytes(b->api, &ours->config, runs) > room)
        runs = runs * 3 / 4;
    return runs;
}

static bool ours_open(Ours *ours, const Bench *b, const Row *row, Err *err)
{
    DeviceFault fault;
    trainer_open_far(&ours->trainer, &row->shape, b->o->device, b->o->dtype);
    ours->config = ours->trainer.config;
    ours->runs   = runs_that_fit(b, row, ours);
    ours->err    = err;
    if (!gang_open(&ours->gang, &ours->config, &ours->trainer.shard,
                   ours->runs, &fault, err))
        return false;
    ours->seat = NEW(&ours->trainer.arena, Seat *, ours->runs);
    for (i64 i = 0; i < ours->runs; i++)
        if (!gang_sit(&ours->seat[i], ours->gang, &ours->trainer.space,
                      &ours->config, err))
            return false;
    return true;
}

static void ours_close(Ours *ours)
{
    for (i64 i = 0; i < ours->runs && ours->seat; i++)
        gang_rise(ours->seat[i]);
    gang_close(ours->gang);
    trainer_close(&ours->trainer);
}

/* Seconds of n steps of all runs; NaN, and why in ours->err, where it failed. */
static double ours_steps(void *self, i64 n)
{
    Ours        *ours = self;
    i64          done;
    const double start = clock_s();
    if (!gang_drive(ours->gang, n, &done, ours->err))
        return NAN;
    return (clock_s() - start) * (double)n / (double)done;
}

static double joules_so_far(const Ours *ours)
{
    double sum = 0;
    for (i64 i = 0; i < ours->runs; i++)
        sum += gang_joules(ours->seat[i]);
    return sum;
}

/* Joules a token of some steps in a row, in which the counter moves often; NaN:
 * not measured. */
static double ours_joules(Ours *ours, double seconds)
{
    const double least_s = 2;
    const double before = joules_so_far(ours);
    const double end = clock_s() + fmax(seconds, least_s);
    const double tokens = (double)(ours->runs * ours->config.batch
                                   * ours->config.shape.context);
    i64          done, steps = 0;
    if (isnan(before))
        return NAN;
    for (; clock_s() < end; steps += done)
        if (!gang_drive(ours->gang, 1, &done, ours->err))
            return NAN;
    return (joules_so_far(ours) - before) / (tokens * (double)steps);
}

/* ---- who is timed in turn ---------------------------------------------- */

enum { ENTRANTS = 3, SAMPLES = 1000, SAMPLES_LEAST = 3 };

typedef struct Entrant {
    double (*steps)(void *self, i64 n);
    void    *self;
    char     path[100], dtype[8];
    i64      runs, often, taken;
    double   sample[SAMPLES]; /* seconds a step */
    double   spent_s, mb;
    double   joules; /* a token; NaN: not measured */
    bool     out;
} Entrant;

/* The first steps compile, record and fill caches. */
static void warm(Entrant *e)
{
    const double sample_s = 0.05;
    e->out = !(e->steps(e->self, 2) >= 0);
    const double once = e->out ? 1 : e->steps(e->self, 1);
    e->often = once > sample_s ? 1 : (i64)(sample_s / (once + 1e-6)) + 1;
}

static void take(Entrant *e)
{
    const double took = e->out ? NAN : e->steps(e->self, e->often);
    e->out = !(took >= 0);
    if (e->out)
        return;
    e->sample[e->taken++] = took / (double)e->often;
    e->spent_s += took;
}

static bool wants_more(const Entrant *e, double seconds)
{
    return !e->out && e->taken < SAMPLES
        && (e->taken < SAMPLES_LEAST || e->spent_s < seconds);
}

static void race(Entrant *e, int count, double seconds)
{
    bool more = true;
    for (int i = 0; i < count; i++)
        warm(&e[i]);
    while (more) {
        more = false;
        for (int i = 0; i < count; i++)
            if (wants_more(&e[i], seconds))
                take(&e[i]);
        for (int i = 0; i < count; i++)
            more = more || wants_more(&e[i], seconds);
    }
}

static int smaller(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* ---- a row ------------------------------------------------------------- */

typedef struct Line {
    const Bench *bench;
    const Row   *row;
    const Entrant *entrant;
    double ms_min, ms_median, tokens_per_s, flops, share, ratio, alone;
} Line;

static double median(Entrant *e)
{
    qsort(e->sample, (size_t)e->taken, sizeof *e->sample, smaller);
    return e->taken > 0 ? e->sample[e->taken / 2] : NAN;
}

/* ratio: how many times as many tokens a second as this one the first has. */
static Line line_of(const Bench *b, const Row *row, Entrant *e, double first)
{
    const double step_s = median(e);
    const Shape  shape = trainer_shape(&row->shape);
    Line         l = { .bench = b, .row = row, .entrant = e };
    l.ms_median    = 1e3 * step_s;
    l.ms_min       = e->taken > 0 ? 1e3 * e->sample[0] : NAN;
    l.tokens_per_s = (double)(e->runs * row->shape.batch * row->shape.context)
                   / step_s;
    l.flops = count_train_flop(shape) * l.tokens_per_s;
    l.share = l.flops / b->rate;
    l.ratio = first > 0 ? first / l.tokens_per_s : 1;
    l.alone = NAN;
    return l;
}

static void head(const Bench *b)
{
    if (!b->o->json)
        printf("%-6s %-24s %5s %4s %9s %9s %11s %8s %6s %6s %7s %7s  %s\n",
               "body", "L x d, V; B x T", "dtype", "runs", "ms min",
               "ms median", "tokens/s", "TFLOP/s", "share", "asked", "MB",
               "ratio", "path");
}

static void percent(char out[16], double share)
{
    snprintf(out, 16, "%.1f%%", 100 * share);
    if (!isfinite(share))
        snprintf(out, 16, "-");
}

static void line_text(const Line *l)
{
    const BenchShape *s = &l->row->shape;
    char name[64], share[16], asked[16];
    snprintf(name, sizeof name, "%d x %d, %d; %d x %d", (int)s->layers,
             (int)s->width, (int)s->vocab, (int)s->batch, (int)s->context);
    percent(share, l->share);
    percent(asked, l->row->asked);
    printf("%-6s %-24s %5s %4d %9.3f %9.3f %11.0f %8.2f %6s %6s %7.0f %7.2f  "
           "%s\n", l->row->name, name, l->entrant->dtype,
           (int)l->entrant->runs, l->ms_min, l->ms_median, l->tokens_per_s,
           l->flops / 1e12, share, asked, l->entrant->mb, l->ratio,
           l->entrant->path);
    if (isfinite(l->entrant->joules))
        printf("%-6s %.3g J a token\n", "", l->entrant->joules);
    if (isfinite(l->alone))
        printf("%-6s side by side they take %.1f times the tokens a second of "
               "one alone\n", "", l->alone);
}

static void real_or_null(Jot *j, const char *key, double value)
{
    if (isfinite(value))
        jot_real(j, key, value);
    else
        jot_text(j, key, NULL);
}

static void line_json(const Line *l)
{
    const BenchShape *s = &l->row->shape;
    const Bench      *b = l->bench;
    Str text = { 0 };
    Jot j    = jot_open(&text);
    jot_object(&j, NULL);
    jot_text(&j, "bench", "train");
    jot_text(&j, "device", b->o->device);
    jot_text(&j, "device_name", b->info.name);
    jot_flag(&j, "emulated", b->api->emulated);
    jot_count(&j, "L", s->layers);
    jot_count(&j, "d_model", s->width);
    jot_count(&j, "vocab", s->vocab);
    jot_count(&j, "batch", s->batch);
    jot_count(&j, "context", s->context);
    jot_count(&j, "runs", l->entrant->runs);
    jot_text(&j, "dtype", l->entrant->dtype);
    jot_text(&j, "path", l->entrant->path);
    jot_real(&j, "ms_min", l->ms_min);
    jot_real(&j, "ms_median", l->ms_median);
    jot_real(&j, "tokens_per_s", l->tokens_per_s);
    jot_real(&j, "gflops", l->flops / 1e9);
    real_or_null(&j, "peak_gflops", b->rate / 1e9);
    jot_text(&j, "peak_of", b->rate_of);
    real_or_null(&j, "share_of_peak", l->share);
    real_or_null(&j, "share_asked", l->row->asked);
    real_or_null(&j, "device_mb", l->entrant->mb);
    jot_real(&j, "ratio", l->ratio);
    real_or_null(&j, "times_one_alone", l->alone);
    real_or_null(&j, "joule_per_token", l->entrant->joules);
    jot_count(&j, "samples", l->entrant->taken);
    jot_end(&j);
    puts(text.text);
    str_free(&text);
}

static void show(const Line *l)
{
    (l->bench->o->json ? line_json : line_text)(l);
    fflush(stdout);
}

/* ---- peers ------------------------------------------------------------- */

static const char *const peer_ways[] = { "eager", "compile" };

static int enter_peers(Entrant *e, Peer *peer, const Bench *b, const Row *row)
{
    const bool torch = !strcmp(b->o->peer, "auto")
                    || !strcmp(b->o->peer, "torch");
    int        count = 0;
    for (int i = 0; i < (torch ? COUNT_OF(peer_ways) : 1); i++) {
        const BenchOptions o = { .peer = b->o->peer, .threads = 1,
                                 .device = b->o->device,
                                 .way = torch ? peer_ways[i] : b->o->dtype };
        Peer *p = &peer[count];
        if (!peer_open(p, &row->shape, &o))
            continue;
        Entrant *entrant = &e[count++];
        *entrant = (Entrant){ .steps = peer_steps, .self = p, .runs = 1,
                              .mb = NAN, .joules = NAN };
        snprintf(entrant->path, sizeof entrant->path, "%s", p->name);
        snprintf(entrant->dtype, sizeof entrant->dtype, "%s", p->dtype);
    }
    return count;
}

/* The better of what this backend and a peer reach in one large product: once. */
static void rate_from(Bench *b, Peer *peer, int peers)
{
    const double rate = b->asked || peers == 0 ? NAN : peer_rate(&peer[0]);
    b->asked = b->asked || peers > 0;
    if (!(rate > 0))
        return;
    if (!b->o->json)
        printf("%.1f TFLOP/s in one large product of bf16: the peer\n",
               rate / 1e12);
    if (!(rate <= b->rate)) {
        b->rate    = rate;
        b->rate_of = "the peer's product";
    }
}

/* ---- all of it --------------------------------------------------------- */

static void enter_ours(Entrant *e, const Bench *b, Ours *ours)
{
    *e = (Entrant){ .steps = ours_steps, .self = ours, .runs = ours->runs };
    e->mb = 1e-6 * (double)gang_bytes(b->api, &ours->config, ours->runs);
    snprintf(e->path, sizeof e->path, "%s%s", b->api->name,
             b->api->emulated ? " (emulated by this processor)" : "");
    snprintf(e->dtype, sizeof e->dtype, "%s", b->o->dtype);
}

/* *many: tokens a second of the row before, side by side; for the one after it
 * that has one run of the same shape. */
static void show_all(const Bench *b, const Row *row, Entrant *e, int count,
                     double *many)
{
    double first = 0;
    for (int i = 0; i < count; i++) {
        if (e[i].taken == 0) {
            bench_say("no peer: it ended while it was timed");
            continue;
        }
        Line l = line_of(b, row, &e[i], first);
        if (i == 0) {
            first = l.tokens_per_s;
            if (row->alone)
                l.alone = *many / first;
            *many = first;
        }
        show(&l);
    }
}

static bool row_take(Bench *b, const Row *row, double *many, Err *err)
{
    static Entrant e[ENTRANTS];
    Ours           ours = { .runs = 0 };
    Peer           peer[ENTRANTS] = { { 0 } };
    bool           ok = ours_open(&ours, b, row, err);
    if (ok) {
        enter_ours(e, b, &ours);
        const int peers = row->alone ? 0 : enter_peers(e + 1, peer, b, row);
        rate_from(b, peer, peers);
        race(e, 1 + peers, b->o->seconds);
        ok = e[0].taken > 0;
        e[0].joules = ok ? ours_joules(&ours, b->o->seconds) : NAN;
        for (int i = 0; i < peers; i++)
            e[1 + i].mb = peer_rss_mb(&peer[i]);
        if (ok)
            show_all(b, row, e, 1 + peers, many);
        for (int i = 0; i < peers; i++)
            peer_close(&peer[i]);
    }
    ours_close(&ours);
    return ok;
}

static bool bench_open(Bench *b, Err *err)
{
    DeviceWhy   why = { .fault = DEVICE_OK };
    const char *device = b->o->device;
    if (!device_parse(&b->name, device, err))
        return false;
    if (!*b->name.kind)
        return err_set(err, ERR_USAGE, "device: '%s' is no device; leave "
                       "--device out for the processor", device);
    b->api = device_load(b->name.kind, &why);
    if (!b->api || b->api->count(&why) == 0
        || !b->api->info(&b->info, b->name.number, &why))
        return device_refuse(err, device, &why);
    if (!bench_rate(&b->rate, b->api, b->name.number, &why))
        return device_refuse(err, device, &why);
    b->rate_of = isfinite(b->rate) ? "this backend's product" : NULL;
    return true;
}

/* That no joules can be had is normal, and said. */
static void meter_try(const Bench *b)
{
    char   why[METER_WHY], line[METER_WHY + 40];
    Meter *meter = meter_open(b->info.bus, why);
    snprintf(line, sizeof line, "joules are not measured: %s", why);
    if (!meter)
        bench_say(line);
    meter_close(meter);
}

static void introduce(const Bench *b)
{
    char line[300];
    if (b->api->emulated) {
        snprintf(line, sizeof line, "%s is EMULATED by this processor: the "
                 "times below are the emulator's and say nothing of any "
                 "device", b->o->device);
        bench_say(line);
    } else if (!b->o->json) {
        printf("%s: %s, %.1f TFLOP/s in one large product of bf16: ours\n",
               b->o->device, b->info.name, b->rate / 1e12);
    }
}

bool bench_device(const BenchDevice *o, Err *err)
{
    Bench     b = { .o = o };
    const Row one = { "-", o->shape, 1, NAN, false };
    double    many = NAN;
    if (!bench_open(&b, err))
        return false;
    introduce(&b);
    meter_try(&b);
    head(&b);
    bool ok = true;
    if (o->shape.layers > 0)
        ok = row_take(&b, &one, &many, err);
    for (int i = 0; i < COUNT_OF(table) && o->shape.layers == 0 && ok; i++)
        ok = row_take(&b, &table[i], &many, err);
    return ok;
}
