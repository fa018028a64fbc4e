/* test_kern_rows.c - layer norm, embeddings, cross-entropy and the optimizer
 * on every backend. Rooms are derived where they stand; u = 2^-24. */

#include "tests/kern_box.h"

static const double u = REAL_EPSILON / 2;

static const i64 widths[] = { 2, 3, 7, 8, 12, 16, 17, 24, 33, 40, 64, 96, 130,
                              512 };

/* -- Layer norm ----------------------------------------------------------- */

/* Sums of C numbers are off by C u of the sum of their sizes. x has sd 2 and
 * mean 5, so its mean is off by C u 5.4, which is 2.7 C u of the sd; rstd by
 * about as much; y then adds 4 roundings: (6 C + 8) u of the largest. The way
 * back has two more such means. */
static double norm_room(i64 C) { return (6 * (double)C + 8) * u; }

typedef struct Norm {
    real *y, *stat, *dx, *dgain, *dbias;
} Norm;

static Norm norm(Boxes *b, const Kern *k, const real *x, const real *gain,
                 const real *bias, const real *dy, i64 R, i64 C)
{
    Norm n = { box(b, R * C, 0, 1), box(b, R * 2, 0, 1), box(b, R * C, 0, 0),
               box(b, C, 0, 0), box(b, C, 0, 0) };
    for (i64 i = 0; i < R * C; i++)
        n.dx[i] = (real)0.25; /* is added to */
    k->norm(n.y, n.stat, x, gain, bias, R, C);
    k->norm_back(n.dx, n.dgain, n.dbias, dy, x, n.stat, gain, R, C);
    return n;
}

static void check_norm(const Kern *k, i64 R, i64 C)
{
    Boxes b = { 0 };
    const real *x = box(&b, R * C, 5, 2), *gain = box(&b, C, 1, 0.5);
    const real *bias = box(&b, C, 0, 1), *dy = box(&b, R * C, 0.1, 1);
    const Norm  seen = norm(&b, k, x, gain, bias, dy, R, C);
    const Norm  want = norm(&b, &kern_ref, x, gain, bias, dy, R, C);

    test_note("%s, R %d, C %d", k->name, (int)R, (int)C);
    const double room = norm_room(C) * (C < 4 ? 50 : 1); /* sd may be small */
    CHECK_BELOW(gap_of_largest(seen.y, want.y, R * C), room);
    CHECK_BELOW(gap_of_largest(seen.stat, want.stat, R * 2), room);
    CHECK_BELOW(gap_of_largest(seen.dx, want.dx, R * C), 3 * room);
    CHECK_BELOW(gap_of_largest(seen.dgain, want.dgain, C),
                room + (double)R * u);
    CHECK_BELOW(gap_of_largest(seen.dbias, want.dbias, C),
                room + (double)R * u);
    CHECK(boxes_whole(&b));
    boxes_free(&b);
}

TEST(norm_is_the_same_on_every_backend)
{
    EACH_KERN(k)
        for (int i = 0; i < COUNT_OF(widths); i++)
            for (i64 R = 1; R <= 37; R += 9)
                check_norm(k, R, widths[i]);
}

/* A row that is all one number has nothing to norm: the bias comes out, and
 * nothing is divided by zero. */
TEST(norm_of_a_flat_row_is_its_bias)
{
    enum { C = 24 };
    EACH_KERN(k) {
        Boxes b = { 0 };
        real *x = box(&b, C, 0, 0), *one = box(&b, C, 0, 0);
        real *bias = box(&b, C, 0, 1), *y = box(&b, C, 0, 1);
        real  stat[2];
        for (int i = 0; i < C; i++)
            x[i] = 3, one[i] = 1;
        k->norm(y, stat, x, one, bias, 1, C);
        test_note("%s", k->name);
        CHECK(memcmp(y, bias, C * sizeof(real)) == 0);
        boxes_free(&b);
    }
}

TEST(norm_lets_what_is_not_a_number_through)
{
    enum { C = 20 };
    EACH_KERN(k) {
        real x[C] = { 0 }, gain[C] = { 0 }, bias[C] = { 0 }, y[C], stat[2];
        x[7] = (real)NAN;
        k->norm(y, stat, x, gain, bias, 1, C);
        test_note("%s", k->name);
        CHECK(isnan(y[0]) && isnan(y[C - 1]));
    }
}

