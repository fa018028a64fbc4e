/* bench_sweep.c - what decides how long a study takes on several cores, beside
 * the speed of a step: two small runs at once against one alone, two threads
 * on one run against one, how long a run takes to start, and how much of the
 * cores' time a sweep spends in training.
 *
 * Two at once are measured in windows: one alone, both, one alone, ... and a
 * window counts if the cores that worked in it were its own, before and after,
 * by the probe. */

#include "cli/bench.h"

#include "base/clock.h"
#include "cli/bench_trainer.h"
#include "cli/cores.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { RUNS = 2, WINDOWS_MAX = 200 };

/* 14 848 parameters, as the smallest of a study. */
static const BenchShape tiny = { 2, 16, 256, 16, 256 };
static const double window_s = 0.1;

static int smaller(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *x, int n)
{
    if (n == 0)
        return NAN;
    qsort(x, (size_t)n, sizeof *x, smaller);
    return n % 2 ? x[n / 2] : (x[n / 2 - 1] + x[n / 2]) / 2;
}

/* ---- two runs at once -------------------------------------------------- */

typedef struct Runner {
    Trainer            trainer;
    const Kern        *kern;
    pthread_barrier_t *together;
    double             steps_per_s, probe;
} Runner;

/* Steps a second, and FLOP/s of the worse of two probes. */
typedef struct Window { double rate, probe; } Window;

static double probe(const Kern *kern)
{
    const double start = clock_s(), flop = kern->probe(300000);
    return flop / (clock_s() - start);
}

static void *work(void *self)
{
    Runner *r = self;
    pthread_barrier_wait(r->together);
    const double before = probe(r->kern);
    pthread_barrier_wait(r->together);

    const double start = clock_s();
    i64          steps = 0;
    for (; clock_s() - start < window_s; steps++)
        trainer_step(&r->trainer);
    r->steps_per_s = (double)steps / (clock_s() - start);

    pthread_barrier_wait(r->together);
    r->probe = fmin(before, probe(r->kern));
    return NULL;
}

static Window window(Runner *runner, int runs)
{
    pthread_barrier_t together;
    pthread_t         thread[RUNS];
    Window            w = { 0, INFINITY };
    bool              begun[RUNS] = { false };
    pthread_barrier_init(&together, NULL, (unsigned)runs);
    for (int i = 0; i < runs; i++) {
        runner[i].together = &together;
        begun[i] = pthread_create(&thread[i], NULL, work, &runner[i]) == 0;
        if (!begun[i])
            abort(); /* the others wait for it for ever */
    }
    for (int i = 0; i < runs; i++) {
        pthread_join(thread[i], NULL);
        w.rate += runner[i].steps_per_s;
        w.probe = fmin(w.probe, runner[i].probe);
    }
    pthread_barrier_destroy(&together);
    return w;
}

static double rate_of(const Window *w, int n, double peak, int *kept)
{
    double rate[WINDOWS_MAX];
    *kept = 0;
    for (int i = 0; i < n; i++)
        if (w[i].probe >= 0.95 * peak)
            rate[(*kept)++] = w[i].rate;
    return median(rate, *kept);
}

typedef struct Row {
    const char *what;
    double ms_one, ms_two, ratio; /* a step; or of a start, least, median */
    int    kept, taken;
} Row;

static Row two_runs(const BenchOptions *o)
{
    static Window alone[WINDOWS_MAX], both[WINDOWS_MAX];
    Runner runner[RUNS] = { { .kern = o->kern }, { .kern = o->kern } };
    int    n = 0, kept[2];
    double peak = 0;
    for (int i = 0; i < RUNS; i++)
        trainer_open(&runner[i].trainer, &tiny, o->kern, 1);
    (void)window(runner, RUNS);
    for (const double end = clock_s() + 4 * o->seconds;
         n < WINDOWS_MAX && clock_s() < end; n++) {
        alone[n] = window(runner + n % RUNS, 1);
        both[n]  = window(runner, RUNS);
        peak = fmax(peak, fmax(alone[n].probe, both[n].probe));
    }
    for (int i = 0; i < RUNS; i++)
        trainer_close(&runner[i].trainer);
    const double one = rate_of(alone, n, peak, &kept[0]);
    const double two = rate_of(both, n, peak, &kept[1]);
    return (Row){ "two runs at once, 2 x 16", 1e3 / one, 1e3 / two, two / one,
                  kept[1], n };
}

