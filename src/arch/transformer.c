/* transformer.c - a decoder-only Transformer, as GPT-2: pre-norm, learned
 * positions, GELU, biases everywhere but in the head.
 *
 *     x0 = token[id] + position
 *     x1 = x0 + proj( attention( qkv( norm1 x0 ) ) )       each layer
 *     x0'= x1 + down( gelu( up( norm2 x1 ) ) )
 *     z  = head ( normf x0 )                               head[V,d], no bias
 *
 * One pass takes a micro-batch through all layers and back while what it
 * computed is still near the core. The reals it needs lie in three slabs:
 * parameters (transformer_tensor.c), weights packed for the products, and work
 * (transformer_layout.c).
 *
 * SOURCE: Radford et al. 2019 (GPT-2); Vaswani et al. 2017, arXiv:1706.03762.
 * Contract: arch.h. */

#include "arch/transformer.h"

/* What every step of a pass looks at. */
typedef struct Pass {
    const Kern  *kern;
    const Shape *shape;
    const real  *param, *packed;
    real        *grad; /* NULL: forward only */
    real        *work;
    const PassHow *how;
    Pack         pack;
    Work         at;
    i64          batch, rows;
} Pass;

/* Without a way back all layers use the work of the first. */
static real *layer_work(const Pass *p, i64 layer)
{
    return p->work + (p->grad ? layer * p->at.layer : 0);
}

/* Where layer l leaves its sum: where the next finds it. */
static real *layer_end(const Pass *p, i64 layer)
{
    return layer + 1 < p->shape->layers ? layer_work(p, layer + 1) + p->at.x0
                                        : p->work + p->at.x;
}

static void attention_forward(const Pass *p, i64 layer)
{
    const i64   R = p->rows, d = p->shape->width, T = p->shape->context;
    const Kern *k = p->kern;
    const Attend attend = transformer_attend(p->shape);
    const Block b = transformer_block(p->shape, layer);
    const real *w = p->param, *packed = p->packed + layer * p->pack.layer;
    real       *a = layer_work(p, layer);

    k->norm(a + p->at.n1, a + p->at.stat1, a + p->at.x0, w + b.norm1_gain,
            w + b.norm1_bias, R, d);
    k->linear(a + p->at.qkv, a + p->at.n1, packed + p->pack.qkv, w + b.qkv_b,
              NULL, R, d, 3 * d);
    for (i64 i = 0; i < p->batch; i++)
        k->attention(a + p->at.o + i * T * d,
                     a + p->at.keep + i * p->at.keep_one,
                     p->work + p->at.attention,
                     a + p->at.qkv + i * T * d * 3, &attend);
    k->linear(a + p->at.x1, a + p->at.o, packed + p->pack.proj, w + b.proj_b,
              a + p->at.x0, R, d, d);
}

static void ff_forward(const Pass *p, i64 layer)
{
    const i64   R = p->rows, d = p->shape->width, ff = p->shape->ff;
    const Kern *k = p->kern;
    const Block b = transformer_block(p->shape, layer);
    const real *w = p->param, *packed = p->packed + layer * p->pack.layer;
    real       *a = layer_work(p, layer);

    k->norm(a + p->at.n2, a + p->at.stat2, a + p->at.x1, w + b.norm2_gain,
            w + b.norm2_bias, R, d);
    k->linear_gelu(a + p->at.act, p->grad ? a + p->at.slope : NULL,
                   a + p->at.n2, packed + p->pack.up, w + b.up_b, R, d, ff);
    k->linear(layer_end(p, layer), a + p->at.act, packed + p->pack.down,
              w + b.down_b, a + p->at.x1, R, ff, d);
}

/* Scores and losses, a few rows at a time; with a gradient, also what they
 * send back: to the head, and in dn to the last norm. */
static void head_pass(const Pass *p, real *loss, const i32 *y)
{
    const i64   d = p->shape->width, V = p->shape->vocab;
    const i64   head = transformer_ends(p->shape).head;
    const i64   most = transformer_rows_at_once(p->shape, p->rows);
    const Kern *k = p->kern;
    real       *z = p->work + p->at.scores;

    for (i64 r = 0; r < p->rows; r += most) {
        const i64   R  = i64_min(most, p->rows - r);
        const real *nf = p->work + p->at.nf + r * d;
        k->linear_dx(z, nf, p->packed + p->pack.head_t, NULL, R, V, d);
        k->xent(loss + r, p->grad ? z : NULL, z, y + r, R, V, p->how->scale,
                p->how->z_loss);
        if (!p->grad)
            continue;
        k->linear(p->work + p->at.dn + r * d, z, p->packed + p->pack.head,
                  NULL, NULL, R, V, d);
        k->linear_dw(p->grad + head, NULL, z, nf, R, V, d);
    }
}

