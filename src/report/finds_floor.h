/* finds_floor.h - the E of a fitted law held against the entropy of the source
 * that the text was drawn from (data/source.h): the one place where it can be
 * seen whether the floor of a law is what it is taken for.
 *
 * A source behind noise (NAME-noiseP of NAME) also tells whether E moves as far
 * as the truth does. */

#ifndef FINDS_FLOOR_H
#define FINDS_FLOOR_H

#include "report/finds_domains.h"

typedef struct Floor {
    const Domain *domain;
    Interval      e;           /* as fitted; NaN: there is no fit             */
    double        truth, se;   /* nats a token at this context                */
    double        off;         /* e / truth - 1                               */
    bool          inside;      /* truth in the interval, both as unsure as
                                  they are                                    */
    bool          close;       /* within 2 %                                  */
    double        reached;     /* least loss of a run, over the truth, less 1 */
    const Domain *clean;       /* the source without the noise; NULL: none    */
    Interval      shift;       /* of E from there                             */
    double        shift_truth, shift_se;
} Floor;

typedef struct Floors { i64 count; Floor *item; i64 inside, close; } Floors;

/* The interval of a shift is that of differences of the draws of two fits,
 * which are independent. */
void floors_find(Floors *out, Arena *arena, const Domains *domains,
                 double level);

#endif
