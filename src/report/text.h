/* text.h - text for a terminal of 80 columns. */

#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>
#include <stdio.h>

/* Words broken at blanks so that no line goes beyond column 79, each line
 * `indent` blanks in. */
void text_wrapped(FILE *out, const char *text, int indent);

/* Text padded to a width by letters, not bytes. */
void text_cell(FILE *out, const char *text, int width);

/* At most `letters` letters of a text, and never half of one; what was cut ends
 * with an ellipsis. Fills at most `room` bytes and returns them. */
char *text_cut(char *out, size_t room, const char *text, int letters);

#endif