/* -- Embeddings ----------------------------------------------------------- */

static void check_embed(const Kern *k, i64 R, i64 T, i64 C)
{
    enum { V = 11 };
    Boxes b = { 0 };
    const real *token = box(&b, V * C, 0, 1), *place = box(&b, T * C, 0, 1);
    const real *dx = box(&b, R * C, 0, 1);
    i32         id[64];
    const Kern *const pair[] = { k, &kern_ref };
    real *x[2], *bare[2], *dtoken[2], *dplace[2];
    for (i64 r = 0; r < R; r++)
        id[r] = (i32)(r * r * 5 % V);
    for (int i = 0; i < 2; i++) {
        x[i] = box(&b, R * C, 0, 1);
        dtoken[i] = box(&b, V * C, 0, 0), dplace[i] = box(&b, T * C, 0, 0);
        pair[i]->embed(x[i], token, place, id, R, T, C, V);
        pair[i]->embed_back(dtoken[i], dplace[i], dx, id, R, T, C, V);
        bare[i] = box(&b, R * C, 0, 1);
        pair[i]->embed(bare[i], token, NULL, id, R, T, C, V);
        pair[i]->embed_back(dtoken[i], NULL, dx, id, R, T, C, V);
    }
    for (i64 r = 0; r < R; r++)
        CHECK(memcmp(bare[0] + r * C, token + id[r] * C,
                     (size_t)C * sizeof(real)) == 0);
    /* One addition each, in the same order: the same bits. */
    test_note("%s, R %d, T %d, C %d", k->name, (int)R, (int)T, (int)C);
    CHECK(memcmp(x[0], x[1], (size_t)(R * C) * sizeof(real)) == 0);
    CHECK(memcmp(dtoken[0], dtoken[1], (size_t)(V * C) * sizeof(real)) == 0);
    CHECK(memcmp(dplace[0], dplace[1], (size_t)(T * C) * sizeof(real)) == 0);
    CHECK(boxes_whole(&b));
    boxes_free(&b);
}

TEST(embed_is_the_same_on_every_backend)
{
    EACH_KERN(k)
        for (int i = 0; i < COUNT_OF(widths); i++) {
            check_embed(k, 1, 1, widths[i]);
            check_embed(k, 60, 20, widths[i]);
        }
}

/* -- Cross-entropy -------------------------------------------------------- */

/* Relatively to p: z - top is rounded (u |z - top|, here below 12 u), times
 * log2 e (as much), exp good to 4 u, the sum in double, two products: 32 u.
 * The gap is to the largest entry, for p - 1 cancels where p is near 1. */
static void check_xent(const Kern *k, i64 R, i64 V, real z_loss)
{
    Boxes b = { 0 };
    const real *z = box(&b, R * V, -1, 2);
    real *loss = box(&b, R, 0, 0), *want = box(&b, R, 0, 0);
    real *dz = box(&b, R * V, 0, 0), *dwant = box(&b, R * V, 0, 0);
    real *in_place = box_copy(&b, z, R * V), *alone = box(&b, R, 0, 0);
    i32   y[32];
    for (i64 r = 0; r < R; r++)
        y[r] = (i32)(r * 7 % V);

    k->xent(loss, dz, z, y, R, V, (real)0.125, z_loss);
    k->xent(alone, in_place, in_place, y, R, V, (real)0.125, z_loss);
    kern_ref.xent(want, dwant, z, y, R, V, (real)0.125, z_loss);
    test_note("%s, R %d, V %d, z-loss %g", k->name, (int)R, (int)V,
              (double)z_loss);
    CHECK_BELOW(gap_of_largest(dz, dwant, R * V), 32 * u);
    CHECK(memcmp(dz, in_place, (size_t)(R * V) * sizeof(real)) == 0);
    for (i64 r = 0; r < R; r++)
        CHECK(fabs((double)(loss[r] - want[r]))
              <= 8 * u * (1 + fabs((double)want[r])));
    k->xent(alone, NULL, z, y, R, V, 1, 0);
    CHECK(memcmp(alone, loss, (size_t)R * sizeof(real)) == 0);
    CHECK(boxes_whole(&b));
    boxes_free(&b);
}

