/* memory_fit.c - the simplest arrangement that fits, by trying them all: a few
 * hundred for each number of devices, each a handful of multiplications.
 *
 * Simple means what costs least: compute that is not spent twice first, then
 * devices that need not talk within a layer, then within a step. */

#include "plan/memory.h"

#include <math.h>

enum { DEVICES_MOST = 65536, TENSOR_MOST = 8 };

static bool divides(double part, i64 whole)
{
    return whole <= 0 || fmod((double)whole, part) == 0;
}

static bool fits(const MemoryModel *model, const MemoryPlan *plan, double bytes)
{
    return memory_train(model, plan).total <= bytes;
}

/* Over pipelines of p stages, tensor parallelism of t, in order of t p. */
static bool split(MemoryPlan *plan, const MemoryModel *model, double devices,
                  double parts, double bytes)
{
    for (double t = 1; t <= TENSOR_MOST && t <= parts; t *= 2) {
        plan->tensor   = t;
        plan->pipeline = parts / t;
        plan->data     = devices / parts;
        if (fmod(parts, t) != 0 || !divides(t, model->shape.heads)
            || !divides(plan->pipeline, model->shape.layers)
            || (model->shape.layers <= 0 && plan->pipeline > 1))
            continue;
        const int most = plan->data > 1 ? 3 : 0;
        for (plan->zero = 0; plan->zero <= most; plan->zero++)
            if (fits(model, plan, bytes))
                return true;
    }
    return false;
}

static bool on(MemoryPlan *out, double devices, const MemoryModel *model,
               const MemoryPlan *like, double bytes)
{
    const double layers = (double)i64_max(model->shape.layers, 1);
    const double most   = fmin(devices, TENSOR_MOST * layers);
    for (int r = RECOMPUTE_NONE; r <= RECOMPUTE_FULL; r++)
        for (double parts = 1; parts <= most; parts++) {
            if (fmod(devices, parts) != 0)
                continue;
            *out           = *like;
            out->recompute = (Recompute)r;
            if (split(out, model, devices, parts, bytes))
                return true;
        }
    return false;
}

bool memory_arrange(MemoryPlan *out, double *devices, const MemoryModel *model,
                    const MemoryPlan *like, double memory)
{
    const double bytes = memory_usable * memory;
    if (*devices >= 1)
        return on(out, floor(*devices), model, like, bytes);
    for (double count = 1; count <= DEVICES_MOST; count *= 2)
        if (on(out, count, model, like, bytes)) {
            *devices = count;
            return true;
        }
    return false;
}
