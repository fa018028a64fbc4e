/* clock.c - the monotonic clock for durations, the wall clock for dates. */

#include "base/clock.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

double clock_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void clock_utc(char out[21])
{
    const time_t now = time(NULL);
    struct tm    at;
    gmtime_r(&now, &at);
    strftime(out, 21, "%Y-%m-%dT%H:%M:%SZ", &at);
}

void clock_words(char out[24], double seconds)
{
    enum { ROOM = 24 };
    if (!(seconds < 1e9)) { /* also where nothing is known yet */
        snprintf(out, ROOM, "unknown time");
        return;
    }
    const long s = lround(fmax(seconds, 0));
    if (seconds < 9.95)
        snprintf(out, ROOM, "%.1f s", fmax(seconds, 0));
    else if (s < 60)
        snprintf(out, ROOM, "%ld s", s);
    else if (s < 3600)
        snprintf(out, ROOM, "%ld min %02ld s", s / 60, s % 60);
    else if (s < 48 * 3600)
        snprintf(out, ROOM, "%ld h %02ld min", s / 3600, s / 60 % 60);
    else
        snprintf(out, ROOM, "%ld d %02ld h", s / 86400, s / 3600 % 24);
}
