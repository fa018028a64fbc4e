/* finding.c - when a run is said to have diverged, or to have learned nothing.
 *
 * Diverged: a loss or gradient that is not finite, or a smoothed loss a nat
 * above the first. A spike that comes back within the smoothing is none.
 *
 * Plateau: the held-out loss at the end is not below the entropy of single
 * tokens. A model gets that far by its last bias alone; many failed runs of
 * the literature sit exactly there and look like points of a curve. */

#include "train/finding.h"

#include <math.h>
#include <stdio.h>

enum { SMOOTH_SHARE = 20, SMOOTH_MAX = 50 };

static const double DIVERGED_NATS = 1;
static const double PLATEAU_NATS  = 0.02;

/* Exponential mean over a twentieth of the run, 50 steps at most. */
void finding_smooth(Standing *at, const TrainConfig *config, double loss)
{
    const i64 steps = i64_max(1, i64_min(SMOOTH_MAX,
                                         config->steps / SMOOTH_SHARE));
    if (at->step == 0)
        at->loss_first = at->loss_smooth = loss;
    at->loss_smooth += (loss - at->loss_smooth) / (double)steps;
}

bool finding_diverged(TrainResult *out, const Standing *at,
                      const TrainConfig *config, const StepResult *step)
{
    const bool above = !(at->loss_smooth <= at->loss_first + DIVERGED_NATS);
    if (step->finite && !above)
        return false;

    out->status = TRAIN_DIVERGED;
    if (!step->finite)
        snprintf(out->reason, sizeof out->reason,
                 "step %lld of %lld: loss %g, gradient norm %g; "
                 "peak learning rate %g",
                 (long long)at->step, (long long)config->steps, step->loss,
                 step->grad_norm, config->lr);
    else
        snprintf(out->reason, sizeof out->reason,
                 "step %lld of %lld: smoothed loss %.3f is over %g above the "
                 "first, %.3f; peak learning rate %g",
                 (long long)at->step, (long long)config->steps,
                 at->loss_smooth, DIVERGED_NATS, at->loss_first, config->lr);
    return true;
}

void finding_end(TrainResult *out, const Standing *at,
                 const TrainConfig *config, double unigram_nats)
{
    if (!(at->val_loss <= at->loss_first + DIVERGED_NATS)) {
        out->status = TRAIN_DIVERGED;
        snprintf(out->reason, sizeof out->reason,
                 "held-out loss %.3f after %lld steps, and the first loss "
                 "was %.3f; peak learning rate %g", at->val_loss,
                 (long long)at->step, at->loss_first, config->lr);
    } else if (at->val_loss > unigram_nats - PLATEAU_NATS) {
        out->status = TRAIN_PLATEAU;
        snprintf(out->reason, sizeof out->reason,
                 "held-out loss %.3f after %lld steps is not below %.3f, the "
                 "entropy of single tokens, by %g; peak learning rate %g",
                 at->val_loss, (long long)at->step, unigram_nats,
                 PLATEAU_NATS, config->lr);
    } else {
        out->status = TRAIN_DONE;
    }
}
