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

/* Terms of a sum that are taken at a time: 256 rows of them are as large as
 * the second cache. */
enum { DEEP = 1024 };

/* One panel of a product, or a stretch of its K. */
typedef struct Panels {
    const float *panel;
    const float *next; /* what is read after it                */
    const float *bias; /* sums begin with it; NULL: with 0     */
    i64          K;    /* terms of a sum                       */
    i64          x_row;
    i64          N;    /* length of a row of y, add and times  */
    i64          n;    /* columns from this panel's first on   */
    i64          ahead; /* reals of next                       */
} Panels;

/* add and times point at the tile's corner, as y does, or are NULL. */
INLINE void linear_tile(float *y, const float *x, const float *add,
                        const float *times, const Panels *p, int rows,
                        int vecs)
{
    const i64 N = p->N, n = p->n;
    Tile      acc;

    if (add)
        tile_fetch(add, N, rows, vecs);
    if (times)
        tile_fetch(times, N, rows, vecs);
    UNROLL for (int v = 0; v < vecs; v++) {
        const vf b = p->bias ? tile_load(p->bias, v, vecs, n) : splat(0);
        UNROLL for (int m = 0; m < rows; m++)
            acc[m][v] = b;
    }
    tile_add(acc, rows, vecs, x, p->x_row, 1, p->panel, vecs * LANES, p->K);
    if (add)
        UNROLL for (int m = 0; m < rows; m++)
            UNROLL for (int v = 0; v < vecs; v++)
                acc[m][v] += tile_load(add + m * N, v, vecs, n);
    if (times)
        UNROLL for (int m = 0; m < rows; m++)
            UNROLL for (int v = 0; v < vecs; v++)
                acc[m][v] *= tile_load(times + m * N, v, vecs, n);
    UNROLL for (int m = 0; m < rows; m++)
        UNROLL for (int v = 0; v < vecs; v++)
            tile_store(y + m * N, acc[m][v], v, vecs, n);
}

typedef void LinearTile(float *y, const float *x, const float *add,
                        const float *times, const Panels *p);

#define LINEAR_TILE(rows, vecs)                                             \
    LEAF void linear_##rows##x##vecs(float *y, const float *x,              \
                                     const float *add, const float *times,  \
                                     const Panels *p)                       \
    {                                                                       \
        linear_tile(y, x, add, times, p, rows, vecs);                       \
    }
#define LINEAR_ROW(rows, vecs) [vecs][rows] = linear_##rows##x##vecs,

TILES(LINEAR_TILE)
static LinearTile *const linear_tiles[TILE_VECS + 1][TILE_ROWS + 1] = {
    TILES(LINEAR_ROW)
};

/* gelu(u) = u s and gelu'(u) = s + 2 u s (1 - s) h', with
 *
 *     h = c (u + a u^3),  h' = c (1 + 3 a u^2),  s = 1 / (1 + exp(-2 h)):
 *
 * 1 + tanh h = 2 s and 1 - tanh^2 h = 4 s (1 - s). With e = exp(-2 h), 1 - s
 * is taken as e s, which does not cancel where s is near 1. Beyond 9.9 on
 * either side s is 0 or 1 to 36 digits: v stops there, where e is 2^122 and
 * still a float. NaN comes through. */
INLINE void gelu_each(vf *slope, vf *u, int vecs)
{
    const float c = 0.79788456f, a = 0.044715f;
    vf          v[EACH], square[EACH], e[EACH], s[EACH];

    UNROLL for (int i = 0; i < vecs; i++) {
        v[i] = smaller(splat(9.9f), larger(splat(-9.9f), u[i]));
        square[i] = v[i] * v[i];
        e[i] = (square[i] * (-2 * LOG2_E * c * a) - 2 * LOG2_E * c) * v[i];
    }
    exp2_each(e, vecs);
    UNROLL for (int i = 0; i < vecs; i++)
        s[i] = 1 / (1 + e[i]);
    UNROLL for (int i = 0; i < vecs; i++) {
        slope[i] = s[i] + 2 * (e[i] * s[i]) * (s[i] * v[i])
                              * (square[i] * (3 * a * c) + c);
        u[i] *= s[i];
    }
}

