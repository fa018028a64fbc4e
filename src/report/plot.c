/* plot.c - panels, marks and keys.
 *
 * Sizes are pixels of a canvas 860 wide; a page scales it. Marks carry two
 * decimals: a hundredth of a pixel is finer than any screen, and the numbers
 * themselves are in the CSV. */

#include "report/plot.h"

#include "report/xml.h"

#include <math.h>
#include <stdio.h>

enum { CANVAS = 860, HEIGHT = 470, LEFT = 78, TOP = 46, BOTTOM = 58,
       KEYS = 196, GAP = 90, KEY_STEP = 20, TITLE = 26 };

Plot plot_open(const char *name, const char *title, int panels)
{
    Plot plot = { .name = name, .title = title, .panels = panels, .panel = -1,
                  .canvas_height = HEIGHT, .key_top = TOP + 8 };
    str_put(&plot.csv, "panel,series,kind,x,y,low,high,label\n");
    return plot;
}

static double place_x(const Plot *plot, double x)
{
    return plot->left + plot->width * axis_share(&plot->x, x) + plot->shift;
}

static double place_y(const Plot *plot, double y)
{
    return plot->top + plot->height * (1 - axis_share(&plot->y, y));
}

/* Far outside the frame a coordinate only has to be outside: clipping does the
 * rest, and no number in the file grows without bound. */
static double tame(double pixel)
{
    return fmin(fmax(pixel, -1e4), 1e4);
}

static bool drawable(const Plot *plot, double x, double y)
{
    return isfinite(x) && isfinite(y) && (!plot->x.log || x > 0)
        && (!plot->y.log || y > 0);
}

/* The CSV ------------------------------------------------------------------ */

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

static void csv_number(Str *out, double value)
{
    str_put(out, ",");
    if (isfinite(value))
        str_add(out, "%.10g", value);
}

static void csv_row(Plot *plot, const char *series, const char *kind, double x,
                    double y, double low, double high, const char *label)
{
    csv_text(&plot->csv, plot->panel_text);
    str_put(&plot->csv, ",");
    csv_text(&plot->csv, series);
    str_add(&plot->csv, ",%s", kind);
    csv_number(&plot->csv, x);
    csv_number(&plot->csv, y);
    csv_number(&plot->csv, low);
    csv_number(&plot->csv, high);
    str_put(&plot->csv, ",");
    csv_text(&plot->csv, label);
    str_put(&plot->csv, "\n");
}

/* Panels ------------------------------------------------------------------- */

static void grid_x(Plot *plot, const Tick *tick, double bottom)
{
    const double x = place_x(plot, tick->value);
    if (tick->text[0] == 0) {
        str_add(&plot->marks, "<path class=\"axis\" d=\"M%.2f %.2fv-4\"/>", x,
                bottom);
        return;
    }
    str_add(&plot->marks, "<path class=\"grid\" d=\"M%.2f %.2fV%.2f\"/>"
            "<path class=\"axis\" d=\"M%.2f %.2fv5\"/>"
            "<text x=\"%.2f\" y=\"%.2f\" text-anchor=\"middle\">", x, plot->top,
            bottom, x, bottom, x, bottom + 20);
    xml_text(&plot->marks, tick->text);
    str_put(&plot->marks, "</text>\n");
}

static void grid_y(Plot *plot, const Tick *tick)
{
    const double y = place_y(plot, tick->value), left = plot->left;
    if (tick->text[0] == 0) {
        str_add(&plot->marks, "<path class=\"axis\" d=\"M%.2f %.2fh4\"/>", left,
                y);
        return;
    }
    str_add(&plot->marks, "<path class=\"grid\" d=\"M%.2f %.2fH%.2f\"/>"
            "<path class=\"axis\" d=\"M%.2f %.2fh-5\"/>"
            "<text x=\"%.2f\" y=\"%.2f\" text-anchor=\"end\">", left, y,
            left + plot->width, left, y, left - 9, y + 4);
    xml_text(&plot->marks, tick->text);
    str_put(&plot->marks, "</text>\n");
}

static void grid(Plot *plot)
{
    Tick tick[TICKS_MAX];
    int  count = axis_ticks(tick, &plot->x, plot->width, true);
    for (int i = 0; i < count; i++)
        grid_x(plot, &tick[i], plot->top + plot->height);
    count = axis_ticks(tick, &plot->y, plot->height, false);
    for (int i = 0; i < count; i++)
        grid_y(plot, &tick[i]);
}

