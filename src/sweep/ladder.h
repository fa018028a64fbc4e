/* ladder.h - which runs a study is made of: budgets times sizes, and for each
 * run its length, batch and learning rate by rule.
 *
 * An IsoFLOP grid. At each budget C every size that lies within `spread` of
 * the expected optimum gets D = C / F tokens, F its exact training FLOP per
 * token (count_train_flop). The optimum is expected at
 *
 *     n = centre_n (C / centre_c)^centre_power
 *
 * which a first cheap round, or an earlier study, has told. Batch and learning
 * rate are no single number for all sizes: with d the width and D the tokens,
 *
 *     batch = batch_tokens (d / 32)^batch_width (D / 1e6)^batch_data   tokens
 *     lr    = lr           (d / 32)^lr_width    (D / 1e6)^lr_data
 *
 * the batch rounded to whole sequences, at least one. SEE: docs/study.md for
 * the sweep that these rules were read from. Where sweeps of this very study
 * have told a rate, it goes by N (LadderRule.lr_n). */

#ifndef LADDER_H
#define LADDER_H

#include "base/opt.h"
#include "train/train.h"

typedef struct LadderRule {
    RealList budgets;      /* FLOP, rising                                    */
    TextList sizes;        /* "2x16": layers x width, rising; "2x16h2f64": and
                              heads and feed-forward                          */
    double   spread;       /* 4: sizes from a quarter to four times           */
    double   centre_n, centre_c, centre_power;
    const char *counts;    /* which N: "body+head"                            */
    i64      sizes_min;    /* at each budget                                  */
    bool     holdout;      /* the largest budget is held out                  */
    double   batch_tokens, batch_width, batch_data;
    double   lr, lr_width, lr_data;
    double   lr_n, lr_n_power; /* lr_n above 0: lr (N / lr_n)^lr_n_power in
                                  place of the width's power                  */
    double   warmup_n;     /* above 0: warm-up of so many tokens a parameter  */
    RealList seeds;
    i64      head_size;
    i64      kv_group;     /* heads that share keys and values; 0: as base    */
    bool     epochs;       /* more tokens than the corpus has: repeat it      */
    bool     shrink;       /* ... or scale all budgets down until it is not   */
    bool     loose;        /* an estimate: no centre is refused               */
} LadderRule;

typedef struct LadderRun LadderRun;
struct LadderRun {
    char        name[64];  /* "c1.1e+11-2x32-s1"                              */
    const char *group;     /* "fit", "holdout", ...: what it is for           */
    double      budget;
    double      flop;      /* of all its whole steps, its trunk's among them  */
    double      flop_new;  /* what it does itself                             */
    /* A run whose checkpoint it needs; NULL: none. With config.branch_at it is
     * a branch of that trunk, else it starts from its weights. The sweep finds
     * the paths (config.trunk, config.start); ids follow from the names. */
    const LadderRun *after;
    i64         after_step;/* of that run; 0: its end                         */
    const Shard *shard;    /* NULL: the one of the place where it is trained  */
    double      lr_times;  /* of the rule's rate, where an arm lists them; 0 */
    const char *trunk;     /* id of the run it branches from, where no `after`
                              tells it; NULL: none                            */
    TrainConfig config;
};

typedef struct Ladder { i64 count; LadderRun *run; } Ladder;

/* A size as a shape; what it does not say is as in `base`. */
bool ladder_size(Shape *out, const char *text, const LadderRule *rule,
                 const TrainConfig *base, Err *err) MUST_USE;

/* N as the rule counts it. */
double ladder_n(const LadderRule *rule, Shape shape);

/* Into run->config, which is as `base` so far: shape, batch, steps, warm-up and
 * rate for so many tokens; and the run's FLOP. */
void ladder_lay(LadderRun *run, const LadderRule *rule, Shape shape,
                double tokens);

/* All runs, budgets rising, sizes rising. `base` gives everything that no
 * rule decides. Refused in words: sizes that do not parse or do not rise, an
 * optimum expected outside the sizes, too few sizes at a budget. */
bool ladder_make(Ladder *out, Arena *arena, const LadderRule *rule,
               const TrainConfig *base, Err *err) MUST_USE;

#endif
