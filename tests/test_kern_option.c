/* test_kern_option.c - RMS norm, rotary positions, the gated feed-forward and
 * dropout on every backend. Rooms are derived where they stand; u = 2^-24. */

#include "tests/kern_box.h"

static const double u = REAL_EPSILON / 2;

static const i64 widths[] = { 2, 3, 7, 8, 12, 16, 17, 24, 33, 40, 64, 96,
                              130, 512 };

/* The largest gap between what lies in the first C of each row, and whether
 * the rest of each row is as it was. */
static double gap_in_rows(const real *seen, const real *want, i64 R, i64 C,
                          i64 row)
{
    double widest = 0, largest = 0;
    for (i64 r = 0; r < R; r++)
        for (i64 c = 0; c < row; c++) {
            const double gap = fabs((double)seen[r * row + c]
                                    - (double)want[r * row + c]);
            if (c >= C && gap != 0)
                return INFINITY;
            widest  = isnan(gap) ? INFINITY : fmax(widest, gap);
            largest = fmax(largest, fabs((double)want[r * row + c]));
        }
    return widest / largest;
}

/* -- RMS norm ------------------------------------------------------------- */

typedef struct Rms {
    real *y, *stat, *in_place, *dx, *back_in_place, *dgain;
} Rms;

static Rms rms(Boxes *b, const Kern *k, const real *x, const real *gain,
               const real *add, const real *dy, i64 R, i64 C, i64 row)
{
    const i64 n = (R - 1) * row + C;
    Rms m = { box(b, n, 7, 0), box(b, R, 0, 1), box_copy(b, x, n),
              box(b, n, 7, 0), box_copy(b, dy, n), box(b, C, 0, 0) };
    real *again = box(b, C, 0, 0);
    k->rms(m.y, m.stat, x, gain, R, C, row);
    k->rms(m.in_place, m.stat, m.in_place, gain, R, C, row);
    k->rms_back(m.dx, m.dgain, add, dy, x, m.stat, gain, R, C, row);
    k->rms_back(m.back_in_place, again, NULL, m.back_in_place, x, m.stat,
                gain, R, C, row);
    return m;
}

/* A sum of C squares is off by C u of itself, its root by half of that; the
 * mean of e n by C u of the sum of sizes, some times the mean; a handful of
 * roundings: (3 C + 8) u of the largest. A row of two or three has nearly
 * nothing to send back but along its own change of length: room for that. */
static void check_rms(const Kern *k, i64 R, i64 C, i64 row)
{
    Boxes b = { 0 };
    const i64   n = (R - 1) * row + C;
    const real *x = box(&b, n, 1, 2), *gain = box(&b, C, 1, 0.5);
    const real *add = box(&b, n, 0, 1), *dy = box(&b, n, 0.1, 1);
    const Rms   seen = rms(&b, k, x, gain, add, dy, R, C, row);
    const Rms   want = rms(&b, &kern_ref, x, gain, add, dy, R, C, row);
    const double room = (3 * (double)C + 8) * u;
    const double back = (C < 4 ? 200 : 4) * room;
    const i64    last = (R - 1) * row; /* the last row may end at C */

    test_note("%s, R %d, C %d, rows %d apart", k->name, (int)R, (int)C,
              (int)row);
    if (R > 1) {
        CHECK_BELOW(gap_in_rows(seen.y, want.y, R - 1, C, row), room);
        CHECK_BELOW(gap_in_rows(seen.dx, want.dx, R - 1, C, row), back);
        CHECK_BELOW(gap_in_rows(seen.back_in_place, want.back_in_place, R - 1,
                                C, row), back);
        CHECK(memcmp(seen.in_place, seen.y, (size_t)C * sizeof(real)) == 0);
    }
    CHECK_BELOW(gap_of_largest(seen.y + last, want.y + last, C), room);
    CHECK_BELOW(gap_of_largest(seen.dx + last, want.dx + last, C), back);
    CHECK(memcmp(seen.in_place + last, seen.y + last,
                 (size_t)C * sizeof(real)) == 0);
    CHECK_BELOW(gap_of_largest(seen.stat, want.stat, R), room);
    CHECK_BELOW(gap_of_largest(seen.dgain, want.dgain, C),
                room + (double)R * u);
    CHECK(boxes_whole(&b));
    boxes_free(&b);
}

TEST(rms_is_the_same_on_every_backend)
{
    EACH_KERN(k)
        for (int i = 0; i < COUNT_OF(widths); i++)
            for (i64 R = 1; R <= 37; R += 9) {
                check_rms(k, R, widths[i], widths[i]);
                check_rms(k, R, widths[i], 3 * widths[i] + 5);
            }
}

