/* plot_key.c - keys below a figure, in lines like words: a head, and what it
 * heads behind it. */

#include "report/plot_parts.h"

#include <math.h>

enum { STEP = 22, SIGN = 30, SPACE = 18, LEFT = 22, RIGHT = 12, SIZE = 12 };

const char *plot_dashes(Line line)
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

/* Hollow marks are filled with the paper, so that a line beneath does not run
 * through. */
void plot_mark(Str *out, Ink ink, Mark mark, double x, double y)
{
    switch (mark) {
    case MARK_DOT:
        str_add(out, "<circle class=\"%s\" cx=\"%.2f\" cy=\"%.2f\" r=\"4\" "
                "fill=\"currentColor\"/>", ink_class(ink), x, y);
        break;
    case MARK_HOLLOW:
        str_add(out, "<circle class=\"%s bg\" cx=\"%.2f\" cy=\"%.2f\" "
                "r=\"4.2\" stroke=\"currentColor\" stroke-width=\"1.8\"/>",
                ink_class(ink), x, y);
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

static void sign(Str *out, const PlotKey *key, double x, double y)
{
    if (key->kind == KEY_LINE)
        str_add(out, "<path class=\"%s\" fill=\"none\" "
                "stroke=\"currentColor\"%s d=\"M%.2f %.2fh24\"/>",
                ink_class(key->ink), plot_dashes(key->line), x, y);
    else if (key->kind == KEY_POINT)
        plot_mark(out, key->ink, key->mark, x + 12, y);
    else if (key->kind == KEY_BAND)
        str_add(out, "<rect class=\"%s\" fill=\"currentColor\" "
                "fill-opacity=\"0.25\" x=\"%.2f\" y=\"%.2f\" width=\"24\" "
                "height=\"11\"/>", ink_class(key->ink), x, y - 5.5);
}

static double width_of(const PlotKey *key)
{
    /* a head is bold, and so a little wider */
    return key->kind == KEY_HEAD ? 1.12 * plot_text_width(key->text, SIZE)
                                 : SIGN + SPACE
                                   + plot_text_width(key->text, SIZE);
}

/* A head is never left alone at the end of a line. */
static double width_with_next(const Plot *plot, int i)
{
    double wide = width_of(&plot->key[i]);
    if (plot->key[i].kind == KEY_HEAD && i + 1 < plot->keys)
        wide += width_of(&plot->key[i + 1]);
    return wide;
}

double plot_keys(Str *out, const Plot *plot, double top)
{
    double x = LEFT, y = top + STEP / 2.0;
    for (int i = 0; i < plot->keys; i++) {
        const PlotKey *key = &plot->key[i];
        if (x > LEFT && x + width_with_next(plot, i) > PLOT_CANVAS - RIGHT) {
            x = LEFT;
            y += STEP;
        }
        const double indent = key->kind == KEY_HEAD ? 0 : SIGN;
        sign(out, key, x, y);
        str_add(out, "<text%s x=\"%.2f\" y=\"%.2f\">",
                key->kind == KEY_HEAD ? " class=\"head\"" : "", x + indent,
                y + 4);
        plot_text(out, key->text, false);
        str_put(out, "</text>\n");
        x += width_of(key) + (key->kind == KEY_HEAD ? 10 : 0);
    }
    return plot->keys ? y + STEP / 2.0 + 4 : top;
}
