/* claim.c - see claim.h.
 *
 * Lock files are removed when they are let go of, so that a thousand runs do not
 * leave a thousand of them. Between opening a file and locking it another may
 * have removed it: the lock is then on a file that nobody else will find. So a
 * lock counts only if its file still has its name. */

#include "store/claim.h"

#include "base/clock.h"
#include "base/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static bool path_of(char out[4096], const char *study_dir, const char *id,
                    Err *err)
{
    const int size = snprintf(out, 4096, "%s/locks/%s", study_dir, id);
    return (size > 0 && size < 4096)
        || err_set(err, ERR_IO, "%.200s...: the path is too long", study_dir);
}

static bool has_its_name(int handle, const char *path)
{
    struct stat held, there;
    return fstat(handle, &held) == 0 && stat(path, &there) == 0
        && held.st_ino == there.st_ino && held.st_dev == there.st_dev;
}

bool claim_take(int *handle, const char *study_dir, const char *id, Err *err)
{
    char path[4096], dir[4096];
    if (!path_of(path, study_dir, id, err)
        || !path_of(dir, study_dir, "", err) || !dir_make(dir, err))
        return false;
    while (file_lock(handle, path, err)) {
        if (has_its_name(*handle, path))
            return true;
        file_unlock(*handle);
    }
    return false;
}

void claim_drop(int handle, const char *study_dir, const char *id)
{
    char path[4096];
    Err  err = { 0 };
    if (path_of(path, study_dir, id, &err))
        unlink(path);
    file_unlock(handle);
}

/* -- Who holds what -------------------------------------------------------- */

/* A shared lock is refused where somebody holds it alone. It is given back at
 * once; who asks for the run in this very moment asks again a moment later. */
static bool is_held(int fd)
{
    if (flock(fd, LOCK_SH | LOCK_NB) != 0)
        return true;
    flock(fd, LOCK_UN);
    return false;
}

static bool look(Claim *out, Arena *arena, const char *path, const char *id)
{
    char      text[256] = "", *host;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false; /* let go of meanwhile */
    const bool held = is_held(fd) && pread(fd, text, sizeof text - 1, 0) > 0;
    close(fd);
    if (!held)
        return false;
    text[strcspn(text, "\n")] = 0;
    *out = (Claim){ .id = id, .pid = strtoll(text, &host, 10) };
    host += strspn(host, " ");
    out->host = arena_text(arena, strncmp(host, "on ", 3) ? host : host + 3);
    return true;
}

bool claim_list(ClaimList *out, Arena *arena, const char *study_dir, Err *err)
{
    const char *dir = arena_print(arena, "%s/locks", study_dir);
    char      **name;
    i64         count;
    *out = (ClaimList){ 0 };
    if (!file_is_dir(dir))
        return true;
    if (!dir_list(&name, &count, arena, dir, err))
        return false;
    out->claim = NEW(arena, Claim, count + 1);
    for (i64 i = 0; i < count; i++)
        out->count += look(&out->claim[out->count], arena,
                           arena_print(arena, "%s/%s", dir, name[i]), name[i]);
    return true;
}

/* -- The study for a moment ------------------------------------------------ */

bool study_guard(int *handle, const char *study_dir,
                 void (*say)(const char *line), Err *err)
{
    const double patience_s = 2, began_s = clock_s();
    char         path[4096];
    bool         said = false;
    if (!dir_make(study_dir, err))
        return false;
    const int size = snprintf(path, sizeof path, "%s/lock", study_dir);
    if (size < 0 || size >= (int)sizeof path)
        return err_set(err, ERR_IO, "%.200s...: the path is too long",
                       study_dir);
    while (!file_lock(handle, path, err)) {
        const struct timespec moment = { .tv_nsec = 20000000 };
        if (err->kind != ERR_BUSY)
            return false;
        if (!said && say && clock_s() - began_s > patience_s) {
            char line[512];
            snprintf(line, sizeof line, "waiting: %.*s",
                     (int)strcspn(err->text, ";"), err->text);
            say(line);
            said = true;
        }
        nanosleep(&moment, NULL);
    }
    *err = (Err){ 0 };
    return true;
}
