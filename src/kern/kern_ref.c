/* kern_ref.c - the kernels as their formulas read. Slow, and right.
 *
 * Contract: kern.h. This is the definition: it is not optimised, and it is
 * what is read when it and a fast kernel disagree. Sums run in double.
 *
 * kern_ref_bf16.c takes this file once more, with products that round what
 * they are given. */

#include "kern/kern_ref.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#ifndef KERN_REF
#define KERN_REF kern_ref
#define DTYPE "fp32"
#define ABOUT "the definition: plain loops, double sums"
static double in(real x) { return (double)x; }
#endif

static bool usable(void) { return true; }

static double probe(i64 rounds)
{
    volatile double out; /* keeps the loop from being left out */
    double sum = 0;
    for (i64 r = 0; r < rounds; r++)
        sum = sum * 0.5 + 1;
    out = sum;
    (void)out;
    return (double)rounds * 2;
}

/* -- Linear maps ---------------------------------------------------------- */

static i64 packed_count(i64 K, i64 N) { return K * N; }

static void pack(real *packed, const real *w, i64 K, i64 N)
{
    memcpy(packed, w, (size_t)(K * N) * sizeof *w);
}

/* x[r,:] . w[:,n] */
static double product(const real *x, const real *w, i64 r, i64 n, i64 K, i64 N)
{
    double sum = 0;
    for (i64 k = 0; k < K; k++)
        sum += in(x[r * K + k]) * in(w[k * N + n]);
    return sum;
}

static void linear(real *y, const real *x, const real *packed, const real *b,
                   const real *add, i64 R, i64 K, i64 N)
{
    for (i64 r = 0; r < R; r++)
        for (i64 n = 0; n < N; n++) {
            double sum = product(x, packed, r, n, K, N);
            sum += b ? (double)b[n] : 0;
            sum += add ? (double)add[r * N + n] : 0;
            y[r * N + n] = (real)sum;
        }
}

/* gelu(u) and its slope. With h = c (u + a u^3) and t = tanh h,
 *
 *     gelu  = u (1 + t) / 2
 *     gelu' = (1 + t) / 2 + u (1 - t^2) / 2 * c (1 + 3 a u^2) */
static double gelu(double *slope, double u)
{
    const double c = sqrt(2 / acos(-1)), a = 0.044715;
    const double t = tanh(c * (u + a * u * u * u));

    *slope = 0.5 * (1 + t)
           + 0.5 * u * (1 - t * t) * c * (1 + 3 * a * u * u);
    return 0.5 * u * (1 + t);
}

static void linear_gelu(real *a, real *slope, const real *x,
                        const real *packed, const real *b, i64 R, i64 K,
                        i64 N)
{
    for (i64 r = 0; r < R; r++)
        for (i64 n = 0; n < N; n++) {
            const double u = product(x, packed, r, n, K, N)
                           + (b ? (double)b[n] : 0);
            double s;
            a[r * N + n] = (real)gelu(&s, u);
            if (slope)
                slope[r * N + n] = (real)s;
        }
}

/* The reference needs no transpose: pack_t keeps w[K,N] as it is. */
static void linear_dx(real *dx, const real *dy, const real *packed_t,
                      const real *slope, i64 R, i64 K, i64 N)
{
    for (i64 r = 0; r < R; r++)
        for (i64 k = 0; k < K; k++) {
            double sum = 0;
            for (i64 n = 0; n < N; n++)
                sum += in(dy[r * N + n]) * in(packed_t[k * N + n]);
            dx[r * K + k] = (real)(slope ? sum * (double)slope[r * K + k]
                                         : sum);
        }
}

static void linear_dw(real *dw, real *db, const real *x, const real *dy,
                      i64 R, i64 K, i64 N)
{
    for (i64 n = 0; n < N; n++) {
        for (i64 k = 0; k < K; k++) {
            double sum = 0;
            for (i64 r = 0; r < R; r++)
                sum += in(x[r * K + k]) * in(dy[r * N + n]);
            dw[k * N + n] = (real)((double)dw[k * N + n] + sum);
        }
        if (!db)
            continue;
        double sum = 0;
        for (i64 r = 0; r < R; r++)
            sum += (double)dy[r * N + n];
        db[n] = (real)((double)db[n] + sum);
    }
}

/* -- Layer norm ----------------------------------------------------------- */

static void norm(real *y, real *stat, const real *x, const real *gain,
                 const real *bias, i64 R, i64 C)
{
    for (i64 r = 0; r < R; r++) {
        const real *xr = x + r * C;
        double sum = 0, square = 0;
        for (i64 c = 0; c < C; c++)
            sum += (double)xr[c];
        const double mean = sum / (double)C;
        for (i64 c = 0; c < C; c++)
            square += ((double)xr[c] - mean) * ((double)xr[c] - mean);
        const double rstd = 1 / sqrt(square / (double)C + 1e-5);

        for (i64 c = 0; c < C; c++)
            y[r * C + c] = (real)(((double)xr[c] - mean) * rstd
                                  * (double)gain[c] + (double)bias[c]);
        stat[2 * r]     = (real)mean;
        stat[2 * r + 1] = (real)rstd;
    }
}

/* With n = (x - mean) rstd and e = dy gain,
 *
 *     dx = rstd ( e - mean(e) - n mean(e n) )
 *
 * for n has mean 0 and mean square 1 (up to epsilon, which rstd holds). */
