/* pages.c - see pages.h. Only for mappings of files that are not written to:
 * there MADV_DONTNEED forgets nothing. */

#include "data/pages.h"

#include <sys/mman.h>
#include <unistd.h>

void pages_let_go(const u8 *map, i64 *behind, i64 at)
{
    const i64 step = (i64)64 << 20, page = sysconf(_SC_PAGESIZE);
    if (at - *behind < step)
        return;
    const i64 from = *behind / page * page, to = at / page * page;
    union { const u8 *read; void *plain; } first = { map + from };
    madvise(first.plain, (size_t)(to - from), MADV_DONTNEED);
    *behind = to;
}
