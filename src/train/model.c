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
    const ModelChance *x = a, *y = b;
    if (x->chance != y->chance)
        return (x->chance < y->chance) - (x->chance > y->chance);
    return (x->token > y->token) - (x->token < y->token);
}

/* How many of the chances, sorted and rising no more, stay; *sum is theirs. */
static i64 kept(const ModelChance *room, i64 V, const ModelDraw *how,
                double *sum)
{
    const i64 most = how->top_k > 0 ? i64_min(how->top_k, V) : V;
    double    all = 0;
    i64       n = 0;
    for (i64 i = 0; i < most; i++)
        all += room[i].chance;
    *sum = 0;
    while (n < most && (n == 0 || *sum < how->top_p * all))
        *sum += room[n++].chance;
    return n;
}

i32 model_draw(ModelChance *room, const real *z, i64 V, const ModelDraw *how,
               double unit)
{
    const i32 top = best(z, V);
    double    sum = 0;
    if (!(how->temperature > 0))
        return top;
    for (i64 v = 0; v < V; v++) {
        const double below = (double)z[v] - (double)z[top];
        room[v] = (ModelChance){ exp(below / how->temperature), v };
        sum += room[v].chance;
    }
    i64 count = V;
    if (how->top_k > 0 || how->top_p < 1) {
        qsort(room, (size_t)V, sizeof *room, falling);
        count = kept(room, V, how, &sum);
    }
    double left = unit * sum;
    for (i64 i = 0; i < count; i++) {
        left -= room[i].chance;
        if (left < 0)
            return (i32)room[i].token;
    }
    return top; /* rounding alone leads here */
}
