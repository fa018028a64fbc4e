/* speed.h - how fast this machine trains a shape, asked before a study starts:
 * forward and backward of a few micro-batches on random tokens, one thread. */

#ifndef SPEED_H
#define SPEED_H

#include "train/train.h"

/* Training FLOP/s of one core. Takes about a tenth of a second, or a
 * hundredth of what `flop` FLOP will take where that is less: what is to be
 * foretold must not wait for it. At least one pass after the first. */
double speed_flop_per_s(const TrainConfig *config, double flop);

#endif
