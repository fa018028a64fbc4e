/* model.c - writing text: every token is one forward pass over the window,
 * without memory of the last. Slow, and nothing that could go stale. */

#include "train/model.h"

#include "train/checkpoint.h"
#include "train/config.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool model_load(Model *out, Arena *arena, const TrainConfig *config,
                const char *corpus_sha256, const char *checkpoint, Err *err)
{
    const Arch *arch = arch_find(config->arch);
    const Kern *kern = kern_find(config->kernels, config->dtype);
    if (!arch || !kern)
        return err_set(err, ERR_USAGE, "%s with kernels %s: not in this "
                       "program or not on this processor; give --kernels=auto",
                       config->arch, config->kernels);
    const Shape *shape = &config->shape;
    const i64    count = arch_param_count(arch, shape);
    char         hash[HASH_HEX];

    void *block = NEW(arena, u8, checkpoint_bytes(count));
    Checkpoint state = checkpoint_lay(block, count);
    config_hash(hash, config);
    checkpoint_sign(&state, count, hash, corpus_sha256);
    if (!checkpoint_read(&state, checkpoint, err))
        return false;
    *out = (Model){
        .arch   = arch,
        .kern   = kern,
        .shape  = *shape,
        .step   = state.head->at.step,
        .param  = state.param,
        .packed = NEW(arena, real, arch->packed_count(kern, shape)),
        .work   = NEW(arena, real, arch->work_count(kern, shape, 1)),
        .score  = NEW(arena, real, shape->vocab),
        .window = NEW(arena, i32, shape->context),
    };
    arch->pack(out->packed, kern, shape, out->param);
    return true;
}

const real *model_scores(Model *model, const i32 *token, i64 n)
{
    const i64 T = model->shape.context;
    const i64 seen = i64_min(n, T);
    assert(n >= 1);
    memset(model->window, 0, (size_t)T * sizeof *model->window);
    memcpy(model->window, token + n - seen,
           (size_t)seen * sizeof *model->window);
    model->arch->scores(model->score, model->kern, &model->shape,
                        model->param, model->packed, model->work,
                        model->window, seen - 1);
    return model->score;
}

/* -- Drawing -------------------------------------------------------------- */

static i32 best(const real *z, i64 V)
{
    i64 at = 0;
    for (i64 v = 1; v < V; v++)
        if (z[v] > z[at])
            at = v;
    return (i32)at;
}

static int falling(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* The top_k-th largest score: what is below it is not drawn. */
static double least_kept(double *room, const real *z, i64 V, i64 top_k)
{
    if (top_k < 1 || top_k >= V)
        return -INFINITY;
    for (i64 v = 0; v < V; v++)
        room[v] = (double)z[v];
    qsort(room, (size_t)V, sizeof *room, falling);
    return room[top_k - 1];
}

i32 model_draw(double *room, const real *z, i64 V, double temperature,
               i64 top_k, double unit)
{
    const i32 top = best(z, V);
    if (!(temperature > 0))
        return top;
    const double least = least_kept(room, z, V, top_k);
    double       sum = 0;
    for (i64 v = 0; v < V; v++) {
        room[v] = (double)z[v] < least ? 0
                  : exp(((double)z[v] - (double)z[top]) / temperature);
        sum += room[v];
    }
    double left = unit * sum;
    for (i64 v = 0; v < V; v++) {
        left -= room[v];
        if (left < 0)
            return (i32)v;
    }
    return top; /* rounding alone leads here */
}
