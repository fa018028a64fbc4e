/* batch.h - which tokens a step sees: a pure function of seed and step.
 *
 * The training text is cut into windows of T + 1 tokens (stride T). Training
 * draws windows in the order of a shuffle, without replacement, and starts a
 * new shuffle each epoch; so unique tokens and epochs are exact counts. The
 * cut is moved by a seed-dependent offset below T (unless it is a sample). */

#ifndef BATCH_H
#define BATCH_H

#include "data/shard.h"

/* Windows in one epoch of training, and in the held-out text (stride T).
 * `unique` tokens of the training text are trained on, in whole windows: a
 * sample spread over all of it, the same for every seed, and of two samples
 * the smaller a part of the larger. 0: all of it. Above what there is, all;
 * whoever minds compares with the windows of 0. */
i64 batch_train_windows(const Shard *shard, i64 context, i64 unique);
i64 batch_val_windows(const Shard *shard, i64 context);

/* Sequence `index` (counted from the start of the run: step * batch + b).
 * x[T] tokens, y[T] what came next. */
void batch_train(i32 *x, i32 *y, const Shard *shard, i64 context, i64 unique,
                 u64 seed, i64 index);

/* Where in the shard (in tokens) that sequence's x begins; y begins one later. */
i64 batch_train_place(const Shard *shard, i64 context, i64 unique, u64 seed,
                      i64 index);
i64 batch_val_place(const Shard *shard, i64 context, i64 index);

/* To be called with the numbers of sequences that were drawn, counted from
 * anywhere: every so many, lets go of the pages of the shard that they lay in,
 * so that a run holds a few megabytes of its text and not all of it. */
void batch_drawn(const Shard *shard, i64 first, i64 count);

/* Held-out sequence number `index`, 0 .. batch_val_windows - 1. To evaluate on
 * fewer, take them evenly spread: index * windows / wanted. */
void batch_val(i32 *x, i32 *y, const Shard *shard, i64 context, i64 index);

#endif
