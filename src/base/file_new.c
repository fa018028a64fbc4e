/* file_new.c - see file_new.h. */

#include "base/file_new.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool refused(FileNew *file, Err *err)
{
    err_set(err, ERR_IO, "%s: cannot be written: %s", file->path,
            strerror(file->why));
    free(file->path);
    free(file->tmp);
    *file = (FileNew){ 0 };
    return false;
}

bool file_new_open(FileNew *out, const char *path, Err *err)
{
    *out = (FileNew){ .path = strdup(path) };
    if (!out->path || asprintf(&out->tmp, "%s.tmp", path) < 0)
        abort(); /* no memory for a path: nothing here can go on */
    out->stream = fopen(out->tmp, "wbe");
    if (out->stream)
        return true;
    out->why = errno;
    return refused(out, err);
}

void file_new_put(FileNew *file, const void *bytes, i64 count)
{
    if (!file->why
        && fwrite(bytes, 1, (size_t)count, file->stream) != (size_t)count)
        file->why = errno ? errno : EIO;
}

static void keep(FileNew *file, bool done)
{
    if (!done && !file->why)
        file->why = errno;
}

bool file_new_close(FileNew *file, Err *err)
{
    keep(file, fflush(file->stream) == 0 && fsync(fileno(file->stream)) == 0);
    keep(file, fclose(file->stream) == 0);
    if (!file->why)
        keep(file, rename(file->tmp, file->path) == 0);
    if (file->why) {
        unlink(file->tmp);
        return refused(file, err);
    }
    free(file->path);
    free(file->tmp);
    *file = (FileNew){ 0 };
    return true;
}
