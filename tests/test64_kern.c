/* test64_kern.c - each reference kernel's gradient against the slope of what
 * it is the gradient of, in double. Method and room: slope.h. */

#include "tests/slope.h"

#include <string.h>

static real bias[SIZE], packed[SIZE], keep[SIZE], work[SIZE], stat[SIZE];
static i32  id[SIZE];
static i64  R, K, N, T, H, KV, S;

static double linear(void)
{
    k->pack(packed, other, K, N);
    k->linear(out, in, packed, bias, NULL, R, K, N);
    return weighted(R * N);
}

TEST(linear_knows_its_slopes)
{
    static real dx[SIZE], dw[SIZE], db[SIZE];
    R = 5, K = 7, N = 9;
    fill(in, R * K, 0, 1), fill(other, K * N, 0, 1), fill(bias, N, 0, 1);
    fill(weight, R * N, 0, 1);

    k->pack_t(packed, other, K, N);
    k->linear_dx(dx, weight, packed, NULL, R, K, N);
    k->linear_dw(dw, db, in, weight, R, K, N);
    CHECK_BELOW(widest_gap(dx, in, R * K, linear), 1e-8);
    CHECK_BELOW(widest_gap(dw, other, K * N, linear), 1e-8);
    CHECK_BELOW(widest_gap(db, bias, N, linear), 1e-8);
}

static double gelu(void)
{
    k->pack(packed, other, K, N);
    k->linear_gelu(out, NULL, in, packed, bias, R, K, N);
    return weighted(R * N);
}

/* slope[] is d out / d u; through u = b it is the gradient of the bias. */
TEST(gelu_knows_its_slope)
{
    static real a[SIZE], slope[SIZE], db[SIZE];
    R = 6, K = 3, N = 11;
    fill(in, R * K, 0, 1), fill(other, K * N, 0, 1), fill(bias, N, 0, 2);
    fill(weight, R * N, 0, 1);

    k->pack(packed, other, K, N);
    k->linear_gelu(a, slope, in, packed, bias, R, K, N);
    for (i64 i = 0; i < R * N; i++)
        db[i % N] += weight[i] * slope[i];
    CHECK_BELOW(widest_gap(db, bias, N, gelu), 1e-8);
}

static double norm(void)
{
    k->norm(out, stat, in, other, bias, R, K);
    return weighted(R * K);
}

TEST(norm_knows_its_slopes)
{
    static real dx[SIZE], dgain[SIZE], dbias[SIZE];
    R = 4, K = 9;
    fill(in, R * K, 3, 2), fill(other, K, 1, 0.3), fill(bias, K, 0, 1);
    fill(weight, R * K, 0, 1);

    norm();
    k->norm_back(dx, dgain, dbias, weight, in, stat, other, R, K);
    CHECK_BELOW(widest_gap(dx, in, R * K, norm), 1e-8);
    CHECK_BELOW(widest_gap(dgain, other, K, norm), 1e-8);
    CHECK_BELOW(widest_gap(dbias, bias, K, norm), 1e-8);
}

/* A scale of its own: not one that attention might have made for itself. */
static Attend attend(void) { return (Attend){ T, H, KV, S, (real)0.3 }; }

static double attention(void)
{
    const Attend a = attend();
    k->attention(out, keep, work, in, &a);
    return weighted(T * H * S);
}

TEST(attention_knows_its_slopes)
{
    static const i64 heads[][2] = { { 3, 3 }, { 4, 2 }, { 3, 1 } };
    static real dqkv[SIZE];
    for (int i = 0; i < COUNT_OF(heads); i++) {
        T = 7, H = heads[i][0], KV = heads[i][1], S = 5;
        const Attend a = attend();
        const i64    n = T * (H + 2 * KV) * S;
        fill(in, n, 0, 1);
        fill(weight, T * H * S, 0, 1);

        attention();
        k->attention_back(dqkv, work, weight, out, in, keep, &a);
        test_note("%d heads of queries, %d of keys", (int)H, (int)KV);
        CHECK_BELOW(widest_gap(dqkv, in, n, attention), 1e-8);
    }
}

static double embed(void)
{
    k->embed(out, in, other, id, R, T, K, N);
    return weighted(R * K);
}

TEST(embed_knows_its_slopes)
{
    static real dtoken[SIZE], dposition[SIZE];
    R = 8, T = 4, K = 3, N = 5;
    fill(in, N * K, 0, 1), fill(other, T * K, 0, 1), fill(weight, R * K, 0, 1);
    for (i64 r = 0; r < R; r++)
        id[r] = (i32)(r * r % N);

    k->embed_back(dtoken, dposition, weight, id, R, T, K, N);
    CHECK_BELOW(widest_gap(dtoken, in, N * K, embed), 1e-8);
    CHECK_BELOW(widest_gap(dposition, other, T * K, embed), 1e-8);
}

static double xent(void)
{
    k->xent(out, NULL, in, id, R, N, 1, 0);
    double sum = 0;
    for (i64 r = 0; r < R; r++)
        sum += (double)out[r];
    return sum;
}

TEST(xent_knows_its_slope)
{
    static real dz[SIZE];
    R = 5, N = 13;
    fill(in, R * N, 0, 2);
    for (i64 r = 0; r < R; r++)
        id[r] = (i32)(r * 3 % N);

    k->xent(out, dz, in, id, R, N, 1, 0);
    CHECK_BELOW(widest_gap(dz, in, R * N, xent), 1e-8);
}

enum { Z_LOSS_PERCENT = 30 };

static double xent_with_z_loss(void)
{
    double sum = xent();
    for (i64 r = 0; r < R; r++) {
        const double log_z = (double)out[r] + (double)in[r * N + id[r]];
        sum += Z_LOSS_PERCENT * 0.01 * log_z * log_z;
    }
    return sum;
}

TEST(z_loss_knows_its_slope)
{
    static real dz[SIZE];
    R = 5, N = 13;
    fill(in, R * N, 1, 2);
    for (i64 r = 0; r < R; r++)
        id[r] = (i32)(r * 3 % N);

    k->xent(out, dz, in, id, R, N, 1, (real)(Z_LOSS_PERCENT * 0.01));
    CHECK_BELOW(widest_gap(dz, in, R * N, xent_with_z_loss), 1e-8);
}

/* A check that cannot fail proves nothing. */
TEST(a_slope_bent_by_a_thousandth_is_noticed)
{
    static real dqkv[SIZE];
    T = 4, H = KV = 2, S = 3;
    const Attend a = attend();
    fill(in, T * H * S * 3, 0, 1);
    fill(weight, T * H * S, 0, 1);

    attention();
    k->attention_back(dqkv, work, weight, out, in, keep, &a);
    for (i64 i = 0; i < T * H * S * 3; i++)
        dqkv[i] *= (real)1.001;
    CHECK(widest_gap(dqkv, in, T * H * S * 3, attention) > 1e-4);
}
