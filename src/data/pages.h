/* pages.h - a text larger than memory, mapped: pages that have been passed are
 * let go, so that what is held stays below a hundred megabytes. */

#ifndef PAGES_H
#define PAGES_H

#include "base/base.h"

/* Every 64 MiB, the pages of `map` between `behind` and `at`; `behind` moves.
 * They may be read again: then they come back from the file. */
void pages_let_go(const u8 *map, i64 *behind, i64 at);

#endif
