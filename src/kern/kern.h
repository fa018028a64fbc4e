/* kern.h - the arithmetic that a backend offers to the models.
 *
 * Shapes are written as the numbers lie in memory, slowest index first:
 * x[R,K] is R rows of K neighbours. Unless a line below says otherwise,
 *
 *   - arrays are dense, of real, owned by the caller, need no alignment, and
 *     do not overlap;
 *   - outputs come first, then inputs, then sizes, then constants;
 *   - a kernel overwrites its outputs; those marked += are added to;
 *   - sizes are at least 1;
 *   - a kernel allocates nothing, keeps nothing and cannot fail: a broken
 *     promise is a bug. It runs on the thread that calls it, and its result
 *     depends on its arguments alone: not on alignment, not on what else runs.
 *     Threads own sequences, so the number of threads changes no bit.
 *
 * A backend is one filled Kern. The one called "ref" is the definition: plain
 * loops, double sums, no hurry. Every other is held to it by
 * tests/test_kern.c. docs/numerics.md says what is promised of the bits.
 *
 * A backend computes in one of two ways, its dtype. In "fp32" a product takes
 * its inputs as they are. In "bf16" the linear maps round what they multiply
 * (x, w, dy; not b, add or slope) to bfloat16, the upper half of a float: to
 * nearest, ties to even, and what is below 2^-126 in size to 0. Sums stay
 * float, and so does all else: arrays in memory, the sums of db, norms,
 * softmax, losses, the optimizer. Packed weights are of the table that packed
 * them, and nobody else reads them.
 *
 * Letters: R rows (tokens), K numbers in, N numbers out, C the width of the
 * stream, T tokens of a sequence, H heads, S = C / H the width of a head,
 * V tokens in the vocabulary. */

#ifndef KERN_H
#define KERN_H

#include "base/base.h"
#include "kern/real.h"

/* One step of AdamW, the same for all parameters of a span.
 *
 *     g  <-  scale * g                              (clipping)
 *     m  <-  beta1 m + (1 - beta1) g
 *     v  <-  beta2 v + (1 - beta2) g^2
 *     p  <-  p - lr ( (m / rest1) / (sqrt(v / rest2) + epsilon) + decay p )
 *
 * with rest = 1 - beta^t at step t = 1, 2, ...
 *
 * SOURCE: Loshchilov and Hutter 2019, arXiv:1711.05101, algorithm 2; `decay`
 *         is multiplied by lr, as in PyTorch. */
typedef struct AdamStep {
    double lr, beta1, beta2, epsilon;
    double decay; /* 0 for gains and biases          */
    double scale; /* of the gradient: 1, or clipping */
    double rest1, rest2;
} AdamStep;

/* The sizes of causal attention over one sequence: T tokens, H heads of
 * queries, KV heads of keys and values (H of them in GPT-2, fewer where heads
 * of queries share them), each head S wide; `scale` multiplies q . k, and is
 * 1 / sqrt(S) unless a parametrisation says otherwise.
 * SEE: Ainslie et al. 2023, arXiv:2305.13245, for sharing. */
typedef struct Attend {
    i64  T, H, KV, S; /* H is a multiple of KV */
    real scale;
} Attend;

/* Which numbers dropout drops in B sequences that lie one after the other:
 * those of sequence number `sequence + b` of the run under `seed`, at one of
 * the places in a model where there is dropping. */
typedef struct Drop {
    u64  seed;
    i64  sequence;
    u64  place;
    real p;
} Drop;

/* What a backend offers besides if its memory is not the processor's, so that
 * neither loops nor memcpy reach it, and one call must do for all sequences of
 * a pass. All of it is defined by what far.c does without. */
typedef struct KernFar {
    i64  scores; /* how many scores a head had best make at a time */
    void (*copy)(real *to, const real *from, i64 n);
    void (*zero)(real *x, i64 n);
    void (*times)(real *x, i64 n, real factor);
    void (*swap)(real *to, const real *from, i64 A, i64 B, i64 n);
    void (*turns)(real *turn, i64 T, i64 S);
    void (*drop)(real *y, const real *x, const real *add, i64 B, i64 n,
                 const Drop *drop);
    void (*attention)(real *o, real *keep, const real *qkv, i64 B,
                      const Attend *a);
    void (*attention_back)(real *dqkv, const real *d_o, const real *o,
                           const real *qkv, const real *keep, i64 B,
                           const Attend *a);
} KernFar;

