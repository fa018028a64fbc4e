/* finds_epochs.h - what a token is worth that was seen before, by the
 * data-constrained law (laws/muennighoff.law) and without it.
 *
 * The law is fitted to all finished runs of one corpus and architecture that
 * began from nothing, fresh ones and repeated ones together; without fresh ones
 * of several lengths it could not tell repeating from size. R*_D is the number
 * of repeats after which most of their worth is had, and from it follows what D
 * tokens of e epochs are worth in fresh ones, D'/D. Without the law a run's
 * `worth` is the fresh text that gives the same model the same loss (equal_data.h)
 * over the tokens that it saw.
 *
 * A run's loss is here the least of its end and of evaluations on the way: one
 * that overfits would be stopped there.
 *
 * SOURCE: Muennighoff et al. 2023, arXiv:2305.16264. */

#ifndef FINDS_EPOCHS_H
#define FINDS_EPOCHS_H

#include "fit/fit.h"
#include "report/equal_data.h"

typedef struct EpochRow {
    const Run *run;
    double     n, unique, epochs, loss;
    double     worth;             /* measured: fresh tokens of equal loss over
                                     tokens seen; NaN: off the curve          */
    double     by_law;            /* D'/D by the fitted law; NaN              */
    bool       overfit;           /* it ended above its least by 1 %          */
} EpochRow;

/* One size by itself, its R*_D through the measured worth of its runs: the law
 * has one for all sizes, which need not be so. */
typedef struct EpochSize {
    const Run *run;               /* one of them                             */
    double     n;
    i64        rows;              /* with a measured worth                   */
    Interval   r_d;               /* by draws of rows; NaN: fewer than three,
                                     or no bound (see lossless)              */
    bool       lossless;          /* repeats lost too little to tell R*_D    */
} EpochSize;

typedef struct EpochValue { double epochs; Interval share; } EpochValue;

enum { EPOCH_VALUES = 3 };

typedef struct Epochs {
    i64         count, fresh, overfit, sizes;
    EpochRow   *row;              /* of repeated runs: N, U, epochs rising    */
    EpochSize  *size;             /* N rising                                */
    Fit         law;              /* law NULL: refused                        */
    Fit         fresh_law;        /* it without repeats, as E + A/N^alpha +
                                     B/D^beta: for whoever wants the law of
                                     fresh text; law NULL                     */
    Interval    r_d, r_n;         /* NaN where the runs do not tell           */
    EpochValue  value[EPOCH_VALUES]; /* 4, 16, 64 epochs                      */
    const char *words;            /* why something is missing; NULL           */
} Epochs;

/* count 0: no run of the study repeated its text. */
bool epochs_find(Epochs *out, Arena *arena, const RunList *runs, CountN counts,
                 FitOptions options, Err *err) MUST_USE;

/* D'/D of so many epochs. */
double epochs_share(double r_d, double epochs);

#endif
