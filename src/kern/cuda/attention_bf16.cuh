/* attention_bf16.cuh - private to attention*_bf16.cu: rows of heads on their way
 * from memory, and products of a warp's 16 rows with a tile of others.
 *
 * What a product leaves in a warp's registers (c) is what the next one wants for
 * its left side (a): scores become weights and weights times values without
 * leaving them. Numbers are rounded on their way into shared memory; the next
 * tile's are fetched into registers while this one's are multiplied. */

#ifndef ATTENTION_BF16_CUH
#define ATTENTION_BF16_CUH

#include "kern/cuda/attention.cuh"

enum { WARP_ROWS = 16 };

/* A block of W warps over heads of up to S numbers, by tiles of TILE rows. BY_4:
 * memory is read and written 16 and 8 bytes at a time. */
template <int S_, int W_, int TILE_, bool BY_4_> struct Form {
    enum { S = S_, W = W_, TILE = TILE_, BY_4 = BY_4_, OWN = W * WARP_ROWS,
           THREADS = W * WARP, PITCH = S + 8, /* rows fall on other banks */
           OWN_SIZE = OWN * PITCH, TILE_SIZE = TILE * PITCH,
           WARP_SIZE = WARP_ROWS * PITCH, NT = TILE / 8, NS = S / 8,
           PIECES = TILE * S / 4, CARRY = PIECES / THREADS };
    static_assert(OWN % TILE == 0 && PIECES % THREADS == 0
                      && THREADS % (S / 4) == 0,
                  "tiles begin where own rows do; threads share them");
};

/* 2^x; far below 0 it is 0. */
__device__ inline float power_of_2(float x)
{
#ifdef __CUDACC__
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
#else
    return exp2f(x);
#endif
}

#define LOG2_E 1.44269504f
#define LOG_2  0.693147181f

/* -- Rows of a head ---------------------------------------------------------- */

/* T rows of `width` numbers, `row` apart. */
struct Rows { const float *at; int T, width, row; };

__device__ inline Rows rows_of(const Heads &n, const float *at, i64 row)
{
    const Rows r = { at, (int)n.T, (int)n.S, (int)row };
    return r;
}

/* Values lie behind all keys. */
__device__ inline Rows values_of(const Heads &n, const Rows &keys)
{
    return rows_of(n, keys.at + n.KV * n.S, n.row);
}

/* 4 numbers of which `left` are there; the others are 0. */
template <class F> __device__ inline Piece<4> four_at(const float *p, int left)
{
    Piece<4> four = { { 0, 0, 0, 0 } };
    if (F::BY_4 && left > 0)
        return load<4>(p);
    UNROLL
    for (int k = 0; k < 4; k++)
        if (!F::BY_4 && k < left)
            four.at[k] = p[k];
    return four;
}

struct alignas(8) Rounded { u32 pair[2]; };

/* Piece i of rows that lie in shared memory, rounded. */
template <class F> __device__ inline void four_put(u16 *to, int i,
                                                   const Piece<4> &four)
{
    const Rounded r = { { bf16_pair(four.at[0], four.at[1]),
                          bf16_pair(four.at[2], four.at[3]) } };
    *(Rounded *)(void *)(to + i / (F::S / 4) * F::PITCH + i % (F::S / 4) * 4)
        = r;
}

/* Where a thread takes part in fetching rows: piece s of row r, then of every
 * EACH-th row after it. */
template <class F> struct Part {
    enum { EACH = F::THREADS / (F::S / 4) };
    const float *p;
    int          r, last, left;
    i64          pitch;

    __device__ Part(const Rows &rows, int first)
    {
        const int s = (int)threadIdx.x % (F::S / 4) * 4;
        r     = first + (int)threadIdx.x / (F::S / 4);
        p     = rows.at + (i64)r * rows.row + s;
        last  = rows.T;
        left  = rows.width - s;
        pitch = EACH * rows.row;
    }
    __device__ Piece<4> turn(int k) const
    {
        return four_at<F>(p + k * pitch, r + k * EACH < last ? left : 0);
    }
};

/* The block's own rows, at once. */
template <class F>
__device__ inline void own_load(u16 *to, const Rows &rows, int first)
{
    const Part<F> part(rows, first);
    UNROLL_4
    for (int k = 0; k < F::S / 8; k++)
        four_put<F>(to, k * F::THREADS + (int)threadIdx.x, part.turn(k));
}

/* A tile on its way: fetched, and later put where it is wanted. */
template <class F> struct Carried {
    Piece<4> piece[F::CARRY];

    __device__ void take(const Rows &rows, int first)
    {
        const Part<F> part(rows, first);
        UNROLL
        for (int k = 0; k < F::CARRY; k++)
            piece[k] = part.turn(k);
    }
    __device__ void put(u16 *to) const
    {
        UNROLL
        for (int k = 0; k < F::CARRY; k++)
            four_put<F>(to, k * F::THREADS + (int)threadIdx.x, piece[k]);
    }
};

