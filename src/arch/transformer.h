/* transformer.h - private to arch/: where the numbers of a Transformer lie in
 * the slabs it is handed, and the parts of a pass. All offsets are in reals;
 * that of a tensor which the shape has not is -1. */

#ifndef TRANSFORMER_H
#define TRANSFORMER_H

#include "arch/arch.h"

/* Parameters: of one layer, and of what is not in layers.
 * With a tied head, head is token. */
typedef struct Block {
    i64 norm1_gain, norm1_bias, qkv_w, qkv_b, qnorm_gain, knorm_gain;
    i64 proj_w, proj_b;
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
    i64 turn;          /* [T,S]: not weights, but made no more often    */
    i64 count;
} Pack;

/* What a pass computes and the way back reads. */
typedef struct Work {
    /* In a layer: what the way back reads. raw: qkv before its norms;
     * slope: of GELU, or gate and up of the gated feed-forward. */
    i64 x0, stat1, n1, qkv, raw, stat_qk, keep, o;
    i64 x1, stat2, n2, act, slope;
    i64 layer;
    /* Once, after all layers. */
    i64 x, statf, nf, scores, dx, dn, wide, attention;
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

/* -- A pass --------------------------------------------------------------- */

/* What every step of a pass looks at. */
typedef struct Pass {
    const Kern    *kern;
    const Shape   *shape;
    const real    *param, *packed;
    real          *grad; /* NULL: forward only */
    real          *work;
    const PassHow *how;
    Attend         attend;
    Pack           pack;
    Work           at;
    Ends           ends;
    i64            batch, rows;
} Pass;

/* What every step of a layer looks at. */
typedef struct Layer {
    i64         index;
    Block       block;  /* its parameters                                  */
    const real *packed; /* its packed weights                              */
    real       *work;   /* its work                                        */
    real       *end;    /* where it leaves its sum and the next finds it   */
} Layer;

Layer transformer_layer(const Pass *p, i64 index);

/* NULL where the shape has no such tensor. */
const real *transformer_param(const Pass *p, i64 at);
real       *transformer_grad(const Pass *p, i64 at);

/* What dy[rows,N] behind x[rows,K] w + b sends to w and b. */
void transformer_weights_back(const Pass *p, i64 w, i64 b, const real *x,
                              const real *dy, i64 K, i64 N);

void transformer_see(const Pass *p, const char *name, i64 layer,
                     const real *x, i64 cols);

/* Norms of the stream, of either kind; the way back adds to dx. */
typedef struct Norm { i64 gain, bias; } Norm;
void transformer_norm(const Pass *p, real *y, real *stat, const real *x,
                      Norm norm);
void transformer_norm_back(const Pass *p, real *dx, const real *dy,
                           const real *x, const real *stat, Norm norm);

/* Where in a model numbers are dropped: each site drops others. */
enum { SITE_EMBED, SITE_ATTENTION, SITE_FF, SITES }; /* the last two a layer */
void transformer_drop(const Pass *p, real *y, const real *x, const real *add,
                      i64 layer, int site);

/* The end of a branch, back in the stream: what product of a[R,K] and bias
 * is dropped in part, and added to x[R,d]. */
typedef struct Branch {
    const real *a, *packed, *bias;
    i64         K, layer;
    int         site;
} Branch;
void transformer_branch(const Pass *p, real *to, const real *x,
                        const Branch *branch);

/* What the way back through a branch begins with: dx, or where numbers are
 * dropped what of it came through, in room[R,d]. */
const real *transformer_branch_back(const Pass *p, real *room, i64 layer,
                                    int site);

void transformer_attention(const Pass *p, const Layer *l);
void transformer_attention_back(const Pass *p, const Layer *l);
void transformer_ff(const Pass *p, const Layer *l);
void transformer_ff_back(const Pass *p, const Layer *l);
void transformer_last_norm(const Pass *p);
void transformer_last_norm_back(const Pass *p);

/* Losses; with a gradient, also what they send back: to the head, and in dn to
 * the last norm. */
void transformer_head(const Pass *p, real *loss, const i32 *y);

#endif
