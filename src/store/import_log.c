/* import_log.c - logs, whose rows are points of runs, as rows that are runs.
 *
 * A run logs its losses, its tokens and its learning rate at steps of their
 * own. So the points of a run are sorted by step, those of one step become
 * one, and what a point does not say is what was last said before it, or what
 * the run says only once or always the same. */

#include "store/import_part.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double *step_column(const Table *t)
{
    const double *plain = table_column(t, "step");
    if (plain)
        return plain;
    for (int c = 0; c < t->ncol; c++)
        if (import_is_step(t->name[c]))
            return t->column[c];
    return NULL;
}

/* ---- runs of a log ------------------------------------------------------- */

typedef struct Runs {
    i64          count;
    const char **name;
    i64         *row;   /* rows, run by run, by step within   */
    i64         *first; /* [count + 1] where in `row` each begins */
} Runs;

typedef struct Point { double step; i64 row; } Point;

static int by_step(const void *a, const void *b)
{
    const Point *p = a, *q = b;
    if (p->step < q->step || p->step > q->step)
        return p->step < q->step ? -1 : 1;
    return p->row < q->row ? -1 : p->row > q->row;
}

static void run_sort(i64 *row, i64 count, const double *step, Point *point)
{
    bool sorted = true;
    for (i64 i = 0; i < count; i++) {
        point[i] = (Point){ step && !isnan(step[row[i]]) ? step[row[i]] : 0,
                            row[i] };
        sorted &= i == 0 || point[i - 1].step <= point[i].step;
    }
    if (sorted)
        return;
    qsort(point, (size_t)count, sizeof *point, by_step);
    for (i64 i = 0; i < count; i++)
        row[i] = point[i].row;
}

static Runs runs_find(const Table *t, Arena *arena, const char *only)
{
    Runs    runs = { .count = 1 };
    double *code = NULL;
    const char *column = import_run_column(t);
    if (!column || !table_codes(&code, &runs.name, &runs.count, arena, t, column)) {
        runs.name = NEW(arena, const char *, 1);
        runs.name[0] = only;
    }
    runs.row = NEW(arena, i64, t->nrow);
    runs.first = NEW(arena, i64, runs.count + 2);
    i64 *next = runs.first + 1;
    for (i64 row = 0; row < t->nrow; row++)
        next[code ? (i64)code[row] + 1 : 1]++;
    for (i64 k = 0; k < runs.count; k++)
        next[k + 1] += next[k];
    for (i64 row = 0; row < t->nrow; row++)
        runs.row[next[code ? (i64)code[row] : 0]++] = row;
    /* Now next[k] is where run k ends, which is first[k + 1]. */
    runs.first[0] = 0;
    return runs;
}

static void runs_sort(Runs *runs, const Table *t, Arena *arena)
{
    const double *step = step_column(t);
    Point        *point = NEW(arena, Point, t->nrow);
    for (i64 k = 0; k < runs->count; k++)
        run_sort(runs->row + runs->first[k],
                 runs->first[k + 1] - runs->first[k], step, point);
}

/* ---- is it one? ------------------------------------------------------------ */

static bool run_climbs(const Runs *runs, i64 k, const double *step)
{
    for (i64 i = runs->first[k] + 1; i < runs->first[k + 1]; i++)
        if (!(step[runs->row[i]] >= step[runs->row[i - 1]]))
            return false;
    return true;
}

static bool run_keeps(const Runs *runs, i64 k, const double *size)
{
    double kept = NAN;
    for (i64 i = runs->first[k]; i < runs->first[k + 1]; i++) {
        const double x = size[runs->row[i]];
        if (!isnan(x) && !isnan(kept) && (x < kept || x > kept))
            return false;
        kept = isnan(x) ? kept : x;
    }
    return true;
}

bool import_looks_like_log(const Table *t, Arena *arena)
{
    const char   *others;
    const double *step = step_column(t);
    if (!step || t->nrow < 2)
        return false;
    const Runs  runs = runs_find(t, arena, "");
    const char *name = import_known(&others, arena, t, "N");
    const double *size = table_column(t, "N");
    if (!size && name)
        size = table_column(t, name);
    bool longer = false;
    for (i64 k = 0; k < runs.count; k++) {
        longer |= runs.first[k + 1] - runs.first[k] > 1;
        if (!run_climbs(&runs, k, step) || (size && !run_keeps(&runs, k, size)))
            return false;
    }
    return longer;
}

/* ---- points --------------------------------------------------------------- */

/* Points kept of all runs: the rows [from, to) of one step of one run. */
typedef struct Kept { i64 run, first, from, to; } Kept;

typedef struct Log {
    const Table  *t;
    const Runs   *runs;
    const double *step, *loss;
    const char  **loss_text;
} Log;

/* A loss that is no number was logged too: the run diverged there. */
static bool says_loss(const Log *log, i64 from, i64 to)
{
    if (!log->loss && !log->loss_text)
        return true;
    for (i64 i = from; i < to; i++) {
        const i64 row = log->runs->row[i];
        if ((log->loss && !isnan(log->loss[row]))
            || (log->loss_text && log->loss_text[row][0]))
            return true;
    }
    return false;
}

static i64 step_end(const Log *log, i64 from, i64 end)
{
    i64 to = from + 1;
    while (log->step && to < end
           && log->step[log->runs->row[to]] <= log->step[log->runs->row[from]])
        to++;
    return to;
}

