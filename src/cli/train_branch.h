/* train_branch.h - `scalelaw train --branch=RUN --at=STEP`: the configuration
 * of a branch from the record of its trunk. */

#ifndef TRAIN_BRANCH_H
#define TRAIN_BRANCH_H

#include "cli/train_opts.h"
#include "store/run.h"

/* opts->branch, at and how long it cools down into a whole configuration, and
 * a corpus where none is named. Refused in words: no such run, no such
 * checkpoint (the kept ones are named), nothing to cool down for. */
bool train_branch_open(TrainOpts *opts, Arena *arena, Err *err) MUST_USE;

/* Settled: is it what its trunk was, up to the cooldown? Refused in words. */
bool train_branch_check(const TrainOpts *opts, Err *err) MUST_USE;

/* The checkpoint of step `at` in a run's folder: kept, or the one that it ended
 * with. Refused with the steps that are there. */
bool train_branch_checkpoint(const char **path, Arena *arena, const char *dir,
                             const Run *run, i64 at, Err *err) MUST_USE;

/* The run whose luck a branch shares: its trunk, or that one's trunk. NULL for
 * a run that is no branch. */
const char *train_branch_trunk(Arena *arena, const TrainConfig *config);

#endif
