/* speed.h - how fast this machine trains a shape, asked before a study starts:
 * forward and backward of a few micro-batches on random tokens, one thread. */

#ifndef SPEED_H
#define SPEED_H

#include "train/train.h"

/* Training FLOP/s of one core; takes about a tenth of a second. */
double speed_flop_per_s(const TrainConfig *config);

#endif
