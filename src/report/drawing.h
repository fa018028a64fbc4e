/* drawing.h - private to report/: all figures of an analysis, drawn once, and
 * their files. */

#ifndef DRAWING_H
#define DRAWING_H

#include "report/fig.h"

typedef struct Drawing {
    Arena arena;
    Plot *plot;  /* [fig_count()], closed                                   */
    bool *drawn; /* which of them the study has                             */
} Drawing;

Drawing drawing_make(const Analysis *analysis);
void    drawing_free(Drawing *d);

/* INTO/figures/NAME.svg and .csv. Those that the study has not, and those whose
 * two files are larger than `most` bytes, are taken away; the latter are named
 * in `large` (or NULL). */
bool drawing_write(const Drawing *d, const char *into, i64 most, Str *large,
                   Err *err) MUST_USE;

/* DIR/NAME and its ending. */
bool drawing_file(const char *dir, const char *name, const char *ending,
                  const Str *text, Err *err) MUST_USE;

#endif
