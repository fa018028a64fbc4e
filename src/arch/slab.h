/* slab.h - private to arch/: laying things out one behind the other. */

#ifndef SLAB_H
#define SLAB_H

#include "base/base.h"

/* Where `count` reals begin; *at moves past them, so that lines of 64 bytes
 * stay together. */
static inline i64 slab_take(i64 *at, i64 count)
{
    const i64 here = *at;
    *at += (count + 15) / 16 * 16;
    return here;
}

#endif
