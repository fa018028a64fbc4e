/* plot_svg.c - a figure as SVG: a file of its own, and the same for a page.
 *
 * Marks carry two decimals: a hundredth of a pixel is finer than any screen,
 * and the numbers themselves are in the CSV. In a page, marks carry the number
 * of their run (data-r), and lie in groups that say which axes they hang on, so
 * that a script can move them when another scale is asked for: lines and bands
 * are written as M and L alone, spans as one line and caps. */

#include "report/plot_parts.h"

#include "report/text.h"
#include "report/xml.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { HOVER_LETTERS = 260, NOTE_LETTERS = 60, TAG_STEP = 15, TITLE = 26 };

typedef struct Svg {
    Str             *out;
    const Plot      *plot;
    const PlotPanel *panel;
    bool             alone;
} Svg;

static double place_x(const Svg *s, double x)
{
    return s->panel->left + s->panel->width * axis_share(&s->panel->x, x);
}

static double place_y(const Svg *s, double y)
{
    return s->panel->top
         + s->panel->height * (1 - axis_share(&s->panel->y, y));
}

/* Far outside the frame a coordinate only has to be outside: clipping does the
 * rest, and no number in the file grows without bound. */
static double tame(double pixel)
{
    return fmin(fmax(pixel, -1e4), 1e4);
}

static double px(const Svg *s, double x)
{
    return tame(place_x(s, x));
}

static double py(const Svg *s, double y)
{
    return tame(place_y(s, y));
}

/* Lines, bands, clouds ----------------------------------------------------- */

static void hover(const Svg *s, const char *text)
{
    char cut[1200];
    if (!text)
        return;
    str_put(s->out, "<title>");
    xml_text(s->out, text_cut(cut, sizeof cut, text, HOVER_LETTERS));
    str_put(s->out, "</title>");
}

static void put_run(const Svg *s, i64 run)
{
    if (!s->alone && run >= 0)
        str_add(s->out, " data-r=\"%lld\"", (long long)run);
}

static void line(const Svg *s, const PlotItem *item)
{
    bool pen_down = false;
    str_add(s->out, "<path class=\"%s ln\"", ink_class(item->ink));
    put_run(s, item->run);
    str_add(s->out, " fill=\"none\" stroke=\"currentColor\" "
            "stroke-linejoin=\"round\"%s d=\"", plot_dashes(item->line));
    for (i64 i = 0; i < item->count; i++) {
        const bool ok = plot_drawable(s->panel, item->x[i], item->y[i]);
        if (ok)
            str_add(s->out, "%s%.2f %.2f", pen_down ? "L" : "M",
                    px(s, item->x[i]), py(s, item->y[i]));
        pen_down = ok;
    }
    str_put(s->out, "\">");
    hover(s, item->text);
    str_put(s->out, "</path>\n");
}

static bool band_at(const Svg *s, const PlotItem *item, i64 i)
{
    return plot_drawable(s->panel, item->x[i], item->low[i])
        && plot_drawable(s->panel, item->x[i], item->high[i]);
}

/* Out along the upper edge, back along the lower. */
static void band(const Svg *s, const PlotItem *item)
{
    const char *step = "M";
    str_add(s->out, "<path class=\"%s bd\" fill=\"currentColor\" "
            "fill-opacity=\"0.16\" d=\"", ink_class(item->ink));
    for (i64 i = 0; i < item->count; i++)
        if (band_at(s, item, i)) {
            str_add(s->out, "%s%.2f %.2f", step, px(s, item->x[i]),
                    py(s, item->high[i]));
            step = "L";
        }
    for (i64 i = item->count - 1; i >= 0; i--)
        if (band_at(s, item, i))
            str_add(s->out, "L%.2f %.2f", px(s, item->x[i]),
                    py(s, item->low[i]));
    str_put(s->out, "\"/>\n");
}

/* Lines of no length with round ends are dots. */
static void cloud(const Svg *s, const PlotItem *item)
{
    str_add(s->out, "<path class=\"%s cl\" fill=\"none\" "
            "stroke=\"currentColor\" stroke-width=\"3\" "
            "stroke-linecap=\"round\" stroke-opacity=\"0.45\" d=\"",
            ink_class(item->ink));
    for (i64 i = 0; i < item->count; i++)
        if (plot_drawable(s->panel, item->x[i], item->y[i]))
            str_add(s->out, "M%.1f %.1fh0", px(s, item->x[i]),
                    py(s, item->y[i]));
    str_put(s->out, "\"/>\n");
}

/* Points, spans, bars ------------------------------------------------------ */

static void point(const Svg *s, const PlotItem *item)
{
    const double x = px(s, item->x[0]), y = py(s, item->y[0]);
    str_put(s->out, "<g class=\"pt\"");
    put_run(s, item->run);
    if (!s->alone)
        str_add(s->out, " data-c=\"%.2f %.2f\"", x, y);
    str_put(s->out, ">");
    hover(s, item->text);
    plot_mark(s->out, item->ink, item->mark, x + item->shift, y);
    str_put(s->out, "</g>\n");
}