static i64 points_keep(Kept *kept, const Log *log, bool curves)
{
    i64 count = 0;
    for (i64 k = 0; k < log->runs->count; k++) {
        const i64 first = log->runs->first[k], end = log->runs->first[k + 1];
        const i64 before = count;
        for (i64 from = first, to; from < end; from = to) {
            to = step_end(log, from, end);
            if (!says_loss(log, from, to))
                continue;
            count = curves ? count : before;
            kept[count++] = (Kept){ k, first, from, to };
        }
        if (count == before && !curves && end > first)
            kept[count++] = (Kept){ k, first, first, end };
    }
    return count;
}

/* What a run says always or only once; NaN where it says two things. */
static double only_value(const double *column, const Runs *runs, i64 k)
{
    double only = NAN;
    for (i64 i = runs->first[k]; i < runs->first[k + 1]; i++) {
        const double x = column[runs->row[i]];
        if (isnan(x))
            continue;
        if (!isnan(only) && (x < only || x > only))
            return NAN;
        only = x;
    }
    return only;
}

static void numbers_fill(double *out, const double *column, const Log *log,
                         const Kept *kept, i64 count)
{
    double said = NAN, only = NAN;
    i64    at = 0;
    for (i64 p = 0; p < count; p++) {
        if (p == 0 || kept[p].run != kept[p - 1].run) {
            said = NAN;
            at = kept[p].first;
            only = only_value(column, log->runs, kept[p].run);
        }
        for (; at < kept[p].to; at++) {
            const double x = column[log->runs->row[at]];
            said = isnan(x) ? said : x;
        }
        out[p] = isnan(said) ? only : said;
    }
}

static void texts_fill(const char **out, const char **column, const Log *log,
                       const Kept *kept, i64 count)
{
    const char *said = "";
    i64         at = 0;
    for (i64 p = 0; p < count; p++) {
        if (p == 0 || kept[p].run != kept[p - 1].run) {
            said = "";
            at = kept[p].first;
        }
        for (; at < kept[p].to; at++) {
            const char *x = column[log->runs->row[at]];
            said = *x ? x : said;
        }
        out[p] = said;
    }
}

/* The loss of a point is what it says itself, a number or none. */
static void loss_fill(double *out, const char **text, const Log *log,
                      const Kept *kept, i64 count)
{
    for (i64 p = 0; p < count; p++) {
        out[p] = NAN;
        for (i64 i = kept[p].from; i < kept[p].to; i++) {
            const i64 row = log->runs->row[i];
            const bool words = log->loss_text && log->loss_text[row][0];
            if (log->loss && (words || !isnan(log->loss[row])))
                out[p] = log->loss[row];
            if (text && (words || (log->loss && !isnan(log->loss[row]))))
                text[p] = words ? log->loss_text[row] : "";
        }
    }
}

static Table points_table(Arena *arena, const Log *log, const Kept *kept,
                          i64 count)
{
    const Table *t = log->t;
    Table        out = table_new(arena, t->ncol, t->name, count);
    for (int c = 0; c < t->ncol; c++) {
        if (t->column[c] == log->loss)
            loss_fill(out.column[c], NULL, log, kept, count);
        else
            numbers_fill(out.column[c], t->column[c], log, kept, count);
    }
    for (int c = t->ntext - 1; c >= 0; c--) {
        const char **text = NEW(arena, const char *, count);
        double      *ignored = NEW(arena, double, count);
        for (i64 p = 0; p < count; p++)
            text[p] = "";
        if (t->text[c] == log->loss_text)
            loss_fill(ignored, text, log, kept, count);
        else
            texts_fill(text, t->text[c], log, kept, count);
        table_add_text(&out, arena, t->text_name[c], text);
    }
    for (i64 p = 0; p < count; p++)
        out.label[p] = log->runs->name[kept[p].run];
    return out;
}

/* The column that --map or its name makes the loss. */
static const char *loss_name(const Table *t, ImportWork *work)
{
    const char *others, *map = work->options->map;
    for (; map && *map; map += map[strcspn(map, ",")] ? strcspn(map, ",") + 1
                                                      : strcspn(map, ","))
        if (!strncmp(map, "loss=", 5))
            return arena_print(work->arena, "%.*s",
                               (int)strcspn(map + 5, ","), map + 5);
    if (table_column(t, "loss") || table_text(t, "loss"))
        return "loss";
    return import_known(&others, work->arena, t, "loss");
}

/* Point labels say the step too. */
static void curves_name(Table *out, Arena *arena, const double *step)
{
    const char **cluster = NEW(arena, const char *, out->nrow);
    double      *steps = NEW(arena, double, out->nrow);
    for (i64 p = 0; p < out->nrow; p++) {
        cluster[p] = out->label[p];
        steps[p] = step ? step[p] : (double)p;
        out->label[p] = arena_print(arena, "%s at step %.0f", cluster[p],
                                    steps[p]);
    }
    table_add_text(out, arena, "cluster", cluster);
    if (!table_column(out, "step"))
        table_add(out, arena, "step", steps);
}

Table import_log_rows(const ImportPart *part, ImportWork *work)
{
    Arena       *arena = work->arena;
    const Table *t = &part->table;
    const char  *loss = loss_name(t, work);
    Runs         runs = runs_find(t, arena, part->run);
    const Log    log = { .t = t, .runs = &runs, .step = step_column(t),
                         .loss = loss ? table_column(t, loss) : NULL,
                         .loss_text = loss ? table_text(t, loss) : NULL };
    runs_sort(&runs, t, arena);
    Kept *kept = NEW(arena, Kept, t->nrow);
    const i64 count = points_keep(kept, &log, work->options->curves);
    Table out = points_table(arena, &log, kept, count);
    if (work->options->curves)
        curves_name(&out, arena, step_column(&out));
    return out;
}
