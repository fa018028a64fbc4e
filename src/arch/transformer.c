/* transformer.c - a decoder-only Transformer. As GPT-2: pre-norm, learned
 * positions, GELU, biases everywhere but in the head.
 *
 *     x0 = token[id] + position
 *     x1 = x0 + proj( attention( qkv( norm1 x0 ) ) )       each layer
 *     x0'= x1 + down( gelu( up( norm2 x1 ) ) )
 *     z  = head ( normf x0 )                               head[V,d], no bias
 *
 * The options of Shape, each alone or all together (then it is what Llama and
 * its like are), change one part each: rms the norms (transformer_stream.c);
 * rope, qk_norm and kv_heads attention (transformer_attention.c); gated the
 * feed-forward (transformer_ff.c); bare every linear map; muP initial values,
 * rates, the scale of attention and of scores (transformer_tensor.c says how).
 *
 * One pass takes a micro-batch through all layers and back while what it
 * computed is still near the core. The reals it needs lie in three slabs:
 * parameters (transformer_tensor.c), weights packed for the products, and work
 * (transformer_layout.c).
 *
 * PassHow.see is shown, as [rows, cols], "embed" (-1); in each layer "norm1",
 * "qkv" (as attention reads them: normed and turned), "attention", "norm2",
 * "act" (behind GELU or gate) and the stream "after_attention" and "after_ff";
 * "normf" (-1; under muP before its factor); and "scores" (-1), some rows at a
 * time, from the first on.
 *
 * SOURCE: Radford et al. 2019 (GPT-2); Vaswani et al. 2017, arXiv:1706.03762;
 *         Touvron et al. 2023, arXiv:2302.13971 (Llama).
 * Contract: arch.h. */

#include "arch/transformer.h"

static void embed(const Pass *p, const i32 *x)
{
    real *x0 = p->work + p->at.x0; /* of the first layer */

    p->kern->embed(x0, p->param + p->ends.token,
                   transformer_param(p, p->ends.position), x, p->rows,
                   p->shape->context, p->shape->width, p->shape->vocab);
    if (p->how->dropout > 0)
        transformer_drop(p, x0, x0, NULL, 0, SITE_EMBED);
    transformer_see(p, "embed", -1, x0, p->shape->width);
}

static void embed_back(const Pass *p, const i32 *x)
{
    real *dx = p->work + p->at.dx;

    if (p->how->dropout > 0)
        transformer_drop(p, dx, dx, NULL, 0, SITE_EMBED);
    p->kern->embed_back(p->grad + p->ends.token,
                        transformer_grad(p, p->ends.position), dx, x, p->rows,
                        p->shape->context, p->shape->width, p->shape->vocab);
}

static void forward(const Pass *p, const i32 *x)
{
    embed(p, x);
    for (i64 i = 0; i < p->shape->layers; i++) {
        const Layer layer = transformer_layer(p, i);
        transformer_attention(p, &layer);
        transformer_ff(p, &layer);
    }
    transformer_last_norm(p);
}

static void backward(const Pass *p, const i32 *x)
{
    transformer_last_norm_back(p);
    for (i64 i = p->shape->layers - 1; i >= 0; i--) {
        const Layer layer = transformer_layer(p, i);
        transformer_ff_back(p, &layer);
        transformer_attention_back(p, &layer);
    }
    embed_back(p, x);
}

static Pass begin(const Kern *kern, const Shape *shape, const real *param,
                  const real *packed, real *work, i64 batch)
{
    return (Pass){
        .kern = kern, .shape = shape, .param = param, .packed = packed,
        .work = work, .batch = batch, .rows = batch * shape->context,
        .attend = transformer_attend(shape),
        .pack   = transformer_pack_layout(kern, shape),
        .at     = transformer_work_layout(kern, shape, batch),
        .ends   = transformer_ends(shape),
    };
}

static void pass(real *loss, real *grad, const Kern *kern, const Shape *shape,
                 const real *param, const real *packed, real *work,
                 const i32 *x, const i32 *y, i64 batch, const PassHow *how)
{
    Pass p = begin(kern, shape, param, packed, work, batch);
    p.grad = grad;
    p.how  = how;
    forward(&p, x);
    transformer_head(&p, loss, y);
    if (grad)
        backward(&p, x);
}

static void scores(real *z, const Kern *kern, const Shape *shape,
                   const real *param, const real *packed, real *work,
                   const i32 *x, i64 at)
{
    const PassHow plain = { 0 };
    Pass          p = begin(kern, shape, param, packed, work, 1);
    p.how = &plain;
    forward(&p, x);
    kern->linear_dx(z, work + p.at.nf + at * shape->width,
                    packed + p.pack.head_t, NULL, 1, shape->vocab,
                    shape->width);
}

const Arch arch_transformer = {
    .name         = "transformer",
    .about        = "decoder-only Transformer, as GPT-2 or as Llama",
    .tensors      = transformer_tensors,
    .packed_count = transformer_packed_count,
    .work_count   = transformer_work_count,
    .pack         = transformer_pack,
    .pass         = pass,
    .scores       = scores,
};
