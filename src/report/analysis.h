/* analysis.h - everything that a study's runs say: fits, frontiers by three
 * approaches, predicted against measured, plans. A pure function of the run
 * records, so `report` and `study` say the same. */

#ifndef ANALYSIS_H
#define ANALYSIS_H

#include "fit/isoflop.h"
#include "plan/plan.h"
#include "store/run.h"
#include "store/study.h"

typedef struct HoldoutRow {
    Prediction predicted;  /* from prediction.json                            */
    double     measured;   /* NaN while it is not trained                     */
    double     measured_se;
    double     error;      /* predicted / measured - 1                        */
} HoldoutRow;

typedef struct Analysis {
    StudyInfo      info;
    RunList        runs;           /* all, of every group and status          */
    Str            excluded;       /* runs left out of the fits, in words     */
    Fit            huber, squares; /* on group "fit", status done             */
    IsoflopBudget *budget;
    i64            nbudget;
    Frontier       isoflop, envelope, parametric;
    HoldoutRow    *holdout;
    i64            nholdout;
    Plan          *plan;           /* one a multiple in info.plan_multiples   */
    i64            nplan;
    PlanCost       cost;
} Analysis;

/* All of it; holdout rows only if there is a prediction. Fits are written to
 * STUDY/fit/. */
bool analysis_make(Analysis *out, Arena *arena, const char *study_dir,
                   int threads, Err *err) MUST_USE;

/* What the held-out runs are expected to give: for each row n, d, c. */
void analysis_predict(PredictionList *out, Arena *arena, const Analysis *from,
                      const Prediction *asked, i64 count);

/* The screenful that ends a study. */
void analysis_print(const Analysis *analysis, FILE *out);

#endif
