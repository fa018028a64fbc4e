/* cuda_object.h - the CUDA backend that tests load: SCALELAW_CUDA's where it is
 * set (on a machine with a device), else the one of the emulator, which lies
 * beside the test. */

#ifndef CUDA_OBJECT_H
#define CUDA_OBJECT_H

#include "kern/device.h"
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* NULL, and why, where there is none: the test is skipped. */
static inline const DeviceApi *cuda_object(DeviceWhy *why)
{
    char          path[4096];
    const ssize_t size = readlink("/proc/self/exe", path, sizeof path - 64);
    if (!getenv("SCALELAW_CUDA") && size > 0) {
        path[size] = 0;
        snprintf(strrchr(path, '/'), 64, "/libscalelaw_cuda_host.so");
        setenv("SCALELAW_CUDA", path, 1);
    }
    return device_load("cuda", why);
}

#define NEED_CUDA()                                   \
    do {                                              \
        DeviceWhy why_;                               \
        if (!cuda_object(&why_))                      \
            SKIP(why_.text);                          \
    } while (0)

#endif
