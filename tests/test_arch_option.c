/* test_arch_option.c - what the options of a model and of a pass mean: dropout,
 * z-loss, what is shown, muP, shared keys and values, turning. That each is
 * computed alike on every backend, test_arch.c says; that its gradient is
 * right, test64_arch.c. */

#include "arch/transformer.h"
#include "kern/far.h"
#include "tests/arch_model.h"

/* -- Dropout -------------------------------------------------------------- */

static Model model_with(const Kern *k, Shape shape, double dropout, u64 seed,
                        i64 sequence)
{
    Model m = model(k, shape);
    m.how.dropout  = (real)dropout;
    m.how.seed     = seed;
    m.how.sequence = sequence;
    stir(&m);
    run(&m, true);
    return m;
}

/* A batch of three and the three alone, each under its own number: the same
 * losses, bit by bit, and the gradients add up. */
TEST(what_is_dropped_knows_its_sequence_and_not_its_batch)
{
    EACH_KERN(k)
        EACH_CASE(c) {
            const i64 T = c.shape.context;
            Model whole = model_with(k, c.shape, 0.3, 4, 70);
            Model one   = model(k, c.shape);
            one.how     = whole.how;
            stir(&one);
            for (i64 s = 0; s < SEQUENCES; s++) {
                one.how.sequence = 70 + s;
                one.arch->pass(one.loss + s * T, one.grad, k, &one.shape,
                               one.param, one.packed, one.work, one.x + s * T,
                               one.y + s * T, 1, &one.how);
            }
            test_note("%s %s, %s", k->name, k->dtype, c.note);
            CHECK(memcmp(one.loss, whole.loss,
                         (size_t)one.rows * sizeof(real)) == 0);
            CHECK_BELOW(gap_of_largest(one.grad, whole.grad, one.n),
                        strcmp(k->dtype, "fp32") ? 2e-2 : 1e-5);
            arena_free(&one.arena), arena_free(&whole.arena);
        }
}

TEST(another_seed_or_sequence_drops_other_numbers_and_none_drops_none)
{
    EACH_CASE(c) {
        Model a = model_with(&kern_ref, c.shape, 0.3, 4, 70);
        Model seed = model_with(&kern_ref, c.shape, 0.3, 5, 70);
        Model place = model_with(&kern_ref, c.shape, 0.3, 4, 71);
        Model none = model_with(&kern_ref, c.shape, 0, 4, 70);
        Model other = model_with(&kern_ref, c.shape, 0, 5, 71);
        const size_t bytes = (size_t)a.rows * sizeof(real);
        test_note("%s", c.note);
        CHECK(memcmp(a.loss, seed.loss, bytes) != 0);
        CHECK(memcmp(a.loss, place.loss, bytes) != 0);
        CHECK(memcmp(a.loss, none.loss, bytes) != 0);
        CHECK(memcmp(none.loss, other.loss, bytes) == 0);
        arena_free(&a.arena), arena_free(&seed.arena);
        arena_free(&place.arena), arena_free(&none.arena);
        arena_free(&other.arena);
    }
}

/* -- z-loss --------------------------------------------------------------- */

TEST(z_loss_is_in_the_gradient_and_not_in_the_loss)
{
    EACH_CASE(c) {
        Model plain = model(&kern_ref, c.shape), z = model(&kern_ref, c.shape);
        z.how.z_loss = (real)0.1;
        stir(&plain), stir(&z);
        run(&plain, true), run(&z, true);
        test_note("%s", c.note);
        CHECK(memcmp(plain.loss, z.loss, (size_t)z.rows * sizeof(real)) == 0);
        CHECK(gap_of_largest(z.grad, plain.grad, z.n) > 1e-3);
        arena_free(&plain.arena), arena_free(&z.arena);
    }
}

/* -- What is seen --------------------------------------------------------- */

enum { SEEN_MAX = 64 };

typedef struct Seen {
    int  count;
    char what[SEEN_MAX][32];
    i64  numbers, score_rows;
    bool finite;
} Seen;

static void see(void *self, const char *name, i64 layer, const real *x,
                i64 rows, i64 cols)
{
    Seen *s = self;
    s->finite = s->finite && isfinite((double)x[rows * cols - 1]);
    s->numbers += rows * cols;
    if (strcmp(name, "scores") == 0)
        s->score_rows += rows;
    else if (s->count < SEEN_MAX)
        snprintf(s->what[s->count++], 32, "%s %d", name, (int)layer);
}

