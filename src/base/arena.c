/* arena.c - a chain of blocks, each at least as large as what is asked for, so
 * that nothing that was handed out ever moves.
 *
 * Large blocks are asked for in huge pages, where the system has them: the
 * trainer walks over tens of megabytes each step, and a core remembers the
 * places of few small pages (docs/performance.md has what it gains). */

#include "base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { LINE = 64, BLOCK_BYTES = 64 << 10, HUGE_PAGE = 2 << 20 };

struct ArenaBlock {
    ArenaBlock *older;
    i64         size, used; /* bytes after this header */
    u8          pad[LINE - sizeof(ArenaBlock *) - 2 * sizeof(i64)];
};
_Static_assert(sizeof(ArenaBlock) == LINE, "what follows starts on a line");

static void stop(i64 bytes)
{
    fprintf(stderr, "scalelaw: no memory for %lld bytes more; "
                    "ask for less, or close other programs\n",
            (long long)bytes);
    abort();
}

/* Whole huge pages, unless what is asked for would leave much of them empty.
 * A system that has none is not asked twice: it goes on as it did. */
static void *pages_take(i64 bytes)
{
    if (bytes < 2 * HUGE_PAGE)
        return aligned_alloc(LINE, (size_t)bytes);
    const size_t whole = (size_t)((bytes + HUGE_PAGE - 1) / HUGE_PAGE
                                  * HUGE_PAGE);
    void *at = aligned_alloc(HUGE_PAGE, whole);
#ifdef MADV_HUGEPAGE
    if (at)
        (void)madvise(at, whole, MADV_HUGEPAGE);
#endif
    return at;
}

static ArenaBlock *block_new(ArenaBlock *older, i64 bytes)
{
    const i64   size = i64_max(bytes, BLOCK_BYTES - LINE);
    ArenaBlock *block = pages_take(LINE + size);
    if (!block)
        stop(bytes);
    *block = (ArenaBlock){ .older = older, .size = size };
    return block;
}

void *arena_take(Arena *arena, i64 count, i64 item_bytes)
{
    assert(count >= 0 && item_bytes >= 0);
    if (item_bytes && count > (INT64_MAX - 2 * LINE) / item_bytes)
        stop(INT64_MAX);

    /* An empty array still gets an address of its own. */
    const i64 bytes = i64_max(count * item_bytes, 1);
    const i64 whole = (bytes + LINE - 1) / LINE * LINE;
    if (!arena->last || arena->last->size - arena->last->used < whole)
        arena->last = block_new(arena->last, whole);

    u8 *at = (u8 *)(arena->last + 1) + arena->last->used;
    arena->last->used += whole;
    arena->used += whole;
    return memset(at, 0, (size_t)whole);
}

char *arena_text(Arena *arena, const char *text)
{
    const size_t size = strlen(text) + 1;
    return memcpy(arena_take(arena, (i64)size, 1), text, size);
}

char *arena_print(Arena *arena, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    const int size = vsnprintf(NULL, 0, format, args);
    assert(size >= 0);
    char *text = arena_take(arena, size + 1, 1);
    vsnprintf(text, (size_t)size + 1, format, again);
    va_end(again);
    va_end(args);
    return text;
}

void arena_free(Arena *arena)
{
    for (ArenaBlock *block = arena->last; block;) {
        ArenaBlock *older = block->older;
        free(block);
        block = older;
    }
    *arena = (Arena){ 0 };
}