typedef struct Kern {
    const char *name;  /* "ref", "plain", "avx2", "avx512" */
    const char *dtype; /* "fp32", or "bf16": see below     */
    const char *about;
    bool (*usable)(void); /* does this processor have what it takes? */

    /* Multiply and add in registers and do nothing else; returns the FLOP
     * done. Timed, it gives this backend's peak on this core, now. */
    double (*probe)(i64 rounds);

    /* -- Linear maps: y = x w + b, with w[K,N] ---------------------------- */

    /* Weights in the order in which the products read them, made once an
     * optimizer step. pack serves linear*, pack_t serves linear_dx*; each
     * takes packed_count(K, N) or packed_count(N, K) reals. */
    i64 (*packed_count)(i64 K, i64 N);
    void (*pack)(real *packed, const real *w, i64 K, i64 N);
    void (*pack_t)(real *packed, const real *w, i64 K, i64 N);

    /* y[R,N] = x[R,K] w + b[N] + add[R,N]. b and add may be NULL; add may be
     * y itself. */
    void (*linear)(real *y, const real *x, const real *packed, const real *b,
                   const real *add, i64 R, i64 K, i64 N);

    /* a[R,N] = gelu(x w + b), and slope[R,N] = gelu'(x w + b): all that the
     * way back needs, and no second tanh. slope may be NULL.
     *
     *     gelu(u) = u/2 (1 + tanh(sqrt(2/pi) (u + 0.044715 u^3)))
     *
     * SOURCE: Hendrycks and Gimpel 2016, arXiv:1606.08415; GPT-2's form. */
    void (*linear_gelu)(real *a, real *slope, const real *x,
                        const real *packed, const real *b, i64 R, i64 K,
                        i64 N);

    /* dx[R,K] = dy[R,N] w', times slope[R,K] if that is not NULL. */
    void (*linear_dx)(real *dx, const real *dy, const real *packed_t,
                      const real *slope, i64 R, i64 K, i64 N);

    /* dw[K,N] += x[R,K]' dy[R,N];  db[N] += sum_r dy[r,:], if not NULL. */
    void (*linear_dw)(real *dw, real *db, const real *x, const real *dy,
                      i64 R, i64 K, i64 N);

    /* -- Layer norm ------------------------------------------------------- */

    /* y[R,C] = (x - mean) rstd gain[C] + bias[C], per row; epsilon 1e-5 is
     * added to the variance. stat[R,2] receives mean and rstd.
     * SOURCE: Ba et al. 2016, arXiv:1607.06450. */
    void (*norm)(real *y, real *stat, const real *x, const real *gain,
                 const real *bias, i64 R, i64 C);

    /* dx[R,C] +=, dgain[C] +=, dbias[C] +=. */
    void (*norm_back)(real *dx, real *dgain, real *dbias, const real *dy,
                      const real *x, const real *stat, const real *gain,
                      i64 R, i64 C);

    /* -- RMS norm --------------------------------------------------------- */

    /* y[R,C] = x rstd gain[C], per row, with rstd = 1 / sqrt(mean x^2 + 1e-5)
     * kept in stat[R]. Rows of x and y begin `row` numbers apart (C: dense;
     * more: one head in rows of many). y may be x.
     * SOURCE: Zhang and Sennrich 2019, arXiv:1910.07467. */
    void (*rms)(real *y, real *stat, const real *x, const real *gain, i64 R,
                i64 C, i64 row);

    /* dx[R,C] = add[R,C] + what dy sends back; dgain[C] +=. add may be NULL
     * or dx; dx may be dy. Rows of all four are `row` apart. */
    void (*rms_back)(real *dx, real *dgain, const real *add, const real *dy,
                     const real *x, const real *stat, const real *gain, i64 R,
                     i64 C, i64 row);

    /* -- Rotary positions ------------------------------------------------- */

    /* In place, in each of H heads side by side at the beginning of rows that
     * lie `row` apart, with row r at position t = r mod T: number i of the
     * first half and number i of the second are turned as a pair, by the
     * angle whose cosine is turn[t,i] and whose sine is turn[t,S/2+i].
     *
     *     (a, b)  <-  (a cos - b sin, b cos + a sin)
     *
     * back: by the angle's negative, which is also the way back. S is even.
     * SOURCE: Su et al. 2021, arXiv:2104.09864; halves paired as in GPT-NeoX
     *         and Llama as published for transformers, not neighbours. */
    void (*rope)(real *x, const real *turn, i64 R, i64 T, i64 H, i64 S,
                 i64 row, bool back);

    /* -- Gated feed-forward ----------------------------------------------- */

    /* a[R,F] = silu(gate) up, where u[R,2F] holds gate[F] and up[F] in each
     * row, and silu(g) = g / (1 + exp(-g)).
     * SOURCE: Shazeer 2020, arXiv:2002.05202. */
    void (*swiglu)(real *a, const real *u, i64 R, i64 F);

    /* du[R,2F] from da[R,F]; du may be u. */
    void (*swiglu_back)(real *du, const real *da, const real *u, i64 R, i64 F);

    /* -- The cell of an LSTM, one step ------------------------------------ */

    /* gate[R,4C] holds in each row the sums of input gate, forget gate,
     * candidate and output gate, C of each side by side, and receives what
     * they become; c[R,C] is the state, before[R,C] that of the step before
     * (NULL: zero), h[R,C] what goes out:
     *
     *     i, f, o = 1 / (1 + exp(-sum)),  g = tanh(sum)
     *     c = f before + i g,             h = o tanh(c)
     *
     * SOURCE: Hochreiter and Schmidhuber 1997, Neural Computation 9(8); Gers
     *         et al. 2000, Neural Computation 12(10), for the forget gate. No
     *         peepholes. The gates' order is PyTorch's. */
    void (*lstm)(real *h, real *c, real *gate, const real *before, i64 R,
                 i64 C);

    /* The way back: h is owed dh[R,C] + later[R,C] (from above and from the
     * step after; later may be NULL). dc[R,C] holds what the step after sent
     * to c, and receives what this one sends to `before`. gate holds what lstm
     * left there, and receives the gradient of the sums. */
    void (*lstm_back)(real *gate, real *dc, const real *dh, const real *later,
                      const real *c, const real *before, i64 R, i64 C);

    /* -- Dropout ---------------------------------------------------------- */

    /* y[i] = add[i] + keep[i] x[i], i < n < 2^31, where keep[i] is 0 for a
     * share p of all i, 0 <= p < 1, and 1 / (1 - p) for the others: a function
     * of key and i alone, the same on every backend (kern/drop.h). Given dy
     * for x it is its own way back. add may be NULL; y may be x or add.
     * SOURCE: Srivastava et al. 2014, JMLR 15, in its inverted form. */
    void (*dropout)(real *y, const real *x, const real *add, i64 n, u64 key,
                    real p);

    /* -- Causal attention, one sequence ----------------------------------- */

    /* qkv[T, (H + 2 KV) S]: queries, keys and values of all heads side by
     * side. With g = floor(h KV / H), the head whose keys h looks at,
     *
     *     p[h,t,s] = softmax over s <= t of  scale q[t,h].k[s,g]
     *     o[t,h]   = sum_s p[h,t,s] v[s,g]
     *
     * o[T, H S]; keep receives what the way back needs: attention_keep reals,
     * in an order of the backend's own. work: attention_work reals of
     * scratch. */
    i64 (*attention_keep)(const Attend *a);
    i64 (*attention_work)(const Attend *a);
    void (*attention)(real *o, real *keep, real *work, const real *qkv,
                      const Attend *a);

    /* dqkv, laid out as qkv, is overwritten. */
    void (*attention_back)(real *dqkv, real *work, const real *d_o,
                           const real *o, const real *qkv, const real *keep,
                           const Attend *a);

    /* -- Tokens in, tokens out -------------------------------------------- */

    /* x[r,:] = token[id[r],:] + position[r mod T,:], 0 <= id < V (checked).
     * position may be NULL: none is added. */
    void (*embed)(real *x, const real *token, const real *position,
                  const i32 *id, i64 R, i64 T, i64 C, i64 V);

    /* dtoken[V,C] +=, dposition[T,C] += unless it is NULL. */
    void (*embed_back)(real *dtoken, real *dposition, const real *dx,
                       const i32 *id, i64 R, i64 T, i64 C, i64 V);

    /* Softmax cross-entropy, and in the same pass the gradient of it and of
     * z_loss (log Z)^2, which keeps Z = sum_v exp z[r,v] near 1.
     *
     *     loss[r]  =  log Z - z[r,y[r]]                             nats
     *     dz[r,v]  =  scale * ( (1 + 2 z_loss log Z) softmax(z[r,:])[v]
     *                           - [v == y[r]] )
     *
     * loss is without the second term. SOURCE of that: Chowdhery et al. 2022,
     * arXiv:2204.02311, section 5.
     *
     * z finite; 0 <= y < V (checked); dz may be NULL, and may be z itself.
     * The sum is kept in double whatever real is. */
    void (*xent)(real *loss, real *dz, const real *z, const i32 *y, i64 R,
                 i64 V, real scale, real z_loss);

    /* -- Spans of parameters ---------------------------------------------- */

    /* One pass: p, m, v updated, g set to zero. */
    void (*adamw)(real *p, real *m, real *v, real *g, i64 n,
                  const AdamStep *step);

    /* sum g^2, in double. */
    double (*sum_squares)(const real *g, i64 n);

    /* to[n] += from[n], and from is set to zero: one gradient into another. */
    void (*gather)(real *to, real *from, i64 n);

    const KernFar *far; /* NULL: its memory is the processor's (device.h) */
} Kern;

extern const Kern kern_ref, kern_ref_bf16;

/* The backends that this program was built with, of either dtype, best first,
 * "ref" last. */
int         kern_count(void);
const Kern *kern_at(int index);

/* The fastest of a dtype that this processor can run; NULL if there is no such
 * dtype. */
const Kern *kern_best(const char *dtype);

/* By name and dtype; "auto" is kern_best. NULL if there is none of that name,
 * or this processor cannot run it. */
const Kern *kern_find(const char *name, const char *dtype);

#endif