/* ---- two threads on one run -------------------------------------------- */

static Row two_threads(const BenchShape *s, const char *what,
                       const BenchOptions *o)
{
    Trainer one = { 0 }, two = { 0 };
    trainer_open(&one, s, o->kern, 1);
    trainer_open(&two, s, o->kern, 2);
    /* Both are probed on two cores: a window that is bad for one is bad. */
    Racer racer[] = {
        { .take = trainer_take, .self = &one, .probe = o->kern, .threads = 2 },
        { .take = trainer_take, .self = &two, .probe = o->kern, .threads = 2 },
    };
    bench_race(racer, 2, 2 * o->seconds);
    trainer_close(&one);
    trainer_close(&two);
    const Timing *a = &racer[0].timing, *b = &racer[1].timing;
    return (Row){ what, 1e3 * a->s_median, 1e3 * b->s_median,
                  a->s_median / b->s_median, (int)(b->taken - b->dropped),
                  (int)b->taken };
}

/* ---- rows -------------------------------------------------------------- */

static void row_json(const Row *r, const BenchOptions *o)
{
    Str text = { 0 };
    Jot j    = jot_open(&text);
    jot_object(&j, NULL);
    jot_text(&j, "bench", "sweep");
    jot_text(&j, "what", r->what);
    jot_text(&j, "dtype", o->kern->dtype);
    jot_text(&j, "path", o->kern->name);
    if (isfinite(r->ratio)) {
        jot_real(&j, "ms_one", r->ms_one);
        jot_real(&j, "ms_two", r->ms_two);
        jot_real(&j, "ratio", r->ratio);
    } else {
        jot_real(&j, "ms_min", r->ms_one);
        jot_real(&j, "ms_median", r->ms_two);
    }
    jot_count(&j, "samples", r->taken);
    jot_count(&j, "kept", r->kept);
    jot_end(&j);
    puts(text.text);
    str_free(&text);
}

static void show(const Row *r, const BenchOptions *o)
{
    if (o->json)
        row_json(r, o);
    else if (isfinite(r->ratio))
        printf("%-36s one %8.3f ms  two %8.3f ms  ratio %5.2f  kept %d of "
               "%d\n", r->what, r->ms_one, r->ms_two, r->ratio, r->kept,
               r->taken);
    else
        printf("%-36s min %8.2f ms  median %5.2f ms  kept %d of %d\n",
               r->what, r->ms_one, r->ms_two, r->kept, r->taken);
    fflush(stdout);
}

static void show_packing(double share, double wall_s, int cores,
                         const BenchOptions *o)
{
    Str text = { 0 };
    Jot j    = jot_open(&text);
    if (!o->json) {
        printf("%-36s %5.1f %% of the time of %d cores, %.2f s\n",
               "a sweep of a dozen runs, in training", 100 * share, cores,
               wall_s);
        return;
    }
    jot_object(&j, NULL);
    jot_text(&j, "bench", "sweep");
    jot_text(&j, "what", "a sweep of a dozen runs, in training");
    jot_count(&j, "cores", cores);
    jot_real(&j, "share", share);
    jot_real(&j, "wall_s", wall_s);
    jot_end(&j);
    puts(text.text);
    str_free(&text);
}

bool bench_sweep(const BenchOptions *o, Err *err)
{
    const int cores = cores_or(0);
    double    share, wall_s;
    static const struct { BenchShape shape; const char *what; } team[] = {
        { { 2, 16, 512, 16, 256 },  "two threads on one run, 2 x 16" },
        { { 2, 64, 512, 16, 256 },  "two threads on one run, 2 x 64" },
        { { 4, 128, 512, 16, 256 }, "two threads on one run, 4 x 128" },
    };
    Row row = two_runs(o);
    show(&row, o);
    for (int i = 0; i < COUNT_OF(team); i++) {
        row = two_threads(&team[i].shape, team[i].what, o);
        show(&row, o);
    }
    Timing start;
    if (!bench_start(&start, err))
        return false;
    row = (Row){ "a run of one step, exec to exit", 1e3 * start.s_min,
                 1e3 * start.s_median, NAN, (int)start.taken,
                 (int)start.taken };
    show(&row, o);
    if (!bench_packing(&share, &wall_s, cores, err))
        return false;
    show_packing(share, wall_s, cores, o);
    return true;
}
