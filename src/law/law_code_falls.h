/* law_code_falls.h - private to this room: the falls of the rate along a curve,
 * and for each row the few of them, or what stands for many, that a sum over all
 * falls before it needs.
 *
 * A sum over every fall at every row costs the square of the rows. But what a
 * fall has won feels the rates summed since, and that the less sharply the
 * longer it is past: so falls are put together by twos, fours, eights ..., each
 * group as four points, and a row takes the largest groups that lie at least
 * twice their width behind it. */

#ifndef LAW_CODE_FALLS_H
#define LAW_CODE_FALLS_H

#include "law/law_code_curve.h"

/* A fall of the rate (or several that one point stands for). */
typedef struct Fall {
    double size;       /* eta_(k-1) - eta_k                                   */
    double ln_eta;
    double sum_before; /* of the rates before step k                          */
} Fall;

typedef struct Falls {
    Fall *fall;        /* [count], of single stretches and of groups          */
    i64   count;
    i64  *term;        /* which falls a row takes ...                         */
    i64  *begin;       /* ... [nrow + 1]: row i of the curves from begin[i]   */
    i64   most;        /* of one row                                          */
} Falls;

Falls falls_make(Arena *arena, const Curves *curves);

#endif
