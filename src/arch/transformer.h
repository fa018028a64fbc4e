/* transformer.h - private to arch/: where the tensors of a Transformer lie in
 * its slab. */

#ifndef TRANSFORMER_H
#define TRANSFORMER_H

#include "arch/arch.h"

/* Offsets in the slab, in reals: of one layer, and of what is not in layers.
 * With a tied head, head is token. */
typedef struct Block {
    i64 norm1_gain, norm1_bias, qkv_w, qkv_b, proj_w, proj_b;
    i64 norm2_gain, norm2_bias, up_w, up_b, down_w, down_b;
} Block;

typedef struct Ends {
    i64 token, position, normf_gain, normf_bias, head;
} Ends;

int   transformer_tensors(Tensor out[ARCH_TENSORS_MAX], const Shape *shape);
Block transformer_block(const Shape *shape, i64 layer);
Ends  transformer_ends(const Shape *shape);

#endif
