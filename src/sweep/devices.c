/* devices.c - see devices.h. */

#include "sweep/devices.h"

#include <stdio.h>
#include <string.h>

void devices_word(char out[32], const DeviceName *device)
{
    if (!device->kind[0])
        snprintf(out, 32, "cpu");
    else if (device->number)
        snprintf(out, 32, "%s:%d", device->kind, device->number);
    else
        snprintf(out, 32, "%s", device->kind);
}

static bool is_there(const Devices *devices, const DeviceName *name)
{
    for (int i = 0; i < devices->count; i++)
        if (!strcmp(devices->name[i].kind, name->kind)
            && devices->name[i].number == name->number)
            return true;
    return !name->kind[0] && devices->cpu;
}

static bool add(Devices *out, const char *text, Err *err)
{
    DeviceName name;
    if (!device_parse(&name, text, err))
        return false;
    if (is_there(out, &name) || out->count == DEVICES_MAX)
        return err_set(err, ERR_USAGE, "device: '%s' is one too many; name "
                       "each once, %d at most", text, (int)DEVICES_MAX);
    if (name.kind[0])
        out->name[out->count++] = name;
    else
        out->cpu = true;
    return true;
}

bool devices_parse(Devices *out, const char *text, Err *err)
{
    char one[32];
    *out = (Devices){ 0 };
    for (const char *at = text ? text : "cpu";; at++) {
        const size_t size = strcspn(at, ",");
        snprintf(one, sizeof one, "%.*s", (int)size, at);
        if (!add(out, one, err))
            return false;
        at += size;
        if (!*at)
            return true;
    }
}

static bool open_one(Devices *devices, int i, Err *err)
{
    char      word[32];
    DeviceWhy why;
    devices_word(word, &devices->name[i]);
    devices->api[i] = device_load(devices->name[i].kind, &why);
    return (devices->api[i]
            && devices->api[i]->info(&devices->info[i],
                                     devices->name[i].number, &why))
        || device_refuse(err, word, &why);
}

bool devices_open(Devices *devices, Err *err)
{
    for (int i = 0; i < devices->count; i++)
        if (!open_one(devices, i, err))
            return false;
    return true;
}
