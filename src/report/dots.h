/* dots.h - a canvas of text cells for terminals: each cell is a braille sign of
 * 2 x 4 dots, or a letter that stands before them; each has one ink.
 *
 * Places are given in dots from the left and the top. Whatever falls outside
 * is cut off. */

#ifndef DOTS_H
#define DOTS_H

#include "base/arena.h"
#include "base/str.h"
#include "report/ink.h"

typedef struct Cell {
    u32 letter; /* Unicode; 0: none */
    u8  dots;   /* as braille numbers them */
    u8  ink;
} Cell;

typedef struct Dots {
    int   cols, rows; /* cells */
    Cell *cell;       /* [rows][cols] */
} Dots;

Dots dots_open(Arena *arena, int cols, int rows);

void dots_set(Dots *dots, Ink ink, int x, int y);
/* From one place to another, both drawn; `on` of every on + off dots along it,
 * `phase` is where in that the line stands, and moves on. */
void dots_line(Dots *dots, Ink ink, const double from[2], const double to[2],
               int on, int off, int *phase);

/* UTF-8 from a cell on, to the right. */
void dots_text(Dots *dots, Ink ink, int col, int row, const char *text);
/* How many cells a text takes. */
int  dots_width(const char *text);

/* All rows, a line each, trailing blanks left out; with colour by ANSI codes,
 * none without. */
void dots_put(Str *out, const Dots *dots, bool color);

#endif
