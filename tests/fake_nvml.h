/* fake_nvml.h - tests/cuda/fake_nvml.c beside the test, in NVML's place. */

#ifndef FAKE_NVML_H
#define FAKE_NVML_H

#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char fake_bus[] = "fffe:01:00.0"; /* of the emulator's first, too */

static inline void fake_nvml(void)
{
    char          path[4096];
    const ssize_t size = readlink("/proc/self/exe", path, sizeof path - 64);
    CHECK(size > 0);
    path[size > 0 ? size : 0] = 0;
    snprintf(strrchr(path, '/'), 64, "/libfake_nvml.so");
    setenv("SCALELAW_NVML", path, 1);
}

#endif
