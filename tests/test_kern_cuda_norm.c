/* test_kern_cuda_norm.c - layer norm and RMS norm on a device against the
 * reference, for one run and for three. u = 2^-24. */

#include "tests/cuda/side.h"

static const double u = REAL_EPSILON / 2;

/* As in test_kern_rows.c: sums of C numbers are off by C u of the sum of their
 * sizes at most, means with them, and y adds a few roundings. */
static double room_of(i64 C)
{
    return (6 * (double)C + 8) * u * (C < 4 ? 50 : 1); /* sd may be small */
}

/* Widths of every team, of those beside it, of rows read 16 bytes at a time and
 * not, and of wide ones. */
static const i64 widths[] = { 1,   2,   3,   4,   7,   12,  32,  33,  36,
                              64,  68,  96,  128, 130, 132, 256, 260, 300,
                              512, 516, 768, 1024, 1028, 1030 };

typedef struct Case {
    i64  R, C, row, odd;
    bool rms, in_place, add;
} Case;

typedef struct Arrays {
    Many *x, *gain, *bias, *dy, *y, *stat, *dx, *dgain, *dbias;
} Arrays;

static Arrays arrays_of(Side *s, const Case *c)
{
    const i64 n = (c->R - 1) * c->row + c->C;
    Arrays    a;
    a.x     = many(s, n, c->rms ? 0.5 : 5, 2);
    a.gain  = many(s, c->C, 1, 0.5);
    a.bias  = many(s, c->C, 0, 1);
    a.dy    = many(s, n, 0.1, 1);
    a.y     = many(s, n, 0, 1); /* between rows, what is there must stay */
    a.stat  = many(s, c->R * 2, 0, 1);
    a.dx    = many(s, n, 0.25, 1);
    a.dgain = many(s, c->C, 0, 3);
    a.dbias = many(s, c->C, 0, 3);
    return a;
}

/* The layer norm of `k`, forward and back. */
#define NORM(k, of)                                                         \
    do {                                                                    \
        (k)->norm(of(a.y), of(a.stat), of(a.x), of(a.gain), of(a.bias),     \
                  c->R, c->C);                                              \
        (k)->norm_back(of(a.dx), of(a.dgain), of(a.dbias), of(a.dy),        \
                       of(a.x), of(a.stat), of(a.gain), c->R, c->C);        \
    } while (0)

/* RMS norm; in place: dx is dy, which then holds the answer. */
#define RMS(k, of)                                                          \
    do {                                                                    \
        Many *to = c->in_place ? a.dy : a.dx;                               \
        (k)->rms(of(a.y), of(a.stat), of(a.x), of(a.gain), c->R, c->C,      \
                 c->row);                                                   \
        (k)->rms_back(of(to), of(a.dgain), c->add ? of(a.dx) : NULL,        \
                      of(a.dy), of(a.x), of(a.stat), of(a.gain), c->R,      \
                      c->C, c->row);                                        \
    } while (0)

#define FAR(m)  (m)->far
#define HERE(m) (m)->want[g]

static void check_run(const Arrays *a, const Case *c, i64 g)
{
    const double room = room_of(c->C), sums = room + (double)c->R * u;
    const Many  *narrow[] = { a->y, a->stat }, *wide[] = { a->dx, a->dy };
    for (int i = 0; i < 2; i++) {
        CHECK_BELOW(gap_of_largest(narrow[i]->seen[g], narrow[i]->want[g],
                                   narrow[i]->n), room);
        CHECK_BELOW(gap_of_largest(wide[i]->seen[g], wide[i]->want[g],
                                   wide[i]->n), 3 * room);
    }
    CHECK_BELOW(gap_of_largest(a->dgain->seen[g], a->dgain->want[g], c->C),
                sums);
    CHECK_BELOW(gap_of_largest(a->dbias->seen[g], a->dbias->want[g], c->C),
                sums);
}

