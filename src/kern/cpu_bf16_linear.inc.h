/* cpu_bf16_linear.inc.h - linear maps whose inputs are rounded to bfloat16.
 *
 * Weights are packed as cpu_linear.inc.h packs them, with pairs of rows in
 * place of rows: a vector holds w[2k, n] and w[2k + 1, n] for LANES columns.
 * A row of x needs no such mixing: its pairs are neighbours. A block of x is
 * rounded once, into a copy that all panels read:
 *
 *     x[rows, cols] -> copy     every panel: tiles of the copy times the panel
 *
 * A copy takes the whole of K where it can; where K is longer, as in the way
 * back through a head, sums go on in y from block to block. */

enum { BLOCK_ROWS = 256, BLOCK_PAIRS = 65536, COLS_MAX = 4096 };

static i64 packed_count_bf16(i64 K, i64 N)
{
    return (K + 1) / 2 * vectors(N) * LANES;
}

BF16 static void pack_bf16(float *packed, const float *w, i64 K, i64 N)
{
    for (i64 i = 0; i < panel_count(N); i++) {
        const Panel p = panel_at(i, N);
        float      *to = packed + p.first * LANES * ((K + 1) / 2);
        for (i64 k = 0; k < K; k += 2)
            for (i64 v = p.first; v < p.first + p.vecs; v++, to += LANES) {
                const i64    at = v * LANES, left = N - at;
                const float *row = w + k * N + at;
                store_pairs(to, pair_up(load_upto(row, left),
                                        k + 1 < K ? load_upto(row + N, left)
                                                  : splat(0)));
            }
    }
}

/* LANES rows of w from row k on, of which `rows` are there, and 2 LANES of its
 * columns from n on: LANES vectors, one a pair of columns. */
BF16 static void pack_square(float *to, i64 to_row, const float *w, i64 rows,
                             i64 N, i64 left)
{
    vf v[LANES];
    for (i64 i = 0; i < LANES; i++)
        v[i] = i >= rows ? splat(0) : (vf)pair_row(load_upto(w + i * N, left),
            left > LANES ? load_upto(w + i * N + LANES, left - LANES)
                         : splat(0));
    turn(v);
    for (i64 j = 0; j < LANES && 2 * j < left; j++)
        store_pairs(to + j * to_row, (vi)v[j]);
}

static void pack_t_bf16(float *packed, const float *w, i64 K, i64 N)
{
    const i64 pairs = (N + 1) / 2;
    for (i64 i = 0; i < panel_count(K); i++) {
        const Panel p = panel_at(i, K);
        float      *panel = packed + p.first * LANES * pairs;
        for (i64 v = 0; v < p.vecs; v++)
            for (i64 n = 0; n < N; n += 2 * LANES) {
                const i64 k = (p.first + v) * LANES;
                pack_square(panel + n / 2 * p.vecs * LANES + v * LANES,
                            p.vecs * LANES, w + k * N + n, K - k, N, N - n);
            }
    }
}

/* A block of a product: `rows` rows of a copy that has `pairs` pairs a row. */
typedef struct Block {
    const i32   *copy;
    i64          row;   /* numbers from one row of the copy to the next */
    i64          rows, pairs;
    const float *panel; /* of weights                                   */
    const float *bias;  /* sums begin with it...                        */
    const float *add;   /* ...and with this; at the tile's corner       */
    const float *times; /* and are multiplied at last                   */
    i64          N, n;  /* length of a row of y; columns left           */
} Block;

BF16_INLINE void linear_tile_bf16(float *y, const i32 *x, const float *add,
                                  const float *times, const Block *b,
                                  int rows, int vecs)
{
    const i64 N = b->N, n = b->n;
    Tile      acc;

    UNROLL for (int v = 0; v < vecs; v++) {
        const vf bias = b->bias ? tile_load(b->bias, v, vecs, n) : splat(0);
        UNROLL for (int m = 0; m < rows; m++)
            acc[m][v] = bias;
    }
    if (add)
        UNROLL for (int m = 0; m < rows; m++)
            UNROLL for (int v = 0; v < vecs; v++)
                acc[m][v] += tile_load(add + m * N, v, vecs, n);
    pair_tile_add(acc, rows, vecs, x, b->row, 1, b->panel, b->pairs);
    if (times)
        UNROLL for (int m = 0; m < rows; m++)
            UNROLL for (int v = 0; v < vecs; v++)
                acc[m][v] *= tile_load(times + m * N, v, vecs, n);
    UNROLL for (int m = 0; m < rows; m++)
        UNROLL for (int v = 0; v < vecs; v++)
            tile_store(y + m * N, acc[m][v], v, vecs, n);
}

