/* compute.h - how large each run of a table is, by what it cost: column C, else
 * 6 N D, else the law's first column. */

#ifndef COMPUTE_H
#define COMPUTE_H

#include "law/law.h"

typedef struct Compute {
    const char *name;  /* "C", "6 N D", "S" */
    double     *value; /* [nrow]            */
} Compute;

/* value NULL where the table has not even the law's first column. */
Compute compute_of(Arena *arena, const Law *law, const Table *runs);

/* Steps of one budget: sorted different values, those within 5 % of their
 * neighbour one. step[nrow] gets which; gives how many. */
i64 compute_steps(i64 *step, const double *value, i64 n);

#endif
