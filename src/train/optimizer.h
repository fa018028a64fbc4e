/* optimizer.h - how a gradient becomes a step: one file optimizer_NAME.c and
 * one row in optimizer_list.h each.
 *
 * All of them decay decoupled from the gradient, by lr times weight_decay; and
 * all of them obey a tensor's lr_scale (muP), which scales the step and not
 * the decay, so that what the schedule takes away in all is the same at every
 * width, as in the mup package of Yang et al. 2022, arXiv:2203.03466. */

#ifndef OPTIMIZER_H
#define OPTIMIZER_H

#include "train/train.h"

/* What is the same for all parameters of one step. */
typedef struct OptimizerStep {
    const TrainConfig *config;
    const Kern        *kern;
    i64                number; /* 1, 2, ...                       */
    double             lr;     /* now, by the schedule            */
    double             scale;  /* of gradients: 1, or clipping    */
    double             rest1, rest2; /* 1 - beta^number: AdamW    */
} OptimizerStep;

/* Some neighbours of one tensor. */
typedef struct OptimizerSpan {
    real  *p, *m, *v, *g; /* parameters, moments, gradient: g is set to 0 */
    i64    count;
    double lr_scale;
    bool   decay;
} OptimizerSpan;

/* A matrix within a layer, whose rows lie `stride` apart. */
typedef struct OptimizerMatrix {
    real  *p, *m, *g;     /* g is set to 0 */
    i64    rows, cols, stride;
    double lr_scale;
    bool   decay;
} OptimizerMatrix;

typedef struct Optimizer {
    const char *name, *about;
    void (*span)(const OptimizerStep *step, const OptimizerSpan *span);

    /* Optional: hidden matrices are taken whole, by one thread each, with
     * work(rows, cols) reals of scratch. NULL: their spans will do. */
    void (*matrix)(const OptimizerStep *step, const OptimizerMatrix *matrix,
                   real *work);
    i64 (*matrix_work)(const Kern *kern, i64 rows, i64 cols);
} Optimizer;

int              optimizer_count(void);
const Optimizer *optimizer_at(int index);
const Optimizer *optimizer_find(const char *name); /* or NULL */

#define OPTIMIZER(name) extern const Optimizer optimizer_##name;
#include "train/optimizer_list.h"
#undef OPTIMIZER

#endif
