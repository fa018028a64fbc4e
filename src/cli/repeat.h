/* repeat.h - options that may stand several times: --law=a --law=b is
 * --law=a,b. */

#ifndef REPEAT_H
#define REPEAT_H

#include "base/arena.h"
#include "base/err.h"

/* argv with all values of each of the `names` joined by commas, in its first
 * place; all else as it was. An empty value is refused. */
bool repeat_join(char ***argv_out, int *argc_out, Arena *arena, int argc,
                 char **argv, const char *const *names, int count, Err *err)
    MUST_USE;

#endif
