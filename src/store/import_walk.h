/* import_walk.h - JSON walked once, its numbers and texts put into a sheet
 * under the names that lead to them, joined by dots.
 *
 * Lists have no place in a table and are read past, but for `log_history`
 * where it is asked for. NaN and Infinity are read, since Python writes them.
 *
 * SOURCE: RFC 8259. */

#ifndef IMPORT_WALK_H
#define IMPORT_WALK_H

#include "store/import_part.h"
#include "store/import_sheet.h"

typedef struct Json {
    const char *path, *at, *end, *line_from;
    i64         line;
    Str         key;    /* names that lead here */
    Str         word;   /* the text last read   */
    Sheet      *sheet;  /* NULL: read past it   */
    Sheet      *log;    /* where log_history goes; NULL: it is like any other */
    i64         lists;  /* left out             */
    int         depth;
    Err        *err;
} Json;

Json walk_open(const ImportText *text, Sheet *sheet, Err *err);
void walk_close(Json *j);

char walk_here(const Json *j); /* zero at the end */
void walk_blanks(Json *j);
bool walk_value(Json *j) MUST_USE;

/* Where it stands, and what is wrong there; always false. */
bool walk_wrong(Json *j, const char *what);

#endif
