/* mark.c - see mark.h. */

#include "report/mark.h"

#include <string.h>

void mark_text(Str *out, const char *text)
{
    for (const char *c = text ? text : "unknown"; *c; c++) {
        if ((u8)*c < ' ')
            str_put(out, " ");
        else if (strchr("\\`*_{}[]<>#|!&~", *c))
            str_add(out, "\\%c", *c);
        else
            str_bytes(out, c, 1);
    }
}
