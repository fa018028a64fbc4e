/* cpu_xent.inc.h - softmax cross-entropy and its gradient.
 *
 * Every exponent is z - max z, never above zero, so the sum lies in [1, V] and
 * cannot overflow. It is kept in double: V float additions may lose V 2^-24 of
 * it, which at V = 50000 is 3e-3 nats, and laws are fitted to differences of
 * that size. dz is written with the exponentials first and scaled after, so
 * that each is computed once; z is read before dz is written, so dz may be
 * z. */

/* Four maxima at a time: each waits for the one before it. */
INLINE float row_top(const float *z, i64 V)
{
    vf  a = splat(z[0]), b = a, c = a, d = a;
    i64 v = 0;
    for (; v + 4 * LANES <= V; v += 4 * LANES) {
        a = larger(a, load(z + v));
        b = larger(b, load(z + v + LANES));
        c = larger(c, load(z + v + 2 * LANES));
        d = larger(d, load(z + v + 3 * LANES));
    }
    for (; v + LANES <= V; v += LANES)
        a = larger(a, load(z + v));
    float top = largest_across(larger(larger(a, b), larger(c, d)))[0];
    for (; v < V; v++)
        top = z[v] > top ? z[v] : top;
    return top;
}

INLINE double sum_wide_lanes(vd v)
{
    double sum = 0;
    for (int i = 0; i < LANES / 2; i++)
        sum += v[i];
    return sum;
}

/* e[v] = exp(z[v] - top) if e is not NULL; returns their sum. */
INLINE double row_exp(float *e, const float *z, float top, i64 V)
{
    vd  low = { 0 }, high = { 0 };
    i64 v = 0;
    for (; v + LANES <= V; v += LANES) {
        const vf x = exp2_below_0((load(z + v) - top) * LOG2_E);
        low += wide_low(x);
        high += wide_high(x);
        if (e)
            store(e + v, x);
    }
    if (v < V) {
        const vf y = exp2_below_0((load_part(z + v, V - v) - top) * LOG2_E);
        const vf x = keep_first(y, V - v);
        low += wide_low(x);
        high += wide_high(x);
        if (e)
            store_part(e + v, x, V - v);
    }
    return sum_wide_lanes(low + high);
}

INLINE void row_scale(float *e, float by, i64 V)
{
    i64 v = 0;
    for (; v + LANES <= V; v += LANES)
        store(e + v, load(e + v) * by);
    if (v < V)
        store_part(e + v, load_part(e + v, V - v) * by, V - v);
}

static void xent(float *loss, float *dz, const float *z, const i32 *y, i64 R,
                 i64 V, float scale, float z_loss)
{
    for (i64 r = 0; r < R; r++) {
        const float *zr = z + r * V;
        float       *e  = dz ? dz + r * V : NULL;
        assert(0 <= y[r] && y[r] < V);

        const float  top = row_top(zr, V), wanted = zr[y[r]];
        const double sum = row_exp(e, zr, top, V);
        loss[r] = (float)(log(sum) + ((double)top - (double)wanted));
        if (!e)
            continue;
        const double more = 2 * (double)z_loss * (log(sum) + (double)top);
        row_scale(e, (float)((double)scale * (1 + more) / sum), V);
        e[y[r]] -= scale;
    }
}
