/* bench.h - measuring, on a machine that is not alone.
 *
 * Hosts are shared and clocks move. Beside each timed piece of work a probe is
 * run that only multiplies and adds in registers; samples whose probe is below
 * 95 % of the best probe are dropped and counted, for then somebody else had
 * part of the core. What is kept is given as minimum and median. */

#ifndef BENCH_H
#define BENCH_H

#include "base/arena.h"
#include "base/err.h"
#include "kern/kern.h"

typedef struct Timing {
    i64    taken, dropped;
    double s_min, s_median; /* seconds a piece of work                    */
    double peak;            /* FLOP/s of the best probe: one core, fp32   */
} Timing;

typedef void Work(void *self);

/* Seconds by the wall; or with `processor` set, of this thread's processor
 * time alone, which is what can be measured on a machine that is busy. */
void   bench_clock_set(bool processor);
double bench_clock_s(void);

/* Time work(self) again and again for about `seconds`. */
Timing bench_time(Work *work, void *self, const Kern *kern, double seconds);

typedef struct BenchOptions {
    const Kern *kern;
    i64         threads;
    double      seconds; /* a row */
    bool        json, parts;
} BenchOptions;

typedef struct BenchShape {
    i64 layers, width, vocab, batch, context;
} BenchShape;

/* Bytes that bench_train will ask for. */
i64 bench_train_bytes(const BenchShape *shape, const BenchOptions *options);

/* One row each: time it and print it. */
void bench_train(const BenchShape *shape, const BenchOptions *options);
void bench_train_head(const BenchOptions *options);
void bench_kern(const BenchOptions *options);

/* Fits: all rows, and a peer's where one is installed. */
bool bench_fit(const BenchOptions *options, Err *err) MUST_USE;

/* A backend that does what `kern` does and counts the seconds in each of its
 * kernels, all threads together. One at a time, one thread. */
const Kern *bench_parts(const Kern *kern);
void        bench_parts_reset(void);
void        bench_parts_show(double all_s, double steps);

double bench_rss_mb(void);

#endif
