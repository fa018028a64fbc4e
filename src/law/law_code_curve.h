/* law_code_curve.h - private to this room: rows that are points of training
 * curves, put in order, for laws that look back along the learning rate.
 *
 * A row says: on this curve, after this step, at this rate, the loss was so
 * much. Between two rows the rate is taken to run in a straight line, so a row
 * a step says everything, and a constant or linear schedule needs its corners
 * only. Two rows at one step say that the rate jumps after it.
 *
 * Of what was before a curve's first row nothing is known but how many steps it
 * took. They count in the sum of rates as the parameter `warm` says: 1, had the
 * rate been that of the first row all along; 1/2, had it risen to it in a
 * straight line, which is the usual warm-up. */

#ifndef LAW_CODE_CURVE_H
#define LAW_CODE_CURVE_H

#include "base/arena.h"

/* The steps since the row before, of one curve: step j = 1..count has the rate
 * from + slope*j. `last` is the rate of the step before; it differs from
 * `from` where the rate jumps. */
typedef struct Stretch {
    i64    row;       /* in the table: whose loss stands at its end          */
    bool   first;     /* of its curve: what was before                       */
    i64    count;
    double from, slope, last;
    double sum;       /* of the rates from the first row up to its end       */
    double sum_before;
    double before;    /* `warm` times this was summed before the first row   */
} Stretch;

typedef struct Curves {
    i64      nrow;
    Stretch *stretch; /* [nrow], curve by curve, by step                     */
} Curves;

/* Columns: curve (a whole number), step, lr. */
Curves curves_make(Arena *arena, double *const *column, i64 nrow);

/* L = A S^-alpha with S = sum + warm before, and its derivatives: by alpha, by
 * warm, and the three second ones. By A they are those of A = 1. */
typedef struct Fallen { double v, l, w, ll, lw, ww; } Fallen;
Fallen curve_fallen(const Stretch *s, double alpha, double warm);

/* Where the pair i <= j of n parameters stands among all pairs. */
int pair_at(int i, int j, int n);

#endif