typedef void LinearTileBf16(float *y, const i32 *x, const float *add,
                            const float *times, const Block *b);

#define LINEAR_TILE_BF16(rows, vecs)                                        \
    BF16 LEAF void linear_bf16_##rows##x##vecs(                             \
        float *y, const i32 *x, const float *add, const float *times,       \
        const Block *b)                                                     \
    {                                                                       \
        linear_tile_bf16(y, x, add, times, b, rows, vecs);                  \
    }
#define LINEAR_ROW_BF16(rows, vecs) [vecs][rows] = linear_bf16_##rows##x##vecs,

TILES(LINEAR_TILE_BF16)
static LinearTileBf16 *const linear_tiles_bf16[TILE_VECS + 1][TILE_ROWS + 1] = {
    TILES(LINEAR_ROW_BF16)
};

/* y: the corner of the block's first tile. */
static void linear_panel_bf16(float *y, const Block *b, const Finish *f,
                              int vecs)
{
    for (i64 r = 0; r < b->rows;) {
        const int rows = tile_next(b->rows - r, tile_height(vecs));
        const i64 at   = r * b->N;
        linear_tiles_bf16[vecs][rows](y + at, b->copy + r * b->row,
                                      b->add ? b->add + at : NULL,
                                      b->times ? b->times + at : NULL, b);
        if (f->gelu)
            gelu_tile(y + at, f->slope ? f->slope + at : NULL, b->N, rows,
                      i64_min(b->n, vecs * LANES));
        r += rows;
    }
}

INLINE const float *from(const float *p, i64 at) { return p ? p + at : NULL; }

/* Columns k0 .. k0 + cols of x, rounded in block->copy, times their rows of
 * the packed weights; what begins and ends sums, at the first and the last. */
static void product_block(float *y, const float *packed, Block block,
                          const Finish *f, i64 k0, i64 cols, i64 K, i64 N)
{
    const bool first = k0 == 0, last = k0 + cols == K;

    block.pairs = (cols + 1) / 2;
    block.N     = N;
    for (i64 i = 0; i < panel_count(N); i++) {
        const Panel p   = panel_at(i, N);
        const i64   at  = p.first * LANES;
        Finish      end = *f;
        block.panel = packed + at * ((K + 1) / 2) + k0 / 2 * p.vecs * LANES;
        block.bias  = first ? from(f->bias, at) : NULL;
        block.add   = first ? from(f->add, at) : y + at;
        block.times = last ? from(f->times, at) : NULL;
        block.n     = N - at;
        end.gelu    = f->gelu && last;
        end.slope   = f->slope ? f->slope + at : NULL;
        linear_panel_bf16(y + at, &block, &end, p.vecs);
    }
}

/* Rows and columns of x that one copy takes: all of K, or a whole number of
 * vectors of it, whatever their width. */
static void product_bf16(float *y, const float *x, const float *packed,
                         const Finish *f, i64 R, i64 K, i64 N)
{
    i32       copy[BLOCK_PAIRS];
    const i64 cols = i64_min((K + 31) / 32 * 32, COLS_MAX), row = cols / 2;
    const i64 most = i64_min(BLOCK_ROWS, BLOCK_PAIRS / row);

    for (i64 r = 0; r < R; r += most)
        for (i64 k = 0; k < K; k += cols) {
            const i64   rows = i64_min(most, R - r), n = i64_min(cols, K - k);
            const Block b = { .copy = copy, .row = row, .rows = rows };
            const Finish here = {
                .bias  = f->bias, .gelu = f->gelu,
                .add   = from(f->add, r * N), .times = from(f->times, r * N),
                .slope = f->slope ? f->slope + r * N : NULL,
            };
            pair_rows(copy, row, x + r * K + k, K, rows, n);
            product_block(y + r * N, packed, b, &here, k, n, K, N);
        }
}

static void linear_bf16(float *y, const float *x, const float *packed,
                        const float *b, const float *add, i64 R, i64 K, i64 N)
{
    product_bf16(y, x, packed, &(Finish){ .bias = b, .add = add }, R, K, N);
}

static void linear_gelu_bf16(float *a, float *slope, const float *x,
                             const float *packed, const float *b, i64 R,
                             i64 K, i64 N)
{
    product_bf16(a, x, packed,
                 &(Finish){ .bias = b, .slope = slope, .gelu = true }, R, K,
                 N);
}

static void linear_dx_bf16(float *dx, const float *dy, const float *packed_t,
                           const float *slope, i64 R, i64 K, i64 N)
{
    product_bf16(dx, dy, packed_t, &(Finish){ .times = slope }, R, N, K);
}
