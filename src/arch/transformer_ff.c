/* transformer_ff.c - the second half of a layer, and its way back:
 *
 *     x0' = x1 + down( gelu( up( norm2 x1 ) ) )                 GPT-2
 *     x0' = x1 + down( silu(gate) up ),  gate up = up.w( norm2 x1 )   gated
 *
 * Gated, up.w is [d, 2 ff]: one product makes both, the gate's columns first.
 * Where GELU keeps its slope for the way back, the gate keeps gate and up; and
 * what is sent back to them is then written in their place. */

#include "arch/transformer.h"

/* act[R,ff] from n2[R,d]. */
static void activate(const Pass *p, const Layer *l)
{
    const i64   R = p->rows, d = p->shape->width, ff = p->shape->ff;
    const Kern *k = p->kern;
    const real *packed = l->packed + p->pack.up;
    const real *bias = transformer_param(p, l->block.up_b);
    real       *a = l->work;

    if (p->shape->gated) {
        k->linear(a + p->at.slope, a + p->at.n2, packed, bias, NULL, R, d,
                  2 * ff);
        k->swiglu(a + p->at.act, a + p->at.slope, R, ff);
    } else {
        k->linear_gelu(a + p->at.act, p->grad ? a + p->at.slope : NULL,
                       a + p->at.n2, packed, bias, R, d, ff);
    }
}

void transformer_ff(const Pass *p, const Layer *l)
{
    const i64   d = p->shape->width, ff = p->shape->ff;
    real *a = l->work;

    transformer_norm(p, a + p->at.n2, a + p->at.stat2, a + p->at.x1,
                     (Norm){ l->block.norm2_gain, l->block.norm2_bias });
    activate(p, l);
    transformer_branch(p, l->end, a + p->at.x1, &(Branch){
        .a = a + p->at.act, .K = ff, .layer = l->index, .site = SITE_FF,
        .packed = l->packed + p->pack.down,
        .bias = transformer_param(p, l->block.down_b) });
    transformer_see(p, "norm2", l->index, a + p->at.n2, d);
    transformer_see(p, "act", l->index, a + p->at.act, ff);
    transformer_see(p, "after_ff", l->index, l->end, d);
}

/* From dy behind down to what comes out of up: du, which is returned. */
static const real *down_back(const Pass *p, const Layer *l, const real *dy)
{
    const i64   R = p->rows, d = p->shape->width, ff = p->shape->ff;
    const real *down = l->packed + p->pack.down_t;
    real       *wide = p->work + p->at.wide;
    real       *slope = l->work + p->at.slope;

    if (!p->shape->gated) {
        p->kern->linear_dx(wide, dy, down, slope, R, ff, d);
        return wide;
    }
    p->kern->linear_dx(wide, dy, down, NULL, R, ff, d);
    p->kern->swiglu_back(slope, wide, slope, R, ff);
    return slope;
}

void transformer_ff_back(const Pass *p, const Layer *l)
{
    const i64   R = p->rows, d = p->shape->width, ff = p->shape->ff;
    const i64   up = count_up(*p->shape);
    const real *a = l->work;
    real       *dn = p->work + p->at.dn;
    const real *dy = transformer_branch_back(p, dn, l->index, SITE_FF);

    transformer_weights_back(p, l->block.down_w, l->block.down_b, a + p->at.act,
                             dy, ff, d);
    const real *du = down_back(p, l, dy);
    transformer_weights_back(p, l->block.up_w, l->block.up_b, a + p->at.n2,
                             du, d, up);
    p->kern->linear_dx(dn, du, l->packed + p->pack.up_t, NULL, R, d, up);
    transformer_norm_back(p, p->work + p->at.dx, dn, a + p->at.x1,
                          a + p->at.stat2,
                          (Norm){ l->block.norm2_gain, l->block.norm2_bias });
}
