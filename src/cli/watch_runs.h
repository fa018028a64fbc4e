/* watch_runs.h - the runs of a folder as they come along, for whoever looks
 * every second: a folder is read again only where one of its files changed,
 * and one that has ended never, so thousands of runs cost their stat calls.
 *
 * What a run looks like is kept as the JSON that is sent:
 *
 *     {"id":"...","name":"c1e+12-2x32","group":"fit","status":"training",
 *      "reason":null,"n":27648,"steps":900,"step":410,"flop":...,
 *      "flop_planned":...,"loss":1.93,"val_loss":null,"val_bpb":null,
 *      "left_s":12.5,"curve":[[flop,loss],...]}
 *
 * Losses are in nats per token; status is "training" or "waiting" (not
 * finished; waiting: nothing was written for a minute) or what ended it. */

#ifndef WATCH_RUNS_H
#define WATCH_RUNS_H

#include "base/str.h"

typedef struct WatchRuns WatchRuns;

WatchRuns *watch_runs_open(const char *runs_dir);
void       watch_runs_close(WatchRuns *runs);

/* Look again. True if anything is other than it was. */
bool watch_runs_look(WatchRuns *runs);

/* How many have ended by now, whatever ended them. */
i64 watch_runs_ended(const WatchRuns *runs);

/* One JSON object: counts, FLOP, and the runs that have not ended ("runs"). */
void watch_runs_now(const WatchRuns *runs, Str *out);

/* One JSON list of all runs. */
void watch_runs_all(const WatchRuns *runs, Str *out);

#endif
