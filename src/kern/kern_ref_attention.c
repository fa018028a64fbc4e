/* kern_ref_attention.c - causal attention as its formulas read.
 *
 * One head at a time, one query at a time. keep holds p[H,T,T], with zeros
 * where a key lies in the future. Contract: Kern.attention in kern.h. */

#include "kern/kern_ref.h"

#include <math.h>
#include <string.h>

i64 attention_keep_ref(i64 T, i64 H, i64 S)
{
    (void)S;
    return H * T * T;
}

i64 attention_work_ref(i64 T, i64 H, i64 S)
{
    (void)H, (void)S;
    return 2 * T;
}

static double dot(const real *a, const real *b, i64 n)
{
    double sum = 0;
    for (i64 i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

/* p[0..t] = softmax of the scores of one query; p[t+1..T-1] = 0. */
static void weights(real *p, const real *q, const real *key, i64 t, i64 T,
                    i64 S, i64 row)
{
    const double scale = 1 / sqrt((double)S);
    double top = -INFINITY, sum = 0;

    memset(p, 0, (size_t)T * sizeof *p);
    for (i64 s = 0; s <= t; s++) {
        p[s] = (real)(dot(q, key + s * row, S) * scale);
        top  = fmax(top, (double)p[s]);
    }
    for (i64 s = 0; s <= t; s++)
        sum += exp((double)p[s] - top);
    for (i64 s = 0; s <= t; s++)
        p[s] = (real)(exp((double)p[s] - top) / sum);
}

void attention_ref(real *o, real *keep, real *work, const real *qkv, i64 T,
                   i64 H, i64 S)
{
    const i64 C = H * S, row = 3 * C;
    (void)work;

    for (i64 h = 0; h < H; h++) {
        const real *q = qkv + h * S, *k = q + C, *v = k + C;
        for (i64 t = 0; t < T; t++) {
            real *p = keep + (h * T + t) * T;
            weights(p, q + t * row, k, t, T, S, row);
            for (i64 i = 0; i < S; i++) {
                double sum = 0;
                for (i64 s = 0; s <= t; s++)
                    sum += (double)p[s] * (double)v[s * row + i];
                o[t * C + h * S + i] = (real)sum;
            }
        }
    }
}

/* dqkv += what one query of one head sends back.
 *
 *     dp[s] = do . v[s]          ds[s] = p[s] ( dp[s] - sum_s p[s] dp[s] )
 *     dv[s] += p[s] do    dq += ds[s] k[s] scale    dk[s] += ds[s] q scale
 *
 * and sum_s p[s] dp[s] = do . o. */
static void query_back(real *dq, real *dk, real *dv, real *ds, const real *d_o,
                       const real *o, const real *q, const real *k,
                       const real *v, const real *p, i64 t, i64 S, i64 row)
{
    const double scale = 1 / sqrt((double)S), middle = dot(d_o, o, S);

    for (i64 s = 0; s <= t; s++)
        ds[s] = (real)((double)p[s] * (dot(d_o, v + s * row, S) - middle)
                       * scale);
    for (i64 i = 0; i < S; i++) {
        double sum = 0;
        for (i64 s = 0; s <= t; s++) {
            sum += (double)ds[s] * (double)k[s * row + i];
            dk[s * row + i] += ds[s] * q[i];
            dv[s * row + i] += p[s] * d_o[i];
        }
        dq[i] = (real)sum;
    }
}

void attention_back_ref(real *dqkv, real *work, const real *d_o,
                        const real *o, const real *qkv, const real *keep,
                        i64 T, i64 H, i64 S)
{
    const i64 C = H * S, row = 3 * C;
    memset(dqkv, 0, (size_t)(T * row) * sizeof *dqkv);

    for (i64 h = 0; h < H; h++) {
        const real *q = qkv + h * S, *k = q + C, *v = k + C;
        real       *dq = dqkv + h * S, *dk = dq + C, *dv = dk + C;
        for (i64 t = 0; t < T; t++)
            query_back(dq + t * row, dk, dv, work, d_o + t * C + h * S,
                       o + t * C + h * S, q + t * row, k, v,
                       keep + (h * T + t) * T, t, S, row);
    }
}
