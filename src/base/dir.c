/* dir.c - folders, and the lock on one (declared in file.h). */

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

bool file_is_dir(const char *path)
{
    struct stat is;
    return stat(path, &is) == 0 && S_ISDIR(is.st_mode);
}

/* One folder; that it is there already is what was wanted. */
static bool make_one(const char *path, Err *err)
{
    if (mkdir(path, 0777) == 0 || (errno == EEXIST && file_is_dir(path)))
        return true;
    return err_set(err, ERR_IO, "%s: the folder cannot be made: %s", path,
                   strerror(errno));
}

bool dir_make(const char *path, Err *err)
{
    char part[4096];
    if (strlen(path) >= sizeof part)
        return err_set(err, ERR_IO, "%.200s...: the path is too long", path);
    for (size_t i = 1; path[0] && path[i]; i++)
        if (path[i] == '/' && path[i - 1] != '/') {
            memcpy(part, path, i);
            part[i] = 0;
            if (!file_is_dir(part) && !make_one(part, err))
                return false;
        }
    return make_one(path, err);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_name(const char *name)
{
    return strcmp(name, ".") && strcmp(name, "..");
}

bool dir_list(char ***names, i64 *count, Arena *arena, const char *path,
              Err *err)
{
    DIR *dir = opendir(path);
    if (!dir)
        return err_set(err, ERR_IO, "%s: the folder cannot be read: %s", path,
                       strerror(errno));

    i64    n = 0, room = 64;
    char **list = NEW(arena, char *, room);
    for (const struct dirent *d = readdir(dir); d; d = readdir(dir)) {
        if (!is_name(d->d_name))
            continue;
        if (n == room) {
            char **wider = NEW(arena, char *, 2 * room);
            memcpy(wider, list, (size_t)room * sizeof *list);
            list = wider;
            room *= 2;
        }
        list[n++] = arena_text(arena, d->d_name);
    }
    closedir(dir);
    qsort(list, (size_t)n, sizeof *list, by_name);
    *names = list;
    *count = n;
    return true;
}

/* "1234 on host": for people. */
static int holder_text(char out[160])
{
    char host[128] = "";
    if (gethostname(host, sizeof host - 1) != 0 || !*host)
        snprintf(host, sizeof host, "a host without a name");
    return snprintf(out, 160, "%ld on %s\n", (long)getpid(), host);
}

/* flock and not a file that exists: the system lets go when the holder dies,
 * however it dies. */
bool file_lock(int *handle, const char *path, Err *err)
{
    const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0)
        return err_set(err, ERR_IO, "%s: cannot be opened: %s", path,
                       strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
        char      text[160];
        const int size = holder_text(text);
        if (ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)size, 0) == size) {
            *handle = fd;
            return true;
        }
        err_set(err, ERR_IO, "%s: cannot be written: %s", path,
                strerror(errno));
    } else if (errno == EWOULDBLOCK) {
        char          holder[160] = { 0 };
        const ssize_t size = pread(fd, holder, sizeof holder - 1, 0);
        holder[size > 0 ? strcspn(holder, "\n") : 0] = 0;
        err_set(err, ERR_BUSY, "%s: process %s is at work there; wait for it, "
                "or stop it", path, *holder ? holder : "unknown");
    } else {
        err_set(err, ERR_IO, "%s: cannot be locked: %s", path,
                strerror(errno));
    }
    close(fd);
    return false;
}

void file_unlock(int handle)
{
    flock(handle, LOCK_UN); /* for children that hold a copy of the handle */
    close(handle);
}