TEST(xent_is_the_same_on_every_backend)
{
    static const i64 sizes[] = { 2, 3, 7, 16, 17, 31, 33, 64, 65, 256, 300,
                                 512, 1000 };
    EACH_KERN(k)
        for (int i = 0; i < COUNT_OF(sizes); i++)
            for (i64 R = 1; R < 32; R += 6) {
                check_xent(k, R, sizes[i], 0);
                check_xent(k, R, sizes[i], (real)0.01);
            }
}

TEST(xent_does_not_feel_a_common_shift)
{
    enum { R = 3, V = 50 };
    EACH_KERN(k) {
        Boxes b = { 0 };
        real *z = box(&b, R * V, 0, 1), loss[R], shifted[R];
        const i32 y[R] = { 0, 17, 49 };
        for (int i = 0; i < R * V; i++) /* so that the shift is exact */
            z[i] = (real)(floor((double)z[i] * 64) / 64);
        k->xent(loss, NULL, z, y, R, V, 1, 0);
        for (int i = 0; i < R * V; i++)
            z[i] += 1024; /* exp(1024) overflows; the loss must not notice */
        k->xent(shifted, NULL, z, y, R, V, 1, 0);
        test_note("%s", k->name);
        for (int r = 0; r < R; r++)
            CHECK_NEAR(shifted[r], loss[r], 4 * REAL_EPSILON);
        boxes_free(&b);
    }
}

/* One score far above fifty thousand others: each of those is too small to
 * move a float sum of 1, and together they are worth 1e-3 nats. Each is good
 * to u 17.5 (the product with log2 e) and 4 u. */
TEST(xent_hears_many_small_scores_beside_a_large_one)
{
    enum { MANY = 50021 };
    static real z[MANY];
    const i32   y = 0;
    real        loss;
    for (int v = 1; v < MANY; v++)
        z[v] = (real)-17.5;
    EACH_KERN(k) {
        k->xent(&loss, NULL, z, &y, 1, MANY, 1, 0);
        test_note("%s", k->name);
        CHECK_NEAR(loss, log1p((MANY - 1) * exp(-17.5)), 2e-6);
    }
}

/* With two scores 0 and -x, dz of the second is exp(-x) / (1 + exp(-x)): the
 * exponential bare. x log2 e is off by 2 u of itself (constant, product),
 * which moves exp by 2 x u; exp itself by 4 u, sum and products by 3 u. */
TEST(xent_keeps_small_probabilities)
{
    EACH_KERN(k)
        for (double x = 0; x < 80; x += 0.0937) {
            const real z[2] = { 0, (real)-x };
            const i32  y = 0;
            real       loss, dz[2];
            k->xent(&loss, dz, z, &y, 1, 2, 1, 0);
            const double e = exp((double)z[1]);
            test_note("%s, x = %g", k->name, x);
            CHECK_NEAR(dz[1], e / (1 + e), (2 * x + 7) * u);
        }
}

TEST(xent_of_equal_scores_is_log_v_and_a_gradient_sums_to_nothing)
{
    EACH_KERN(k)
        for (i64 V = 2; V < 600; V += 37) {
            Boxes b = { 0 };
            real *z = box(&b, V, 4, 0), *dz = box(&b, V, 0, 0), loss;
            const i32 y = (i32)(V / 2);
            k->xent(&loss, dz, z, &y, 1, V, 1, 0);
            double sum = 0;
            for (i64 v = 0; v < V; v++)
                sum += (double)dz[v];
            test_note("%s, V %d", k->name, (int)V);
            CHECK_NEAR(loss, log((double)V), 2 * REAL_EPSILON);
            CHECK_BELOW(fabs(sum), 2 * REAL_EPSILON);
            boxes_free(&b);
        }
}

TEST(xent_of_a_diverged_row_is_not_a_number_or_infinite)
{
    EACH_KERN(k) {
        real z[40] = { 0 }, loss;
        const i32 y = 3;
        z[20] = (real)NAN;
        k->xent(&loss, NULL, z, &y, 1, 40, 1, 0);
        test_note("%s", k->name);
        CHECK(!isfinite(loss));
    }
}

/* -- Spans ---------------------------------------------------------------- */

static const i64 spans[] = { 1, 3, 8, 15, 16, 17, 100, 1001 };

/* p, m, v after some steps with gradients of every size. The update is lr
 * times a number near 1, off by some 10 u (root, quotient, two products);
 * lr / p here is 0.1 at most. */
