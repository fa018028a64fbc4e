/* memory_answer.c - whether it fits, in items: each term with its formula, and
 * where it does not fit, what would. */

#include "plan/memory.h"

#include <math.h>
#include <stdio.h>

static const char zero[]        = "Rajbhandari et al. 2020, arXiv:1910.02054";
static const char korthikanti[] = "Korthikanti et al. 2022, arXiv:2205.05198";

static void state(Answer *answer, const char *by, const char *key,
                  const char *label, double value, double psi, double bytes,
                  double shards)
{
    AnswerItem *item = answer_number(answer, by, key, label, ANSWER_BYTES,
                                     value);
    answer_because(answer, item, zero, "%g bytes * N/(t p) / %g = %g * %.4g / "
                   "%g = %.4g", bytes, shards, bytes, psi, shards, value);
}

static void put_states(Answer *answer, const char *by, const MemoryModel *model,
                       const MemoryPlan *plan, const MemoryUse *use)
{
    const double psi = memory_parameters(model)
                     / (plan->tensor * plan->pipeline);
    state(answer, by, "weights", "weights", use->weights, psi,
          plan->mix.weights, plan->zero >= 3 ? plan->data : 1);
    state(answer, by, "gradients", "gradients", use->gradients, psi,
          plan->mix.gradients, plan->zero >= 2 ? plan->data : 1);
    const bool host = plan->offload;
    state(answer, by, host ? "host" : "optimizer",
          host ? "optimizer, in the host's memory" : "optimizer",
          host ? use->host : use->optimizer, psi, plan->mix.optimizer,
          plan->zero >= 1 ? plan->data : 1);
}

static void layer_words(char out[160], const MemoryModel *model,
                        const MemoryPlan *plan)
{
    const Shape *shape = &model->shape;
    const double t     = plan->tensor;
    if (plan->recompute == RECOMPUTE_FULL)
        snprintf(out, 160, "2");
    else if (plan->recompute == RECOMPUTE_NONE)
        snprintf(out, 160, "%.4g + 24/%g + 5*%lld*%lld/(%lld*%g)",
                 plan->sequence_parallel ? 10 / t : 10, t,
                 (long long)shape->heads, (long long)shape->context,
                 (long long)shape->width, t);
    else
        snprintf(out, 160, "%.4g + 24/%g",
                 plan->sequence_parallel ? 10 / t : 10, t);
}

static void put_activations(Answer *answer, const char *by,
                            const MemoryModel *model, const MemoryPlan *plan,
                            const MemoryUse *use)
{
    const Shape *shape = &model->shape;
    AnswerItem  *item  = answer_number(answer, by, "activations", "activations",
                                       ANSWER_BYTES, use->activations);
    if (shape->layers <= 0) {
        answer_remark(answer, item, "the shape is not known");
        return;
    }
    char words[160];
    layer_words(words, model, plan);
    answer_because(answer, item, korthikanti,
                   "L s b h (%s) = %lld * %lld * %g * %lld * (%s) = %.4g",
                   words, (long long)shape->layers, (long long)shape->context,
                   plan->micro_batch, (long long)shape->width, words,
                   use->activations);
    item = answer_number(answer, by, "logits", "logits", ANSWER_BYTES,
                         use->logits);
    if (plan->pipeline > 1)
        answer_remark(answer, item, "on the last stage, which holds fewer "
                      "activations");
    else
        answer_because(answer, item, korthikanti,
                       "4 s b (h + V) / t = 4 * %lld * %g * (%lld + %lld) / %g "
                       "= %.4g", (long long)shape->context, plan->micro_batch,
                       (long long)shape->width, (long long)shape->vocab,
                       plan->tensor, use->logits);
}

static void words_of(char out[200], const MemoryPlan *plan, double devices)
{
    snprintf(out, 200, "%g device%s: ZeRO %d, tensor %g, pipeline %g, data %g, "
             "recompute %s", devices, devices == 1 ? "" : "s", plan->zero,
             plan->tensor, plan->pipeline, plan->data,
             memory_recompute_name(plan->recompute));
}

static void put_need(Answer *answer, const char *by, const MemoryModel *model,
                     const MemoryPlan *plan, double memory)
{
    MemoryPlan   best;
    char         words[200];
    double       devices = plan->data * plan->tensor * plan->pipeline;
    const double had     = devices;
    if (memory_arrange(&best, &devices, model, plan, memory)) {
        words_of(words, &best, devices);
        answer_text(answer, by, "rearranged", "fits on as many as", "%s",
                    words);
    }
    devices = 0;
    if (!memory_arrange(&best, &devices, model, plan, memory)) {
        answer_text(answer, by, "needs", "fits on", "none of up to 65,536 "
                    "devices; take fewer sequences a microbatch or a device "
                    "with more memory");
        return;
    }
    words_of(words, &best, devices);
    answer_text(answer, by, "needs", devices < had ? "would fit on only"
                                                   : "fits on", "%s", words);
}

