/* find_table.c - a finding as a table: building it, and its cells in words. The
 * cells lie in one block that doubles, a row at its full width, so that a row
 * may be left early. */

#include "report/find_table.h"

#include "report/num.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

static const FindTableRow tables[] = {
#define TABLE(name) { #name, table_##name },
#include "report/find_table_list.h"
#undef TABLE
};

int find_table_count(void)
{
    return COUNT_OF(tables);
}

const FindTableRow *find_table_at(int index)
{
    return &tables[index];
}

int find_tables(FindTable *out, const char **names, Arena *arena,
                const Analysis *analysis)
{
    int count = 0;
    assert(find_table_count() <= FIND_TABLES);
    for (int k = 0; k < find_table_count(); k++)
        if (tables[k].make(&out[count], arena, analysis))
            names[count++] = tables[k].name;
    return count;
}

FindTable find_table(Arena *arena, const char *title)
{
    return (FindTable){ .title = arena_text(arena, title), .arena = arena };
}

/* arena_print for a list of arguments. */
PRINTF(2, 0)
static const char *text_of(Arena *arena, const char *format, va_list list)
{
    va_list again;
    va_copy(again, list);
    const int size = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = NEW(arena, char, size + 1);
    vsnprintf(text, (size_t)size + 1, format, list);
    return text;
}

void find_verdict(FindTable *t, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    t->verdict = text_of(t->arena, format, list);
    va_end(list);
}

void find_note(FindTable *t, const char *format, ...)
{
    va_list list;
    assert(t->notes < FIND_NOTES);
    va_start(list, format);
    t->note[t->notes++] = text_of(t->arena, format, list);
    va_end(list);
}

void find_column(FindTable *t, const char *head, const char *key,
                 CellForm form, int digits)
{
    assert(t->columns < FIND_COLUMNS && t->rows == 0);
    t->column[t->columns++] = (FindColumn){ arena_text(t->arena, head),
                                            arena_text(t->arena, key), form,
                                            digits };
}

void find_row(FindTable *t)
{
    const FindCell empty = { .number = { NAN, NAN, NAN } };
    if (t->rows == t->room) {
        const i64 room = 2 * t->room + 8;
        FindCell *cell = NEW(t->arena, FindCell, room * FIND_COLUMNS);
        if (t->rows > 0)
            memcpy(cell, t->cell,
                   (size_t)(t->rows * FIND_COLUMNS) * sizeof *cell);
        t->cell = cell;
        t->room = room;
    }
    for (int k = 0; k < FIND_COLUMNS; k++)
        t->cell[t->rows * FIND_COLUMNS + k] = empty;
    t->rows++;
    t->at = 0;
}

static void put(FindTable *t, FindCell cell)
{
    assert(t->rows > 0 && t->at < t->columns);
    t->cell[(t->rows - 1) * FIND_COLUMNS + t->at++] = cell;
}

void find_text(FindTable *t, const char *text)
{
    put(t, (FindCell){ .text = arena_text(t->arena, text ? text : ""),
                       .number = { NAN, NAN, NAN } });
}

void find_number(FindTable *t, double value)
{
    put(t, (FindCell){ .number = { value, NAN, NAN } });
}

void find_interval(FindTable *t, Interval value)
{
    put(t, (FindCell){ .number = value });
}

/* Cells in words ----------------------------------------------------------- */

static const char *number(char *out, const FindColumn *c, double value)
{
    switch (c->form) {
    case CELL_FIXED:
        return num_interval(out, (Interval){ value, NAN, NAN }, c->digits);
    case CELL_SI:
        return num_si(out, value, 3);
    case CELL_FLOP:
        return num_flop(out, value);
    case CELL_SHARE:
        return num_percent(out, value);
    case CELL_COUNT:
        return num_interval(out, (Interval){ value, NAN, NAN }, 0);
    case CELL_TEXT:
    case CELL_PLAIN:
        break;
    }
    return num_plain(out, value, c->digits ? c->digits : 4);
}

const char *find_cell(Arena *arena, const FindTable *t, i64 row, int column,
                      bool interval)
{
    const FindCell   *cell = &t->cell[row * FIND_COLUMNS + column];
    const FindColumn *c    = &t->column[column];
    const Interval    x    = cell->number;
    char value[NUM_TEXT], low[NUM_TEXT], high[NUM_TEXT];
    if (cell->text)
        return cell->text;
    if (c->form == CELL_TEXT && !isfinite(x.value))
        return "";
    number(value, c, x.value);
    if (!interval || !isfinite(x.low) || !isfinite(x.high))
        return arena_text(arena, value);
    return arena_print(arena, "%s (%s to %s)", value, number(low, c, x.low),
                       number(high, c, x.high));
}
