/* solve.h - whatever of C, N, D, D/N and loss is not given follows from the law
 * and from C = F(N) D.
 *
 *     given            what is said
 *     C                the N and D of least loss
 *     N, D or D/N      the budget for which that is the best choice
 *     loss             the cheapest budget that reaches it
 *     two of C N D D/N the run itself: its loss, and what it is short of best
 *     N, D or D/N, loss  the data (or size) that reach it
 *     C and loss       the smallest model that reaches it within C
 *
 * The same is done for every draw of the fit. */

#ifndef SOLVE_H
#define SOLVE_H

#include "plan/ask.h"
#include "plan/optimum.h"

typedef struct PlanPoint { double u, n, d, c, loss; } PlanPoint;

typedef struct PlanSolution {
    PlanPoint at;              /* by the fit's own constants                 */
    Interval  c, n, d, ratio, loss;
    bool      free;            /* by choice of N the loss is least here      */
    double    extrapolation;   /* c / c_max; NaN unknown                     */
    i64       lost, drawn;     /* draws that have no answer, of how many     */
} PlanSolution;

/* ERR_REFUSED where the law has no answer, or more than one draw in ten has
 * none; ERR_USAGE where what is given cannot be (C, N, D that do not multiply;
 * a loss asked of a law that knows none). */
bool plan_solve(PlanSolution *out, const PlanBy *by, const PlanAsk *ask,
                Err *err) MUST_USE;

/* The answer of one surface to what plan_solve was asked; `near` is where it
 * lay for another set of constants, or NULL. False: none. */
bool plan_solve_one(PlanPoint *out, const PlanAsk *ask, const Surface *s,
                    const PlanPoint *near);

/* Least loss at c, and where it lies. loss NaN: there is none. */
PlanPoint plan_best(const Surface *s, double c, double u_near);

/* The least budget whose best loss is `loss`. */
PlanPoint plan_cheapest(const Surface *s, double loss, const PlanPoint *near);

/* Any `count` numbers that follow from a surface, for the fit and every draw.
 * The function returns false where there is no answer; the value of the fit
 * itself is out[i].value, NaN where it has none. At most draws_most draws are
 * asked, the first ones: they come in no order. Returns draws lost. */
enum { PLAN_NUMBERS_MAX = 32, PLAN_DRAWS_ALL = 1 << 30, PLAN_DRAWS_FEW = 400 };
typedef bool (*PlanNumbers)(double *out, const Surface *s, const void *of);
i64 plan_intervals(Interval *out, int count, const PlanBy *by, PlanNumbers f,
                   const void *of, i64 draws_most);

/* Whether a loss can be said at all: an allocation law has none. */
bool plan_has_surface(const PlanBy *by);

#endif
