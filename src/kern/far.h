/* far.h - what architectures do to numbers besides arithmetic, wherever these
 * lie: by the backend's own functions where its memory is not the processor's
 * (Kern.far), else by loops here. */

#ifndef FAR_H
#define FAR_H

#include "kern/kern.h"

/* to[n] = from[n];  x[n] = 0;  x[n] *= factor. */
void kern_copy(const Kern *kern, real *to, const real *from, i64 n);
void kern_zero(const Kern *kern, real *x, i64 n);
void kern_times(const Kern *kern, real *x, i64 n, real factor);

/* to[B,A,n] from from[A,B,n]: row (a, b) of one order to row (b, a). */
void kern_swap(const Kern *kern, real *to, const real *from, i64 A, i64 B,
               i64 n);

/* turn[T,S] of Kern.rope: the angle of pair i at position t is
 * t 10000^(-2 i / S).
 * SOURCE: Su et al. 2021, arXiv:2104.09864, section 3.2.2. */
void kern_turns(const Kern *kern, real *turn, i64 T, i64 S);

/* Dropout of B sequences of n numbers each; y, x and add as in Kern.dropout. */
void kern_drop(const Kern *kern, real *y, const real *x, const real *add, i64 B,
               i64 n, const Drop *drop);

/* The key of Kern.dropout for one sequence. */
u64 drop_key(const Drop *drop, i64 sequence);

/* Attention of B sequences one after the other: o[B,T,HS], keep[B] times
 * attention_keep, qkv[B,T,(H+2KV)S]; `work` serves the processor's alone. */
void kern_attention(const Kern *kern, real *o, real *keep, real *work,
                    const real *qkv, i64 B, const Attend *a);
void kern_attention_back(const Kern *kern, real *dqkv, real *work,
                         const real *d_o, const real *o, const real *qkv,
                         const real *keep, i64 B, const Attend *a);

#endif
