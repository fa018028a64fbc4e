/* bench_time.c - samples beside probes. See bench.h. */

#include "cli/bench.h"

#include "base/clock.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SAMPLES_MAX = 4096, SAMPLES_MIN = 9, PROBE_ROUNDS = 150000 };

/* Work is repeated until it is longer than the clock is coarse; in a race,
 * also until the caches are its own again. */
static const double alone_s = 2e-3, race_s = 8e-3;

typedef struct Sample {
    double work_s, probe; /* FLOP/s */
} Sample;

static bool processor_time;

void bench_clock_set(bool processor) { processor_time = processor; }
bool bench_clock_processor(void) { return processor_time; }

double bench_clock_s(void)
{
    if (!processor_time)
        return clock_s();
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double probe_once(const Kern *kern)
{
    const double start = bench_clock_s(), flop = kern->probe(PROBE_ROUNDS);
    return flop / (bench_clock_s() - start);
}

/* Of several cores at once, the slowest: who waits for others, waits for it. */
static double probe_rate(const Kern *kern, int threads)
{
    double least = INFINITY;
    if (threads <= 1)
        return probe_once(kern);
#pragma omp parallel num_threads(threads) reduction(min : least)
    least = probe_once(kern);
    return least;
}

static int smaller(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* ---- a race ------------------------------------------------------------ */

typedef struct Lane {
    Racer  *racer;
    Sample *sample;
    double *kept;
    i64     often;
    double  spent_s;
    bool    out;
} Lane;

static void warm_up(Lane *lane, double least_s)
{
    const double once = lane->racer->take(lane->racer->self, 1);
    lane->out   = !(once >= 0);
    lane->often = once > least_s ? 1 : (i64)(least_s / (once + 1e-7)) + 1;
}

/* A sample's probe is the worse of the one before and the one after. */
static void take_sample(Lane *lane)
{
    Racer       *r = lane->racer;
    const double before = probe_rate(r->probe, r->threads);
    const double took   = r->take(r->self, lane->often);
    const double after  = probe_rate(r->probe, r->threads);
    lane->out = !(took >= 0);
    if (lane->out)
        return;
    lane->spent_s += took;
    lane->sample[r->timing.taken++] = (Sample){
        took / (double)lane->often, before < after ? before : after
    };
}

static bool wants_more(const Lane *lane, double seconds)
{
    const i64 taken = lane->racer->timing.taken;
    return !lane->out && taken < SAMPLES_MAX
        && (taken < SAMPLES_MIN || lane->spent_s < seconds);
}

static void sum_up(Lane *lane)
{
    Timing *t = &lane->racer->timing;
    i64     n = 0;
    for (i64 i = 0; i < t->taken; i++)
        t->peak = fmax(t->peak, lane->sample[i].probe);
    for (i64 i = 0; i < t->taken; i++)
        if (lane->sample[i].probe >= 0.95 * t->peak)
            lane->kept[n++] = lane->sample[i].work_s;
    t->dropped = t->taken - n;
    if (n == 0)
        return;
    qsort(lane->kept, (size_t)n, sizeof *lane->kept, smaller);
    t->s_min    = lane->kept[0];
    t->s_median = lane->kept[n / 2];
}

/* As long as one wants more, all go on: whoever is measured, is measured
 * beside the others. */
void bench_race(Racer *racer, int count, double seconds)
{
    Arena arena = { 0 };
    Lane *lane  = NEW(&arena, Lane, count);
    bool  more  = true;
    for (int i = 0; i < count; i++) {
        racer[i].timing = (Timing){ 0 };
        lane[i] = (Lane){ .racer = &racer[i],
                          .sample = NEW(&arena, Sample, SAMPLES_MAX),
                          .kept   = NEW(&arena, double, SAMPLES_MAX) };
        warm_up(&lane[i], count > 1 ? race_s : alone_s);
    }
    while (more) {
        more = false;
        for (int i = 0; i < count; i++)
            if (!lane[i].out && racer[i].timing.taken < SAMPLES_MAX)
                take_sample(&lane[i]);
        for (int i = 0; i < count; i++)
            more = more || wants_more(&lane[i], seconds);
    }
    for (int i = 0; i < count; i++)
        sum_up(&lane[i]);
    arena_free(&arena);
}

/* ---- alone ------------------------------------------------------------- */

typedef struct Alone { Work *work; void *self; } Alone;

static double take_alone(void *self, i64 n)
{
    const Alone *alone = self;
    const double start = bench_clock_s();
    for (i64 i = 0; i < n; i++)
        alone->work(alone->self);
    return bench_clock_s() - start;
}

Timing bench_time(Work *work, void *self, const Kern *kern, double seconds)
{
    Alone alone = { work, self };
    Racer racer = { .take = take_alone, .self = &alone, .probe = kern };
    bench_race(&racer, 1, seconds);
    return racer.timing;
}

/* ---- memory ------------------------------------------------------------ */

void bench_rss_reset(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");
    if (!file)
        return;
    fputs("5", file);
    fclose(file);
}

double bench_rss_mb(void)
{
    char   line[256];
    long   kib  = -1;
    FILE  *file = fopen("/proc/self/status", "r");
    if (!file)
        return NAN;
    while (kib < 0 && fgets(line, sizeof line, file))
        if (strncmp(line, "VmHWM:", 6) == 0)
            kib = atol(line + 6);
    fclose(file);
    return kib < 0 ? NAN : 1024e-6 * (double)kib;
}

void bench_say(const char *line)
{
    fflush(stdout);
    fprintf(stderr, "%s\n", line);
}
