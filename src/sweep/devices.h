/* devices.h - what a sweep trains on: the processor's cores, devices with a
 * memory of their own, or both at once. */

#ifndef DEVICES_H
#define DEVICES_H

#include "base/arena.h"
#include "kern/device.h"

enum { DEVICES_MAX = 8 };

typedef struct Devices {
    bool             cpu;       /* cores train, too                   */
    int              count;
    DeviceName       name[DEVICES_MAX];
    const DeviceApi *api[DEVICES_MAX];  /* what follows by devices_open */
    DeviceInfo       info[DEVICES_MAX];
} Devices;

/* "cpu", "cuda", "cuda:1", "cuda,cpu". ERR_USAGE for what is none of these, or
 * twice the same. */
bool devices_parse(Devices *out, const char *text, Err *err) MUST_USE;

/* "cuda:1" */
void devices_word(char out[32], const DeviceName *device);

/* All of them are there: their backends, and what these say of them. Refused in
 * words where one is not. */
bool devices_open(Devices *devices, Err *err) MUST_USE;

#endif
