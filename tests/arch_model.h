/* arch_model.h - for the tests of models: some shapes, and under them the sets
 * of arch_options.h; a model with its slabs, stirred and run. */

#ifndef ARCH_MODEL_H
#define ARCH_MODEL_H

#include "arch/arch.h"
#include "tests/arch_options.h"
#include "tests/kern_box.h"

#include <stdio.h>

enum { SEED = 5, SEQUENCES = 3 };

static const Shape shapes[] = {
    { .layers = 2, .width = 16, .heads = 1, .ff = 64, .vocab = 31,
      .context = 50 },
    { .layers = 1, .width = 24, .heads = 3, .ff = 96, .vocab = 256,
      .context = 33, .tied = true },
    { .layers = 2, .width = 12, .heads = 2, .ff = 48, .vocab = 17,
      .context = 7 },
    { .layers = 3, .width = 64, .heads = 4, .ff = 256, .vocab = 65,
      .context = 70 },
    { .layers = 1, .width = 5, .heads = 1, .ff = 3, .vocab = 2,
      .context = 1 },
    { .layers = 1, .width = 40, .heads = 1, .ff = 160, .vocab = 300,
      .context = 129 },
};

/* Every shape as it is, and the first few under every set of options that they
 * can have. */
enum { SHAPES_WITH_OPTIONS = 3 };

typedef struct Case {
    int   next;
    Shape shape;
    char  note[64];
} Case;

static inline bool next_case(Case *c)
{
    while (c->next < COUNT_OF(shapes) * COUNT_OF(option_sets)) {
        const int at = c->next++, s = at / COUNT_OF(option_sets);
        const OptionSet *set = &option_sets[at % COUNT_OF(option_sets)];
        snprintf(c->note, sizeof c->note, "shape %d, %s", s, set->name);
        if ((s < SHAPES_WITH_OPTIONS || set == option_sets)
            && option_lay(&c->shape, &shapes[s], set))
            return true;
    }
    return false;
}

#define EACH_CASE(c) for (Case c = { 0 }; next_case(&(c));)

typedef struct Model {
    Arena       arena;
    const Arch *arch;
    const Kern *kern;
    Shape       shape;
    i64         n, rows;
    real       *param, *grad, *packed, *work, *loss;
    i32        *x, *y;
    PassHow     how;
} Model;

/* Work and packed weights start as NaN: a kernel that read what nobody wrote
 * would be seen. */
static inline real *unwritten(Arena *arena, i64 n)
{
    real *x = NEW(arena, real, n);
    for (i64 i = 0; i < n; i++)
        x[i] = (real)NAN;
    return x;
}

static inline Model model(const Kern *kern, Shape shape)
{
    Model m = { .arch = arch_of(&shape), .kern = kern,
                .shape = shape, .rows = SEQUENCES * shape.context };
    m.how.scale = (real)(1.0 / (double)m.rows);
    m.n      = arch_param_count(m.arch, &shape);
    m.param  = NEW(&m.arena, real, m.n);
    m.grad   = NEW(&m.arena, real, m.n);
    m.packed = unwritten(&m.arena, m.arch->packed_count(kern, &shape));
    m.work   = unwritten(&m.arena,
                         m.arch->work_count(kern, &shape, SEQUENCES));
    m.loss = unwritten(&m.arena, m.rows);
    m.x    = NEW(&m.arena, i32, m.rows);
    m.y    = NEW(&m.arena, i32, m.rows);
    arch_init(m.param, m.arch, &shape, SEED);
    for (i64 r = 0; r < m.rows; r++) {
        m.x[r] = (i32)rng_below(SEED, RNG_TEST, (u64)(2 * r), shape.vocab);
        m.y[r] = (i32)rng_below(SEED, RNG_TEST, (u64)(2 * r + 1), shape.vocab);
    }
    m.arch->pack(m.packed, kern, &shape, m.param);
    return m;
}

/* Away from where they started, so that gains and biases matter. */
static inline void stir(Model *m)
{
    for (i64 i = 0; i < m->n; i++)
        m->param[i] += (real)(0.2 * rng_normal(SEED, RNG_TEST, (u64)(i + 99)));
    m->arch->pack(m->packed, m->kern, &m->shape, m->param);
}

static inline void run(Model *m, bool backward)
{
    m->arch->pass(m->loss, backward ? m->grad : NULL, m->kern, &m->shape,
                  m->param, m->packed, m->work, m->x, m->y, SEQUENCES,
                  &m->how);
}

static inline double mean(const real *x, i64 n)
{
    double sum = 0;
    for (i64 i = 0; i < n; i++)
        sum += (double)x[i];
    return sum / (double)n;
}

#endif
