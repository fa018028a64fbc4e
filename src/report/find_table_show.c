/* find_table_show.c - one table in five forms: for the page, the screen,
 * programs, Markdown and spreadsheets. */

#include "report/find_table.h"

#include "base/csv.h"
#include "report/html.h"
#include "report/mark.h"
#include "report/text.h"
#include "report/xml.h"

#include <math.h>
#include <string.h>

static const FindCell *cell_at(const FindTable *t, i64 row, int column)
{
    return &t->cell[row * FIND_COLUMNS + column];
}

static bool has_interval(const FindTable *t, int column)
{
    for (i64 i = 0; i < t->rows; i++) {
        const FindCell *cell = cell_at(t, i, column);
        if (!cell->text && isfinite(cell->number.low)
            && isfinite(cell->number.high))
            return true;
    }
    return false;
}

/* The page ----------------------------------------------------------------- */

/* A value above its interval, which is half as wide; long text may wrap. */
static void html_cell(Str *out, Arena *arena, const FindTable *t, i64 row,
                      int column)
{
    const FindCell *cell  = cell_at(t, row, column);
    const char     *value = find_cell(arena, t, row, column, false);
    const char     *both  = find_cell(arena, t, row, column, true);
    const size_t    size  = strlen(value);
    str_put(out, strlen(value) > 32 ? "<td class=\"w\">" : "<td>");
    if (cell->text)
        html_bdi(out, value);
    else
        xml_text(out, value);
    if (!cell->text && strlen(both) > size + 3) {
        str_put(out, "<small>");
        xml_text(out, arena_print(arena, "%.*s",
                                  (int)(strlen(both) - size - 3),
                                  both + size + 2));
        str_put(out, "</small>");
    }
    str_put(out, "</td>");
}

void find_table_html(Str *out, const FindTable *t, const char *id)
{
    Arena arena = { 0 };
    str_add(out, "<section id=\"found-%s\">\n", id);
    html_put(out, "h3", t->title);
    if (t->verdict)
        html_put(out, "p", t->verdict);
    if (t->rows > 0) {
        html_table_open(out, t->title);
        str_put(out, "<thead><tr>");
        for (int k = 0; k < t->columns; k++) {
            str_put(out, "<th scope=\"col\">");
            xml_text(out, t->column[k].head);
            str_put(out, "</th>");
        }
        str_put(out, "</tr></thead>\n<tbody>\n");
        for (i64 i = 0; i < t->rows; i++) {
            str_put(out, "<tr>");
            for (int k = 0; k < t->columns; k++)
                html_cell(out, &arena, t, i, k);
            str_put(out, "</tr>\n");
        }
        html_table_shut(out);
    }
    for (int k = 0; k < t->notes; k++) {
        str_put(out, "<p class=\"soft\">");
        xml_text(out, t->note[k]);
        str_put(out, "</p>\n");
    }
    str_put(out, "</section>\n");
    arena_free(&arena);
}

/* The screen --------------------------------------------------------------- */

enum { SCREEN = 79, GAP = 2, INDENT = 2, LONGEST = 34 };

static int letters(const char *text)
{
    int count = 0;
    for (; *text; text++)
        count += ((u8)*text & 0xC0) != 0x80;
    return count;
}

static const char *screen_cell(Arena *arena, const FindTable *t, i64 row,
                               int column, bool interval)
{
    const char  *text = find_cell(arena, t, row, column, interval);
    const size_t room = strlen(text) + 8;
    return text_cut(NEW(arena, char, (i64)room), room, text, LONGEST);
}

/* Widths of the columns; their sum with gaps. */
static int measure(int width[FIND_COLUMNS], Arena *arena, const FindTable *t,
                   i64 rows, bool interval)
{
    int sum = INDENT - GAP;
    for (int k = 0; k < t->columns; k++) {
        width[k] = letters(t->column[k].head);
        for (i64 i = 0; i < rows; i++) {
            const int size = letters(screen_cell(arena, t, i, k, interval));
            width[k] = size > width[k] ? size : width[k];
        }
        sum += width[k] + GAP;
    }
    return sum;
}

static void line(FILE *out, const FindTable *t, const int *width, int columns,
                 Arena *arena, i64 row, bool interval)
{
    fprintf(out, "%*s", INDENT, "");
    for (int k = 0; k < columns; k++) {
        const char *text = row < 0 ? t->column[k].head
                                   : screen_cell(arena, t, row, k, interval);
        text_cell(out, text, k < columns - 1 ? width[k] + GAP : 0);
    }
    fputc('\n', out);
}

