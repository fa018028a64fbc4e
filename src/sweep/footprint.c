/* footprint.c - see footprint.h. */

#include "sweep/footprint.h"

#include "data/pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of the program itself, what is touched only once it trains and writes: code,
 * stacks, the buffers of files. */
enum { YET_TO_COME = 1 << 20 };

/* A line of /proc/self/status, as "VmRSS:    13484 kB". */
static i64 status_bytes(const char *name)
{
    char  line[256];
    i64   kib = 0;
    FILE *file = fopen("/proc/self/status", "r");
    if (!file)
        return 0;
    while (!kib && fgets(line, sizeof line, file))
        if (strncmp(line, name, strlen(name)) == 0)
            kib = atoll(line + strlen(name));
    fclose(file);
    return 1024 * kib;
}

i64 footprint_most(void) { return status_bytes("VmHWM:"); }

i64 footprint_bytes(i64 run_bytes, const Shard *shard)
{
    const i64 then = status_bytes("VmRSS:") + YET_TO_COME + run_bytes
                   + i64_min(shard->map.count, PAGES_HELD);
    return i64_max(then, footprint_most());
}
