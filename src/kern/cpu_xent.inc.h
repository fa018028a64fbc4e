/* cpu_xent.inc.h - softmax cross-entropy and its gradient.
 *
 * Every exponent is z - max z, never above zero, so the sum lies in [1, V] and
 * cannot overflow. It is kept in double: V float additions may lose V 2^-24 of
 * it, which at V = 50000 is 3e-3 nats, and laws are fitted to differences of
 * that size. dz is written with the exponentials first and scaled after, so
 * that each is computed once; z is read before dz is written, so dz may be
 * z. */

INLINE float row_top(const float *z, i64 V)
{
    vf top = splat(z[0]);
    i64 v = 0;
    for (; v + LANES <= V; v += LANES)
        top = larger(top, load(z + v));
    float most = largest_lane(top);
    for (; v < V; v++)
        most = z[v] > most ? z[v] : most;
    return most;
}

typedef double vd __attribute__((vector_size(4 * LANES)));

#if LANES == 16
#define HALF(v, at)                                                     \
    __builtin_convertvector(                                            \
        __builtin_shufflevector(v, v, at, at + 1, at + 2, at + 3,       \
                                at + 4, at + 5, at + 6, at + 7), vd)
#elif LANES == 8
#define HALF(v, at)                                                     \
    __builtin_convertvector(                                            \
        __builtin_shufflevector(v, v, at, at + 1, at + 2, at + 3), vd)
#else
#define HALF(v, at)                                                     \
    __builtin_convertvector(                                            \
        __builtin_shufflevector(v, v, at, at + 1), vd)
#endif

/* sum += the lanes of v, in double. */
INLINE vd sum_wide(vd sum, vf v)
{
    return sum + HALF(v, 0) + HALF(v, LANES / 2);
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
    vd  sum = { 0 };
    i64 v = 0;
    for (; v + LANES <= V; v += LANES) {
        const vf x = exp2_below_0((load(z + v) - top) * LOG2_E);
        sum = sum_wide(sum, x);
        if (e)
            store(e + v, x);
    }
    double all = sum_wide_lanes(sum);
    if (v < V) {
        const vf x = exp2_below_0((load_part(z + v, V - v) - top) * LOG2_E);
        for (i64 i = 0; i < V - v; i++)
            all += (double)x[i];
        if (e)
            store_part(e + v, x, V - v);
    }
    return all;
}

static void xent(float *loss, float *dz, const float *z, const i32 *y, i64 R,
                 i64 V, float scale)
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
        const float each = (float)((double)scale / sum);
        for (i64 v = 0; v < V; v += LANES)
            store_upto(e + v, load_upto(e + v, V - v) * each, V - v);
        e[y[r]] -= scale;
    }
}
