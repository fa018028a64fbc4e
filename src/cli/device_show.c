/* device_show.c - see device_show.h. */

#include "cli/device_show.h"

#include <stdio.h>
#include <string.h>

static void info_show(const Devices *devices)
{
    for (int i = 0; i < devices->count; i++) {
        const DeviceInfo *info = &devices->info[i];
        char              word[32];
        devices_word(word, &devices->name[i]);
        fprintf(stderr, "  %s: %s%s, %d processors, %.4g GB of memory, %.4g "
                "of them free\n", word, info->name,
                devices->api[i]->emulated ? " (emulated, for tests)" : "",
                info->processors, (double)info->bytes / 1e9,
                (double)info->bytes_free / 1e9);
    }
}

static void kind_show(const Foreseen *kind)
{
    const Shape *s = &kind->config.shape;
    fprintf(stderr, "    %lldx%lld, context %lld, %s, %s: %lld run%s alike, ",
            (long long)s->layers, (long long)s->width, (long long)s->context,
            kind->config.arch, kind->config.dtype, (long long)kind->runs,
            kind->runs == 1 ? "" : "s");
    if (kind->seats > 0)
        fprintf(stderr, "%lld side by side, %.3g GB\n", (long long)kind->seats,
                (double)kind->bytes / 1e9);
    else
        fprintf(stderr, "%.3g GB each: more than it has\n",
                (double)kind->bytes / 1e9);
}

void device_show(Arena *arena, const LadderRun *const *runs, i64 count,
                 const SweepPlace *place)
{
    Foreseen *kind;
    i64       rest;
    if (!place->devices || place->devices->count == 0)
        return;
    const i64 kinds = foresee(&kind, &rest, arena, runs, count, place);
    info_show(place->devices);
    for (i64 k = 0; k < kinds; k++)
        kind_show(&kind[k]);
    if (rest > 0)
        fprintf(stderr, "    %lld run%s that no device trains\n",
                (long long)rest, rest == 1 ? "" : "s");
}
