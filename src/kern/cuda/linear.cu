/* linear.cu - y = x w + b, its epilogues, and the way back to x.
 *
 * One kernel: a tile of the product (tile.cuh) and an End that says what becomes of
 * each number. Tiles go by the width of what comes out alone. Large products of
 * bfloat16 are cuBLASLt's, where that is found (lt.cu).
 * Contract: kern.h. */

#include "kern/cuda/parts.cuh"
#include "kern/cuda/tile.cuh"

/* -- What becomes of a sum --------------------------------------------------------- */

struct EndPlain {
    float       *y;
    const float *b, *add;
    i64          N;
    __device__ void move(const Runs &of)
    {
        y   = mine(of, y);
        b   = mine(of, b);
        add = mine(of, add);
    }
    __device__ void put(i64 r, i64 c, float sum) const
    {
        const i64 at = r * N + c;
        y[at] = sum + (b ? b[c] : 0) + (add ? add[at] : 0);
    }
};

struct EndGelu {
    float       *a, *slope;
    const float *b;
    i64          N;
    __device__ void move(const Runs &of)
    {
        a     = mine(of, a);
        slope = mine(of, slope);
        b     = mine(of, b);
    }
    __device__ void put(i64 r, i64 c, float sum) const
    {
        const float u = sum + (b ? b[c] : 0);
        float       by;
        a[r * N + c] = gelu(u, &by);
        if (slope)
            slope[r * N + c] = by;
    }
};

struct EndSlope {
    float       *dx;
    const float *slope;
    i64          N;
    __device__ void move(const Runs &of)
    {
        dx    = mine(of, dx);
        slope = mine(of, slope);
    }
    __device__ void put(i64 r, i64 c, float sum) const
    {
        const i64 at = r * N + c;
        dx[at] = slope ? sum * slope[at] : sum;
    }
};

/* -- The kernel ---------------------------------------------------------------------- */

template <class Tile, class End>
__global__ void __launch_bounds__(Tile::THREADS, 2)
product_kernel(Runs of, Product p, End end, i64 tile_rows, i64 tile_cols)
{
    ACTIVE_ONLY(of);
    p.a = mine(of, p.a);
    p.b = mine(of, p.b);
    end.move(of);
    const i64 m = blockIdx.x * tile_rows, n = blockIdx.y * tile_cols;
    Tile      tile;
    tile.run(p, m, n);
    tile.finish(end, p, m, n);
}

template <class Tile, class End>
static void product(const char *name, const Product &p, const End &end, i64 rows,
                    i64 cols)
{
    launch(name, product_kernel<Tile, End>,
           dim3(blocks_for(p.M, rows), blocks_for(p.N, cols)), Tile::THREADS,
           Tile::SHARED, p, end, rows, cols);
}

template <bool WIDE, class End>
static void product_bf16(const char *name, const Product &p, const End &end)
{
    if (p.N <= 32)
        product<TileBf16<128, 32, 32, false, u16, WIDE>>(name, p, end, 128, 32);
    else if (p.N <= 64 || p.N % 128 > 64 || p.N % 128 == 0)
        product<TileBf16<128, 64, 32, false, u16, WIDE>>(name, p, end, 128, 64);
    else
        product<TileBf16<64, 64, 32, false, u16, WIDE>>(name, p, end, 64, 64);
}

static i64 up_to_8(i64 n) { return (n + 7) / 8 * 8; }

/* c[R,N] of x[R,K] and packed weights of K rows. */
template <class End>
static void product_of(const char *name, const real *x, const real *packed, i64 R,
                       i64 K, i64 N, const End &end)
{
    const bool    bf16 = launch_now()->bf16;
    const Product p = { x, packed, K, bf16 ? up_to_8(N) : N, R, N, 0, K };
    if (!bf16)
        product<TileFp32<false>>(name, p, end, 64, 64);
    else if (K % 4 == 0 && on_16(x))
        product_bf16<true>(name, p, end);
    else
        product_bf16<false>(name, p, end);
}

/* -- The contract -------------------------------------------------------------------- */

void linear_cu(real *y, const real *x, const real *packed, const real *b,
               const real *add, i64 R, i64 K, i64 N)
{
    const EndPlain end = { y, b, add, N };
    if (!launch_now()->bf16 || !lt_linear(y, x, packed, b, add, R, K, N))
        product_of("linear", x, packed, R, K, N, end);
}

void linear_gelu_cu(real *a, real *slope, const real *x, const real *packed,
                    const real *b, i64 R, i64 K, i64 N)
{
    const EndGelu end = { a, slope, b, N };
    if (!launch_now()->bf16 || !lt_linear_gelu(a, slope, x, packed, b, R, K, N))
        product_of("linear_gelu", x, packed, R, K, N, end);
}

/* dx[R,K] of dy[R,N]: packed_t lies as [N,K]. */
void linear_dx_cu(real *dx, const real *dy, const real *packed_t,
                  const real *slope, i64 R, i64 K, i64 N)
{
    const EndSlope end = { dx, slope, K };
    if (!launch_now()->bf16 || !lt_linear_dx(dx, dy, packed_t, slope, R, K, N))
        product_of("linear_dx", dy, packed_t, R, N, K, end);
}