/* -- Products ---------------------------------------------------------------- */

/* Of a warp's 16 own rows, numbers k .. k+15: the left side of a product. */
template <class F> __device__ inline void left(u32 a[4], const u16 *own, int k)
{
    const int l = lane_here();
    ldmatrix(a, own + (l % 16) * F::PITCH + k + l / 16 * 8);
}

/* All of them, kept in registers. */
template <class F> struct Left {
    u32 a[F::S / 16][4];
    __device__ void take(const u16 *own)
    {
        UNROLL
        for (int k = 0; k < F::S / 16; k++)
            left<F>(a[k], own, 16 * k);
    }
};

/* sum[NT] += a x tile', for numbers k .. k+15: its columns are the tile's rows. */
template <class F>
__device__ inline void score(float (&sum)[F::NT][4], const u32 a[4],
                             const u16 *tile, int k)
{
    const int l = lane_here();
    UNROLL
    for (int j = 0; j < F::NT; j += 2) {
        u32 b[4];
        ldmatrix(b, tile + (8 * j + l / 16 * 8 + l % 8) * F::PITCH + k
                        + l / 8 % 2 * 8);
        mma_bf16(sum[j], a, b);
        mma_bf16(sum[j + 1], a, b + 2);
    }
}

template <class F> __device__ inline void none(float (&sum)[F::NT][4])
{
    UNROLL
    for (int i = 0; i < F::NT * 4; i++)
        sum[i / 4][i % 4] = 0;
}

/* sum[NT] = own x tile', of this warp's rows with all of the tile's. */
template <class F>
__device__ inline void scores(float (&sum)[F::NT][4], const Left<F> &own,
                              const u16 *tile)
{
    none<F>(sum);
    UNROLL
    for (int k = 0; k < F::S; k += 16)
        score<F>(sum, own.a[k / 16], tile, k);
}
template <class F>
__device__ inline void scores(float (&sum)[F::NT][4], const u16 *own,
                              const u16 *tile)
{
    none<F>(sum);
    UNROLL
    for (int k = 0; k < F::S; k += 16) {
        u32 a[4];
        left<F>(a, own, k);
        score<F>(sum, a, tile, k);
    }
}

/* sum[S / 8] += weights x tile. */
template <class F>
__device__ inline void gather(float (&sum)[F::NS][4],
                              const float (&w)[F::NT][4], const u16 *tile)
{
    const int l = lane_here();
    UNROLL
    for (int j = 0; j < F::NT; j += 2) {
        const u32 a[4] = { bf16_pair(w[j][0], w[j][1]),
                           bf16_pair(w[j][2], w[j][3]),
                           bf16_pair(w[j + 1][0], w[j + 1][1]),
                           bf16_pair(w[j + 1][2], w[j + 1][3]) };
        UNROLL
        for (int c = 0; c < F::NS; c += 2) {
            u32 b[4];
            ldmatrix_trans(b, tile + (8 * j + l % 16) * F::PITCH + 8 * c
                                  + l / 16 * 8);
            mma_bf16(sum[c], a, b);
            mma_bf16(sum[c + 1], a, b + 2);
        }
    }
}

/* -- What lies where --------------------------------------------------------- */

/* Of number e of a lane's four: its row among 16, and its column among 8. */
__device__ inline int row_in(int e) { return lane_here() / 4 + e / 2 * 8; }
__device__ inline int col_in(int e) { return lane_here() % 4 * 2 + e % 2; }

/* A warp's 16 rows from `first` on, as far as there are any; to: the head's
 * first number in row 0. */
template <class F>
__device__ inline void rows_store(float *to, const float (&sum)[F::NS][4],
                                  float upper, float lower, int first, i64 row,
                                  const Heads &n)
{
    UNROLL
    for (int h = 0; h < 2; h++) {
        const int   t = first + row_in(2 * h);
        const float by = h ? lower : upper;
        float      *line = to + t * row;
        UNROLL
        for (int c = 0; c < F::NS; c++) {
            const int      s = 8 * c + col_in(0);
            const Piece<2> two = { { sum[c][2 * h] * by,
                                     sum[c][2 * h + 1] * by } };
            if (t >= n.T || s >= n.S)
                continue;
            if (F::BY_4)
                store<2>(line + s, two);
            else {
                line[s] = two.at[0];
                if (s + 1 < n.S)
                    line[s + 1] = two.at[1];
            }
        }
    }
}

#endif
