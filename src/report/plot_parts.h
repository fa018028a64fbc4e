/* plot_parts.h - private to report/: what a closed figure is made into. */

#ifndef PLOT_PARTS_H
#define PLOT_PARTS_H

#include "report/plot.h"

void plot_csv(Plot *plot); /* plot->csv */
void plot_svg(Plot *plot); /* plot->svg, plot->inner */

/* Frames of all panels on a canvas PLOT_CANVAS wide, and where the panels end
 * with their labels. */
enum { PLOT_CANVAS = 860, PLOT_TAGS = 128 };
double plot_layout(Plot *plot);

/* The keys in lines from `top` on; returns where they end. */
double plot_keys(Str *out, const Plot *plot, double top);

/* "M..": a mark at a pixel. */
void plot_mark(Str *out, Ink ink, Mark mark, double x, double y);
const char *plot_dashes(Line line);

/* Text of ours as SVG: powers written ¹² become raised figures, and (where
 * `low` is set) what follows _ a lowered word: N_opt. */
void plot_text(Str *out, const char *text, bool low);
double plot_text_width(const char *text, double size);

/* The axes of a panel: frame, ticks, labels; in a page all variants. */
void plot_axes(Str *out, const Plot *plot, int panel, bool alone);

/* The same axis otherwise: 2 scales, times the units that its kind has. */
enum { PLOT_VARIANTS = 2 * PLOT_COUNTS };
typedef struct PlotVariant { Axis axis; const char *unit; bool base; } PlotVariant;
int plot_variants(PlotVariant out[PLOT_VARIANTS], const Plot *plot, Axis axis);

#endif
