/* talk.c - see talk.h. */

#include "data/talk.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdio.h>

static const double quiet_s = 3; /* a pass shorter than this says nothing */

void talk_say(Talk *talk, const char *format, ...)
{
    if (!talk)
        return;
    char    line[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    talk(line);
}

TalkPass talk_pass(const char *what, i64 total)
{
    const double now = clock_s();
    return (TalkPass){ what, total, now, now };
}

void talk_at(Talk *talk, TalkPass *pass, i64 done)
{
    const double now = clock_s();
    if (now - pass->spoke_s < quiet_s || done <= 0)
        return;
    pass->spoke_s = now;

    char so_far[16], of[16], left[24];
    if (pass->total < done) {
        talk_say(talk, "%s: %s so far", pass->what, talk_bytes(so_far, done));
        return;
    }
    const double rest = (double)(pass->total - done) / (double)done;
    clock_words(left, rest * (now - pass->began_s));
    talk_say(talk, "%s: %s of %s, %s left", pass->what,
             talk_bytes(so_far, done), talk_bytes(of, pass->total), left);
}

const char *talk_count(char out[27], i64 count)
{
    char      digits[21];
    const int size = snprintf(digits, sizeof digits, "%lld", (long long)count);
    int       at = 0;
    for (int i = 0; i < size; i++) {
        out[at++] = digits[i];
        if ((size - 1 - i) % 3 == 0 && i < size - 1 && digits[i] != '-')
            out[at++] = ',';
    }
    out[at] = 0;
    return out;
}

const char *talk_bytes(char out[16], i64 bytes)
{
    static const char *const unit[] = { "bytes", "kB", "MB", "GB", "TB" };
    double size = (double)bytes;
    int    step = 0;
    while (size >= 999.95 && step < COUNT_OF(unit) - 1) {
        size /= 1000;
        step++;
    }
    snprintf(out, 16, step ? "%.1f %s" : "%.0f %s", size, unit[step]);
    return out;
}
