/* fetch.c - see fetch.h.
 *
 * apt-get writes the package under its own name as it comes in, so it works in
 * a scratch folder, and what is whole is moved into the cache. No command goes
 * through a shell. A child dies with its parent: a killed scalelaw leaves no
 * apt-get behind that writes into a folder which the next one clears. */

#include "data/fetch.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_FOUND = 127 }; /* what a shell exits with, and so the child */

static int remove_one(const char *path, const struct stat *is, int kind,
                      struct FTW *at)
{
    (void)is, (void)kind, (void)at;
    remove(path); /* what cannot be removed is left for the next time */
    return 0;
}

void fetch_remove(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* In the child. Only calls that are safe after a fork. */
static void become(char *const argv[], const char *folder, int log,
                   pid_t parent)
{
    const int nothing = open("/dev/null", O_RDONLY);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == parent && nothing >= 0 && dup2(nothing, 0) == 0
        && dup2(log, 1) == 1 && dup2(log, 2) == 2 && chdir(folder) == 0)
        execvp(argv[0], argv);
    _exit(NOT_FOUND);
}

static bool spawn(int *status, char *const argv[], const char *folder, int log,
                  Err *err)
{
    const pid_t parent = getpid(), child = fork();
    if (child < 0)
        return err_set(err, ERR_IO, "%s: cannot be started: %s", argv[0],
                       strerror(errno));
    if (child == 0)
        become(argv, folder, log, parent);
    while (waitpid(child, status, 0) < 0)
        if (errno != EINTR)
            return err_set(err, ERR_IO, "%s: cannot be waited for: %s",
                           argv[0], strerror(errno));
    return true;
}

/* The line of the log that says what went wrong: the first of apt's, which
 * begin with "E:"; failing that, the last that says anything. */
static const char *complaint(Arena *arena, const char *log)
{
    char *text;
    i64   count;
    Err   none = { 0 };
    if (!file_read(&text, &count, arena, log, &none))
        return "it did not say why";
    const char *last = "it did not say why", *error = NULL;
    for (char *rest = NULL, *line = strtok_r(text, "\r\n", &rest); line;
         line = strtok_r(NULL, "\r\n", &rest)) {
        if (!strncmp(line, "E: ", 3) && !error)
            error = line + 3;
        last = line;
    }
    return error ? error : last;
}

/* Run to its end; what it said lies in `log`. False, with the reason in
 * `why`, when it did not succeed. */
static bool run(const char **why, Arena *arena, const char *const argv[],
                const char *folder, const char *log, Err *err)
{
    union { const char *const *read; char *const *plain; } args = { argv };
    int       status = 0;
    const int out = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    *why = NULL;
    if (out < 0)
        return err_set(err, ERR_IO, "%s: cannot be written: %s", log,
                       strerror(errno));
    const bool ran = spawn(&status, args.plain, folder, out, err);
    close(out);
    if (!ran)
        return false;
    if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND)
        *why = arena_print(arena, "there is no %s on this machine", argv[0]);
    else if (WIFSIGNALED(status))
        *why = arena_print(arena, "it was stopped by signal %d",
                           WTERMSIG(status));
    else if (WEXITSTATUS(status) != 0)
        *why = complaint(arena, log);
    return true;
}

/* The newest (by name) NAME_VERSION_ARCH.deb in a folder, or NULL. */
static const char *deb_in(Arena *arena, const char *folder, const char *package)
{
    char **name;
    i64    count;
    Err    none = { 0 };
    const char *found = NULL;
    if (!dir_list(&name, &count, arena, folder, &none))
        return NULL;
    const char *like = arena_print(arena, "%s_*.deb", package);
    for (i64 i = 0; i < count; i++)
        if (fnmatch(like, name[i], 0) == 0)
            found = name[i];
    return found;
}

