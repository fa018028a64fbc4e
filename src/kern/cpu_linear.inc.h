/* cpu_linear.inc.h - linear maps: packing, y = x w + b, and dx = dy w'.
 *
 * Packed weights. The N columns of w are cut into vectors of LANES, the last
 * filled up with zeros, and the vectors into panels of 1 to TILE_VECS, as even
 * as possible; a panel holds its columns row after row:
 *
 *     w[K,N]    | panel 0    | panel 1    | panel 2 0 |
 *     packed      K rows of      K rows ...
 *                 panel 0
 *
 * A tile then reads one stream of memory from front to back. pack_t does the
 * same with the transpose, so that dx = dy w' is the same product. */

/* -- Panels --------------------------------------------------------------- */

INLINE i64 vectors(i64 n) { return (n + LANES - 1) / LANES; }

typedef struct Panel {
    i64 first; /* vector with which it begins */
    int vecs;
} Panel;

INLINE i64 panel_count(i64 n)
{
    return (vectors(n) + TILE_VECS - 1) / TILE_VECS;
}

/* Panel i of those that n columns are cut into: the wide ones come first. */
INLINE Panel panel_at(i64 i, i64 n)
{
    const i64 v = vectors(n), panels = panel_count(n);
    const i64 thin = v / panels, wide = v % panels;
    return (Panel){ i * thin + i64_min(i, wide), (int)(thin + (i < wide)) };
}

static i64 packed_count(i64 K, i64 N) { return K * vectors(N) * LANES; }

static void pack(float *packed, const float *w, i64 K, i64 N)
{
    for (i64 i = 0; i < panel_count(N); i++) {
        const Panel p = panel_at(i, N);
        float      *to = packed + p.first * LANES * K;
        for (i64 k = 0; k < K; k++)
            for (i64 v = p.first; v < p.first + p.vecs; v++, to += LANES)
                store(to, load_upto(w + k * N + v * LANES, N - v * LANES));
    }
}

static void pack_t(float *packed, const float *w, i64 K, i64 N)
{
    for (i64 i = 0; i < panel_count(K); i++) {
        const Panel p = panel_at(i, K);
        const i64 from = p.first * LANES, width = p.vecs * LANES;
        turn_matrix(packed + from * N, width, w + from * N, N,
                    i64_min(width, K - from), N, 1, true);
    }
}

/* -- Products ------------------------------------------------------------- */

/* What happens to a product before it is stored; NULL: nothing. */
typedef struct Finish {
    const float *bias;  /* [N], the tile starts from it      */
    const float *add;   /* [R,N]                             */
    const float *times; /* [R,N]                             */
    float       *slope; /* [R,N]: store gelu and its slope   */
    bool         gelu;
} Finish;

INLINE void tile_start(Tile acc, int rows, int vecs, const float *bias, i64 n)
{
    UNROLL for (int v = 0; v < vecs; v++) {
        vf value = { 0 };
        if (bias)
            value = load_upto(bias + v * LANES, n - v * LANES);
        UNROLL for (int m = 0; m < rows; m++)
            acc[m][v] = value;
    }
}

/* Store a tile whose first column has n columns to its right, itself
 * counted. add and times point at the tile's corner too, or are NULL. */
INLINE void tile_end(float *y, i64 y_row, Tile acc, int rows, int vecs, i64 n,
                     const float *add, const float *times)
{
    UNROLL for (int m = 0; m < rows; m++) {
        UNROLL for (int v = 0; v < vecs; v++) {
            const i64 at = m * y_row + v * LANES, here = n - v * LANES;
            vf        sum = acc[m][v];
            if (add)
                sum += load_upto(add + at, here);
            if (times)
                sum *= load_upto(times + at, here);
            store_upto(y + at, sum, here);
        }
    }
}

/* gelu(u) = u s and gelu'(u) = s + 2 u s (1 - s) h', with
 *
 *     h = c (u + a u^3),  h' = c (1 + 3 a u^2),  s = 1 / (1 + exp(-2 h)):
 *
 * 1 + tanh h = 2 s and 1 - tanh^2 h = 4 s (1 - s). With e = exp(-2 h), 1 - s
 * is taken as e s, which does not cancel where s is near 1. Beyond 9.9 on
 * either side s is 0 or 1 to 36 digits: v stops there, where e is 2^122 and
 * still a float. NaN comes through. */
