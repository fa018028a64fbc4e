/* plot_terminal.h - a closed figure for a terminal: braille dots for lines and
 * bands' edges, letters for points, with axes, ticks and keys. Panels stand one
 * below the other. */

#ifndef PLOT_TERMINAL_H
#define PLOT_TERMINAL_H

#include "report/plot.h"

/* cols: of the terminal, at least PLOT_COLS_LEAST; rows: of each panel's frame,
 * at least PLOT_ROWS_LEAST. */
enum { PLOT_COLS_LEAST = 40, PLOT_ROWS_LEAST = 4 };

void plot_terminal(Str *out, const Plot *plot, int cols, int rows, bool color);

#endif
