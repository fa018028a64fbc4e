/* transformer_head.c - from the last norm to losses, and back to dn.
 *
 * Scores are made for a few rows at a time, so that they are gone before they
 * would be written back to memory. Under muP they are `base / d` times what
 * the head makes of the last norm: that factor is laid on the norm's output,
 * which the head's gradient then sees as it should, and on what is sent back
 * to the norm. */

#include "arch/transformer.h"

static void times(real *x, i64 n, real factor)
{
    for (i64 i = 0; i < n; i++)
        x[i] *= factor;
}

static void scale_rows(const Pass *p, real *x)
{
    const i64 base = p->shape->mup_width, d = p->shape->width;
    if (base && base != d)
        times(x, p->rows * d, (real)((double)base / (double)d));
}

void transformer_last_norm(const Pass *p)
{
    real *w = p->work;

    transformer_norm(p, w + p->at.nf, w + p->at.statf, w + p->at.x,
                     (Norm){ p->ends.normf_gain, p->ends.normf_bias });
    transformer_see(p, "normf", -1, w + p->at.nf, p->shape->width);
    scale_rows(p, w + p->at.nf);
}

void transformer_last_norm_back(const Pass *p)
{
    real *w = p->work, *dx = w + p->at.dx;

    for (i64 i = 0; i < p->rows * p->shape->width; i++)
        dx[i] = 0;
    scale_rows(p, w + p->at.dn);
    transformer_norm_back(p, dx, w + p->at.dn, w + p->at.x, w + p->at.statf,
                          (Norm){ p->ends.normf_gain, p->ends.normf_bias });
}

void transformer_head(const Pass *p, real *loss, const i32 *y)
{
    const i64   d = p->shape->width, V = p->shape->vocab;
    const i64   most = transformer_rows_at_once(p->shape, p->rows);
    const Kern *k = p->kern;
    real       *z = p->work + p->at.scores;

    for (i64 r = 0; r < p->rows; r += most) {
        const i64   R  = i64_min(most, p->rows - r);
        const real *nf = p->work + p->at.nf + r * d;
        k->linear_dx(z, nf, p->packed + p->pack.head_t, NULL, R, V, d);
        if (p->how->see)
            p->how->see(p->how->see_self, "scores", -1, z, R, V);
        k->xent(loss + r, p->grad ? z : NULL, z, y + r, R, V, p->how->scale,
                p->how->z_loss);
        if (!p->grad)
            continue;
        k->linear(p->work + p->at.dn + r * d, z, p->packed + p->pack.head,
                  NULL, NULL, R, V, d);
        k->linear_dw(p->grad + p->ends.head, NULL, z, nf, R, V, d);
    }
}
