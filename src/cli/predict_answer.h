/* predict_answer.h - what a source foretells of runs. predict_show.c prints it. */

#ifndef PREDICT_ANSWER_H
#define PREDICT_ANSWER_H

#include "cli/predict_runs.h"
#include "cli/predict_source.h"

/* "D x 10": what the same run would end at with more of one thing. */
typedef struct PredictTimes {
    const char *what;
    Interval    value, change;
} PredictTimes;

typedef struct PredictTold {
    Interval      law;           /* of the law's value: its constants' doubt  */
    Interval      run;           /* of one new run: its own scatter as well   */
    double        extrapolation; /* compute over the largest that was fitted  */
    int           ntimes;
    PredictTimes *times;
} PredictTold;

typedef struct PredictAnswer {
    PredictSource by;
    PredictRuns   runs;
    PredictTold  *told;     /* [runs.given.nrow]                             */
    double        factor;   /* of --times; NaN: not asked                    */
} PredictAnswer;

bool predict_answer(PredictAnswer *out, Arena *arena, const char *source,
                    const PredictAsk *ask, double factor, Err *err) MUST_USE;

/* Beyond 10 and beyond 34 times the largest compute fitted, in words; NULL
 * within. */
const char *predict_caution(double extrapolation);

/* ---- predict_show.c ---------------------------------------------------- */

void predict_show(const PredictAnswer *answer);      /* for people            */
void predict_show_table(const PredictAnswer *answer, Arena *arena); /* CSV    */
void predict_json(Str *out, const PredictAnswer *answer);

#endif
