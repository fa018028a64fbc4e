/* count.h - how many parameters a decoder-only Transformer, or a stacked LSTM,
 * has and how many FLOP it takes, term by term, so that every convention of the
 * literature is a sum of terms. Pure arithmetic: both sides of the wall use it
 * (models are built to these counts; plans are made from them).
 *
 * FLOP is a count; a multiply-add is 2. "Per token" is an average over the T
 * positions of a full context. Backward costs twice forward. Causal: a token
 * attends to (T+1)/2 positions on average when counted exactly; Kaplan's and
 * our `causal` use T/2.
 *
 * A recurrent shape is a stack of LSTM layers, each as wide as the token
 * embedding, without peepholes, projections or norms: four maps of what comes
 * in, four of the last state, and four biases, each d wide:
 *
 *     matrix = 8 L d^2,  body = matrix + 4 L d,  embed = V d,  head = V d
 *     C = 6 (8 L d^2 + V d): nothing in it grows with the context.
 *
 * SOURCE: Kaplan et al. 2020, arXiv:2001.08361, section 2.1 and Table 1;
 *         Hoffmann et al. 2022, arXiv:2203.15556, appendix F and Table A4;
 *         Porian et al. 2024, arXiv:2406.19146 (which N, which C);
 *         Hochreiter and Schmidhuber 1997 and Gers et al. 2000 for the LSTM
 *         (input, forget and output gate, candidate); one bias a gate. */

#ifndef COUNT_H
#define COUNT_H

#include "base/base.h"

/* From kv_heads on, zero and false are GPT-2. */
typedef struct Shape {
    i64  layers;    /* L                                                     */
    i64  width;     /* d, of the residual stream                             */
    i64  heads;     /* H; d / H wide each                                    */
    i64  ff;        /* width of the feed-forward, usually 4 d                */
    i64  vocab;     /* V                                                     */
    i64  context;   /* T, tokens                                             */
    i64  kv_heads;  /* heads of keys and values; divides H; 0: H             */
    i64  mup_width; /* muP, with this width for base; 0: the standard
                       parametrisation. Decides no count                     */
    i64  mup_head;  /* muP: the base's width of a head; 0: as here           */
    bool tied;      /* the head is the token embedding                       */
    bool rms;       /* norms have a gain and no shift, and take no mean      */
    bool rope;      /* queries and keys are turned; no position table        */
    bool gated;     /* SwiGLU: ff is the width of gate and of what it opens  */
    bool qk_norm;   /* queries and keys are normed, with gains               */
    bool bare;      /* no biases in linear maps                              */
    bool recurrent; /* a stacked LSTM: heads and ff are 1 and mean nothing,
                       and of the options only `tied` is one                 */
} Shape;

/* Parameters. total = body + head + embed (head is 0 if tied). */
typedef struct ParamCount {
    i64 body;   /* matrices, biases and norms of all layers, and the last norm */
    i64 matrix; /* 12 L d^2 for ff = 4d: what Kaplan calls N. With shared keys
                 * and values L d (2 d + 2 KV d/H + ff + ff), gated + ff more;
                 * 8 L d^2 of an LSTM                                       */
    i64 head;   /* V d, 0 if tied                                              */
    i64 embed;  /* V d tokens + T d positions, if there is a table of them     */
    i64 total;
} ParamCount;

/* Forward FLOP per token, by term; add what a convention counts. The maps of
 * an LSTM are all in ff (16 L d^2), and it has no qkv, scores, values, proj and
 * softmax. */
typedef struct FlopCount {
    double qkv, scores, values, proj, ff, head; /* matrix products          */
    double embed;   /* 2 V d as in Hoffmann app. F; 0 FLOP are really done  */
    double softmax; /* 3 H T as in Hoffmann app. F, uncausal                */
} FlopCount;

/* Columns of a layer's widest maps: queries, keys and values of all heads
 * side by side, (H + 2 KV) d / H; and of the way up, ff or, gated, 2 ff. */
i64 count_qkv(Shape shape);
i64 count_up(Shape shape);

ParamCount count_params(Shape shape);
FlopCount  count_flops(Shape shape, bool causal);

/* What this program means by C: 3 x (qkv + causal scores and values + proj +
 * ff + head), FLOP per training token
 *   = 6 (12 L d^2 + V d) + 6 L d T   for ff = 4 d, as GPT-2;
 * whatever the options, 6 (matrix + V d) + 6 L d T; and 6 (matrix + V d) for
 * an LSTM. */
double count_train_flop(Shape shape);

/* The usual width of the feed-forward: 4 d. Gated it has a third matrix, and
 * 8/3 d, to the nearest multiple of 8, keeps its 8 d^2 parameters. */
i64 count_ff_usual(i64 width, bool gated);

typedef enum CountN { N_BODY, N_BODY_HEAD, N_TOTAL, N_FLOP } CountN;

/* N under a convention: matrix; matrix + V d; total; count_train_flop / 6. */
double      count_n(Shape shape, CountN convention);
const char *count_n_name(CountN convention); /* "body", "body+head", ... */
bool        count_n_find(CountN *out, const char *name);

/* A recurrent shape has no heads and no feed-forward: both become 1, so that
 * nothing divides by 0. False for any other, which is left as it is. */
bool count_recurrent(Shape *shape);

/* "3x48" <-> layers 3, width 48. */
bool count_shape_parse(Shape *out, const char *text);

#endif
