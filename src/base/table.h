/* table.h - named columns of numbers, with a label a row: what laws are
 * evaluated on and fitted to. Filled from CSV (table_csv_read), from run
 * records (store/), or in memory.
 *
 * Cells that were empty or not a number in a CSV are NaN. A column in which some
 * cell is a text that is no number (a run's name, an architecture) is kept as
 * texts; a column of numbers is not repeated there. */

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
    int          ntext;
    const char **text_name; /* [ntext]                                    */
    const char ***text;     /* [ntext][nrow]; an empty cell is ""         */
} Table;

/* A table of nrow zeros. */
Table table_new(Arena *arena, int ncol, const char *const *names, i64 nrow);

/* The column of that name, or NULL. */
double *table_column(const Table *table, const char *name);

/* The texts of that column, or NULL. */
const char **table_text(const Table *table, const char *name);

/* Numbers the different values of a column, of numbers or of texts, in order of
 * first appearance: code[nrow] in 0..count-1 and their names. False if there is
 * no such column. Near linear in rows. */
bool table_codes(double **code, const char ***names, i64 *count, Arena *arena,
                 const Table *table, const char *name);

/* Rows for which keep[row] is true, copied. */
Table table_where(Arena *arena, const Table *table, const bool *keep);

/* RFC 4180: quotes, commas in quotes, CRLF, a UTF-8 byte-order mark. First
 * line names the columns. Columns without any number are dropped. A line with
 * too few or too many cells is an error that says file and line. */
bool table_csv_read(Table *out, Arena *arena, const char *path, Err *err)
    MUST_USE;
void table_csv_write(const Table *table, FILE *out);

#endif
