/* csv.h - comma-separated values, a line at a time. base/table.h makes columns
 * of them.
 *
 * The text is cut in place: a cell is a pointer into it, ended by a zero where
 * its separator or quote stood. A quote inside quotes is written twice; line
 * breaks inside quotes belong to the cell. Blanks around a cell without quotes
 * do not.
 *
 * SOURCE: RFC 4180, with a byte-order mark, bare line feeds, blanks and other
 *         separators tolerated. */

#ifndef CSV_H
#define CSV_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

typedef struct Csv {
    const char  *path;      /* for messages                      */
    char        *at;        /* what is read next; ends at a zero */
    i64          line;      /* of `at`, from 1                   */
    char         separator; /* , ; or tab                        */
    const char **cell;      /* [count] of the line just read     */
    int          count, room;
    Arena       *arena;
} Csv;

/* Stands before the first line. The separator is the one that the first line
 * has most of, outside quotes. */
Csv csv_open(Arena *arena, char *text, const char *path);

/* Reads a line; false with file and line where it is none. The text from the
 * bad cell on is then as it was, so that csv_skip can go on after it. */
bool csv_line(Csv *csv, Err *err) MUST_USE;

/* After a csv_line that failed: goes to the line after the bad cell's first. */
void csv_skip(Csv *csv);

bool csv_end(const Csv *csv);

/* The other way: a text as a cell, in quotes where it needs them. */
void csv_put(Str *out, const char *text);

#endif
