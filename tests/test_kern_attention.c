/* test_kern_attention.c - causal attention on every backend.
 *
 * Room. A score is a sum of S products: off by (S + 3) u sum |q k| / sqrt(S),
 * and so is, relatively, its exponential; here |q|, |k| are about 1, and
 * sum |q k| / sqrt(S) < sqrt(S) * 1. The softmax adds T roundings for its sum
 * and 4 for exp, the mixing T more. To first order each o is off by
 *
 *     u ((S + 3) sqrt(S) + 2 T + 8) max |v|
 *
 * and each gradient passes twice through the like. 4 times that, of the
 * largest number, is the room given; one missing key at T = 130 is 100 times
 * as much. */

#include "tests/kern_box.h"

static double room(const Attend *a)
{
    const double s = (double)a->S, t = (double)a->T;
    return 4 * (REAL_EPSILON / 2) * ((s + 3) * sqrt(s) + 2 * t + 8);
}

static i64 numbers_in(const Attend *a)
{
    return a->T * (a->H + 2 * a->KV) * a->S;
}

typedef struct Out {
    real *o, *dqkv;
} Out;

static Out compute(Boxes *b, const Kern *k, const real *qkv, const real *d_o,
                   const Attend *a)
{
    real *keep = box(b, k->attention_keep(a), 0, 1);
    real *work = box(b, k->attention_work(a), 0, 1);
    Out   out  = { box(b, a->T * a->H * a->S, 0, 1),
                   box(b, numbers_in(a), 0, 1) };
    k->attention(out.o, keep, work, qkv, a);
    k->attention_back(out.dqkv, work, d_o, out.o, qkv, keep, a);
    return out;
}

/* Every backend against the reference. */
static void check_at(Attend a, double sd)
{
    const i64   N = a.T * a.H * a.S, n = numbers_in(&a);
    Boxes       b = { 0 };
    const real *qkv = box(&b, n, 0.1, sd), *d_o = box(&b, N, -0.1, 1);
    const double more = sd * sd; /* as scores grow */
    const Out   want = compute(&b, &kern_ref, qkv, d_o, &a);

    EACH_KERN(k) {
        const Out seen = compute(&b, k, qkv, d_o, &a);
        test_note("%s, T %d, H %d, KV %d, S %d", k->name, (int)a.T, (int)a.H,
                  (int)a.KV, (int)a.S);
        CHECK_BELOW(gap_of_largest(seen.o, want.o, N), more * room(&a));
        CHECK_BELOW(gap_of_largest(seen.dqkv, want.dqkv, n),
                    2 * more * room(&a));
    }
    CHECK(boxes_whole(&b));
    boxes_free(&b);
}

static void check(Attend a) { check_at(a, 1); }

static Attend usual(i64 T, i64 H, i64 S)
{
    return (Attend){ T, H, H, S, (real)(1 / sqrt((double)S)) };
}

/* Every length about the widths of vectors and of what is made of them, with
 * each second width of a head; with wide ones, slow in the reference, fewer. */
TEST(attention_is_the_same_on_every_backend)
{
    static const i64 widths[] = { 1, 3, 8, 16, 17, 24, 64, 80 };
    for (i64 T = 1; T <= 67; T++)
        for (int j = 0; j < COUNT_OF(widths); j++)
            if ((T + j) % (widths[j] <= 16 ? 2 : 6) == 0)
                check(usual(T, 1 + (T + j) % 2, widths[j]));
}

TEST(attention_is_right_at_the_sizes_it_was_made_for)
{
    check(usual(130, 3, 32));
    check(usual(256, 2, 16));
    check(usual(256, 9, 16)); /* p is made again */
    check(usual(255, 3, 64));
}

/* Beyond T 512 nothing of T x T is stored, and p is made again. */
TEST(attention_is_right_where_it_keeps_no_square)
{
    check(usual(512, 1, 3));
    check(usual(513, 2, 8));
    check(usual(600, 1, 80));
    check(usual(1024, 1, 16));
    check(usual(1100, 1, 24));
}

TEST(memory_of_long_attention_grows_as_its_length)
{
    EACH_KERN(k) {
        if (strcmp(k->name, "ref") == 0) /* which keeps p itself */
            continue;
        const Attend a = usual(1024, 4, 16), twice = usual(2048, 4, 16);
        test_note("%s", k->name);
        CHECK(k->attention_keep(&twice) <= 2 * k->attention_keep(&a));
        CHECK(k->attention_work(&twice) <= 2 * k->attention_work(&a));
        CHECK(k->attention_keep(&a) + k->attention_work(&a)
              < a.T * (3 * a.H + 32) * a.S);
    }
}

/* Column block h of `from`, one of `blocks` S wide, into column block g of
 * `to`, one of `to_blocks`. */
static void take(real *to, i64 g, i64 to_blocks, const real *from, i64 h,
                 i64 blocks, i64 T, i64 S)
{
    for (i64 t = 0; t < T; t++)
        memcpy(to + (t * to_blocks + g) * S, from + (t * blocks + h) * S,
               (size_t)S * sizeof *to);
}

/* With so many heads p is made again, of one head it is kept: the bits are the
 * same. */