/* n values in place, the last vector being partly there, and their slopes. */
INLINE void gelu_vectors(float *a, float *slope, i64 n, int vecs)
{
    vf u[EACH], s[EACH];
    UNROLL for (int i = 0; i < vecs; i++)
        u[i] = tile_load(a, i, vecs, n);
    gelu_each(s, u, vecs);
    UNROLL for (int i = 0; i < vecs; i++) {
        tile_store(a, u[i], i, vecs, n);
        if (slope)
            tile_store(slope, s[i], i, vecs, n);
    }
}

/* In place on a tile just stored, while it is in the first cache. */
LEAF void gelu_tile(float *a, float *slope, i64 row, i64 rows, i64 n)
{
    for (i64 m = 0; m < rows; m++) {
        float *at = a + m * row, *by = slope ? slope + m * row : NULL;
        i64    i = 0;
        for (; i + EACH * LANES <= n; i += EACH * LANES)
            gelu_vectors(at + i, by ? by + i : NULL, n - i, EACH);
        for (; i < n; i += LANES)
            gelu_vectors(at + i, by ? by + i : NULL, n - i, 1);
    }
}

/* What a product may end in; all NULL: nothing. */
typedef struct Finish {
    const float *bias;  /* [N]                              */
    const float *add;   /* [R,N]                            */
    const float *times; /* [R,N]                            */
    float       *slope; /* [R,N], with gelu                 */
    bool         gelu;
} Finish;

/* Ask for the share of the next panel that falls to rows r .. r + rows of R:
 * weights come from memory while there is something else to do. */
INLINE void panel_fetch(const Panels *p, i64 r, i64 rows, i64 R)
{
    for (i64 i = p->ahead * r / R; i < p->ahead * (r + rows) / R; i += LANES)
        __builtin_prefetch(p->next + i, 0, 2);
}

static void linear_panel(float *y, const float *x, const Panels *p,
                         const Finish *f, i64 at, int vecs, i64 R)
{
    const int height = tile_height(vecs);
    for (i64 r = 0; r < R;) {
        const int rows   = tile_next(R - r, height);
        const i64 corner = r * p->N + at;
        panel_fetch(p, r, rows, R);
        linear_tiles[vecs][rows](y + corner, x + r * p->x_row,
                                 f->add ? f->add + corner : NULL,
                                 f->times ? f->times + corner : NULL, p);
        if (f->gelu)
            gelu_tile(y + corner, f->slope ? f->slope + corner : NULL, p->N,
                      rows, i64_min(p->n, vecs * LANES));
        r += rows;
    }
}

/* Where a stretch of K begins in panel i, and how much it holds. */
INLINE Panels stretch(const float *packed, i64 i, i64 k, i64 depth, i64 K,
                      i64 N)
{
    const Panel p  = panel_at(i, N);
    const i64   at = p.first * LANES, width = p.vecs * LANES;
    return (Panels){ .panel = packed + at * K + k * width, .K = depth,
                     .x_row = K, .N = N, .n = N - at, .ahead = depth * width };
}

static void product_stretch(float *y, const float *x, const float *packed,
                            const Finish *f, i64 k, i64 depth, i64 R, i64 K,
                            i64 N)
{
    const i64 panels = panel_count(N);
    for (i64 i = 0; i < panels; i++) {
        const Panel p = panel_at(i, N);
        const i64   at = p.first * LANES;
        Panels      s = stretch(packed, i, k, depth, K, N);
        s.bias = f->bias ? f->bias + at : NULL;
        if (i + 1 < panels) {
            const Panels next = stretch(packed, i + 1, k, depth, K, N);
            s.next  = next.panel;
            s.ahead = next.ahead;
        } else {
            s.ahead = 0;
        }
        linear_panel(y, x + k, &s, f, at, p.vecs, R);
    }
}

/* K is taken a stretch at a time, so that rows of x and a panel of weights
 * stay in the second cache while all panels pass: the first stretch begins
 * with what is added, the last ends in what is done to the sum. */
static void product(float *y, const float *x, const float *packed,
                    const Finish *f, i64 R, i64 K, i64 N)
{
    const i64 parts = (K + DEEP - 1) / DEEP;
    for (i64 i = 0; i < parts; i++) {
        const i64    k = K * i / parts, end = K * (i + 1) / parts;
        const bool   first = i == 0, last = i + 1 == parts;
        const Finish here = { .bias  = first ? f->bias : NULL,
                              .add   = first ? f->add : y,
                              .times = last ? f->times : NULL,
                              .slope = last ? f->slope : NULL,
                              .gelu  = last && f->gelu };
        product_stretch(y, x, packed, &here, k, end - k, R, K, N);
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
