/* pages.c - see pages.h. Only for mappings of files that are not written to:
 * there MADV_DONTNEED forgets nothing. */

#include "data/pages.h"

#include <sys/mman.h>
#include <unistd.h>

static void let_go(const u8 *from, i64 count)
{
    union { const u8 *read; void *plain; } first = { from };
    madvise(first.plain, (size_t)count, MADV_DONTNEED);
}

void pages_let_go(const u8 *map, i64 *behind, i64 at)
{
    const i64 page = sysconf(_SC_PAGESIZE);
    if (at - *behind < PAGES_HELD / 2)
        return;
    const i64 from = *behind / page * page, to = at / page * page;
    let_go(map + from, to - from);
    *behind = to;
}

void pages_let_go_all(const FileMap *map)
{
    if (map->bytes)
        let_go(map->bytes, map->count);
}
