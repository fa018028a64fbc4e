/* train_branch.c - see train_branch.h. */

#include "cli/train_branch.h"

#include "base/file.h"
#include "train/config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A folder, or the id of a run beside the one to come. */
static const char *trunk_dir(Arena *arena, const TrainOpts *opts)
{
    if (file_is_dir(opts->branch))
        return opts->branch;
    return arena_print(arena, "%s/runs/%s", opts->out_dir, opts->branch);
}

static int rising(const void *a, const void *b)
{
    const i64 x = *(const i64 *)a, y = *(const i64 *)b;
    return (x > y) - (x < y);
}

/* "8, 16": the steps that a run kept; "none". */
static const char *kept_words(Arena *arena, const char *dir)
{
    static const char before[] = "checkpoint-";
    char      **names;
    i64         count, steps = 0;
    Err         err = { 0 };
    const char *words = "none";
    if (!dir_list(&names, &count, arena, dir, &err))
        return words;
    i64 *step = NEW(arena, i64, count);
    for (i64 i = 0; i < count; i++)
        if (!strncmp(names[i], before, sizeof before - 1)
            && !strpbrk(names[i], ".~"))
            step[steps++] = atoll(names[i] + sizeof before - 1);
    qsort(step, (size_t)steps, sizeof *step, rising);
    for (i64 i = 0; i < steps; i++)
        words = arena_print(arena, "%s%s%lld", i ? words : "", i ? ", " : "",
                            (long long)step[i]);
    return words;
}

bool train_branch_checkpoint(const char **path, Arena *arena, const char *dir,
                             const Run *trunk, i64 at, Err *err)
{
    *path = arena_print(arena, "%s/checkpoint-%lld", dir, (long long)at);
    if (file_exists(*path))
        return true;
    const i64 ended = run_ended(trunk) ? trunk->tokens / trunk->batch_tokens
                                       : -1;
    if (ended == at) {
        *path = arena_print(arena, "%s/checkpoint", dir);
        if (file_exists(*path))
            return true;
    }
    return err_set(err, ERR_USAGE, "run %s: it kept no checkpoint of step "
                   "%lld (kept: %s); give --at one of those, or train it anew "
                   "with --keep=%lld and another --out", trunk->id,
                   (long long)at, kept_words(arena, dir), (long long)at);
}

/* Steps of cooldown: as given, to the length given, or that share of all. */
static i64 cooldown_of(const TrainOpts *opts, const TrainConfig *trunk, i64 at)
{
    const TrainConfig *c = &opts->config;
    if (c->cooldown_steps > 0)
        return c->cooldown_steps;
    if (c->steps > 0)
        return c->steps - at;
    if (!isnan(opts->tokens))
        return llround(opts->tokens / (double)trunk->batch
                       / (double)trunk->shape.context) - at;
    return c->cooldown < 1 ? llround((double)at * c->cooldown
                                     / (1 - c->cooldown)) : 0;
}

bool train_branch_open(TrainOpts *opts, Arena *arena, Err *err)
{
    const char *dir = trunk_dir(arena, opts), *path;
    Run         run;
    TrainConfig trunk;
    if (!file_is_dir(dir))
        return err_set(err, ERR_USAGE, "branch: %s is no run; give its "
                       "folder, or its id in %s/runs", opts->branch,
                       opts->out_dir);
    if (!run_read(&run, arena, dir, err)
        || !train_config_parse(&trunk, arena, run.config, run.id, err))
        return false;
    if (opts->at < 0)
        return err_set(err, ERR_USAGE, "at: %lld is no step; give one that "
                       "the trunk kept, or 0 for its last",
                       (long long)opts->at);
    const i64 at = opts->at > 0 ? opts->at : trunk.steps;
    const i64 cooldown = cooldown_of(opts, &trunk, at);
    if (!train_branch_checkpoint(&path, arena, dir, &run, at, err))
        return false;
    if (cooldown < 1)
        return err_set(err, ERR_USAGE, "branch: no step is left to cool down "
                       "after step %lld; give --cooldown_steps, or more "
                       "--steps or --tokens", (long long)at);
    config_stem(opts->stem, &trunk);
    opts->config = train_branch(&trunk, at, cooldown, path);
    if (!opts->corpus)
        opts->corpus = run.corpus;
    return true;
}

/* The checkpoint refuses it too, but by then the run has a folder. */
bool train_branch_check(const TrainOpts *opts, Err *err)
{
    char stem[HASH_HEX];
    if (!opts->branch)
        return true;
    config_stem(stem, &opts->config);
    return !strcmp(stem, opts->stem)
           || err_set(err, ERR_USAGE, "%s: its trunk is of another "
                      "configuration (model, batch, rate, warm-up, optimizer "
                      "or seed); a branch may differ in how it ends, so give "
                      "the trunk's for the rest", opts->config.trunk);
}

const char *train_branch_trunk(Arena *arena, const TrainConfig *config)
{
    if (!config->branch_at || !config->trunk)
        return NULL;
    const char *slash = strrchr(config->trunk, '/');
    char       *dir = arena_text(arena, slash ? config->trunk : ".");
    if (slash)
        dir[slash - config->trunk] = 0;
    Run run;
    Err err = { 0 };
    if (run_read(&run, arena, dir, &err))
        return run.trunk ? run.trunk : run.id;
    slash = strrchr(dir, '/'); /* its folder is gone or damaged: by name */
    return slash ? slash + 1 : dir;
}
