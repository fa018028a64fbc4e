/* fit_table.h - what a fit is given: a study's runs or a CSV file, as a table
 * whose columns have the letters of the law. */

#ifndef FIT_TABLE_H
#define FIT_TABLE_H

#include "law/law.h"

typedef struct FitInput {
    const char *source;  /* study or file                                   */
    const char *map;     /* "N=params,D=tokens", NULL: names as they are    */
    const char *n;       /* which N of a study; NULL: the study's own       */
    const char *where;   /* SQL for a study; "a < 1 and b = 0" for a file   */
    bool        skip_bad;
} FitInput;

/* *counts: what N counts, or NULL where a file does not say. Says on stderr
 * what was derived and what was left out. */
bool fit_table(Table *out, const char **counts, Arena *arena,
               const FitInput *input, const Law *law, Err *err) MUST_USE;

#endif
