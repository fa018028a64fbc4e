/* test64_kern_option.c - the gradients of RMS norm, rotary positions, the
 * gated feed-forward and dropout against slopes, in double: slope.h. */

#include "tests/slope.h"

#include <string.h>

static real gain[SIZE], stat[SIZE], room[SIZE];
static i64  R, C, ROW, T, H, S, F;

static double rms(void)
{
    k->rms(out, stat, in, gain, R, C, ROW);
    double sum = 0;
    for (i64 r = 0; r < R; r++)
        for (i64 c = 0; c < C; c++)
            sum += (double)weight[r * ROW + c] * (double)out[r * ROW + c];
    return sum;
}

static void check_rms(i64 rows, i64 width, i64 row)
{
    static real dx[SIZE], dgain[SIZE];
    R = rows, C = width, ROW = row;
    fill(in, R * ROW, 0.3, 2), fill(gain, C, 1, 0.5);
    fill(weight, R * ROW, 0, 1);
    memset(dgain, 0, sizeof dgain), memset(dx, 0, sizeof dx);

    rms();
    k->rms_back(dx, dgain, NULL, weight, in, stat, gain, R, C, ROW);
    CHECK_BELOW(widest_gap(dx, in, R * ROW, rms), 1e-8);
    CHECK_BELOW(widest_gap(dgain, gain, C, rms), 1e-8);
}

TEST(rms_knows_its_slopes) { check_rms(4, 9, 9); }
TEST(rms_of_part_of_each_row_knows_its_slopes) { check_rms(4, 5, 13); }

static double rope(void)
{
    memcpy(out, in, (size_t)(R * ROW) * sizeof *out);
    k->rope(out, other, R, T, H, S, ROW, false);
    double sum = 0;
    for (i64 i = 0; i < R * ROW; i++)
        sum += (double)weight[i] * (double)out[i];
    return sum;
}

TEST(rope_turned_back_is_its_slope)
{
    R = 6, T = 3, H = 2, S = 4, ROW = 11;
    for (i64 t = 0; t < T; t++)
        for (i64 i = 0; i < S / 2; i++) {
            const double angle = 0.7 * (double)t / (double)(i + 1);
            other[t * S + i]         = (real)cos(angle);
            other[t * S + S / 2 + i] = (real)sin(angle);
        }
    fill(in, R * ROW, 0, 1), fill(weight, R * ROW, 0, 1);
    memcpy(room, weight, sizeof room);
    k->rope(room, other, R, T, H, S, ROW, true);
    CHECK_BELOW(widest_gap(room, in, R * ROW, rope), 1e-8);
}

static double swiglu(void)
{
    k->swiglu(out, in, R, F);
    return weighted(R * F);
}

TEST(swiglu_knows_its_slopes)
{
    R = 5, F = 7;
    fill(in, R * 2 * F, 0, 2), fill(weight, R * F, 0, 1);
    k->swiglu_back(room, weight, in, R, F);
    CHECK_BELOW(widest_gap(room, in, R * 2 * F, swiglu), 1e-8);
}

static double dropout(void)
{
    k->dropout(out, in, other, R, 77, (real)0.3);
    return weighted(R);
}

TEST(dropout_sends_back_through_what_it_kept)
{
    R = 200;
    fill(in, R, 0, 1), fill(other, R, 0, 1), fill(weight, R, 0, 1);
    k->dropout(room, weight, NULL, R, 77, (real)0.3);
    CHECK_BELOW(widest_gap(room, in, R, dropout), 1e-8);
}

/* A check that cannot fail proves nothing. */
TEST(a_slope_of_an_option_bent_by_a_thousandth_is_noticed)
{
    R = 5, F = 7;
    fill(in, R * 2 * F, 0, 2), fill(weight, R * F, 0, 1);
    k->swiglu_back(room, weight, in, R, F);
    for (i64 i = 0; i < R * 2 * F; i++)
        room[i] *= (real)1.001;
    CHECK(widest_gap(room, in, R * 2 * F, swiglu) > 1e-4);
}
