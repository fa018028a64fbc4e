/* fit_args.h - what `scalelaw fit` is asked. */

#ifndef FIT_ARGS_H
#define FIT_ARGS_H

#include "base/conf.h"
#include "cli/fit_table.h"
#include "fit/fit.h"

enum { FIT_WAYS = 3 }; /* Chinchilla's approaches 1, 2 and 3 */

typedef struct FitArgs {
    FitInput    input;
    TextList    laws;            /* names, files, families ("bnsl")          */
    TextList    pins, bounds;    /* "E=1.8", "alpha=0.1..0.6"                */
    const char *group;           /* column whose groups are compared, or NULL */
    TextList    own;             /* parameters that are one a group           */
    FitOptions  options;
    bool        way[FIT_WAYS];   /* --approach                                */
    double      hold_out;        /* share of the largest runs; 0: none        */
    bool        se, windows, without_outliers, conventions, json;
    const char *out;
} FitArgs;

/* Fills the arguments from the command line; *helped: --help was all. */
bool fit_args_read(FitArgs *out, Arena *arena, int argc, char **argv,
                   bool *helped, Err *err) MUST_USE;

#endif
