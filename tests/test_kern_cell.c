/* test_kern_cell.c - the LSTM's cell on every backend. u = 2^-24.
 *
 * Rooms: a sigmoid is off by 8 u of 1 (its exponential by 4 u, then a sum and
 * a quotient), a tanh made of it by 18 u of 1; the state by 30 u beside the
 * error of its tanh and 4 u of itself; what goes out by 64 u of 1. */

#include "tests/kern_box.h"

static const double u = REAL_EPSILON / 2;

static const i64 widths[] = { 1, 2, 3, 7, 8, 12, 16, 17, 24, 33, 40, 64, 96,
                              130, 512 };

typedef struct Cell {
    real *h, *c, *gate; /* forward            */
    real *back, *dc;    /* and on the way back */
} Cell;

static real *gate_box(Boxes *b, i64 R, i64 C)
{
    return box(b, R * 4 * C, 0, 2);
}

/* h and c start as 7 and are overwritten. */
static Cell cell(Boxes *b, const Kern *k, const real *sum, const real *before,
                 const real *dh, const real *later, const real *dc, i64 R,
                 i64 C)
{
    const i64 n = R * C;
    Cell m = { .h = box(b, n, 7, 0), .c = box(b, n, 7, 0),
               .gate = box_copy(b, sum, 4 * n), .dc = box_copy(b, dc, n) };
    k->lstm(m.h, m.c, m.gate, before, R, C);
    m.back = box_copy(b, m.gate, 4 * n);
    k->lstm_back(m.back, m.dc, dh, later, m.c, before, R, C);
    return m;
}

static void check_cell(const Kern *k, i64 R, i64 C, bool first, bool last)
{
    Boxes b = { 0 };
    const i64   n = R * C;
    const real *sum = gate_box(&b, R, C), *before = box(&b, n, 0, 1);
    const real *dh = box(&b, n, 0, 1), *later = box(&b, n, 0, 1);
    const real *dc = box(&b, n, 0, last ? 0 : 1);
    before = first ? NULL : before;
    later  = last ? NULL : later;
    const Cell seen = cell(&b, k, sum, before, dh, later, dc, R, C);
    const Cell want = cell(&b, &kern_ref, sum, before, dh, later, dc, R, C);
    real *one = box(&b, 4 * n, 1, 0), *size = box(&b, 4 * n, 0, 0);
    for (i64 i = 0; i < n; i++)
        size[i] = (real)(1 + fabs((double)want.c[i]));

    test_note("%s, R %d, C %d, first %d, last %d", k->name, (int)R, (int)C,
              first, last);
    CHECK_BELOW(gap_in(seen.gate, want.gate, one, 4 * n), 18 * u);
    CHECK_BELOW(gap_in(seen.c, want.c, size, n), 40 * u);
    CHECK_BELOW(gap_in(seen.h, want.h, one, n), 64 * u);
    /* On the way back the largest numbers are of the size of dh + later and
     * dc: a few, each times gates that are off by as much as above. */
    CHECK_BELOW(gap_in(seen.back, want.back, one, 4 * n), 1000 * u);
    CHECK_BELOW(gap_in(seen.dc, want.dc, one, n), 1000 * u);
    CHECK(boxes_whole(&b));
    boxes_free(&b);
}

TEST(the_cell_is_the_same_on_every_backend)
{
    EACH_KERN(k)
        for (int i = 0; i < COUNT_OF(widths); i++)
            for (i64 R = 1; R <= 5; R += 2)
                for (int ends = 0; ends < 4; ends++)
                    check_cell(k, R, widths[i], ends & 1, ends >> 1);
}

/* A gate that is shut or open leaves or takes all; NaN stays. */
TEST(the_cell_of_anything_a_float_can_be_is_a_number_and_nan_stays)
{
    static const double far[] = { -3e38, -1000, -90, 90, 1000, 3e38 };
    EACH_KERN(k)
        for (int i = 0; i < COUNT_OF(far); i++) {
            real gate[4], h, c, dc = 1;
            const real before = (real)0.5, dh = 1;
            for (int j = 0; j < 4; j++)
                gate[j] = (real)far[i];
            k->lstm(&h, &c, gate, &before, 1, 1);
            test_note("%s, sums of %g", k->name, far[i]);
            CHECK_BELOW(fabs((double)c - (far[i] > 0 ? 1.5 : 0)), 64 * u);
            CHECK_BELOW(fabs((double)h - (far[i] > 0 ? tanh(1.5) : 0)),
                        64 * u);
            k->lstm_back(gate, &dc, &dh, NULL, &c, &before, 1, 1);
            for (int j = 0; j < 4; j++)
                CHECK_BELOW(fabs((double)gate[j]), 64 * u);
            CHECK(isfinite(dc));

            for (int j = 0; j < 4; j++) {
                for (int m = 0; m < 4; m++)
                    gate[m] = (real)(m == j ? NAN : 1);
                k->lstm(&h, &c, gate, &before, 1, 1);
                test_note("%s, NaN in gate %d", k->name, j);
                CHECK(isnan(h) && (isnan(c) || j == 3));
            }
        }
}
