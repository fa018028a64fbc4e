/* device_show.h - what is said of devices before they train, and after. */

#ifndef DEVICE_SHOW_H
#define DEVICE_SHOW_H

#include "sweep/foresee.h"

/* Which they are, and the gangs that runs will make up on the first of them.
 * Not how long it takes: that is measured as they train. */
void device_show(Arena *arena, const LadderRun *const *runs, i64 count,
                 const SweepPlace *place);

#endif
