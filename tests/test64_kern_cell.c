/* test64_kern_cell.c - the way back through an LSTM's cell against slopes, in
 * double: slope.h. What is weighed is h and c together, since both go on. */

#include "tests/slope.h"

#include <string.h>

static real gate[SIZE], state[SIZE], weight_c[SIZE];
static bool first;
static i64  R, C;

static double cell(void)
{
    memcpy(gate, in, (size_t)(R * 4 * C) * sizeof *gate);
    k->lstm(out, state, gate, first ? NULL : other, R, C);
    double sum = weighted(R * C);
    for (i64 i = 0; i < R * C; i++)
        sum += (double)weight_c[i] * (double)state[i];
    return sum;
}

/* The weight of h comes in two parts, as it does between two steps. */
static void check_cell(void)
{
    static real later[SIZE], dc[SIZE], own[SIZE];
    R = 5, C = 7;
    fill(in, R * 4 * C, 0, 1.5), fill(other, R * C, 0, 1);
    fill(weight, R * C, 0, 1), fill(weight_c, R * C, 0, 1);
    fill(later, R * C, 0, 1);
    memcpy(dc, weight_c, sizeof dc);
    for (i64 i = 0; i < R * C; i++)
        own[i] = weight[i] - later[i];

    cell();
    static real dgate[SIZE];
    memcpy(dgate, gate, sizeof dgate);
    k->lstm_back(dgate, dc, own, later, state, first ? NULL : other, R, C);
    CHECK_BELOW(widest_gap(dgate, in, R * 4 * C, cell), 1e-8);
    if (!first)
        CHECK_BELOW(widest_gap(dc, other, R * C, cell), 1e-8);
}

TEST(a_cell_knows_its_slopes)
{
    first = false;
    check_cell();
}

TEST(the_first_cell_of_a_window_knows_its_slopes)
{
    first = true;
    check_cell();
}
