/* plot.h - figures: panels with axes, and bands, lines, points and spans in
 * them, as SVG; and the numbers of every one of them as CSV, written by the
 * same calls, so that a figure's table cannot say other than the figure.
 *
 *     Plot plot = plot_open("isoflop", "IsoFLOP curves", 1);
 *     plot_panel(&plot, 0, NULL, x_axis, y_axis);
 *     plot_line(&plot, "1e11 FLOP", INK_BLUE, LINE_SOLID, x, y, n, NULL);
 *     plot_point(&plot, "runs", INK_BLUE, MARK_DOT, 3e4, 1.9, "run 2x32");
 *     plot_key_point(&plot, INK_BLUE, MARK_DOT, "a run");
 *     plot_close(&plot);           then plot.svg (standalone), plot.inner
 *     plot_free(&plot);
 *
 * Keys stand in a column of their own at the right, where no data can be.
 * Points with a coordinate that is not finite are neither drawn nor listed. */

#ifndef PLOT_H
#define PLOT_H

#include "report/axis.h"
#include "report/ink.h"

typedef enum Line { LINE_SOLID, LINE_DASHED, LINE_DOTTED, LINE_THIN } Line;
typedef enum Mark { MARK_DOT, MARK_HOLLOW, MARK_DIAMOND, MARK_CROSS } Mark;

typedef struct Plot {
    const char *name, *title;
    int         panels, panel;     /* the panel drawn into */
    Axis        x, y;              /* its axes             */
    double      left, top, width, height; /* its frame, in pixels */
    double      shift;             /* pixels to the right, of marks: sets apart
                                      what stands at one x */
    char        panel_text[160];   /* what the CSV calls it */
    double      canvas_height;
    int         keys;
    double      key_top;
    Str         marks, key, csv;   /* as they grow */
    Str         inner;             /* <svg> without style, for a page */
    Str         svg;               /* a file of its own               */
} Plot;

/* name: letters, used in ids. */
Plot plot_open(const char *name, const char *title, int panels);
void plot_panel(Plot *plot, int panel, const char *title, Axis x, Axis y);

/* `hover` is shown when pointed at; NULL for none. `series` goes to the CSV. */
void plot_line(Plot *plot, const char *series, Ink ink, Line line,
               const double *x, const double *y, i64 count, const char *hover);
void plot_band(Plot *plot, const char *series, Ink ink, const double *x,
               const double *low, const double *high, i64 count);
void plot_point(Plot *plot, const char *series, Ink ink, Mark mark, double x,
                double y, const char *hover);
/* Error bars: along x at y, along y at x. */
void plot_span_x(Plot *plot, const char *series, Ink ink, double low,
                 double high, double y);
void plot_span_y(Plot *plot, const char *series, Ink ink, double x, double low,
                 double high);
/* Shaded from x_low to x_high over the whole height; not data, not in CSV. */
void plot_shade(Plot *plot, double x_low, double x_high);
/* A horizontal or vertical rule through the panel; not data. */
void plot_rule_y(Plot *plot, double y);
/* A small text at a place; anchor "start", "middle", "end"; not data. */
void plot_note(Plot *plot, double x, double y, const char *anchor,
               const char *text);

void plot_key_head(Plot *plot, const char *text);
void plot_key_line(Plot *plot, Ink ink, Line line, const char *text);
void plot_key_point(Plot *plot, Ink ink, Mark mark, const char *text);
void plot_key_band(Plot *plot, Ink ink, const char *text);

void plot_close(Plot *plot);
void plot_free(Plot *plot);

#endif
