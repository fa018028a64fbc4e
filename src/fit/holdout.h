/* holdout.h - how well a law foretells runs that it was not fitted to.
 *
 * A lower training objective is not a better law; what counts is the error
 * where one is going to extrapolate. So the largest runs are left out, the law
 * is fitted to the others, and the error on those left out is reported with
 * how far away they were. */

#ifndef HOLDOUT_H
#define HOLDOUT_H

#include "fit/fit.h"

typedef struct Holdout {
    const char *rule;          /* "the largest 20 % by C", "budget 3e12"      */
    const char *by;            /* "C", "6 N D", "N": what largest refers to   */
    i64         nfit, nheld;
    double      extrapolation; /* largest held / largest fitted, of `by`      */
    double      error;         /* mean of L^/L - 1: which way it errs         */
    double      rms;           /* root mean square of the same                */
    double      worst;         /* largest in size, with its sign              */
    double      inside;        /* share within the interval of a new run; NaN
                                  without draws                               */
    bool        refused;       /* what is left could not be fitted            */
    char        words[400];    /* why, then                                   */
} Holdout;

/* Of laws of curves (columns curve, step, ...) each curve is foretold from the
 * others, all errors together; holdout_windows gives them curve by curve.
 *
 * The rows with the largest `share` of values of a column ("C" where the table
 * has it or N and D, else the law's first column) are left out. */
bool holdout_largest(Holdout *out, Arena *arena, const Law *law,
                     const Table *runs, double share, FitOptions options,
                     Err *err) MUST_USE;

/* The same by any column: "N", "D", "C" (6 N D where the table has none). */
bool holdout_largest_by(Holdout *out, Arena *arena, const Law *law,
                        const Table *runs, const char *column, double share,
                        FitOptions options, Err *err) MUST_USE;

/* Expanding window over budgets (column `budget`, or C in steps): fit all below,
 * foretell the next. */
bool holdout_windows(Holdout **out, i64 *count, Arena *arena, const Law *law,
                     const Table *runs, FitOptions options, Err *err) MUST_USE;

/* Several laws on the same rows, all by the same objective. A share of 0: no
 * hold-out. */
typedef struct LawScore {
    const Law *law;
    bool       refused;
    char       words[400];
    Fit        fit;
    double     aicc, bic;      /* Gaussian in ln L, at its least squares,
                                  whatever the objective                      */
    double     cross;          /* rms relative error, 10-fold by cluster      */
    Holdout    holdout;        /* holdout_largest                             */
} LawScore;

bool fit_compare(LawScore *out, Arena *arena, const Law *const *law, i64 nlaw,
                 const Table *runs, double share, FitOptions options, Err *err)
    MUST_USE;

/* Run-to-run noise from rows that repeat the same columns (other seeds), and
 * whether the law misses by more than that. */
typedef struct FitNoise {
    i64    groups, rows;   /* settings that repeat, and their rows            */
    double sd_log;         /* pooled sd of ln L within them; NaN without      */
    double lack;           /* F of lack of fit against pure error             */
    double p;              /* and its probability under the law               */
} FitNoise;
FitNoise fit_noise(const Fit *fit, const Table *runs);

/* May groups share these parameters? Fits the law with all shared and with
 * `own` apart; p: F test (squares objectives) or the draws' differences. */
typedef struct FitSharing {
    Fit    shared, apart;
    double f, p, bic_gain;      /* bic_gain > 0: apart is worth its parameters
                                   (at the least squares of ln L)          */
    char   words[400];
} FitSharing;
bool fit_sharing(FitSharing *out, Arena *arena, const Law *law,
                 const Table *runs, const char *group_column,
                 const TextList *own, FitOptions options, Err *err) MUST_USE;

#endif