TEST(adamw_is_the_same_on_every_backend)
{
    EACH_KERN(k)
        for (int i = 0; i < COUNT_OF(spans); i++) {
            const i64 n = spans[i];
            Boxes b = { 0 };
            const real *start = box(&b, n, 1, 0.2), *slope = box(&b, n, 0, 1);
            const Kern *const pair[] = { k, &kern_ref };
            real *p[2], *m[2], *v[2], *g[2];
            for (int j = 0; j < 2; j++) {
                p[j] = box_copy(&b, start, n), g[j] = box(&b, n, 0, 0);
                m[j] = box(&b, n, 0, 0), v[j] = box(&b, n, 0, 0);
                for (int t = 1; t <= 3; t++) {
                    const AdamStep step = {
                        .lr = 0.1, .beta1 = 0.9, .beta2 = 0.95,
                        .epsilon = 1e-8, .decay = 0.1, .scale = 0.5,
                        .rest1 = 1 - pow(0.9, t), .rest2 = 1 - pow(0.95, t) };
                    for (i64 q = 0; q < n; q++)
                        g[j][q] = slope[q] * (real)pow(10, (double)(q % 7) - 3);
                    pair[j]->adamw(p[j], m[j], v[j], g[j], n, &step);
                }
                for (i64 q = 0; q < n; q++)
                    CHECK((double)g[j][q] == 0);
            }
            test_note("%s, n %d", k->name, (int)n);
            CHECK_BELOW(gap_of_largest(p[0], p[1], n), 16 * u);
            CHECK_BELOW(gap_of_largest(m[0], m[1], n), 16 * u);
            CHECK_BELOW(gap_of_largest(v[0], v[1], n), 16 * u);
            CHECK(boxes_whole(&b));
            boxes_free(&b);
        }
}

/* By hand: at t = 1 without decay the step is lr g / (|g| + epsilon), so its
 * size is lr whatever the gradient's; decay takes lr decay p more. */
TEST(the_first_step_of_adamw_is_as_long_as_the_learning_rate)
{
    EACH_KERN(k) {
        real p[3] = { 1, 1, 2 }, m[3] = { 0 }, v[3] = { 0 };
        real g[3] = { 4, (real)-0.001, 0 };
        const AdamStep step = { .lr = 0.01, .beta1 = 0.9, .beta2 = 0.99,
                                .epsilon = 1e-10, .decay = 0.5, .scale = 1,
                                .rest1 = 0.1, .rest2 = 0.01 };
        k->adamw(p, m, v, g, 3, &step);
        test_note("%s", k->name);
        CHECK_NEAR(p[0], 1 - 0.01 - 0.005, 1e-6);
        CHECK_NEAR(p[1], 1 + 0.01 - 0.005, 1e-6);
        CHECK_NEAR(p[2], 2 - 0.01, 1e-6);
    }
}

TEST(sum_squares_is_summed_in_double)
{
    enum { N = 1000003 };
    Arena arena = { 0 };
    real *g = NEW(&arena, real, N);
    g[0] = 4096; /* its square is 2^24: a float sum would stand still at it */
    for (i64 i = 1; i < N; i++)
        g[i] = (real)0.5;
    EACH_KERN(k) {
        test_note("%s", k->name);
        CHECK(k->sum_squares(g, N) == 16777216 + (N - 1) * 0.25);
    }
    arena_free(&arena);
}

TEST(gather_adds_and_leaves_zeros)
{
    EACH_KERN(k)
        for (int i = 0; i < COUNT_OF(spans); i++) {
            const i64 n = spans[i];
            Boxes b = { 0 };
            real *to = box(&b, n, 0, 1), *from = box(&b, n, 0, 1);
            const real *to_was = box_copy(&b, to, n);
            const real *from_was = box_copy(&b, from, n);
            k->gather(to, from, n);
            test_note("%s, n %d", k->name, (int)n);
            for (i64 q = 0; q < n; q++) {
                CHECK(to[q] == to_was[q] + from_was[q]);
                CHECK((double)from[q] == 0);
            }
            CHECK(boxes_whole(&b));
            boxes_free(&b);
        }
}

TEST(a_probe_counts_what_it_does)
{
    EACH_KERN(k) {
        test_note("%s", k->name);
        CHECK(k->probe(1) >= 2);
        CHECK_NEAR(k->probe(1000), 1000 * k->probe(1), 1e-15);
    }
}
