/* test_kern.c - linear maps: every backend against the reference, at sizes
 * that no vector divides, between poisoned margins.
 *
 * Room. A float sum of n terms, in any order, fused or not, is off by at most
 * n u sum |term| with u = 2^-24 (Higham 2002, section 4.2, to first order);
 * the reference rounds once. sum |term| is computed by the reference itself on
 * absolute values, so each number is held to its own bound, with one unit
 * more for the store. Nothing here is a tolerance by taste. */

#include "tests/kern_box.h"

static const double u = REAL_EPSILON / 2;

static const i64 sizes[] = { 1, 3, 7, 8, 16, 17, 24, 33, 48, 64, 70, 130 };

static real *absolute(Boxes *b, const real *x, i64 n)
{
    real *to = box_copy(b, x, n);
    for (i64 i = 0; i < n; i++)
        to[i] = (real)fabs((double)to[i]);
    return to;
}

typedef struct Case {
    i64   R, K, N;
    real *x, *w, *b, *dy, *slope;
} Case;

static Case draw(Boxes *box_of, i64 R, i64 K, i64 N)
{
    Case c  = { .R = R, .K = K, .N = N };
    c.x     = box(box_of, R * K, 0.3, 1);
    c.w     = box(box_of, K * N, -0.1, 0.5);
    c.b     = box(box_of, N, 0.2, 1);
    c.dy    = box(box_of, R * N, 0.1, 1);
    c.slope = box(box_of, R * K, 0.5, 0.5);
    return c;
}

static Case positive(Boxes *box_of, const Case *c)
{
    Case p  = *c;
    p.x     = absolute(box_of, c->x, c->R * c->K);
    p.w     = absolute(box_of, c->w, c->K * c->N);
    p.b     = absolute(box_of, c->b, c->N);
    p.dy    = absolute(box_of, c->dy, c->R * c->N);
    p.slope = absolute(box_of, c->slope, c->R * c->K);
    return p;
}

static real *linear(Boxes *b, const Kern *k, const Case *c, bool add)
{
    real *packed = box(b, k->packed_count(c->K, c->N), 0, 1);
    real *y      = box_copy(b, c->dy, c->R * c->N);
    k->pack(packed, c->w, c->K, c->N);
    k->linear(y, c->x, packed, c->b, add ? y : NULL, c->R, c->K, c->N);
    return y;
}

static real *dx(Boxes *b, const Kern *k, const Case *c, bool slope)
{
    real *packed = box(b, k->packed_count(c->N, c->K), 0, 1);
    real *to     = box(b, c->R * c->K, 0, 1);
    k->pack_t(packed, c->w, c->K, c->N);
    k->linear_dx(to, c->dy, packed, slope ? c->slope : NULL, c->R, c->K,
                 c->N);
    return to;
}

/* dw, and db after it. */
static real *dw(Boxes *b, const Kern *k, const Case *c)
{
    real *to = box(b, c->K * c->N + c->N, 0, 0);
    k->linear_dw(to, to + c->K * c->N, c->x, c->dy, c->R, c->K, c->N);
    return to;
}

static void check_case(const Kern *k, i64 R, i64 K, i64 N)
{
    Boxes      b = { 0 };
    const Case c = draw(&b, R, K, N), p = positive(&b, &c);
    test_note("%s %s, R %d, K %d, N %d", k->name, k->dtype, (int)R, (int)K, (int)N);

    for (int add = 0; add < 2; add++) {
        CHECK_BELOW(gap_in(linear(&b, k, &c, add),
                           linear(&b, kern_ref_of(k), &c, add),
                           linear(&b, kern_ref_of(k), &p, add), R * N),
                    (double)(K + 3) * u);
        CHECK_BELOW(gap_in(dx(&b, k, &c, add), dx(&b, kern_ref_of(k), &c, add),
                           dx(&b, kern_ref_of(k), &p, add), R * K),
                    (double)(N + 3) * u);
    }
    CHECK(boxes_whole(&b));
    boxes_free(&b);
}

