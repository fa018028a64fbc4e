/* arch_options.h - for the tests of models: the options of Shape, each alone
 * and those that go together, laid over a shape that has none; and the other
 * architecture, as if it were one of them. */

#ifndef ARCH_OPTIONS_H
#define ARCH_OPTIONS_H

#include "arch/arch.h"
#include "count/count.h"

typedef struct OptionSet {
    const char *name;
    Shape       options; /* only what is not GPT-2; kv_heads 1: one for all */
} OptionSet;

#define LLAMA .rms = true, .rope = true, .gated = true, .bare = true

static const OptionSet option_sets[] = {
    { "gpt2", { 0 } },
    { "rms", { .rms = true } },
    { "rope", { .rope = true } },
    { "gated", { .gated = true } },
    { "qk_norm", { .qk_norm = true } },
    { "bare", { .bare = true } },
    { "kv_heads", { .kv_heads = 1 } },
    { "mup", { .mup_width = 4, .mup_head = 1 } },
    { "llama", { LLAMA } },
    { "llama, tied, one kv", { LLAMA, .tied = true, .kv_heads = 1 } },
    { "lstm", { .recurrent = true } },
    { "lstm, tied", { .recurrent = true, .tied = true } },
    { "all", { LLAMA, .kv_heads = 1, .qk_norm = true, .mup_width = 3,
               .mup_head = 2 } },
};

/* The shape with these options; false where they do not go together (turning
 * takes an even width of heads, sharing more than one head). */
static inline bool option_lay(Shape *out, const Shape *shape,
                              const OptionSet *set)
{
    const Shape *o = &set->options;
    *out           = *shape;
    out->tied      = shape->tied || o->tied;
    out->kv_heads  = o->kv_heads;
    out->rms       = o->rms;
    out->rope      = o->rope;
    out->gated     = o->gated;
    out->qk_norm   = o->qk_norm;
    out->bare      = o->bare;
    out->mup_width = o->mup_width;
    out->mup_head  = o->mup_head;
    out->recurrent = o->recurrent;
    count_recurrent(out);
    return !o->rope || shape->width / shape->heads % 2 == 0;
}

/* The architecture that a shape is of. */
static inline const Arch *arch_of(const Shape *shape)
{
    return arch_find(shape->recurrent ? "lstm" : "transformer");
}

#endif
