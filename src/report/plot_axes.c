/* plot_axes.c - frames, ticks and labels; and for a page the same axis in
 * every other way that it can be shown, hidden until it is asked for. A page's
 * script moves the marks and shows another of these: it makes no tick itself.
 *
 * An axis in bits per byte is one in nats with other numbers at it, so that no
 * mark moves; N by another count, and linear for logarithmic, do move them. */

#include "report/plot_parts.h"

#include "count/count.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Places ------------------------------------------------------------------- */

static double map_n(const PlotUnits *u, int to, double n)
{
    const double *from = u->at[u->base], *at = u->at[to];
    i64 i = 1;
    if (u->shapes < 2)
        return n * at[0] / from[0];
    while (i < u->shapes - 1 && from[i] < n)
        i++;
    const double share = log(n / from[i - 1]) / log(from[i] / from[i - 1]);
    return at[i - 1] * pow(at[i] / at[i - 1], share);
}

/* The label with what is in its parentheses replaced. */
static void relabel(char *out, size_t room, const char *label, const char *unit)
{
    const int head = (int)strcspn(label, "(");
    snprintf(out, room, "%.*s(%s)", head, label, unit);
}

static void put(PlotVariant *out, int *count, Axis axis, const char *unit,
                bool base)
{
    out[(*count)++] = (PlotVariant){ axis, unit, base };
}

/* Both scales of one unit; names and linear axes have but their own. */
static void put_scales(PlotVariant *out, int *count, Axis axis,
                       const char *unit, bool base)
{
    put(out, count, axis, unit, base);
    if (!axis.log)
        return;
    axis.log = false;
    put(out, count, axis, unit, false);
}

int plot_variants(PlotVariant out[PLOT_VARIANTS], const Plot *plot, Axis axis)
{
    const PlotUnits *u = &plot->units;
    int count = 0;
    if (axis.kind == AXIS_LOSS && u->bits > 0) {
        put_scales(out, &count, axis, "nats", true);
        axis.low *= u->bits;
        axis.high *= u->bits;
        put_scales(out, &count, axis, "bits", false);
    } else if (axis.kind == AXIS_N && u->shapes > 0) {
        for (int k = 0; k < PLOT_COUNTS; k++) {
            Axis other = axis;
            other.low  = map_n(u, k, axis.low);
            other.high = map_n(u, k, axis.high);
            put_scales(out, &count, other, count_n_name((CountN)k),
                       k == u->base);
        }
    } else {
        put_scales(out, &count, axis, "", true);
    }
    return count;
}

/* Drawing ------------------------------------------------------------------ */

static void grid_x(Str *out, const PlotPanel *p, const Axis *axis,
                   const Tick *tick)
{
    const double x = p->left + p->width * axis_share(axis, tick->value);
    const double bottom = p->top + p->height;
    if (tick->text[0] == 0) {
        str_add(out, "<path class=\"axis\" d=\"M%.2f %.2fv-4\"/>", x, bottom);
        return;
    }
    str_add(out, "<path class=\"grid\" d=\"M%.2f %.2fV%.2f\"/>"
            "<path class=\"axis\" d=\"M%.2f %.2fv5\"/>", x, p->top, bottom, x,
            bottom);
    if (axis->bare)
        return;
    str_add(out, "<text x=\"%.2f\" y=\"%.2f\" text-anchor=\"middle\">", x,
            bottom + 20);
    plot_text(out, tick->text, false);
    str_put(out, "</text>\n");
}

static void grid_y(Str *out, const PlotPanel *p, const Axis *axis,
                   const Tick *tick)
{
    const double y = p->top + p->height * (1 - axis_share(axis, tick->value));
    if (tick->text[0] == 0) {
        str_add(out, "<path class=\"axis\" d=\"M%.2f %.2fh4\"/>", p->left, y);
        return;
    }
    str_add(out, "<path class=\"grid\" d=\"M%.2f %.2fH%.2f\"/>"
            "<path class=\"axis\" d=\"M%.2f %.2fh-5\"/>", p->left, y,
            p->left + p->width, p->left, y);
    if (axis->bare)
        return;
    str_add(out, "<text x=\"%.2f\" y=\"%.2f\" text-anchor=\"end\">",
            p->left - 9, y + 4);
    plot_text(out, tick->text, false);
    str_put(out, "</text>\n");
}

static const char *unit_words(const char *unit)
{
    return strcmp(unit, "bits") == 0 ? "bits per byte" : unit;
}

/* Left of the widest tick, as far as there is room. */
static double label_gap(const Tick *tick, int count)
{
    double wide = 0;
    for (int i = 0; i < count; i++)
        wide = fmax(wide, plot_text_width(tick[i].text, 12));
    return fmin(fmax(wide + 24, 46), 70);
}

static void label_at(Str *out, const PlotPanel *p, const PlotVariant *v,
                     double gap, bool horizontal)
{
    char        text[200];
    const char *label = v->axis.label;
    if (v->axis.bare || !*label)
        return;
    if (!v->base && v->unit[0] && strcmp(v->unit, "nats") != 0)
        relabel(text, sizeof text, label, unit_words(v->unit));
    else
        snprintf(text, sizeof text, "%.190s", label);
    if (horizontal)
        str_add(out, "<text class=\"lab\" x=\"%.2f\" y=\"%.2f\" "
                "text-anchor=\"middle\">", p->left + p->width / 2,
                p->top + p->height + 44);
    else
        str_add(out, "<text class=\"lab\" text-anchor=\"middle\" "
                "transform=\"translate(%.2f %.2f) rotate(-90)\">",
                p->left - gap, p->top + p->height / 2);
    plot_text(out, text, true);
    str_put(out, "</text>\n");
}

/* One axis in one way. */
static void variant(Str *out, const PlotPanel *p, const PlotVariant *v,
                    bool horizontal, bool alone)
{
    Tick      tick[TICKS_MAX];
    const int count = axis_ticks(tick, &v->axis,
                                 horizontal ? p->width : p->height, horizontal);
    if (!alone)
        str_add(out, "<g class=\"ax %c%s\" data-u=\"%s\" data-a=\"%d %.7g "
                "%.7g\">", horizontal ? 'x' : 'y', v->base ? "" : " off",
                v->unit, v->axis.log, v->axis.low, v->axis.high);
    for (int i = 0; i < count; i++)
        if (horizontal)
            grid_x(out, p, &v->axis, &tick[i]);
        else
            grid_y(out, p, &v->axis, &tick[i]);
    label_at(out, p, v, label_gap(tick, count), horizontal);
    if (!alone)
        str_put(out, "</g>\n");
}

static void axis(Str *out, const Plot *plot, const PlotPanel *p, Axis which,
                 bool horizontal, bool alone)
{
    PlotVariant v[PLOT_VARIANTS];
    const int   count = plot_variants(v, plot, which);
    for (int i = 0; i < count; i++)
        if (!alone || v[i].base)
            variant(out, p, &v[i], horizontal, alone);
}

void plot_axes(Str *out, const Plot *plot, int panel, bool alone)
{
    const PlotPanel *p = &plot->at[panel];
    axis(out, plot, p, p->x, true, alone);
    axis(out, plot, p, p->y, false, alone);
    if (p->title) {
        str_add(out, "<text class=\"lab\" x=\"%.2f\" y=\"%.2f\" "
                "text-anchor=\"middle\">", p->left + p->width / 2, p->top - 9);
        plot_text(out, p->title, true);
        str_put(out, "</text>");
    }
}
