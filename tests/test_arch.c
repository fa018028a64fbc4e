/* test_arch.c - what a whole model promises, on every backend.
 *
 * Gaps between backends are rounding carried through some layers: each of a
 * dozen kernels in a row is off by at most a few hundred units of 2^-24 of
 * what it adds up (test_kern.c), and the model neither swells nor shrinks what
 * passes through it. 1e-4 of the largest number of a tensor is room for ten
 * such kernels at their bound; what is seen is nearer 1e-6, and a wrong index
 * or a lost term shows at 1e-1. */

#include "tests/arch_model.h"

TEST(a_model_is_as_large_as_it_is_counted_to_be)
{
    EACH_CASE(c) {
        test_note("%s", c.note);
        CHECK(arch_param_count(arch_of(&c.shape), &c.shape)
              == count_params(c.shape).total);
    }
}

/* Bits 0 to 5: which options; the rest: how many heads of keys and values. */
static Shape combination(Shape shape, int bits)
{
    const i64 kv[] = { 0, 1, shape.heads };
    shape.tied     = bits & 1;
    shape.rms      = bits >> 1 & 1;
    shape.rope     = bits >> 2 & 1;
    shape.gated    = bits >> 3 & 1;
    shape.qk_norm  = bits >> 4 & 1;
    shape.bare     = bits >> 5 & 1;
    shape.kv_heads = kv[bits >> 6];
    return shape;
}

TEST(a_model_of_any_combination_of_options_is_as_large_as_counted)
{
    const Arch *arch = arch_find("transformer");
    for (int i = 0; i < COUNT_OF(shapes); i++)
        for (int bits = 0; bits < 3 << 6; bits++) {
            const Shape s = combination(shapes[i], bits);
            Tensor      t[ARCH_TENSORS_MAX];
            const int   n = arch->tensors(t, &s);
            i64         matrices = 0;
            for (int j = 0; j < n; j++)
                matrices += t[j].hidden ? t[j].count : 0;
            test_note("shape %d, options %x", i, (unsigned)bits);
            CHECK(arch_param_count(arch, &s) == count_params(s).total);
            CHECK(matrices == count_params(s).matrix);
            CHECK(t[n - 1].at + t[n - 1].count == count_params(s).total);
        }
}

/* Against the reference, of which the gradient may be that of z-loss and
 * dropout too. */
static void check_backend(const Kern *k, Model *want, const char *note)
{
    Model seen = model(k, want->shape);
    seen.how   = want->how;
    stir(&seen);
    run(&seen, true);
    test_note("%s, %s", k->name, note);
    CHECK_BELOW(gap_of_largest(seen.loss, want->loss, want->rows), 1e-5);

    Tensor    t[ARCH_TENSORS_MAX];
    const int n = want->arch->tensors(t, &want->shape);
    for (int j = 0; j < n; j++) {
        test_note("%s, %s, %s", k->name, note, t[j].name);
        CHECK_BELOW(gap_of_largest(seen.grad + t[j].at, want->grad + t[j].at,
                                   t[j].count), 1e-4);
    }
    arena_free(&seen.arena);
}

TEST(every_backend_computes_the_same_model)
{
    EACH_CASE(c)
        for (int more = 0; more < 2; more++) {
            Model want = model(&kern_ref, c.shape);
            want.how.z_loss  = more ? (real)0.01 : 0;
            want.how.dropout = more ? (real)0.2 : 0;
            stir(&want);
            run(&want, true);
            EACH_KERN(k)
                if (strcmp(k->dtype, "fp32") == 0)
                    check_backend(k, &want, c.note);
            arena_free(&want.arena);
        }
}

/* A tied head begins as the token that it is given: in a narrow model without
 * a table of positions that is still heard at the end. An LSTM's scores start
 * with an sd of 0.7 (lstm_layout.c), and cost half its square. */
TEST(the_loss_at_birth_is_that_of_a_guess)
{
    EACH_KERN(k)
        EACH_CASE(c) {
            Model m = model(k, c.shape);
            run(&m, false);
            test_note("%s, %s", k->name, c.note);
            CHECK_NEAR(mean(m.loss, m.rows), log((double)c.shape.vocab)
                       + (c.shape.recurrent ? 0.25 : 0),
                       c.shape.tied && c.shape.rope ? 0.08
                       : c.shape.recurrent ? 0.1 : 0.05);
            arena_free(&m.arena);
        }
}

TEST(no_token_sees_its_future)
{
    EACH_KERN(k)
        EACH_CASE(c) {
            const i64 T = c.shape.context;
            Model     m = model(k, c.shape);
            stir(&m);
            run(&m, false);
            real *before = NEW(&m.arena, real, m.rows);
            memcpy(before, m.loss, (size_t)m.rows * sizeof(real));

            for (i64 t = 1; t < T; t += 1 + T / 5) {
                const i32 was = m.x[t];
                m.x[t] = (i32)((was + 1) % c.shape.vocab);
                run(&m, false);
                m.x[t] = was;
                test_note("%s, %s, token %d", k->name, c.note, (int)t);
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
        EACH_CASE(c) {
            const i64    T = c.shape.context;
            const size_t one = (size_t)T * sizeof(i32);
            Model        a = model(k, c.shape), b = model(k, c.shape);
            stir(&a), stir(&b);
            for (i64 s = 0; s < SEQUENCES; s++) {
                memcpy(b.x + s * T, a.x + (SEQUENCES - 1 - s) * T, one);
                memcpy(b.y + s * T, a.y + (SEQUENCES - 1 - s) * T, one);
            }
            run(&a, true), run(&b, true);
            test_note("%s, %s", k->name, c.note);
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
        EACH_CASE(c) {
            Model a = model(k, c.shape), b = model(k, c.shape);
            run(&a, true), run(&b, false);
            test_note("%s, %s", k->name, c.note);
            CHECK(memcmp(a.loss, b.loss, (size_t)a.rows * sizeof(real)) == 0);
            arena_free(&a.arena), arena_free(&b.arena);
        }
}

/* A step of plain descent along the gradient lowers the loss by what the
 * gradient promises: scale and sign are right on every backend.
 * Not in bf16, where a step this small is lost in the rounding of weights. */
TEST(a_small_step_down_the_gradient_pays_what_it_promises)
{
    EACH_KERN(k)
        EACH_CASE(c) {
            if (strcmp(k->dtype, "fp32") != 0)
                continue;
            Model m = model(k, c.shape);
            stir(&m);
            run(&m, true);
            const double before = mean(m.loss, m.rows);
            const double square = k->sum_squares(m.grad, m.n);
            const double step = 1e-3 / sqrt(square);
            for (i64 j = 0; j < m.n; j++)
                m.param[j] -= (real)(step * (double)m.grad[j]);
            m.arch->pack(m.packed, k, &m.shape, m.param);
            run(&m, false);
            test_note("%s, %s", k->name, c.note);
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

TEST(a_micro_batch_is_some_hundred_tokens_or_sixteen_cells_and_never_none)
{
    Shape s = shapes[0];
    for (i64 T = 1; T <= 4096; T *= 2)
        for (i64 batch = 1; batch <= 64; batch *= 4) {
            s.context = T;
            const i64 m = arch_micro_batch(&s, batch);
            CHECK(1 <= m && m <= batch && (m == 1 || m * T <= 512));
        }
    s.recurrent = true;
    for (i64 batch = 1; batch <= 64; batch++) {
        const i64 m = arch_micro_batch(&s, batch);
        CHECK(1 <= m && m <= 16 && (m == 16 || m == (batch + 1) / 2));
    }
}
