/* file.h - files whole, files mapped, files written so that a crash at any
 * moment leaves the old one or the new one and never half of either. */

#ifndef FILE_H
#define FILE_H

#include "base/arena.h"
#include "base/err.h"

typedef struct FileMap {
    const u8 *bytes; /* NULL for an empty file */
    i64       count;
} FileMap;

bool file_map(FileMap *out, const char *path, Err *err) MUST_USE;
void file_unmap(FileMap *map);

/* The whole file with a zero byte after it, in the arena. */
bool file_read(char **text, i64 *count, Arena *arena, const char *path,
               Err *err) MUST_USE;

/* path.tmp-PID, write, fsync, rename, fsync of the folder. What is there and no
 * plain file (a device, a pipe, a link such as /dev/stdout) is written to. */
bool file_write(const char *path, const void *bytes, i64 count, Err *err)
    MUST_USE;

bool file_exists(const char *path);
bool file_is_dir(const char *path);
bool dir_make(const char *path, Err *err) MUST_USE; /* with its parents */

/* Names in a folder (not . and ..), sorted bytewise. */
bool dir_list(char ***names, i64 *count, Arena *arena, const char *path,
              Err *err) MUST_USE;

/* Take `path` for this process alone until file_unlock or the process ends
 * (flock). ERR_BUSY, with the holder's process and host, when another has it. */
bool file_lock(int *handle, const char *path, Err *err) MUST_USE;
void file_unlock(int handle); /* for children that inherited it too */

#endif
