/* around.h - what lies around the optimum: what a model of another size costs,
 * how flat the valley is, how far the answer moves with each constant, and what
 * a little more of anything buys.
 *
 *     wasted(r)  = 1 - C'/C, where C' is the least budget whose best loss is
 *                  that of N = r N_opt trained with all of C
 *
 * SOURCE: Kaplan et al. 2020, arXiv:2001.08361, appendix B.4 (the same with
 * r at equal loss); Hoffmann et al. 2022, section 3.4. */

#ifndef AROUND_H
#define AROUND_H

#include "plan/solve.h"

typedef struct WrongSize { double r, nats, wasted; } WrongSize;

/* N = r N_opt at the same c; false where either has no answer. */
bool around_wrong(WrongSize *out, const Surface *s, const PlanPoint *best,
                  double r);

/* The r below and above 1 at which `share` of the compute is wasted. */
bool around_valley(double *low, double *high, const Surface *s,
                   const PlanPoint *best, double share);

/* Training to within `share` of convergence instead: the smaller N whose loss on
 * endless data, times 1 + share, is the loss of the optimum; what of each that
 * takes, over the optimum. Kaplan et al. 2020, B.12 to B.14, for his laws: of N
 * 1/2.7, of C 1/0.35 at 2 %. False where no size converges that near. */
typedef struct Converged { double n, d, c; } Converged;
bool around_converged(Converged *out, const Surface *s, const PlanPoint *best,
                      double share);

/* Per cent of change of N_opt, D_opt and loss for a per cent of a constant:
 * d ln N / d ln theta_i at fixed C. */
typedef struct Elasticity { double n, d, loss; } Elasticity;
bool around_elasticity(Elasticity *out, const PlanBy *by, double c, int param);

void answer_around(Answer *answer, const PlanBys *bys, const PlanAsk *ask);

#endif
