/* mark.h - Markdown that holds text of others. */

#ifndef MARK_H
#define MARK_H

#include "base/str.h"

/* Text that Markdown takes as text: nothing in it starts markup or a line.
 * NULL: "unknown". */
void mark_text(Str *out, const char *text);

#endif
