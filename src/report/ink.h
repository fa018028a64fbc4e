/* ink.h - the colours of figures, by what they mean.
 *
 * A mark names its ink by class and takes the colour from the style sheet, so
 * that a figure turns with the page between light and dark. Six inks tell kinds
 * apart (after Okabe and Ito, darkened until they stand on white), and a ramp
 * of eight tells what is ordered: both can be told apart with any common kind
 * of colour blindness, and the ramp in grey too. */

#ifndef INK_H
#define INK_H

#include "base/str.h"

typedef enum Ink {
    INK_BLUE, INK_RED, INK_GREEN, INK_PURPLE, INK_AMBER, INK_GREY,
    INK_TEXT,
    INK_RAMP, /* the first of INK_RAMPS */
} Ink;

enum { INK_RAMPS = 8, INKS = INK_RAMP + INK_RAMPS };

/* The ink of number `index` of `count` ordered things. */
Ink ink_ramp(i64 index, i64 count);

/* "i0" ...: the class that carries the ink as `color`. */
const char *ink_class(Ink ink);

/* The style sheet of all figures, for a page or inside a single SVG. */
void ink_style(Str *out);

#endif