static void norm_back(real *dx, real *dgain, real *dbias, const real *dy,
                      const real *x, const real *stat, const real *gain,
                      i64 R, i64 C)
{
    for (i64 r = 0; r < R; r++) {
        const double mean = (double)stat[2 * r], rstd = (double)stat[2 * r + 1];
        double se = 0, sen = 0;
        for (i64 c = 0; c < C; c++) {
            const double d = (double)dy[r * C + c];
            const double n = ((double)x[r * C + c] - mean) * rstd;
            se  += d * (double)gain[c];
            sen += d * (double)gain[c] * n;
            dgain[c] = (real)((double)dgain[c] + d * n);
            dbias[c] = (real)((double)dbias[c] + d);
        }
        for (i64 c = 0; c < C; c++) {
            const double e = (double)dy[r * C + c] * (double)gain[c];
            const double n = ((double)x[r * C + c] - mean) * rstd;
            const double d = rstd * (e - se / (double)C - n * sen / (double)C);
            dx[r * C + c]  = (real)((double)dx[r * C + c] + d);
        }
    }
}

/* -- Tokens in, tokens out ------------------------------------------------ */

static void embed(real *x, const real *token, const real *position,
                  const i32 *id, i64 R, i64 T, i64 C, i64 V)
{
    for (i64 r = 0; r < R; r++) {
        assert(0 <= id[r] && id[r] < V);
        for (i64 c = 0; c < C; c++)
            x[r * C + c] = token[id[r] * C + c]
                         + (position ? position[r % T * C + c] : 0);
    }
}

static void embed_back(real *dtoken, real *dposition, const real *dx,
                       const i32 *id, i64 R, i64 T, i64 C, i64 V)
{
    for (i64 r = 0; r < R; r++) {
        assert(0 <= id[r] && id[r] < V);
        for (i64 c = 0; c < C; c++) {
            dtoken[id[r] * C + c]   += dx[r * C + c];
            if (dposition)
                dposition[r % T * C + c] += dx[r * C + c];
        }
    }
}

static void xent(real *loss, real *dz, const real *z, const i32 *y, i64 R,
                 i64 V, real scale, real z_loss)
{
    for (i64 r = 0; r < R; r++) {
        const real *zr = z + r * V;
        assert(0 <= y[r] && y[r] < V);

        double top = (double)zr[0], sum = 0;
        for (i64 v = 1; v < V; v++)
            top = fmax(top, (double)zr[v]);
        for (i64 v = 0; v < V; v++)
            sum += exp((double)zr[v] - top);

        const double more = 2 * (double)z_loss * (log(sum) + top);

        loss[r] = (real)(log(sum) + (top - (double)zr[y[r]]));
        if (!dz)
            continue;
        for (i64 v = 0; v < V; v++) {
            const double p = exp((double)zr[v] - top) / sum;
            dz[r * V + v]  = (real)((double)scale * (p + more * p - (v == y[r])));
        }
    }
}

/* -- Spans of parameters -------------------------------------------------- */

static void adamw(real *p, real *m, real *v, real *g, i64 n,
                  const AdamStep *s)
{
    for (i64 i = 0; i < n; i++) {
        const double gi = (double)g[i] * s->scale;
        const double mi = s->beta1 * (double)m[i] + (1 - s->beta1) * gi;
        const double vi = s->beta2 * (double)v[i] + (1 - s->beta2) * gi * gi;
        const double to = mi / s->rest1 / (sqrt(vi / s->rest2) + s->epsilon);

        p[i] = (real)((double)p[i] - s->lr * (to + s->decay * (double)p[i]));
        m[i] = (real)mi;
        v[i] = (real)vi;
        g[i] = 0;
    }
}

static double sum_squares(const real *g, i64 n)
{
    double sum = 0;
    for (i64 i = 0; i < n; i++)
        sum += (double)g[i] * (double)g[i];
    return sum;
}

static void gather(real *to, real *from, i64 n)
{
    for (i64 i = 0; i < n; i++) {
        to[i] += from[i];
        from[i] = 0;
    }
}

const Kern KERN_REF = {
    .name           = "ref",
    .dtype          = DTYPE,
    .about          = ABOUT,
    .usable         = usable,
    .probe          = probe,
    .packed_count   = packed_count,
    .pack           = pack,
    .pack_t         = pack,
    .linear         = linear,
    .linear_gelu    = linear_gelu,
    .linear_dx      = linear_dx,
    .linear_dw      = linear_dw,
    .norm           = norm,
    .norm_back      = norm_back,
    .rms            = rms_ref,
    .rms_back       = rms_back_ref,
    .rope           = rope_ref,
    .swiglu         = swiglu_ref,
    .swiglu_back    = swiglu_back_ref,
    .lstm           = lstm_ref,
    .lstm_back      = lstm_back_ref,
    .dropout        = dropout_ref,
    .attention_keep = attention_keep_ref,
    .attention_work = attention_work_ref,
    .attention      = attention_ref,
    .attention_back = attention_back_ref,
    .embed          = embed,
    .embed_back     = embed_back,
    .xent           = xent,
    .adamw          = adamw,
    .sum_squares    = sum_squares,
    .gather         = gather,
};
