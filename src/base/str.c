/* str.c - a buffer that doubles. */

#include "base/str.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for `more` bytes and the zero after them. */
static char *reserve(Str *str, i64 more)
{
    assert(more >= 0 && more < INT64_MAX / 4);
    if (str->size + more + 1 > str->room) {
        const i64 room = i64_max(2 * (str->size + more + 1), 256);
        char     *text = realloc(str->text, (size_t)room);
        if (!text) {
            fprintf(stderr, "scalelaw: no memory for a text of %lld bytes\n",
                    (long long)room);
            abort();
        }
        str->text = text;
        str->room = room;
    }
    return str->text + str->size;
}

void str_bytes(Str *str, const void *bytes, i64 count)
{
    char *at = reserve(str, count);
    if (count)
        memcpy(at, bytes, (size_t)count);
    at[count] = 0;
    str->size += count;
}

void str_put(Str *str, const char *text)
{
    str_bytes(str, text, (i64)strlen(text));
}

void str_letter(Str *str, u32 letter)
{
    char bytes[4];
    int  n = 0;
    if (letter < 0x80) {
        bytes[n++] = (char)letter;
    } else if (letter < 0x800) {
        bytes[n++] = (char)(0xc0 | letter >> 6);
    } else if (letter < 0x10000) {
        bytes[n++] = (char)(0xe0 | letter >> 12);
        bytes[n++] = (char)(0x80 | (letter >> 6 & 0x3f));
    } else {
        bytes[n++] = (char)(0xf0 | letter >> 18);
        bytes[n++] = (char)(0x80 | (letter >> 12 & 0x3f));
        bytes[n++] = (char)(0x80 | (letter >> 6 & 0x3f));
    }
    if (letter >= 0x80)
        bytes[n++] = (char)(0x80 | (letter & 0x3f));
    str_bytes(str, bytes, n);
}

void str_add(Str *str, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    const int size = vsnprintf(NULL, 0, format, args);
    assert(size >= 0);
    vsnprintf(reserve(str, size), (size_t)size + 1, format, again);
    va_end(again);
    va_end(args);
    str->size += size;
}

void str_free(Str *str)
{
    free(str->text);
    *str = (Str){ 0 };
}
