/* axis.h - from numbers to places along an axis, and the ticks that name them.
 *
 * A logarithmic axis over decades is labelled at powers of ten, over less also
 * at 2 and 5, and over less than a decade at round numbers, unevenly spaced.
 * Labels that would touch another are left out, the rounder number staying. */

#ifndef AXIS_H
#define AXIS_H

#include "base/base.h"

typedef enum TickStyle {
    TICK_PLAIN,   /* 1.8    */
    TICK_SI,      /* 20 k   */
    TICK_POWER,   /* 10¹²   */
    TICK_PERCENT, /* -2 %; the value is in percent */
    TICK_NAMES,   /* at 0, 1, 2, ...: the axis's own names */
} TickStyle;

/* What is measured along it, where a page can show it in other units. */
typedef enum AxisKind { AXIS_ANY, AXIS_N, AXIS_LOSS } AxisKind;

typedef struct Axis {
    const char *label; /* with its unit */
    bool        log;
    TickStyle   style;
    double      low, high;
    AxisKind    kind;
    const char *const *names; /* TICK_NAMES: [count], must outlive the plot */
    int         count;
    bool        bare;         /* without the texts of ticks and label       */
} Axis;

/* The ends of what is to be drawn. { 0 } with range_new() is empty; NaN and
 * infinite values are passed over. */
typedef struct Range { double low, high; } Range;

Range range_new(void);
void  range_add(Range *range, double value);

/* An axis over the range with `pad` of its length to spare at both ends. An
 * empty range gives 1 to 10, a single value some room on both sides. */
Axis axis_over(const char *label, bool log, TickStyle style, Range range,
               double pad);

/* 0, 1, 2, ... with a name each; y axes read from the top. */
Axis axis_names(const char *label, const char *const *names, int count);
Axis axis_of_kind(AxisKind kind, Axis axis);

double axis_share(const Axis *axis, double value); /* 0 at low, 1 at high */

enum { TICKS_MAX = 96, TICK_TEXT = 96 };
typedef struct Tick {
    double value;
    int    rank;             /* 0 the roundest */
    char   text[TICK_TEXT];  /* empty: a mark without a label */
} Tick;

/* `length` in pixels; `gap` returns how far apart labels must stand: a line
 * for vertical axes, the text's width for horizontal ones. */
int axis_ticks(Tick out[TICKS_MAX], const Axis *axis, double length,
               bool horizontal);

/* About how wide a text is drawn, in pixels, at a font size. */
double text_width(const char *text, double size);

#endif
