/* plan_show.c - see plan_show.h. Items that name no `by` are a list; the others
 * are a table. Columns are as wide as what stands in them, up to a
 * point; texts that do not fit a cell, and remarks, come below the table. */

#include "cli/plan_show.h"

#include <math.h>
#include <string.h>

enum { LAST = 99, LABEL_MOST = 46, CELL_MOST = 24, COLUMNS_MAX = 64,
       ROWS_MAX = 256 };

typedef struct Sheet {
    const AnswerSection *from;
    int                  ncolumn, nrow;
    const char          *column[COLUMNS_MAX]; /* by; NULL: the list's only one */
    const AnswerItem    *row[ROWS_MAX];       /* the first of its key         */
    int                  width[COLUMNS_MAX], label;
} Sheet;

/* ---- Letters ------------------------------------------------------------------- */

static int letters(const char *text)
{
    int count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

static void padded(FILE *out, const char *text, int width)
{
    fputs(text, out);
    for (int at = letters(text); at < width; at++)
        fputc(' ', out);
}

static void wrapped(FILE *out, const char *text, int indent)
{
    int at = LAST;
    for (bool first = true; *text; first = false) {
        const int  bytes = (int)strcspn(text, " \n");
        char       word[512];
        snprintf(word, sizeof word, "%.*s", bytes, text);
        if (at + 1 + letters(word) > LAST) {
            fprintf(out, "%s%*s", first ? "" : "\n", indent, "");
            at = indent;
        } else {
            fputc(' ', out);
            at++;
        }
        fputs(word, out);
        at += letters(word);
        text += bytes;
        text += strspn(text, " \n");
    }
    fputc('\n', out);
}

/* ---- Cells ---------------------------------------------------------------------- */

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static const AnswerItem *item_at(const Sheet *t, int row, int column)
{
    for (i64 i = 0; i < t->from->nitem; i++) {
        const AnswerItem *item = &t->from->item[i];
        if (same(item->by, t->column[column])
            && same(item->key, t->row[row]->key))
            return item;
    }
    return NULL;
}

/* What was given, and not worked out, has an interval without width. */
static bool has_ends(const AnswerItem *item)
{
    const Interval x = item->value;
    return item->unit != ANSWER_TEXT && isfinite(x.low) && isfinite(x.high)
        && x.high - x.low > 1e-9 * fabs(x.value);
}

static const char *value_text(char out[PLAN_CELL], const AnswerItem *item)
{
    if (item->unit != ANSWER_TEXT)
        return plan_number(out, item->value.value, item->unit);
    snprintf(out, PLAN_CELL, "%.90s", item->text ? item->text : "–");
    return out;
}

/* "61.2 M..70.1 M" below the value; or a short remark. */
static const char *below_text(char out[2 * PLAN_CELL], const AnswerItem *item)
{
    char low[PLAN_CELL], high[PLAN_CELL];
    out[0] = 0;
    if (has_ends(item))
        snprintf(out, 2 * PLAN_CELL, "%s..%s",
                 plan_number(low, item->value.low, item->unit),
                 plan_number(high, item->value.high, item->unit));
    else if (item->unit != ANSWER_TEXT && item->text
             && letters(item->text) <= CELL_MOST - 2)
        snprintf(out, 2 * PLAN_CELL, "%.90s", item->text);
    return out;
}

/* A text that no cell holds is shown below the table. */
static bool too_long(const AnswerItem *item)
{
    return item->text && letters(item->text) > CELL_MOST - 2;
}

static bool shown_in_cell(const AnswerItem *item)
{
    return item && !(item->unit == ANSWER_TEXT && too_long(item));
}

/* ---- Layout ------------------------------------------------------------------------ */

static int column_of(Sheet *t, const char *by)
{
    for (int c = 0; c < t->ncolumn; c++)
        if (same(t->column[c], by))
            return c;
    if (t->ncolumn == COLUMNS_MAX)
        return -1;
    t->column[t->ncolumn] = by;
    return t->ncolumn++;
}

static void row_of(Sheet *t, const AnswerItem *item)
{
    for (int r = 0; r < t->nrow; r++)
        if (same(t->row[r]->key, item->key))
            return;
    if (t->nrow < ROWS_MAX)
        t->row[t->nrow++] = item;
}

static int most(int a, int b)
{
    return a > b ? a : b;
}

static void measure(Sheet *t)
{
    for (int c = 0; c < t->ncolumn; c++)
        t->width[c] = t->column[c] ? letters(t->column[c]) : 0;
    for (int r = 0; r < t->nrow; r++) {
        t->label = most(t->label, letters(t->row[r]->label));
        for (int c = 0; c < t->ncolumn; c++) {
            const AnswerItem *item = item_at(t, r, c);
            char value[PLAN_CELL], below[2 * PLAN_CELL];
            if (!shown_in_cell(item))
                continue;
            t->width[c] = most(t->width[c], letters(value_text(value, item)));
            t->width[c] = most(t->width[c], letters(below_text(below, item)));
        }
    }
    if (t->label > LABEL_MOST)
        t->label = LABEL_MOST;
}

/* Those items that name a column, or those that name none. */
static Sheet sheet_of(const AnswerSection *section, bool columns)
{
    Sheet t = { .from = section };
    for (i64 i = 0; i < section->nitem; i++) {
        if ((section->item[i].by != NULL) != columns)
            continue;
        column_of(&t, section->item[i].by);
        row_of(&t, &section->item[i]);
    }
    measure(&t);
    return t;
}

/* ---- Printing ------------------------------------------------------------------------ */

/* How much of the compute is wasted, as a bar: the valley drawn. */
static void bar(FILE *out, double share)
{
    for (int i = 0; i < (int)(40 * share + 0.5); i++)
        fputs("▪", out);
}

static bool row_has(const Sheet *t, int row, int from, int to, bool below)
{
    char text[2 * PLAN_CELL];
    for (int c = from; c < to; c++) {
        const AnswerItem *item = item_at(t, row, c);
        if (shown_in_cell(item) && (!below || *below_text(text, item)))
            return true;
    }
    return false;
}

/* The label's line, then the line of intervals. Bars instead of columns where
 * there is one law and the section is the valley. */
static void print_row(FILE *out, const Sheet *t, int row, int from, int to)
{
    char      text[2 * PLAN_CELL];
    const bool drawn = to - from == 1 && same(t->from->key, "valley");
    for (int line = 0; line < 2; line++) {
        if (!row_has(t, row, from, to, line == 1))
            return;
        fputs("  ", out);
        padded(out, line ? "" : t->row[row]->label, t->label);
        for (int c = from; c < to; c++) {
            const AnswerItem *item = item_at(t, row, c);
            const char *cell = !shown_in_cell(item) ? (line ? "" : "–")
                             : line ? below_text(text, item)
                                    : value_text(text, item);
            fputs("  ", out);
            padded(out, cell, c + 1 < to || drawn ? t->width[c] : 0);
        }
        if (drawn) {
            fputs("  ", out);
            bar(out, item_at(t, row, from)->value.value);
        }
        fputc('\n', out);
    }
}

/* As many columns at a time as 100 columns of text hold. */
static void print_columns(FILE *out, const Sheet *t)
{
    for (int from = 0; from < t->ncolumn;) {
        int to = from, used = 2 + t->label;
        do {
            used += 2 + t->width[to++];
        } while (to < t->ncolumn && used + 2 + t->width[to] <= LAST + 1);
        if (from > 0)
            fputc('\n', out);
        if (t->column[from]) {
            fputs("  ", out);
            padded(out, "", t->label);
            for (int c = from; c < to; c++) {
                fputs("  ", out);
                padded(out, t->column[c], c + 1 < to ? t->width[c] : 0);
            }
            fputc('\n', out);
        }
        for (int r = 0; r < t->nrow; r++)
            print_row(out, t, r, from, to);
        from = to;
    }
}

/* What no cell holds: "besiroglu, source: ...". The same text of several
 * columns is said once. */
static void print_long(FILE *out, const AnswerSection *section)
{
    for (i64 i = 0; i < section->nitem; i++) {
        const AnswerItem *item = &section->item[i];
        char text[2048];
        bool said = false;
        if (!too_long(item))
            continue;
        for (i64 k = 0; k < i && !said; k++)
            said = same(section->item[k].key, item->key)
                && same(section->item[k].text, item->text);
        if (said)
            continue;
        snprintf(text, sizeof text, "%s%s%s: %s", item->by ? item->by : "",
                 item->by ? ", " : "", item->label + strspn(item->label, " "),
                 item->text);
        wrapped(out, text, 2);
    }
}

static void print_equations(FILE *out, const AnswerSection *section)
{
    for (i64 i = 0; i < section->nitem; i++) {
        const AnswerItem *item = &section->item[i];
        char text[4096];
        if (!item->equation)
            continue;
        snprintf(text, sizeof text, "%s%s%s: %s%s%s%s",
                 item->by ? item->by : "", item->by ? ", " : "",
                 item->label + strspn(item->label, " "), item->equation,
                 item->source ? "   [" : "", item->source ? item->source : "",
                 item->source ? "]" : "");
        wrapped(out, text, 4);
    }
}

static void print_section(FILE *out, const AnswerSection *section,
                          bool explain, bool first)
{
    if (section->nitem == 0 && section->nnote == 0)
        return;
    const Sheet table = sheet_of(section, true);
    const Sheet list  = sheet_of(section, false);
    fprintf(out, "%s%s\n", first ? "" : "\n", section->title);
    print_columns(out, &table);
    print_columns(out, &list);
    print_long(out, section);
    for (i64 i = 0; i < section->nnote; i++)
        wrapped(out, section->note[i], 2);
    if (explain)
        print_equations(out, section);
}

void plan_show(FILE *out, const Answer *answer, bool explain)
{
    for (i64 i = 0; i < answer->nsection; i++)
        print_section(out, &answer->section[i], explain, i == 0);
}
