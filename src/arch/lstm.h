/* lstm.h - private to arch/: where the numbers of a stacked LSTM lie in the
 * slabs it is handed, and the parts of a pass. All offsets are in reals. */

#ifndef LSTM_H
#define LSTM_H

#include "arch/arch.h"

/* Parameters: of one layer, and the two ends (tied, head is token). */
typedef struct LstmCell { i64 in_w, state_w, bias; } LstmCell;
typedef struct LstmEnds { i64 token, head; } LstmEnds;

int      lstm_tensors(Tensor out[ARCH_TENSORS_MAX], const Shape *shape);
LstmCell lstm_cell(const Shape *shape, i64 layer);
LstmEnds lstm_ends(const Shape *shape);

/* Weights packed for the products, forward and back. */
typedef struct LstmPack {
    i64 in, in_t, state, state_t; /* in a layer            */
    i64 layer;                    /* from one to the next  */
    i64 head, head_t;             /* after all layers      */
    i64 count;
} LstmPack;

/* What a pass computes and the way back reads. "By time": row t batch + b, so
 * that one step of all sequences is one block; "by sequence": row b T + t. */
typedef struct LstmWork {
    /* In a layer, by time: x what comes in, where it is not h below (the first
     * layer; and all, where numbers are dropped); gate, 4 d wide. */
    i64 x, gate, c, h;
    i64 layer;
    /* Once, after all layers. */
    i64 order, dn;      /* by sequence: embedding and last h; what head sends */
    i64 dh;             /* by time: what is owed to a layer's h               */
    i64 later, dc;      /* of one step: what the step after sends to h and c  */
    i64 scores;
    i64 count;
} LstmWork;

LstmPack lstm_pack_layout(const Kern *kern, const Shape *shape);
LstmWork lstm_work_layout(const Kern *kern, const Shape *shape, i64 batch);

i64  lstm_packed_count(const Kern *kern, const Shape *shape);
i64  lstm_work_count(const Kern *kern, const Shape *shape, i64 batch);
void lstm_pack(real *packed, const Kern *kern, const Shape *shape,
               const real *param);

/* What every step of a pass looks at. */
typedef struct LstmPass {
    const Kern    *kern;
    const Shape   *shape;
    const real    *param, *packed;
    real          *grad; /* NULL: forward only */
    real          *work;
    const PassHow *how;
    LstmPack       pack;
    LstmWork       at;
    LstmEnds       ends;
    i64            batch, steps, rows; /* rows = batch * steps */
} LstmPass;

/* The work of a layer. */
real *lstm_layer(const LstmPass *p, i64 layer);

/* Numbers of x[rows,d], by time, are dropped into y, which may be x. Place: the
 * layer that they go into; `layers` is the head. */
void lstm_drop(const LstmPass *p, real *y, const real *x, i64 place);

void lstm_see(const LstmPass *p, const char *name, i64 layer, const real *x,
              i64 cols);

/* One layer: from its input to h; and from dh back to the dh below. */
void lstm_forward(const LstmPass *p, i64 layer);
void lstm_backward(const LstmPass *p, i64 layer);

#endif
