/* train_start.h - `scalelaw train --start=RUN|FILE`: the configuration of a run
 * that begins from another's parameters, from that one's record. */

#ifndef TRAIN_START_H
#define TRAIN_START_H

#include "cli/train_opts.h"

/* opts->config.start, a run's folder, its id in out_dir, or a checkpoint file,
 * into a whole configuration: the model, optimizer, batch, rate and schedule of
 * that run, a length of its own, and a corpus where none is named. A file that
 * lies in no run's folder gives its parameters alone: the rest is as told.
 * Refused in words: no such run or file, a step it did not keep, no end yet. */
bool train_start_open(TrainOpts *opts, Arena *arena, Err *err) MUST_USE;

#endif