static const char *apt_remedy(const char *why)
{
    const bool unknown = strstr(why, "Unable to locate")
                      || strstr(why, "No candidate")
                      || strstr(why, "no candidate")
                      || strstr(why, "Can't select");
    return unknown ? "run apt-get update as root, or " : "";
}

static bool download(Arena *arena, const char *package, i64 bytes,
                     const char *cache, const char *work, Talk *talk,
                     Err *err)
{
    char size[16];
    talk_say(talk, "downloading the Debian package %s (%s) into %s", package,
             talk_bytes(size, bytes), cache);
    const char *into = arena_print(arena, "%s/download", work);
    const char *log = arena_print(arena, "%s/apt.log", work), *why;
    const char *const argv[] = {
        "apt-get", "-q", "-o", "Acquire::Retries=2", "-o",
        "Acquire::http::Timeout=30", "download", package, NULL,
    };
    if (!dir_make(into, err) || !run(&why, arena, argv, into, log, err))
        return false;
    const char *deb = deb_in(arena, into, package);
    if (!why && !deb)
        why = "apt-get left no package";
    if (why)
        return err_set(err, ERR_IO, "%s: the package could not be downloaded "
                       "(%.300s); %sput %s_*.deb into %s, or take text of this "
                       "machine: scalelaw corpus prepare FILE (most have "
                       "/usr/share/perl)", package, why, apt_remedy(why),
                       package, cache);

    const char *from = arena_print(arena, "%s/%s", into, deb);
    const char *to = arena_print(arena, "%s/%s", cache, deb);
    return rename(from, to) == 0
        || err_set(err, ERR_IO, "%s: cannot be written: %s", to,
                   strerror(errno));
}

/* dict-gcide_0.48.5_all.deb -> Debian package dict-gcide 0.48.5 */
static const char *source_of(Arena *arena, const char *package,
                             const char *deb)
{
    const char *version = deb + strlen(package) + 1;
    return arena_print(arena, "Debian package %s %.*s", package,
                       (int)strcspn(version, "_"), version);
}

static bool unpack(const char **why, Arena *arena, const char *deb,
                   const char *work, const char *to, Err *err)
{
    const char *log = arena_print(arena, "%s/dpkg.log", work);
    const char *const argv[] = { "dpkg-deb", "-x", deb, to, NULL };
    fetch_remove(to);
    return dir_make(to, err) && run(why, arena, argv, ".", log, err);
}

/* A package that cannot be unpacked is damaged and to be fetched again, unless
 * it was the disk that had no room. */
static bool is_full(const char *folder)
{
    struct statvfs disk;
    return statvfs(folder, &disk) == 0
        && disk.f_bavail * disk.f_frsize < (u64)1 << 20;
}

bool fetch_package(const char **source, Arena *arena, const char *package,
                   i64 bytes, const char *cache, const char *work,
                   const char *to, Talk *talk, Err *err)
{
    if (!dir_make(cache, err) || !dir_make(work, err))
        return false;
    bool        fresh = false;
    const char *why = NULL;
    for (;;) {
        const char *deb = deb_in(arena, cache, package);
        if (!deb) {
            if (!download(arena, package, bytes, cache, work, talk, err))
                return false;
            deb = deb_in(arena, cache, package);
            fresh = true;
        }
        const char *path = arena_print(arena, "%s/%s", cache, deb);
        talk_say(talk, "unpacking %s", path);
        if (!unpack(&why, arena, path, work, to, err))
            return false;
        *source = source_of(arena, package, deb);
        if (!why)
            return true;
        if (fresh || is_full(work))
            return err_set(err, ERR_IO, "%s: dpkg-deb cannot unpack it "
                           "(%.300s)", path,
                           is_full(work) ? strerror(ENOSPC) : why);
        talk_say(talk, "%s is damaged (%s); fetching it again", path, why);
        if (unlink(path) != 0)
            return err_set(err, ERR_IO, "%s: damaged, and cannot be removed: "
                           "%s", path, strerror(errno));
    }
}