static u64 check_runs(const Case *c, i64 runs)
{
    const DeviceNeeds needs = { .rows = c->R, .width = c->C, .widest = c->C,
                                .largest = 1, .params = 1, .vocab = 1 };
    Side         s = side_open(runs, &needs, 5 * c->R * c->row + 8 * c->C
                               + 2 * c->R + 64, c->odd);
    const Arrays a = arrays_of(&s, c);
    if (c->rms)
        RMS(s.kern, FAR);
    else
        NORM(s.kern, FAR);
    CHECK(side_back(&s));
    for (i64 g = 0; g < runs; g++) {
        test_note("%s, R %d, C %d, row %d, odd %d, run %d of %d",
                  c->rms ? "rms" : "norm", (int)c->R, (int)c->C, (int)c->row,
                  (int)c->odd, (int)g, (int)runs);
        if (!side_active(&s, g))
            continue;
        if (c->rms)
            RMS(&kern_ref, HERE);
        else
            NORM(&kern_ref, HERE);
        check_run(&a, c, g);
    }
    const u64 bits = side_bits(&s, 0);
    side_close(&s);
    return bits;
}

/* Alone, with threads in another order, and beside others: the same bits. */
static void check(const Case *c)
{
    const u64 alone = check_runs(c, 1);
    side_order(2);
    CHECK(check_runs(c, 1) == alone);
    side_order(0);
    CHECK(check_runs(c, SIDE_RUNS) == alone);
}

TEST(norm_of_a_device_is_the_references_at_every_width)
{
    for (int i = 0; i < COUNT_OF(widths); i++) {
        const i64 C = widths[i];
        check(&(Case){ .R = 1 + C % 45, .C = C, .row = C });
        check(&(Case){ .R = 33, .C = C, .row = C, .odd = 1 });
    }
}

/* More than one part, and more than 256 of them if parts did not grow. */
TEST(norm_of_many_rows_sums_all_of_them)
{
    for (i64 R = 255; R <= 9000; R = 3 * R + 7)
        check(&(Case){ .R = R, .C = 8, .row = 8 });
    check(&(Case){ .R = 700, .C = 5, .row = 5 });
}

TEST(rms_of_a_device_is_the_references_at_every_width)
{
    for (int i = 0; i < COUNT_OF(widths); i++) {
        const i64 C = widths[i];
        check(&(Case){ .R = 37, .C = C, .row = C, .rms = true, .add = true });
        check(&(Case){ .R = 37, .C = C, .row = C, .rms = true, .odd = 3 });
    }
}

/* A head among others, its gradient in place. */
TEST(rms_takes_rows_that_lie_apart_and_leaves_what_is_between_them)
{
    static const i64 head[] = { 1, 7, 16, 32, 64, 200, 1040 };
    for (int i = 0; i < COUNT_OF(head); i++)
        for (i64 more = 0; more < 9; more += 3)
            check(&(Case){ .R = 70, .C = head[i], .row = 2 * head[i] + more,
                           .rms = true, .in_place = true });
}

TEST(rms_may_write_where_it_reads)
{
    static const i64 width[] = { 24, 77, 1100 };
    for (int i = 0; i < COUNT_OF(width); i++) {
        const i64         C = width[i], R = 9;
        const DeviceNeeds needs = { .rows = R, .width = C, .widest = C };
        Side  s = side_open(1, &needs, 3 * R * C + C + R, 0);
        Many *x = many(&s, R * C, 0, 1), *gain = many(&s, C, 1, 1);
        Many *stat = many(&s, R, 0, 1);
        s.kern->rms(x->far, stat->far, x->far, gain->far, R, C, C);
        CHECK(side_back(&s));
        kern_ref.rms(x->want[0], stat->want[0], x->want[0], gain->want[0], R,
                     C, C);
        CHECK_BELOW(gap_of_largest(x->seen[0], x->want[0], R * C), room_of(C));
        side_close(&s);
    }
}

TEST(norm_of_a_flat_row_is_its_bias_and_what_is_no_number_goes_through)
{
    enum { C = 24, R = 2 };
    const DeviceNeeds needs = { .rows = R, .width = C, .widest = C };
    Side  s = side_open(1, &needs, 3 * R * C + 4 * C, 0);
    Many *x = many(&s, R * C, 3, 0), *gain = many(&s, C, 1, 0);
    Many *bias = many(&s, C, 0, 1), *y = many(&s, R * C, 0, 1);
    Many *stat = many(&s, 2 * R, 0, 1);
    x->want[0][C + 7] = (real)NAN;
    many_up(&s, x);
    s.kern->norm(y->far, stat->far, x->far, gain->far, bias->far, R, C);
    side_back(&s);
    CHECK(memcmp(y->seen[0], bias->want[0], C * sizeof(real)) == 0);
    CHECK(isnan(y->seen[0][C]) && isnan(y->seen[0][2 * C - 1]));
    side_close(&s);
}
