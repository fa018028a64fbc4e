/* err.c - the text of a failure grows at the front: each floor that passes it
 * on adds the thing that only it knows by name. */

#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool err_set(Err *err, ErrKind kind, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    err->kind = kind;
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    return false;
}

bool err_add(Err *err, const char *format, ...)
{
    char    front[sizeof err->text];
    va_list args;
    va_start(args, format);
    const int size = vsnprintf(front, sizeof front, format, args);
    va_end(args);
    if (size < 0)
        return false;

    /* Where all of it is too long, the end is lost: the thing comes first. */
    char all[2 * sizeof err->text + 2];
    snprintf(all, sizeof all, "%s: %s", front, err->text);
    all[sizeof err->text - 1] = 0;
    memcpy(err->text, all, sizeof err->text);
    return false;
}

int err_exit(ErrKind kind)
{
    switch (kind) {
    case ERR_NONE:    return 0;
    case ERR_USAGE:   return 2;
    case ERR_IO:      return 1;
    case ERR_FORMAT:  return 1;
    case ERR_REFUSED: return 3;
    case ERR_BUSY:    return 75; /* EX_TEMPFAIL of sysexits.h */
    }
    return 1;
}
