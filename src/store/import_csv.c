/* import_csv.c - CSV as runs, or as a log; the exports of Weights & Biases and
 * the results.csv of nanochat are CSV with names of their own.
 *
 * W&B exports the curves of a chart with a column a run, "RUN - KEY", and its
 * "RUN - KEY__MIN" and "__MAX" beside it: that is turned into one row a run and
 * step. */

#include "store/import_part.h"
#include "store/import_sheet.h"

#include "base/conf.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Where "RUN - KEY" is parted: its last " - ". NULL if it is none. */
static const char *parting(const char *name)
{
    const char *found = NULL;
    for (const char *at = name; (at = strstr(at, " - ")); at += 3)
        found = at;
    return found && found > name && found[3] ? found : NULL;
}

static bool is_extreme(const char *name)
{
    const size_t size = strlen(name);
    return size > 5 && (!strcmp(name + size - 5, "__MIN")
                        || !strcmp(name + size - 5, "__MAX"));
}

static bool is_chart(const Table *t)
{
    bool any = false, step = false;
    for (int c = 0; c < t->ncol; c++) {
        any |= parting(t->name[c]) != NULL;
        step |= import_is_step(t->name[c]);
    }
    return any && step;
}

/* The columns of one run; *at moves on to the next that is not done. */
static bool run_rows(Sheet *sheet, const Table *t, const double *step,
                     const char *run, size_t size)
{
    bool any = false;
    for (i64 row = 0; row < t->nrow; row++) {
        bool begun = false;
        for (int c = 0; c < t->ncol; c++) {
            const char *name = t->name[c], *part = parting(name);
            if (isnan(t->column[c][row]) || !part || is_extreme(name)
                || (size_t)(part - name) != size || memcmp(name, run, size)
                || import_is_step(part + 3))
                continue;
            if (!begun) {
                sheet_row(sheet, 0);
                sheet_text(sheet, "run", 3, run, (i64)size);
                sheet_real(sheet, "step", 4, step[row]);
            }
            begun = any = true;
            sheet_real(sheet, part + 3, (i64)strlen(part + 3),
                       t->column[c][row]);
        }
    }
    return any;
}

/* Whether an earlier column is of the same run. */
static bool is_met(const Table *t, int column)
{
    const char  *name = t->name[column];
    const size_t size = (size_t)(parting(name) - name) + 3;
    for (int c = 0; c < column; c++)
        if (!strncmp(t->name[c], name, size) && parting(t->name[c])
            && (size_t)(parting(t->name[c]) - t->name[c]) + 3 == size)
            return true;
    return false;
}

static bool chart_turn(ImportPart *out, const char *path, ImportWork *work,
                       Err *err)
{
    const Table   t = out->table;
    const double *step = NULL;
    Sheet        *sheet = sheet_open(work->arena);
    for (int c = 0; c < t.ncol; c++)
        if (import_is_step(t.name[c]))
            step = t.column[c];
    for (int c = 0; c < t.ncol; c++) {
        const char *part = parting(t.name[c]);
        if (part && !is_met(&t, c))
            run_rows(sheet, &t, step, t.name[c], (size_t)(part - t.name[c]));
    }
    out->log = true;
    out->format = "W&B chart";
    return sheet_close(&out->table, sheet, path, err);
}

static bool has(const Table *t, const char *name)
{
    return table_column(t, name) || table_text(t, name);
}

/* What the names of the columns say of where the file is from. */
static const char *origin(const Table *t)
{
    if (has(t, "flops_budget") && has(t, "val_bpb") && has(t, "num_iterations")
        && !has(t, "status"))
        return "nanochat results";
    if (has(t, "Name") && has(t, "State"))
        return "W&B export";
    return "CSV";
}

/* A run is called what its file calls it. */
static void runs_label(Table *t)
{
    for (int c = 0; c < t->ntext; c++)
        if (!strcmp(t->text_name[c], "Name") && has(t, "State"))
            for (i64 row = 0; row < t->nrow; row++)
                t->label[row] = t->text[c][row][0] ? t->text[c][row]
                                                   : t->label[row];
}

/* What is offered as CSV and has no names, or no cells. */
static bool is_table(const Table *t, const char *path, Err *err)
{
    double ignored;
    bool   named = t->ncol + t->ntext == 0;
    for (int c = 0; c < t->ncol; c++)
        named |= !conf_number(&ignored, t->name[c]);
    named |= t->ntext > 0;
    if (!named)
        return err_set(err, ERR_FORMAT, "%s:1: numbers, where the names of the "
                       "columns are expected; put them in front: params,tokens,"
                       "loss", path);
    const char *only = t->ncol ? t->name[0] : t->ntext ? t->text_name[0] : "";
    if (t->ncol + t->ntext == 1 && strpbrk(only, " \t"))
        return err_set(err, ERR_FORMAT, "%s:1: one column, '%.60s'; separate "
                       "cells by commas, semicolons or tabs", path, only);
    return true;
}

/* Line ends of very old programs. */
static void returns_end_lines(char *text)
{
    if (!strchr(text, '\n'))
        for (char *at = text; (at = strchr(at, '\r'));)
            *at = '\n';
}

bool import_csv(ImportPart *out, const ImportText *from, ImportWork *work,
                Err *err)
{
    char *text = NEW(work->arena, char, from->size + 1);
    if (from->size)
        memcpy(text, from->text, (size_t)from->size);
    returns_end_lines(text);
    if (!table_csv_parse(&out->table, work->arena, text, from->size, from->path,
                         work->options->skip_bad ? &work->bad : NULL, err))
        return false;
    if (out->table.nrow == 0)
        return err_set(err, ERR_FORMAT, "%s: a first line with names, and no "
                       "rows", from->path);
    if (!is_table(&out->table, from->path, err))
        return false;
    if (is_chart(&out->table))
        return chart_turn(out, from->path, work, err);
    out->format = origin(&out->table);
    runs_label(&out->table);
    return true;
}
