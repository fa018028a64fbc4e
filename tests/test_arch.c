/* test_arch.c - what a whole model promises, on every backend.
 *
 * Gaps between backends are rounding carried through some layers: each of a
 * dozen kernels in a row is off by at most a few hundred units of 2^-24 of
 * what it adds up (test_kern.c), and the model neither swells nor shrinks what
 * passes through it. 1e-4 of the largest number of a tensor is room for ten
 * such kernels at their bound; what is seen is nearer 1e-6, and a wrong index
 * or a lost term shows at 1e-1. */

#include "arch/arch.h"
#include "tests/kern_box.h"

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

typedef struct Model {
    Arena       arena;
    const Arch *arch;
    const Kern *kern;
    Shape       shape;
    i64         n, rows;
    real       *param, *grad, *packed, *work, *loss;
    i32        *x, *y;
} Model;

/* Work and packed weights start as NaN: a kernel that read what nobody wrote
 * would be seen. */
static real *unwritten(Arena *arena, i64 n)
{
    real *x = NEW(arena, real, n);
    for (i64 i = 0; i < n; i++)
        x[i] = (real)NAN;
    return x;
}

static Model model(const Kern *kern, Shape shape)
{
    Model m = { .arch = arch_find("transformer"), .kern = kern,
                .shape = shape, .rows = SEQUENCES * shape.context };
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
static void stir(Model *m)
{
    for (i64 i = 0; i < m->n; i++)
        m->param[i] += (real)(0.2 * rng_normal(SEED, RNG_TEST, (u64)(i + 99)));
    m->arch->pack(m->packed, m->kern, &m->shape, m->param);
}

static void run(Model *m, bool backward)
{
    m->arch->pass(m->loss, backward ? m->grad : NULL, m->kern, &m->shape,
                  m->param, m->packed, m->work, m->x, m->y, SEQUENCES,
                  &(PassHow){ .scale = (real)(1.0 / (double)m->rows) });
}

static double mean(const real *x, i64 n)
{
    double sum = 0;
    for (i64 i = 0; i < n; i++)
        sum += (double)x[i];
    return sum / (double)n;
}

TEST(a_model_is_as_large_as_it_is_counted_to_be)
{
    for (int i = 0; i < COUNT_OF(shapes); i++) {
        const Shape s = shapes[i];
        test_note("shape %d", i);
        CHECK(arch_param_count(arch_find("transformer"), &s)
              == count_params(s).total);
    }
}

TEST(every_backend_computes_the_same_model)
{
    for (int i = 0; i < COUNT_OF(shapes); i++) {
        Model want = model(&kern_ref, shapes[i]);
        stir(&want);
        run(&want, true);
        EACH_KERN(k) {
            if (strcmp(k->dtype, "fp32") != 0)
                continue;
            Model seen = model(k, shapes[i]);
            stir(&seen);
            run(&seen, true);
            test_note("%s, shape %d", k->name, i);
            CHECK_BELOW(gap_of_largest(seen.loss, want.loss, want.rows), 1e-5);

            Tensor    t[ARCH_TENSORS_MAX];
            const int n = want.arch->tensors(t, &shapes[i]);
            for (int j = 0; j < n; j++) {
                test_note("%s, shape %d, %s", k->name, i, t[j].name);
                CHECK_BELOW(gap_of_largest(seen.grad + t[j].at,
                                           want.grad + t[j].at, t[j].count),
                            1e-4);
            }
            arena_free(&seen.arena);
        }
        arena_free(&want.arena);
    }
}

TEST(the_loss_at_birth_is_that_of_a_guess)
{
    EACH_KERN(k)
        for (int i = 0; i < COUNT_OF(shapes); i++) {
            Model m = model(k, shapes[i]);
            run(&m, false);
            test_note("%s, shape %d", k->name, i);
            CHECK_NEAR(mean(m.loss, m.rows), log((double)shapes[i].vocab),
                       0.05);
            arena_free(&m.arena);
        }
}

TEST(no_token_sees_its_future)
{
    EACH_KERN(k)
        for (int i = 0; i < COUNT_OF(shapes); i++) {
            const i64 T = shapes[i].context;
            Model     m = model(k, shapes[i]);
            stir(&m);
            run(&m, false);
            real *before = NEW(&m.arena, real, m.rows);
            memcpy(before, m.loss, (size_t)m.rows * sizeof(real));

            for (i64 t = 1; t < T; t += 1 + T / 5) {
                const i32 was = m.x[t];
                m.x[t] = (i32)((was + 1) % shapes[i].vocab);
                run(&m, false);
                m.x[t] = was;
                test_note("%s, shape %d, token %d", k->name, i, (int)t);
                CHECK(memcmp(before, m.loss, (size_t)t * sizeof(real)) == 0);
                CHECK(m.loss[t] != before[t]);
            }
            arena_free(&m.arena);
        }
}

/* Sequences do not meet: turned round, each has the same loss bit by bit, and
 * the gradient is the same sum in another order. */
TEST(the_order_of_sequences_does_not_matter)
{
    EACH_KERN(k)
        for (int i = 0; i < COUNT_OF(shapes); i++) {
            const i64    T = shapes[i].context;
            const size_t one = (size_t)T * sizeof(i32);
            Model        a = model(k, shapes[i]), b = model(k, shapes[i]);
            stir(&a), stir(&b);
            for (i64 s = 0; s < SEQUENCES; s++) {
                memcpy(b.x + s * T, a.x + (SEQUENCES - 1 - s) * T, one);
                memcpy(b.y + s * T, a.y + (SEQUENCES - 1 - s) * T, one);
            }
            run(&a, true), run(&b, true);
            test_note("%s, shape %d", k->name, i);
            for (i64 s = 0; s < SEQUENCES; s++)
                CHECK(memcmp(b.loss + s * T,
                             a.loss + (SEQUENCES - 1 - s) * T, one) == 0);
            CHECK_BELOW(gap_of_largest(b.grad, a.grad, a.n), 1e-5);
            arena_free(&a.arena), arena_free(&b.arena);
        }
}

TEST(a_pass_without_a_gradient_has_the_same_loss_bit_by_bit)
{
    EACH_KERN(k)
        for (int i = 0; i < COUNT_OF(shapes); i++) {
            Model a = model(k, shapes[i]), b = model(k, shapes[i]);
            run(&a, true), run(&b, false);
            test_note("%s, shape %d", k->name, i);
            CHECK(memcmp(a.loss, b.loss, (size_t)a.rows * sizeof(real)) == 0);
            arena_free(&a.arena), arena_free(&b.arena);
        }
}

/* A step of plain descent along the gradient lowers the loss by what the
 * gradient promises: scale and sign are right on every backend. */
/* Not in bf16, where a step this small is lost in the rounding of weights. */
TEST(a_small_step_down_the_gradient_pays_what_it_promises)
{
    EACH_KERN(k)
        for (int i = 0; i < COUNT_OF(shapes); i++) {
            if (strcmp(k->dtype, "fp32") != 0)
                continue;
            Model m = model(k, shapes[i]);
            stir(&m);
            run(&m, true);
            const double before = mean(m.loss, m.rows);
            const double square = k->sum_squares(m.grad, m.n);
            const double step = 1e-3 / sqrt(square);
            for (i64 j = 0; j < m.n; j++)
                m.param[j] -= (real)(step * (double)m.grad[j]);
            m.arch->pack(m.packed, k, &m.shape, m.param);
            run(&m, false);
            test_note("%s, shape %d", k->name, i);
            CHECK_NEAR(before - mean(m.loss, m.rows), step * square, 0.1);
            arena_free(&m.arena);
        }
}

TEST(initial_numbers_depend_on_seed_and_place_alone)
{
    const Arch *arch = arch_find("transformer");
    Arena       arena = { 0 };
    const Shape s = shapes[0];
    const i64   n = arch_param_count(arch, &s);
    real *a = NEW(&arena, real, n), *b = NEW(&arena, real, n);
    arch_init(a, arch, &s, 1), arch_init(b, arch, &s, 1);
    CHECK(memcmp(a, b, (size_t)n * sizeof(real)) == 0);
    arch_init(b, arch, &s, 2);
    CHECK(memcmp(a, b, (size_t)n * sizeof(real)) != 0);
    arena_free(&arena);
}

TEST(a_micro_batch_is_some_hundred_tokens_and_never_none)
{
    Shape s = shapes[0];
    for (i64 T = 1; T <= 4096; T *= 2)
        for (i64 batch = 1; batch <= 64; batch *= 4) {
            s.context = T;
            const i64 m = arch_micro_batch(&s, batch);
            CHECK(1 <= m && m <= batch && (m == 1 || m * T <= 512));
        }
}
