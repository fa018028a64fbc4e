/* import_write.c - a table of runs for other programs to read: CSV that pandas,
 * R and DuckDB read with one line, and JSON Lines. */

#include "store/import_part.h"

#include "base/csv.h"
#include "base/jot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A column to write: numbers, or texts where it has them. */
typedef struct Column {
    const char   *name;
    const double *number;
    const char  **text;
} Column;

/* It stands there already, under this name or as a letter; but a log without
 * its steps would be read as runs. */
static bool is_met(const Column *column, int count, const Table *t,
                   const char *name)
{
    const double *number = table_column(t, name);
    for (int c = 0; c < count; c++)
        if (!strcmp(column[c].name, name)
            || (number && column[c].number == number && !table_text(t, name)
                && strcmp(name, "step") != 0))
            return true;
    return false;
}

static void column_put(Column *column, int *count, const Table *t,
                       const char *name)
{
    if (is_met(column, *count, t, name)
        || (!table_column(t, name) && !table_text(t, name)))
        return;
    column[(*count)++] = (Column){ name, table_column(t, name),
                                   table_text(t, name) };
}

/* A letter is a number or nothing; words stay with the column it is from. */
static void letter_put(Column *column, int *count, const Table *t,
                       const char *name)
{
    if (table_column(t, name))
        column[(*count)++] = (Column){ name, table_column(t, name), NULL };
}

/* N, D, C, S, loss; names of runs; numbers; texts. */
static Column *columns_order(int *count, Arena *arena, const Table *t)
{
    static const char *const letter[] = { "N", "D", "C", "S", "loss" };
    static const char *const first[] = { "run", "cluster", "step" };
    Column *column = NEW(arena, Column, t->ncol + t->ntext);
    *count = 0;
    for (int c = 0; c < COUNT_OF(letter); c++)
        letter_put(column, count, t, letter[c]);
    for (int c = 0; c < COUNT_OF(first); c++)
        column_put(column, count, t, first[c]);
    for (int c = 0; c < t->ntext; c++)
        if (import_is_run_name(t->text_name[c]))
            column_put(column, count, t, t->text_name[c]);
    for (int c = 0; c < t->ncol; c++)
        column_put(column, count, t, t->name[c]);
    for (int c = 0; c < t->ntext; c++)
        column_put(column, count, t, t->text_name[c]);
    return column;
}

/* As few digits as read back the same. */
static void number_put(Str *out, double value)
{
    char text[32];
    if (!isfinite(value))
        return;
    snprintf(text, sizeof text, "%.15g", value);
    if (strtod(text, NULL) != value)
        snprintf(text, sizeof text, "%.17g", value);
    str_put(out, text);
}

void import_write_csv(const Table *t, Str *out)
{
    Arena   arena = { 0 };
    int     count;
    Column *column = columns_order(&count, &arena, t);
    for (int c = 0; c < count; c++) {
        str_put(out, c ? "," : "");
        csv_put(out, column[c].name);
    }
    str_put(out, "\n");
    for (i64 row = 0; row < t->nrow; row++) {
        for (int c = 0; c < count; c++) {
            str_put(out, c ? "," : "");
            if (column[c].text)
                csv_put(out, column[c].text[row]);
            else
                number_put(out, column[c].number[row]);
        }
        str_put(out, "\n");
    }
    arena_free(&arena);
}

void import_write_jsonl(const Table *t, Str *out)
{
    Arena   arena = { 0 };
    int     count;
    Column *column = columns_order(&count, &arena, t);
    for (i64 row = 0; row < t->nrow; row++) {
        Jot j = jot_open(out);
        jot_object(&j, NULL);
        for (int c = 0; c < count; c++) {
            const double x = column[c].number ? column[c].number[row] : NAN;
            if (!isnan(x) || !column[c].text)
                jot_real(&j, column[c].name, x);
            else
                jot_text(&j, column[c].name, column[c].text[row][0]
                                                 ? column[c].text[row] : NULL);
        }
        jot_end(&j);
        str_put(out, "\n");
    }
    arena_free(&arena);
}
