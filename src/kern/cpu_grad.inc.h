/* cpu_grad.inc.h - what a linear map's weights receive:
 *
 *     dw[K,N] += x[R,K]' dy[R,N]        db[N] += sum_r dy[r,:]
 *
 * The sum runs over rows. Rows are taken GRAD_ROWS at a time, so that the
 * slice of dy which a panel reads stays in the first cache while the tiles go
 * down the columns of x; a tile's sums are added to dw when they are whole,
 * for dw has to come from far away (a gradient is as large as the model), and
 * comes meanwhile. Columns of x are taken GRAD_TALL at a time, so that with
 * these rows they stay in the second cache while all panels pass: the head of
 * a large vocabulary has many. The order of each sum is r = 0, 1, ... whatever
 * the tile, so that its shape changes no bit. */

enum { GRAD_ROWS = 128, GRAD_TALL = 528, GRAD_COPY = 48 };

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
    tile_fetch(to, to_row, rows, vecs);
    tile_fill(acc, rows, vecs, splat(0));
    tile_add(acc, rows, vecs, a, a_row, a_col, b.at, b.row, K);
    UNROLL for (int m = 0; m < rows; m++)
        UNROLL for (int v = 0; v < vecs; v++)
            tile_store(to + m * to_row,
                       tile_load(to + m * to_row, v, vecs, n) + acc[m][v], v,
                       vecs, n);
}

/* For a = x', whose columns are neighbours in x. */
typedef void GradTile(float *dw, i64 N, const float *x, i64 K, Slice dy, i64 R,
                      i64 n);

#define GRAD_TILE(rows, vecs)                                              \
    LEAF void grad_##rows##x##vecs(float *dw, i64 N, const float *x, i64 K, \
                                   Slice dy, i64 R, i64 n)                 \
    {                                                                      \
        grad_tile(dw, N, x, 1, K, dy, R, n, rows, vecs);                   \
    }
#define GRAD_ROW(rows, vecs) [vecs][rows] = grad_##rows##x##vecs,

TILES(GRAD_TILE)
static GradTile *const grad_tiles[TILE_VECS + 1][TILE_ROWS + 1] = {
    TILES(GRAD_ROW)
};

/* db += the sum of a slice's rows. Four rows at a time: an addition waits for
 * the one before it, and there is nothing else to do meanwhile. */
INLINE void bias_panel(float *db, Slice dy, i64 R, i64 n, int vecs)
{
    Tile sum;
    i64  r = 0;

    tile_fill(sum, 4, vecs, splat(0));
    for (; r + 4 <= R; r += 4)
        UNROLL for (int m = 0; m < 4; m++)
            UNROLL for (int v = 0; v < vecs; v++)
                sum[m][v] += load(dy.at + (r + m) * dy.row + v * LANES);
    for (; r < R; r++)
        UNROLL for (int v = 0; v < vecs; v++)
            sum[0][v] += load(dy.at + r * dy.row + v * LANES);
    UNROLL for (int v = 0; v < vecs; v++)
        tile_store(db, tile_load(db, v, vecs, n) + (sum[0][v] + sum[1][v])
                           + (sum[2][v] + sum[3][v]), v, vecs, n);
}

typedef void Bias(float *db, Slice dy, i64 R, i64 n);

#define BIAS(vecs)                                               \
    LEAF void bias_##vecs(float *db, Slice dy, i64 R, i64 n)     \
    {                                                            \
        bias_panel(db, dy, R, n, vecs);                          \
    }

BIAS(1)
BIAS(2)
#if REGISTERS == 32
BIAS(3)
BIAS(4)
static Bias *const bias_of[] = { NULL, bias_1, bias_2, bias_3, bias_4 };
#else
static Bias *const bias_of[] = { NULL, bias_1, bias_2 };
#endif

/* R <= GRAD_ROWS; K of the x_row columns of x, and rows of dw. */
static void grad_rows(float *dw, float *db, const float *x, i64 x_row,
                      const float *dy, i64 R, i64 K, i64 N)
{
    float copy[GRAD_ROWS * TILE_VECS * LANES];

    for (i64 i = 0; i < panel_count(N); i++) {
        const Panel p  = panel_at(i, N);
        const i64   at = p.first * LANES, n = N - at;
        const Slice s  = slice(copy, dy + at, R, K, N, n, p.vecs);
        if (db)
            bias_of[p.vecs](db + at, s, R, n);
        for (i64 k = 0; k < K;) {
            const int rows = tile_next(K - k, tile_height(p.vecs));
            grad_tiles[p.vecs][rows](dw + k * N + at, N, x + k, x_row, s,
                                       R, n);
            k += rows;
        }
    }
}

static void linear_dw(float *dw, float *db, const float *x, const float *dy,
                      i64 R, i64 K, i64 N)
{
    for (i64 r = 0; r < R; r += GRAD_ROWS)
        for (i64 k = 0; k < K; k += GRAD_TALL)
            grad_rows(dw + k * N, k ? NULL : db, x + r * K + k, K, dy + r * N,
                      i64_min(GRAD_ROWS, R - r), i64_min(GRAD_TALL, K - k), N);
}
