/* step.h - one step of training: gradient, clipping, AdamW. */

#ifndef STEP_H
#define STEP_H

#include "train/space.h"

typedef struct StepResult {
    double loss;      /* mean over the batch, before the update    */
    double grad_norm; /* before clipping                           */
    /* For the gradient noise scale, at steps that are logged; NaN at others and
     * where a step has one lane. Each lane's sequences are a small batch with
     * a gradient of their own: the mean of these gradients' squares, and the
     * tokens of such a batch (harmonic mean). With the whole batch's,
     * grad_norm^2 and its tokens, two equations for |G|^2 and tr(Sigma):
     *
     *     E |G_b|^2 = |G|^2 + tr(Sigma) / b
     *
     * SOURCE: McCandlish et al. 2018, arXiv:1812.06162, appendix A.1. */
    double small_square, small_tokens;
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
