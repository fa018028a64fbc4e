/* plot_csv.c - the numbers of a figure: one line a point. */

#include "report/plot_parts.h"

#include <math.h>
#include <stdio.h>

static void csv_text(Str *out, const char *text)
{
    str_put(out, "\"");
    for (const char *c = text ? text : ""; *c; c++)
        if (*c == '"')
            str_put(out, "\"\"");
        else
            str_bytes(out, *c == '\n' ? " " : c, 1);
    str_put(out, "\"");
}

static void csv_number(Str *out, const double *values, i64 i)
{
    str_put(out, ",");
    if (values && isfinite(values[i]))
        str_add(out, "%.10g", values[i]);
}

static const char *kind_name(PlotKind kind)
{
    static const char *const name[] = {
        [PLOT_LINE] = "line", [PLOT_BAND] = "band", [PLOT_POINT] = "point",
        [PLOT_CLOUD] = "cloud", [PLOT_SPAN_X] = "span_x",
        [PLOT_SPAN_Y] = "span_y", [PLOT_BAR] = "bar" };
    return kind < COUNT_OF(name) ? name[kind] : NULL;
}

/* Points of lines and bands that cannot be drawn are not listed either. */
static bool listed(const PlotPanel *panel, const PlotItem *item, i64 i)
{
    switch (item->kind) {
    case PLOT_BAND:
        return plot_drawable(panel, item->x[i], item->low[i])
            && plot_drawable(panel, item->x[i], item->high[i]);
    case PLOT_LINE:
    case PLOT_CLOUD:
        return plot_drawable(panel, item->x[i], item->y[i]);
    default:
        return true; /* was looked at when it was drawn */
    }
}

static void row(Plot *plot, const PlotItem *item, const char *panel,
                const char *kind, i64 i)
{
    csv_text(&plot->csv, panel);
    str_put(&plot->csv, ",");
    csv_text(&plot->csv, item->series);
    str_add(&plot->csv, ",%s", kind);
    csv_number(&plot->csv, item->x, i);
    csv_number(&plot->csv, item->y, i);
    csv_number(&plot->csv, item->low, i);
    csv_number(&plot->csv, item->high, i);
    str_put(&plot->csv, ",");
    csv_text(&plot->csv, item->kind == PLOT_LINE ? NULL : item->text);
    str_put(&plot->csv, "\n");
}

void plot_csv(Plot *plot)
{
    str_put(&plot->csv, "panel,series,kind,x,y,low,high,label\n");
    for (i64 k = 0; k < plot->items; k++) {
        const PlotItem  *item  = &plot->item[k];
        const PlotPanel *panel = &plot->at[item->panel];
        const char      *kind  = kind_name(item->kind);
        char text[160];
        if (!kind || !item->series)
            continue;
        snprintf(text, sizeof text, "%.70s against %.70s", panel->y.label,
                 panel->x.label);
        for (i64 i = 0; i < item->count; i++)
            if (listed(panel, item, i))
                row(plot, item, text, kind, i);
    }
}
