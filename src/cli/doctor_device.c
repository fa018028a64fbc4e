/* doctor_device.c - what `scalelaw doctor` says of devices. That there is none
 * is an answer like any other: the processor trains without. */

#include "cli/doctor.h"

#include "kern/device.h"
#include "kern/meter.h"

#include <dlfcn.h>
#include <math.h>
#include <stdio.h>

/* To be said until they were run on one and their figures taken. */
static const char unverified[] =
    "unverified on a device: its kernels were tested by emulation alone, and no "
    "figure was taken";

/* The file that an object was loaded from. */
static const char *file_of(const DeviceApi *api)
{
    Dl_info info;
    return dladdr(api, &info) && info.dli_fname ? info.dli_fname : "loaded";
}

/* 13010: "13.1" */
static const char *version(Arena *arena, int number)
{
    return arena_print(arena, "%d.%d", number / 1000, number % 1000 / 10);
}

static void see_device(Doctor *doctor, int number, const DeviceInfo *info)
{
    Arena *arena = &doctor->arena;
    doctor_add(doctor, arena_print(arena, "cuda:%d", number), true,
               (double)info->bytes_free,
               arena_print(arena, "%s, compute capability %d.%d, %d "
                           "processors, %.1f GiB, of which %.1f GiB are free; "
                           "driver %s, runtime %s", info->name, info->major,
                           info->minor, info->processors,
                           (double)info->bytes / 0x1p30,
                           (double)info->bytes_free / 0x1p30,
                           version(arena, info->driver),
                           version(arena, info->runtime)));
}

static void see_energy(Doctor *doctor, int number, const DeviceInfo *info)
{
    char   why[METER_WHY] = "";
    Arena *arena = &doctor->arena;
    Meter *meter = meter_open(info->bus, why);
    doctor_add(doctor, arena_print(arena, "cuda:%d energy", number),
               meter != NULL, NAN,
               meter ? "NVML counts its joules"
                     : arena_print(arena, "not measured (%s); runs on it will "
                                   "not say their joules", why));
    meter_close(meter);
}

static void see_each(Doctor *doctor, const DeviceApi *api)
{
    DeviceWhy  why = { .fault = DEVICE_OK };
    const int  n = api->count(&why);
    if (n == 0)
        doctor_add(doctor, "cuda:0", false, NAN,
                   arena_print(&doctor->arena, "not found (%s); the processor "
                               "trains without", why.text));
    for (int i = 0; i < n; i++) {
        const char *name = arena_print(&doctor->arena, "cuda:%d", i);
        DeviceInfo  info;
        if (!api->info(&info, i, &why)) {
            doctor_add(doctor, name, false, NAN,
                       arena_text(&doctor->arena, why.text));
            continue;
        }
        see_device(doctor, i, &info);
        see_energy(doctor, i, &info);
    }
}

void doctor_devices(Doctor *doctor)
{
    Arena           *arena = &doctor->arena;
    DeviceWhy        why;
    const DeviceApi *api = device_load("cuda", &why);
    if (!api) {
        doctor_add(doctor, "cuda", false, NAN,
                   arena_print(arena, "not found (%s); the processor trains "
                               "without; %s", why.text, unverified));
        return;
    }
    doctor_add(doctor, "cuda", true, NAN,
               arena_print(arena, "%s: %s%s; %s", file_of(api), api->build,
                           api->emulated ? "; emulated by this processor, for "
                                           "tests" : "", unverified));
    see_each(doctor, api);
}
