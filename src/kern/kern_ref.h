/* kern_ref.h - private to kern/: the parts of the reference backend that have
 * a file of their own. */

#ifndef KERN_REF_H
#define KERN_REF_H

#include "kern/kern.h"

i64  attention_keep_ref(const Attend *a);
i64  attention_work_ref(const Attend *a);
void attention_ref(real *o, real *keep, real *work, const real *qkv,
                   const Attend *a);
void attention_back_ref(real *dqkv, real *work, const real *d_o,
                        const real *o, const real *qkv, const real *keep,
                        const Attend *a);

void rms_ref(real *y, real *stat, const real *x, const real *gain, i64 R,
             i64 C, i64 row);
void rms_back_ref(real *dx, real *dgain, const real *add, const real *dy,
                  const real *x, const real *stat, const real *gain, i64 R,
                  i64 C, i64 row);
void rope_ref(real *x, const real *turn, i64 R, i64 T, i64 H, i64 S, i64 row,
              bool back);
void swiglu_ref(real *a, const real *u, i64 R, i64 F);
void swiglu_back_ref(real *du, const real *da, const real *u, i64 R, i64 F);
void lstm_ref(real *h, real *c, real *gate, const real *before, i64 R, i64 C);
void lstm_back_ref(real *gate, real *dc, const real *dh, const real *later,
                   const real *c, const real *before, i64 R, i64 C);
void dropout_ref(real *y, const real *x, const real *add, i64 n, u64 key,
                 real p);

#endif
