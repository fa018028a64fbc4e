/* api_count.c - counting models, and a study's report. */

#include "api/api.h"

#include "report/report.h"

#include <string.h>

/* ---- counting ---------------------------------------------------------- */

static bool shape_take(Shape *out, const sl_shape *shape, Door *door)
{
    enum { SIDE_MAX = 1 << 20 }; /* products of three stay below 2^63 */
    if (!door_given(door, shape, "shape"))
        return false;
    if (shape->size < sizeof(sl_shape))
        return err_set(&door->err, ERR_USAGE, "shape.size is %zu; sizeof "
                       "(sl_shape) is expected", shape->size);
    const i64 side[] = { shape->layers, shape->width, shape->heads, shape->ff,
                         shape->vocab, shape->context };
    for (int i = 0; i < COUNT_OF(side); i++)
        if (side[i] < 1 || side[i] > SIDE_MAX)
            return err_set(&door->err, ERR_USAGE, "a shape with a side of "
                           "%lld; 1 to %d are expected", (long long)side[i],
                           SIDE_MAX);
    *out = (Shape){ .layers = shape->layers, .width = shape->width,
                    .heads = shape->heads, .ff = shape->ff,
                    .vocab = shape->vocab, .context = shape->context,
                    .tied = shape->tied != 0 };
    return true;
}

static bool count_by(double *out, Shape shape, const char *counts, Err *err)
{
    const ParamCount count = count_params(shape);
    const struct { const char *name; i64 count; } term[] = {
        { "matrix", count.matrix }, { "head", count.head },
        { "embed", count.embed },
    };
    CountN by;
    if (count_n_find(&by, counts)) {
        *out = count_n(shape, by);
        return true;
    }
    for (int i = 0; i < COUNT_OF(term); i++)
        if (strcmp(term[i].name, counts) == 0) {
            *out = (double)term[i].count;
            return true;
        }
    return err_set(err, ERR_USAGE, "counts is \"%s\"; body, body+head, total, "
                   "flop, matrix, head or embed is expected", counts);
}

bool sl_count_params(const sl_shape *shape, const char *counts, double *out,
                     sl_error *error)
{
    Door  door = door_in(error);
    Shape taken;
    if (shape_take(&taken, shape, &door) && door_given(&door, counts, "counts")
        && door_given(&door, out, "out"))
        count_by(out, taken, counts, &door.err);
    return door_out(&door);
}

bool sl_count_flop(const sl_shape *shape, double *out, sl_error *error)
{
    Door  door = door_in(error);
    Shape taken;
    if (shape_take(&taken, shape, &door) && door_given(&door, out, "out"))
        *out = count_train_flop(taken);
    return door_out(&door);
}

/* ---- reports ----------------------------------------------------------- */

bool sl_report_write(const char *study, int threads, sl_error *error)
{
    Door     door  = door_in(error);
    Arena    arena = { 0 };
    Analysis analysis;
    if (door_given(&door, study, "study")
        && analysis_make(&analysis, &arena, study, threads < 1 ? 1 : threads,
                         &door.err))
        (void)!report_write(&analysis, study, &door.err);
    arena_free(&arena);
    return door_out(&door);
}
