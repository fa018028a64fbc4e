/* analysis.h - everything that a study's runs say: fits, frontiers by three
 * approaches, predicted against measured, plans. A pure function of the run
 * records, so `report` and `study` say the same. */

#ifndef ANALYSIS_H
#define ANALYSIS_H

#include "base/str.h"
#include "fit/isoflop.h"
#include "plan/plan.h"
#include "report/finds.h"
#include "store/run.h"
#include "store/study.h"
#include "store/study_plan.h"

#include <stdio.h>

typedef struct HoldoutRow {
    Prediction predicted;  /* from prediction.json                            */
    double     measured;   /* NaN while it is not trained                     */
    double     measured_se;
    double     error;      /* predicted / measured - 1                        */
    const Run *run;        /* its record; NULL while it is not trained        */
} HoldoutRow;

/* Learning curves after the warm-up, as the envelope and the figure use them:
 * one row a point, columns run (0..count-1), N, D, C, loss. */
typedef struct Curves {
    Table       table;
    i64         count;     /* runs                                            */
    const char **run_id;   /* [count]                                         */
    bool        val;       /* held-out loss; else training loss, smoothed     */
} Curves;

typedef struct Analysis {
    const char    *dir;            /* the study's folder                      */
    StudyInfo      info;
    RunList        on_disk;        /* all that there are                      */
    StudyPlan      plan_asked;     /* what the study asks for; count 0 where
                                      nothing says so                         */
    RunList        runs;           /* all that the study asks for, of every
                                      group and status                        */
    Str            excluded;       /* runs left out of the fits, in words, a
                                      line each; lies in the arena            */
    i64            no_longer;      /* of these the ones that the study as it
                                      now stands does not ask for             */
    RunList        fitted;         /* group "fit", status done, of the study's
                                      own corpus                              */
    Fit            huber, squares; /* the additive law, on those              */
    Fit            outer;          /* its outer exponent free, Huber on ln L;
                                      law NULL: too few runs for one more
                                      constant                                */
    const Fit     *chosen;         /* huber or outer: what plans and figures
                                      use, and the study stands by; NULL:
                                      there is no law, and the words say why  */
    const char    *chosen_fit;     /* "huber", "outer": its name in tables;
                                      "" without a law                        */
    const char    *chosen_words;   /* and why                                 */
    IsoflopBudget *budget;
    i64            nbudget;
    Frontier       isoflop, envelope, parametric; /* npoint 0: `words` why    */
    HoldoutRow    *holdout;
    i64            nholdout;
    const char    *prediction_hash; /* NULL: none                             */
    Plan           held_plan;       /* the law's optimum at the held-out
                                       budget; c NaN: none                    */
    IsoflopBudget  held_minimum;    /* and where its trained runs put it;
                                       npoint 0: not trained                  */
    Plan          *plan;           /* one a multiple in info.plan_multiples   */
    Plan          *plan_squares;   /* the same budgets by the other objective;
                                      n.value NaN where it has no optimum     */
    i64            nplan;
    const char    *plan_words;     /* why multiples are missing; NULL if none */
    PlanCost       cost;
    Curves         curves;
    Finds          finds;          /* beside size and data                    */
    double         c_fit;          /* largest budget in the fits              */
    double         c_largest;      /* of the study, held-out one included     */
} Analysis;

/* All of it; holdout rows only if there is a prediction. Writes nothing.
 * Runs that carry no law (too few, or a study of something else) leave `chosen`
 * NULL and everything else as it is; an approach that the data cannot answer is
 * left empty, with its reason. */
bool analysis_make(Analysis *out, Arena *arena, const char *study_dir,
                   int threads, Err *err) MUST_USE;

/* The fits as STUDY/fit/NAME.json: for `plan` and `predict`. */
bool analysis_keep(const Analysis *analysis, Err *err) MUST_USE;

/* What the held-out runs are expected to give: for each row n, d, c; first all
 * by the chosen fit, then by the others of "huber", "squares", "outer". The
 * interval is for a single run: the spread of the draws and the scatter of runs
 * about the law. */
void analysis_predict(PredictionList *out, Arena *arena, const Analysis *from,
                      const Prediction *asked, i64 count);

/* Standard deviation of ln L of a single run about a fit: how its runs scatter,
 * or how runs scatter from seed to seed, whichever is larger. */
double analysis_scatter(const Analysis *analysis, const Fit *fit);

/* Which of the two it is, for the chosen fit, in a sentence. */
const char *analysis_scatter_words(Arena *arena, const Analysis *analysis);

/* What else the runs show, beside the law of size and data. */
bool analysis_finds(Analysis *analysis, Str *lost, Arena *arena,
                    const Table *fitted, FitOptions options, Err *err)
    MUST_USE;

/* Decide between the additive law and the wider one, on the fitted runs. */
void analysis_choose(Analysis *analysis, Arena *arena);

/* The screenful that ends a study. */
void analysis_print(const Analysis *analysis, FILE *out);

/* The same for programs. */
void analysis_json(const Analysis *analysis, Str *out);

/* The run of least held-out loss, of any group; NULL if none is done. */
const Run *analysis_best(const Analysis *analysis);

/* "byte" or "token": what D counts. */
const char *analysis_token(const Analysis *analysis);

/* "3.142 bits per byte"; of tokens of unknown length "2.1780 nats per token". */
const char *analysis_loss_words(char out[64], const Analysis *analysis,
                                const Run *run);

#endif
