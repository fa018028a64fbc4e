/* beside.h - files of the build that lie beside the test which runs. */

#ifndef BESIDE_H
#define BESIDE_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The environment's `variable` becomes the path of that file; false where there
 * is none. */
static inline bool beside_set(const char *variable, const char *file)
{
    char          path[4096];
    const ssize_t size = readlink("/proc/self/exe", path, sizeof path - 64);
    if (size <= 0)
        return false;
    path[size] = 0;
    snprintf(strrchr(path, '/'), 64, "/%s", file);
    return access(path, R_OK) == 0 && setenv(variable, path, 1) == 0;
}

#endif
