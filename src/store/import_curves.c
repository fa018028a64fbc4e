/* import_curves.c - rows that are points of curves, for laws that look back
 * along the learning rate: columns curve, step, lr under the names that trainers
 * give them, curves by name, and what was logged during the warm-up left out,
 * for no such law speaks of it.
 *
 * The warm-up of a curve is its beginning, for as long as the rate rises from
 * one row to the next. */

#include "store/import_part.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool has(const Table *t, const char *name)
{
    return table_column(t, name) || table_text(t, name);
}

static const char *step_name(const Table *t)
{
    for (int c = 0; c < t->ncol; c++)
        if (import_is_step(t->name[c]))
            return t->name[c];
    return NULL;
}

static void know(Table *t, ImportWork *work, const char *path,
                 const char *name, const char *from)
{
    if (!has(t, name) && from && import_alias(t, work->arena, name, from))
        import_note(work, "%s: %s = %.80s", path, name, from);
}

/* Names become 1, 2, ...; the names stay beside. Without any column that tells
 * curves apart all rows are of one. */
static void curves_number(Table *t, ImportWork *work)
{
    double *code;
    const char **names;
    i64 count;
    if (!has(t, "curve")) {
        code = NEW(work->arena, double, t->nrow);
    } else if (!table_text(t, "curve")) {
        return;
    } else if (!table_codes(&code, &names, &count, work->arena, t, "curve")) {
        return;
    }
    for (i64 i = 0; i < t->nrow; i++)
        code[i] += 1;
    table_add(t, work->arena, "curve", code);
}

/* ---- warm-up ----------------------------------------------------------- */

typedef struct Place { double curve, step, lr; i64 row; } Place;

static int by_curve_and_step(const void *a, const void *b)
{
    const Place *p = a, *q = b;
    if (p->curve < q->curve || p->curve > q->curve)
        return p->curve < q->curve ? -1 : 1;
    if (p->step < q->step || p->step > q->step)
        return p->step < q->step ? -1 : 1;
    return (p->row > q->row) - (p->row < q->row);
}

i64 import_warm_up(bool *warm, const double *curve, const double *step,
                   const double *lr, i64 n)
{
    Arena scratch = { 0 };
    Place *place = NEW(&scratch, Place, n);
    i64 count = 0;
    for (i64 i = 0; i < n; i++)
        place[i] = (Place){ curve[i], step[i], lr[i], i };
    qsort(place, (size_t)n, sizeof *place, by_curve_and_step);
    for (i64 from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && place[to].curve <= place[from].curve;)
            to++;
        for (i64 i = from; i + 1 < to && place[i + 1].lr > place[i].lr; i++) {
            warm[place[i].row] = true;
            count++;
        }
    }
    arena_free(&scratch);
    return count;
}

static void warm_up_skip(Table *t, ImportWork *work, const char *path)
{
    const double *curve = table_column(t, "curve"), *lr = table_column(t, "lr");
    const double *step = table_column(t, "step");
    if (!curve || !step || !lr)
        return;
    bool *keep = NEW(work->arena, bool, t->nrow);
    const i64 count = import_warm_up(keep, curve, step, lr, t->nrow);
    if (!count)
        return;
    for (i64 i = 0; i < t->nrow; i++)
        keep[i] = !keep[i];
    import_note(work, "%s: %" PRId64 " of %" PRId64 " rows left out: the rate "
                "was still rising there (warm-up)", path, count, t->nrow);
    *t = table_where(work->arena, t, keep);
}

void import_curves(Table *t, ImportWork *work, const char *path)
{
    const char *others;
    know(t, work, path, "lr", import_known(&others, work->arena, t, "lr"));
    know(t, work, path, "step", step_name(t));
    know(t, work, path, "curve", has(t, "cluster") ? "cluster"
                                                   : import_run_column(t));
    curves_number(t, work);
    warm_up_skip(t, work, path);
}
