/* step.h - one step of training: gradient, clipping, AdamW. */

#ifndef STEP_H
#define STEP_H

#include "train/space.h"

typedef struct StepResult {
    double loss;      /* mean over the batch, before the update    */
    double grad_norm; /* before clipping                           */
    bool   finite;    /* else the run is over: it diverged         */
} StepResult;

/* Step number `step` (from 0) on `threads` threads. Parameters, moments and
 * packed weights of the space are updated; gradients are zero before and
 * after. Allocates nothing. */
StepResult step_take(Space *space, const TrainConfig *config,
                     const Shard *shard, i64 step);

/* Make the packed weights from the parameters: once before the first step. */
void step_pack(Space *space);

#endif