static void labels(Plot *plot, const char *title)
{
    const double middle = plot->left + plot->width / 2;
    const double bottom = plot->top + plot->height;
    str_add(&plot->marks, "<text class=\"lab\" x=\"%.2f\" y=\"%.2f\" "
            "text-anchor=\"middle\">", middle, bottom + 44);
    xml_text(&plot->marks, plot->x.label);
    str_add(&plot->marks, "</text><text class=\"lab\" text-anchor=\"middle\" "
            "transform=\"translate(%.2f %.2f) rotate(-90)\">",
            plot->left - 58, plot->top + plot->height / 2);
    xml_text(&plot->marks, plot->y.label);
    str_put(&plot->marks, "</text>");
    if (title) {
        str_add(&plot->marks, "<text class=\"lab\" x=\"%.2f\" y=\"%.2f\" "
                "text-anchor=\"middle\">", middle, plot->top - 9);
        xml_text(&plot->marks, title);
        str_put(&plot->marks, "</text>");
    }
    str_put(&plot->marks, "\n");
}

/* Panels stand side by side; marks of one are clipped to its frame. */
void plot_panel(Plot *plot, int panel, const char *title, Axis x, Axis y)
{
    const double all = CANVAS - LEFT - KEYS;
    if (plot->panel >= 0)
        str_put(&plot->marks, "</g>\n");
    plot->panel  = panel;
    plot->x      = x;
    plot->y      = y;
    plot->width  = (all - GAP * (plot->panels - 1)) / plot->panels;
    plot->left   = LEFT + panel * (plot->width + GAP);
    plot->top    = TOP;
    plot->height = HEIGHT - TOP - BOTTOM;
    snprintf(plot->panel_text, sizeof plot->panel_text, "%.70s against %.70s",
             y.label, x.label);

    grid(plot);
    labels(plot, title);
    char frame[128];
    snprintf(frame, sizeof frame, "x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" "
             "height=\"%.2f\"", plot->left, plot->top, plot->width,
             plot->height);
    str_add(&plot->marks, "<rect class=\"axis\" fill=\"none\" %s/>\n"
            "<clipPath id=\"%s-%d\"><rect %s/></clipPath>"
            "<g clip-path=\"url(#%s-%d)\">\n", frame, plot->name, panel, frame,
            plot->name, panel);
}

/* Marks -------------------------------------------------------------------- */

static const char *dashes(Line line)
{
    switch (line) {
    case LINE_DASHED:
        return " stroke-dasharray=\"7 4\" stroke-width=\"2\"";
    case LINE_DOTTED:
        return " stroke-dasharray=\"1.5 4\" stroke-linecap=\"round\" "
               "stroke-width=\"2.2\"";
    case LINE_THIN:
        return " stroke-width=\"1\" stroke-opacity=\"0.75\"";
    case LINE_SOLID:
        break;
    }
    return " stroke-width=\"2\"";
}

static void hover_text(Plot *plot, const char *hover)
{
    if (!hover)
        return;
    str_put(&plot->marks, "<title>");
    xml_text(&plot->marks, hover);
    str_put(&plot->marks, "</title>");
}

void plot_line(Plot *plot, const char *series, Ink ink, Line line,
               const double *x, const double *y, i64 count, const char *hover)
{
    str_add(&plot->marks, "<path class=\"%s ln\" fill=\"none\" "
            "stroke=\"currentColor\" stroke-linejoin=\"round\"%s d=\"",
            ink_class(ink), dashes(line));
    bool pen_down = false;
    for (i64 i = 0; i < count; i++) {
        const bool ok = drawable(plot, x[i], y[i]);
        if (ok) {
            str_add(&plot->marks, "%s%.2f %.2f", pen_down ? "L" : "M",
                    tame(place_x(plot, x[i])), tame(place_y(plot, y[i])));
            csv_row(plot, series, "line", x[i], y[i], NAN, NAN, NULL);
        }
        pen_down = ok;
    }
    str_put(&plot->marks, "\">");
    hover_text(plot, hover);
    str_put(&plot->marks, "</path>\n");
}