TEST(each_activation_is_shown_once_in_its_order_and_changes_nothing)
{
    static const char *const want[] = {
        "embed -1", "norm1 0", "qkv 0", "attention 0", "after_attention 0",
        "norm2 0", "act 0", "after_ff 0", "norm1 1", "qkv 1", "attention 1",
        "after_attention 1", "norm2 1", "act 1", "after_ff 1", "normf -1" };
    Seen  seen = { .finite = true };
    Shape shape = shapes[0];
    shape.gated = shape.rope = true;
    const i64 d = shape.width;
    Model a = model(&kern_ref, shape), b = model(&kern_ref, shape);
    b.how.see = see, b.how.see_self = &seen;
    run(&a, true), run(&b, true);
    CHECK(seen.count == COUNT_OF(want));
    for (int i = 0; i < COUNT_OF(want) && i < seen.count; i++)
        CHECK_TEXT(seen.what[i], want[i]);
    CHECK(seen.finite);
    CHECK(seen.score_rows == a.rows);
    CHECK(seen.numbers == a.rows * (2 * d + 2 * (5 * d + 3 * d + shape.ff)
                                    + shape.vocab));
    CHECK(memcmp(a.loss, b.loss, (size_t)a.rows * sizeof(real)) == 0);
    CHECK(memcmp(a.grad, b.grad, (size_t)a.n * sizeof(real)) == 0);
    arena_free(&a.arena), arena_free(&b.arena);
}

/* -- muP ------------------------------------------------------------------ */

TEST(mup_at_its_base_width_is_the_standard_parametrisation_bit_by_bit)
{
    EACH_KERN(k)
        EACH_CASE(c) {
            if (c.shape.mup_width || c.shape.recurrent)
                continue;
            Shape base = c.shape;
            base.mup_width = base.width;
            base.mup_head  = base.width / base.heads;
            Model a = model(k, c.shape), b = model(k, base);
            run(&a, true), run(&b, true);
            test_note("%s %s, %s", k->name, k->dtype, c.note);
            CHECK(memcmp(a.param, b.param, (size_t)a.n * sizeof(real)) == 0);
            CHECK(memcmp(a.grad, b.grad, (size_t)a.n * sizeof(real)) == 0);

            Tensor    t[ARCH_TENSORS_MAX];
            const int n = a.arch->tensors(t, &base);
            for (int i = 0; i < n; i++)
                CHECK(t[i].lr_scale == 1);
            arena_free(&a.arena), arena_free(&b.arena);
        }
}

/* SOURCE: Yang et al. 2022, arXiv:2203.03466, table 8, column Adam: what four
 * times the base width changes. */
TEST(mup_four_times_as_wide_is_table_8)
{
    const Shape base = { .layers = 2, .width = 16, .heads = 2, .ff = 64,
                         .vocab = 31, .context = 9, .mup_width = 16 };
    for (int tied = 0; tied < 2; tied++) {
        Shape narrow = base, wide = base;
        narrow.tied = wide.tied = tied;
        wide.width = 64, wide.ff = 256, wide.heads = 8;
        Tensor    a[ARCH_TENSORS_MAX], b[ARCH_TENSORS_MAX];
        const int n = arch_find("transformer")->tensors(a, &narrow);
        CHECK(arch_find("transformer")->tensors(b, &wide) == n);
        for (int i = 0; i < n; i++) {
            test_note("%s, tied %d", a[i].name, tied);
            CHECK_NEAR(b[i].init_sd, a[i].init_sd * (a[i].hidden ? 0.5 : 1),
                       1e-15);
            CHECK_NEAR(b[i].lr_scale, a[i].hidden ? 0.25 : 1, 0);
            CHECK_NEAR(b[i].init_fill, a[i].init_fill, 0);
        }
    }
}

/* With heads held and four times as wide, q.k is divided by S and not by its
 * root; and scores are a quarter of what the head makes of the last norm. Both
 * are seen in what a model says: its standard twin, with queries halved and
 * the head quartered, says the same. */