void answer_memory(Answer *answer, const char *by, const MemoryModel *model,
                   const MemoryPlan *plan, const Machine *machine)
{
    const MemoryUse use    = memory_train(model, plan);
    const double    usable = memory_usable * machine->memory;
    put_states(answer, by, model, plan, &use);
    put_activations(answer, by, model, plan, &use);
    AnswerItem *item = answer_number(answer, by, "total", "in all, a device",
                                     ANSWER_BYTES, use.total);
    answer_because(answer, item, NULL, "states + activations + logits = %.4g + "
                   "%.4g + %.4g = %.4g", use.states, use.activations,
                   use.logits, use.total);
    item = answer_number(answer, by, "device", "a device has", ANSWER_BYTES,
                         machine->memory);
    item->source = machine->source;
    answer_text(answer, by, "fits", "fits", "%s", use.total <= usable
                ? "yes" : "no");
    if (!(use.total <= usable))
        put_need(answer, by, model, plan, machine->memory);
    answer_note(answer, "%.0f %% of a device's memory are taken to be usable; "
                "the runtime, communication and fragments take the rest.",
                100 * memory_usable);
    if (model->shape.layers <= 0)
        answer_note(answer, "Without a shape activations are not counted: what "
                    "is shown is the least.");
    else if (plan->recompute != RECOMPUTE_NONE)
        answer_note(answer, "Recompute %s: %.1f %% of the model's compute is "
                    "done again.", memory_recompute_name(plan->recompute),
                    100 * memory_recompute(model, plan->recompute));
}

void answer_zero(Answer *answer, const char *by, const MemoryModel *model,
                 const MemoryPlan *plan)
{
    static const char *const key[]   = { "zero0", "zero1", "zero2", "zero3" };
    static const char *const label[] = {
        "ZeRO 0: all of it on each", "ZeRO 1: optimizer split",
        "ZeRO 2: and gradients", "ZeRO 3: and weights",
    };
    static const char *const words[] = {
        "(w + g + o) N", "(w + g) N + o N/d", "w N + (g + o) N/d",
        "(w + g + o) N/d",
    };
    for (int stage = 0; stage < 4; stage++) {
        MemoryPlan at = *plan;
        at.zero       = stage;
        const MemoryUse use  = memory_train(model, &at);
        AnswerItem     *item = answer_number(answer, by, key[stage],
                                             label[stage], ANSWER_BYTES,
                                             use.states);
        answer_because(answer, item, zero, "%s with w, g, o = %g, %g, %g "
                       "bytes, N = %.4g, d = %g: %.4g", words[stage],
                       at.mix.weights, at.mix.gradients, at.mix.optimizer,
                       memory_parameters(model) / (at.tensor * at.pipeline),
                       at.data, use.states);
    }
}

void answer_speed(Answer *answer, const char *by, const Deal *deal,
                  double flop_per_token, double tokens, double recompute)
{
    const Deal   on   = deal_settled(deal);
    const double rate = on.devices * on.peak * on.mfu
                      / (flop_per_token * (1 + recompute));
    AnswerItem  *item = answer_number(answer, by, "tokens_per_second",
                                      "tokens a second", ANSWER_TOKENS, rate);
    answer_because(answer, item, korthikanti,
                   "devices * peak * MFU / (FLOP a token * (1 + recomputed)) = "
                   "%g * %.4g * %.3g / (%.4g * %.4g) = %.4g", on.devices,
                   on.peak, on.mfu, flop_per_token, 1 + recompute, rate);
    item = answer_number(answer, by, "time", "time", ANSWER_SECONDS,
                         tokens / rate);
    answer_because(answer, item, NULL,
                   "%.4g tokens / %.4g tokens/s = %.4g days", tokens, rate,
                   tokens / rate / 86400);
    if (!(deal->mfu > 0))
        answer_note(answer, "%.0f %% of the %s peak of %s is assumed to be "
                    "reached (MFU); measure yours and give it.", 100 * on.mfu,
                    on.precision, on.machine.title);
}

void answer_mixes(Answer *answer, const MemoryModel *model,
                  const MemoryPlan *plan)
{
    const MemoryMix *mix;
    const int        count = memory_mixes(&mix);
    for (int i = 0; i < count; i++) {
        MemoryPlan at = *plan;
        at.mix        = mix[i];
        answer_zero(answer, mix[i].name, model, &at);
    }
    answer_note(answer, "N = %.4g over tensor %g, pipeline %g, data %g; bytes "
                "of weights, gradients and optimizer a parameter: mixed 2 + 2 "
                "+ 12, fp32 4 + 4 + 8, and so on (--explain).",
                memory_parameters(model), plan->tensor, plan->pipeline,
                plan->data);
}

void answer_recompute(Answer *answer, const MemoryModel *model,
                      const MemoryPlan *plan)
{
    for (int r = RECOMPUTE_NONE; r <= RECOMPUTE_FULL; r++) {
        const char *by = memory_recompute_name((Recompute)r);
        MemoryPlan  at = *plan;
        at.recompute   = (Recompute)r;
        const MemoryUse use = memory_train(model, &at);
        put_activations(answer, by, model, &at, &use);
        AnswerItem *item = answer_number(answer, by, "again",
                                         "compute done again", ANSWER_SHARE,
                                         memory_recompute(model, at.recompute));
        answer_because(answer, item, korthikanti, "%s",
                       r == RECOMPUTE_NONE ? "nothing is done twice"
                       : r == RECOMPUTE_SELECTIVE
                           ? "the squares of attention: s/(6 h)"
                           : "the whole forward pass: 1/3");
    }
}
