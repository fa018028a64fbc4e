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
#include "base/str.h"

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

/* One more column before the others, so that it hides an older one of that
 * name. Values and texts are [nrow] and not copied. */
void table_add(Table *table, Arena *arena, const char *name, double *values);
void table_add_text(Table *table, Arena *arena, const char *name,
                    const char **texts);

/* Rows for which keep[row] is true, copied. */
Table table_where(Arena *arena, const Table *table, const bool *keep);

/* RFC 4180: quotes, commas in quotes, CRLF, a UTF-8 byte-order mark; ; or tab
 * where the first line has more of them (and then 2,5 is a number). The first
 * line names the columns. A column without any cell is dropped. A line with too
 * few or too many cells is an error that says file and line. */
bool table_csv_read(Table *out, Arena *arena, const char *path, Err *err)
    MUST_USE;

/* The same from text in memory, which is cut in place and must end with a zero;
 * `path` is for messages and labels. Where `skipped` is given, a line that is
 * no row is left out and named there, "file:line: why", a line each. */
bool table_csv_parse(Table *out, Arena *arena, char *text, i64 count,
                     const char *path, Str *skipped, Err *err) MUST_USE;

/* The labels first, then the columns: texts where a column has them. */
void table_csv_write(const Table *table, FILE *out);

#endif
