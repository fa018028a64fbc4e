/* finding.h - what a run's losses say about it, in words.
 *
 * A run that diverged or never learned is no failure: it ends with a status
 * and a reason, and whoever fits laws leaves it out by name. */

#ifndef FINDING_H
#define FINDING_H

#include "train/checkpoint.h"
#include "train/step.h"

/* Take one step's loss into the smoothed one. */
void finding_smooth(Standing *at, const TrainConfig *config, double loss);

/* After step at->step: did it diverge? Fills status and reason if so. */
bool finding_diverged(TrainResult *out, const Standing *at,
                      const TrainConfig *config, const StepResult *step);

/* After the last evaluation: diverged after all, stuck, or done. */
void finding_end(TrainResult *out, const Standing *at,
                 const TrainConfig *config, double unigram_nats);

#endif
