/* train.h - one run: from a configuration to a result, through checkpoints.
 *
 * A run is a pure function of (TrainConfig, shard): the same bits for any
 * number of threads, with or without a stop in the middle. The trainer knows
 * nothing of run records; whoever calls it (sweep/) is told of progress
 * through hooks and writes it down.
 *
 * Losses are in nats per token. */

#ifndef TRAIN_H
#define TRAIN_H

#include "arch/arch.h"
#include "base/conf.h"
#include "base/err.h"
#include "data/shard.h"

typedef enum Schedule { SCHEDULE_COSINE, SCHEDULE_WSD, SCHEDULE_CONSTANT }
    Schedule;

typedef struct TrainConfig {
    const char *arch;          /* "transformer"                              */
    Shape       shape;
    i64         batch;         /* sequences a step                           */
    i64         steps;         /* D = steps * batch * context                */
    Schedule    schedule;
    double      lr;            /* peak                                       */
    double      lr_final;      /* share of the peak at the end               */
    double      warmup;        /* share of the steps, linear from 0          */
    double      cooldown;      /* WSD: share of the steps, 1 - sqrt shape    */
    i64         warmup_steps, cooldown_steps; /* above 0: these, not shares  */
    const char *optimizer;     /* "adamw", "muon", "sgd": optimizer_list.h   */
    double      beta1, beta2, epsilon; /* AdamW                              */
    double      momentum;      /* Muon, SGD                                  */
    double      weight_decay;  /* decoupled: p -= lr * weight_decay * p      */
    double      clip;          /* global gradient norm; 0: none              */
    double      dropout;       /* share of the stream's numbers set to 0     */
    double      z_loss;        /* times (log sum exp of the scores)^2        */
    u64         seed;          /* init and data order                        */
    i64         eval_tokens;   /* held-out tokens of the last evaluation     */
    i64         eval_points;   /* evaluations on the way, log-spaced in step */
    i64         eval_point_tokens; /* held-out tokens of each of those       */
    i64         branch_at;     /* it starts from step branch_at of a trunk;
                                  0: from the beginning                      */
    const char *dtype;         /* of products: "fp32", "bf16" (kern.h)       */
    i64         unique_tokens; /* of the training text; 0: all of it         */
    const char *start_run;     /* whose parameters it begins from, "ID" or
                                  "ID@STEP"; NULL: from those of its seed    */
    bool        start_moments; /* and from its optimizer's state: a fork     */
    double      patience;      /* stop when the held-out loss has stood more
                                  than this share above its least at two
                                  evaluations on end; 0: never               */
    /* What follows changes no bit of the result. */
    int         threads;
    double      checkpoint_s;  /* seconds between checkpoints                */
    const char *kernels;       /* "auto", "ref", "avx512", "avx2", "plain"   */
    const char *device;        /* "cpu"; "cuda", "cuda:1": device.h. Which one
                                  it is changes bits as `kernels` does       */
    struct Gang *gang;         /* on a device: those it trains beside (gang.h);
                                  NULL: it trains alone                      */
    const char *trunk;         /* the checkpoint that a branch starts from   */
    const char *start;         /* the checkpoint of start_run                */
    RealList    keep;          /* steps whose checkpoints stay, for branches */
} TrainConfig;

typedef enum TrainStatus {
    TRAIN_DONE,
    TRAIN_DIVERGED,    /* loss not finite, or far above where it began        */
    TRAIN_PLATEAU,     /* never left the unigram loss: it did not learn. Both
                          are found on the way (finding.h)                    */
    TRAIN_INTERRUPTED, /* asked to stop; the checkpoint is written            */
} TrainStatus;

/* What is written down on the way: one line of metrics.jsonl. val_* are NaN
 * where there was no evaluation; flop counts training only. */
typedef struct TrainMetric {
    i64    step, tokens;
    double flop, wall_s, train_loss, lr, grad_norm, tok_per_s;
    double grad_sq_small, batch_small; /* step.h: for the noise scale; NaN   */
    double val_loss, val_se;
} TrainMetric;

