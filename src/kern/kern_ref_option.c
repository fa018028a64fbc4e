/* kern_ref_option.c - what GPT-2 does not have, as its formulas read: RMS
 * norm, rotary positions, the gated feed-forward, dropout.
 * Contracts: kern.h. */

#include "kern/drop.h"
#include "kern/kern_ref.h"

#include <assert.h>
#include <math.h>

/* -- RMS norm ------------------------------------------------------------- */

void rms_ref(real *y, real *stat, const real *x, const real *gain, i64 R,
             i64 C, i64 row)
{
    for (i64 r = 0; r < R; r++) {
        const real *xr = x + r * row;
        double square = 0;
        for (i64 c = 0; c < C; c++)
            square += (double)xr[c] * (double)xr[c];
        const double rstd = 1 / sqrt(square / (double)C + 1e-5);
        for (i64 c = 0; c < C; c++)
            y[r * row + c] = (real)((double)xr[c] * rstd * (double)gain[c]);
        stat[r] = (real)rstd;
    }
}

/* With n = x rstd and e = dy gain: dx = rstd (e - n mean(e n)). */
void rms_back_ref(real *dx, real *dgain, const real *add, const real *dy,
                  const real *x, const real *stat, const real *gain, i64 R,
                  i64 C, i64 row)
{
    for (i64 r = 0; r < R; r++) {
        const double rstd = (double)stat[r];
        double sen = 0;
        for (i64 c = 0; c < C; c++) {
            const double d = (double)dy[r * row + c];
            const double n = (double)x[r * row + c] * rstd;
            sen += d * (double)gain[c] * n;
            dgain[c] = (real)((double)dgain[c] + d * n);
        }
        for (i64 c = 0; c < C; c++) {
            const i64    at = r * row + c;
            const double e = (double)dy[at] * (double)gain[c];
            const double n = (double)x[at] * rstd;
            dx[at] = (real)((add ? (double)add[at] : 0)
                            + rstd * (e - n * sen / (double)C));
        }
    }
}

/* -- Rotary positions ----------------------------------------------------- */

static void turn_head(real *x, const real *turn, i64 half, bool back)
{
    for (i64 i = 0; i < half; i++) {
        const double c = (double)turn[i];
        const double s = (double)turn[half + i] * (back ? -1 : 1);
        const double a = (double)x[i], b = (double)x[half + i];
        x[i]        = (real)(a * c - b * s);
        x[half + i] = (real)(b * c + a * s);
    }
}

void rope_ref(real *x, const real *turn, i64 R, i64 T, i64 H, i64 S, i64 row,
              bool back)
{
    assert(S % 2 == 0);
    for (i64 r = 0; r < R; r++)
        for (i64 h = 0; h < H; h++)
            turn_head(x + r * row + h * S, turn + r % T * S, S / 2, back);
}

/* -- Gated feed-forward --------------------------------------------------- */

void swiglu_ref(real *a, const real *u, i64 R, i64 F)
{
    for (i64 r = 0; r < R; r++)
        for (i64 f = 0; f < F; f++) {
            const double g = (double)u[r * 2 * F + f];
            const double v = (double)u[r * 2 * F + F + f];
            a[r * F + f] = (real)(g / (1 + exp(-g)) * v);
        }
}

/* With s = 1 / (1 + exp(-g)): silu(g) = g s, silu'(g) = s (1 + g (1 - s)). */
void swiglu_back_ref(real *du, const real *da, const real *u, i64 R, i64 F)
{
    for (i64 r = 0; r < R; r++)
        for (i64 f = 0; f < F; f++) {
            const i64    at = r * 2 * F + f;
            const double g = (double)u[at], v = (double)u[at + F];
            const double s = 1 / (1 + exp(-g)), d = (double)da[r * F + f];
            du[at]     = (real)(d * v * s * (1 + g * (1 - s)));
            du[at + F] = (real)(d * g * s);
        }
}

/* -- Dropout -------------------------------------------------------------- */

void dropout_ref(real *y, const real *x, const real *add, i64 n, u64 key,
                 real p)
{
    assert(n < (i64)1 << 31 && p >= 0 && p < 1);
    const u32    limit = drop_limit((double)p);
    const double scale = 1 / (1 - (double)p);

    for (i64 i = 0; i < n; i++) {
        u32 hash = (u32)i;
        DROP_HASH(hash, key);
        const double kept = hash < limit ? 0 : (double)x[i] * scale;
        y[i] = (real)((add ? (double)add[i] : 0) + kept);
    }
}
