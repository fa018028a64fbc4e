/* bench_time.c - samples beside probes. See bench.h. */

#include "cli/bench.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { SAMPLES_MAX = 4096, SAMPLES_MIN = 9, PROBE_ROUNDS = 150000 };

typedef struct Sample {
    double work_s, probe; /* FLOP/s */
} Sample;

static bool processor_time;

void bench_clock_set(bool processor) { processor_time = processor; }

double bench_clock_s(void)
{
    if (!processor_time)
        return clock_s();
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double probe_rate(const Kern *kern)
{
    const double start = bench_clock_s(), flop = kern->probe(PROBE_ROUNDS);
    return flop / (bench_clock_s() - start);
}

/* Short work is repeated until it is longer than the clock is coarse. */
static i64 repeats(Work *work, void *self)
{
    const double start = bench_clock_s();
    work(self);
    const double once = bench_clock_s() - start;
    return once > 2e-3 ? 1 : (i64)(2e-3 / (once + 1e-7)) + 1;
}

static int smaller(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* A sample's probe is the worse of the one before and the one after. */
static i64 take(Sample *sample, Work *work, void *self, const Kern *kern,
                double seconds)
{
    const i64    often = repeats(work, self);
    const double end   = bench_clock_s() + seconds;
    double       before = probe_rate(kern);
    i64          n = 0;

    while (n < SAMPLES_MAX && (n < SAMPLES_MIN || bench_clock_s() < end)) {
        const double start = bench_clock_s();
        for (i64 i = 0; i < often; i++)
            work(self);
        const double took = (bench_clock_s() - start) / (double)often;
        const double after = probe_rate(kern);
        sample[n++] = (Sample){ took, before < after ? before : after };
        before = after;
    }
    return n;
}

Timing bench_time(Work *work, void *self, const Kern *kern, double seconds)
{
    Sample   *sample = malloc(SAMPLES_MAX * sizeof *sample);
    double   *kept   = malloc(SAMPLES_MAX * sizeof *kept);
    Timing    t      = { 0 };
    i64       n      = 0;

    t.taken = take(sample, work, self, kern, seconds);
    for (i64 i = 0; i < t.taken; i++)
        t.peak = sample[i].probe > t.peak ? sample[i].probe : t.peak;
    for (i64 i = 0; i < t.taken; i++)
        if (sample[i].probe >= 0.95 * t.peak)
            kept[n++] = sample[i].work_s;
    t.dropped = t.taken - n;
    qsort(kept, (size_t)n, sizeof *kept, smaller);
    t.s_min    = kept[0];
    t.s_median = kept[n / 2];
    free(sample);
    free(kept);
    return t;
}

double bench_rss_mb(void)
{
    long  pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file)
        return 0.0 / 0.0;
    const int read = fscanf(file, "%*d %ld", &pages);
    fclose(file);
    return read == 1 ? (double)pages * (double)sysconf(_SC_PAGESIZE) / 1e6
                     : 0.0 / 0.0;
}
