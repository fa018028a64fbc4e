/* bench.h - measuring, on a machine that is not alone.
 *
 * Hosts are shared and clocks move. Beside each timed piece of work a probe is
 * run that only multiplies and adds in registers; samples whose probe is below
 * 95 % of the best probe are dropped and counted, for then somebody else had
 * part of the core. What is kept is given as minimum and median.
 *
 * What is to be compared races: a sample of each in turn, again and again, so
 * that all of them meet the same machine. */

#ifndef BENCH_H
#define BENCH_H

#include "base/arena.h"
#include "base/err.h"
#include "base/jot.h"
#include "kern/kern.h"

typedef struct Timing {
    i64    taken, dropped;
    double s_min, s_median; /* seconds a piece of work                     */
    double peak;            /* FLOP/s of the best probe, in its dtype: of
                               one core, the least of those worked on      */
} Timing;

typedef void Work(void *self);

/* Seconds by the wall; or with `processor` set, of this thread's processor
 * time alone, which is what can be measured on a machine that is busy. */
void   bench_clock_set(bool processor);
bool   bench_clock_processor(void);
double bench_clock_s(void);

/* Time work(self) again and again for about `seconds`. */
Timing bench_time(Work *work, void *self, const Kern *kern, double seconds);

/* One of those who race: does its work n times and says how many seconds that
 * took, NaN if it cannot any more (it is then out of the race). */
typedef struct Racer {
    double    (*take)(void *self, i64 n);
    void       *self;
    const Kern *probe;
    int         threads; /* that it works on, and are probed; 0: one */
    Timing      timing;  /* what comes of it; taken 0: nothing did */
} Racer;

/* For about `seconds` each. */
void bench_race(Racer *racer, int count, double seconds);

typedef struct BenchOptions {
    const Kern *kern;
    const Kern *also;    /* NULL, or a second dtype that races beside it */
    const char *peer;    /* "none", "auto", "torch", or a command        */
    i64         threads;
    double      seconds; /* a row */
    bool        json, parts;
    const char *device, *way; /* of a peer: NULL, or "cuda:1" and how it is to
                                 take its steps: "eager", "compile"       */
} BenchOptions;

typedef struct BenchShape {
    i64 layers, width, vocab, batch, context;
} BenchShape;

i64 bench_heads(const BenchShape *shape); /* 16 wide; 64 from 768 on */

/* Bytes that bench_train will ask for. */
i64 bench_train_bytes(const BenchShape *shape, const BenchOptions *options);

/* One row for each of ours and each peer: time them and print it. */
void bench_train(const BenchShape *shape, const BenchOptions *options);
void bench_train_head(const BenchOptions *options);
void bench_kern(const BenchOptions *options);

/* Two runs at once against one, two threads against one, and from the start
 * of the program to the first step of a run. */
bool bench_sweep(const BenchOptions *options, Err *err) MUST_USE;

/* A run of one step, from exec to exit. */
bool bench_start(Timing *out, Err *err) MUST_USE;

/* A sweep of a dozen runs of mixed sizes on so many cores: the share of their
 * time that was training, and how long it took. */
bool bench_packing(double *share, double *wall_s, int cores, Err *err) MUST_USE;

/* A folder with all that is in it. */
void bench_remove(const char *dir);

/* Fits: all rows, and a peer's where one is installed. */
bool bench_fit(const BenchOptions *options, Err *err) MUST_USE;

/* A backend that does what `kern` does and counts the seconds in each of its
 * kernels, all threads together. One at a time, one thread. */
const Kern *bench_parts(const Kern *kern);
void        bench_parts_reset(void);
void        bench_parts_show(double all_s, double steps);

/* Of this process: the most it has held since the last reset, in MB. Linux
 * forgets what was before where it is asked to. */
void   bench_rss_reset(void);
double bench_rss_mb(void);

/* A line that is no row: to standard error. */
void bench_say(const char *line);

#endif