static void check_dw(const Kern *k, i64 R, i64 K, i64 N)
{
    Boxes      b = { 0 };
    const Case c = draw(&b, R, K, N), p = positive(&b, &c);
    test_note("%s %s, R %d, K %d, N %d", k->name, k->dtype, (int)R, (int)K, (int)N);

    CHECK_BELOW(gap_in(dw(&b, k, &c), dw(&b, kern_ref_of(k), &c),
                       dw(&b, kern_ref_of(k), &p), K * N + N),
                (double)(R + 2) * u);
    CHECK(boxes_whole(&b));
    boxes_free(&b);
}

TEST(linear_and_dx_are_the_same_on_every_backend)
{
    EACH_KERN(k)
        for (int i = 0; i < COUNT_OF(sizes); i++)
            for (int j = 0; j < COUNT_OF(sizes); j++)
                check_case(k, 1 + (i * 7 + j * 5) % 29, sizes[i], sizes[j]);
}

TEST(dw_is_the_same_on_every_backend)
{
    EACH_KERN(k)
        for (int i = 0; i < COUNT_OF(sizes); i++)
            for (int j = 0; j < COUNT_OF(sizes); j++)
                check_dw(k, 1 + (i * 7 + j * 5) % 29, sizes[i], sizes[j]);
}

/* Sums longer than a product takes at a time, and gradients of more rows. */
TEST(long_sums_are_right)
{
    static const i64 deep[] = { 1023, 1025, 2100 };
    EACH_KERN(k)
        for (int i = 0; i < COUNT_OF(deep); i++) {
            check_case(k, 3, deep[i], 70);
            check_case(k, 7, 33, deep[i]);
            check_dw(k, 130, deep[i], 17);
        }
}

/* Every number of rows that a tile's height may leave over, and more rows
 * than one block of the gradient takes. */
TEST(any_number_of_rows_is_right)
{
    static const i64 many[] = { 127, 128, 129, 256, 300 };
    EACH_KERN(k) {
        for (i64 R = 1; R <= 26; R++) {
            check_case(k, R, 5, 64);
            check_case(k, R, 5, 48);
            check_case(k, R, 5, 16);
            check_dw(k, 5, R, 64);
            check_dw(k, 5, R, 16);
        }
        for (int i = 0; i < COUNT_OF(many); i++) {
            check_case(k, many[i], 16, 33);
            check_dw(k, many[i], 64, 80);
        }
    }
}

/* gelu and its slope at u = x w + b, with K = 1, w = 1, so that u is exact.
 * Room: exp is good to 4 u of itself and h, up to 2^7 before e saturates, is
 * rounded to 2^7 u where the outcome has decayed to 2^-128: together 16 u of
 * max(1, |value|) is ample, and a wrong constant is 1e4 times that. */
TEST(gelu_is_the_same_on_every_backend)
{
    enum { N = 4001 };
    EACH_KERN(k) {
        Boxes b = { 0 };
        const real one = 1;
        real *at = box(&b, N, 0, 0), *w = box(&b, N, 0, 0);
        for (i64 i = 0; i < N; i++)
            at[i] = (real)((double)(i - N / 2) * 0.005);

        real *out[4];
        const Kern *const pair[] = { k, kern_ref_of(k) };
        for (int i = 0; i < 2; i++) {
            real *packed = box(&b, pair[i]->packed_count(1, N), 0, 0);
            out[2 * i]     = box(&b, N, 0, 0);
            out[2 * i + 1] = box(&b, N, 0, 0);
            pair[i]->pack(packed, w, 1, N);
            pair[i]->linear_gelu(out[2 * i], out[2 * i + 1], &one, packed, at,
                                 1, 1, N);
        }
        real *room = absolute(&b, out[2], N);
        for (i64 i = 0; i < N; i++)
            room[i] = room[i] > 1 ? room[i] : 1;
        test_note("%s %s", k->name, k->dtype);
        CHECK_BELOW(gap_in(out[0], out[2], room, N), 16 * u);
        CHECK_BELOW(gap_in(out[1], out[3], room, N), 16 * u);
        CHECK(boxes_whole(&b));
        boxes_free(&b);
    }
}

/* Known by hand: gelu(0) = 0 with slope 1/2; far out it is u or 0. A number
 * that is not one must come through, for divergence is seen by it. */
