/* import_sheet.h - a table that grows: rows whose columns are met on the way, as
 * in JSON Lines and in logs.
 *
 * A cell is a number or a text; a text that is a number counts as both. What
 * was not set is absent. Texts live in the arena at once, numbers when the
 * sheet is closed. */

#ifndef IMPORT_SHEET_H
#define IMPORT_SHEET_H

#include "base/table.h"

typedef struct Sheet Sheet;

Sheet *sheet_open(Arena *arena);

/* A new row, from this line of the file (0: it has none); and the last one
 * taken back. */
void sheet_row(Sheet *sheet, i64 line);
void sheet_drop_row(Sheet *sheet);
i64  sheet_rows(const Sheet *sheet);

/* A cell of the last row; a second one of that name replaces it. */
void sheet_real(Sheet *sheet, const char *name, i64 size, double value);
void sheet_text(Sheet *sheet, const char *name, i64 size, const char *text,
                i64 text_size);

/* The sheet as a table, its labels "path:line"; the sheet ends. False, in
 * words, where that would be too large. */
bool sheet_close(Table *out, Sheet *sheet, const char *path, Err *err) MUST_USE;
void sheet_free(Sheet *sheet); /* without a table */

#endif
