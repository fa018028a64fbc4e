/* copies.c - rows that repeat another to the last digit (declared in
 * suspect.h). Two runs, even of one seed, hardly ever agree in every number; a
 * table that was joined twice does, and then every interval is too narrow.
 *
 * Rows are found by a hash of their numbers, in open addressing over a table
 * twice as large, so that a million take a few hundredths of a second. */

#include "fit/suspect.h"

#include <string.h>

static u64 bits_of(double x)
{
    u64 out;
    memcpy(&out, &x, sizeof out);
    return out;
}

/* FNV-1a by words, with the high bits brought down at the end. */
static u64 row_hash(const Table *t, i64 row)
{
    u64 h = 0xcbf29ce484222325;
    for (int c = 0; c < t->ncol; c++)
        h = (h ^ bits_of(t->column[c][row])) * 0x100000001b3;
    h ^= h >> 32;
    h *= 0x9e3779b97f4a7c15;
    return h ^ h >> 29;
}

static bool rows_equal(const Table *t, i64 a, i64 b)
{
    for (int c = 0; c < t->ncol; c++)
        if (bits_of(t->column[c][a]) != bits_of(t->column[c][b]))
            return false;
    for (int c = 0; c < t->ntext; c++)
        if (strcmp(t->text[c][a], t->text[c][b]) != 0)
            return false;
    return true;
}

i64 *copies_of(Arena *arena, const Table *t)
{
    i64 size = 2;
    while (size < 2 * t->nrow)
        size *= 2;
    i64 *first = NEW(arena, i64, t->nrow), *slot = NEW(arena, i64, size);
    for (i64 row = 0; row < t->nrow; row++) {
        i64 at = (i64)(row_hash(t, row) & (u64)(size - 1));
        while (slot[at] && !rows_equal(t, slot[at] - 1, row))
            at = (at + 1) & (size - 1);
        first[row] = slot[at] ? slot[at] - 1 : -1;
        if (!slot[at])
            slot[at] = row + 1; /* 0 is an empty slot */
    }
    return first;
}
