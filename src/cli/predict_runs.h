/* predict_runs.h - the runs that are to be foretold, from lists on the command
 * line or from a table. */

#ifndef PREDICT_RUNS_H
#define PREDICT_RUNS_H

#include "base/conf.h"
#include "law/law.h"

typedef struct PredictAsk {
    TextList    n, d, c, s; /* with units: 70B, 1.4T, 5.76e23, 3640PFd        */
    TextList    set;        /* "COLUMN=VALUE": any column of the law          */
    const char *table;      /* or a CSV file                                  */
} PredictAsk;

typedef struct PredictRuns {
    Table   given;     /* what was asked, as a table; of a file all of it     */
    double *column[LAW_COLUMNS_MAX]; /* in the law's order                    */
    double *c;         /* compute, C or 6 N D; NaN where it cannot be said    */
} PredictRuns;

/* Lists of one value go with every run; others must be equally long. Two of N,
 * D and C give the third by C = 6 N D. */
bool predict_runs_find(PredictRuns *out, Arena *arena, const PredictAsk *ask,
                       const Law *law, Err *err) MUST_USE;

#endif
