/* test_kern_cuda_linear.c - products on a device, in both dtypes, with all that is
 * fused to them, held against double sums of what they multiply.
 *
 * Room. A sum of K products in float is off by (K + 3) u times the sum of their
 * sizes, u = 2^-24; tensor cores cut where float rounds, which is twice that; the
 * test gives four times. In bfloat16 what is multiplied is rounded first, here as
 * there. GELU's slope is at most 1.13 and its change 0.8, and both are held to that
 * many times the sum's own room, and 16 u of the number. */

#include "tests/cuda/side.h"

static const double u = REAL_EPSILON / 2;

typedef struct Size { i64 R, K, N; } Size;

/* About the edges of tiles, of 8 that are packed, and of 4 that are read at
 * once. */
static const Size sizes[] = {
    { 1, 1, 1 },     { 3, 5, 7 },     { 16, 16, 16 },  { 33, 8, 32 },
    { 65, 33, 31 },  { 64, 64, 64 },  { 129, 32, 65 }, { 40, 100, 128 },
    { 17, 12, 129 }, { 515, 24, 20 }, { 130, 20, 200 },
};

static double rounded(real x, bool bf16)
{
    u32 bits;
    if (!bf16 || fabsf(x) < 0x1p-126f)
        return bf16 && fabsf(x) < 0x1p-126f ? 0 : (double)x;
    memcpy(&bits, &x, sizeof bits);
    bits += 0x7fff + (bits >> 16 & 1);
    bits &= 0xffff0000u;
    memcpy(&x, &bits, sizeof x);
    return (double)x;
}

/* A sum, and the sum of its terms' sizes. */
typedef struct Sum { double sum, size; } Sum;

/* Of n products a[i da] b[i db]. */
static Sum dot(const real *a, i64 da, const real *b, i64 db, i64 n, bool bf16)
{
    Sum s = { 0, 0 };
    for (i64 i = 0; i < n; i++) {
        const double term = rounded(a[i * da], bf16) * rounded(b[i * db], bf16);
        s.sum  += term;
        s.size += fabs(term);
    }
    return s;
}

static double room(Sum s, i64 n) { return 4 * (double)(n + 3) * u * s.size; }

static double gelu(double x, double *slope)
{
    const double root = sqrt(2 / 3.14159265358979323846);
    const double t = tanh(root * (x + 0.044715 * x * x * x));
    *slope = (1 + t) / 2 + x / 2 * (1 - t * t) * root
                               * (1 + 3 * 0.044715 * x * x);
    return x / 2 * (1 + t);
}

typedef struct All {
    Many *x, *w, *b, *add, *dy, *slope, *packed, *packed_t;
    Many *y, *bare, *act, *by, *dx, *dx_slope, *dw, *db;
} All;

static All all_make(Side *s, Size z)
{
    const i64 in = z.R * z.K, out = z.R * z.N, m = z.K * z.N;
    return (All){
        .x = many(s, in, 0.1, 1), .w = many(s, m, -0.1, 0.5),
        .b = many(s, z.N, 0, 1), .add = many(s, out, 0, 1),
        .dy = many(s, out, 0.1, 1), .slope = many(s, in, 1, 0.3),
        .packed = many(s, s->kern->packed_count(z.K, z.N), NAN, 0),
        .packed_t = many(s, s->kern->packed_count(z.N, z.K), NAN, 0),
        .y = many(s, out, NAN, 0), .bare = many(s, out, NAN, 0),
        .act = many(s, out, NAN, 0), .by = many(s, out, NAN, 0),
        .dx = many(s, in, NAN, 0), .dx_slope = many(s, in, NAN, 0),
        .dw = many(s, m, 0, 1), .db = many(s, z.N, 0, 1),
    };
}

