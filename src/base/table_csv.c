/* table_csv.c - tables from comma-separated values and back (declared in
 * table.h).
 *
 * Every cell is kept as a pointer until the last line is read: only then is it
 * known which columns hold words. */

#include "base/table.h"

#include "base/conf.h"
#include "base/csv.h"
#include "base/file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Sheet {
    Csv           csv;
    const char ***cell;  /* [ncol][room], malloc'ed */
    bool         *wordy; /* [ncol]: some cell is neither a number nor empty */
    i64           room;
    Str          *skipped;
} Sheet;

/* 2,5 where commas separate nothing. */
static bool comma_number(double *out, const char *cell)
{
    char        plain[64];
    const char *comma = strchr(cell, ',');
    if (!comma || strchr(comma + 1, ',') || strchr(cell, '.')
        || strlen(cell) >= sizeof plain)
        return false;
    strcpy(plain, cell);
    plain[comma - cell] = '.';
    return conf_number(out, plain);
}

/* Blanks in quotes around a number are forgiven; NaN for what is none.
 * Infinities are kept out too: no column of a run is one. */
static double number(const Csv *csv, const char *cell)
{
    double value;
    if (conf_number(&value, cell)
        || (csv->separator != ',' && comma_number(&value, cell)))
        return value;
    const size_t before = strspn(cell, " \t");
    size_t       size = strlen(cell + before);
    char         plain[64];
    while (size && strchr(" \t", cell[before + size - 1]))
        size--;
    if (size >= sizeof plain || !size || !cell[before]
        || (!before && !cell[size]))
        return NAN;
    memcpy(plain, cell + before, size);
    plain[size] = 0;
    return conf_number(&value, plain) ? value : NAN;
}

typedef struct Named { const char *name; int column; } Named;

static int by_name(const void *a, const void *b)
{
    return strcmp(((const Named *)a)->name, ((const Named *)b)->name);
}

/* The names of the first line, none but the empty one twice. */
static bool names_read(Csv *csv, Err *err)
{
    if (csv_end(csv))
        return err_set(err, ERR_FORMAT, "%s:1: empty; a first line with the "
                       "names of the columns is expected", csv->path);
    if (!csv_line(csv, err))
        return false;
    Named *named = NEW(csv->arena, Named, csv->count);
    for (int c = 0; c < csv->count; c++)
        named[c] = (Named){ csv->cell[c], c };
    qsort(named, (size_t)csv->count, sizeof *named, by_name);
    for (int c = 1; c < csv->count; c++)
        if (named[c].name[0] && !strcmp(named[c].name, named[c - 1].name))
            return err_set(err, ERR_FORMAT, "%s:1: two columns are called %.80s",
                           csv->path, named[c].name);
    return true;
}

/* Rows have a line each, and a byte a cell. */
static i64 rows_at_most(const char *text, int ncol)
{
    i64         lines = 1;
    const char *at = text;
    while ((at = strchr(at, '\n'))) {
        lines++;
        at++;
    }
    return i64_min(lines, (i64)strlen(text) / ncol + 1);
}

static bool is_blank_line(const Csv *csv)
{
    return csv->count == 1 && !csv->cell[0][0];
}

/* Digits of a line number at the end of `text`. */
static char *label_write(char *at, const char *path, size_t size, i64 line)
{
    char digits[20];
    int  count = 0;
    do
        digits[count++] = (char)('0' + line % 10);
    while (line /= 10);
    memcpy(at, path, size);
    at += size;
    *at++ = ':';
    while (count)
        *at++ = digits[--count];
    *at++ = 0;
    return at;
}

static void row_put(Sheet *s, Table *table)
{
    const i64 row = table->nrow++;
    for (int c = 0; c < table->ncol; c++) {
        const char *cell = s->csv.cell[c];
        const double value = *cell ? number(&s->csv, cell) : NAN;
        table->column[c][row] = value;
        s->cell[c][row] = cell;
        s->wordy[c] |= isnan(value) && *cell;
    }
}

static bool count_right(const Csv *csv, const Table *table, i64 line, Err *err)
{
    return csv->count == table->ncol
           || err_set(err, ERR_FORMAT, "%s:%lld: %d cell%s where the first "
                      "line names %d column%s", csv->path, (long long)line,
                      csv->count, csv->count == 1 ? "" : "s", table->ncol,
                      table->ncol == 1 ? "" : "s");
}

static bool rows_read(Sheet *s, Table *table, i64 *lines, Err *err)
{
    Csv *csv = &s->csv;
    while (!csv_end(csv)) {
        Err        bad = { 0 };
        const i64  line = csv->line;
        const bool read = csv_line(csv, &bad);
        if (read && is_blank_line(csv) && table->ncol != 1)
            continue;
        if (read && count_right(csv, table, line, &bad)) {
            lines[table->nrow] = line;
            row_put(s, table);
            continue;
        }
        if (!s->skipped) {
            *err = bad;
            return false;
        }
        str_add(s->skipped, "%s\n", bad.text);
        if (!read)
            csv_skip(csv);
    }
    return true;
}

