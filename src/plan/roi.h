/* roi.h - what money still buys: loss, and a score that follows from it, along
 * the compute frontier of a law.
 *
 *     nats a dollar    = -dL/dC * FLOP a dollar        at the best N and D
 *     price of 1 %     = C(0.99 L) / C                 times the budget
 *     kg a millinat    = dC/dL * kg/FLOP / 1000
 *
 * A law with a floor makes every nat dearer than the last; where 1 % of the
 * loss costs twice the budget is one number of a law, and the same for all
 * hardware. Loss is what the law predicts; whether it is worth anything is the
 * score's business, and the user's.
 *
 * SOURCE: Hoffmann et al. 2022, arXiv:2203.15556, equation 4 (the frontier);
 * Gadre et al. 2024, arXiv:2403.08540 (a score as a function of the loss). */

#ifndef ROI_H
#define ROI_H

#include "plan/machine.h"
#include "plan/solve.h"

typedef struct RoiPoint { /* at the best N and D of c */
    double c, loss, n, d;
    double slope;         /* -dL/d ln C: nats for e times the compute    */
    double doubling;      /* nats for twice the compute                  */
    double one_percent;   /* C(0.99 L)/C; NaN: below the floor           */
} RoiPoint;

/* False where the law has no optimum at c. u_near: where one lies, or NaN. */
bool roi_at(RoiPoint *out, const Surface *s, double c, double u_near);

/* The least budget from which on 1 part in `part` less loss (100: 1 %) costs at
 * least `times` the budget; 0 where it does from one FLOP on, infinite where it
 * never does (a law without floor). */
double roi_wall(const Surface *s, double part, double times);

/* A score as a law of one column, the loss: a fit of one's own, or published
 * constants; better is what its response says: error and bpb fall, all else
 * rises. */
typedef struct Score { const Fit *fit; bool falls; } Score;

/* ERR_USAGE for a law of other columns. */
bool score_of(Score *out, const Fit *fit, Err *err) MUST_USE;

typedef struct RoiAsk {
    double       c;          /* the budget in the middle                      */
    const Deal  *deal;       /* NULL: no money, energy, hours                 */
    const Score *score;      /* or NULL                                       */
} RoiAsk;

/* Section roi: one column a budget (c/100 .. c*100), keys loss, score, dollars,
 * doubling, nats_per_dollar, nats_per_kwh, nats_per_hour, kg_per_millinat,
 * one_percent; and without a column wall (where 1 % costs 2x), and with a score
 * score_wall. */
bool answer_roi(Answer *answer, const PlanBy *by, const RoiAsk *ask, Err *err)
    MUST_USE;

#endif
