/* make.c - where the pieces of a corpus lie, and who may touch them. */

#include "data/make.h"

#include "base/clock.h"
#include "data/fetch.h"

#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

MakePaths make_paths(Arena *arena, const char *data_dir, const char *name)
{
    return (MakePaths){
        .dir   = data_dir,
        .shard = arena_print(arena, "%s/%s.shard", data_dir, name),
        .text  = arena_print(arena, "%s/%s.text.tmp", data_dir, name),
        .work  = arena_print(arena, "%s/%s.work", data_dir, name),
        .lock  = arena_print(arena, "%s/.%s.lock", data_dir, name),
        .cache = arena_print(arena, "%s/cache", data_dir),
    };
}

/* -- The lock -------------------------------------------------------------- */

static void clear(const MakePaths *paths)
{
    fetch_remove(paths->work);
    unlink(paths->text);
}

bool make_lock(int *handle, const MakePaths *paths, Talk *talk, Err *err)
{
    const double patience_s = 900, began_s = clock_s();
    if (!dir_make(paths->dir, err))
        return err_add(err, "the data folder");
    if (access(paths->dir, W_OK | X_OK) != 0)
        return err_set(err, ERR_IO, "%s: the data folder cannot be written to: "
                       "%s; give another with --data=DIR", paths->dir,
                       strerror(errno));
    for (bool said = false; !file_lock(handle, paths->lock, err); said = true) {
        if (err->kind != ERR_BUSY || clock_s() - began_s > patience_s)
            return false;
        if (!said)
            talk_say(talk, "waiting: %s", err->text);
        const struct timespec moment = { .tv_nsec = 100000000 };
        nanosleep(&moment, NULL);
    }
    *err = (Err){ 0 };
    clear(paths);
    return true;
}

void make_unlock(int handle, const MakePaths *paths)
{
    clear(paths);
    file_unlock(handle);
}

bool make_have(Shard *out, const MakePaths *paths, const CorpusRule *rule,
               Talk *talk)
{
    Err why = { 0 };
    if (!file_exists(paths->shard))
        return false;
    if (!shard_open(out, paths->shard, &why)) {
        talk_say(talk, "%.*s; making it again",
                 (int)strcspn(why.text, ";"), why.text);
        return false;
    }
    if (rule->any_split
        || (out->holdout == rule->holdout && out->seed == rule->seed))
        return true;
    talk_say(talk, "%s: of another split (--holdout=%g --seed=%llu); making it "
             "again", paths->shard, out->holdout,
             (unsigned long long)out->seed);
    shard_close(out);
    return false;
}

bool make_room(const MakePaths *paths, i64 bytes, Err *err)
{
    struct statvfs disk;
    char           want[16], have[16];
    if (statvfs(paths->dir, &disk) != 0)
        return true; /* then the writing will tell */
    const i64 free_bytes = (i64)disk.f_bavail * (i64)disk.f_frsize;
    if (free_bytes >= bytes)
        return true;
    return err_set(err, ERR_IO, "%s: %s are free there, and %s are needed; "
                   "make room, or give another folder with --data=DIR",
                   paths->dir, talk_bytes(have, free_bytes),
                   talk_bytes(want, bytes));
}
