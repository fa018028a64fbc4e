/* study_opts.h - what a .study file and the flags of `scalelaw study` say. */

#ifndef STUDY_OPTS_H
#define STUDY_OPTS_H

#include "base/opt.h"
#include "sweep/ladder.h"

/* What a table cannot hold in a TrainConfig. A name that is NULL leaves the
 * configuration as it is. */
typedef struct RunOptsText {
    const char *recipe;   /* gpt2 or llama: what the names below are else */
    const char *schedule, *norm, *position, *ff_kind;
    bool        bias;
    i64         seed;
} RunOptsText;

/* Names into the configuration; seed not. ERR_USAGE for what is no name. */
bool run_opts_settle(TrainConfig *config, const RunOptsText *text, Err *err)
    MUST_USE;

typedef struct StudyOpts {
    const char *name, *title, *corpus, *tokenizer, *data_dir, *out_dir;
    const char *device;    /* "cpu", "cuda", "cuda,cpu": devices_parse */
    i64         cores;
    bool        dry_run, json;
    RunOptsText text;      /* names, to be settled into `train` */
    LadderRule  grid;
    TrainConfig train;     /* what no rule of the grid decides */
    i64         resamples, fit_seed;
    RealList    multiples;
    double      aspect, layers_min;
    double      budget, time;  /* FLOP, seconds that all may take; 0: any    */
    double      scale;         /* of budgets, tokens and unique of all arms  */
} StudyOpts;

enum { STUDY_OPTS_MAX = 96 };

StudyOpts study_opts_defaults(void);

/* The table over `opts`; returns how many rows of `row` it fills. */
int study_opts_table(Opt row[STUDY_OPTS_MAX], StudyOpts *opts);

/* The table that tells one run from another: what decides its bits, then what
 * does not. Texts it prints live in `text` while it is used. */
int run_opts_table(Opt row[STUDY_OPTS_MAX], TrainConfig *config,
                   RunOptsText *text);

/* Names to values, after file and flags have been read. */
bool study_opts_settle(StudyOpts *opts, Err *err) MUST_USE;

#endif
