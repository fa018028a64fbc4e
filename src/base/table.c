/* table.c - columns of numbers in memory. Reading them from CSV is
 * table_csv.c. */

#include "base/table.h"

#include <assert.h>
#include <string.h>

Table table_new(Arena *arena, int ncol, const char *const *names, i64 nrow)
{
    Table table = { .nrow = nrow, .ncol = ncol };
    table.name = NEW(arena, const char *, ncol);
    table.column = NEW(arena, double *, ncol);
    table.label = NEW(arena, const char *, nrow);
    for (int c = 0; c < ncol; c++) {
        table.name[c] = arena_text(arena, names[c]);
        table.column[c] = NEW(arena, double, nrow);
    }
    for (i64 row = 0; row < nrow; row++)
        table.label[row] = "";
    return table;
}

double *table_column(const Table *table, const char *name)
{
    for (int c = 0; c < table->ncol; c++)
        if (!strcmp(table->name[c], name))
            return table->column[c];
    return NULL;
}

Table table_where(Arena *arena, const Table *table, const bool *keep)
{
    i64 kept = 0;
    for (i64 row = 0; row < table->nrow; row++)
        kept += keep[row];

    Table out = table_new(arena, table->ncol, table->name, kept);
    for (i64 row = 0, to = 0; row < table->nrow; row++) {
        if (!keep[row])
            continue;
        for (int c = 0; c < table->ncol; c++)
            out.column[c][to] = table->column[c][row];
        out.label[to++] = arena_text(arena, table->label[row]);
    }
    return out;
}
