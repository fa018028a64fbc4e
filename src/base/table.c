/* table.c - columns of numbers and of texts in memory. Reading them from CSV is
 * table_csv.c. */

#include "base/table.h"

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

const char **table_text(const Table *table, const char *name)
{
    for (int c = 0; c < table->ntext; c++)
        if (!strcmp(table->text_name[c], name))
            return table->text[c];
    return NULL;
}

void table_add(Table *table, Arena *arena, const char *name, double *values)
{
    double **old = table->column;
    const char **names = table->name;
    const int ncol = table->ncol++;
    table->name = NEW(arena, const char *, ncol + 1);
    table->column = NEW(arena, double *, ncol + 1);
    table->name[0] = arena_text(arena, name);
    table->column[0] = values;
    for (int c = 0; c < ncol; c++) {
        table->name[c + 1] = names[c];
        table->column[c + 1] = old[c];
    }
}

void table_add_text(Table *table, Arena *arena, const char *name,
                    const char **texts)
{
    const char ***old = table->text;
    const char **names = table->text_name;
    const int ntext = table->ntext++;
    table->text_name = NEW(arena, const char *, ntext + 1);
    table->text = NEW(arena, const char **, ntext + 1);
    table->text_name[0] = arena_text(arena, name);
    table->text[0] = texts;
    for (int c = 0; c < ntext; c++) {
        table->text_name[c + 1] = names[c];
        table->text[c + 1] = old[c];
    }
}

static i64 text_bytes(const char **text, const bool *keep, i64 nrow)
{
    i64 bytes = 0;
    for (i64 row = 0; row < nrow; row++)
        bytes += keep[row] ? (i64)strlen(text[row]) + 1 : 0;
    return bytes;
}

/* The texts of the kept rows, in one piece of memory. */
static void texts_copy(const char **out, Arena *arena, const char **text,
                       const bool *keep, i64 nrow)
{
    char *at = NEW(arena, char, text_bytes(text, keep, nrow));
    for (i64 row = 0; row < nrow; row++) {
        if (!keep[row])
            continue;
        const size_t size = strlen(text[row]) + 1;
        *out++ = memcpy(at, text[row], size);
        at += size;
    }
}

/* The first column with the same numbers, not only equal ones. */
static int first_of(const Table *table, int column)
{
    int c = 0;
    while (table->column[c] != table->column[column])
        c++;
    return c;
}

Table table_where(Arena *arena, const Table *table, const bool *keep)
{
    i64 kept = 0;
    for (i64 row = 0; row < table->nrow; row++)
        kept += keep[row];

    Table out = table_new(arena, table->ncol, table->name, kept);
    for (int c = 0; c < table->ncol; c++) {
        const int same = first_of(table, c);
        if (same < c) { /* two names of one column stay that */
            out.column[c] = out.column[same];
            continue;
        }
        for (i64 row = 0, to = 0; row < table->nrow; row++)
            if (keep[row])
                out.column[c][to++] = table->column[c][row];
    }
    texts_copy(out.label, arena, table->label, keep, table->nrow);

    for (int c = table->ntext - 1; c >= 0; c--) {
        const char **text = NEW(arena, const char *, kept);
        texts_copy(text, arena, table->text[c], keep, table->nrow);
        table_add_text(&out, arena, table->text_name[c], text);
    }
    return out;
}
