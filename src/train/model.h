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

/* From which tokens one is drawn, and how boldly. */
typedef struct ModelDraw {
    double temperature; /* of softmax(z / temperature); 0: the best alone      */
    i64    top_k;       /* among so many of the best; 0: all                   */
    double top_p;       /* and of these, among the fewest of the best that have
                           together this share of their chances; 1: all        */
} ModelDraw;

typedef struct ModelChance { double chance; i64 token; } ModelChance;

/* One token drawn from scores, with unit in [0, 1); of equals the first is the
 * better. room[V] is scratch. */
i32 model_draw(ModelChance *room, const real *z, i64 V, const ModelDraw *how,
               double unit);

#endif
