/* fit_counts.h - the same runs under every way of counting N that the table
 * holds (columns n_body, n_body+head, n_total, n_flop; a study has them all):
 * the exponents that two papers disagree about are moved by this more than by
 * noise. */

#ifndef FIT_COUNTS_H
#define FIT_COUNTS_H

#include "fit/isoflop.h"

typedef struct FitCount {
    const char *counts;   /* "body+head"                                     */
    bool        done, has_line;
    Fit         fit;      /* without intervals                               */
    Frontier    line;     /* at C = 6 N D, in this N                         */
    char        why[400]; /* not done, in words                              */
} FitCount;

typedef struct FitCounts { int count; FitCount *item; } FitCounts;

/* ERR_USAGE where the table has no such column, or the law no N. */
bool fit_counts(FitCounts *out, Arena *arena, const Law *law, const Table *runs,
                FitOptions options, Err *err) MUST_USE;

#endif
