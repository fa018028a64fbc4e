/* units.c - what is drawn, or left out, together: runs, clusters of runs, and
 * of laws of curves the points of a curve.
 *
 * Whole curves are few, and drawing three of three gives ten different tables,
 * most of them without one of the schedules. So the default for laws of curves
 * is to keep every point and to give the residuals of each eighth of a curve,
 * which err together, a random factor (wild.c). */

#include "fit/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PARTS = 8 }; /* of a curve */

static const char *cluster_name(const FitOptions *o)
{
    return o->cluster ? o->cluster : "cluster";
}

static bool clustered(const Table *runs, const FitOptions *o)
{
    const char *name = cluster_name(o);
    return o->resample != FIT_RESAMPLE_RUNS
        && (table_column(runs, name) || table_text(runs, name));
}

/* ---- curves ------------------------------------------------------------ */

bool units_curves(i64 *curve, i64 *count, Arena *arena, const Law *law,
                  const Table *runs)
{
    double *code;
    const char **names;
    if (!law->code || strcmp(law->column[0], "curve") != 0
        || !table_codes(&code, &names, count, arena, runs, "curve"))
        return false;
    for (i64 i = 0; i < runs->nrow; i++)
        curve[i] = (i64)code[i];
    return true;
}

typedef struct Place { i64 curve, row; double step; } Place;

static int by_curve_and_step(const void *a, const void *b)
{
    const Place *p = a, *q = b;
    if (p->curve != q->curve)
        return p->curve < q->curve ? -1 : 1;
    if (p->step < q->step || p->step > q->step)
        return p->step < q->step ? -1 : 1;
    return (p->row > q->row) - (p->row < q->row);
}

/* From curves to eighths of them, by step. */
static void parts_find(Units *out, Arena *arena, const Table *runs)
{
    const double *step = table_column(runs, "step");
    const i64 n = runs->nrow;
    Place *place = NEW(arena, Place, n);
    i64 count = 0;
    for (i64 i = 0; i < n; i++)
        place[i] = (Place){ out->of[i], i, step[i] };
    qsort(place, (size_t)n, sizeof *place, by_curve_and_step);
    for (i64 from = 0, to; from < n; from = to) {
        for (to = from; to < n && place[to].curve == place[from].curve;)
            to++;
        const i64 parts = i64_min(PARTS, to - from);
        for (i64 i = from; i < to; i++)
            out->of[place[i].row] = count + (i - from) * parts / (to - from);
        count += parts;
    }
    out->count = count;
}

/* ---- what was asked ---------------------------------------------------- */

static bool clusters_find(Units *out, Arena *arena, const Table *runs,
                          const FitOptions *o, Err *err)
{
    double *code;
    const char **names;
    if (!table_codes(&code, &names, &out->count, arena, runs, cluster_name(o)))
        return err_set(err, ERR_USAGE, "the column '%s' names no clusters",
                       cluster_name(o));
    for (i64 i = 0; i < runs->nrow; i++)
        out->of[i] = (i64)code[i];
    return true;
}

bool units_find(Units *out, Arena *arena, const Law *law, const Table *runs,
                const FitOptions *o, Err *err)
{
    *out = (Units){ NEW(arena, i64, runs->nrow), runs->nrow };
    for (i64 i = 0; i < runs->nrow; i++)
        out->of[i] = i;
    const bool curves = o->resample != FIT_RESAMPLE_RUNS
                     && units_curves(out->of, &out->count, arena, law, runs);
    if (curves && o->resample != FIT_RESAMPLE_CLUSTERS) {
        parts_find(out, arena, runs);
        return true;
    }
    if (!curves && !clustered(runs, o)) {
        if (o->resample != FIT_RESAMPLE_CLUSTERS)
            return true;
        return err_set(err, ERR_USAGE, "the table has no column '%s' that "
                       "says which runs belong together; name the one it has, "
                       "or resample runs", cluster_name(o));
    }
    if (!curves && !clusters_find(out, arena, runs, o, err))
        return false;
    if (out->count >= 2)
        return true;
    return err_set(err, ERR_REFUSED, "all runs are of one cluster, so nothing "
                   "says how much clusters differ; add others, or resample "
                   "runs");
}
