/* finds_position.c - loss along the context, of the runs that say most: of each
 * architecture and size the best, a dozen in all. Places are taken together in
 * steps of an eighth, so that the far ones, where single places scatter, are as
 * dense on a logarithmic axis as the near ones. */

#include "report/finds.h"

#include "base/file.h"

#include <math.h>
#include <stdlib.h>

enum { CURVES_MAX = 12 };

static bool same_model(const Run *a, const Run *b)
{
    return finds_same_text(a->arch, b->arch)
        && finds_same_shape(&a->shape, &b->shape)
        && a->shape.rms == b->shape.rms && a->shape.rope == b->shape.rope
        && a->shape.gated == b->shape.gated
        && finds_same_text(a->corpus_sha256, b->corpus_sha256);
}

static int by_size(const void *a, const void *b)
{
    const double x = count_n((*(const Run *const *)a)->shape, N_TOTAL);
    const double y = count_n((*(const Run *const *)b)->shape, N_TOTAL);
    return (x > y) - (x < y);
}

/* Runs that have the file, the best of each model, sizes rising. */
static i64 candidates(const Run **out, Arena *arena, const RunList *runs,
                      const char *runs_dir)
{
    i64 count = 0;
    for (i64 i = 0; i < runs->count; i++) {
        const Run *run = &runs->run[i];
        i64        k   = 0;
        if (!finds_done(run)
            || !file_exists(arena_print(arena, "%s/%s/position.csv", runs_dir,
                                        run->id)))
            continue;
        while (k < count && !same_model(out[k], run))
            k++;
        if (k == count)
            out[count++] = run;
        else if (run->val_loss < out[k]->val_loss)
            out[k] = run;
    }
    qsort(out, (size_t)count, sizeof *out, by_size);
    return count;
}

static void together(PositionCurve *out, Arena *arena, const double *position,
                     const double *loss, i64 count)
{
    out->position = NEW(arena, double, count + 1);
    out->loss     = NEW(arena, double, count + 1);
    for (i64 from = 0, to; from < count; from = to) {
        double at = 0, sum = 0;
        for (to = from; to < count && position[to] <= 1.125 * position[from];
             to++) {
            at += position[to];
            sum += loss[to];
        }
        to = i64_max(to, from + 1);
        out->position[out->count] = at / (double)(to - from);
        out->loss[out->count++]   = sum / (double)(to - from);
    }
}

static bool curve_read(PositionCurve *out, Arena *arena, const Run *run,
                       const char *runs_dir, Err *err)
{
    const char *path = arena_print(arena, "%s/%s/position.csv", runs_dir,
                                   run->id);
    Table table;
    if (!table_csv_read(&table, arena, path, err))
        return false;
    const double *position = table_column(&table, "position");
    const double *loss     = table_column(&table, "loss");
    if (!position || !loss)
        return err_set(err, ERR_FORMAT, "%s: no column '%s' of numbers", path,
                       position ? "loss" : "position");
    *out = (PositionCurve){ .run = run };
    together(out, arena, position, loss, table.nrow);
    return true;
}

bool positions_read(Positions *out, Arena *arena, const RunList *runs,
                    const char *runs_dir, Err *err)
{
    const Run **run   = NEW(arena, const Run *, runs->count + 1);
    const i64   count = candidates(run, arena, runs, runs_dir);
    const i64   kept  = i64_min(count, CURVES_MAX);
    *out = (Positions){ .curve = NEW(arena, PositionCurve, kept + 1) };
    for (i64 k = 0; k < kept; k++) {
        const i64 which = kept > 1 ? k * (count - 1) / (kept - 1) : 0;
        if (!curve_read(&out->curve[out->count++], arena, run[which], runs_dir,
                        err))
            return false;
    }
    return true;
}
