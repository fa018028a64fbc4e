/* memory.h - will it fit: bytes a device needs to train or to serve a decoder-
 * only Transformer, by what is split over how many devices.
 *
 *     states       Psi/(t p) parameters a device, times bytes of weights,
 *                  gradients and optimizer; ZeRO 1, 2, 3 also splits the
 *                  optimizer, the gradients, the weights over d data replicas
 *     activations  a layer, 16 bits: s b h (34 + 5 a s/h), and less with tensor
 *                  parallelism, sequence parallelism and recomputation; the
 *                  first pipeline stage holds as much as L layers of one
 *                  microbatch, whatever p
 *     serving      weights, and 2 L kv_heads d_head numbers a token of context
 *
 * s context, b sequences a microbatch, h width, a heads, L layers, t tensor, p
 * pipeline, d data parallel.
 *
 * SOURCE: Rajbhandari et al. 2020, arXiv:1910.02054, figure 1 (ZeRO); Ren et
 *         al. 2021, arXiv:2101.06840 (offload);
 *         Korthikanti et al. 2022, arXiv:2205.05198, table 2 and section 4
 *         (activations). */

#ifndef MEMORY_H
#define MEMORY_H

#include "count/count.h"
#include "plan/answer.h"
#include "plan/machine.h"

typedef struct MemoryModel {
    double n;        /* parameters, all; NaN: counted from the shape          */
    Shape  shape;    /* a known shape; layers 0: unknown, so no activations   */
    i64    kv_heads; /* 0: as many as heads                                   */
} MemoryModel;

typedef enum Recompute {
    RECOMPUTE_NONE,
    RECOMPUTE_SELECTIVE, /* the s x s matrices; flash attention does the same */
    RECOMPUTE_FULL,      /* only each layer's input is kept                   */
} Recompute;

typedef struct MemoryMix { /* bytes a parameter */
    const char *name;
    double      weights, gradients, optimizer;
} MemoryMix;

/* "mixed" (2+2+12, Adam with fp32 master copy), "mixed-fp32-grads" (2+4+12),
 * "fp32" (4+4+8), "adam8" (2+2+6), "muon" (2+2+8), "sgd" (2+2+8). */
bool memory_mix_find(MemoryMix *out, const char *name, Err *err) MUST_USE;

/* All of them. */
int memory_mixes(const MemoryMix **out);

typedef struct MemoryPlan {
    MemoryMix mix;
    int       zero;                 /* 0..3                                   */
    double    data, tensor, pipeline; /* degrees, at least 1                  */
    double    micro_batch;          /* sequences a replica works on at once   */
    Recompute recompute;
    bool      sequence_parallel;    /* norms, dropouts split over t as well */
    bool      offload;              /* optimizer in the host's memory         */
} MemoryPlan;

/* Mixed precision, ZeRO 0, one device, one sequence, selective. */
MemoryPlan memory_defaults(void);

typedef struct MemoryUse {          /* bytes a device                         */
    double weights, gradients, optimizer, states;
    double activations, logits;     /* NaN: the shape is unknown              */
    double total;                   /* of what is known, on the device        */
    double host;                    /* of host memory, where offloaded        */
} MemoryUse;

double    memory_parameters(const MemoryModel *model);
MemoryUse memory_train(const MemoryModel *model, const MemoryPlan *plan);

/* Activation bytes of one layer and one microbatch. */
double memory_layer(const MemoryModel *model, const MemoryPlan *plan);

/* Compute spent again, as a share of the model's: 0, s/(6h), 1/3. */
double memory_recompute(const MemoryModel *model, Recompute recompute);

/* Bytes of keys and values a token, at so many bytes a number. */
double memory_kv(const MemoryModel *model, double bytes);

const char *memory_recompute_name(Recompute recompute);
bool        memory_recompute_find(Recompute *out, const char *name);

/* The share of a device's memory that a plan may use: the rest is the runtime,
 * buffers of communication and fragments. */
extern const double memory_usable;

/* The simplest arrangement of `devices` (0: of as few as possible) that fits
 * devices of `memory` bytes (memory_usable of them): least recomputation first,
 * then least model parallelism, then the lowest ZeRO stage. Tensor parallelism
 * is 1, 2, 4 or 8 and divides the heads; pipeline stages divide the layers.
 * Keeps mix, micro_batch, sequence_parallel and offload of `like`. False where
 * none of up to 65,536 devices does. */
bool memory_arrange(MemoryPlan *out, double *devices, const MemoryModel *model,
                    const MemoryPlan *like, double memory);

/* --- as answers ----------------------------------------------------------- */

/* Keys weights, gradients, optimizer, activations, logits, total, host (where
 * offloaded), device, fits, and where it does not: rearranged (the same devices
 * otherwise, if that does) and needs (as few devices as do). */
void answer_memory(Answer *answer, const char *by, const MemoryModel *model,
                   const MemoryPlan *plan, const Machine *machine);

/* States alone under ZeRO 0 to 3: keys zero0 .. zero3. */
void answer_zero(Answer *answer, const char *by, const MemoryModel *model,
                 const MemoryPlan *plan);

/* The same for every mix, one column each. */
void answer_mixes(Answer *answer, const MemoryModel *model,
                  const MemoryPlan *plan);

/* Columns none, selective, full: keys activations, logits, again. */
void answer_recompute(Answer *answer, const MemoryModel *model,
                      const MemoryPlan *plan);

/* Keys tokens_per_second, time, for `tokens` at `flop_per_token`; MFU counts
 * useful FLOP, so `recompute` (memory_recompute) slows. */
void answer_speed(Answer *answer, const char *by, const Deal *deal,
                  double flop_per_token, double tokens, double recompute);

/* Serving on one device or `tensor` of them: keys weights, kv_token,
 * kv_sequence, sequences (how many fit), tokens_per_second (at most, reading
 * weights and caches once a token). */
void answer_serving_memory(Answer *answer, const char *by,
                           const MemoryModel *model, const Machine *machine,
                           double bytes, double tensor);

#endif
