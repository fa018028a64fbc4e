/* xml.h - text as XML and HTML take it. */

#ifndef XML_H
#define XML_H

#include "base/str.h"

/* Adds text with & < > " ' written as entities and control characters, which
 * XML cannot carry, as a space. NULL adds nothing. */
void xml_text(Str *out, const char *text);

#endif
