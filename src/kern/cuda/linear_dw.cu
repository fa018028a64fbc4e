/* linear_dw.cu - the gradient of weights: dw[K,N] += x' dy, db[N] += sums of dy.
 *
 * A small result of a long sum. The rows are cut into parts, as many as their
 * number and the result's size say and nobody else, so that there are tiles enough
 * for a device; each part's product goes to scratch, and the parts are added to dw
 * one after the other. So they are for db. Contract: kern.h. */

#include "kern/cuda/parts.cuh"
#include "kern/cuda/tile.cuh"

enum {
    PARTS_MAX = 32,
    PART_ROWS = 256,          /* of a part, at least                   */
    SUMS_MAX  = 4 << 20,      /* numbers in scratch: parts times K N   */
    THREADS   = 256,
    COLS = 32, LINES = 8,     /* of a block that sums columns          */
};

static i64 parts_of(i64 R, i64 numbers)
{
    const i64 rows = i64_min(PARTS_MAX, (R + PART_ROWS - 1) / PART_ROWS);
    return i64_max(1, i64_min(rows, SUMS_MAX / numbers));
}

/* Rows of a part: a multiple of the tile's step. */
static i64 part_rows(i64 R, i64 parts)
{
    const i64 rows = (R + parts - 1) / parts;
    return (rows + STEP - 1) / STEP * STEP;
}

static i64 sums_bytes(i64 most)
{
    return i64_max(i64_min(PARTS_MAX * most, SUMS_MAX), most) * 4;
}

i64 linear_scratch(const DeviceNeeds *n)
{
    const i64 own = sums_bytes(n->largest) + PARTS_MAX * n->widest * 4;
    return i64_max(own + 2 * DEVICE_LINE, lt_scratch(n));
}

/* -- A part's product ----------------------------------------------------------------- */

struct EndPart {
    float *sums;
    i64    N;
    __device__ void put(i64 r, i64 c, float sum) const { sums[r * N + c] = sum; }
};

/* blockIdx.x counts tiles of all rows and columns, blockIdx.y parts. */
template <class Tile>
__global__ void __launch_bounds__(Tile::THREADS)
dw_kernel(Runs of, Product p, float *sums, i64 rows, i64 tile_rows, i64 tile_cols,
          i64 across)
{
    ACTIVE_ONLY(of);
    const i64     part = blockIdx.y, R = p.k1;
    const EndPart end = { mine(of, sums) + part * p.M * p.N, p.N };
    const i64     m = blockIdx.x / across * tile_rows;
    const i64     n = blockIdx.x % across * tile_cols;
    Tile          tile;
    p.a  = mine(of, p.a);
    p.b  = mine(of, p.b);
    p.k0 = part * rows;
    p.k1 = at_most(R, p.k0 + rows);
    tile.run(p, m, n);
    tile.finish(end, p, m, n);
}

template <class Tile>
static void dw_parts(const Product &p, float *sums, i64 parts, i64 rows_tile,
                     i64 cols_tile)
{
    const unsigned across = blocks_for(p.N, cols_tile);
    launch("linear_dw", dw_kernel<Tile>,
           dim3(blocks_for(p.M, rows_tile) * across, (unsigned)parts),
           Tile::THREADS, Tile::SHARED, p, sums, part_rows(p.k1, parts),
           rows_tile, cols_tile, (i64)across);
}

template <bool WIDE>
static void dw_bf16(const Product &p, float *sums, i64 parts)
{
    if (p.N <= 32)
        dw_parts<TileBf16<64, 32, 32, true, float, WIDE>>(p, sums, parts, 64,
                                                          32);
    else
        dw_parts<TileBf16<64, 64, 32, true, float, WIDE>>(p, sums, parts, 64,
                                                          64);
}

static void parts_make(float *sums, const real *x, const real *dy, i64 R, i64 K,
                       i64 N, i64 parts)
{
    const Product p = { x, dy, K, N, K, N, 0, R };
    if (!launch_now()->bf16)
        dw_parts<TileFp32<true>>(p, sums, parts, 64, 64);
    else if (K % 4 == 0 && N % 4 == 0 && on_16(x, dy))
        dw_bf16<true>(p, sums, parts);
    else
        dw_bf16<false>(p, sums, parts);
}

/* -- Sums of columns -------------------------------------------------------------------- */

/* sums[part, N] of dy's rows in that part: each of 8 lines of threads takes every
 * eighth row, and the lines are added in order. */
__global__ void __launch_bounds__(COLS * LINES)
columns_kernel(Runs of, float *sums, const float *dy, i64 R, i64 N, i64 rows)
{
    ACTIVE_ONLY(of);
    SHARED(float, line);
    sums = mine(of, sums);
    dy   = mine(of, dy);
    const int x = (int)threadIdx.x % COLS, y = (int)threadIdx.x / COLS;
    const i64 c = (i64)blockIdx.x * COLS + x;
    const i64 first = blockIdx.y * rows, last = at_most(R, first + rows);
    float     sum = 0;
    for (i64 r = first + y; r < last && c < N; r += LINES)
        sum += dy[r * N + c];
    line[y * COLS + x] = sum;
    __syncthreads();
    if (y > 0 || c >= N)
        return;
    for (int i = 1; i < LINES; i++)
        sum += line[i * COLS + x];
    sums[blockIdx.y * N + c] = sum;
}

/* to[n] += the parts, one after the other. */
__global__ void __launch_bounds__(THREADS)
add_kernel(Runs of, float *to, const float *sums, i64 n, i64 parts)
{
    ACTIVE_ONLY(of);
    to   = mine(of, to);
    sums = mine(of, sums);
    const i64 i = (i64)blockIdx.x * THREADS + threadIdx.x;
    if (i >= n)
        return;
    float sum = sums[i];
    for (i64 part = 1; part < parts; part++)
        sum += sums[part * n + i];
    to[i] += sum;
}

static void add_parts(real *to, const float *sums, i64 n, i64 parts)
{
    launch("linear_dw_add", add_kernel, dim3(blocks_for(n, THREADS)), THREADS,
           0, to, sums, n, parts);
}

/* -- The contract ------------------------------------------------------------------------ */

static void columns(real *db, float *sums, const real *dy, i64 R, i64 N)
{
    const i64 parts = parts_of(R, N);
    launch("linear_db", columns_kernel,
           dim3(blocks_for(N, COLS), (unsigned)parts), COLS * LINES,
           COLS * LINES * 4, sums, dy, R, N, part_rows(R, parts));
    add_parts(db, sums, N, parts);
}

void linear_dw_cu(real *dw, real *db, const real *x, const real *dy, i64 R,
                  i64 K, i64 N)
{
    float    *sums = (float *)launch_now()->scratch;
    const i64 parts = parts_of(R, K * N);
    if (launch_now()->bf16 && lt_linear_dw(dw, db, x, dy, R, K, N))
        return;
    parts_make(sums, x, dy, R, K, N, parts);
    add_parts(dw, sums, K * N, parts);
    if (db)
        columns(db, sums, dy, R, N);
}