static void labels_make(Table *table, Arena *arena, const char *path,
                        const i64 *lines)
{
    const size_t size = strlen(path);
    char        *at = NEW(arena, char, table->nrow * ((i64)size + 22));
    for (i64 row = 0; row < table->nrow; row++) {
        table->label[row] = at;
        at = label_write(at, path, size, lines[row]);
    }
}

/* Columns with words keep their texts, columns with numbers the numbers. */
static void columns_sort(Sheet *s, Table *table, Arena *arena)
{
    const i64 nrow = table->nrow;
    int       kept = 0;
    table->text_name = NEW(arena, const char *, table->ncol);
    table->text = NEW(arena, const char **, table->ncol);
    for (int c = 0; c < table->ncol; c++) {
        bool any = false;
        for (i64 row = 0; row < nrow && !any; row++)
            any = !isnan(table->column[c][row]);
        if (s->wordy[c]) {
            const char **text = NEW(arena, const char *, nrow);
            memcpy(text, s->cell[c], (size_t)nrow * sizeof *text);
            table->text_name[table->ntext] = table->name[c];
            table->text[table->ntext++] = text;
        }
        if (any) {
            table->name[kept] = table->name[c];
            table->column[kept++] = table->column[c];
        }
    }
    table->ncol = kept;
}

static bool cells_take(Sheet *s, int ncol, Err *err)
{
    const size_t bytes = (size_t)s->room * sizeof **s->cell;
    s->cell = calloc((size_t)ncol, sizeof *s->cell);
    bool ok = s->cell != NULL;
    for (int c = 0; ok && c < ncol; c++)
        ok = (s->cell[c] = malloc(bytes)) != NULL;
    return ok || err_set(err, ERR_IO, "%s: no memory for its cells; give it "
                         "in parts", s->csv.path);
}

static void cells_free(Sheet *s, int ncol)
{
    for (int c = 0; s->cell && c < ncol; c++)
        free(s->cell[c]);
    free(s->cell);
}

static bool sheet_read(Sheet *s, Table *out, Arena *arena, Err *err)
{
    const int ncol = s->csv.count;
    s->room = rows_at_most(s->csv.at, ncol);
    s->wordy = NEW(arena, bool, ncol);
    *out = table_new(arena, ncol, s->csv.cell, s->room);
    out->nrow = 0;

    i64 *lines = malloc((size_t)s->room * sizeof *lines);
    bool ok = cells_take(s, ncol, err) && lines
              && rows_read(s, out, lines, err);
    if (ok) {
        labels_make(out, arena, s->csv.path, lines);
        columns_sort(s, out, arena);
    }
    cells_free(s, ncol);
    free(lines);
    return ok;
}

bool table_csv_parse(Table *out, Arena *arena, char *text, i64 count,
                     const char *path, Str *skipped, Err *err)
{
    *out = (Table){ 0 };
    if ((i64)strlen(text) != count)
        return err_set(err, ERR_FORMAT, "%s: not a text file: byte %lld is zero",
                       path, (long long)strlen(text));
    Sheet s = { .csv = csv_open(arena, text, path), .skipped = skipped };
    return names_read(&s.csv, err) && sheet_read(&s, out, arena, err);
}

bool table_csv_read(Table *out, Arena *arena, const char *path, Err *err)
{
    char *text;
    i64   count;
    return file_read(&text, &count, arena, path, err)
           && table_csv_parse(out, arena, text, count, path, NULL, err);
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

static void number_write(FILE *out, double value)
{
    if (!isnan(value))
        fprintf(out, "%.17g", value);
}

/* A column of numbers and words stands among the texts too, in full. */
static bool has_text(const Table *table, int column)
{
    for (int c = 0; c < table->ntext; c++)
        if (!strcmp(table->text_name[c], table->name[column]))
            return true;
    return false;
}

void table_csv_write(const Table *table, FILE *out)
{
    for (i64 row = -1; row < table->nrow; row++) {
        cell_write(out, row < 0 ? "label" : table->label[row]);
        for (int c = 0; c < table->ncol; c++) {
            if (has_text(table, c))
                continue;
            fputc(',', out);
            if (row < 0)
                cell_write(out, table->name[c]);
            else
                number_write(out, table->column[c][row]);
        }
        for (int c = 0; c < table->ntext; c++) {
            fputc(',', out);
            cell_write(out, row < 0 ? table->text_name[c] : table->text[c][row]);
        }
        fputc('\n', out);
    }
}
