/* optimizer_sgd.c - stochastic gradient descent with heavy-ball momentum, as
 * PyTorch's SGD without dampening and without Nesterov's look ahead:
 *
 *     m  <-  momentum m + g
 *     p  <-  p - lr (m + decay p)
 *
 * In double, and the sum rounded once: a plain loop, for memory is what it
 * waits for. v is not used.
 *
 * SOURCE: Polyak 1964; Sutskever et al. 2013, section 2 (momentum is not
 *         multiplied by 1 - momentum, so the rate means what it means in
 *         frameworks). */

#include "train/optimizer.h"

static void span(const OptimizerStep *step, const OptimizerSpan *s)
{
    const TrainConfig *c = step->config;
    const double       lr = step->lr * s->lr_scale;
    const double       keep = 1 - (s->decay ? step->lr * c->weight_decay : 0);
    for (i64 i = 0; i < s->count; i++) {
        const double m = c->momentum * (double)s->m[i]
                       + step->scale * (double)s->g[i];
        s->m[i] = (real)m;
        s->p[i] = (real)(keep * (double)s->p[i] - lr * m);
        s->g[i] = 0;
    }
}

const Optimizer optimizer_sgd = {
    .name  = "sgd",
    .about = "gradient descent with heavy-ball momentum",
    .span  = span,
};
