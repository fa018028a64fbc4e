/* test_kern_cuda_option.c - rotary positions, the gated feed-forward and the cell of
 * an LSTM on a device, held against the reference: each number is a formula of a few
 * numbers, off by a few u = 2^-24 of the largest in it, and by 2 units more for each
 * exponential. */

#include "tests/cuda/side.h"

static const double u = REAL_EPSILON / 2;

static const DeviceNeeds none = { .rows = 1, .width = 1, .widest = 1,
                                  .largest = 1, .params = 1, .heads = 1,
                                  .vocab = 1 };

/* All numbers of all runs that take part, within `most` of 1 or their size. */
static void check_close(const Side *s, const Many *m, double most)
{
    for (i64 g = 0; g < s->runs; g++)
        for (i64 i = 0; side_active(s, g) && i < m->n; i++) {
            const double want = (double)m->want[g][i];
            CHECK_BELOW(fabs((double)m->seen[g][i] - want),
                        most * (1 + fabs(want)));
        }
}

static void check_rope(i64 B, i64 T, i64 H, i64 S, i64 more, i64 odd, bool back)
{
    const i64 row = H * S + more, n = B * T * row;
    Side  s = side_open(SIDE_RUNS, &none, n + T * S, odd);
    Many *x = many(&s, n, 0.2, 1), *turn = many(&s, T * S, 0, 0.7);
    s.kern->rope(x->far, turn->far, B * T, T, H, S, row, back);
    CHECK(side_back(&s));
    for (i64 g = 0; g < s.runs; g++)
        kern_ref.rope(x->want[g], turn->want[g], B * T, T, H, S, row, back);
    test_note("rope T %d, H %d, S %d, row %d", (int)T, (int)H, (int)S,
              (int)row);
    check_close(&s, x, 8 * u);
    side_close(&s);
}

TEST(positions_turn_queries_and_keys_and_leave_values)
{
    check_rope(1, 1, 1, 2, 0, 0, false);
    check_rope(2, 9, 3, 8, 24, 0, false); /* 16 bytes at a time */
    check_rope(2, 9, 3, 8, 24, 2, false);
    check_rope(2, 9, 3, 8, 23, 0, true);
    check_rope(2, 9, 3, 12, 12, 0, true);
    check_rope(3, 33, 2, 6, 5, 1, true);
    check_rope(1, 70, 5, 16, 4, 0, true);
}

static void check_swiglu(i64 R, i64 F, i64 odd)
{
    Side  s = side_open(SIDE_RUNS, &none, 8 * R * F, odd);
    Many *u_ = many(&s, 2 * R * F, 0, 4), *a = many(&s, R * F, NAN, 0);
    Many *da = many(&s, R * F, 0, 1), *du = many(&s, 2 * R * F, NAN, 0);
    s.kern->swiglu(a->far, u_->far, R, F);
    s.kern->swiglu_back(du->far, da->far, u_->far, R, F);
    s.kern->swiglu_back(u_->far, da->far, u_->far, R, F); /* in place */
    CHECK(side_back(&s));
    for (i64 g = 0; g < s.runs; g++) {
        kern_ref.swiglu(a->want[g], u_->want[g], R, F);
        kern_ref.swiglu_back(du->want[g], da->want[g], u_->want[g], R, F);
        memcpy(u_->want[g], du->want[g], (size_t)(2 * R * F) * sizeof(real));
    }
    test_note("swiglu R %d, F %d", (int)R, (int)F);
    check_close(&s, a, 64 * u);
    check_close(&s, du, 64 * u);
    check_close(&s, u_, 64 * u);
    side_close(&s);
}

TEST(the_gate_opens_what_goes_up)
{
    check_swiglu(1, 1, 0);
    check_swiglu(3, 37, 1);
    check_swiglu(64, 40, 0); /* 16 bytes at a time */
    check_swiglu(64, 40, 3);
    check_swiglu(7, 301, 0);
}

static void check_cell(i64 R, i64 C, i64 odd, bool first, bool last)
{
    const i64 n = R * C;
    Side  s = side_open(SIDE_RUNS, &none, 16 * n, odd);
    Many *gate = many(&s, 4 * n, 0, 2), *before = many(&s, n, 0, 1);
    Many *h = many(&s, n, NAN, 0), *c = many(&s, n, NAN, 0);
    Many *dc = many(&s, n, 0, 1), *dh = many(&s, n, 0, 1);
    Many *later = many(&s, n, 0, 1);
    const real *b = first ? NULL : before->far, *l = last ? NULL : later->far;
    s.kern->lstm(h->far, c->far, gate->far, b, R, C);
    s.kern->lstm_back(gate->far, dc->far, dh->far, l, c->far, b, R, C);
    CHECK(side_back(&s));
    for (i64 g = 0; g < s.runs; g++) {
        const real *wb = first ? NULL : before->want[g];
        const real *wl = last ? NULL : later->want[g];
        kern_ref.lstm(h->want[g], c->want[g], gate->want[g], wb, R, C);
        kern_ref.lstm_back(gate->want[g], dc->want[g], dh->want[g], wl,
                           c->want[g], wb, R, C);
    }
    test_note("cell R %d, C %d, first %d, last %d", (int)R, (int)C, first,
              last);
    check_close(&s, h, 16 * u);
    check_close(&s, c, 16 * u);
    check_close(&s, gate, 64 * u);
    check_close(&s, dc, 64 * u);
    side_close(&s);
}

TEST(a_cell_remembers_and_forgets_as_the_references)
{
    for (int k = 0; k < 4; k++) {
        check_cell(1, 1, 0, k % 2, k / 2);
        check_cell(5, 37, 1, k % 2, k / 2);
        check_cell(16, 64, 0, k % 2, k / 2); /* 16 bytes at a time */
        check_cell(16, 64, 2, k % 2, k / 2);
    }
}
