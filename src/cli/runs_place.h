/* runs_place.h - which runs a command is about: a study, a folder of runs, or
 * the newest study under ./out; all of them, or those of an SQL condition. */

#ifndef RUNS_PLACE_H
#define RUNS_PLACE_H

#include "store/run.h"

typedef struct RunsPlace {
    const char *dir;   /* as named */
    const char *runs;  /* the folder whose folders are runs */
    const char *index; /* where its index lies */
} RunsPlace;

/* `given` NULL: the newest study under ./out, said on stderr. */
bool runs_place_find(RunsPlace *out, Arena *arena, const char *given, Err *err)
    MUST_USE;

/* Rebuilds the index and keeps the runs for which the condition holds, in its
 * order; `where` NULL: all, by id. Runs that cannot be read are named on
 * stderr, a line each, and counted in *broken. */
bool runs_place_load(RunList *out, i64 *broken, Arena *arena,
                     const RunsPlace *place, const char *where, Err *err)
    MUST_USE;

/* "dir: why" lines to stderr; how many. */
i64 runs_say_broken(const Str *broken);

/* False if any was broken: what could be shown was, and the exit code says
 * that it was not all. */
bool runs_all_whole(i64 broken, Err *err) MUST_USE;

#endif
