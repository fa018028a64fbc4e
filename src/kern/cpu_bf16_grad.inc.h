/* cpu_bf16_grad.inc.h - what the weights of a linear map receive, from inputs
 * rounded to bfloat16:
 *
 *     dw[K,N] += x[R,K]' dy[R,N]        db[N] += sum_r dy[r,:]
 *
 * The sum runs over rows, so rows are what is paired: both x and dy are copied
 * with rows 2r and 2r + 1 mixed number by number. db adds dy as it is, on the
 * way. A tile's sum is added to dw at its end, and dw is asked for at its
 * beginning: for wide models it lies far away. */

enum { GRAD_PAIRS = 128, GRAD_COLS = 512, GRAD_GAP = 16 };

/* Rows 2r and 2r + 1 of from, `cols` numbers of each, to[r]: whole vectors,
 * with zeros after the last column and for a row that is not there. */
BF16 static void pair_columns(i32 *to, i64 to_row, const float *from,
                              i64 from_row, i64 rows, i64 cols)
{
    for (i64 r = 0; r < rows; r += 2, to += to_row, from += 2 * from_row)
        for (i64 k = 0; k < cols; k += LANES) {
            const vf low  = load_upto(from + k, cols - k);
            const vf high = r + 1 < rows
                          ? load_upto(from + from_row + k, cols - k)
                          : splat(0);
            store_pairs(to + k, pair_up(low, high));
        }
}

/* One panel of dy, and db += the sums of its columns. */
BF16 static void pair_slice(i32 *to, float *db, const float *dy, i64 N,
                            i64 rows, i64 n, int vecs)
{
    for (i64 v = 0; v < vecs; v++) {
        const float *at = dy + v * LANES;
        const i64    left = n - v * LANES;
        vf           even = splat(0), odd = splat(0);
        for (i64 r = 0; r < rows; r += 2) {
            const vf low  = load_upto(at + r * N, left);
            const vf high = r + 1 < rows ? load_upto(at + (r + 1) * N, left)
                                         : splat(0);
            even += low;
            odd += high;
            store_pairs(to + (r / 2 * vecs + v) * LANES, pair_up(low, high));
        }
        if (db)
            store_upto(db + v * LANES,
                       load_upto(db + v * LANES, left) + (even + odd), left);
    }
}

BF16_INLINE void grad_tile_bf16(float *dw, i64 N, const i32 *x, i64 x_row,
                                const i32 *dy, i64 pairs, i64 n, int rows,
                                int vecs)
{
    Tile acc;
    tile_fill(acc, rows, vecs, splat(0));
    UNROLL for (int m = 0; m < rows; m++)
        UNROLL for (int v = 0; v < vecs; v++)
            __builtin_prefetch(dw + m * N + v * LANES, 1);
    pair_tile_add(acc, rows, vecs, x, 1, x_row, dy, pairs);
    UNROLL for (int m = 0; m < rows; m++)
        UNROLL for (int v = 0; v < vecs; v++)
            tile_store(dw + m * N,
                       tile_load(dw + m * N, v, vecs, n) + acc[m][v], v, vecs,
                       n);
}

typedef void GradTileBf16(float *dw, i64 N, const i32 *x, i64 x_row,
                          const i32 *dy, i64 pairs, i64 n);

#define GRAD_TILE_BF16(rows, vecs)                                          \
    BF16 LEAF void grad_bf16_##rows##x##vecs(float *dw, i64 N,              \
                                             const i32 *x, i64 x_row,       \
                                             const i32 *dy, i64 pairs,      \
                                             i64 n)                         \
    {                                                                       \
        grad_tile_bf16(dw, N, x, x_row, dy, pairs, n, rows, vecs);          \
    }
#define GRAD_ROW_BF16(rows, vecs) [vecs][rows] = grad_bf16_##rows##x##vecs,

TILES(GRAD_TILE_BF16)
static GradTileBf16 *const grad_tiles_bf16[TILE_VECS + 1][TILE_ROWS + 1] = {
    TILES(GRAD_ROW_BF16)
};

/* R <= 2 GRAD_PAIRS, K <= GRAD_COLS of a row of x that is x_row long. */
static void grad_block(float *dw, float *db, const float *x, i64 x_row,
                       const float *dy, i64 R, i64 K, i64 N)
{
    i32       left[GRAD_PAIRS * (GRAD_COLS + GRAD_GAP)];
    i32       right[GRAD_PAIRS * TILE_VECS * LANES];
    const i64 row = (K + 15) / 16 * 16 + GRAD_GAP;

    pair_columns(left, row, x, x_row, R, K);
    for (i64 i = 0; i < panel_count(N); i++) {
        const Panel p  = panel_at(i, N);
        const i64   at = p.first * LANES, n = N - at;
        pair_slice(right, db ? db + at : NULL, dy + at, N, R, n, p.vecs);
        for (i64 k = 0; k < K;) {
            const int rows = tile_next(K - k, tile_height(p.vecs));
            grad_tiles_bf16[p.vecs][rows](dw + k * N + at, N, left + k, row,
                                          right, (R + 1) / 2, n);
            k += rows;
        }
    }
}

static void linear_dw_bf16(float *dw, float *db, const float *x,
                           const float *dy, i64 R, i64 K, i64 N)
{
    const i64 most = 2 * GRAD_PAIRS;
    for (i64 r = 0; r < R; r += most)
        for (i64 k = 0; k < K; k += GRAD_COLS)
            grad_block(dw + k * N, k == 0 ? db : NULL, x + r * K + k, K,
                       dy + r * N, i64_min(most, R - r),
                       i64_min(GRAD_COLS, K - k), N);
}
