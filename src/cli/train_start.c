/* train_start.c - see train_start.h. */

#include "cli/train_start.h"

#include "base/file.h"
#include "cli/train_branch.h"
#include "store/run.h"

#include <stdlib.h>
#include <string.h>

/* The folder that a file lies in. */
static char *folder_of(Arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? arena_print(arena, "%.*s", (int)(slash - path), path)
                 : arena_text(arena, ".");
}

static bool has_record(Arena *arena, const char *dir)
{
    return file_exists(arena_print(arena, "%s/run.json", dir));
}

/* What the run has learned with, for a text of its own: it is no branch, keeps
 * nothing, and is as long as is told now. */
static void inherit(TrainOpts *opts, const TrainConfig *from)
{
    const char *start = opts->config.start;
    opts->config = *from;
    opts->config.start     = start;
    opts->config.start_run = NULL;
    opts->config.start_moments = false;
    opts->config.steps     = 0;
    opts->config.warmup_steps = opts->config.cooldown_steps = 0;
    opts->config.branch_at = 0;
    opts->config.trunk     = NULL;
    opts->config.keep      = (RealList){ 0 };
}

/* "checkpoint-120" -> 120; "checkpoint" -> 0, the run's end. */
static i64 step_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    static const char before[] = "checkpoint-";
    return strncmp(name, before, sizeof before - 1) == 0
           ? atoll(name + sizeof before - 1) : 0;
}

/* A file that nobody vouches for is known by what it holds. */
static bool open_bare(TrainOpts *opts, Arena *arena, const char *path,
                      Err *err)
{
    char    hash[HASH_HEX];
    FileMap map;
    if (!file_map(&map, path, err))
        return false;
    hash_sha256(hash, map.bytes, map.count);
    file_unmap(&map);
    opts->config.start_run = arena_print(arena, "file-%.16s", hash);
    return true;
}

static bool open_run(TrainOpts *opts, Arena *arena, const char *dir, i64 at,
                     Err *err)
{
    Run         run;
    TrainConfig from;
    const char *path;
    if (!run_read(&run, arena, dir, err)
        || !train_config_parse(&from, arena, run.config, run.id, err))
        return false;
    if (at == 0 && !run_ended(&run))
        return err_set(err, ERR_USAGE, "run %s: it has not ended; let it end, "
                       "or give --at with a step that it kept", run.id);
    if (at > 0 && !train_branch_checkpoint(&path, arena, dir, &run, at, err))
        return false;
    if (at == 0)
        path = arena_print(arena, "%s/checkpoint", dir);
    inherit(opts, &from);
    opts->config.start     = path;
    opts->config.start_run = at ? arena_print(arena, "%s@%lld", run.id,
                                              (long long)at)
                                : run.id;
    if (!opts->corpus)
        opts->corpus = run.corpus;
    return true;
}

bool train_start_open(TrainOpts *opts, Arena *arena, Err *err)
{
    const char *name = opts->config.start;
    if (opts->at < 0)
        return err_set(err, ERR_USAGE, "at: %lld is no step; give one that "
                       "the run kept, or 0 for its end", (long long)opts->at);
    if (file_is_dir(name))
        return open_run(opts, arena, name, opts->at, err);
    const char *dir = arena_print(arena, "%s/runs/%s", opts->out_dir, name);
    if (file_is_dir(dir))
        return open_run(opts, arena, dir, opts->at, err);
    if (!file_exists(name))
        return err_set(err, ERR_USAGE, "start: %s is no run and no file; give "
                       "a run's folder, its id in %s/runs, or a checkpoint",
                       name, opts->out_dir);
    dir = folder_of(arena, name);
    return has_record(arena, dir)
           ? open_run(opts, arena, dir, step_of(name), err)
           : open_bare(opts, arena, name, err);
}
