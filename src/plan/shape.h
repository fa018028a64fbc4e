/* shape.h - a model that can be built: layers, width, heads, and as many steps
 * as the exact FLOP of that shape leave of the budget.
 *
 * Laws speak of N. Of all shapes of about that N the one nearest to it and to
 * the usual width over depth is taken; what it costs is counted term by term
 * (count/count.h), attention and head included, and the tokens follow:
 *
 *     D = C / (6 (12 L d^2 + V d) + 6 L d T)
 *
 * rounded to whole steps. */

#ifndef SHAPE_H
#define SHAPE_H

#include "base/str.h"
#include "plan/solve.h"

typedef struct ShapeAsk {
    CountN counts;           /* what n counts                               */
    double n, c;
    i64    vocab, context;
    double aspect;           /* width over layers; NaN: shape_aspect        */
    double layers, width;    /* NaN: free                                   */
    double batch;            /* tokens a step; NaN: shape_batch             */
} ShapeAsk;

typedef struct ShapePlan {
    Shape  shape;
    double n;                /* of the shape, by the same count             */
    double flop_per_token;   /* exact                                       */
    i64    batch, steps;     /* sequences a step                            */
    double tokens, flop;     /* batch x context x steps, and what they cost */
} ShapePlan;

/* Width over layers: 64 at 125 M parameters and 128 from 6.7 B on, as GPT-3
 * (Brown et al. 2020, table 2.1), and on down by the same power. */
double shape_aspect(double n);

/* Tokens a step: 0.2920 C^0.3271 (DeepSeek LLM 2024, arXiv:2401.02954). */
double shape_batch(double c);

/* ERR_REFUSED where no shape is near (a vocabulary larger than N), in words. */
bool shape_find(ShapePlan *out, const ShapeAsk *ask, Err *err) MUST_USE;

/* What a plan asks for: defaults for what nobody gave. A family's own
 * vocabulary and context come before V = 32,000 and T = 2048. */
ShapeAsk shape_ask(const PlanBy *by, const PlanAsk *ask,
                   const PlanSolution *at);

/* A file that `scalelaw train` takes. */
void shape_config(Str *out, const ShapePlan *plan, const char *by);

/* ---- Counting alike ---------------------------------------------------------- */

/* Embeddings beside the body: N_total = N + omega N^(1/3), omega = V (A/12)^(1/3)
 * for shapes of N = 12 L d^2 with d = A L; 47,491 at V = 32,000 and the A = 39.2
 * of Kaplan's family. SOURCE: Pearce & Song 2024, arXiv:2406.12907. */
double shape_omega(double vocab);
double shape_total(double n_body, double omega);

/* A plan counted alike for all laws: N with embeddings, C = 6 N D of that. Where
 * the budget was given, the law's own budget is moved until the common count
 * meets it. */
typedef struct CommonPlan { double n, d, c; } CommonPlan;
bool shape_common(CommonPlan *out, const PlanBy *by, const PlanAsk *ask,
                  double omega);

bool answer_shape(Answer *answer, const PlanBys *bys, const PlanAsk *ask,
                  Err *err) MUST_USE;
void answer_common(Answer *answer, const PlanBys *bys, const PlanAsk *ask);

#endif
