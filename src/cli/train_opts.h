/* train_opts.h - what `scalelaw train` can be told, and the configuration of a
 * run as text: the rows are those of run_opts_table, so a run record's
 * configuration is a file that `scalelaw train FILE` takes. */

#ifndef TRAIN_OPTS_H
#define TRAIN_OPTS_H

#include "base/hash.h"
#include "cli/study_opts.h"

typedef struct TrainOpts {
    TrainConfig config;
    RunOptsText text;      /* of what the table cannot hold in config */
    const char *corpus, *tokenizer, *shape, *name;
    const char *branch;    /* the trunk: its folder, or its id in out_dir */
    i64         at;        /* step of the trunk; 0: its last              */
    char        stem[HASH_HEX]; /* of the trunk: a branch must have it    */
    const char *data_dir, *out_dir;
    const char *device;    /* "cpu", "cuda", "cuda:1" */
    i64         head_size, threads;
    double      tokens;    /* NaN: as many as the steps make */
    bool        epochs, dry_run, json;
} TrainOpts;

enum { TRAIN_OPTS_MAX = STUDY_OPTS_MAX + 16 };

TrainOpts train_opts_defaults(void);

/* The table over `opts`; returns how many rows of `row` it fills. */
int train_opts_table(Opt row[TRAIN_OPTS_MAX], TrainOpts *opts);

/* What was left to be decided, and names to values, once the corpus is known.
 * Heads from head_size; ff 4 d; batch 1,024 tokens; rate 0.32 / d; steps from
 * tokens; threads as many as there are cores and work. */
bool train_opts_settle(TrainOpts *opts, const Shard *shard, Err *err) MUST_USE;

/* A configuration as text, and back. */
const char *train_config_text(Arena *arena, const TrainConfig *config,
                              bool hashed_only);
bool train_config_parse(TrainConfig *out, Arena *arena, const char *text,
                        const char *name, Err *err) MUST_USE;

#endif