static void cap(const Svg *s, double x, double y, const char *shape)
{
    str_put(s->out, "<g class=\"cap\"");
    if (!s->alone)
        str_add(s->out, " data-c=\"%.2f %.2f\"", x, y);
    str_add(s->out, "><path d=\"M%.2f %.2f%s\"/></g>", x, y, shape);
}

static void span(const Svg *s, const PlotItem *item)
{
    const bool   along = item->kind == PLOT_SPAN_X;
    const double x1 = px(s, along ? item->low[0] : item->x[0]) + item->shift;
    const double x2 = px(s, along ? item->high[0] : item->x[0]) + item->shift;
    const double y1 = py(s, along ? item->y[0] : item->low[0]);
    const double y2 = py(s, along ? item->y[0] : item->high[0]);
    const char  *shape = along ? "m0 -4v8" : "m-4 0h8";
    str_add(s->out, "<g class=\"%s sp\" stroke=\"currentColor\" "
            "stroke-width=\"1.6\"><path class=\"sl\" d=\"M%.2f %.2fL%.2f "
            "%.2f\"/>", ink_class(item->ink), x1, y1, x2, y2);
    cap(s, x1, y1, shape);
    cap(s, x2, y2, shape);
    str_put(s->out, "</g>\n");
}

static void bar(const Svg *s, const PlotItem *item)
{
    const double x1 = px(s, fmax(item->low[0], s->panel->x.low));
    const double x2 = px(s, item->high[0]);
    const double y1 = place_y(s, item->y[0] - 0.28);
    const double y2 = place_y(s, item->y[0] + 0.28);
    str_add(s->out, "<path class=\"%s br pt\" fill=\"currentColor\" "
            "fill-opacity=\"0.6\" d=\"M%.2f "
            "%.2fL%.2f %.2fL%.2f %.2fL%.2f %.2f\">", ink_class(item->ink), x1,
            y1, x2, y1, x2, y2, x1, y2);
    hover(s, item->text);
    str_put(s->out, "</path>\n");
}

/* What is no data ---------------------------------------------------------- */

static void shade(const Svg *s, const PlotItem *item)
{
    const PlotPanel *p = s->panel;
    const double from = fmax(place_x(s, item->x[0]), p->left);
    const double to   = fmin(place_x(s, item->x[1]), p->left + p->width);
    const double end  = p->top + p->height;
    if (to > from)
        str_add(s->out, "<path class=\"i5 bd\" fill=\"currentColor\" "
                "fill-opacity=\"0.09\" d=\"M%.2f %.2fL%.2f %.2fL%.2f "
                "%.2fL%.2f %.2f\"/>\n", from, p->top, to, p->top, to, end, from,
                end);
}

static void rule(const Svg *s, const PlotItem *item)
{
    const PlotPanel *p = s->panel;
    if (item->kind == PLOT_RULE_Y)
        str_add(s->out, "<path class=\"axis rl\" d=\"M%.2f %.2fL%.2f %.2f\"/>"
                "\n", p->left, py(s, item->y[0]), p->left + p->width,
                py(s, item->y[0]));
    else
        str_add(s->out, "<path class=\"axis rl\" d=\"M%.2f %.2fL%.2f %.2f\"/>"
                "\n", px(s, item->x[0]), p->top, px(s, item->x[0]),
                p->top + p->height);
}

static void note(const Svg *s, const PlotItem *item)
{
    char cut[300];
    str_add(s->out, "<text class=\"note\" x=\"%.2f\" y=\"%.2f\" "
            "text-anchor=\"%s\">", px(s, item->x[0]), py(s, item->y[0]),
            item->anchor);
    plot_text(s->out, text_cut(cut, sizeof cut, item->text, NOTE_LETTERS),
              false);
    str_put(s->out, "</text>\n");
}

static void item_put(const Svg *s, const PlotItem *item)
{
    switch (item->kind) {
    case PLOT_LINE:   line(s, item);  break;
    case PLOT_BAND:   band(s, item);  break;
    case PLOT_POINT:  point(s, item); break;
    case PLOT_CLOUD:  cloud(s, item); break;
    case PLOT_SPAN_X:
    case PLOT_SPAN_Y: span(s, item);  break;
    case PLOT_BAR:    bar(s, item);   break;
    case PLOT_SHADE:  shade(s, item); break;
    case PLOT_RULE_X:
    case PLOT_RULE_Y: rule(s, item);  break;
    case PLOT_NOTE:   note(s, item);  break;
    case PLOT_TAG:                    break; /* stands outside the frame */
    }
}

/* Tags --------------------------------------------------------------------- */

typedef struct Tag { const PlotItem *item; double x, y, at; } Tag;

static int by_height(const void *a, const void *b)
{
    const double x = ((const Tag *)a)->y, y = ((const Tag *)b)->y;
    return (x > y) - (x < y);
}