static void call(const Side *s, const All *a, Size z)
{
    const Kern *k = s->kern;
    k->pack(a->packed->far, a->w->far, z.K, z.N);
    k->pack_t(a->packed_t->far, a->w->far, z.K, z.N);
    k->linear(a->bare->far, a->x->far, a->packed->far, NULL, NULL, z.R, z.K,
              z.N);
    k->linear(a->y->far, a->x->far, a->packed->far, a->b->far, a->add->far,
              z.R, z.K, z.N);
    k->linear(a->add->far, a->x->far, a->packed->far, a->b->far, a->add->far,
              z.R, z.K, z.N); /* in place */
    k->linear_gelu(a->act->far, a->by->far, a->x->far, a->packed->far,
                   a->b->far, z.R, z.K, z.N);
    k->linear_dx(a->dx->far, a->dy->far, a->packed_t->far, NULL, z.R, z.K,
                 z.N);
    k->linear_dx(a->dx_slope->far, a->dy->far, a->packed_t->far,
                 a->slope->far, z.R, z.K, z.N);
    k->linear_dw(a->dw->far, a->db->far, a->x->far, a->dy->far, z.R, z.K,
                 z.N);
}

static void near(const Many *m, i64 g, i64 i, double want, double off)
{
    CHECK_BELOW(fabs((double)m->seen[g][i] - want), off + 1e-30);
}

static void check_forward(const All *a, Size z, i64 g, bool bf16)
{
    for (i64 i = 0; i < z.R * z.N; i++) {
        const i64    r = i / z.N, n = i % z.N;
        const Sum    s = dot(a->x->was[g] + r * z.K, 1, a->w->was[g] + n, z.N,
                             z.K, bf16);
        const double b = (double)a->b->was[g][n];
        const double add = (double)a->add->was[g][i], off = room(s, z.K);
        const double more = off + 4 * u * (fabs(b) + fabs(add) + s.size);
        double       slope;
        const double act = gelu(s.sum + b, &slope);
        near(a->bare, g, i, s.sum, off);
        near(a->y, g, i, s.sum + b + add, more);
        CHECK(a->add->seen[g][i] == a->y->seen[g][i]);
        near(a->act, g, i, act, 1.2 * more + 16 * u * fabs(s.sum + b));
        near(a->by, g, i, slope, 1.2 * more + 32 * u);
    }
}

static void check_back(const All *a, Size z, i64 g, bool bf16)
{
    for (i64 i = 0; i < z.R * z.K; i++) {
        const i64    r = i / z.K, k = i % z.K;
        const Sum    s = dot(a->dy->was[g] + r * z.N, 1,
                             a->w->was[g] + k * z.N, 1, z.N, bf16);
        const double slope = (double)a->slope->was[g][i];
        near(a->dx, g, i, s.sum, room(s, z.N));
        near(a->dx_slope, g, i, s.sum * slope,
             (room(s, z.N) + 2 * u * s.size) * fabs(slope));
    }
    for (i64 i = 0; i < z.K * z.N; i++) {
        const Sum    s = dot(a->x->was[g] + i / z.N, z.K,
                             a->dy->was[g] + i % z.N, z.N, z.R, bf16);
        const double before = (double)a->dw->was[g][i];
        near(a->dw, g, i, before + s.sum, room(s, z.R) + 4 * u * fabs(before));
    }
    for (i64 n = 0; n < z.N; n++) {
        const real   one = 1;
        const Sum    s = dot(a->dy->was[g] + n, z.N, &one, 0, z.R, false);
        const double before = (double)a->db->was[g][n];
        near(a->db, g, n, before + s.sum, room(s, z.R) + 4 * u * fabs(before));
    }
}