INLINE vf gelu(vf *slope, vf u)
{
    const float c = 0.79788456f, a = 0.044715f;
    const vf    v = smaller(splat(9.9f), larger(splat(-9.9f), u));
    const vf    square = v * v;
    const vf    e = exp2_inside((square * (-2 * LOG2_E * c * a)
                                 - 2 * LOG2_E * c) * v);
    const vf    s = 1 / (1 + e);

    *slope = s + 2 * (e * s) * (s * v) * (square * (3 * a * c) + c);
    return u * s;
}

/* In place on a tile just stored, while it is in the first cache. */
INLINE void gelu_tile(float *a, float *slope, i64 row, i64 rows, i64 n)
{
    for (i64 m = 0; m < rows; m++)
        for (i64 i = 0; i < n; i += LANES) {
            const i64 at = m * row + i;
            vf        s;
            const vf  value = gelu(&s, load_upto(a + at, n - i));
            store_upto(a + at, value, n - i);
            if (slope)
                store_upto(slope + at, s, n - i);
        }
}

INLINE void linear_tile(float *y, const float *x, const float *panel,
                        const float *bias, const float *add,
                        const float *times, i64 K, i64 N, i64 n, int rows,
                        int vecs)
{
    Tile acc;
    tile_start(acc, rows, vecs, bias, n);
    tile_add(acc, rows, vecs, x, K, 1, panel, vecs * LANES, K);
    tile_end(y, N, acc, rows, vecs, n, add, times);
}

/* All rows of one panel; at: its first column. */
INLINE void linear_panel(float *y, const float *x, const float *panel,
                         const Finish *f, i64 R, i64 K, i64 N, i64 at,
                         int vecs)
{
    const int    height = tile_height(vecs);
    const float *bias = f->bias ? f->bias + at : NULL;
    const i64    n = N - at, here = i64_min(n, vecs * LANES);

    for (i64 r = 0; r < R;) {
        const int    rows  = tile_next(R - r, height);
        const i64    corner = r * N + at;
        const float *add   = f->add ? f->add + corner : NULL;
        const float *times = f->times ? f->times + corner : NULL;
#define CASE(count)                                                         \
    case count:                                                             \
        if (count <= height)                                                \
            linear_tile(y + corner, x + r * K, panel, bias, add, times, K,  \
                        N, n, count, vecs);                                 \
        break
        switch (rows) {
            CASE(12);
            CASE(8);
            CASE(6);
            CASE(4);
            CASE(2);
            CASE(1);
        }
#undef CASE
        if (f->gelu)
            gelu_tile(y + corner, f->slope ? f->slope + corner : NULL, N,
                      rows, here);
        r += rows;
    }
}

static void product(float *y, const float *x, const float *packed,
                    const Finish *f, i64 R, i64 K, i64 N)
{
    for (i64 i = 0; i < panel_count(N); i++) {
        const Panel  p     = panel_at(i, N);
        const i64    at    = p.first * LANES;
        const float *panel = packed + at * K;
        switch (p.vecs) {
        case 1: linear_panel(y, x, panel, f, R, K, N, at, 1); break;
        case 2: linear_panel(y, x, panel, f, R, K, N, at, 2); break;
#if LANES == 16
        case 3: linear_panel(y, x, panel, f, R, K, N, at, 3); break;
        case 4: linear_panel(y, x, panel, f, R, K, N, at, 4); break;
#endif
        }
    }
}

static void linear(float *y, const float *x, const float *packed,
                   const float *b, const float *add, i64 R, i64 K, i64 N)
{
    product(y, x, packed, &(Finish){ .bias = b, .add = add }, R, K, N);
}

static void linear_gelu(float *a, float *slope, const float *x,
                        const float *packed, const float *b, i64 R, i64 K,
                        i64 N)
{
    product(a, x, packed, &(Finish){ .bias = b, .slope = slope, .gelu = true },
            R, K, N);
}

static void linear_dx(float *dx, const float *dy, const float *packed_t,
                      const float *slope, i64 R, i64 K, i64 N)
{
    product(dx, dy, packed_t, &(Finish){ .times = slope }, R, N, K);
}
