/* tile.cuh - one tile of a product c[M,N] = a[M,K] b[K,N], in float or with both
 * rounded to bfloat16, and what is done to it before it is written.
 *
 * a is float and lies by rows, or (BY_K, for gradients of weights) as a[K,M]. b
 * lies by rows of N: packed weights, of the dtype's own numbers, or (gradients)
 * float. Each sum over k is one after the other in steps of the tile, whatever
 * the tile's place: in order in float, in the tensor cores' order in bfloat16. */

#ifndef TILE_CUH
#define TILE_CUH

#include "kern/cuda/block.cuh"

/* What a product is of. Rows of a and b are lda and ldb numbers long. The sum
 * goes over k0 <= k < k1. */
struct Product {
    const float *a;
    const void  *b;
    i64          lda, ldb, M, N, k0, k1;
};

enum { STEP = 32 }; /* of the sum over k, held in shared memory at a time */

/* -- bfloat16: from memory to registers to shared memory ------------------------ */

/* 8 neighbours, as they come from float or from bfloat16. */
struct Eight { u32 pair[4]; };

/* left: how many of them there are; the others are 0. */
template <bool WIDE>
__device__ inline Eight eight_of(const float *p, i64 left)
{
    Eight e = { { 0, 0, 0, 0 } };
    if (left >= 8 && WIDE) {
        const Piece<4> x = load<4>(p), y = load<4>(p + 4);
        e.pair[0] = rounded_pair(x.at[0], x.at[1]);
        e.pair[1] = rounded_pair(x.at[2], x.at[3]);
        e.pair[2] = rounded_pair(y.at[0], y.at[1]);
        e.pair[3] = rounded_pair(y.at[2], y.at[3]);
        return e;
    }
    UNROLL
    for (int i = 0; i < 4; i++)
        e.pair[i] = rounded_pair(2 * i < left ? p[2 * i] : 0,
                                 2 * i + 1 < left ? p[2 * i + 1] : 0);
    return e;
}

/* Packed rows are a multiple of 8 long, with zeros behind. */
template <bool WIDE>
__device__ inline Eight eight_of(const u16 *p, i64 left)
{
    Eight e = { { 0, 0, 0, 0 } };
    if (left > 0)
        e = *(const Eight *)p;
    return e;
}

/* A slice [ROWS, COLS] of a matrix on its way: each thread carries CARRY pieces
 * of 8 neighbours. */
template <class T, int ROWS, int COLS, int THREADS, bool WIDE> struct Slice {
    enum { PIECES = ROWS * COLS / 8, CARRY = (PIECES + THREADS - 1) / THREADS,
           PITCH = COLS + 8 }; /* in shared memory: rows fall on other banks */
    Eight piece[CARRY];

    __device__ void take(const T *p, i64 ld, i64 row, i64 rows, i64 col,
                         i64 cols)
    {
        UNROLL
        for (int i = 0; i < CARRY; i++) {
            const int at = i * THREADS + (int)threadIdx.x;
            const i64 r = row + at / (COLS / 8);
            const i64 c = col + at % (COLS / 8) * 8;
            const i64 left = r < rows && at < PIECES ? cols - c : 0;
            piece[i] = eight_of<WIDE>(p + (left > 0 ? r * ld + c : 0), left);
        }
    }
    __device__ void put(u16 *shared) const
    {
        UNROLL
        for (int i = 0; i < CARRY; i++) {
            const int at = i * THREADS + (int)threadIdx.x;
            if (at < PIECES)
                *(Eight *)(shared + at / (COLS / 8) * PITCH
                           + at % (COLS / 8) * 8) = piece[i];
        }
    }
};

/* -- A block's tile of bfloat16 --------------------------------------------------- */

