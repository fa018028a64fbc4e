/* batch_time.h - time against compute: to reach a loss takes S steps and E
 * tokens, and
 *
 *     (S/S_min - 1)(E/E_min - 1) = 1,   B_crit = E_min/S_min,
 *     S/S_min = 1 + B_crit/B,           E/E_min = 1 + B/B_crit
 *
 * so that a batch far below B_crit wastes time and one far above wastes
 * compute.
 *
 * SOURCE: McCandlish et al. 2018, arXiv:1812.06162; Kaplan et al. 2020,
 * arXiv:2001.08361, equations 5.1 to 5.5. */

#ifndef BATCH_TIME_H
#define BATCH_TIME_H

#include "plan/answer.h"
#include "plan/machine.h"

typedef struct BatchPoint {
    double ratio, batch;       /* B/B_crit; tokens                            */
    double steps, tokens;      /* S and E to the loss                         */
    double time, compute;      /* S/S_min and E/E_min                         */
} BatchPoint;

BatchPoint batch_point(double b_crit, double e_min, double batch);

/* S_min and C_min of a run that was done at batch b: S/(1 + B_crit/b), and
 * C/(1 + b/B_crit). */
double batch_steps_least(double steps, double batch, double b_crit);
double batch_compute_least(double c, double batch, double b_crit);

typedef struct BatchAsk {
    double b_crit;         /* tokens                                          */
    double e_min;          /* tokens that the loss takes at a small batch     */
    double flop_per_token; /* of training                                     */
    double per_device;     /* least tokens a device works on at once, a step  */
    const char *source;    /* of b_crit                                       */
} BatchAsk;

/* Kaplan's B_crit at a loss, from laws/kaplan-bcrit.law. */
bool batch_critical(double *out, Arena *arena, double loss, Err *err) MUST_USE;

/* One column for each B from 0.1 to 10 B_crit: keys batch, steps, tokens, time,
 * compute, devices (how many the batch keeps busy), days on the deal's
 * devices. */
void answer_batch(Answer *answer, const BatchAsk *ask, const Deal *deal);

#endif
