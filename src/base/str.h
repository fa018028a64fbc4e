/* str.h - text that grows: what JSON, SVG and messages are written into.
 *
 * { 0 } is an empty Str. `text` is always ended by a zero byte once anything
 * was added; it is NULL before. */

#ifndef STR_H
#define STR_H

#include "base/base.h"

typedef struct Str {
    char *text;
    i64   size; /* bytes, without the zero at the end */
    i64   room;
} Str;

void str_add(Str *str, const char *format, ...) PRINTF(2, 3);
void str_put(Str *str, const char *text); /* as it is, no format */
void str_letter(Str *str, u32 letter); /* of Unicode, as UTF-8 */
void str_bytes(Str *str, const void *bytes, i64 count);
void str_free(Str *str);

#endif
