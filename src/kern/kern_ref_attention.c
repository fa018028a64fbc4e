/* kern_ref_attention.c - causal attention as its formulas read.
 *
 * One head at a time, one query at a time. keep holds p[H,T,T], with zeros
 * where a key lies in the future. Contract: Kern.attention in kern.h. */

#include "kern/kern_ref.h"

#include <math.h>
#include <string.h>

i64 attention_keep_ref(const Attend *a) { return a->H * a->T * a->T; }

i64 attention_work_ref(const Attend *a) { return a->T; }

static i64 row_of(const Attend *a) { return (a->H + 2 * a->KV) * a->S; }

/* Where the keys that head h looks at begin in a row, and their values. */
static i64 keys_of(const Attend *a, i64 h)
{
    return (a->H + h * a->KV / a->H) * a->S;
}
static i64 values_of(const Attend *a, i64 h)
{
    return keys_of(a, h) + a->KV * a->S;
}

static double dot(const real *a, const real *b, i64 n)
{
    double sum = 0;
    for (i64 i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

/* p[0..t] = softmax of the scores of one query; p[t+1..T-1] = 0. */
static void weights(real *p, const real *q, const real *key, i64 t,
                    const Attend *a)
{
    double top = -INFINITY, sum = 0;

    memset(p, 0, (size_t)a->T * sizeof *p);
    for (i64 s = 0; s <= t; s++) {
        p[s] = (real)(dot(q, key + s * row_of(a), a->S) * (double)a->scale);
        top  = fmax(top, (double)p[s]);
    }
    for (i64 s = 0; s <= t; s++)
        sum += exp((double)p[s] - top);
    for (i64 s = 0; s <= t; s++)
        p[s] = (real)(exp((double)p[s] - top) / sum);
}

void attention_ref(real *o, real *keep, real *work, const real *qkv,
                   const Attend *a)
{
    const i64 T = a->T, H = a->H, S = a->S, row = row_of(a);
    (void)work;

    for (i64 h = 0; h < H; h++) {
        const real *k = qkv + keys_of(a, h), *v = qkv + values_of(a, h);
        for (i64 t = 0; t < T; t++) {
            real *p = keep + (h * T + t) * T;
            weights(p, qkv + t * row + h * S, k, t, a);
            for (i64 i = 0; i < S; i++) {
                double sum = 0;
                for (i64 s = 0; s <= t; s++)
                    sum += (double)p[s] * (double)v[s * row + i];
                o[(t * H + h) * S + i] = (real)sum;
            }
        }
    }
}

/* dqkv += what query t of head h sends back.
 *
 *     dp[s] = do . v[s]          ds[s] = p[s] ( dp[s] - sum_s p[s] dp[s] )
 *     dv[s] += p[s] do    dq += ds[s] k[s] scale    dk[s] += ds[s] q scale
 *
 * and sum_s p[s] dp[s] = do . o. */
static void query_back(real *dqkv, real *ds, const real *d_o, const real *o,
                       const real *qkv, const real *p, i64 h, i64 t,
                       const Attend *a)
{
    const i64    S = a->S, row = row_of(a), at = t * row + h * S;
    const double middle = dot(d_o, o, S);
    const real  *q = qkv + at, *k = qkv + keys_of(a, h);
    const real  *v = qkv + values_of(a, h);
    real        *dk = dqkv + keys_of(a, h), *dv = dqkv + values_of(a, h);

    for (i64 s = 0; s <= t; s++)
        ds[s] = (real)((double)p[s] * (dot(d_o, v + s * row, S) - middle)
                       * (double)a->scale);
    for (i64 i = 0; i < S; i++) {
        double sum = 0;
        for (i64 s = 0; s <= t; s++) {
            sum += (double)ds[s] * (double)k[s * row + i];
            dk[s * row + i] += ds[s] * q[i];
            dv[s * row + i] += p[s] * d_o[i];
        }
        dqkv[at + i] = (real)sum;
    }
}

void attention_back_ref(real *dqkv, real *work, const real *d_o,
                        const real *o, const real *qkv, const real *keep,
                        const Attend *a)
{
    memset(dqkv, 0, (size_t)(a->T * row_of(a)) * sizeof *dqkv);

    for (i64 h = 0; h < a->H; h++)
        for (i64 t = 0; t < a->T; t++) {
            const i64 at = (t * a->H + h) * a->S;
            query_back(dqkv, work, d_o + at, o + at, qkv,
                       keep + (h * a->T + t) * a->T, h, t, a);
        }
}
