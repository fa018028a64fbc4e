/* plot_layout.c - where the panels of a figure stand, on a canvas 860 wide.
 *
 * One panel fills the width; two and three stand side by side; more make rows.
 * A figure of small panels that share their axes (tight) leaves no room for
 * labels between them. */

#include "report/plot_parts.h"

#include <math.h>

enum { LEFT = 78, RIGHT = 18, TOP = 44, TITLES = 18, GAP = 84, GAP_TIGHT = 16, LABELS = 58 };

static int columns_of(const Plot *plot)
{
    if (plot->columns > 0)
        return plot->columns;
    return plot->panels <= 3 ? plot->panels : plot->panels == 4 ? 2 : 3;
}

static double height_of(const Plot *plot, int columns)
{
    static const double by_columns[] = { 366, 366, 300, 236, 180 };
    if (plot->height > 0)
        return plot->height;
    return columns < COUNT_OF(by_columns) ? by_columns[columns] : 130;
}

static bool tagged(const Plot *plot)
{
    for (i64 i = 0; i < plot->items; i++)
        if (plot->item[i].kind == PLOT_TAG)
            return true;
    return false;
}

/* Names along the left edge want more room than numbers. */
static double left_of(const Plot *plot)
{
    double wide = 0;
    for (int i = 0; i < plot->panels; i++) {
        const Axis *y = &plot->at[i].y;
        Tick        tick[TICKS_MAX];
        const int   count = y->style == TICK_NAMES
                          ? axis_ticks(tick, y, 1, false) : 0;
        for (int k = 0; k < count; k++)
            wide = fmax(wide, plot_text_width(tick[k].text, 12));
    }
    return fmax(LEFT, wide + 24);
}

static bool titled(const Plot *plot)
{
    for (int i = 0; i < plot->panels; i++)
        if (plot->at[i].title)
            return true;
    return false;
}

double plot_layout(Plot *plot)
{
    const int    columns = columns_of(plot);
    const int    rows    = (plot->panels + columns - 1) / columns;
    const double gap     = plot->tight ? GAP_TIGHT : GAP;
    const double left    = left_of(plot);
    const double all     = PLOT_CANVAS - left - RIGHT
                         - (tagged(plot) ? PLOT_TAGS : 0);
    const double width   = (all - gap * (columns - 1)) / columns;
    const double height  = height_of(plot, columns);
    const double top     = TOP + (titled(plot) ? TITLES : 0);
    const double step    = height + (plot->tight ? GAP_TIGHT : LABELS + 26);
    for (int i = 0; i < plot->panels; i++) {
        PlotPanel *at = &plot->at[i];
        at->left   = left + (i % columns) * (width + gap);
        at->top    = top + (i / columns) * step;
        at->width  = width;
        at->height = height;
    }
    return top + (rows - 1) * step + height + LABELS;
}
