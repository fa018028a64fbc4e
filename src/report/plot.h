/* plot.h - figures: panels with axes, and what stands in them. A figure is
 * drawn once, into a list of marks; everything that it can become is made from
 * that list: SVG alone and for a page (plot_svg.c), its numbers as CSV
 * (plot_csv.c), so that a figure's table cannot say other than the figure.
 *
 *     Plot plot = plot_open("isoflop", "IsoFLOP curves", 1);
 *     plot_panel(&plot, 0, NULL, x_axis, y_axis);
 *     plot_line(&plot, "1e11 FLOP", INK_BLUE, LINE_SOLID, x, y, n, NULL);
 *     plot.run = 3;                                  the next mark is of run 3
 *     plot_point(&plot, "runs", INK_BLUE, MARK_DOT, 3e4, 1.9, "run 2x32");
 *     plot_tag(&plot, INK_BLUE, 3e5, 1.7, "10¹¹ FLOP");
 *     plot_key_point(&plot, INK_BLUE, MARK_DOT, "a run");
 *     plot_close(&plot);           then plot.svg (standalone), plot.inner, .csv
 *     plot_free(&plot);
 *
 * Keys stand below the panels and tags right of them, where no data can be.
 * Points with a coordinate that is not finite (or not above 0 on a logarithmic
 * axis) are neither drawn nor listed. All texts are copied. */

#ifndef PLOT_H
#define PLOT_H

#include "base/arena.h"
#include "report/axis.h"
#include "report/ink.h"

typedef enum Line { LINE_SOLID, LINE_DASHED, LINE_DOTTED, LINE_THIN } Line;
typedef enum Mark { MARK_DOT, MARK_HOLLOW, MARK_DIAMOND, MARK_CROSS } Mark;

typedef enum PlotKind {
    PLOT_LINE, PLOT_BAND, PLOT_POINT, PLOT_CLOUD, PLOT_SPAN_X, PLOT_SPAN_Y,
    PLOT_BAR, PLOT_SHADE, PLOT_RULE_X, PLOT_RULE_Y, PLOT_NOTE, PLOT_TAG,
} PlotKind;

/* One mark. Which of x, y, low, high it has, [count] each, goes by its kind:
 *   line, point, cloud, note, tag   x y        band      x low high
 *   span_x, bar   y low high                   span_y    x low high
 *   shade, rule_x   x                          rule_y    y                   */
typedef struct PlotItem {
    PlotKind      kind;
    int           panel;
    Ink           ink;
    Line          line;
    Mark          mark;
    const char   *series;      /* what the CSV calls it; NULL: not data       */
    const char   *text;        /* shown when pointed at, or itself; or NULL   */
    const char   *anchor;      /* of a note: "start", "middle", "end"         */
    i64           run;         /* number of its run; -1: of none              */
    double        shift;       /* pixels to the right, of points and spans    */
    i64           count;
    const double *x, *y, *low, *high;
} PlotItem;

typedef struct PlotPanel {
    const char *title;         /* or NULL */
    Axis        x, y;
    double      left, top, width, height; /* its frame, known once closed */
} PlotPanel;

typedef enum PlotKeyKind { KEY_HEAD, KEY_LINE, KEY_POINT, KEY_BAND } PlotKeyKind;
typedef struct PlotKey {
    PlotKeyKind kind;
    Ink         ink;
    Line        line;
    Mark        mark;
    const char *text;
} PlotKey;

enum { PLOT_PANELS = 40, PLOT_KEYS = 80, PLOT_COUNTS = 4 };

/* What a page can show the same axis in: losses in bits per byte, and N by
 * another count. at[k][i]: count k of shape i, rising; base: the one drawn. */
typedef struct PlotUnits {
    double      bits;          /* bits per byte of one nat per token; 0: none */
    i64         shapes;        /* 0: N by no other count                      */
    const double *at[PLOT_COUNTS];
    int         base;
} PlotUnits;

typedef struct Plot {
    const char *name, *title;
    int         columns;       /* of panels; 0: as suits their number         */
    double      height;        /* of a panel; 0: as suits their number        */
    bool        tight;         /* panels share axes: little room between them */
    double      shift;         /* of the marks that follow                    */
    i64         run;           /* of the next mark alone; -1 after it         */
    PlotUnits   units;
    int         panels, panel; /* the panel drawn into                        */
    PlotPanel   at[PLOT_PANELS];
    i64         items, room;
    PlotItem   *item;
    int         keys;
    PlotKey     key[PLOT_KEYS];
    double      canvas_height;
    Arena       arena;
    Str         csv;           /* all three once closed                       */
    Str         inner;         /* <svg> without style, for a page             */
    Str         svg;           /* a file of its own                           */
} Plot;

/* name: letters, used in ids. */
Plot plot_open(const char *name, const char *title, int panels);
void plot_panel(Plot *plot, int panel, const char *title, Axis x, Axis y);

void plot_line(Plot *plot, const char *series, Ink ink, Line line,
               const double *x, const double *y, i64 count, const char *hover);
void plot_band(Plot *plot, const char *series, Ink ink, const double *x,
               const double *low, const double *high, i64 count);
void plot_point(Plot *plot, const char *series, Ink ink, Mark mark, double x,
                double y, const char *hover);
/* Many points that need not tell themselves apart. */
void plot_cloud(Plot *plot, const char *series, Ink ink, const double *x,
                const double *y, i64 count);
/* Error bars: along x at y, along y at x. */
void plot_span_x(Plot *plot, const char *series, Ink ink, double low,
                 double high, double y);
void plot_span_y(Plot *plot, const char *series, Ink ink, double x, double low,
                 double high);
/* A bar along x, about y, half a unit thick. */
void plot_bar(Plot *plot, const char *series, Ink ink, double low, double high,
              double y, const char *hover);
/* Shaded from x_low to x_high over the whole height; not data, not in CSV. */
void plot_shade(Plot *plot, double x_low, double x_high);
/* A vertical or horizontal rule through the panel; not data. */
void plot_rule_x(Plot *plot, double x);
void plot_rule_y(Plot *plot, double y);
/* A small text at a place; anchor "start", "middle", "end"; not data. */
void plot_note(Plot *plot, double x, double y, const char *anchor,
               const char *text);
/* The name of what ends at (x, y), right of the frame, moved apart from other
 * tags; not data. In figures of one column of panels. */
void plot_tag(Plot *plot, Ink ink, double x, double y, const char *text);

void plot_key_head(Plot *plot, const char *text);
void plot_key_line(Plot *plot, Ink ink, Line line, const char *text);
void plot_key_point(Plot *plot, Ink ink, Mark mark, const char *text);
void plot_key_band(Plot *plot, Ink ink, const char *text);

/* Whether a mark can stand at these numbers of its panel. */
bool plot_drawable(const PlotPanel *panel, double x, double y);

void plot_close(Plot *plot);
void plot_free(Plot *plot);

#endif
