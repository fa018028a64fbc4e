/* progress.h - how far many runs have come, on stderr.
 *
 * On a terminal a table, rewritten in place twice a second: one line for all,
 * and one a core with its run's loss so far as a sparkline over its steps,
 *
 *     43 %  14 of 24 runs  spent 1.25e+13, left 1.66e+13 FLOP  3 min 20 s left
 *     c1e+12-2x32     61 %  loss 1.520  █▆▅▄▃▃▂▂▂▁▁▁              40 s left
 *
 * and elsewhere one line for all every ten seconds. The time left is judged by
 * FLOP, from the speed since this process began. */

#ifndef PROGRESS_H
#define PROGRESS_H

#include "base/base.h"

typedef struct Progress Progress;

/* The whole work in FLOP and runs, over all sweeps that share the line. */
Progress *progress_open(double flop, i64 runs, int workers);
void      progress_close(Progress *progress);

/* The whole work has turned out to be another. */
void progress_plan(Progress *progress, double flop, i64 runs);

/* What was finished before this process began. */
void progress_skip(Progress *progress, double flop);

/* What other processes do at the same work: so many runs under way have come to
 * `flop` by now; one of `flop` has ended. What such a run had done when it was
 * first looked at was before. */
void progress_elsewhere(Progress *progress, double flop, i64 runs);
void progress_gone(Progress *progress, double flop);
void progress_before(Progress *progress, double flop);

/* A worker begins a run of `flop`, of which a share is done already; moves on;
 * ends. Cheap: one uncontended lock. */
void progress_begin(Progress *progress, int worker, const char *name,
                    double flop, i64 steps);
void progress_resumed(Progress *progress, int worker, i64 step);
void progress_step(Progress *progress, int worker, i64 step, double loss);
void progress_end(Progress *progress, int worker);

/* That worker trains on a device, not on a core; told after its run begins. */
void progress_device(Progress *progress, int worker);

/* A line of words, without its end, that stays: the table goes on below it. */
void progress_say(Progress *progress, const char *line);

#endif
