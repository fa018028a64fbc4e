/* footprint.c - see footprint.h. */

#include "sweep/footprint.h"

#include "data/pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of the program itself, what is touched only once it trains and writes: code,
 * stacks, the buffers of files. */
enum { YET_TO_COME = 1 << 20 };

/* A line of a file such as /proc/self/status: "VmRSS:    13484 kB". */
static i64 bytes_in(const char *path, const char *name)
{
    char  line[256];
    i64   kib = 0;
    FILE *file = fopen(path, "r");
    if (!file)
        return 0;
    while (!kib && fgets(line, sizeof line, file))
        if (strncmp(line, name, strlen(name)) == 0)
            kib = atoll(line + strlen(name));
    fclose(file);
    return 1024 * kib;
}

static i64 status_bytes(const char *name)
{
    return bytes_in("/proc/self/status", name);
}

/* The one number in a file; `none` where there is no file, or "max" in it. */
static i64 number_in(const char *path, i64 none)
{
    long long number = none;
    FILE     *file = fopen(path, "r");
    if (file && fscanf(file, "%lld", &number) != 1)
        number = none;
    if (file)
        fclose(file);
    return number;
}

/* As a container sees its own group, version 2 or 1. */
static i64 group_bytes(void)
{
    const i64 most = i64_min(
        number_in("/sys/fs/cgroup/memory.max", INT64_MAX),
        number_in("/sys/fs/cgroup/memory/memory.limit_in_bytes", INT64_MAX));
    const i64 held = status_bytes("VmRSS:");
    return most == INT64_MAX ? most : i64_max(0, most - held);
}

i64 footprint_available(void)
{
    const i64 machine = bytes_in("/proc/meminfo", "MemAvailable:");
    return i64_min(machine ? machine : INT64_MAX, group_bytes());
}

i64 footprint_most(void) { return status_bytes("VmHWM:"); }

i64 footprint_bytes(i64 run_bytes, const Shard *shard)
{
    const i64 then = status_bytes("VmRSS:") + YET_TO_COME + run_bytes
                   + i64_min(shard->map.count, PAGES_HELD);
    return i64_max(then, footprint_most());
}
