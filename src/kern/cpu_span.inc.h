/* cpu_span.inc.h - kernels over spans of parameters: the optimizer's step,
 * the square of a gradient's length, one gradient into another. */

INLINE void adamw_lanes(float *p, float *m, float *v, float *g, i64 n,
                        const AdamStep *s)
{
    const float b1 = (float)s->beta1, c1 = (float)(1 - s->beta1);
    const float b2 = (float)s->beta2, c2 = (float)(1 - s->beta2);
    const float rate = (float)(s->lr / s->rest1);
    const float root2 = (float)(1 / sqrt(s->rest2));
    const float fade = (float)(s->lr * s->decay);

    const vf slope  = load_upto(g, n) * (float)s->scale;
    const vf mean   = load_upto(m, n) * b1 + slope * c1;
    const vf square = load_upto(v, n) * b2 + slope * slope * c2;
    const vf old    = load_upto(p, n);
    const vf to     = mean / (root(square) * root2 + (float)s->epsilon);

    store_upto(p, old - (to * rate + old * fade), n);
    store_upto(m, mean, n);
    store_upto(v, square, n);
    store_upto(g, splat(0), n);
}

static void adamw(float *p, float *m, float *v, float *g, i64 n,
                  const AdamStep *step)
{
    const AdamStep s = *step; /* known not to change under the stores */
    for (i64 i = 0; i < n; i += LANES)
        adamw_lanes(p + i, m + i, v + i, g + i, n - i, &s);
}

static double sum_squares(const float *g, i64 n)
{
    vd  sum = { 0 };
    for (i64 i = 0; i < n; i += LANES) {
        const vf x = load_upto(g + i, n - i);
        const vd low = wide_low(x), high = wide_high(x);
        sum += low * low;
        sum += high * high;
    }
    return sum_wide_lanes(sum);
}

static void gather(float *to, float *from, i64 n)
{
    for (i64 i = 0; i < n; i += LANES) {
        store_upto(to + i,
                   load_upto(to + i, n - i) + load_upto(from + i, n - i),
                   n - i);
        store_upto(from + i, splat(0), n - i);
    }
}
