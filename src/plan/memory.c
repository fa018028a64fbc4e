/* memory.c - bytes a device, term by term. Nothing here is searched for; the
 * formulas are those of the papers, in their order.
 *
 * Activations count what backward needs of a layer that trains in 16 bits with
 * dropout, as the paper's layer does: 11 + 19 + 4 of s b h bytes in attention,
 * feed-forward and norms, and 5 a s^2 b for the softmax, its dropout and its
 * mask. A layer without dropout keeps a little less.
 *
 * SOURCE: Rajbhandari et al. 2020, arXiv:1910.02054; Korthikanti et al. 2022,
 * arXiv:2205.05198, equations 1 to 4 and table 2. */

#include "plan/memory.h"

#include <math.h>
#include <string.h>

const double memory_usable = 0.92;

static const MemoryMix mixes[] = {
    { "mixed", 2, 2, 12 },          /* fp32 weights, two moments             */
    { "mixed-fp32-grads", 2, 4, 12 },
    { "fp32", 4, 4, 8 },
    { "adam8", 2, 2, 6 },           /* fp32 weights, two moments in 8 bits   */
    { "muon", 2, 2, 8 },            /* fp32 weights, one momentum            */
    { "sgd", 2, 2, 8 },             /* the same: one momentum                */
};

int memory_mixes(const MemoryMix **out)
{
    *out = mixes;
    return COUNT_OF(mixes);
}

bool memory_mix_find(MemoryMix *out, const char *name, Err *err)
{
    const char *names[COUNT_OF(mixes)];
    for (int i = 0; i < COUNT_OF(mixes); i++) {
        names[i] = mixes[i].name;
        if (!strcmp(name, mixes[i].name)) {
            *out = mixes[i];
            return true;
        }
    }
    const char *near = conf_nearest(name, names, COUNT_OF(mixes));
    return err_set(err, ERR_USAGE, "precision mix %s: unknown; %s%s%sthere are "
                   "mixed, mixed-fp32-grads, fp32, adam8, muon, sgd", name,
                   near ? "did you mean " : "", near ? near : "",
                   near ? "? " : "");
}

MemoryPlan memory_defaults(void)
{
    return (MemoryPlan){ .mix = mixes[0], .data = 1, .tensor = 1,
                         .pipeline = 1, .micro_batch = 1,
                         .recompute = RECOMPUTE_SELECTIVE };
}

static const char *const recompute_name[] = { "none", "selective", "full" };

const char *memory_recompute_name(Recompute recompute)
{
    return recompute_name[recompute];
}

bool memory_recompute_find(Recompute *out, const char *name)
{
    for (int i = 0; i < COUNT_OF(recompute_name); i++)
        if (!strcmp(recompute_name[i], name)) {
            *out = (Recompute)i;
            return true;
        }
    return false;
}

double memory_parameters(const MemoryModel *model)
{
    if (model->n > 0)
        return model->n;
    return model->shape.layers > 0 ? (double)count_params(model->shape).total
                                   : NAN;
}

double memory_layer(const MemoryModel *model, const MemoryPlan *plan)
{
    const Shape *shape = &model->shape;
    if (shape->layers <= 0)
        return NAN;
    const double s = (double)shape->context, h = (double)shape->width;
    const double a = (double)shape->heads, t = plan->tensor;
    const double squares = plan->recompute == RECOMPUTE_NONE
                         ? 5 * a * s / (h * t) : 0;
    const double outside = plan->sequence_parallel ? 10 / t : 10;
    const double one     = s * plan->micro_batch * h;
    if (plan->recompute == RECOMPUTE_FULL)
        return one * 2;
    return one * (outside + 24 / t + squares);
}

double memory_recompute(const MemoryModel *model, Recompute recompute)
{
    if (recompute == RECOMPUTE_NONE)
        return 0;
    if (recompute == RECOMPUTE_FULL)
        return 1.0 / 3;
    return (double)model->shape.context / (6 * (double)model->shape.width);
}

/* The last norm and the logits in 32 bits, where one stage holds both ends. */
static double logits(const MemoryModel *model, const MemoryPlan *plan)
{
    const Shape *shape = &model->shape;
    if (shape->layers <= 0)
        return NAN;
    if (plan->pipeline > 1)
        return 0;
    return 4 * (double)shape->context * plan->micro_batch / plan->tensor
         * ((double)shape->width + (double)shape->vocab);
}

static double known(double x)
{
    return isnan(x) ? 0 : x;
}

MemoryUse memory_train(const MemoryModel *model, const MemoryPlan *plan)
{
    const double psi = memory_parameters(model)
                     / (plan->tensor * plan->pipeline);
    MemoryUse out = {
        .weights   = psi * plan->mix.weights
                   / (plan->zero >= 3 ? plan->data : 1),
        .gradients = psi * plan->mix.gradients
                   / (plan->zero >= 2 ? plan->data : 1),
        .optimizer = psi * plan->mix.optimizer
                   / (plan->zero >= 1 ? plan->data : 1),
        .activations = memory_layer(model, plan) * (double)model->shape.layers,
        .logits      = logits(model, plan),
    };
    if (plan->offload) {
        out.host      = out.optimizer;
        out.optimizer = 0;
    }
    out.states = out.weights + out.gradients + out.optimizer;
    out.total  = out.states + known(out.activations) + known(out.logits);
    return out;
}

double memory_kv(const MemoryModel *model, double bytes)
{
    const Shape *shape = &model->shape;
    if (shape->layers <= 0)
        return NAN;
    const double heads = (double)(model->kv_heads > 0 ? model->kv_heads
                                                      : shape->heads);
    return 2 * (double)shape->layers * heads
         * ((double)shape->width / (double)shape->heads) * bytes;
}
