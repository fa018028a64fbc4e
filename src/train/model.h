/* model.h - a trained model, taken from its checkpoint to write text. */

#ifndef MODEL_H
#define MODEL_H

#include "base/arena.h"
#include "train/train.h"

typedef struct Model {
    const Arch *arch;
    const Kern *kern;
    Shape       shape;
    i64         step; /* of the checkpoint */
    real       *param, *packed, *work, *score;
    i32        *window;
} Model;

/* The checkpoint must be of this configuration and corpus. */
bool model_load(Model *out, Arena *arena, const TrainConfig *config,
                const char *corpus_sha256, const char *checkpoint, Err *err)
    MUST_USE;

/* Scores z[V] of what follows n >= 1 tokens, of which the last `context` are
 * looked at; they stand until the next call. */
const real *model_scores(Model *model, const i32 *token, i64 n);

/* One token drawn from scores: softmax of z / temperature over the top_k best
 * (0: all), with unit in [0, 1). Temperature 0: the best, the first of equals.
 * May reorder nothing; `room` is V numbers of scratch. */
i32 model_draw(double *room, const real *z, i64 V, double temperature,
               i64 top_k, double unit);

#endif
