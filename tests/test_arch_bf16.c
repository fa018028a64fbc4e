/* test_arch_bf16.c - a whole model in bf16 against the same in fp32.
 *
 * A number rounded to bfloat16 is off by up to 2^-9 of itself. How far that
 * carries depends on the model: softmax over large scores swells it. So the
 * model is asked: its parameters are moved by 2^-9 of themselves, up or down as
 * drawn, and the gradient is taken in fp32. What rounding does comes of three
 * sides where this comes of one (weights; what is multiplied forward; what is
 * multiplied on the way back), each rounded by about half of 2^-9 in the mean.
 * Three times the gap that was drawn is room for that and for what is chance
 * in either; and a tenth of it must be there, for something is rounded. */

#include "tests/arch_model.h"

/* The length of a - b as a share of that of b. */
static double apart(const real *a, const real *b, i64 n)
{
    double gap = 0, length = 0;
    for (i64 i = 0; i < n; i++) {
        gap += pow((double)a[i] - (double)b[i], 2);
        length += pow((double)b[i], 2);
    }
    return sqrt(gap / length);
}

/* In length, what parameters moved by 2^-9 do to the gradient. */
static double moved(const Model *want)
{
    Model m = model(want->kern, want->shape);
    stir(&m);
    for (i64 i = 0; i < m.n; i++)
        m.param[i] *= (real)(1 + (rng_below(9, RNG_TEST, (u64)i, 2) ? 0x1p-9
                                                                   : -0x1p-9));
    m.arch->pack(m.packed, m.kern, &m.shape, m.param);
    run(&m, true);
    const double gap = apart(m.grad, want->grad, m.n);
    arena_free(&m.arena);
    return gap;
}

static void check(const Kern *k, const Model *want, double room,
                  const char *note)
{
    Model seen = model(k, want->shape);
    stir(&seen);
    run(&seen, true);
    const double gap = apart(seen.grad, want->grad, want->n);
    test_note("%s, %s: off by %.2g", k->name, note, gap);
    CHECK_BELOW(gap, 3 * room);
    CHECK(gap > room / 10);
    arena_free(&seen.arena);
}

TEST(a_gradient_in_bf16_is_that_in_fp32_but_for_rounding)
{
    EACH_CASE(c) {
        Model want = model(kern_best("fp32"), c.shape);
        stir(&want);
        run(&want, true);
        const double room = moved(&want);
        EACH_KERN(k)
            if (strcmp(k->dtype, "bf16") == 0)
                check(k, &want, room, c.note);
        arena_free(&want.arena);
    }
}
