/* find_table.h - a finding as a table, made once and shown everywhere: on the
 * page, on the screen at a study's end, in analysis.json, card.md, in
 * docs/results and as CSV. One function table_NAME and one row in
 * find_table_list.h each; whoever shows findings walks the list.
 *
 *     bool table_rates(FindTable *out, Arena *arena, const Analysis *a)
 *     {
 *         const Rates *r = &a->finds.rates;
 *         if (r->count == 0)
 *             return false;                     nothing of it in this study
 *         *out = find_table(arena, "Learning rates");
 *         find_verdict(out, "The best rate falls with size as N^%.2f", x);
 *         find_column(out, "N", "n", CELL_SI, 0);
 *         find_column(out, "best rate", "rate", CELL_PLAIN, 3);
 *         for (...) {
 *             find_row(out);                    its cells, from the left
 *             find_number(out, r->sweep[k].n);
 *             find_interval(out, r->sweep[k].best->n);
 *         }
 *         find_note(out, "What it rests on.");
 *         return true;
 *     }
 *
 * A number that was not measured is NaN: a dash for people, null for programs.
 * Cells that a row was not given are empty. Texts are copied. */

#ifndef FIND_TABLE_H
#define FIND_TABLE_H

#include "base/jot.h"
#include "report/analysis.h"

#include <stdio.h>

/* How a column's numbers are read; `digits` is decimals or significant ones. */
typedef enum CellForm {
    CELL_TEXT,
    CELL_FIXED,  /* 0.512: `digits` decimals                                */
    CELL_PLAIN,  /* %.{digits}g                                             */
    CELL_SI,     /* 61.2 k                                                  */
    CELL_FLOP,   /* 3e12                                                    */
    CELL_SHARE,  /* 0.0123 is +1.23 %                                       */
    CELL_COUNT,  /* a whole number                                          */
} CellForm;

typedef struct FindColumn {
    const char *head; /* for people                                         */
    const char *key;  /* for programs: a word in lower case                 */
    CellForm    form;
    int         digits;
} FindColumn;

typedef struct FindCell {
    const char *text;   /* NULL: a number; of a CELL_TEXT column: empty     */
    Interval    number; /* low and high NaN: no interval                    */
} FindCell;

enum { FIND_COLUMNS = 16, FIND_NOTES = 8 };

typedef struct FindTable {
    const char *title;
    const char *verdict; /* what was found, in a sentence; NULL: none       */
    bool        first;   /* its rows are on the screen even under a law     */
    FindColumn  column[FIND_COLUMNS];
    int         columns;
    i64         rows, room;
    FindCell   *cell;    /* [rows][FIND_COLUMNS]                            */
    int         at;      /* next cell of the last row                       */
    const char *note[FIND_NOTES];
    int         notes;
    Arena      *arena;
} FindTable;

FindTable find_table(Arena *arena, const char *title);
void find_verdict(FindTable *t, const char *format, ...) PRINTF(2, 3);
void find_note(FindTable *t, const char *format, ...) PRINTF(2, 3);
void find_column(FindTable *t, const char *head, const char *key,
                 CellForm form, int digits);
void find_row(FindTable *t);
void find_text(FindTable *t, const char *text); /* in any column; NULL: empty */
void find_number(FindTable *t, double value);
void find_interval(FindTable *t, Interval value);

/* The list ----------------------------------------------------------------- */

typedef struct FindTableRow {
    const char *name;
    bool (*make)(FindTable *out, Arena *arena, const Analysis *analysis);
} FindTableRow;

int                 find_table_count(void);
const FindTableRow *find_table_at(int index);

#define TABLE(name) \
    bool table_##name(FindTable *out, Arena *arena, const Analysis *a);
#include "report/find_table_list.h"
#undef TABLE

/* All that the study has, in the list's order; names[k] is the row's. */
int find_tables(FindTable *out, const char **names, Arena *arena,
                const Analysis *analysis);

enum { FIND_TABLES = 32 }; /* room for the above */

/* Shown ------------------------------------------------------------------- */

/* Rows and columns as a page has them: a caption, the verdict above, notes
 * below; `id` is what a link finds it by. */
void find_table_html(Str *out, const FindTable *t, const char *id);

/* At most `rows` of them, in 79 columns: intervals go first where they do not
 * fit, then columns from the right. */
void find_table_print(FILE *out, const FindTable *t, i64 rows);

/* An object of that name: title, verdict, rows of objects by the keys of the
 * columns, notes. A number with an interval is { value, low, high }. */
void find_table_json(Jot *j, const FindTable *t, const char *name);

void find_table_markdown(Str *out, const FindTable *t);

/* A line of keys (for intervals KEY, KEY_low, KEY_high), then the rows. */
void find_table_csv(Str *out, const FindTable *t);

/* A cell as people read it, with or without its interval. */
const char *find_cell(Arena *arena, const FindTable *t, i64 row, int column,
                      bool interval);

#endif
