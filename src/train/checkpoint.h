/* checkpoint.h - a run between two steps, as one block of memory that is also
 * the file.
 *
 *     Header     1024 bytes: what it is, whose it is, where it stands
 *     param m v   one slab each, every one on a 64-byte line
 *     CRC-32      of all before it, in a last line of 64 bytes
 *
 * A branch starts from a checkpoint that its trunk kept, `checkpoint-STEP`
 * beside `checkpoint`: the same block, and of another run. So does a run that
 * begins from the parameters of another, which may differ in all but the model.
 *
 * The trainer keeps its parameters in such a block, so writing is one call and
 * takes no second copy. Numbers lie as this machine has them: a checkpoint is
 * for going on here, and other byte orders are refused by the magic number. */

#ifndef CHECKPOINT_H
#define CHECKPOINT_H

#include "base/err.h"
#include "base/hash.h"
#include "kern/real.h"
#include "train/train.h"

/* Raise when the arithmetic of training changes: going on with other
 * arithmetic would be neither the old run nor the new. */
enum { CHECKPOINT_VERSION = 3, MODEL_WORDS = 160 };

/* Where a run stands, besides the slabs. What comes before `wall_s` is a
 * function of configuration and corpus; the rest is of this execution. */
typedef struct Standing {
    i64    step;                   /* finished                              */
    /* Of the run that it forked from: updates that the moments have seen, and
     * sequences of this very corpus; 0 where there is none. */
    i64    updates_before, sequences_before;
    double loss_first, loss_smooth;
    double loss_noise;             /* mean square of losses off the smoothed */
    double loss_floor;             /* least of the smoothed                 */
    i64    spikes, spike_step;     /* spike_step: of one that lasts, or 0   */
    double log_sum,  log_count;    /* of train losses since the last line   */
    double tail_sum, tail_count;   /* in the last tenth of the run          */
    double grad_norm;              /* of the last step; with it, step.h's   */
    double small_square, small_tokens; /* for the gradient noise scale      */
    double val_loss, val_se;       /* at the end; NaN before                */
    i64    val_tokens;
    double least_loss;             /* of evaluations on eval_point_tokens   */
    i64    least_step;             /* 0: none was taken                     */
    i64    risen;                  /* on end so many were above the least   */
    double seen_loss;              /* the one before, ...                   */
    i64    seen_step;              /* ... at this step                      */
    double position_loss[TRAIN_BINS];
    double wall_s, eval_s, train_s;
    i64    resumed;
    double joules;                 /* 0: none measured; NaN: not all of them */
} Standing;

typedef struct Header {
    u64      magic;
    u32      version, real_bytes;
    i64      count; /* reals in a slab */
    char     config[HASH_HEX], corpus[HASH_HEX];
    char     stem[HASH_HEX]; /* config_stem: what branches must share */
    i64      flat;           /* steps before the rate falls           */
    i64      batch;          /* sequences a step                      */
    char     optimizer[16];
    char     model[MODEL_WORDS]; /* config_model: who can start from it */
    Standing at;
} Header;

typedef struct Checkpoint {
    i64     bytes;
    Header *head;
    real   *param, *m, *v; /* [head->count] */
} Checkpoint;

/* Bytes of a block for so many parameters, and its parts laid out. */
i64        checkpoint_bytes(i64 count);
Checkpoint checkpoint_lay(void *block, i64 count);

/* Fill in the parts of the header that say whose it is. */
void checkpoint_sign(Checkpoint *checkpoint, i64 count, const char *config,
                     const char *corpus);

/* ... and what it may be the trunk of, or what can start from it. */
void checkpoint_sign_stem(Checkpoint *checkpoint, const char *stem, i64 flat);
void checkpoint_sign_model(Checkpoint *checkpoint, const char *model,
                           const char *optimizer, i64 batch);

bool checkpoint_write(const Checkpoint *checkpoint, const char *path, Err *err)
    MUST_USE;

/* Into a signed block; refused in words if the file is not what the block was
 * signed for, of another version, cut short or changed. The block is touched
 * only when all is well. */
bool checkpoint_read(Checkpoint *checkpoint, const char *path, Err *err)
    MUST_USE;

/* Slabs and standing of a trunk after `step` steps into a signed block, which
 * stays signed as it is. Refused in words: not there, damaged, of another
 * corpus or stem, at another step, or taken after the trunk's rate fell. */
bool checkpoint_branch(Checkpoint *checkpoint, const char *trunk, i64 step,
                       Err *err) MUST_USE;

/* Parameters of another run into a signed block whose standing is that of a
 * run not begun; with `moments` the optimizer's state too, and its updates go
 * on counting. `step` is that of a kept checkpoint, or 0: the run's end.
 * Refused in words: not there, damaged, of another model (and, with moments,
 * optimizer), at another step, or of a run that has not come to its end. */
bool checkpoint_start(Checkpoint *checkpoint, const char *path, i64 step,
                      bool moments, Err *err) MUST_USE;

#endif
