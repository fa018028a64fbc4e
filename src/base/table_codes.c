/* table_codes.c - the different values of a column, numbered (declared in
 * table.h): a hash table of the rows where each value was first seen, which is
 * twice as large as the number of rows, so that it is never crowded. */

#include "base/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Codes {
    const double *number; /* one of these two holds the column */
    const char  **text;
    i64          *slot;   /* code + 1, 0 where free; [mask + 1] */
    i64          *first;  /* row where a code was first seen    */
    u64           mask;
    i64           count;
} Codes;

/* The bits that stand for a number: one for both zeros, one for all NaN. */
static u64 bits(double x)
{
    u64 as;
    if (isnan(x))
        return UINT64_MAX;
    x += 0.0;
    memcpy(&as, &x, sizeof as);
    return as;
}

static u64 mixed(u64 h)
{
    h = (h ^ (h >> 32)) * 0x9e3779b97f4a7c15u;
    return h ^ (h >> 29);
}

static u64 hash(const Codes *codes, i64 row)
{
    if (codes->number)
        return mixed(bits(codes->number[row]));
    u64 h = 0xcbf29ce484222325u; /* FNV-1a */
    for (const char *c = codes->text[row]; *c; c++)
        h = (h ^ (u8)*c) * 0x100000001b3u;
    return mixed(h);
}

static bool same(const Codes *codes, i64 a, i64 b)
{
    return codes->number ? bits(codes->number[a]) == bits(codes->number[b])
                         : !strcmp(codes->text[a], codes->text[b]);
}

static i64 code_of(Codes *codes, i64 row)
{
    u64 at = hash(codes, row) & codes->mask;
    for (; codes->slot[at]; at = (at + 1) & codes->mask)
        if (same(codes, codes->first[codes->slot[at] - 1], row))
            return codes->slot[at] - 1;
    codes->first[codes->count] = row;
    codes->slot[at] = ++codes->count;
    return codes->count - 1;
}

/* The shortest text that reads back as the number. */
static const char *number_name(Arena *arena, double x)
{
    char text[32];
    if (isnan(x))
        return "";
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, x + 0.0);
        if (strtod(text, NULL) == x)
            break;
    }
    return arena_text(arena, text);
}

bool table_codes(double **code, const char ***names, i64 *count, Arena *arena,
                 const Table *table, const char *name)
{
    Codes codes = { .text = table_text(table, name) };
    if (!codes.text)
        codes.number = table_column(table, name);
    if (!codes.text && !codes.number)
        return false;

    u64 size = 16;
    while (size < 2 * (u64)table->nrow)
        size *= 2;
    codes.mask = size - 1;
    codes.slot = NEW(arena, i64, (i64)size);
    codes.first = NEW(arena, i64, table->nrow);
    *code = NEW(arena, double, table->nrow);
    for (i64 row = 0; row < table->nrow; row++)
        (*code)[row] = (double)code_of(&codes, row);

    *count = codes.count;
    *names = NEW(arena, const char *, codes.count);
    for (i64 k = 0; k < codes.count; k++)
        (*names)[k] = codes.number
                          ? number_name(arena, codes.number[codes.first[k]])
                          : codes.text[codes.first[k]];
    return true;
}
