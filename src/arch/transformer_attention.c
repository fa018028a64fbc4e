/* transformer_attention.c - the first half of a layer, and its way back:
 *
 *     x1 = x0 + proj( attention( qkv( norm1 x0 ) ) )
 *
 * Between qkv and attention, queries and keys may be normed (qk_norm: RMS over
 * each head, one gain for all heads of queries and one for those of keys) and
 * then turned by their positions (rope); values are left as they are. Norm
 * before turn, so that what is turned has the norm's length.
 *
 * SOURCE: Henry et al. 2020, arXiv:2010.04245, and Dehghani et al. 2023,
 *         arXiv:2302.05442, section 2, for norms of queries and keys; Ainslie
 *         et al. 2023, arXiv:2305.13245, for keys and values that heads share.
 */

#include "arch/transformer.h"

#include "kern/far.h"

/* -- Queries and keys ----------------------------------------------------- */

static i64 head_gain(const Pass *p, const Layer *l, i64 head)
{
    return head < p->attend.H ? l->block.qnorm_gain : l->block.knorm_gain;
}

/* Row r of work `stat_qk` is head r: stat_qk[H + KV, R]. */
static void qk_norm(const Pass *p, const Layer *l)
{
    real     *a = l->work;
    const i64 R = p->rows, S = p->attend.S, row = count_qkv(*p->shape);

    kern_copy(p->kern, a + p->at.raw, a + p->at.qkv, R * row);
    for (i64 h = 0; h < p->attend.H + p->attend.KV; h++) {
        const i64 gain = head_gain(p, l, h);
        p->kern->rms(a + p->at.qkv + h * S, a + p->at.stat_qk + h * R,
                     a + p->at.raw + h * S, p->param + gain, R, S, row);
    }
}

static void qk_norm_back(const Pass *p, const Layer *l, real *dqkv)
{
    const real *a = l->work;
    const i64   R = p->rows, S = p->attend.S, row = count_qkv(*p->shape);

    for (i64 h = 0; h < p->attend.H + p->attend.KV; h++) {
        const i64 gain = head_gain(p, l, h);
        real     *d = dqkv + h * S;
        p->kern->rms_back(d, p->grad + gain, NULL, d, a + p->at.raw + h * S,
                          a + p->at.stat_qk + h * R, p->param + gain, R, S,
                          row);
    }
}

static void turn(const Pass *p, real *qkv, bool back)
{
    const Attend *a = &p->attend;
    p->kern->rope(qkv, p->packed + p->pack.turn, p->rows, a->T, a->H + a->KV,
                  a->S, count_qkv(*p->shape), back);
}

/* -- Forward -------------------------------------------------------------- */

static void queries_keys_values(const Pass *p, const Layer *l)
{
    real *a = l->work;

    transformer_norm(p, a + p->at.n1, a + p->at.stat1, a + p->at.x0,
                     (Norm){ l->block.norm1_gain, l->block.norm1_bias });
    p->kern->linear(a + p->at.qkv, a + p->at.n1, l->packed + p->pack.qkv,
                    transformer_param(p, l->block.qkv_b), NULL, p->rows,
                    p->shape->width, count_qkv(*p->shape));
    if (p->shape->qk_norm)
        qk_norm(p, l);
    if (p->shape->rope)
        turn(p, a + p->at.qkv, false);
}

void transformer_attention(const Pass *p, const Layer *l)
{
    const i64 d = p->shape->width, qkv = count_qkv(*p->shape);
    real     *a = l->work;

    queries_keys_values(p, l);
    kern_attention(p->kern, a + p->at.o, a + p->at.keep,
                   p->work + p->at.attention, a + p->at.qkv, p->batch,
                   &p->attend);
    transformer_branch(p, a + p->at.x1, a + p->at.x0, &(Branch){
        .a = a + p->at.o, .K = d, .layer = l->index, .site = SITE_ATTENTION,
        .packed = l->packed + p->pack.proj,
        .bias = transformer_param(p, l->block.proj_b) });
    transformer_see(p, "norm1", l->index, a + p->at.n1, d);
    transformer_see(p, "qkv", l->index, a + p->at.qkv, qkv);
    transformer_see(p, "attention", l->index, a + p->at.o, d);
    transformer_see(p, "after_attention", l->index, a + p->at.x1, d);
}

/* -- Back ----------------------------------------------------------------- */

/* From d(qkv) as attention saw it to what norm1 receives, in dn. */
static void queries_keys_values_back(const Pass *p, const Layer *l, real *dqkv)
{
    const i64   R = p->rows, d = p->shape->width, qkv = count_qkv(*p->shape);
    const real *a = l->work;

    if (p->shape->rope)
        turn(p, dqkv, true);
    if (p->shape->qk_norm)
        qk_norm_back(p, l, dqkv);
    transformer_weights_back(p, l->block.qkv_w, l->block.qkv_b, a + p->at.n1,
                             dqkv, d, qkv);
    p->kern->linear_dx(p->work + p->at.dn, dqkv, l->packed + p->pack.qkv_t,
                       NULL, R, d, qkv);
}

/* proj's way back, to dn. */
static void proj_back(const Pass *p, const Layer *l)
{
    const i64   R = p->rows, d = p->shape->width;
    const real *a = l->work;
    const real *dy = transformer_branch_back(p, p->work + p->at.wide, l->index,
                                             SITE_ATTENTION);

    transformer_weights_back(p, l->block.proj_w, l->block.proj_b, a + p->at.o,
                             dy, d, d);
    p->kern->linear_dx(p->work + p->at.dn, dy, l->packed + p->pack.proj_t,
                       NULL, R, d, d);
}

void transformer_attention_back(const Pass *p, const Layer *l)
{
    const real *a = l->work;
    real       *dn = p->work + p->at.dn, *dqkv = p->work + p->at.wide;

    proj_back(p, l);
    kern_attention_back(p->kern, dqkv, p->work + p->at.attention, dn,
                        a + p->at.o, a + p->at.qkv, a + p->at.keep, p->batch,
                        &p->attend);
    queries_keys_values_back(p, l, dqkv);
    transformer_norm_back(p, p->work + p->at.dx, dn, a + p->at.x0,
                          a + p->at.stat1,
                          (Norm){ l->block.norm1_gain, l->block.norm1_bias });
}
