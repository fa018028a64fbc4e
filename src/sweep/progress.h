/* progress.h - one line that says how far many runs have come.
 *
 *     [ 43 %] 1.2e+13 of 2.9e+13 FLOP  14 of 24 runs  3 min 20 s left |
 *     c1e+12-2x32 61 % 1.52  c3e+12-3x48 7 % 2.31
 *
 * On a terminal it is rewritten in place twice a second; otherwise a line
 * every ten seconds. The time left is judged by FLOP, from the speed since
 * this process began. */

#ifndef PROGRESS_H
#define PROGRESS_H

#include "base/base.h"

typedef struct Progress Progress;

/* The whole work in FLOP and runs, over all sweeps that share the line. */
Progress *progress_open(double flop, i64 runs, int workers);
void      progress_close(Progress *progress);

/* What was finished before this process began. */
void progress_skip(Progress *progress, double flop);

/* A worker begins a run of `flop`, of which a share is done already; moves on;
 * ends. Cheap: one uncontended lock. */
void progress_begin(Progress *progress, int worker, const char *name,
                    double flop, i64 steps);
void progress_resumed(Progress *progress, int worker, i64 step);
void progress_step(Progress *progress, int worker, i64 step, double loss);
void progress_end(Progress *progress, int worker);

#endif
