/* optimizer_adamw.c - AdamW: the arithmetic is the kernel's (kern.h).
 *
 * SOURCE: Loshchilov and Hutter 2019, arXiv:1711.05101. */

#include "train/optimizer.h"

/* The kernel multiplies both by its rate; decay is to feel the schedule's. */
static void span(const OptimizerStep *step, const OptimizerSpan *s)
{
    const TrainConfig *c = step->config;
    const AdamStep     adam = {
        .lr      = step->lr * s->lr_scale,
        .beta1   = c->beta1,
        .beta2   = c->beta2,
        .epsilon = c->epsilon,
        .decay   = s->decay ? c->weight_decay / s->lr_scale : 0,
        .scale   = step->scale,
        .rest1   = step->rest1,
        .rest2   = step->rest2,
    };
    step->kern->adamw(s->p, s->m, s->v, s->g, s->count, &adam);
}

const Optimizer optimizer_adamw = {
    .name  = "adamw",
    .about = "Adam with decoupled weight decay",
    .span  = span,
};
