/* finding.h - what a run's losses say about it, in words, while it runs.
 *
 * A run that diverged or never learned is no failure: it ends with a status
 * and a reason, and whoever fits laws leaves it out by name. It ends as soon
 * as that is plain, for the rest of its FLOP would buy nothing.
 *
 *   diverged  A loss or gradient that is not finite, or a smoothed loss a nat
 *             above the first (of a run that starts from another's parameters:
 *             above ln V, the loss of one that knows nothing). Or a spike that
 *             never came back: the smoothed loss jumped, and for a quarter of
 *             the run has stood above the entropy of single tokens, below which
 *             it once was.
 *   plateau   The held-out loss was never below the entropy of single tokens,
 *             less 0.02 nats, or less four of its own standard errors where that
 *             is less: of some texts (DNA) all that can be learned is hardly more
 *             than 0.02. A model gets that far by its last bias alone, and many
 *             failed runs of the literature sit exactly there and look like
 *             points of a curve. Judged at the end; and from half of the
 *             run on at each evaluation, where it must also be hopeless: going
 *             on to fall four times as fast in the logarithm of the steps as
 *             since the evaluation before, it would still end there. Losses
 *             fall slower than their logarithm, unless they leave a plateau or
 *             the rate cools down; the factor is for those. So a slow learner
 *             is left alone.
 *   spike     The smoothed loss is above its least by 0.1 nats and by seven of
 *             its own standard deviations; over when it is back to half of
 *             that. Counted, not stopped.
 *
 * SOURCE: plateaus at the unigram loss that passed for points of a ladder:
 *         MinChilla (a public repository): all its models of eleven layers and
 *         more, at every budget. Seven standard deviations: the spike score of
 *         OLMo 2, Walsh et al. 2025, arXiv:2501.00656. The half, the quarter
 *         and the fours are ours. */

#ifndef FINDING_H
#define FINDING_H

#include "train/checkpoint.h"
#include "train/eval.h"
#include "train/step.h"

/* Take one step's loss into the smoothed one, and count it if that jumps. */
void finding_smooth(Standing *at, const TrainConfig *config, double loss);

/* After step at->step: did it diverge? Fills status and reason if so. */
bool finding_diverged(TrainResult *out, const Standing *at,
                      const TrainConfig *config, const StepResult *step,
                      double unigram_nats);

/* An evaluation on eval_point_tokens into the least and what rose above it;
 * true if the run is a plateau that will stay one: fills status and reason. */
bool finding_point(TrainResult *out, Standing *at, const TrainConfig *config,
                   const EvalResult *eval, double unigram_nats);

/* Has the held-out loss risen for so long that patience is at an end? While the
 * rate warms up nothing is held against it. */
bool finding_stops_early(const Standing *at, const TrainConfig *config);

/* After the last evaluation: diverged after all, stuck, or done; the reason of
 * one that is done and was stopped early says so. */
void finding_end(TrainResult *out, const Standing *at,
                 const TrainConfig *config, double unigram_nats);

#endif
