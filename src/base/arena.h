/* arena.h - memory for things that live and die together.
 *
 *     Arena arena = { 0 };                      grows by blocks as needed
 *     double *jac = NEW(&arena, double, rows * cols);
 *     ...
 *     arena_free(&arena);                       all of it, at once
 *
 * NEW gives zeroed memory on a 64-byte line and never NULL: when the machine
 * has no more, the program says how much was wanted and stops, so large things
 * (models, corpora) are sized and refused in words before they are asked for.
 * Whoever takes an Arena returns memory that lives as long as the arena;
 * whoever takes none returns none (unless it has a _free of its own). */

#ifndef ARENA_H
#define ARENA_H

#include "base/base.h"

typedef struct ArenaBlock ArenaBlock;
typedef struct Arena {
    ArenaBlock *last; /* newest block; blocks are chained to the older ones */
    i64         used; /* bytes handed out in all                            */
} Arena;

void *arena_take(Arena *arena, i64 count, i64 item_bytes);
char *arena_text(Arena *arena, const char *text);                /* a copy */
char *arena_print(Arena *arena, const char *format, ...) PRINTF(2, 3);
void  arena_free(Arena *arena);

#define NEW(arena, T, count) ((T *)arena_take((arena), (count), (i64)sizeof(T)))

#endif
