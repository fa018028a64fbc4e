/* token.cu - tokens in: embeddings, and the way back from them.
 *
 * The way back from an embedding adds rows of dx to the rows of dtoken that
 * their tokens name, and sums must be taken in a fixed order. So each row of
 * dtoken has one owner, a block that looks through all tokens for its own:
 * where the vocabulary is no larger than the pass, a block per word; else a
 * block per place of the pass, which leaves at once where its token has been
 * seen before, for then an earlier block owns it. A block's warps look
 * through a stretch of the pass each, and their sums are added in the order
 * of the stretches. Looking costs min(V, R) R / 32 loads of a warp from the
 * nearest cache.
 *
 * Contracts: kern.h, device.h. */

#include "kern/cuda/parts.cuh"
#include "kern/cuda/block.cuh"

enum { WARPS = 8, THREADS = WARPS * WARP };

/* A warp takes a row. */
template <int W>
static __global__ void __launch_bounds__(THREADS)
embed_kernel(Runs of, float *x, const float *token, const float *position,
             const i32 *id, i64 R, i64 T, i64 C)
{
    ACTIVE_ONLY(of);
    const i64 r = (i64)blockIdx.x * WARPS + warp_here();
    if (r >= R)
        return;
    const i32 word = mine(of, id)[r];
    x = mine(of, x) + r * C;
    token = mine(of, token) + (i64)(word < 0 ? 0 : word) * C;
    position = position ? mine(of, position) + r % T * C : NULL;
    for (i64 c = lane_here() * W; c < C; c += WARP * W) {
        Piece<W> out = load<W>(token + c), p = {};
        if (position)
            p = load<W>(position + c);
        for (int i = 0; i < W; i++)
            out.at[i] += p.at[i];
        store(x + c, out);
    }
}

void embed_cu(real *x, const real *token, const real *position, const i32 *id,
              i64 R, i64 T, i64 C, i64)
{
    const bool wide = C % 4 == 0 && on_16(x, token, position);
    launch("embed", wide ? embed_kernel<4> : embed_kernel<1>,
           dim3(blocks_for(R, WARPS)), THREADS, 0, x, token, position, id, R,
           T, C);
}

enum { AHEAD = 4 }; /* loads on their way before the first is needed */

/* Is one of id[0..n-1] this word? All of a warp ask together. */
static __device__ inline bool seen(const i32 *id, i64 n, i32 word)
{
    for (i64 r = lane_here(); r - lane_here() < n; r += AHEAD * WARP) {
        bool same = false;
        UNROLL for (int k = 0; k < AHEAD; k++)
            same |= r + k * WARP < n && id[r + k * WARP] == word;
        if (__ballot_sync(0xffffffffu, same))
            return true;
    }
    return false;
}

enum { COLUMNS = 4, CHUNK = COLUMNS * WARP }; /* of a block, a lane's apart */

/* The rows that `of` names, from row r on; AHEAD of them are taken off it. */
static __device__ inline u32 rows_take(float sum[COLUMNS], const float *dx,
                                       u32 of, i64 r, i64 C, i64 left)
{
    float next[AHEAD][COLUMNS];
    UNROLL for (int n = 0; n < AHEAD; n++) {
        const float *row = of ? dx + (r + __ffs((int)of) - 1) * C : NULL;
        UNROLL for (int k = 0; k < COLUMNS; k++)
            next[n][k] = row && k * WARP < left ? row[k * WARP] : 0;
        of &= of - 1;
    }
    UNROLL for (int n = 0; n < AHEAD; n++)
        UNROLL for (int k = 0; k < COLUMNS; k++)
            sum[k] += next[n][k];
    return of;
}

/* sum[k] += column k of all rows r in [from, to) with id[r] = word. */
static __device__ inline void gather_rows(float sum[COLUMNS], const float *dx,
                                          const i32 *id, i32 word, i64 from,
                                          i64 to, i64 C, i64 left)
{
    for (i64 r = from; r < to; r += WARP) {
        const i64  at = r + lane_here();
        const bool same = at < to && id[at] == word;
        u32        of = __ballot_sync(0xffffffffu, same);
        while (of)
            of = rows_take(sum, dx, of, r, C, left);
    }
}

static __global__ void __launch_bounds__(THREADS)
embed_back_kernel(Runs of, float *dtoken, const float *dx, const i32 *id,
                  i64 R, i64 C, bool by_word)
{
    ACTIVE_ONLY(of);
    SHARED(float, shared); /* [WARPS, CHUNK] */
    id = mine(of, id);
    const i32 word = by_word ? (i32)blockIdx.x : id[blockIdx.x];
    if (word < 0 || (!by_word && seen(id, blockIdx.x, word)))
        return; /* all warps of the block alike */
    const i64 first = (i64)blockIdx.y * CHUNK + lane_here();
    const i64 begin = by_word ? 0 : blockIdx.x; /* none before it */
    const i64 each = (R - begin + WARPS - 1) / WARPS;
    const i64 from = begin + warp_here() * each;

    float sum[COLUMNS] = {};
    gather_rows(sum, mine(of, dx) + first, id, word, from,
                at_most(R, from + each), C, C - first);
    for (int k = 0; k < COLUMNS; k++)
        shared[warp_here() * CHUNK + k * WARP + lane_here()] = sum[k];
    __syncthreads();
    const i64 c = (i64)blockIdx.y * CHUNK + threadIdx.x;
    if (threadIdx.x >= CHUNK || c >= C)
        return;
    float all = 0;
    for (int w = 0; w < WARPS; w++)
        all += shared[w * CHUNK + threadIdx.x];
    mine(of, dtoken)[(i64)word * C + c] += all;
}

/* A thread has one number of dposition. */
static __global__ void __launch_bounds__(THREADS)
position_back_kernel(Runs of, float *dposition, const float *dx,
                     const i32 *id, i64 R, i64 T, i64 C)
{
    ACTIVE_ONLY(of);
    const i64 at = (i64)blockIdx.x * THREADS + threadIdx.x;
    if (at >= at_most(T, R) * C)
        return;
    float sum = 0;
    dx = mine(of, dx), id = mine(of, id);
    for (i64 r = at / C; r < R; r += T)
        sum += id[r] < 0 ? 0 : dx[r * C + at % C];
    mine(of, dposition)[at] += sum;
}

void embed_back_cu(real *dtoken, real *dposition, const real *dx,
                   const i32 *id, i64 R, i64 T, i64 C, i64 V)
{
    const dim3 grid((unsigned)i64_min(V, R), blocks_for(C, CHUNK));
    launch("embed back", embed_back_kernel, grid, THREADS,
           WARPS * CHUNK * (i64)sizeof(float), dtoken, dx, id, R, C, V <= R);
    if (dposition)
        launch("position back", position_back_kernel,
               dim3(blocks_for(i64_min(T, R) * C, THREADS)), THREADS, 0,
               dposition, dx, id, R, T, C);
}
