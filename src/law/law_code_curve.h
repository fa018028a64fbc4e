/* law_code_curve.h - private to this room: rows that are points of training
 * curves, put in order, for laws that look back along the learning rate.
 *
 * A row says: on this curve, after this step, at this rate, the loss was so
 * much. Between two rows the rate is taken to run in a straight line, so a row
 * a step says everything, and a constant or linear schedule needs its corners
 * only. Two rows at one step say that the rate jumps after it. Before a
 * curve's first row the rate is taken to have risen in a straight line from 0:
 * the warm-up, which counts in the sum of rates and nowhere else. */

#ifndef LAW_CODE_CURVE_H
#define LAW_CODE_CURVE_H

#include "base/arena.h"

/* The steps since the row before, of one curve: step j = 1..count has the rate
 * from + slope*j. `last` is the rate of the step before; it differs from
 * `from` where the rate jumps. */
typedef struct Stretch {
    i64    row;       /* in the table: whose loss stands at its end          */
    bool   first;     /* of its curve: the warm-up                           */
    i64    count;
    double from, slope, last;
    double sum;       /* of all rates up to its end                          */
    double sum_before;
} Stretch;

typedef struct Curves {
    i64      nrow;
    Stretch *stretch; /* [nrow], curve by curve, by step                     */
} Curves;

/* Columns: curve (a whole number), step, lr. */
Curves curves_make(Arena *arena, double *const *column, i64 nrow);

/* Where the pair i <= j of n parameters stands among all pairs. */
int pair_at(int i, int j, int n);

#endif
