/* table.h - named columns of numbers, with a label a row: what laws are
 * evaluated on and fitted to. Filled from CSV (table_csv_read), from run
 * records (store/), or in memory.
 *
 * Cells that were empty or not a number in a CSV are NaN. */

#ifndef TABLE_H
#define TABLE_H

#include "base/arena.h"
#include "base/err.h"

#include <stdio.h>

typedef struct Table {
    i64          nrow;
    int          ncol;
    const char **name;   /* [ncol]                                        */
    double     **column; /* [ncol][nrow]                                  */
    const char **label;  /* [nrow]: run id, or file:line of a CSV         */
} Table;

/* A table of nrow zeros. */
Table table_new(Arena *arena, int ncol, const char *const *names, i64 nrow);

/* The column of that name, or NULL. */
double *table_column(const Table *table, const char *name);

/* Rows for which keep[row] is true, copied. */
Table table_where(Arena *arena, const Table *table, const bool *keep);

/* RFC 4180: quotes, commas in quotes, CRLF, a UTF-8 byte-order mark. First
 * line names the columns. Columns without any number are dropped. A line with
 * too few or too many cells is an error that says file and line. */
bool table_csv_read(Table *out, Arena *arena, const char *path, Err *err)
    MUST_USE;
void table_csv_write(const Table *table, FILE *out);

#endif
