/* overtrain.h - what it costs to train on a chosen number of tokens for each
 * parameter, instead of the number that is best for the compute.
 *
 * In the law with one exponent the over-training form of Gadre et al. is the
 * same law in other letters:
 *
 *     L(C, M) = E + (a M^eta + b M^-eta) C^-eta      M = D/N, C = 6 N D
 *     eta = alpha/2    a = 6^eta A    b = 6^eta B
 *
 * SOURCE: Gadre et al. 2024, arXiv:2403.08540, equation 4. */

#ifndef OVERTRAIN_H
#define OVERTRAIN_H

#include "plan/solve.h"

typedef struct Gadre { double E, a, b, eta; } Gadre;
Gadre  gadre_of(double E, double A, double B, double alpha);
double gadre_loss(const Gadre *law, double c, double ratio);

typedef struct Overtrained {
    PlanPoint at;
    double    nats, wasted; /* against the best use of the same compute */
} Overtrained;

bool overtrain_at(Overtrained *out, const Surface *s, const PlanPoint *best,
                  double ratio);

void answer_overtrain(Answer *answer, const PlanBys *bys, const PlanAsk *ask);

#endif
