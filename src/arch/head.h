/* head.h - private to arch/: from the last activations of any architecture to
 * losses, and back. */

#ifndef HEAD_H
#define HEAD_H

#include "arch/arch.h"

typedef struct Head {
    const Kern    *kern;
    const Shape   *shape;
    const PassHow *how;
    const real    *packed, *packed_t; /* the head's weights             */
    real          *grad;  /* of the head; NULL: forward only            */
    real          *room;  /* [head_rows, V], for scores                 */
    i64            rows;
} Head;

/* Of `rows` tokens, for how many scores are made at a time. */
i64 head_rows(const Kern *kern, const Shape *shape, i64 rows);

/* Losses of tokens y behind activations n[rows,d]; with a gradient, adds the
 * head's and overwrites dn[rows,d]. */
void head_losses(const Head *head, real *loss, real *dn, const real *n,
                 const i32 *y);

#endif
