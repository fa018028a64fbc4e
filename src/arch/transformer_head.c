/* transformer_head.c - from the last norm to losses, and back to dn.
 *
 * Under muP scores are `base / d` times what the head makes of the last norm:
 * that factor is laid on the norm's output, which the head's gradient then sees
 * as it should, and on what is sent back to the norm. */

#include "arch/head.h"
#include "arch/transformer.h"
#include "kern/far.h"

static void scale_rows(const Pass *p, real *x)
{
    const i64 base = p->shape->mup_width, d = p->shape->width;
    if (base && base != d)
        kern_times(p->kern, x, p->rows * d,
                   (real)((double)base / (double)d));
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

    kern_zero(p->kern, dx, p->rows * p->shape->width);
    scale_rows(p, w + p->at.dn);
    transformer_norm_back(p, dx, w + p->at.dn, w + p->at.x, w + p->at.statf,
                          (Norm){ p->ends.normf_gain, p->ends.normf_bias });
}

void transformer_head(const Pass *p, real *loss, const i32 *y)
{
    const Head head = {
        .kern = p->kern, .shape = p->shape, .how = p->how,
        .packed   = p->packed + p->pack.head,
        .packed_t = p->packed + p->pack.head_t,
        .grad = p->grad ? p->grad + p->ends.head : NULL,
        .room = p->work + p->at.scores, .rows = p->rows,
    };
    head_losses(&head, loss, p->work + p->at.dn, p->work + p->at.nf, y);
}
