/* inference.h - the model of least total cost, when it is also to be served.
 *
 *     minimise  F(N) D + w F(N)/3 D_inf   over N and D with L(N, D) = loss
 *
 * F is what a training token costs, forward and backward; serving is forward
 * alone, a third of it: with F = 6 N, 6 N D + 2 N D_inf. w is what a served
 * FLOP costs over a trained one (1 in FLOP; in money, by the two machines and
 * how well each is used). At the optimum
 *
 *     eps_N / eps_D = d ln F/d ln N (1 + w D_inf/(3 D)),
 *
 * eps the elasticities of the loss: the dearer the serving, the smaller the
 * model and the longer its training.
 *
 * SOURCE: Sardana & Frankle 2023, arXiv:2401.00448, equation 2 and section 4. */

#ifndef INFERENCE_H
#define INFERENCE_H

#include "plan/solve.h"

typedef struct ServeCost { double tokens, weight; } ServeCost;

typedef struct Served {
    PlanPoint at;            /* at.c is the training alone            */
    double    serve, total;  /* FLOP; total counts serve w times      */
    PlanPoint train_best;    /* the same loss for the least training  */
    double    saved;         /* share of total that train_best would
                                have cost                             */
} Served;

bool inference_best(Served *out, const Surface *s, double loss,
                    const ServeCost *serving, const PlanPoint *near);

/* Tokens to be served from which a model of r < 1 times the N of least
 * training, trained on to the same loss, is the cheaper one. NaN: never. */
double inference_break_even(const Surface *s, const PlanPoint *train_best,
                            double r, double weight);

/* Dollars a served FLOP over dollars a trained one; 1 without deals. */
double inference_weight(const PlanAsk *ask);

void answer_inference(Answer *answer, const PlanBys *bys, const PlanAsk *ask);

#endif