/* Each as near its line's end as the one above it leaves room for; then, from
 * the bottom, back up into the frame. */
static void tags_part(Tag *tag, i64 count, double bottom)
{
    for (i64 i = 0; i < count; i++)
        tag[i].at = i > 0 ? fmax(tag[i].y, tag[i - 1].at + TAG_STEP)
                          : tag[i].y;
    for (i64 i = count - 1; i >= 0; i--)
        tag[i].at = fmin(tag[i].at, i == count - 1
                                    ? bottom : tag[i + 1].at - TAG_STEP);
}

static void tags(const Svg *s, int panel)
{
    Arena        scratch = { 0 };
    Tag         *tag     = NEW(&scratch, Tag, s->plot->items + 1);
    const double edge    = s->panel->left + s->panel->width;
    i64          count   = 0;
    for (i64 i = 0; i < s->plot->items; i++) {
        const PlotItem *item = &s->plot->item[i];
        if (item->kind == PLOT_TAG && item->panel == panel)
            tag[count++] = (Tag){ .item = item,
                                  .x = fmin(px(s, item->x[0]), edge),
                                  .y = fmin(fmax(py(s, item->y[0]),
                                                 s->panel->top),
                                            s->panel->top + s->panel->height) };
    }
    qsort(tag, (size_t)count, sizeof *tag, by_height);
    tags_part(tag, count, s->panel->top + s->panel->height);
    for (i64 i = 0; i < count; i++) {
        char cut[100];
        str_add(s->out, "<g class=\"%s tag\"><path fill=\"none\" "
                "stroke=\"currentColor\" stroke-opacity=\"0.5\" d=\"M%.2f "
                "%.2fL%.2f %.2f\"/><text fill=\"currentColor\" x=\"%.2f\" "
                "y=\"%.2f\">", ink_class(tag[i].item->ink), edge + 1, tag[i].y,
                edge + 8, tag[i].at, edge + 11, tag[i].at + 4);
        plot_text(s->out, text_cut(cut, sizeof cut, tag[i].item->text, 20),
                  false);
        str_put(s->out, "</text></g>\n");
    }
    arena_free(&scratch);
}

/* The whole ---------------------------------------------------------------- */

static void panel(const Plot *plot, Str *out, int which, bool alone)
{
    const PlotPanel *p = &plot->at[which];
    const Svg        s = { out, plot, p, alone };
    if (!p->x.label)
        return; /* nothing was drawn here */
    char frame[128];
    snprintf(frame, sizeof frame, "x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" "
             "height=\"%.2f\"", p->left, p->top, p->width, p->height);
    if (!alone)
        str_add(out, "<g class=\"panel\" data-p=\"%.2f %.2f %.2f %.2f\">\n",
                p->left, p->top, p->width, p->height);
    plot_axes(out, plot, which, alone);
    str_add(out, "<rect class=\"axis\" fill=\"none\" %s/>\n"
            "<clipPath id=\"%s%s-%d\"><rect %s/></clipPath>"
            "<g clip-path=\"url(#%s%s-%d)\">\n", frame, alone ? "" : "fig-",
            plot->name, which, frame, alone ? "" : "fig-", plot->name, which);
    for (i64 i = 0; i < plot->items; i++)
        if (plot->item[i].panel == which)
            item_put(&s, &plot->item[i]);
    str_put(out, "</g>\n");
    tags(&s, which);
    if (!alone)
        str_put(out, "</g>\n");
}

static void head(const Plot *plot, Str *out, bool alone)
{
    const char *space = alone ? " xmlns=\"http://www.w3.org/2000/svg\"" : "";
    const int   top   = alone ? 0 : TITLE; /* a page has its own heading */
    str_add(out, "<svg%s class=\"fig\" viewBox=\"0 %d %d %.0f\" role=\"img\" "
            "aria-label=\"", space, top, PLOT_CANVAS,
            plot->canvas_height - top);
    xml_text(out, plot->title);
    str_put(out, "\">\n");
    if (!alone)
        return;
    str_put(out, "<style>");
    ink_style(out);
    str_add(out, "</style>\n<rect class=\"bg\" width=\"%d\" height=\"%.0f\"/>\n"
            "<text class=\"ttl\" x=\"16\" y=\"24\">", PLOT_CANVAS,
            plot->canvas_height);
    plot_text(out, plot->title, true);
    str_put(out, "</text>\n");
}

static void whole(Plot *plot, Str *out, double panels_end, bool alone)
{
    Str keys = { 0 };
    plot->canvas_height = plot_keys(&keys, plot, panels_end);
    head(plot, out, alone);
    for (int i = 0; i < plot->panels; i++)
        panel(plot, out, i, alone);
    str_bytes(out, keys.text, keys.size);
    str_put(out, "</svg>\n");
    str_free(&keys);
}

void plot_svg(Plot *plot)
{
    const double end = plot_layout(plot);
    whole(plot, &plot->inner, end, false);
    whole(plot, &plot->svg, end, true);
}
