/* paper_table.h - the fits of a study as a LaTeX table, with no package beyond
 * LaTeX's own: constants by each objective with their intervals, the powers of
 * the best size by each approach, and in the caption what was fitted to what.
 */

#ifndef PAPER_TABLE_H
#define PAPER_TABLE_H

#include "report/analysis.h"

void paper_table(Str *out, const Analysis *analysis);

/* Any text as LaTeX takes it: \ { } $ & # ^ _ ~ % keep their looks, control
 * characters become spaces. */
void paper_text(Str *out, const char *text);

#endif