/* Out along the upper edge, back along the lower. */
void plot_band(Plot *plot, const char *series, Ink ink, const double *x,
               const double *low, const double *high, i64 count)
{
    str_add(&plot->marks, "<path class=\"%s\" fill=\"currentColor\" "
            "fill-opacity=\"0.16\" d=\"", ink_class(ink));
    const char *step = "M";
    for (i64 i = 0; i < count; i++)
        if (drawable(plot, x[i], low[i]) && drawable(plot, x[i], high[i])) {
            str_add(&plot->marks, "%s%.2f %.2f", step,
                    tame(place_x(plot, x[i])), tame(place_y(plot, high[i])));
            csv_row(plot, series, "band", x[i], NAN, low[i], high[i], NULL);
            step = "L";
        }
    for (i64 i = count - 1; i >= 0; i--)
        if (drawable(plot, x[i], low[i]) && drawable(plot, x[i], high[i]))
            str_add(&plot->marks, "L%.2f %.2f", tame(place_x(plot, x[i])),
                    tame(place_y(plot, low[i])));
    str_put(&plot->marks, "\"/>\n");
}

/* A mark at a pixel: hollow ones are filled with the paper, so that a line
 * beneath does not run through. */
static void mark_at(Str *out, Ink ink, Mark mark, double x, double y)
{
    switch (mark) {
    case MARK_DOT:
        str_add(out, "<circle class=\"%s\" cx=\"%.2f\" cy=\"%.2f\" r=\"4\" "
                "fill=\"currentColor\"/>", ink_class(ink), x, y);
        break;
    case MARK_HOLLOW:
        str_add(out, "<circle class=\"bg\" cx=\"%.2f\" cy=\"%.2f\" r=\"4.5\"/>"
                "<circle class=\"%s\" cx=\"%.2f\" cy=\"%.2f\" r=\"4.5\" "
                "fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.8\"/>",
                x, y, ink_class(ink), x, y);
        break;
    case MARK_DIAMOND:
        str_add(out, "<path class=\"%s halo\" fill=\"currentColor\" "
                "stroke-width=\"1.5\" d=\"M%.2f %.2fl7 7l-7 7l-7 -7z\"/>",
                ink_class(ink), x, y - 7);
        break;
    case MARK_CROSS:
        str_add(out, "<path class=\"%s\" stroke=\"currentColor\" "
                "stroke-width=\"2.2\" d=\"M%.2f %.2fl9 9m0 -9l-9 9\"/>",
                ink_class(ink), x - 4.5, y - 4.5);
        break;
    }
}

void plot_point(Plot *plot, const char *series, Ink ink, Mark mark, double x,
                double y, const char *hover)
{
    if (!drawable(plot, x, y))
        return;
    str_put(&plot->marks, "<g class=\"pt\">");
    hover_text(plot, hover);
    mark_at(&plot->marks, ink, mark, tame(place_x(plot, x)),
            tame(place_y(plot, y)));
    str_put(&plot->marks, "</g>\n");
    csv_row(plot, series, "point", x, y, NAN, NAN, hover);
}

void plot_span_x(Plot *plot, const char *series, Ink ink, double low,
                 double high, double y)
{
    if (!drawable(plot, low, y) || !drawable(plot, high, y))
        return;
    const double at = tame(place_y(plot, y));
    str_add(&plot->marks, "<path class=\"%s\" stroke=\"currentColor\" "
            "stroke-width=\"2\" d=\"M%.2f %.2fH%.2fm0 -4v8M%.2f %.2fv8\"/>\n",
            ink_class(ink), tame(place_x(plot, low)), at,
            tame(place_x(plot, high)), tame(place_x(plot, low)), at - 4);
    csv_row(plot, series, "span_x", NAN, y, low, high, NULL);
}

void plot_span_y(Plot *plot, const char *series, Ink ink, double x, double low,
                 double high)
{
    if (!drawable(plot, x, low) || !drawable(plot, x, high))
        return;
    const double at = tame(place_x(plot, x));
    str_add(&plot->marks, "<path class=\"%s\" stroke=\"currentColor\" "
            "stroke-width=\"2\" d=\"M%.2f %.2fV%.2fm-4 0h8M%.2f %.2fh8\"/>\n",
            ink_class(ink), at, tame(place_y(plot, low)),
            tame(place_y(plot, high)), at - 4, tame(place_y(plot, low)));
    csv_row(plot, series, "span_y", x, NAN, low, high, NULL);
}

void plot_shade(Plot *plot, double x_low, double x_high)
{
    const double from = fmax(place_x(plot, x_low), plot->left);
    const double to   = fmin(place_x(plot, x_high), plot->left + plot->width);
    if (to > from)
        str_add(&plot->marks, "<rect class=\"i5\" fill=\"currentColor\" "
                "fill-opacity=\"0.09\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" "
                "height=\"%.2f\"/>\n", from, plot->top, to - from,
                plot->height);
}

