/* study.h - what a study is, on disk, for those who read it: one folder.
 *
 *     STUDY/study.json         this StudyInfo
 *     STUDY/plan.csv           the runs it asks for (store/study_plan.h)
 *     STUDY/runs/ID/           run records (store/run.h); group fit, holdout
 *     STUDY/index.sqlite       rebuildable
 *     STUDY/fit/NAME.json      fits (fit/fit.h): huber, squares
 *     STUDY/prediction.json    what was predicted of the held-out runs, before
 *     STUDY/prediction.sha256  they were trained, and its hash
 *     STUDY/report.html  STUDY/figures/NAME.svg .csv
 *     STUDY/lock  locks/ID     who works on it (store/claim.h) */

#ifndef STUDY_H
#define STUDY_H

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/opt.h"
#include "base/yardstick.h"

typedef struct StudyInfo {
    const char      *name, *title, *config;   /* config: the .study as merged */
    const char      *corpus, *corpus_about, *corpus_licence, *corpus_sha256;
    i64              corpus_train_tokens, corpus_val_tokens;
    int              nyardstick;
    const Yardstick *yardstick;    /* reference compressors, bits per byte    */
    RealList         budgets;      /* FLOP, rising, the held-out one included */
    double           holdout;      /* its budget; NaN if none                 */
    const char      *counts;       /* which N the fits use: "body+head"       */
    i64              vocab, context;
    double           aspect, layers_min; /* depth rule past the ladder:
                                            layers = max(min, width / aspect) */
    double           bytes_per_token;
    double           entropy_nats, entropy_se; /* of a known source, at this
                                                  context; NaN: not known      */
    i64              resamples;
    u64              seed;
    RealList         plan_multiples; /* of the largest budget: 10, 1000       */
} StudyInfo;

bool study_write(const StudyInfo *info, const char *dir, Err *err) MUST_USE;
bool study_read(StudyInfo *out, Arena *arena, const char *dir, Err *err)
    MUST_USE;

/* The folder in `root` whose study.json was written last. */
bool study_newest(const char **dir, Arena *arena, const char *root, Err *err)
    MUST_USE;

/* One held-out run as predicted. Losses in nats per token. */
typedef struct Prediction {
    const char *run_id, *run_name, *fit; /* fit: "huber", "squares"           */
    double      n, d, c, loss, low, high;
} Prediction;
typedef struct PredictionList { i64 count; Prediction *item; } PredictionList;

/* Written once: if it is there already, with another content, that is an
 * error: a prediction is not changed after the fact. */
bool prediction_write(const PredictionList *list, const char *dir,
                      char hash[HASH_HEX], Err *err) MUST_USE;
/* Refused if the hash does not match. `out->count` 0 if there is none, or none
 * but its hash (it was cut off being written: write it, the same). */
bool prediction_read(PredictionList *out, Arena *arena, const char *dir,
                     Err *err) MUST_USE;

#endif
