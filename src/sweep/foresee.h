/* foresee.h - what a device will be given, said before anything is trained. */

#ifndef FORESEE_H
#define FORESEE_H

#include "sweep/sweep.h"

typedef struct Foreseen {    /* runs that are alike */
    TrainConfig config;      /* of one of them                               */
    i64         runs;
    i64         seats;       /* side by side; 0: one is more than it holds   */
    i64         bytes;       /* of the device's memory that these take       */
} Foreseen;

/* On the place's first device, were it empty; by a guess of its speed, which
 * what is measured later may change. *rest: runs that no device trains. */
i64 foresee(Foreseen **out, i64 *rest, Arena *arena,
            const LadderRun *const *runs, i64 count, const SweepPlace *place);

#endif
