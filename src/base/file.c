/* file.c - reading and writing whole files.
 *
 * A file is written under another name beside its own, forced to the disk, and
 * renamed: rename is atomic, so whoever looks finds the old one or the new one,
 * and after a power cut so does the disk. */

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static bool refused(Err *err, const char *path, const char *what)
{
    return err_set(err, ERR_IO, "%s: %s: %s", path, what, strerror(errno));
}

/* An open regular file and its size. */
static bool open_regular(int *fd, i64 *count, const char *path, Err *err)
{
    struct stat is;
    *fd = open(path, O_RDONLY | O_CLOEXEC);
    if (*fd < 0)
        return refused(err, path, "cannot be read");
    if (fstat(*fd, &is) == 0 && S_ISREG(is.st_mode)) {
        *count = is.st_size;
        return true;
    }
    close(*fd);
    return err_set(err, ERR_IO, "%s: not a file", path);
}

bool file_map(FileMap *out, const char *path, Err *err)
{
    int fd;
    *out = (FileMap){ 0 };
    if (!open_regular(&fd, &out->count, path, err))
        return false;
    void *at = NULL;
    if (out->count > 0)
        at = mmap(NULL, (size_t)out->count, PROT_READ, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED) {
        refused(err, path, "cannot be mapped");
        close(fd);
        *out = (FileMap){ 0 };
        return false;
    }
    close(fd); /* the mapping stays */
    out->bytes = at;
    return true;
}

void file_unmap(FileMap *map)
{
    union { const u8 *read; void *plain; } at = { map->bytes };
    if (map->bytes)
        munmap(at.plain, (size_t)map->count);
    *map = (FileMap){ 0 };
}

bool file_read(char **text, i64 *count, Arena *arena, const char *path,
               Err *err)
{
    int fd;
    i64 size, at = 0;
    if (!open_regular(&fd, &size, path, err))
        return false;
    *text = NEW(arena, char, size + 1);
    while (at < size) {
        const ssize_t n = read(fd, *text + at, (size_t)(size - at));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            refused(err, path, "cannot be read");
            close(fd);
            return false;
        }
        if (n == 0)
            break; /* it became shorter meanwhile */
        at += n;
    }
    close(fd);
    *count = at;
    return true;
}

static bool write_all(int fd, const u8 *bytes, i64 count)
{
    while (count > 0) {
        const ssize_t n = write(fd, bytes, (size_t)count);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        bytes += n;
        count -= n;
    }
    return true;
}

/* The folder that a path lies in, as text of its own. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return strdup(".");
    return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

/* A rename is on the disk once its folder is. File systems that cannot force a
 * folder (EINVAL) have nothing to force. */
static bool folder_sync(const char *path)
{
    char     *folder = folder_of(path);
    const int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
                          : -1;
    free(folder);
    if (fd < 0)
        return false;
    const bool done = fsync(fd) == 0 || errno == EINVAL;
    close(fd);
    return done;
}

static bool write_temporary(const char *path, const void *bytes, i64 count)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return false;
    const bool done = write_all(fd, bytes, count) && fsync(fd) == 0;
    const int  why = errno;
    const bool shut = close(fd) == 0;
    if (!done)
        errno = why;
    return done && shut;
}

/* A device, a pipe, a link (/dev/stdout is one): to be written to, and not to be
 * put a file in the place of. */
static bool in_its_place(const char *path)
{
    struct stat there;
    return lstat(path, &there) == 0 && !S_ISREG(there.st_mode)
        && !S_ISDIR(there.st_mode);
}

static bool write_there(const char *path, const void *bytes, i64 count,
                        Err *err)
{
    const int  fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    const bool done = fd >= 0 && write_all(fd, bytes, count);
    const int  why = errno;
    const bool shut = fd >= 0 && close(fd) == 0;
    if (done && shut)
        return true;
    errno = done ? errno : why;
    return refused(err, path, "cannot be written");
}

bool file_write(const char *path, const void *bytes, i64 count, Err *err)
{
    if (in_its_place(path))
        return write_there(path, bytes, count, err);
    char temporary[4096];
    const int size = snprintf(temporary, sizeof temporary, "%s.tmp-%ld", path,
                              (long)getpid());
    if (size < 0 || size >= (int)sizeof temporary)
        return err_set(err, ERR_IO, "%.200s...: the path is too long", path);

    if (write_temporary(temporary, bytes, count)
        && rename(temporary, path) == 0 && folder_sync(path))
        return true;
    refused(err, path, "cannot be written");
    unlink(temporary); /* where it was renamed there is none, and none goes */
    return false;
}

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}
