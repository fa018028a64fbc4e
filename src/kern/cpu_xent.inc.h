/* cpu_xent.inc.h - softmax cross-entropy and its gradient.
 *
 * Every exponent is z - max z, never above zero, so the sum lies in [1, V] and
 * cannot overflow. V float additions may lose V 2^-24 of it, which at V = 50000
 * is 3e-3 nats, and laws are fitted to differences of that size: so what they
 * lose is summed too, at less than additions of doubles cost. dz is written
 * with the exponentials first and scaled after, so that each is computed once;
 * z is read before dz is written, so dz may be z. */

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

/* A sum of floats, and what its roundings lost. Exact but where a term is
 * larger than all before it, which costs a rounding of that term at most and
 * happens only as often as the sum doubles. */
typedef struct Sum {
    vf all, lost;
} Sum;

INLINE void sum_take(Sum *s, vf x)
{
    const vf all = s->all + x;
    s->lost += x - (all - s->all);
    s->all = all;
}

/* e[v] = exp(z[v] - top) if e is not NULL; returns their sum. What is lost is
 * summed in float, and so over a stretch of the row only. */
enum { STRETCH = 64 * EACH * LANES };
INLINE double stretch_exp(float *e, const float *z, float top, i64 V)
{
    Sum s = { 0 }, each[EACH];
    i64 v = 0;
    UNROLL for (int i = 0; i < EACH; i++)
        each[i] = s;
    for (; v + EACH * LANES <= V; v += EACH * LANES) {
        vf x[EACH];
        UNROLL for (int i = 0; i < EACH; i++)
            x[i] = larger(splat(-125),
                          (load(z + v + i * LANES) - top) * LOG2_E);
        exp2_each(x, EACH);
        UNROLL for (int i = 0; i < EACH; i++) {
            sum_take(&each[i], x[i]);
            if (e)
                store(e + v + i * LANES, x[i]);
        }
    }
    UNROLL for (int i = 0; i < EACH; i++) {
        sum_take(&s, each[i].all);
        s.lost += each[i].lost;
    }
    for (; v + LANES <= V; v += LANES) {
        const vf x = exp2_below_0((load(z + v) - top) * LOG2_E);
        sum_take(&s, x);
        if (e)
            store(e + v, x);
    }
    if (v < V) {
        const vf y = exp2_below_0((load_part(z + v, V - v) - top) * LOG2_E);
        const vf x = keep_first(y, V - v);
        sum_take(&s, x);
        if (e)
            store_part(e + v, x, V - v);
    }
    return sum_wide_lanes((wide_low(s.all) + wide_high(s.all))
                          + (wide_low(s.lost) + wide_high(s.lost)));
}

INLINE double row_exp(float *e, const float *z, float top, i64 V)
{
    double sum = 0;
    for (i64 v = 0; v < V; v += STRETCH)
        sum += stretch_exp(e ? e + v : NULL, z + v, top,
                           i64_min(STRETCH, V - v));
    return sum;
}

INLINE void row_scale(float *e, float by, i64 V)
{
    i64 v = 0;
    for (; v + LANES <= V; v += LANES)
        store(e + v, load(e + v) * by);
    if (v < V)
        store_part(e + v, load_part(e + v, V - v) * by, V - v);
}

/* Rows that pass each stage together: what ends a row, sums across lanes, a
 * logarithm and a division, is waiting, and waits beside that of the others. */
enum { XENT_ROWS = 4 };

INLINE void xent_rows(float *loss, float *dz, const float *z, const i32 *y,
                      i64 rows, i64 V, float scale, float z_loss)
{
    float  top[XENT_ROWS], by[XENT_ROWS];
    double sum[XENT_ROWS], away[XENT_ROWS];

    for (i64 r = 0; r < rows; r++)
        top[r] = row_top(z + r * V, V);
    for (i64 r = 0; r < rows; r++) {
        const float wanted = z[r * V + y[r]];
        away[r] = (double)top[r] - (double)wanted;
        sum[r]  = row_exp(dz ? dz + r * V : NULL, z + r * V, top[r], V);
    }
    for (i64 r = 0; r < rows; r++) {
        const double length = log(sum[r]);
        const double more = 2 * (double)z_loss * (length + (double)top[r]);
        by[r]   = (float)((double)scale * (1 + more) / sum[r]);
        loss[r] = (float)(length + away[r]);
    }
    for (i64 r = 0; dz && r < rows; r++) {
        row_scale(dz + r * V, by[r], V);
        dz[r * V + y[r]] -= scale;
    }
}

static void xent(float *loss, float *dz, const float *z, const i32 *y, i64 R,
                 i64 V, float scale, float z_loss)
{
    for (i64 r = 0; r < R; r++)
        assert(0 <= y[r] && y[r] < V);
    for (i64 r = 0; r < R; r += XENT_ROWS)
        xent_rows(loss + r, dz ? dz + r * V : NULL, z + r * V, y + r,
                  i64_min(XENT_ROWS, R - r), V, scale, z_loss);
}
