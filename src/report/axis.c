/* axis.c - places and ticks.
 *
 * Ticks are made in two passes: first every candidate, with a rank that says
 * how round it is; then labels are given out, roundest first, to those that
 * have room. */

#include "report/axis.h"

#include "report/num.h"
#include "report/text.h"

#include <math.h>
#include <stdio.h>

Range range_new(void)
{
    return (Range){ INFINITY, -INFINITY };
}

void range_add(Range *range, double value)
{
    if (!isfinite(value))
        return;
    range->low  = fmin(range->low, value);
    range->high = fmax(range->high, value);
}

static Axis axis_log(Axis axis, Range range, double pad)
{
    if (!(range.low > 0))
        range = (Range){ 1, 10 };
    if (range.high < range.low * 1.02)
        range = (Range){ range.low / 1.5, range.high * 1.5 };
    const double room = pow(range.high / range.low, pad);
    axis.low  = range.low / room;
    axis.high = range.high * room;
    return axis;
}

Axis axis_over(const char *label, bool log, TickStyle style, Range range,
               double pad)
{
    const Axis axis = { .label = label, .log = log, .style = style,
                        .high = 1 };
    if (range.low > range.high)
        range = (Range){ 1, 10 };
    if (log)
        return axis_log(axis, range, pad);

    const double length = range.high - range.low;
    const double size   = fmax(fabs(range.low), fabs(range.high));
    const double room   = length > 1e-9 * size ? pad * length
                                               : fmax(0.5 * size, 0.5);
    return (Axis){ .label = label, .log = log, .style = style,
                   .low = range.low - room, .high = range.high + room };
}

Axis axis_names(const char *label, const char *const *names, int count)
{
    return (Axis){ .label = label, .style = TICK_NAMES, .low = count - 0.4,
                   .high = -0.6, .names = names, .count = count };
}

Axis axis_of_kind(AxisKind kind, Axis axis)
{
    axis.kind = kind;
    return axis;
}

double axis_share(const Axis *axis, double value)
{
    if (axis->log)
        return log(value / axis->low) / log(axis->high / axis->low);
    return (value - axis->low) / (axis->high - axis->low);
}

/* Letters of a sans-serif are about 0.56 of their size wide; bytes that go on
 * a UTF-8 character have no width. */
double text_width(const char *text, double size)
{
    i64 letters = 0;
    for (const char *c = text; *c; c++)
        letters += ((u8)*c & 0xC0) != 0x80;
    return 0.56 * size * (double)letters;
}

static void name(Tick *tick, const Axis *axis)
{
    char text[NUM_TEXT];
    switch (axis->style) {
    case TICK_SI:
        num_si(text, tick->value, 0);
        break;
    case TICK_POWER:
        if (tick->value > 0)
            num_power(text, tick->value);
        else
            snprintf(text, sizeof text, "%.4g", tick->value);
        break;
    case TICK_PERCENT:
        snprintf(text, sizeof text, "%.4g %%", tick->value);
        break;
    case TICK_PLAIN:
        snprintf(text, sizeof text, "%.5g", tick->value);
        break;
    case TICK_NAMES:
        break;
    }
    snprintf(tick->text, sizeof tick->text, "%.63s", text);
}

/* 1, 2 or 5 times a power of ten: the least step with `most` or fewer. */
static double round_step(double length, double most)
{
    const double raw = length / most, ten = pow(10, floor(log10(raw)));
    const double lead = raw / ten;
    return ten * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
}

static int ticks_even(Tick *out, const Axis *axis, double most)
{
    const double length = axis->high - axis->low;
    double step = round_step(length, most);
    if (length < 2.5 * step) /* two labels at the least */
        step = round_step(length, 2 * most);
    int count = 0;
    for (i64 i = (i64)ceil(axis->low / step - 1e-9); count < TICKS_MAX; i++) {
        const double value = (double)i * step;
        if (value > axis->high + 1e-9 * step)
            break;
        out[count++] = (Tick){ .value = value, .rank = i % 2 != 0 };
    }
    return count;
}

/* 1 is rounder than 2 and 5, and those than the rest. Over many decades only
 * every second or third power is offered a label, and no minor marks. */
static int ticks_decades(Tick *out, const Axis *axis, double decades)
{
    const int stride = decades > 16 ? 3 : decades > 9 ? 2 : 1;
    const int minor  = decades > 7 ? 1 : 9;
    int count = 0;
    for (int e = (int)floor(log10(axis->low)); e <= log10(axis->high); e++)
        for (int lead = 1; lead <= minor && count < TICKS_MAX; lead++) {
            const double value = lead * pow(10, e);
            if (value < axis->low * 0.9999 || value > axis->high * 1.0001)
                continue;
            const int rank = lead == 1 ? (e % stride != 0)
                                       : lead == 2 || lead == 5 ? 2 : 9;
            out[count++] = (Tick){ .value = value, .rank = rank };
        }
    return count;
}

static bool has_room(const Tick *all, int count, int candidate,
                     const Axis *axis, double length, bool horizontal)
{
    const double at   = length * axis_share(axis, all[candidate].value);
    const double wide = text_width(all[candidate].text, 12);
    if (horizontal && (at < 0.3 * wide - 12 || at > length - 0.3 * wide + 12))
        return false;
    for (int i = 0; i < count; i++) {
        if (i == candidate || all[i].text[0] == 0)
            continue;
        const double other = length * axis_share(axis, all[i].value);
        const double need  = horizontal
                           ? (wide + text_width(all[i].text, 12)) / 2 + 12
                           : 20;
        if (fabs(at - other) < need)
            return false;
    }
    return true;
}

static int ticks_named(Tick *out, const Axis *axis)
{
    const int count = axis->count < TICKS_MAX ? axis->count : TICKS_MAX;
    for (int i = 0; i < count; i++) {
        out[i] = (Tick){ .value = i };
        text_cut(out[i].text, sizeof out[i].text, axis->names[i], 28);
    }
    return count;
}

int axis_ticks(Tick out[TICKS_MAX], const Axis *axis, double length,
               bool horizontal)
{
    if (axis->style == TICK_NAMES)
        return ticks_named(out, axis);
    const double most    = length / (horizontal ? 80 : 45);
    const double decades = axis->log ? log10(axis->high / axis->low) : 0;
    const bool   even    = !axis->log || decades < 1;
    const int    count   = even ? ticks_even(out, axis, most)
                                : ticks_decades(out, axis, decades);
    const int    last    = even ? 1 : decades < 2.6 ? 2 : 0;

    for (int rank = 0; rank <= last; rank++)
        for (int i = 0; i < count; i++) {
            if (out[i].rank != rank)
                continue;
            name(&out[i], axis);
            if (!has_room(out, count, i, axis, length, horizontal))
                out[i].text[0] = 0;
        }
    return count;
}
