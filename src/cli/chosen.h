/* chosen.h - which trained model a command means, and how its tokens are read
 * and written.
 *
 *     out/train/runs/ID              the folder of a run
 *     out/train/runs/ID/checkpoint   or one of its checkpoints
 *     ID, or how it begins           of a run below ./out
 *     STUDY ID                       of a run of that study
 *                                    nothing: the newest run below ./out */

#ifndef CHOSEN_H
#define CHOSEN_H

#include "base/conf.h"
#include "data/bpe.h"
#include "store/run.h"
#include "train/model.h"

typedef struct Chosen {
    Run         run;
    TrainConfig config;
    const char *dir, *checkpoint; /* paths                                  */
    bool        ids;              /* nobody knows what its tokens mean      */
    Bpe        *bpe;              /* what they mean; NULL: they are bytes   */
    i64         vocab;            /* tokens that mean something             */
    Model       model;
} Chosen;

bool chosen_find(Chosen *out, Arena *arena, const TextList *named,
                 const char *kernels, Err *err) MUST_USE;

typedef struct Ids { i64 count; i32 *id; } Ids;

/* A text as tokens of the model. */
Ids chosen_encode(Arena *arena, const Chosen *chosen, const void *text,
                  i64 count);

/* "1 5 77": numbers instead of text. */
bool chosen_numbers(Ids *out, Arena *arena, const Chosen *chosen,
                    const char *text, Err *err) MUST_USE;

/* The bytes of a token; how many. They stand as long as the model. */
i64 chosen_bytes(const u8 **bytes, const Chosen *chosen, i32 token);

#endif
