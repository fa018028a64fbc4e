/* transformer.h - private to arch/: where the numbers of a Transformer lie in
 * the slabs it is handed. All offsets are in reals. */

#ifndef TRANSFORMER_H
#define TRANSFORMER_H

#include "arch/arch.h"

/* Parameters: of one layer, and of what is not in layers.
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

/* Weights packed for the products, forward and back. */
typedef struct Pack {
    i64 qkv, qkv_t, proj, proj_t, up, up_t, down, down_t; /* in a layer */
    i64 layer;                                /* from one to the next   */
    i64 head, head_t;                         /* after all layers       */
    i64 count;
} Pack;

/* What a pass computes and the way back reads. */
typedef struct Work {
    /* In a layer: what the way back reads. */
    i64 x0, stat1, n1, qkv, keep, o, x1, stat2, n2, act, slope;
    i64 layer;
    /* Once, after all layers. */
    i64 x, statf, nf, scores, dx, dn, wide, attention;
    i64 keep_one; /* of one sequence */
    i64 count;
} Work;

/* The sizes of attention over one sequence. */
Attend transformer_attend(const Shape *shape);

Pack transformer_pack_layout(const Kern *kern, const Shape *shape);
Work transformer_work_layout(const Kern *kern, const Shape *shape, i64 batch);

i64  transformer_packed_count(const Kern *kern, const Shape *shape);
i64  transformer_work_count(const Kern *kern, const Shape *shape, i64 batch);
void transformer_pack(real *packed, const Kern *kern, const Shape *shape,
                      const real *param);

/* Of `rows` tokens, for how many scores are made at a time. */
i64 transformer_rows_at_once(const Shape *shape, i64 rows);

#endif
