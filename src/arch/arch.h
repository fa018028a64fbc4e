/* arch.h - what an architecture offers: its parameters as one list of named
 * tensors in one slab, and one pass (loss, and gradient if wanted) over a
 * micro-batch of sequences, written once against the kernel table.
 *
 * One file and one row in arch_list.h each. All functions are pure in the
 * sense that they touch only what they are handed: many threads may run passes
 * over the same parameters at once, each with its own work and gradient.
 *
 * real is float in the program and double in the tests (kern/real.h). */

#ifndef ARCH_H
#define ARCH_H

#include "base/base.h"
#include "count/count.h"
#include "kern/kern.h"

enum { ARCH_TENSORS_MAX = 24 };

typedef struct Tensor {
    const char *name;  /* "qkv.w"; all layers of it lie together         */
    i64         at;    /* offset in the slab, in reals                   */
    i64         count; /* reals, all layers                              */
    i64         rows, cols, layers; /* of one layer; count = product     */
    bool        decay; /* weight decay applies (matrices, not gains)     */
    bool        hidden;    /* a matrix inside the layers: what Muon takes */
    i64         cut[3];    /* columns where, within it, one matrix ends and
                            * the next begins, rising; 0: it is one         */
    double      lr_scale;  /* its step is lr * lr_scale (muP); else 1.
                            * Decay stays lr * decay whatever this is     */
    double      init_sd;   /* of the normal it starts from; 0: constant  */
    double      init_fill; /* that constant...                           */
    i64         fill[2];   /* ...in columns from, to; others 0. 0 0: all */
} Tensor;

/* How a pass is to be done. All zero: forward as it is evaluated. */
typedef struct PassHow {
    real scale;    /* the gradient is that of scale * (sum of what is below) */
    real z_loss;   /* the gradient's loss has z_loss * (log Z)^2 beside it   */
    real dropout;  /* share of the numbers dropped; 0 to below 1             */
    u64  seed;     /* of what is dropped, with the number of the sequence... */
    i64  sequence; /* ...since the run began, of the first of the batch      */

    /* NULL, or shown x[rows,cols] as each is made, by name; layer is -1
     * outside the layers. The architecture's .c lists the names. */
    void (*see)(void *self, const char *name, i64 layer, const real *x,
                i64 rows, i64 cols);
    void *see_self;
} PassHow;

typedef struct Arch {
    const char *name;  /* "transformer" */
    const char *about;
    bool        recurrent; /* as Shape.recurrent of its shapes is */

    /* All tensors in slab order; returns how many. */
    int (*tensors)(Tensor out[ARCH_TENSORS_MAX], const Shape *shape);

    /* Reals of packed weights (made once an optimizer step from the slab, and
     * shared by threads), and of private work space for one micro-batch of
     * `batch` sequences. */
    i64 (*packed_count)(const Kern *kern, const Shape *shape);
    i64 (*work_count)(const Kern *kern, const Shape *shape, i64 batch);

    void (*pack)(real *packed, const Kern *kern, const Shape *shape,
                 const real *param);

    /* Forward over batch sequences of shape->context tokens; loss[batch * T]
     * in nats, one per token: the cross-entropy, whatever else the gradient
     * is of. With grad not NULL also backward: ADDS
     * scale * d(sum of loss)/d(param) to grad[n_total]. */
    void (*pass)(real *loss, real *grad, const Kern *kern, const Shape *shape,
                 const real *param, const real *packed, real *work,
                 const i32 *x, const i32 *y, i64 batch, const PassHow *how);

    /* For writing text: the scores z[V] of what follows token `at` of one
     * sequence x[T]. Tokens after `at` change nothing, but must be tokens. */
    void (*scores)(real *z, const Kern *kern, const Shape *shape,
                   const real *param, const real *packed, real *work,
                   const i32 *x, i64 at);
} Arch;

int         arch_count(void);
const Arch *arch_at(int index);
const Arch *arch_find(const char *name);

/* Reals in the slab (= count_params(shape).total). */
i64 arch_param_count(const Arch *arch, const Shape *shape);

/* Fill the slab: number i of the slab is rng_normal(seed, RNG_INIT, i) times
 * its tensor's init_sd, so width and thread count change nothing else. */
void arch_init(real *param, const Arch *arch, const Shape *shape, u64 seed);

/* Sequences in a micro-batch: about 256 to 512 tokens, at least 1; of a
 * recurrent shape more, whose products have a row a sequence. */
i64 arch_micro_batch(const Shape *shape, i64 batch);

#endif