TEST(mup_scales_queries_and_scores_by_its_base)
{
    const Shape mup = { .layers = 2, .width = 32, .heads = 2, .ff = 64,
                        .vocab = 31, .context = 9, .mup_width = 8,
                        .mup_head = 4 };
    Shape plain = mup;
    plain.mup_width = plain.mup_head = 0;
    Model a = model(&kern_ref, mup), b = model(&kern_ref, plain);
    stir(&a);
    memcpy(b.param, a.param, (size_t)a.n * sizeof(real));

    Tensor    t[ARCH_TENSORS_MAX];
    const int n = a.arch->tensors(t, &mup);
    for (int i = 0; i < n; i++)
        for (i64 j = 0; j < t[i].count; j++) {
            const bool query = strncmp(t[i].name, "qkv", 3) == 0
                            && j % t[i].cols < 32;
            const bool head  = strcmp(t[i].name, "head") == 0;
            b.param[t[i].at + j] *= (real)(query ? 0.5 : head ? 0.25 : 1);
        }
    b.arch->pack(b.packed, b.kern, &b.shape, b.param);
    run(&a, false), run(&b, false);
    CHECK_BELOW(gap_of_largest(a.loss, b.loss, a.rows), 1e-6);
    arena_free(&a.arena), arena_free(&b.arena);
}

/* -- What options mean ---------------------------------------------------- */

/* Heads that share keys and values are heads that have copies of them. */
TEST(shared_keys_are_copied_keys)
{
    enum { D = 24, H = 6, KV = 2, S = D / H };
    const Shape whole = { .layers = 1, .width = D, .heads = H, .ff = 12,
                          .vocab = 31, .context = 9, .bare = true };
    Shape shared = whole;
    shared.kv_heads = KV;
    Model a = model(&kern_ref, shared), b = model(&kern_ref, whole);
    Tensor    ta[ARCH_TENSORS_MAX], tb[ARCH_TENSORS_MAX];
    const int n = a.arch->tensors(ta, &shared);
    CHECK(b.arch->tensors(tb, &whole) == n);
    for (int i = 0; i < n; i++)
        for (i64 j = 0; j < tb[i].count; j++) {
            const i64 row = j / tb[i].cols, col = j % tb[i].cols;
            const i64 part = col / D, head = col % D / S;
            i64       from = j;
            if (strcmp(tb[i].name, "qkv.w") == 0 && part == 0)
                from = row * ta[i].cols + col;
            else if (strcmp(tb[i].name, "qkv.w") == 0)
                from = row * ta[i].cols + D + (part - 1) * KV * S
                     + head * KV / H * S + col % S;
            b.param[tb[i].at + j] = a.param[ta[i].at + from];
        }
    b.arch->pack(b.packed, b.kern, &b.shape, b.param);
    run(&a, false), run(&b, false);
    CHECK_BELOW(gap_of_largest(a.loss, b.loss, a.rows), 1e-6);
    arena_free(&a.arena), arena_free(&b.arena);
}

/* Without a table of positions, only turning tells places apart: a text of one
 * token over and over is the same at every place, and a text of two that are
 * swapped far back is not. */
TEST(turning_is_all_that_knows_places)
{
    Shape shape = shapes[0];
    shape.rope  = true;
    const i64 T = shape.context;
    Model m = model(&kern_ref, shape);
    stir(&m);
    for (i64 r = 0; r < m.rows; r++)
        m.x[r] = m.y[r] = 3;
    run(&m, false);
    for (i64 t = 1; t < T; t++)
        CHECK_NEAR(m.loss[t], m.loss[0], 1e-5);
    m.x[2] = 5;
    run(&m, false);
    const real before = m.loss[T - 1];
    m.x[2] = 3, m.x[9] = 5;
    run(&m, false);
    CHECK(fabs((double)(m.loss[T - 1] - before)) > 1e-6);
    arena_free(&m.arena);
}

/* SOURCE: Su et al. 2021, arXiv:2104.09864, section 3.2.2: angles t 10000^(-2
 * i / S). */
TEST(turns_are_the_papers_at_the_end_of_a_long_context_too)
{
    enum { T = 4096, S = 16 };
    Arena arena = { 0 };
    real *turn = NEW(&arena, real, T * S);
    kern_turns(&kern_ref, turn, T, S);
    for (i64 t = 0; t < T; t++)
        for (i64 i = 0; i < S / 2; i++) {
            const double angle = (double)t * pow(10000, -2.0 * (double)i / S);
            test_note("position %d, pair %d", (int)t, (int)i);
            CHECK_BELOW(fabs((double)turn[t * S + i] - cos(angle)), 1e-7);
            CHECK_BELOW(fabs((double)turn[t * S + S / 2 + i] - sin(angle)),
                        1e-7);
        }
    arena_free(&arena);
}
