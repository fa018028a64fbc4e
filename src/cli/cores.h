/* cores.h - how many threads to take: what was asked for, or as many as there
 * are cores. */

#ifndef CORES_H
#define CORES_H

#include "base/base.h"

#include <unistd.h>

static inline int cores_or(i64 asked)
{
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return asked > 0 ? (int)asked : cores > 0 ? (int)cores : 1;
}

#endif
