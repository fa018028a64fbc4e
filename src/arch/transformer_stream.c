/* transformer_stream.c - what all parts of a pass share: finding their numbers,
 * norms, dropout, and the end of a branch, where it meets the stream again.
 *
 * Dropout has three kinds of sites: the sum of embeddings, and in each layer
 * what attention and what the feed-forward add to the stream. GPT-2 also drops
 * attention weights; here they are never dropped: no T x T of them is stored,
 * and models since (GPT-J, PaLM, Llama) do without. What is dropped is a
 * function of (seed, number of the sequence, layer, site, place in it): no
 * micro-batch or thread shows, and the way back makes the same mask again.
 *
 * SOURCE: Srivastava et al. 2014; Radford et al. 2019 for the sites. */

#include "arch/transformer.h"

#include "kern/far.h"

/* Without a way back all layers use the work of the first. */
static real *work_of(const Pass *p, i64 layer)
{
    return p->work + (p->grad ? layer * p->at.layer : 0);
}

Layer transformer_layer(const Pass *p, i64 index)
{
    const bool last = index + 1 == p->shape->layers;
    return (Layer){
        .index  = index,
        .block  = transformer_block(p->shape, index),
        .packed = p->packed + index * p->pack.layer,
        .work   = work_of(p, index),
        .end    = last ? p->work + p->at.x : work_of(p, index + 1) + p->at.x0,
    };
}

const real *transformer_param(const Pass *p, i64 at)
{
    return at < 0 ? NULL : p->param + at;
}

real *transformer_grad(const Pass *p, i64 at)
{
    return at < 0 ? NULL : p->grad + at;
}

void transformer_weights_back(const Pass *p, i64 w, i64 b, const real *x,
                              const real *dy, i64 K, i64 N)
{
    p->kern->linear_dw(p->grad + w, transformer_grad(p, b), x, dy, p->rows, K,
                       N);
}

void transformer_see(const Pass *p, const char *name, i64 layer,
                     const real *x, i64 cols)
{
    if (p->how->see)
        p->how->see(p->how->see_self, name, layer, x, p->rows, cols);
}

/* -- Norms ---------------------------------------------------------------- */

void transformer_norm(const Pass *p, real *y, real *stat, const real *x,
                      Norm norm)
{
    const i64   R = p->rows, d = p->shape->width;
    const real *gain = p->param + norm.gain;

    if (p->shape->rms)
        p->kern->rms(y, stat, x, gain, R, d, d);
    else
        p->kern->norm(y, stat, x, gain, p->param + norm.bias, R, d);
}

void transformer_norm_back(const Pass *p, real *dx, const real *dy,
                           const real *x, const real *stat, Norm norm)
{
    const i64   R = p->rows, d = p->shape->width;
    const real *gain = p->param + norm.gain;

    if (p->shape->rms)
        p->kern->rms_back(dx, p->grad + norm.gain, dx, dy, x, stat, gain, R,
                          d, d);
    else
        p->kern->norm_back(dx, p->grad + norm.gain, p->grad + norm.bias, dy,
                           x, stat, gain, R, d);
}

/* -- Dropout -------------------------------------------------------------- */

void transformer_drop(const Pass *p, real *y, const real *x, const real *add,
                      i64 layer, int site)
{
    const Drop drop = { .seed = p->how->seed, .sequence = p->how->sequence,
                        .place = (u64)(layer * SITES + site),
                        .p = p->how->dropout };
    kern_drop(p->kern, y, x, add, p->batch,
              p->shape->context * p->shape->width, &drop);
}

/* -- Branches ------------------------------------------------------------- */

void transformer_branch(const Pass *p, real *to, const real *x,
                        const Branch *b)
{
    const i64  d = p->shape->width;
    const bool drops = p->how->dropout > 0;
    real      *sum = drops ? p->work + p->at.dn : to;

    p->kern->linear(sum, b->a, b->packed, b->bias, drops ? NULL : x, p->rows,
                    b->K, d);
    if (drops)
        transformer_drop(p, to, sum, x, b->layer, b->site);
}

const real *transformer_branch_back(const Pass *p, real *room, i64 layer,
                                    int site)
{
    const real *dx = p->work + p->at.dx;
    if (!(p->how->dropout > 0))
        return dx;
    transformer_drop(p, room, dx, NULL, layer, site);
    return room;
}
