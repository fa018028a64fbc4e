/* test_kern_bf16.c - products of rounded numbers: what rounding is, that it is
 * the same everywhere, and that nothing is lost at the seams of blocks.
 *
 * How near a bf16 backend is to the reference, test_kern.c says with the bound
 * of float sums: the reference rounds as they do, products of two bfloat16
 * are exact, and a pair's two terms are added one after the other, each sum
 * rounded once. Here they are held to each other, bit for bit: the order of
 * every sum is fixed by the shapes and not by the width of vectors. Numbers
 * are far from 2^-126, below which AVX-512 BF16 takes sums for 0. */

#include "tests/kern_box.h"

#define EACH_BF16(k) EACH_KERN(k) if (strcmp(k->dtype, "bf16") == 0)

/* x rounded by k: what x * 1 is. */
static real rounded(const Kern *k, real x)
{
    Boxes b = { 0 };
    const real one = 1;
    real *packed = box(&b, k->packed_count(1, 1), 0, 0), y;
    k->pack(packed, &one, 1, 1);
    k->linear(&y, &x, packed, NULL, NULL, 1, 1, 1);
    boxes_free(&b);
    return y;
}

/* w rounded by k, packed for either product. */
static real rounded_weight(const Kern *k, real w, bool back)
{
    Boxes b = { 0 };
    const real one = 1;
    real *packed = box(&b, k->packed_count(1, 1), 0, 0), y;
    if (back) {
        k->pack_t(packed, &w, 1, 1);
        k->linear_dx(&y, &one, packed, NULL, 1, 1, 1);
    } else {
        k->pack(packed, &w, 1, 1);
        k->linear(&y, &one, packed, NULL, NULL, 1, 1, 1);
    }
    boxes_free(&b);
    return y;
}

/* x and dy rounded by dw, where the other is 1. */
static real rounded_in_dw(const Kern *k, real x, bool right)
{
    const real one = 1;
    real dw = 0;
    k->linear_dw(&dw, NULL, right ? &one : &x, right ? &x : &one, 1, 1, 1);
    return dw;
}

/* 1 + 2^-7 i are bfloat16; halves between go to even. A float's largest goes
 * up to infinity. Denormals are 0. */
TEST(rounding_is_to_nearest_and_ties_go_to_even)
{
    static const struct { double x, want; } known[] = {
        { 0, 0 }, { 1, 1 }, { -1.5, -1.5 },
        { 1 + 0x1p-8, 1 },              { 1 + 0x1.8p-7, 1 + 0x1p-6 },
        { 1 + 0x1.0002p-8, 1 + 0x1p-7 }, { 1 + 0x1.fffp-9, 1 },
        { -1 - 0x1p-8, -1 },            { -1 - 0x1.8p-7, -1 - 0x1p-6 },
        { 0x1.ffp127, INFINITY },       { 0x1.fdp127, 0x1.fcp127 },
        { INFINITY, INFINITY },         { -INFINITY, -INFINITY },
        { 0x1p-126, 0x1p-126 },         { 0x1.fffp-127, 0 },
        { 0x1p-140, 0 },                { -0x1p-130, 0 },
    };
    EACH_BF16(k)
        for (int i = 0; i < COUNT_OF(known); i++) {
            const real   x = (real)known[i].x;
            const double want = known[i].want;
            test_note("%s, %a", k->name, known[i].x);
            CHECK((double)rounded(k, x) == want);
            CHECK((double)rounded_weight(k, x, false) == want);
            CHECK((double)rounded_weight(k, x, true) == want);
            CHECK((double)rounded_in_dw(k, x, false) == want);
            CHECK((double)rounded_in_dw(k, x, true) == want);
        }
}

TEST(what_is_no_number_comes_through)
{
    EACH_BF16(k) {
        const real x = (real)NAN;
        test_note("%s", k->name);
        CHECK(isnan(rounded(k, x)) && isnan(rounded(k, -x)));
        CHECK(isnan(rounded_weight(k, x, false)));
        CHECK(isnan(rounded_weight(k, x, true)));
        CHECK(isnan(rounded_in_dw(k, x, false)));
        CHECK(isnan(rounded_in_dw(k, x, true)));
    }
}

/* Where a payload sits in the lower half alone, cutting it off would leave
 * infinity, and adding to it a number. */
TEST(no_payload_of_nan_is_lost)
{
    static const u32 payload[] = { 0x7f800001, 0x7fffffff, 0xffffffff,
                                   0x7fc00000, 0xff80ffff };
    EACH_BF16(k)
        for (int i = 0; i < COUNT_OF(payload); i++) {
            real x;
            memcpy(&x, &payload[i], sizeof x);
            test_note("%s, %08x", k->name, payload[i]);
            CHECK(isnan(rounded(k, x)));
            CHECK(isnan(rounded_in_dw(k, x, true)));
        }
}

typedef struct Case {
    i64   R, K, N;
    real *x, *w, *b, *dy, *slope;
} Case;

static Case draw(Boxes *b, i64 R, i64 K, i64 N)
{
    Case c  = { .R = R, .K = K, .N = N };
    c.x     = box(b, R * K, 0.3, 1);
    c.w     = box(b, K * N, -0.1, 0.5);
    c.b     = box(b, N, 0.2, 1);
    c.dy    = box(b, R * N, 0.1, 1);
    c.slope = box(b, R * K, 0.5, 0.5);
    return c;
}

static real *absolute(Boxes *b, const real *x, i64 n)
{
    real *to = box_copy(b, x, n);
    for (i64 i = 0; i < n; i++)
        to[i] = (real)fabs((double)to[i]);
    return to;
}