TEST(rms_of_nothing_is_nothing_and_nan_comes_through)
{
    enum { C = 20 };
    EACH_KERN(k) {
        real x[C] = { 0 }, gain[C], y[C], stat;
        for (int i = 0; i < C; i++)
            gain[i] = 1;
        k->rms(y, &stat, x, gain, 1, C, C);
        test_note("%s", k->name);
        CHECK((double)y[0] == 0 && (double)y[C - 1] == 0);
        x[7] = (real)NAN;
        k->rms(y, &stat, x, gain, 1, C, C);
        CHECK(isnan(y[0]) && isnan(y[C - 1]));
    }
}

/* -- Rotary positions ----------------------------------------------------- */

static real *turns(Boxes *b, i64 T, i64 S)
{
    real *turn = box(b, T * S, 0, 0);
    for (i64 t = 0; t < T; t++)
        for (i64 i = 0; i < S / 2; i++) {
            const double angle = (double)t / (1 + 0.3 * (double)i);
            turn[t * S + i]         = (real)cos(angle);
            turn[t * S + S / 2 + i] = (real)sin(angle);
        }
    return turn;
}

/* Two products and their sum: 3 roundings of numbers as large as the pair. */
static void check_rope(const Kern *k, i64 R, i64 T, i64 H, i64 S, bool back)
{
    Boxes b = { 0 };
    const i64   row = H * S + 3, n = R * row;
    const real *turn = turns(&b, T, S), *x = box(&b, n, 0, 1);
    real *seen = box_copy(&b, x, n), *want = box_copy(&b, x, n);
    k->rope(seen, turn, R, T, H, S, row, back);
    kern_ref.rope(want, turn, R, T, H, S, row, back);
    test_note("%s, R %d, T %d, H %d, S %d, back %d", k->name, (int)R, (int)T,
              (int)H, (int)S, back);
    CHECK_BELOW(gap_in_rows(seen, want, R, H * S, row), 3 * u);

    k->rope(seen, turn, R, T, H, S, row, !back);
    CHECK_BELOW(gap_in_rows(seen, x, R, H * S, row), 8 * u);
    CHECK(boxes_whole(&b));
    boxes_free(&b);
}

TEST(rope_is_the_same_on_every_backend_and_can_be_undone)
{
    static const i64 sizes[] = { 2, 4, 6, 10, 16, 24, 32, 34, 64, 66, 128 };
    EACH_KERN(k)
        for (int i = 0; i < COUNT_OF(sizes); i++)
            for (i64 H = 1; H <= 3; H += 2) {
                check_rope(k, 1, 1, H, sizes[i], false);
                check_rope(k, 14, 7, H, sizes[i], false);
                check_rope(k, 9, 9, H, sizes[i], true);
            }
}

/* What it is for: a query and a key turned each by its place have a product
 * that knows only how far they are apart. */
TEST(products_of_what_is_turned_know_distances_alone)
{
    enum { T = 9, S = 8, APART = 3 };
    Boxes b = { 0 };
    real *turn = turns(&b, T, S);
    real *q = box(&b, S, 0, 1), *key = box(&b, S, 0, 1);
    EACH_KERN(k) {
        double first = 0;
        for (int t = 0; t + APART < T; t++) {
            real   a[S], c[S];
            double dot = 0;
            memcpy(a, q, sizeof a), memcpy(c, key, sizeof c);
            k->rope(a, turn + t * S, 1, 1, 1, S, S, false);
            k->rope(c, turn + (t + APART) * S, 1, 1, 1, S, S, false);
            for (int i = 0; i < S; i++)
                dot += (double)a[i] * (double)c[i];
            first = t ? first : dot;
            test_note("%s, from %d", k->name, t);
            CHECK_BELOW(fabs(dot - first), 2e-5);
        }
    }
    boxes_free(&b);
}

/* -- Gated feed-forward --------------------------------------------------- */

/* g log2 e is rounded (u |g|, at most 40 u here), the exponential good to 4 u,
 * sum, quotient, products: 64 u of the largest, for the large g are those with
 * the large results. */
static void check_swiglu(const Kern *k, i64 R, i64 F)
{
    Boxes b = { 0 };
    const real *x = box(&b, R * 2 * F, 0, 4), *da = box(&b, R * F, 0, 1);
    real *a = box(&b, R * F, 0, 1), *want = box(&b, R * F, 0, 1);
    real *dx = box(&b, R * 2 * F, 0, 1), *dwant = box(&b, R * 2 * F, 0, 1);
    real *in_place = box_copy(&b, x, R * 2 * F);
    k->swiglu(a, x, R, F);
    k->swiglu_back(dx, da, x, R, F);
    k->swiglu_back(in_place, da, in_place, R, F);
    kern_ref.swiglu(want, x, R, F);
    kern_ref.swiglu_back(dwant, da, x, R, F);
    test_note("%s, R %d, F %d", k->name, (int)R, (int)F);
    CHECK_BELOW(gap_of_largest(a, want, R * F), 64 * u);
    CHECK_BELOW(gap_of_largest(dx, dwant, R * 2 * F), 64 * u);
    CHECK(memcmp(dx, in_place, (size_t)(R * 2 * F) * sizeof(real)) == 0);
    CHECK(boxes_whole(&b));
    boxes_free(&b);
}