TEST(gelu_is_closed_at_zero_and_far_out)
{
    const real one = 1, w[6] = { 0 };
    const real at[6] = { 0, 20, -20, (real)1e15, (real)-1e15, (real)NAN };
    const real want[6] = { 0, 20, 0, (real)1e15, 0, 0 };
    EACH_KERN(k) {
        Boxes b = { 0 };
        real *a = box(&b, 6, 0, 0), *slope = box(&b, 6, 0, 0);
        real *packed = box(&b, k->packed_count(1, 6), 0, 0);
        k->pack(packed, w, 1, 6);
        k->linear_gelu(a, slope, &one, packed, at, 1, 1, 6);
        test_note("%s %s", k->name, k->dtype);
        for (int i = 0; i < 5; i++)
            CHECK(fabs((double)(a[i] - want[i])) <= 1e-30 * 1e15);
        CHECK(isnan(a[5]) && isnan(slope[5]));
        CHECK((double)slope[0] == 0.5);
        CHECK((double)slope[1] == 1 && fabs((double)slope[2]) < 1e-30);
        boxes_free(&b);
    }
}

TEST(gelu_of_a_product_is_gelu_of_the_sum)
{
    EACH_KERN(k)
        for (int i = 0; i < COUNT_OF(sizes); i++) {
            Boxes b = { 0 };
            const i64  R = 13, K = sizes[i], N = sizes[COUNT_OF(sizes) - 1 - i];
            const Case c = draw(&b, R, K, N), p = positive(&b, &c);
            real *a = box(&b, R * N, 0, 0), *want = box(&b, R * N, 0, 0);
            real *s = box(&b, R * N, 0, 0), *swant = box(&b, R * N, 0, 0);
            real *pk = box(&b, k->packed_count(K, N), 0, 0);
            k->pack(pk, c.w, K, N);
            k->linear_gelu(a, s, c.x, pk, c.b, R, K, N);
            kern_ref_of(k)->linear_gelu(want, swant, c.x, c.w, c.b, R, K, N);

            /* |gelu'| < 1.13 and |gelu''| < 1.13 carry the sum's error. */
            real *room = linear(&b, kern_ref_of(k), &p, false);
            for (i64 j = 0; j < R * N; j++)
                room[j] += 16;
            test_note("%s %s, K %d, N %d", k->name, k->dtype, (int)K, (int)N);
            const double limit = 1.13 * (double)(K + 3) * u;
            CHECK_BELOW(gap_in(a, want, room, R * N), limit);
            CHECK_BELOW(gap_in(s, swant, room, R * N), limit);
            CHECK(boxes_whole(&b));
            boxes_free(&b);
        }
}

/* The same numbers at another address give the same bits. */
TEST(alignment_changes_no_bit)
{
    EACH_KERN(k) {
        Boxes b = { 0 };
        const i64 R = 19, K = 24, N = 40;
        const Case c = draw(&b, R, K, N);
        const real *want = dw(&b, k, &c), *ywant = linear(&b, k, &c, true);
        for (int shift = 1; shift < 4; shift++) {
            Case moved = c;
            moved.x  = box(&b, R * K + shift, 0, 0) + shift;
            moved.dy = box(&b, R * N + shift, 0, 0) + shift;
            memcpy(moved.x, c.x, (size_t)(R * K) * sizeof(real));
            memcpy(moved.dy, c.dy, (size_t)(R * N) * sizeof(real));
            test_note("%s %s, shift %d", k->name, k->dtype, shift);
            CHECK(memcmp(dw(&b, k, &moved), want,
                         (size_t)(K * N + N) * sizeof(real)) == 0);
            CHECK(memcmp(linear(&b, k, &moved, true), ywant,
                         (size_t)(R * N) * sizeof(real)) == 0);
        }
        boxes_free(&b);
    }
}

TEST(backends_are_found_by_name_and_the_last_is_ref)
{
    CHECK(kern_at(kern_count() - 1) == &kern_ref);
    CHECK(kern_find("ref", "fp32") == &kern_ref);
    CHECK(kern_find("ref", "bf16") == &kern_ref_bf16);
    CHECK(kern_find("auto", "fp32") == kern_best("fp32"));
    CHECK(kern_best("fp32") != &kern_ref);
    CHECK(kern_find("abacus", "fp32") == NULL);
    CHECK(kern_find("auto", "fp12") == NULL);
    EACH_KERN(k)
        CHECK(kern_find(k->name, k->dtype) == k);
}