/* Positions of a context in doublings: 1; 2; 3, 4; 5 .. 8; ... */
enum { TRAIN_BINS = 21 };
int    train_bins(i64 context);               /* how many there are        */
double train_bin_position(int bin, i64 context); /* its middle, on a log axis */

typedef struct TrainResult {
    TrainStatus status;
    char        reason[200];   /* in words, for every status but DONE; and
                                  "stopped early ..." of a run that was done
                                  before its last step                       */
    i64         step, tokens, unique_tokens;
    double      epochs;
    double      flop;          /* count_train_flop * tokens                  */
    double      flop_new;      /* of it, done by this run: not by its trunk  */
    double      train_loss;    /* mean over the last tenth of the run; of one
                                  that ended before that, smoothed           */
    double      val_loss;      /* at its end, on eval_tokens (of a plateau that
                                  was stopped on the way, on those of an
                                  evaluation there); NaN if it had none      */
    double      val_se;        /* standard error, by sequences (clusters)    */
    i64         val_tokens;
    double      position_loss[TRAIN_BINS]; /* held-out, by bin; or NaN       */
    double      wall_s;        /* all segments, evaluation included          */
    double      eval_s;        /* of it, evaluating                          */
    double      tok_per_s;     /* training only                              */
    double      least_loss;    /* least held-out loss of those on the way and
                                  at the end, all on eval_point_tokens; NaN
                                  without eval_points                        */
    i64         least_step;    /* ... after so many steps; 0 without         */
    i64         spikes;        /* how often the smoothed loss jumped         */
    i64         resumed;       /* how many times it went on from a stop      */
    double      joules;        /* that a device took for it, all segments; NaN
                                  where they were not measured (meter.h)    */
    const char *kernels;       /* the path taken                             */
} TrainResult;

typedef struct TrainHooks {
    void *self;
    /* Going on from a checkpoint at this step: forget metrics after it. */
    bool (*resumed)(void *self, i64 step, Err *err);
    /* Every log line, in step order. */
    bool (*metric)(void *self, const TrainMetric *metric, Err *err);
    /* After each step, for progress bars: cheap, lock-free. */
    void (*step)(void *self, i64 step, double train_loss);
    /* True: checkpoint now and return TRAIN_INTERRUPTED. */
    bool (*stop)(void *self);
} TrainHooks;

/* Fills in what the literature suggests; shape, batch, steps, lr stay 0. */
TrainConfig train_defaults(void);

/* What is wrong with a configuration, in words; more tokens than the corpus
 * has is refused unless epochs are allowed. */
bool train_check(const TrainConfig *config, const Shard *shard,
                 bool allow_epochs, Err *err) MUST_USE;

/* Bytes that train_run will hold: parameters, gradients, optimizer, packed
 * weights, work space. */
i64 train_memory(const TrainConfig *config);

/* Train to the end or to the next stop. `checkpoint` is the path of the
 * checkpoint file: resumed from if it is there (refused in words if it is of
 * another configuration or corpus, or cut short), written every checkpoint_s,
 * left in place at the end. A branch starts from its trunk's checkpoint
 * instead, where it has none of its own; its tokens and FLOP count the trunk's.
 * A run with start_run begins at step 0 from `start`'s parameters: tokens, FLOP,
 * schedule and data order are its own (with start_moments, and on the same
 * corpus, the order goes on after what the other had seen).
 * Steps to keep leave `checkpoint`-STEP beside it. */
bool train_run(TrainResult *out, const TrainConfig *config, const Shard *shard,
               const char *checkpoint, const TrainHooks *hooks, Err *err)
    MUST_USE;

/* A branch of a trunk with that configuration: from its checkpoint of step
 * `at`, `cooldown` steps down to lr_final. */
TrainConfig train_branch(const TrainConfig *trunk, i64 at, i64 cooldown,
                         const char *checkpoint);

double train_lr(const TrainConfig *config, i64 step); /* step 0 .. steps-1 */

/* "cosine", "wsd", "constant"; and back, ERR_USAGE for any other name. */
const char *train_schedule_name(Schedule schedule);
bool train_schedule_find(Schedule *out, const char *name, Err *err) MUST_USE;

#endif
