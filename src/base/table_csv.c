/* table_csv.c - comma-separated values in and out (declared in table.h).
 *
 * The text is cut in place: a cell is a pointer into it, ended by a zero where
 * its comma or quote stood. A quote inside quotes is written twice.
 *
 * SOURCE: RFC 4180, with a byte-order mark and bare line feeds tolerated. */

#include "base/table.h"

#include "base/conf.h"
#include "base/file.h"

#include <math.h>
#include <string.h>
#include <strings.h>

typedef struct Cells {
    const char *path;
    char       *at;
    int         line;      /* of `at`                       */
    const char **cell;     /* [room] of the line just read  */
    int         count, room;
    Arena      *arena;
    Err        *err;
} Cells;

static bool wrong(Cells *r, const char *what)
{
    return err_set(r->err, ERR_FORMAT, "%s:%d: %s", r->path, r->line, what);
}

/* A cell between quotes, standing on the first; ends after the second. */
static bool quoted(Cells *r, char **cell)
{
    const int from = r->line;
    char     *to = *cell = ++r->at;
    for (; *r->at; r->at++) {
        if (*r->at == '"' && r->at[1] != '"')
            break;
        r->at += *r->at == '"';
        r->line += *r->at == '\n';
        *to++ = *r->at;
    }
    if (*r->at != '"') {
        r->line = from;
        return wrong(r, "a quote that begins here is not closed");
    }
    r->at++;
    *to = 0;
    return true;
}

/* One cell, with what ends it: *last says whether that was the line. */
static bool cell_read(Cells *r, char **cell, bool *last)
{
    if (*r->at == '"') {
        if (!quoted(r, cell))
            return false;
    } else {
        *cell = r->at;
        while (*r->at && !strchr(",\n\"", *r->at)
               && !(*r->at == '\r' && r->at[1] == '\n'))
            r->at++;
    }
    char *end = r->at;
    if (*r->at == '\r' && r->at[1] == '\n')
        r->at++;
    if (*r->at && *r->at != ',' && *r->at != '\n')
        return wrong(r, "a quote stands inside a cell; double it, and put the "
                        "whole cell in quotes");
    *last = *r->at != ',';
    r->line += *r->at == '\n';
    r->at += *r->at != 0;
    *end = 0;
    return true;
}

static bool line_read(Cells *r)
{
    r->count = 0;
    for (bool last = false; !last;) {
        char *cell;
        if (!cell_read(r, &cell, &last))
            return false;
        if (r->count == r->room) {
            const char **wider = NEW(r->arena, const char *, 2 * r->room);
            memcpy(wider, r->cell, (size_t)r->room * sizeof *wider);
            r->cell = wider;
            r->room *= 2;
        }
        r->cell[r->count++] = cell;
    }
    return true;
}

static bool is_blank_line(const Cells *r)
{
    return r->count == 1 && !r->cell[0][0];
}

/* Blanks around a number are forgiven; NaN for what is none. Infinities are
 * kept out too: no column of a run is one. */
static double number(const char *cell)
{
    char   plain[64];
    double value;
    cell += strspn(cell, " \t");
    size_t size = strlen(cell);
    while (size && strchr(" \t", cell[size - 1]))
        size--;
    if (size >= sizeof plain)
        return NAN;
    memcpy(plain, cell, size);
    plain[size] = 0;
    return conf_number(&value, plain) ? value : NAN;
}

/* The names of the first line, none empty and none twice. */
static bool names_read(Cells *r, const char ***names, int *ncol)
{
    if (!*r->at)
        return wrong(r, "empty; a first line with the names of the columns is "
                        "expected");
    const int line = r->line;
    if (!line_read(r))
        return false;
    *ncol = r->count;
    *names = NEW(r->arena, const char *, r->count);
    memcpy(*names, r->cell, (size_t)r->count * sizeof **names);
    for (int a = 0; a < r->count; a++)
        for (int b = 0; b < a; b++)
            if (r->cell[a][0] && !strcmp(r->cell[a], r->cell[b]))
                return err_set(r->err, ERR_FORMAT, "%s:%d: two columns are "
                               "called %s", r->path, line, r->cell[a]);
    return true;
}

static i64 lines_at_most(const char *text)
{
    i64 n = 1;
    for (; *text; text++)
        n += *text == '\n';
    return n;
}

static bool rows_read(Cells *r, Table *table)
{
    while (*r->at) {
        const int line = r->line;
        if (!line_read(r))
            return false;
        if (is_blank_line(r) && table->ncol != 1)
            continue;
        if (r->count != table->ncol)
            return err_set(r->err, ERR_FORMAT, "%s:%d: %d cells where the first"
                           " line names %d columns", r->path, line, r->count,
                           table->ncol);
        for (int c = 0; c < table->ncol; c++)
            table->column[c][table->nrow] = number(r->cell[c]);
        table->label[table->nrow++] = arena_print(r->arena, "%s:%d", r->path,
                                                  line);
    }
    return true;
}

/* Columns that hold words, or nothing, are of no use to a law. */
static void drop_wordy(Table *table)
{
    int kept = 0;
    for (int c = 0; c < table->ncol; c++) {
        bool any = false;
        for (i64 row = 0; row < table->nrow && !any; row++)
            any = !isnan(table->column[c][row]);
        if (!any)
            continue;
        table->name[kept] = table->name[c];
        table->column[kept++] = table->column[c];
    }
    table->ncol = kept;
}

bool table_csv_read(Table *out, Arena *arena, const char *path, Err *err)
{
    enum { ROOM = 32 };
    char *text;
    i64   count;
    if (!file_read(&text, &count, arena, path, err))
        return false;
    if ((i64)strlen(text) != count)
        return err_set(err, ERR_FORMAT, "%s: not a text file: byte %lld is zero",
                       path, (long long)strlen(text));

    Cells r = { .path = path, .at = text, .line = 1, .room = ROOM,
                .cell = NEW(arena, const char *, ROOM), .arena = arena,
                .err = err };
    if (!strncmp(text, "\xef\xbb\xbf", 3))
        r.at += 3;
    const char **names = NULL;
    int          ncol = 0;
    if (!names_read(&r, &names, &ncol))
        return false;
    *out = table_new(arena, ncol, names, lines_at_most(r.at));
    out->nrow = 0;
    if (!rows_read(&r, out))
        return false;
    drop_wordy(out);
    return true;
}

static void cell_write(FILE *out, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

void table_csv_write(const Table *table, FILE *out)
{
    fputs("label", out);
    for (int c = 0; c < table->ncol; c++) {
        fputc(',', out);
        cell_write(out, table->name[c]);
    }
    fputc('\n', out);
    for (i64 row = 0; row < table->nrow; row++) {
        cell_write(out, table->label[row]);
        for (int c = 0; c < table->ncol; c++) {
            const double value = table->column[c][row];
            fputc(',', out);
            if (!isnan(value))
                fprintf(out, "%.17g", value);
        }
        fputc('\n', out);
    }
}
