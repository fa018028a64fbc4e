/* devices.h - what a sweep trains on: the processor's cores, devices with a
 * memory of their own, or both at once. */

#ifndef DEVICES_H
#define DEVICES_H

#include "base/arena.h"
#include "kern/device.h"

enum { DEVICES_MAX = 8 };

typedef struct Devices {
    bool       cpu;            /* cores train, too */
    int        count;
    DeviceName name[DEVICES_MAX];
} Devices;

/* "cpu", "cuda", "cuda:1", "cuda,cpu". ERR_USAGE for what is none of these, or
 * twice the same. */
bool devices_parse(Devices *out, const char *text, Err *err) MUST_USE;

/* "cuda:1" */
void devices_word(char out[32], const DeviceName *device);

/* Its backend, and what it says of the device; refused in words where there is
 * none. */
const DeviceApi *devices_need(DeviceInfo *info, const DeviceName *device,
                             Err *err) MUST_USE;

#endif