static u64 check(Size z, bool bf16, i64 odd, i64 runs)
{
    const DeviceNeeds needs = { .rows = z.R, .widest = i64_max(z.K, z.N),
                                .largest = z.K * z.N, .params = 1, .width = 1,
                                .heads = 1, .vocab = 1, .bf16 = bf16 };
    Side      s = side_open(runs, &needs, 4 * (z.R + 9) * (z.K + 9)
                                + 8 * (z.R + 9) * (z.N + 9)
                                + 5 * (z.K + 9) * (z.N + 9), odd);
    const All a = all_make(&s, z);
    call(&s, &a, z);
    CHECK(side_back(&s));
    for (i64 g = 0; g < runs; g++) {
        test_note("%s, R %d, K %d, N %d, odd %d, run %d of %d", s.kern->dtype,
                  (int)z.R, (int)z.K, (int)z.N, (int)odd, (int)g, (int)runs);
        if (!side_active(&s, g))
            continue;
        check_forward(&a, z, g, bf16);
        check_back(&a, z, g, bf16);
    }
    const u64 bits = side_bits(&s, 0);
    side_close(&s);
    return bits;
}

static void check_all(bool bf16)
{
    for (int i = 0; i < COUNT_OF(sizes); i++) {
        const i64 odd = 4 * (i % 2) + i % 3; /* packed ones want 16 bytes */
        const u64 bits = check(sizes[i], bf16, bf16 ? 0 : odd, 1);
        side_order(7);
        CHECK(check(sizes[i], bf16, bf16 ? 0 : odd, SIDE_RUNS) == bits);
        side_order(0);
    }
}

TEST(products_in_float_are_sums_of_what_they_multiply)
{
    check_all(false);
}

TEST(products_in_bfloat16_are_sums_of_what_they_multiply_rounded)
{
    check_all(true);
}

/* Rows enough for several parts of a gradient's sum. */
TEST(a_long_sum_of_a_gradient_is_cut_and_put_together)
{
    check((Size){ 1500, 8, 12 }, false, 0, 1);
    check((Size){ 1500, 8, 12 }, true, 0, 1);
}

/* One number: x w, and GELU of a bias where squares and cubes overflow. */
static void check_edge(bool bf16, double x, double w, double b, double y,
                       double a, double slope)
{
    const DeviceNeeds needs = { .rows = 1, .widest = 1, .largest = 1,
                                .params = 1, .width = 1, .heads = 1,
                                .vocab = 1, .bf16 = bf16 };
    Side  s = side_open(1, &needs, 256, 0);
    Many *x_ = many(&s, 1, x, 0), *w_ = many(&s, 1, w, 0);
    Many *b_ = many(&s, 1, b, 0), *y_ = many(&s, 1, NAN, 0);
    Many *a_ = many(&s, 1, NAN, 0), *slope_ = many(&s, 1, NAN, 0);
    Many *packed = many(&s, s.kern->packed_count(1, 1), NAN, 0);
    s.kern->pack(packed->far, w_->far, 1, 1);
    s.kern->linear(y_->far, x_->far, packed->far, NULL, NULL, 1, 1, 1);
    s.kern->linear_gelu(a_->far, slope_->far, x_->far, packed->far, b_->far, 1,
                        1, 1);
    CHECK(side_back(&s));
    test_note("%s, x %g, w %g, b %g", s.kern->dtype, x, w, b);
    CHECK_NEAR((double)y_->seen[0][0], y, 1e-6);
    CHECK_NEAR((double)a_->seen[0][0], a, 1e-6);
    CHECK_NEAR((double)slope_->seen[0][0], slope, 1e-6);
    side_close(&s);
}

/* Below 2^-126 a number that is multiplied as bfloat16 is 0, as kern.h says. */
TEST(numbers_at_the_edge_of_what_there_is_are_as_the_contract_says)
{
    check_edge(false, 0x1p-130, 0x1p120, 1e20, 0x1p-10, 1e20, 1);
    check_edge(true, 0x1p-130, 0x1p120, 1e20, 0, 1e20, 1);
    check_edge(true, 0x1p120, 0x1p-130, 3e38, 0, 3e38, 1);
    check_edge(true, 0x1p-126, 0x1p120, 12, 0x1p-6, 12.015625, 1);
}
