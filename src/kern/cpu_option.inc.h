/* cpu_option.inc.h - rotary positions, the gated feed-forward, dropout: what
 * is done to each number, or pair, alone. None has a sum, so that the only
 * rounding is that of the formula. */

#include "kern/drop.h"

/* -- Rotary positions ----------------------------------------------------- */

INLINE void turn_head(float *x, const float *turn, i64 half, float sign)
{
    for (i64 i = 0; i < half; i += LANES) {
        const i64 left = half - i;
        const vf  c = load_upto(turn + i, left);
        const vf  s = load_upto(turn + half + i, left) * sign;
        const vf  a = load_upto(x + i, left);
        const vf  b = load_upto(x + half + i, left);
        store_upto(x + i, a * c - b * s, left);
        store_upto(x + half + i, b * c + a * s, left);
    }
}

static void rope(float *x, const float *turn, i64 R, i64 T, i64 H, i64 S,
                 i64 row, bool back)
{
    assert(S % 2 == 0);
    for (i64 r = 0; r < R; r++)
        for (i64 h = 0; h < H; h++)
            turn_head(x + r * row + h * S, turn + r % T * S, S / 2,
                      back ? -1 : 1);
}

/* -- Gated feed-forward --------------------------------------------------- */

/* s = 1 / (1 + exp(-g)). Beyond 80 on either side it is 0 or 1 to 34 digits:
 * g stops there, where the exponential still is a float, and where g s and
 * g (1 - s) are as good as nothing. NaN comes through. */
INLINE vf not_below(vf g) { return larger(splat(-80), g); }
INLINE vf within(vf g) { return smaller(splat(80), not_below(g)); }
INLINE vf sigmoid(vf g) { return 1 / (1 + exp2_inside(within(g) * -LOG2_E)); }

INLINE void swiglu_row(float *a, const float *gate, const float *up, i64 F)
{
    for (i64 f = 0; f < F; f += LANES) {
        const vf g = load_upto(gate + f, F - f);
        store_upto(a + f,
                   not_below(g) * sigmoid(g) * load_upto(up + f, F - f),
                   F - f);
    }
}

static void swiglu(float *a, const float *u, i64 R, i64 F)
{
    for (i64 r = 0; r < R; r++)
        swiglu_row(a + r * F, u + r * 2 * F, u + r * 2 * F + F, F);
}

/* gate and up are read before dgate and dup are written in their place. */
INLINE void swiglu_back_row(float *dgate, float *dup, const float *da,
                            const float *gate, const float *up, i64 F)
{
    for (i64 f = 0; f < F; f += LANES) {
        const i64 left = F - f;
        const vf  g = load_upto(gate + f, left), v = load_upto(up + f, left);
        const vf  s = sigmoid(g), d = load_upto(da + f, left);
        store_upto(dgate + f, d * v * s * (1 + within(g) * (1 - s)), left);
        store_upto(dup + f, d * not_below(g) * s, left);
    }
}

static void swiglu_back(float *du, const float *da, const float *u, i64 R,
                        i64 F)
{
    for (i64 r = 0; r < R; r++) {
        float       *to = du + r * 2 * F;
        const float *at = u + r * 2 * F;
        swiglu_back_row(to, to + F, da + r * F, at, at + F, F);
    }
}

/* -- Dropout -------------------------------------------------------------- */

typedef u32 vu __attribute__((vector_size(4 * LANES)));

INLINE vf drop(vf x, i64 i, u64 key, u32 limit, float scale)
{
    vu hash = (vu)lane() + (u32)i;
    DROP_HASH(hash, key);
    return choose((vi)(hash < limit), splat(0), x * scale);
}

static void dropout(float *y, const float *x, const float *add, i64 n,
                    u64 key, float p)
{
    assert(n < (i64)1 << 31 && p >= 0 && p < 1);
    const u32   limit = drop_limit((double)p);
    const float scale = (float)(1 / (1 - (double)p));

    for (i64 i = 0; i < n; i += LANES) {
        const vf kept = drop(load_upto(x + i, n - i), i, key, limit, scale);
        store_upto(y + i, add ? load_upto(add + i, n - i) + kept : kept,
                   n - i);
    }
}
