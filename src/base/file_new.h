/* file_new.h - a file written piece by piece that has its name only once it is
 * whole: until then all lies in PATH.tmp. */

#ifndef FILE_NEW_H
#define FILE_NEW_H

#include "base/err.h"

#include <stdio.h>

typedef struct FileNew {
    FILE *stream;
    char *path, *tmp;
    int   why;      /* errno of the first failure; 0: none */
} FileNew;

bool file_new_open(FileNew *out, const char *path, Err *err) MUST_USE;

/* A failure is kept, and told at the end. */
void file_new_put(FileNew *file, const void *bytes, i64 count);

/* Forced to the disk and renamed; where anything failed, nothing is left. */
bool file_new_close(FileNew *file, Err *err) MUST_USE;

#endif