TEST(a_head_has_the_same_bits_among_others_and_alone)
{
    enum { T = 200, H = 14, S = 16, N = T * H * S };
    const Attend all = usual(T, H, S), one = usual(T, 1, S);
    EACH_KERN(k) {
        Boxes b = { 0 };
        const real *qkv = box(&b, N * 3, 0, 1), *d_o = box(&b, N, 0, 1);
        const Out   whole = compute(&b, k, qkv, d_o, &all);
        for (i64 h = 0; h < H; h += 5) {
            real *qkv1 = box(&b, T * S * 3, 0, 0), *d_o1 = box(&b, T * S, 0, 0);
            real *o = box(&b, T * S, 0, 0), *dqkv = box(&b, T * S * 3, 0, 0);
            for (i64 i = 0; i < 3; i++) {
                take(qkv1, i, 3, qkv, i * H + h, 3 * H, T, S);
                take(dqkv, i, 3, whole.dqkv, i * H + h, 3 * H, T, S);
            }
            take(d_o1, 0, 1, d_o, h, H, T, S);
            take(o, 0, 1, whole.o, h, H, T, S);
            const Out alone = compute(&b, k, qkv1, d_o1, &one);
            test_note("%s, head %d", k->name, (int)h);
            CHECK(memcmp(o, alone.o, T * S * sizeof(real)) == 0);
            CHECK(memcmp(dqkv, alone.dqkv, T * S * 3 * sizeof(real)) == 0);
        }
        boxes_free(&b);
    }
}

TEST(heads_of_queries_share_keys_and_values)
{
    static const i64 heads[][2] = { { 2, 1 }, { 4, 2 }, { 6, 3 }, { 5, 1 } };
    static const i64 widths[] = { 1, 3, 8, 16, 24, 64, 80 };
    for (int i = 0; i < COUNT_OF(heads); i++)
        for (int j = 0; j < COUNT_OF(widths); j++) {
            Attend a = usual(41 + i * 9, heads[i][0], widths[j]);
            a.KV = heads[i][1];
            check(a);
        }
    Attend a = usual(256, 12, 16); /* p is made again */
    a.KV = 3;
    check(a);
}

/* Some queries' scores are known to be small, others' are not, and a strip has
 * of both: with sd 3 the product of lengths is about 50 powers of two. */
TEST(attention_is_right_where_some_scores_are_large)
{
    for (i64 T = 40; T < 70; T += 7)
        check_at(usual(T, 2, 16), 3);
    check_at(usual(256, 9, 16), 3);
    check_at(usual(600, 1, 64), 2);
    check_at(usual(67, 1, 24), 6);
}

/* As where scores are divided by S itself. */
TEST(attention_takes_the_scale_that_it_is_given)
{
    Attend a = usual(50, 2, 16);
    a.scale = (real)1 / 16;
    check(a);
}

/* Scores of some hundred: one key takes all, and nothing overflows. The room
 * of `check` is for scores near 1; here o is held to lie at a value. */
TEST(attention_bears_large_scores)
{
    enum { T = 40, S = 16 };
    const Attend a = usual(T, 1, S);
    EACH_KERN(k) {
        Boxes b = { 0 };
        real *qkv = box(&b, T * S * 3, 0, 0), *d_o = box(&b, T * S, 0, 1);
        for (i64 t = 0; t < T; t++)
            for (i64 i = 0; i < S; i++) {
                real *at = qkv + t * S * 3 + i;
                at[0]     = (real)30;
                at[S]     = (real)(t == 5 ? 30 : -30); /* scores +-3600 */
                at[2 * S] = (real)(t * 100 + i);
            }
        const Out seen = compute(&b, k, qkv, d_o, &a);
        test_note("%s", k->name);
        for (i64 t = 5; t < T; t++)
            for (i64 i = 0; i < S; i++)
                CHECK_NEAR(seen.o[t * S + i], 500 + i, 1e-6);
        CHECK(boxes_whole(&b));
        boxes_free(&b);
    }
}

/* With all scores equal a query sees the mean of what came so far. */
TEST(attention_to_equals_is_their_mean)
{
    enum { T = 70, S = 8 };
    const Attend a = usual(T, 1, S);
    EACH_KERN(k) {
        Boxes b = { 0 };
        real *qkv = box(&b, T * S * 3, 0, 0), *d_o = box(&b, T * S, 0, 1);
        for (i64 t = 0; t < T; t++)
            for (i64 i = 0; i < S; i++)
                qkv[t * S * 3 + 2 * S + i] = (real)(t + 1000 * i);
        const Out seen = compute(&b, k, qkv, d_o, &a);
        test_note("%s", k->name);
        for (i64 t = 0; t < T; t++)
            for (i64 i = 0; i < S; i++)
                CHECK_NEAR(seen.o[t * S + i],
                           (double)t / 2 + 1000 * (double)i, 1e-5);
        boxes_free(&b);
    }
}

/* What a key or value later than a query holds changes no bit of the query's
 * outcome, not even an infinity that is never looked at. */
TEST(attention_does_not_look_ahead)
{
    enum { T = 67, H = 2, S = 16, N = T * H * S };
    const Attend a = usual(T, H, S);
    EACH_KERN(k) {
        Boxes b = { 0 };
        real *qkv = box(&b, N * 3, 0, 1), *d_o = box(&b, N, 0, 1);
        const Out before = compute(&b, k, qkv, d_o, &a);
        for (i64 t = 1; t < T; t += 7) {
            real *moved = box_copy(&b, qkv, N * 3);
            for (i64 i = t * H * S * 3; i < N * 3; i++)
                moved[i] = moved[i] * (t % 2 ? 3 : 100) + 1;
            const Out after = compute(&b, k, moved, d_o, &a);
            test_note("%s, from token %d", k->name, (int)t);
            CHECK(memcmp(before.o, after.o, (size_t)(t * H * S) * sizeof(real))
                  == 0);
            CHECK(memcmp(before.o, after.o, (size_t)N * sizeof(real)) != 0);
        }
        boxes_free(&b);
    }
}
