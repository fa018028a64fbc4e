/* api_table.c - tables of runs, from files and from memory. */

#include "api/api.h"

#include "store/import.h"
#include "store/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

sl_table *sl_table_new(int64_t rows, sl_error *error)
{
    Door      door  = door_in(error);
    sl_table *table = home_new(sizeof *table);
    if (rows < 0)
        err_set(&door.err, ERR_USAGE, "a table of %lld rows; 0 or more are "
                "expected", (long long)rows);
    else if (door_room(&door, (double)rows, sizeof(char *), "a table"))
        table->table = table_new(&table->home.arena, 0, NULL, rows);
    return door_give(&door, table);
}

/* Notes lie in the arena once they are whole, so that a table has one owner. */
static void notes_keep(sl_table *table)
{
    char *text = arena_text(&table->home.arena,
                            table->notes.text ? table->notes.text : "");
    str_free(&table->notes);
    table->notes = (Str){ .text = text };
}

sl_table *sl_table_read(const char *path, const char *format, const char *map,
                        const char *need, unsigned flags, sl_error *error)
{
    Door      door  = door_in(error);
    sl_table *table = home_new(sizeof *table);
    const ImportOptions options = {
        .format = format, .map = map,
        .skip_bad = flags & SL_READ_SKIP_BAD,
        .curves = flags & SL_READ_CURVES,
    };
    const TextList whole = names_split(&table->home.arena, need);
    if (door_given(&door, path, "path")) {
        (void)!import_table(&table->table, &table->notes, &table->home.arena,
                            path, &options, whole.item, (int)whole.count,
                            &door.err);
        notes_keep(table);
    }
    return door_give(&door, table);
}

/* ---- a study ----------------------------------------------------------- */

static bool study_table(sl_table *out, const char *folder, CountN counts,
                        Err *err)
{
    RunList runs;
    Arena  *arena = &out->home.arena;
    char    name[32];
    const char *in = arena_print(arena, "%s/runs", folder);
    if (!run_list(&runs, &out->notes, arena, in, err))
        return false;
    out->table = run_table(arena, &runs);
    snprintf(name, sizeof name, "n_%s", count_n_name(counts));
    for (int c = 0; c < out->table.ncol; c++)
        if (strcmp(out->table.name[c], name) == 0)
            out->table.name[c] = "N";
    return true;
}

sl_table *sl_table_study(const char *folder, const char *counts,
                         sl_error *error)
{
    Door      door  = door_in(error);
    sl_table *table = home_new(sizeof *table);
    CountN    n     = N_TOTAL;
    if (door_given(&door, folder, "folder")
        && door_given(&door, counts, "counts")) {
        if (!count_n_find(&n, counts))
            err_set(&door.err, ERR_USAGE, "counts is \"%s\"; body, body+head, "
                    "total or flop is expected", counts);
        else
            study_table(table, folder, n, &door.err);
        notes_keep(table);
    }
    return door_give(&door, table);
}

/* ---- columns ----------------------------------------------------------- */

static void column_add(Table *t, Arena *arena, const char *name,
                       double *column)
{
    const char **names = NEW(arena, const char *, t->ncol + 1);
    double **columns = NEW(arena, double *, t->ncol + 1);
    for (int c = 0; c < t->ncol; c++) {
        names[c] = t->name[c];
        columns[c] = t->column[c];
    }
    names[t->ncol] = arena_text(arena, name);
    columns[t->ncol++] = column;
    t->name = names;
    t->column = columns;
}

bool sl_table_set(sl_table *table, const char *name, const double *values,
                  sl_error *error)
{
    Door door = door_in(error);
    if (door_given(&door, table, "table") && door_given(&door, name, "name")
        && door_given(&door, values, "values")
        && door_room(&door, (double)table->table.nrow, sizeof(double),
                     "a column")) {
        const size_t bytes = (size_t)table->table.nrow * sizeof(double);
        double *column = table_column(&table->table, name);
        if (!column) {
            column = NEW(&table->home.arena, double, table->table.nrow);
            column_add(&table->table, &table->home.arena, name, column);
        }
        memcpy(column, values, bytes);
    }
    return door_out(&door);
}

static const char **texts_of(Table *t, Arena *arena, const char *name)
{
    const char **names = NEW(arena, const char *, t->ntext + 1);
    const char ***texts = NEW(arena, const char **, t->ntext + 1);
    for (int c = 0; c < t->ntext; c++) {
        if (strcmp(t->text_name[c], name) == 0)
            return t->text[c];
        names[c] = t->text_name[c];
        texts[c] = t->text[c];
    }
    names[t->ntext] = arena_text(arena, name);
    texts[t->ntext] = NEW(arena, const char *, t->nrow);
    t->text_name = names;
    t->text = texts;
    return texts[t->ntext++];
}

bool sl_table_set_text(sl_table *table, const char *name,
                       const char *const *values, sl_error *error)
{
    Door door = door_in(error);
    if (door_given(&door, table, "table") && door_given(&door, name, "name")
        && door_given(&door, values, "values")) {
        const char **column = texts_of(&table->table, &table->home.arena,
                                       name);
        for (i64 i = 0; i < table->table.nrow; i++)
            column[i] = values[i] ? arena_text(&table->home.arena, values[i])
                                  : "";
    }
    return door_out(&door);
}

/* ---- reading a table --------------------------------------------------- */

int64_t sl_table_rows(const sl_table *table)
{
    return table ? table->table.nrow : 0;
}

int sl_table_columns(const sl_table *table)
{
    return table ? table->table.ncol : 0;
}

const char *sl_table_name(const sl_table *table, int column)
{
    return table && column >= 0 && column < table->table.ncol
             ? table->table.name[column]
             : NULL;
}

const double *sl_table_get(const sl_table *table, const char *name)
{
    return table && name ? table_column(&table->table, name) : NULL;
}

const char *sl_table_label(const sl_table *table, int64_t row)
{
    return table && row >= 0 && row < table->table.nrow
             ? table->table.label[row]
             : NULL;
}

const char *sl_table_notes(const sl_table *table)
{
    return table && table->notes.text ? table->notes.text : "";
}

char *sl_table_csv(const sl_table *table, sl_error *error)
{
    Door   door = door_in(error);
    char  *text = NULL;
    size_t size = 0;
    if (door_given(&door, table, "table")) {
        FILE *out = open_memstream(&text, &size);
        if (out) {
            table_csv_write(&table->table, out);
            fclose(out);
        }
        if (!text)
            err_set(&door.err, ERR_IO, "no memory for a table as text");
    }
    return door_out(&door) ? text : NULL;
}

void sl_table_free(sl_table *table)
{
    home_drop(table ? &table->home : NULL);
}
