/* study_opts.h - what a .study file and the flags of `scalelaw study` say. */

#ifndef STUDY_OPTS_H
#define STUDY_OPTS_H

#include "base/opt.h"
#include "sweep/ladder.h"

typedef struct StudyOpts {
    const char *name, *title, *corpus, *data_dir, *out_dir;
    i64         cores;
    bool        dry_run, json;
    const char *schedule;
    LadderRule    grid;
    TrainConfig train;     /* what no rule of the grid decides */
    i64         resamples, fit_seed;
    RealList    multiples;
    double      aspect, layers_min;
} StudyOpts;

enum { STUDY_OPTS_MAX = 80 };

StudyOpts study_opts_defaults(void);

/* The table over `opts`; returns how many rows of `row` it fills. */
int study_opts_table(Opt row[STUDY_OPTS_MAX], StudyOpts *opts);

/* The table that tells one run from another: what decides its bits, then what
 * does not. Texts it prints live in `text` while it is used. */
typedef struct RunOptsText { const char *schedule, *kernels; i64 seed, threads; }
    RunOptsText;
int run_opts_table(Opt row[STUDY_OPTS_MAX], TrainConfig *config,
                   RunOptsText *text);

/* Names to values, after file and flags have been read. */
bool study_opts_settle(StudyOpts *opts, Err *err) MUST_USE;

#endif
