/* runs_place.c - see runs_place.h. */

#include "cli/runs_place.h"

#include "base/file.h"
#include "store/index.h"
#include "store/study.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_study(Arena *arena, const char *dir)
{
    return file_exists(arena_print(arena, "%s/study.json", dir))
           || file_is_dir(arena_print(arena, "%s/runs", dir));
}

static bool holds_runs(Arena *arena, const char *dir)
{
    char **name;
    i64    count;
    Err    err = { 0 };

    if (!file_is_dir(dir) || !dir_list(&name, &count, arena, dir, &err))
        return false;
    for (i64 i = 0; i < count; i++)
        if (file_exists(arena_print(arena, "%s/%s/run.json", dir, name[i])))
            return true;
    return false;
}

static RunsPlace study_place(Arena *arena, const char *dir)
{
    return (RunsPlace){ .dir   = dir,
                        .runs  = arena_print(arena, "%s/runs", dir),
                        .index = arena_print(arena, "%s/index.sqlite", dir) };
}

bool runs_place_find(RunsPlace *out, Arena *arena, const char *given, Err *err)
{
    const char *dir = given;

    *out = (RunsPlace){ 0 };
    if (!given) {
        if (!study_newest(&dir, arena, "out", err))
            return false;
        fprintf(stderr, "study: %s (the newest under out)\n", dir);
    }
    if (!is_study(arena, dir) && holds_runs(arena, dir)) {
        const char *index = arena_print(arena, "%s/index.sqlite", dir);
        *out = (RunsPlace){ .dir = dir, .runs = dir, .index = index };
        return true;
    }
    /* The name alone of a study that lies where studies lie. */
    if (!is_study(arena, dir) && !strchr(dir, '/'))
        dir = arena_print(arena, "out/%s", dir);
    *out = study_place(arena, dir);
    if (is_study(arena, dir))
        return true;
    return err_set(err, ERR_IO, "%s: no study (study.json, runs/) and no "
                   "folder of runs; name one that is", given);
}

i64 runs_say_broken(const Str *broken)
{
    i64 count = 0;
    for (const char *line = broken->text; line && *line; count++) {
        const size_t size = strcspn(line, "\n");
        fprintf(stderr, "scalelaw: %.*s\n", (int)size, line);
        line += size + (line[size] == '\n');
    }
    return count;
}

bool runs_all_whole(i64 broken, Err *err)
{
    return broken == 0
           || err_set(err, ERR_FORMAT, "%" PRId64 " run%s could not be read "
                      "and %s left out", broken, broken == 1 ? "" : "s",
                      broken == 1 ? "is" : "are");
}

/* Asks an index that is as new as the folders. Where the study may only be
 * read, the index is made in a folder for temporary files and removed. */
static bool ids_ask(char ***ids, i64 *count, Arena *arena,
                    const RunsPlace *place, const char *where, Err *err)
{
    Str  broken = { 0 };
    i64  indexed;
    Err  why = { 0 };
    bool ok  = index_build(&indexed, &broken, place->index, place->runs, &why);

    if (ok) {
        ok = index_ids(ids, count, arena, place->index, where, err);
    } else {
        const char *tmp = getenv("TMPDIR");
        char *dir = arena_print(arena, "%s/scalelaw-XXXXXX",
                                tmp && *tmp ? tmp : "/tmp");
        if (!mkdtemp(dir))
            ok = err_set(err, ERR_IO, "%s: %s", dir, strerror(errno));
        else {
            const char *path = arena_print(arena, "%s/index.sqlite", dir);
            str_free(&broken);
            ok = index_build(&indexed, &broken, path, place->runs, err)
                 && index_ids(ids, count, arena, path, where, err);
            unlink(path);
            rmdir(dir);
        }
    }
    str_free(&broken);
    return ok;
}

static int by_id(const void *id, const void *run)
{
    return strcmp(id, ((const Run *)run)->id);
}

/* A list is sorted by id. */
static const Run *find(const RunList *all, const char *id)
{
    return bsearch(id, all->run, (size_t)all->count, sizeof *all->run, by_id);
}

static bool keep_where(RunList *list, Arena *arena, const RunsPlace *place,
                       const char *where, Err *err)
{
    char  **ids;
    i64     count;
    RunList kept = { 0 };

    if (!ids_ask(&ids, &count, arena, place, where, err))
        return false;
    kept.run = NEW(arena, Run, count + 1);
    for (i64 i = 0; i < count; i++) {
        const Run *run = find(list, ids[i]);
        if (run)
            kept.run[kept.count++] = *run;
    }
    *list = kept;
    return true;
}

bool runs_place_load(RunList *out, i64 *broken, Arena *arena,
                     const RunsPlace *place, const char *where, Err *err)
{
    Str words = { 0 };

    *out    = (RunList){ 0 };
    *broken = 0;
    if (!file_is_dir(place->runs)) {
        fprintf(stderr, "%s: no runs yet\n", place->dir);
        return true;
    }
    bool ok = run_list(out, &words, arena, place->runs, err);
    *broken = runs_say_broken(&words);
    str_free(&words);
    return ok && (!where || keep_where(out, arena, place, where, err));
}