TEST(swiglu_is_the_same_on_every_backend)
{
    EACH_KERN(k)
        for (int i = 0; i < COUNT_OF(widths); i++)
            for (i64 R = 1; R <= 5; R += 2)
                check_swiglu(k, R, widths[i]);
}

TEST(swiglu_of_anything_a_float_can_be_is_a_number_and_nan_stays)
{
    static const double gate[] = { -3e38, -1000, -88, 0, 88, 1000, 3e37 };
    EACH_KERN(k)
        for (int i = 0; i < COUNT_OF(gate); i++) {
            real x[2] = { (real)gate[i], 1 }, one = 1, a, dx[2];
            k->swiglu(&a, x, 1, 1);
            k->swiglu_back(dx, &one, x, 1, 1);
            const double want = gate[i] > 0 ? gate[i] : 0;
            test_note("%s, gate %g", k->name, gate[i]);
            CHECK_BELOW(fabs((double)a - want), 1e-6 * fabs(want) + 1e-4);
            CHECK(isfinite(dx[0]) && isfinite(dx[1]));
            x[0] = (real)NAN;
            k->swiglu(&a, x, 1, 1);
            CHECK(isnan(a));
        }
}

/* -- Dropout -------------------------------------------------------------- */

TEST(dropout_drops_the_same_numbers_on_every_backend)
{
    static const i64 sizes[] = { 1, 3, 8, 15, 16, 17, 100, 1001 };
    EACH_KERN(k)
        for (int i = 0; i < COUNT_OF(sizes); i++) {
            Boxes b = { 0 };
            const i64   n = sizes[i];
            const real *x = box(&b, n, 1, 1), *add = box(&b, n, 0, 1);
            real *seen = box(&b, n, 0, 1), *want = box(&b, n, 0, 1);
            real *in_place = box_copy(&b, x, n), *onto = box_copy(&b, add, n);
            real *bare = box(&b, n, 0, 1);
            k->dropout(seen, x, add, n, 0x123456789abcdef0, (real)0.4);
            kern_ref.dropout(want, x, add, n, 0x123456789abcdef0, (real)0.4);
            test_note("%s, n %d", k->name, (int)n);
            CHECK_BELOW(gap_of_largest(seen, want, n), 2 * u);

            k->dropout(onto, x, onto, n, 0x123456789abcdef0, (real)0.4);
            CHECK(memcmp(onto, seen, (size_t)n * sizeof(real)) == 0);
            k->dropout(bare, x, NULL, n, 7, (real)0.4);
            k->dropout(in_place, in_place, NULL, n, 7, (real)0.4);
            CHECK(memcmp(in_place, bare, (size_t)n * sizeof(real)) == 0);
            CHECK(boxes_whole(&b));
            boxes_free(&b);
        }
}

/* Of n numbers a share p is dropped, within 5 standard deviations; those kept
 * are scaled so that the mean stays; and 0 drops none. */
TEST(dropout_drops_its_share_and_keeps_the_mean)
{
    enum { N = 100000 };
    static real one[N], y[N];
    for (int i = 0; i < N; i++)
        one[i] = 1;
    EACH_KERN(k)
        for (double p = 0; p < 1; p += 0.15) {
            i64 dropped = 0;
            k->dropout(y, one, NULL, N, (u64)(1e6 * p), (real)p);
            for (int i = 0; i < N; i++) {
                dropped += (double)y[i] == 0;
                CHECK((double)y[i] == 0
                      || fabs((double)y[i] * (1 - p) - 1) < 1e-6);
            }
            test_note("%s, p %g", k->name, p);
            CHECK(fabs((double)dropped - N * p)
                  <= 5 * sqrt(N * p * (1 - p)));
        }
}

/* Masks of two keys that differ in one bit, and of neighbours in one mask,
 * agree as often as chance has it: p^2 + (1-p)^2 = 1/2 at p = 1/2. */
TEST(masks_know_nothing_of_each_other)
{
    enum { N = 100000 };
    static real one[N], a[N], b[N];
    const double room = 5 * sqrt(N * 0.25);
    for (int i = 0; i < N; i++)
        one[i] = 1;
    for (int bit = 0; bit < 64; bit++) {
        i64 alike = 0, next = 0;
        kern_ref.dropout(a, one, NULL, N, 99, (real)0.5);
        kern_ref.dropout(b, one, NULL, N, 99 ^ (u64)1 << bit, (real)0.5);
        for (int i = 0; i + 1 < N; i++) {
            alike += ((double)a[i] == 0) == ((double)b[i] == 0);
            next  += ((double)b[i] == 0) == ((double)b[i + 1] == 0);
        }
        test_note("bit %d", bit);
        CHECK(fabs((double)alike - N * 0.5) <= room);
        CHECK(fabs((double)next - N * 0.5) <= room);
    }
}
