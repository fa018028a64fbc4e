/* bottleneck.h - what holds a run's loss up, in nats.
 *
 *     L(N, D) - L(inf, inf)  =  size + data + joint
 *     size = L(N, inf) - L(inf, inf)      A/N^alpha, in an additive law
 *     data = L(inf, D) - L(inf, inf)      B/D^beta
 *     joint: what is left, 0 in an additive law
 *
 * and the batch: B tokens a step do the work of D/(1 + B/B_crit) tokens at a
 * small batch (Kaplan et al. 2020, equations 5.4 and 5.5), so that a large one
 * costs L(N, D/(1 + B/B_crit)) - L(N, D). */

#ifndef BOTTLENECK_H
#define BOTTLENECK_H

#include "plan/solve.h"

typedef struct Bottleneck {
    double loss, floor, size, data, joint;
    double batch;        /* NaN: no batch given */
    double more_n, more_d; /* loss gained by ten times the N, the D */
} Bottleneck;

Bottleneck bottleneck_of(const Surface *s, double n, double d, double batch);

void answer_bottleneck(Answer *answer, const PlanBys *bys, const PlanAsk *ask);

#endif