/* BM x BN by warps of 32 x WN each. */
template <int BM, int BN, int WN, bool BY_K, class B, bool WIDE> struct TileBf16 {
    enum { WARPS = BM / 32 * (BN / WN), THREADS = WARPS * WARP,
           A_ROWS = BY_K ? STEP : BM, A_COLS = BY_K ? BM : STEP,
           A_PITCH = A_COLS + 8, B_PITCH = BN + 8,
           A_SIZE = A_ROWS * A_PITCH, B_SIZE = STEP * B_PITCH,
           SHARED = 2 * (A_SIZE + B_SIZE) * 2, NS = WN / 8 };
    typedef Slice<float, A_ROWS, A_COLS, THREADS, WIDE> SliceA;
    typedef Slice<B, STEP, BN, THREADS, WIDE>           SliceB;

    float sum[2][NS][4]; /* of a warp's 32 x WN, as mma_bf16 has them */

    __device__ static int row0(void) { return warp_here() % (BM / 32) * 32; }
    __device__ static int col0(void) { return warp_here() / (BM / 32) * WN; }

    __device__ static void take(SliceA &a, SliceB &b, const Product &p, i64 m,
                                i64 n, i64 k)
    {
        if (BY_K)
            a.take(p.a, p.lda, k, p.k1, m, p.M);
        else
            a.take(p.a, p.lda, m, p.M, k, p.k1);
        b.take((const B *)p.b, p.ldb, k, p.k1, n, p.N);
    }

    /* Fragments of a for rows r .. r+15 at k .. k+15. */
    __device__ static void load_a(u32 f[4], const u16 *a, int r, int k)
    {
        const int l = lane_here();
        if (BY_K) /* matrices: (k, r), (k, r+8), (k+8, r), (k+8, r+8) */
            ldmatrix_trans(f, a + (k + l / 16 * 8 + l % 8) * A_PITCH + r
                                  + l / 8 % 2 * 8);
        else
            ldmatrix(f, a + (r + l % 16) * A_PITCH + k + l / 16 * 8);
    }
    /* Of b for k .. k+15 and columns c .. c+15: two of mma's b. */
    __device__ static void load_b(u32 f[4], const u16 *b, int k, int c)
    {
        const int l = lane_here();
        ldmatrix_trans(f, b + (k + l % 16) * B_PITCH + c + l / 16 * 8);
    }

    __device__ void multiply(const u16 *a, const u16 *b)
    {
        UNROLL
        for (int k = 0; k < STEP; k += 16) {
            u32 fa[2][4], fb[NS / 2][4];
            UNROLL
            for (int i = 0; i < 2; i++)
                load_a(fa[i], a, row0() + 16 * i, k);
            UNROLL
            for (int j = 0; j < NS / 2; j++)
                load_b(fb[j], b, k, col0() + 16 * j);
            UNROLL
            for (int i = 0; i < 2; i++)
                UNROLL
                for (int j = 0; j < NS; j++)
                    mma_bf16(sum[i][j], fa[i], fb[j / 2] + j % 2 * 2);
        }
    }

    /* While one step is multiplied the next is on its way. */
    __device__ void run(const Product &p, i64 m, i64 n)
    {
        SHARED(u16, shared);
        SliceA next_a;
        SliceB next_b;
        u16   *at = shared; /* of two places, in turn */
        UNROLL
        for (int i = 0; i < 2 * NS * 4; i++)
            sum[i / 4 / NS][i / 4 % NS][i % 4] = 0;
        take(next_a, next_b, p, m, n, p.k0);
        for (i64 k = p.k0; k < p.k1; k += STEP) {
            next_a.put(at);
            next_b.put(at + A_SIZE);
            __syncthreads();
            if (k + STEP < p.k1)
                take(next_a, next_b, p, m, n, k + STEP);
            multiply(at, at + A_SIZE);
            at = at == shared ? shared + A_SIZE + B_SIZE : shared;
        }
    }

    template <class End> __device__ void finish(const End &end, const Product &p,
                                                i64 m, i64 n) const
    {
        const int l = lane_here();
        UNROLL
        for (int i = 0; i < 2; i++)
            UNROLL
            for (int j = 0; j < NS; j++)
                UNROLL
                for (int e = 0; e < 4; e++) {
                    const i64 r = m + row0() + 16 * i + l / 4 + e / 2 * 8;
                    const i64 c = n + col0() + 8 * j + l % 4 * 2 + e % 2;
                    if (r < p.M && c < p.N)
                        end.put(r, c, sum[i][j][e]);
                }
    }
};

/* -- A block's tile of float -------------------------------------------------------- */

/* 64 x 64 by 256 threads of 4 x 4; sums in order of k. */
template <bool BY_K> struct TileFp32 {
    enum { BM = 64, BN = 64, THREADS = 256, K_STEP = 16, PITCH = 64 + 4,
           SHARED = 2 * K_STEP * PITCH * 4 };
    float sum[4][4];

    __device__ static float a_at(const Product &p, i64 m, i64 k)
    {
        return m < p.M && k < p.k1 ? (BY_K ? p.a[k * p.lda + m]
                                           : p.a[m * p.lda + k]) : 0;
    }
    __device__ static float b_at(const Product &p, i64 k, i64 n)
    {
        return n < p.N && k < p.k1 ? ((const float *)p.b)[k * p.ldb + n] : 0;
    }

    /* Neighbouring threads take neighbours in memory. */
    __device__ static void take(float *a, float *b, const Product &p, i64 m,
                                i64 n, i64 k)
    {
        for (int i = (int)threadIdx.x; i < 64 * K_STEP; i += THREADS) {
            const int ka = BY_K ? i / 64 : i % K_STEP;
            const int ma = BY_K ? i % 64 : i / K_STEP;
            a[ka * PITCH + ma] = a_at(p, m + ma, k + ka);
            b[i / 64 * PITCH + i % 64] = b_at(p, k + i / 64, n + i % 64);
        }
    }

    __device__ void multiply(const float *a, const float *b, int row, int col)
    {
        UNROLL_4
        for (int k = 0; k < K_STEP; k++) {
            const Piece<4> x = load<4>(a + k * PITCH + row);
            const Piece<4> y = load<4>(b + k * PITCH + col);
            UNROLL
            for (int i = 0; i < 16; i++)
                sum[i / 4][i % 4] = fmaf(x.at[i / 4], y.at[i % 4],
                                         sum[i / 4][i % 4]);
        }
    }

    __device__ static int row0(void) { return (int)threadIdx.x / 16 * 4; }
    __device__ static int col0(void) { return (int)threadIdx.x % 16 * 4; }

    __device__ void run(const Product &p, i64 m, i64 n)
    {
        SHARED(float, a);
        float *b = a + K_STEP * PITCH;
        UNROLL
        for (int i = 0; i < 16; i++)
            sum[i / 4][i % 4] = 0;
        for (i64 k = p.k0; k < p.k1; k += K_STEP) {
            take(a, b, p, m, n, k);
            __syncthreads();
            multiply(a, b, row0(), col0());
            __syncthreads();
        }
    }

    template <class End> __device__ void finish(const End &end, const Product &p,
                                                i64 m, i64 n) const
    {
        UNROLL
        for (int i = 0; i < 16; i++) {
            const i64 r = m + row0() + i / 4, c = n + col0() + i % 4;
            if (r < p.M && c < p.N)
                end.put(r, c, sum[i / 4][i % 4]);
        }
    }
};

#endif
