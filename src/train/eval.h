/* eval.h - the loss on held-out text. */

#ifndef EVAL_H
#define EVAL_H

#include "train/space.h"

typedef struct EvalResult {
    double loss, se; /* nats per token; se NaN with fewer than 2 sequences */
    i64    tokens;
} EvalResult;

/* On at most `tokens` held-out tokens: whole sequences, evenly spread over
 * the held-out text. */
EvalResult eval_take(Space *space, const TrainConfig *config,
                     const Shard *shard, i64 tokens);

/* Sequences of such an evaluation: at most what there is. */
i64 eval_sequences(const TrainConfig *config, const Shard *shard, i64 tokens);

/* The losses of sequence number i of it, into its place in the space; and when
 * all are there, what eval_take gives. */
void       eval_row(Space *space, i64 i, const real *loss);
EvalResult eval_result(const Space *space, i64 sequences);

/* Mean loss of each bin of positions in the evaluation just taken. */
void eval_positions(double out[TRAIN_BINS], const Space *space, i64 tokens);

/* Mean of n sequence means, and its standard error: tokens of one sequence go
 * together (a hard page is hard throughout), so sequences, not tokens, are
 * what was sampled. */
EvalResult eval_summary(const double *sequence_loss, i64 n, i64 context);

#endif
