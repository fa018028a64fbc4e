/* xml.c - text as XML and HTML take it. Anything that came from a file, a
 * name, or a message goes through here on its way into a figure or a page. */

#include "report/xml.h"

static const char *entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void xml_text(Str *out, const char *text)
{
    for (const char *c = text ? text : ""; *c; c++) {
        const char *named = entity(*c);
        const bool  space = (u8)*c < 32 && *c != '\n' && *c != '\t';
        if (named)
            str_put(out, named);
        else
            str_bytes(out, space ? " " : c, 1);
    }
}
