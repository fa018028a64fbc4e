/* cpu_grad.inc.h - what a linear map's weights receive:
 *
 *     dw[K,N] += x[R,K]' dy[R,N]        db[N] += sum_r dy[r,:]
 *
 * The sum runs over rows. Rows are taken GRAD_ROWS at a time, so that the
 * slice of dy which a panel reads stays in the first cache while the tiles go
 * down the columns of x; a tile begins at what dw holds and goes back there.
 * The order of each sum is r = 0, 1, ... whatever the tile, so that its shape
 * changes no bit. */

enum { GRAD_ROWS = 128, GRAD_COPY = 48 };

/* Columns of dy that one panel reads: vecs vectors a row. */
typedef struct Slice {
    const float *at;
    i64          row;
} Slice;

/* A slice is copied together, row after row, where its last vector is only
 * partly there (a load must not reach past the array), and where so many tiles
 * will read it that the copy costs less than rows far apart, which share few
 * lines of the cache. */
static Slice slice(float *copy, const float *dy, i64 R, i64 K, i64 N, i64 n,
                   int vecs)
{
    const i64 width = vecs * LANES;
    if (n >= width && (K < GRAD_COPY || N == width))
        return (Slice){ dy, N };

    for (i64 r = 0; r < R; r++)
        for (i64 v = 0; v < width; v += LANES)
            store(copy + r * width + v, load_upto(dy + r * N + v, n - v));
    return (Slice){ copy, width };
}

/* One tile of to += a b: `rows` rows and vecs vectors, of which n columns are
 * there; K terms a sum. */
INLINE void grad_tile(float *to, i64 to_row, const float *a, i64 a_row,
                      i64 a_col, Slice b, i64 K, i64 n, int rows, int vecs)
{
    Tile acc;
    UNROLL for (int m = 0; m < rows; m++)
        UNROLL for (int v = 0; v < vecs; v++)
            acc[m][v] = load_upto(to + m * to_row + v * LANES, n - v * LANES);
    tile_add(acc, rows, vecs, a, a_row, a_col, b.at, b.row, K);
    tile_end(to, to_row, acc, rows, vecs, n, NULL, NULL);
}

/* A tile whose height is known only now. */
INLINE void grad_tile_any(float *to, i64 to_row, const float *a, i64 a_row,
                          i64 a_col, Slice b, i64 K, i64 n, int rows, int vecs)
{
#define CASE(count)                                                        \
    case count:                                                            \
        if (count <= tile_height(vecs))                                    \
            grad_tile(to, to_row, a, a_row, a_col, b, K, n, count, vecs);  \
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
}

INLINE void grad_bias(float *db, Slice dy, i64 R, i64 n, int vecs)
{
    vf sum[TILE_VECS];
    UNROLL for (int v = 0; v < vecs; v++)
        sum[v] = load_upto(db + v * LANES, n - v * LANES);
    for (i64 r = 0; r < R; r++)
        UNROLL for (int v = 0; v < vecs; v++)
            sum[v] += load(dy.at + r * dy.row + v * LANES);
    UNROLL for (int v = 0; v < vecs; v++)
        store_upto(db + v * LANES, sum[v], n - v * LANES);
}

INLINE void grad_panel(float *dw, float *db, const float *x, Slice dy, i64 R,
                       i64 K, i64 N, i64 n, int vecs)
{
    if (db)
        grad_bias(db, dy, R, n, vecs);
    for (i64 k = 0; k < K;) {
        const int rows = tile_next(K - k, tile_height(vecs));
        grad_tile_any(dw + k * N, N, x + k, 1, K, dy, R, n, rows, vecs);
        k += rows;
    }
}

/* R <= GRAD_ROWS */
static void grad_rows(float *dw, float *db, const float *x, const float *dy,
                      i64 R, i64 K, i64 N)
{
    float copy[GRAD_ROWS * TILE_VECS * LANES];

    for (i64 i = 0; i < panel_count(N); i++) {
        const Panel p  = panel_at(i, N);
        const i64   at = p.first * LANES, n = N - at;
        const Slice s  = slice(copy, dy + at, R, K, N, n, p.vecs);
        float      *to = db ? db + at : NULL;
        switch (p.vecs) {
        case 1: grad_panel(dw + at, to, x, s, R, K, N, n, 1); break;
        case 2: grad_panel(dw + at, to, x, s, R, K, N, n, 2); break;
#if LANES == 16
        case 3: grad_panel(dw + at, to, x, s, R, K, N, n, 3); break;
        case 4: grad_panel(dw + at, to, x, s, R, K, N, n, 4); break;
#endif
        }
    }
}

static void linear_dw(float *dw, float *db, const float *x, const float *dy,
                      i64 R, i64 K, i64 N)
{
    for (i64 r = 0; r < R; r += GRAD_ROWS)
        grad_rows(dw, db, x + r * K, dy + r * N, i64_min(GRAD_ROWS, R - r), K,
                  N);
}