void plot_rule_y(Plot *plot, double y)
{
    if (drawable(plot, plot->x.high, y))
        str_add(&plot->marks, "<path class=\"axis\" d=\"M%.2f %.2fh%.2f\"/>\n",
                plot->left, tame(place_y(plot, y)), plot->width);
}

void plot_note(Plot *plot, double x, double y, const char *anchor,
               const char *text)
{
    if (!drawable(plot, x, y))
        return;
    str_add(&plot->marks, "<text class=\"note\" x=\"%.2f\" y=\"%.2f\" "
            "text-anchor=\"%s\">", tame(place_x(plot, x)),
            tame(place_y(plot, y)), anchor);
    xml_text(&plot->marks, text);
    str_put(&plot->marks, "</text>\n");
}

/* Keys --------------------------------------------------------------------- */

static double key_row(Plot *plot)
{
    return plot->key_top + KEY_STEP * plot->keys++;
}

static void key_text(Plot *plot, double indent, double y, const char *text)
{
    str_add(&plot->key, "<text x=\"%.2f\" y=\"%.2f\">",
            CANVAS - KEYS + 22 + indent, y + 4);
    xml_text(&plot->key, text);
    str_put(&plot->key, "</text>\n");
}

void plot_key_head(Plot *plot, const char *text)
{
    if (plot->keys > 0)
        plot->key_top += 8;
    key_text(plot, 0, key_row(plot), text);
}

void plot_key_line(Plot *plot, Ink ink, Line line, const char *text)
{
    const double y = key_row(plot);
    str_add(&plot->key, "<path class=\"%s\" fill=\"none\" "
            "stroke=\"currentColor\"%s d=\"M%d %.2fh24\"/>", ink_class(ink),
            dashes(line), CANVAS - KEYS + 22, y);
    key_text(plot, 32, y, text);
}

void plot_key_point(Plot *plot, Ink ink, Mark mark, const char *text)
{
    const double y = key_row(plot);
    mark_at(&plot->key, ink, mark, CANVAS - KEYS + 34, y);
    key_text(plot, 32, y, text);
}

void plot_key_band(Plot *plot, Ink ink, const char *text)
{
    const double y = key_row(plot);
    str_add(&plot->key, "<rect class=\"%s\" fill=\"currentColor\" "
            "fill-opacity=\"0.25\" x=\"%d\" y=\"%.2f\" width=\"24\" "
            "height=\"11\"/>", ink_class(ink), CANVAS - KEYS + 22, y - 5.5);
    key_text(plot, 32, y, text);
}

/* The whole ---------------------------------------------------------------- */

static void write_whole(Plot *plot, Str *out, bool alone)
{
    const char *space = alone ? " xmlns=\"http://www.w3.org/2000/svg\"" : "";
    const int   top   = alone ? 0 : TITLE; /* a page has its own heading */
    str_add(out, "<svg%s class=\"fig\" viewBox=\"0 %d %d %.0f\" role=\"img\" "
            "aria-label=\"", space, top, CANVAS, plot->canvas_height - top);
    xml_text(out, plot->title);
    str_put(out, "\">\n");
    if (alone) {
        str_put(out, "<style>");
        ink_style(out);
        str_add(out, "</style>\n<rect class=\"bg\" width=\"%d\" "
                "height=\"%.0f\"/>\n", CANVAS, plot->canvas_height);
        str_put(out, "<text class=\"ttl\" x=\"16\" y=\"24\">");
        xml_text(out, plot->title);
        str_put(out, "</text>\n");
    }
    str_bytes(out, plot->marks.text, plot->marks.size);
    str_bytes(out, plot->key.text, plot->key.size);
    str_put(out, "</svg>\n");
}

void plot_close(Plot *plot)
{
    if (plot->panel >= 0)
        str_put(&plot->marks, "</g>\n");
    const double keys_end = plot->key_top + KEY_STEP * plot->keys + 8;
    plot->canvas_height = fmax(HEIGHT, keys_end);
    write_whole(plot, &plot->inner, false);
    write_whole(plot, &plot->svg, true);
}

void plot_free(Plot *plot)
{
    str_free(&plot->marks);
    str_free(&plot->key);
    str_free(&plot->csv);
    str_free(&plot->inner);
    str_free(&plot->svg);
}