static Case positive(Boxes *b, const Case *c)
{
    return (Case){
        .R = c->R, .K = c->K, .N = c->N,
        .x = absolute(b, c->x, c->R * c->K),
        .w = absolute(b, c->w, c->K * c->N),
        .b = absolute(b, c->b, c->N),
        .dy = absolute(b, c->dy, c->R * c->N),
        .slope = absolute(b, c->slope, c->R * c->K),
    };
}

/* y, dx, dw and db, one after the other. */
static real *all_of(Boxes *b, const Kern *k, const Case *c)
{
    const i64 R = c->R, K = c->K, N = c->N;
    real *out = box(b, R * N + R * K + K * N + N, 0, 0);
    real *dx = out + R * N, *dw = dx + R * K;
    real *packed = box(b, k->packed_count(K, N), 0, 0);
    real *packed_t = box(b, k->packed_count(N, K), 0, 0);
    k->pack(packed, c->w, K, N);
    k->pack_t(packed_t, c->w, K, N);
    memcpy(out, c->dy, (size_t)(R * N) * sizeof *out);
    k->linear(out, c->x, packed, c->b, out, R, K, N);
    k->linear_dx(dx, c->dy, packed_t, c->slope, R, K, N);
    k->linear_dw(dw, dw + K * N, c->x, c->dy, R, K, N);
    return out;
}

static void check_same(i64 R, i64 K, i64 N)
{
    Boxes       b = { 0 };
    const Case  c = draw(&b, R, K, N);
    const real *want = NULL;
    EACH_BF16(k) {
        if (k == &kern_ref_bf16)
            continue;
        const real *seen = all_of(&b, k, &c);
        test_note("%s, R %d, K %d, N %d", k->name, (int)R, (int)K, (int)N);
        if (!want)
            want = seen;
        /* all but db, which sums floats in vectors of its own width */
        CHECK(memcmp(seen, want, (size_t)(R * N + R * K + K * N)
                                     * sizeof *want) == 0);
    }
    CHECK(boxes_whole(&b));
    boxes_free(&b);
}

TEST(vectors_of_any_width_give_the_same_bits)
{
    static const i64 size[] = { 1, 2, 3, 15, 16, 17, 31, 32, 33, 64, 70, 130 };
    for (int i = 0; i < COUNT_OF(size); i++)
        for (int j = 0; j < COUNT_OF(size); j++)
            check_same(1 + (i * 7 + j * 5) % 29, size[i], size[j]);
}

/* More rows than a copy takes, more columns than one takes, and both: the
 * blocks of linear, dx and dw in all directions. */
TEST(nothing_is_lost_between_blocks)
{
    static const i64 size[][3] = {
        { 300, 40, 24 }, { 257, 511, 20 }, { 70, 2049, 7 }, { 35, 4100, 5 },
        { 3, 9001, 3 },  { 40, 6, 4133 },  { 259, 1030, 18 },
    };
    for (int i = 0; i < COUNT_OF(size); i++) {
        const i64 R = size[i][0], K = size[i][1], N = size[i][2];
        check_same(R, K, N);

        Boxes      b = { 0 };
        const Case c = draw(&b, R, K, N);
        const Kern *k = kern_best("bf16");
        const i64  all = R * N + R * K + K * N + N;
        test_note("%s, R %d, K %d, N %d", k->name, (int)R, (int)K, (int)N);
        /* The room of test_kern.c: a term lost or added twice is wider. */
        const Case  p = positive(&b, &c);
        const i64   terms = i64_max(R, i64_max(K, N)) + 3;
        CHECK_BELOW(gap_in(all_of(&b, k, &c), all_of(&b, &kern_ref_bf16, &c),
                           all_of(&b, &kern_ref_bf16, &p), all),
                    (double)terms * REAL_EPSILON / 2);
        boxes_free(&b);
    }
}

/* A bfloat16 has 8 bits, so that rounding errs by up to 2^-9 of a number: a
 * table that forgot to round one side would be too near to fp32, and one that
 * rounded anything else (b, add, slope, db) too far from the reference. */
TEST(both_sides_are_rounded_and_nothing_else)
{
    Boxes      b = { 0 };
    const Case c = draw(&b, 40, 48, 33);
    EACH_BF16(k) {
        const real sum = (real)(1 + 0x1p-20), half = (real)(0x1p-1 + 0x1p-20);
        real one = 1, zero = 0, y = 0, dx = 0, dw = 0, db = 0;
        real *packed = box(&b, k->packed_count(1, 1), 0, 0);
        test_note("%s", k->name);
        k->pack(packed, &zero, 1, 1);
        k->linear(&y, &one, packed, &sum, NULL, 1, 1, 1);
        CHECK((double)y == (double)sum);
        k->linear(&y, &one, packed, NULL, &sum, 1, 1, 1);
        CHECK((double)y == (double)sum);
        k->pack_t(packed, &one, 1, 1);
        k->linear_dx(&dx, &one, packed, &half, 1, 1, 1);
        CHECK((double)dx == (double)half);
        dw = sum;
        k->linear_dw(&dw, &db, &zero, &half, 1, 1, 1);
        CHECK((double)dw == (double)sum && (double)db == (double)half);
    }
    const i64   n = c.R * c.N;
    const real *fp32 = all_of(&b, &kern_ref, &c);
    EACH_BF16(k) {
        const double gap = gap_of_largest(all_of(&b, k, &c), fp32, n);
        test_note("%s", k->name);
        CHECK(gap > 0x1p-13);
        CHECK_BELOW(gap, 0x1p-7);
    }
    boxes_free(&b);
}
