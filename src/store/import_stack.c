/* import_stack.c - tables of several files below one another: a column has one
 * place whatever file it is of, and is absent where a file has none. */

#include "store/import_part.h"
#include "store/import_sheet.h"

#include <math.h>
#include <string.h>

/* A column that stands there under another name too, as params and N. */
static bool is_alias(const Table *t, int column)
{
    for (int c = 0; c < column; c++)
        if (t->column[c] == t->column[column])
            return true;
    return false;
}

static void rows_put(Sheet *sheet, const Table *t)
{
    bool alias[256] = { false };
    for (int c = 0; c < t->ncol && c < COUNT_OF(alias); c++)
        alias[c] = is_alias(t, c);
    for (i64 row = 0; row < t->nrow; row++) {
        sheet_row(sheet, 0);
        for (int c = 0; c < t->ncol; c++)
            if (!isnan(t->column[c][row])
                && !(c < COUNT_OF(alias) && alias[c]))
                sheet_real(sheet, t->name[c], (i64)strlen(t->name[c]),
                           t->column[c][row]);
        for (int c = 0; c < t->ntext; c++) {
            const char *text = t->text[c][row];
            if (*text)
                sheet_text(sheet, t->text_name[c],
                           (i64)strlen(t->text_name[c]), text,
                           (i64)strlen(text));
        }
    }
}

void import_stack_put(ImportStack *s, Arena *arena, const Table *table)
{
    if (s->count == s->room) {
        s->room = s->room ? 2 * s->room : 16;
        Table *wider = NEW(arena, Table, s->room);
        if (s->count)
            memcpy(wider, s->table, (size_t)s->count * sizeof *wider);
        s->table = wider;
    }
    s->table[s->count++] = *table;
}

bool import_stack_join(Table *out, const ImportStack *s, Arena *arena,
                       const char *path, Err *err)
{
    Sheet *sheet = sheet_open(arena);
    for (i64 k = 0; k < s->count; k++)
        rows_put(sheet, &s->table[k]);
    if (!sheet_close(out, sheet, path, err))
        return false;
    for (i64 k = 0, row = 0; k < s->count; k++)
        for (i64 r = 0; r < s->table[k].nrow; r++)
            out->label[row++] = s->table[k].label[r];
    return true;
}

void import_rows_named(Table *t, Arena *arena, const char *run)
{
    const char **name = NEW(arena, const char *, t->nrow);
    for (i64 row = 0; row < t->nrow; row++)
        name[row] = run ? run : t->label[row];
    if (run && t->nrow == 1)
        t->label[0] = run;
    if (!table_text(t, "run"))
        table_add_text(t, arena, "run", name);
}
