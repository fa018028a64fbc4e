/* fake_nvml.h - tests/cuda/fake_nvml.c beside the test, in NVML's place. */

#ifndef FAKE_NVML_H
#define FAKE_NVML_H

#include "tests/beside.h"
#include "tests/test.h"

static const char fake_bus[] = "fffe:01:00.0"; /* of the emulator's first, too */

static inline void fake_nvml(void)
{
    CHECK(beside_set("SCALELAW_NVML", "libfake_nvml.so"));
}

#endif
