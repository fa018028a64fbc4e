/* cuda_object.h - the CUDA backend that tests load: SCALELAW_CUDA's where it is
 * set (on a machine with a device), else the one of the emulator, which lies
 * beside the test. */

#ifndef CUDA_OBJECT_H
#define CUDA_OBJECT_H

#include "kern/device.h"
#include "tests/beside.h"
#include "tests/test.h"

/* The emulator's, unless the environment names one. */
static inline bool cuda_find(void)
{
    return getenv("SCALELAW_CUDA")
        || beside_set("SCALELAW_CUDA", "libscalelaw_cuda_host.so");
}

/* NULL, and why, where there is none: the test is skipped. */
static inline const DeviceApi *cuda_object(DeviceWhy *why)
{
    (void)cuda_find();
    return device_load("cuda", why);
}

/* What a device refused is told in its words. */
static inline bool well(bool ok, const DeviceWhy *why)
{
    if (!ok)
        test_note("%s", why->text);
    return CHECK(ok);
}

#define NEED_CUDA()                                   \
    do {                                              \
        DeviceWhy why_;                               \
        if (!cuda_object(&why_))                      \
            SKIP(why_.text);                          \
    } while (0)

#endif
