/* head.c - scores are made for a few rows at a time, so that they are gone
 * before they would be written back to memory. Contract: head.h. */

#include "arch/head.h"

/* Scores are made for this many numbers at a time: a quarter of a typical
 * second-level cache, so that they are gone before they are written back.
 * Where the head is larger than caches are, it has to come from memory for
 * every group of rows, and its gradient goes there and back: then groups are
 * as large as a micro-batch is. */
enum { SCORES_MAX = 65536, HEAD_LARGE = 4 << 20, ROWS_LARGE = 256 };

i64 head_rows(const Kern *kern, const Shape *shape, i64 rows)
{
    if (kern->far)
        return i64_min(rows, i64_max(1, kern->far->scores / shape->vocab));
    const i64 least = shape->vocab * shape->width > HEAD_LARGE ? ROWS_LARGE
                                                               : 32;
    return i64_min(rows, i64_max(least, SCORES_MAX / shape->vocab));
}

void head_losses(const Head *head, real *loss, real *dn, const real *n,
                 const i32 *y)
{
    const i64      d = head->shape->width, V = head->shape->vocab;
    const i64      most = head_rows(head->kern, head->shape, head->rows);
    const Kern    *k = head->kern;
    const PassHow *how = head->how;
    real          *z = head->room;

    for (i64 r = 0; r < head->rows; r += most) {
        const i64 R = i64_min(most, head->rows - r);
        k->linear_dx(z, n + r * d, head->packed_t, NULL, R, V, d);
        if (how->see)
            how->see(how->see_self, "scores", -1, z, R, V);
        k->xent(loss + r, head->grad ? z : NULL, z, y + r, R, V, how->scale,
                how->z_loss);
        if (!head->grad)
            continue;
        k->linear(dn + r * d, z, head->packed, NULL, NULL, R, V, d);
        k->linear_dw(head->grad, NULL, z, n + r * d, R, V, d);
    }
}