static void print_rows(FILE *out, const FindTable *t, i64 rows)
{
    Arena arena = { 0 };
    int   width[FIND_COLUMNS], columns = t->columns;
    bool  interval = true;
    int   sum = measure(width, &arena, t, rows, true);
    if (sum > SCREEN) {
        interval = false;
        sum = measure(width, &arena, t, rows, false);
    }
    while (sum > SCREEN && columns > 1)
        sum -= width[--columns] + GAP;
    for (i64 i = -1; i < rows; i++)
        line(out, t, width, columns, &arena, i, interval);
    if (rows < t->rows || (columns < t->columns && !t->first))
        fprintf(out, "%*s(%lld of %lld rows, %d of %d columns; the report has "
                "all)\n", INDENT, "", (long long)rows, (long long)t->rows,
                columns, t->columns);
    arena_free(&arena);
}

void find_table_print(FILE *out, const FindTable *t, i64 rows)
{
    fprintf(out, "\n%s\n", t->title);
    if (t->verdict)
        text_wrapped(out, t->verdict, INDENT);
    if (t->rows > 0 && rows > 0)
        print_rows(out, t, i64_min(rows, t->rows));
}

/* Programs ----------------------------------------------------------------- */

static void json_cell(Jot *j, const FindColumn *c, const FindCell *cell)
{
    if (cell->text || c->form == CELL_TEXT)
        jot_text(j, c->key, cell->text);
    else if (isfinite(cell->number.low) && isfinite(cell->number.high))
        fit_put_interval(j, c->key, cell->number);
    else
        jot_real(j, c->key, cell->number.value);
}

void find_table_json(Jot *j, const FindTable *t, const char *name)
{
    jot_object(j, name);
    jot_text(j, "title", t->title);
    jot_text(j, "verdict", t->verdict);
    jot_array(j, "rows");
    for (i64 i = 0; i < t->rows; i++) {
        jot_object(j, NULL);
        for (int k = 0; k < t->columns; k++)
            json_cell(j, &t->column[k], cell_at(t, i, k));
        jot_end(j);
    }
    jot_end(j);
    jot_array(j, "notes");
    for (int k = 0; k < t->notes; k++)
        jot_text(j, NULL, t->note[k]);
    jot_end(j);
    jot_end(j);
}

/* Markdown ----------------------------------------------------------------- */

void find_table_markdown(Str *out, const FindTable *t)
{
    Arena arena = { 0 };
    if (t->verdict) {
        mark_text(out, t->verdict);
        str_put(out, "\n\n");
    }
    for (i64 i = -2; t->rows > 0 && i < t->rows; i++) {
        for (int k = 0; k < t->columns; k++) {
            str_put(out, k ? " " : "| ");
            if (i == -1)
                str_put(out, "---");
            else
                mark_text(out, i < 0 ? t->column[k].head
                                     : find_cell(&arena, t, i, k, true));
            str_put(out, " |");
        }
        str_put(out, "\n");
    }
    for (int k = 0; k < t->notes; k++) {
        str_put(out, k || t->rows ? "\n" : "");
        mark_text(out, t->note[k]);
        str_put(out, "\n");
    }
    arena_free(&arena);
}

/* Spreadsheets ------------------------------------------------------------- */

static void csv_real(Str *out, double value)
{
    if (isfinite(value))
        str_add(out, "%.10g", value);
}

void find_table_csv(Str *out, const FindTable *t)
{
    for (i64 i = -1; i < t->rows; i++) {
        for (int k = 0; k < t->columns; k++) {
            const char     *key  = t->column[k].key;
            const FindCell *cell = i < 0 ? NULL : cell_at(t, i, k);
            str_put(out, k ? "," : "");
            if (!cell || cell->text)
                csv_put(out, cell ? cell->text : key);
            else
                csv_real(out, cell->number.value);
            if (!has_interval(t, k))
                continue;
            str_put(out, ",");
            if (!cell)
                str_add(out, "%s_low,%s_high", key, key);
            else {
                csv_real(out, cell->number.low);
                str_put(out, ",");
                csv_real(out, cell->number.high);
            }
        }
        str_put(out, "\n");
    }
}
