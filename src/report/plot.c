/* plot.c - a figure as a list of marks. */

#include "report/plot.h"

#include "report/plot_parts.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

Plot plot_open(const char *name, const char *title, int panels)
{
    assert(panels <= PLOT_PANELS);
    return (Plot){ .name = name, .title = title, .panels = panels, .panel = -1,
                   .run = -1 };
}

void plot_panel(Plot *plot, int panel, const char *title, Axis x, Axis y)
{
    assert(panel < plot->panels);
    Arena *arena = &plot->arena;
    x.label = arena_text(arena, x.label);
    y.label = arena_text(arena, y.label);
    plot->panel     = panel;
    plot->at[panel] = (PlotPanel){
        .title = title ? arena_text(arena, title) : NULL, .x = x, .y = y };
}

bool plot_drawable(const PlotPanel *panel, double x, double y)
{
    return isfinite(x) && isfinite(y) && (!panel->x.log || x > 0)
        && (!panel->y.log || y > 0);
}

/* Marks -------------------------------------------------------------------- */

static const char *kept_text(Plot *plot, const char *text)
{
    return text ? arena_text(&plot->arena, text) : NULL;
}

static const double *kept(Plot *plot, const double *values, i64 count)
{
    if (!values || count == 0)
        return NULL;
    double *out = NEW(&plot->arena, double, count);
    memcpy(out, values, (size_t)count * sizeof *out);
    return out;
}

static void add(Plot *plot, PlotItem item)
{
    assert(plot->panel >= 0);
    if (plot->items == plot->room) {
        plot->room = plot->room ? 2 * plot->room : 64;
        plot->item = realloc(plot->item, (size_t)plot->room * sizeof item);
        if (!plot->item)
            abort();
    }
    item.panel  = plot->panel;
    item.shift  = plot->shift;
    item.run    = plot->run;
    plot->run   = -1;
    item.series = kept_text(plot, item.series);
    item.text   = kept_text(plot, item.text);
    item.x      = kept(plot, item.x, item.count);
    item.y      = kept(plot, item.y, item.count);
    item.low    = kept(plot, item.low, item.count);
    item.high   = kept(plot, item.high, item.count);
    plot->item[plot->items++] = item;
}

void plot_line(Plot *plot, const char *series, Ink ink, Line line,
               const double *x, const double *y, i64 count, const char *hover)
{
    add(plot, (PlotItem){ .kind = PLOT_LINE, .series = series, .ink = ink,
                          .line = line, .x = x, .y = y, .count = count,
                          .text = hover });
}

void plot_band(Plot *plot, const char *series, Ink ink, const double *x,
               const double *low, const double *high, i64 count)
{
    add(plot, (PlotItem){ .kind = PLOT_BAND, .series = series, .ink = ink,
                          .x = x, .low = low, .high = high, .count = count });
}

void plot_cloud(Plot *plot, const char *series, Ink ink, const double *x,
                const double *y, i64 count)
{
    add(plot, (PlotItem){ .kind = PLOT_CLOUD, .series = series, .ink = ink,
                          .x = x, .y = y, .count = count });
}

void plot_point(Plot *plot, const char *series, Ink ink, Mark mark, double x,
                double y, const char *hover)
{
    if (plot_drawable(&plot->at[plot->panel], x, y))
        add(plot, (PlotItem){ .kind = PLOT_POINT, .series = series, .ink = ink,
                              .mark = mark, .x = &x, .y = &y, .count = 1,
                              .text = hover });
    plot->run = -1;
}

void plot_span_x(Plot *plot, const char *series, Ink ink, double low,
                 double high, double y)
{
    if (plot_drawable(&plot->at[plot->panel], low, y)
        && plot_drawable(&plot->at[plot->panel], high, y))
        add(plot, (PlotItem){ .kind = PLOT_SPAN_X, .series = series, .ink = ink,
                              .y = &y, .low = &low, .high = &high,
                              .count = 1 });
    plot->run = -1;
}

void plot_span_y(Plot *plot, const char *series, Ink ink, double x, double low,
                 double high)
{
    if (plot_drawable(&plot->at[plot->panel], x, low)
        && plot_drawable(&plot->at[plot->panel], x, high))
        add(plot, (PlotItem){ .kind = PLOT_SPAN_Y, .series = series, .ink = ink,
                              .x = &x, .low = &low, .high = &high,
                              .count = 1 });
    plot->run = -1;
}

void plot_bar(Plot *plot, const char *series, Ink ink, double low, double high,
              double y, const char *hover)
{
    if (plot_drawable(&plot->at[plot->panel], low, y)
        && plot_drawable(&plot->at[plot->panel], high, y))
        add(plot, (PlotItem){ .kind = PLOT_BAR, .series = series, .ink = ink,
                              .y = &y, .low = &low, .high = &high, .count = 1,
                              .text = hover });
}

void plot_shade(Plot *plot, double x_low, double x_high)
{
    const double ends[2] = { x_low, x_high };
    add(plot, (PlotItem){ .kind = PLOT_SHADE, .ink = INK_GREY, .x = ends,
                          .count = 2 });
}

void plot_rule_x(Plot *plot, double x)
{
    if (plot_drawable(&plot->at[plot->panel], x, plot->at[plot->panel].y.high))
        add(plot, (PlotItem){ .kind = PLOT_RULE_X, .x = &x, .count = 1 });
}

void plot_rule_y(Plot *plot, double y)
{
    if (plot_drawable(&plot->at[plot->panel], plot->at[plot->panel].x.high, y))
        add(plot, (PlotItem){ .kind = PLOT_RULE_Y, .y = &y, .count = 1 });
}

void plot_note(Plot *plot, double x, double y, const char *anchor,
               const char *text)
{
    if (plot_drawable(&plot->at[plot->panel], x, y))
        add(plot, (PlotItem){ .kind = PLOT_NOTE, .x = &x, .y = &y, .count = 1,
                              .anchor = anchor, .text = text });
}

void plot_tag(Plot *plot, Ink ink, double x, double y, const char *text)
{
    if (plot_drawable(&plot->at[plot->panel], x, y))
        add(plot, (PlotItem){ .kind = PLOT_TAG, .ink = ink, .x = &x, .y = &y,
                              .count = 1, .text = text });
}

/* Keys --------------------------------------------------------------------- */

static void key(Plot *plot, PlotKey one)
{
    if (plot->keys == PLOT_KEYS)
        return;
    one.text = arena_text(&plot->arena, one.text);
    plot->key[plot->keys++] = one;
}

void plot_key_head(Plot *plot, const char *text)
{
    key(plot, (PlotKey){ .kind = KEY_HEAD, .text = text });
}

void plot_key_line(Plot *plot, Ink ink, Line line, const char *text)
{
    key(plot, (PlotKey){ .kind = KEY_LINE, .ink = ink, .line = line,
                         .text = text });
}

void plot_key_point(Plot *plot, Ink ink, Mark mark, const char *text)
{
    key(plot, (PlotKey){ .kind = KEY_POINT, .ink = ink, .mark = mark,
                         .text = text });
}

void plot_key_band(Plot *plot, Ink ink, const char *text)
{
    key(plot, (PlotKey){ .kind = KEY_BAND, .ink = ink, .text = text });
}

/* The whole ---------------------------------------------------------------- */

void plot_close(Plot *plot)
{
    plot_csv(plot);
    plot_svg(plot);
}

void plot_free(Plot *plot)
{
    free(plot->item);
    arena_free(&plot->arena);
    str_free(&plot->csv);
    str_free(&plot->inner);
    str_free(&plot->svg);
    plot->item = NULL;
}
