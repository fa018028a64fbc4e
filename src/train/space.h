/* space.h - all memory of a run, laid out once before the first step.
 *
 * The work of a step is cut in two ways, neither of which knows how many
 * threads there are, so that their number changes no bit:
 *
 *   by sequences  The batch is cut into micro-batches, and these are dealt in
 *                 order to a few lanes. A lane has a gradient of its own and
 *                 takes its micro-batches one after the other.
 *   by parameters The slab is cut into spans of a few thousand numbers, each
 *                 within one tensor. Lanes are summed, the norm is taken and
 *                 AdamW is applied span by span.
 *
 * A thread owns a work space, and takes lanes and spans as they are numbered.
 */

#ifndef SPACE_H
#define SPACE_H

#include "train/checkpoint.h"
#include "train/optimizer.h"
#include "train/train.h"

/* More lanes let more threads work on one run, and cost a gradient each, in
 * memory and in the time to sum them; runs are better spread one a core. */
enum { LANES_MAX = 8 };

typedef struct Span {
    i64    at, count;
    double lr_scale;
    bool   decay;
    bool   whole; /* in a matrix that the optimizer takes whole */
} Span;

typedef struct Matrix { /* what the optimizer takes whole */
    i64    at, rows, cols, stride;
    double lr_scale;
    bool   decay;
} Matrix;

typedef struct Worker { /* what one thread needs */
    real *work, *loss;  /* loss[micro * T] */
    i32  *x, *y;        /* [micro * T]     */
} Worker;

typedef struct Space {
    const Arch *arch;
    const Kern *kern;
    const Optimizer *optimizer;
    Shape       shape;
    i64         count;  /* parameters                              */
    i64         batch;  /* sequences a step                        */
    i64         micro;  /* sequences a micro-batch                 */
    i64         micros; /* micro-batches a step                    */
    i64         lanes, workers, spans, eval_max;

    Checkpoint  state;
    real       *packed;
    real       *grad[LANES_MAX];
    double     *lane_loss;  /* [lanes]                             */
    Span       *span;       /* [spans]                             */
    i64         matrices;   /* 0 where spans will do               */
    Matrix     *matrix;     /* [matrices]                          */
    double     *lane_square; /* [lanes, spans]: of each lane's gradient */
    double     *square;     /* [spans]: sum of squares of gradient */
    Worker     *worker;     /* [workers]                           */
    double     *eval_bin;   /* [eval_max, train_bins]              */
    double     *eval_loss;  /* [eval_max]: mean of each sequence   */
} Space;

/* Bytes in all; with `block` not NULL (that many, zeroed, on a 64-byte line)
 * also lays the space out in it. */
i64 space_lay(Space *space, void *block, const TrainConfig *config);

#endif
