/* plan.h - from a law to a decision: the compute-optimal size and data for a
 * budget, with intervals from the draws of the fit.
 *
 * The cost of a run is C = F(N) D. For published laws F(N) = 6 N, N in the
 * law's own convention. For a study's own fit F comes from its family of
 * shapes, exactly: 6 (12 L d^2 + V d) + 6 L d T, with depth L(d) continued as
 * the study's rule says, so that attention and head are paid for. */

#ifndef PLAN_H
#define PLAN_H

#include "count/count.h"
#include "fit/fit.h"
#include "fit/isoflop.h"

/* How FLOP per token follow from N. */
typedef struct PlanCost {
    bool   family;         /* false: F = 6 N                                  */
    i64    vocab, context;
    double aspect;         /* width / layers beyond the ladder                */
    double layers_min;
    CountN counts;         /* which N the law uses                            */

    /* The bridge between two counts without shapes: N_total = N_body +
     * omega N_body^(1/3) (Pearce & Song 2024, arXiv:2406.12907). Where omega
     * is above 0, the law's N is one and the N that is paid for the other. */
    double omega;
    bool   law_total, pays_total;
} PlanCost;

double plan_flop_per_token(const PlanCost *cost, double n);

typedef struct Plan {
    double   c;
    Interval n, d, loss;       /* at the optimum                              */
    Interval ratio;            /* tokens per parameter                        */
    double   extrapolation;    /* c / largest budget of the data; NaN unknown */
    double   width, layers;    /* of the family, continuous; NaN without      */
    i64      draws_lost;       /* draws of the fit that have no optimum at c  */
} Plan;

/* The optimum at c: least predicted loss over N at D = C / F(N), in closed form
 * where the law is additive and F = 6 N; the same for every draw. Without draws
 * the intervals are NaN. ERR_REFUSED where the law has no interior optimum, or
 * where more than one draw in ten has none. ERR_USAGE for a law of other
 * columns. */
bool plan_budget(Plan *out, const Fit *fit, const PlanCost *cost, double c,
                 double c_data_max, Err *err) MUST_USE;

/* Whether the law is one of N and D, so that a budget can be planned from it;
 * if not, says in words of what it is. */
bool plan_can(const Law *law, Err *err) MUST_USE;

/* A fit that stands for published constants (intervals as
 * given; draws where the law file names some). */
bool plan_published(Fit *out, Arena *arena, const Law *law,
                    const LawConstants *constants, Err *err) MUST_USE;

/* Approach 3 under this cost: the optimum at each of npoint >= 2 budgets,
 * log-spaced from c_low to c_high, and the power law through them (least
 * squares in logarithms), for the fit and for every draw. */
bool plan_frontier(Frontier *out, Arena *arena, const Fit *fit,
                   const PlanCost *cost, double c_low, double c_high,
                   i64 npoint, Err *err) MUST_USE;

#endif
