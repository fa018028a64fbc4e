/* pages.h - files larger than memory, mapped: pages that have been passed are
 * let go, so that what is held of them stays below PAGES_HELD. They may be
 * read again: then they come back from the file, or from the system's cache
 * of it. */

#ifndef PAGES_H
#define PAGES_H

#include "base/file.h"

/* Bytes of a mapping that are held at most, about. */
enum { PAGES_HELD = 8 << 20 };

/* Each half of that, the pages of `map` between `behind` and `at`; `behind`
 * moves. */
void pages_let_go(const u8 *map, i64 *behind, i64 at);

/* All of them, whoever else is reading. */
void pages_let_go_all(const FileMap *map);

#endif