static void ff_back(const Pass *p, i64 layer)
{
    const i64   R = p->rows, d = p->shape->width, ff = p->shape->ff;
    const Kern *k = p->kern;
    const Block b = transformer_block(p->shape, layer);
    const real *packed = p->packed + layer * p->pack.layer;
    const real *a = layer_work(p, layer);
    real       *g = p->grad, *dx = p->work + p->at.dx;
    real       *dn = p->work + p->at.dn, *du = p->work + p->at.wide;

    k->linear_dw(g + b.down_w, g + b.down_b, a + p->at.act, dx, R, ff, d);
    k->linear_dx(du, dx, packed + p->pack.down_t, a + p->at.slope, R, ff, d);
    k->linear_dw(g + b.up_w, g + b.up_b, a + p->at.n2, du, R, d, ff);
    k->linear_dx(dn, du, packed + p->pack.up_t, NULL, R, d, ff);
    k->norm_back(dx, g + b.norm2_gain, g + b.norm2_bias, dn, a + p->at.x1,
                 a + p->at.stat2, p->param + b.norm2_gain, R, d);
}

static void attention_back(const Pass *p, i64 layer)
{
    const i64   R = p->rows, d = p->shape->width, T = p->shape->context;
    const Kern *k = p->kern;
    const Attend attend = transformer_attend(p->shape);
    const Block b = transformer_block(p->shape, layer);
    const real *packed = p->packed + layer * p->pack.layer;
    const real *a = layer_work(p, layer);
    real       *g = p->grad, *dx = p->work + p->at.dx;
    real       *dn = p->work + p->at.dn, *dqkv = p->work + p->at.wide;

    k->linear_dw(g + b.proj_w, g + b.proj_b, a + p->at.o, dx, R, d, d);
    k->linear_dx(dn, dx, packed + p->pack.proj_t, NULL, R, d, d);
    for (i64 i = 0; i < p->batch; i++)
        k->attention_back(dqkv + i * T * d * 3, p->work + p->at.attention,
                          dn + i * T * d, a + p->at.o + i * T * d,
                          a + p->at.qkv + i * T * d * 3,
                          a + p->at.keep + i * p->at.keep_one, &attend);
    k->linear_dw(g + b.qkv_w, g + b.qkv_b, a + p->at.n1, dqkv, R, d, 3 * d);
    k->linear_dx(dn, dqkv, packed + p->pack.qkv_t, NULL, R, d, 3 * d);
    k->norm_back(dx, g + b.norm1_gain, g + b.norm1_bias, dn, a + p->at.x0,
                 a + p->at.stat1, p->param + b.norm1_gain, R, d);
}

static void forward(const Pass *p, const i32 *x)
{
    const i64  d = p->shape->width;
    const Ends e = transformer_ends(p->shape);
    real      *w = p->work;

    p->kern->embed(layer_work(p, 0) + p->at.x0, p->param + e.token,
                   p->param + e.position, x, p->rows, p->shape->context, d,
                   p->shape->vocab);
    for (i64 l = 0; l < p->shape->layers; l++) {
        attention_forward(p, l);
        ff_forward(p, l);
    }
    p->kern->norm(w + p->at.nf, w + p->at.statf, w + p->at.x,
                  p->param + e.normf_gain, p->param + e.normf_bias, p->rows,
                  d);
}

static void backward(const Pass *p, const i32 *x)
{
    const i64  d = p->shape->width;
    const Ends e = transformer_ends(p->shape);
    real      *w = p->work, *g = p->grad, *dx = w + p->at.dx;

    for (i64 i = 0; i < p->rows * d; i++)
        dx[i] = 0;
    p->kern->norm_back(dx, g + e.normf_gain, g + e.normf_bias, w + p->at.dn,
                       w + p->at.x, w + p->at.statf,
                       p->param + e.normf_gain, p->rows, d);
    for (i64 l = p->shape->layers - 1; l >= 0; l--) {
        ff_back(p, l);
        attention_back(p, l);
    }
    p->kern->embed_back(g + e.token, g + e.position, dx, x, p->rows,
                        p->shape->context, d, p->shape->vocab);
}

static void pass(real *loss, real *grad, const Kern *kern, const Shape *shape,
                 const real *param, const real *packed, real *work,
                 const i32 *x, const i32 *y, i64 batch,
                 const PassHow *how)
{
    const Pass p = {
        .kern = kern, .shape = shape, .param = param, .packed = packed,
        .grad = grad, .work = work, .how = how, .batch = batch,
        .rows = batch * shape->context,
        .pack = transformer_pack_layout(kern, shape),
        .at   = transformer_work_layout(kern, shape, batch),
    };
    forward(&p, x);
    head_pass(&p, loss, y);
    if (grad)
        backward(&p, x);
}

static void scores(real *z, const Kern *kern, const Shape *shape,
                   const real *param, const real *packed, real *work,
                   const i32 *x, i64 at)
{
    const PassHow plain = { 0 };
    const Pass p = {
        .kern = kern, .shape = shape, .param = param, .packed = packed,
        .work = work, .how = &plain, .pack = transformer_pack_layout(kern, shape),
        .at = transformer_work_layout(kern, shape, 1), .batch = 1,
        .rows = shape->context,
    };
    forward(&p, x);
    kern->linear_dx(z, work + p.at.nf + at * shape->width,
                    packed + p.pack.head_t, NULL, 1, shape->vocab,
                    shape->width);
}

const Arch arch_transformer = {
    .name         = "transformer",
    .about        = "decoder-only Transformer as GPT-2",
    .tensors      = transformer_tensors,
    .packed_count = transformer_packed_count,
    .work_count   = transformer_work_count,
    .pack         = transformer_pack,
    .pass         = pass,
    .scores       = scores,
};
