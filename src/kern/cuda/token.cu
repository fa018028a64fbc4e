/* token.cu - tokens in, tokens out: embeddings and the classifier's loss.
 *
 * The way back from an embedding adds rows of dx to the rows of dtoken that
 * their tokens name, and sums must be taken in a fixed order. So each row of
 * dtoken has one owner, a block that looks through all tokens for its own: where
 * the vocabulary is no larger than the pass, a block per word; else a block per
 * place of the pass, which leaves at once where its token has been seen before,
 * for then an earlier block owns it. A block's warps look through a stretch of
 * the pass each, and their sums are added in the order of the stretches.
 * Looking costs min(V, R) R / 32 loads of a warp from the nearest cache.
 *
 * The loss of short rows is made by a warp that keeps the row in its registers;
 * that of longer ones by a block in two readings: the largest and the sum of
 * exponentials at once, each thread beginning anew where it meets a larger one,
 * then the gradient in place. What additions of floats lose is summed, too.
 *
 * Contracts: kern.h, device.h. */

#include "kern/cuda/parts.cuh"
#include "kern/cuda/block.cuh"

/* Blocks of rows that are very long are large: the fewer rows are on their way,
 * the more of them is still in the second-level cache when it is read again. */
enum { WARPS = 8, THREADS = WARPS * WARP, LARGE = 1024, VERY_LONG = 1 << 14 };

/* -- Embeddings ------------------------------------------------------------------ */

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

/* -- Cross-entropy: short rows ----------------------------------------------------- */

struct Xent {
    float       *loss, *dz;
    const float *z;
    const i32   *y;
    i64          R, V;
    float        scale, z_loss;
};

static __device__ inline Xent xent_here(const Runs &of, Xent x)
{
    x.loss = mine(of, x.loss), x.dz = mine(of, x.dz);
    x.z = mine(of, x.z), x.y = mine(of, x.y);
    return x;
}

/* What all of a row are multiplied by, and its loss, from the largest score and
 * the sum of exponentials. */
static __device__ inline float row_factor(float *loss, const Xent &x, i64 r, float top,
                                   double sum)
{
    const double length = log(sum);
    const double more = 2 * (double)x.z_loss * (length + (double)top);
    *loss = (float)(length + ((double)top - (double)x.z[r * x.V + x.y[r]]));
    return (float)((double)x.scale * (1 + more) / sum);
}

enum { SHORT = 32 }; /* numbers of a short row to a lane, at most */

template <int K>
static __global__ void __launch_bounds__(THREADS) xent_short_kernel(Runs of, Xent run_0)
{
    ACTIVE_ONLY(of);
    const Xent x = xent_here(of, run_0);
    const i64  r = (i64)blockIdx.x * WARPS + warp_here();
    const int  lane = lane_here(), V = (int)x.V;
    if (r >= x.R)
        return;
    const i32    word = x.y[r];
    const float *z = x.z + r * V;
    float        e[K], top = -FLT_MAX;
    UNROLL for (int k = 0; k < K; k++) {
        e[k] = k * WARP + lane < V ? z[k * WARP + lane] : -INFINITY;
        top  = fmaxf(top, e[k]);
    }
    top = warp_max(top);
    float own = 0;
    UNROLL for (int k = 0; k < K; k++) {
        e[k] = expf(e[k] - top);
        own += e[k];
    }
    const double sum = warp_sum((double)own);
    float        loss = 0;
    const float  by = word < 0 ? 0 : row_factor(&loss, x, r, top, sum);
    __syncwarp(); /* z[y] is read before dz, which may be z, is written */
    if (lane == 0)
        x.loss[r] = loss;
    if (!x.dz)
        return;
    UNROLL for (int k = 0; k < K; k++)
        if (k * WARP + lane < V)
            x.dz[r * V + k * WARP + lane] =
                word < 0 ? 0 : e[k] * by
                               - (k * WARP + lane == word ? x.scale : 0);
}

/* -- Cross-entropy: long rows ------------------------------------------------------- */

/* A sum of exp(z - top) for the largest z so far, and what its roundings lost:
 * exact but where a term is larger than all before it (cpu_xent.inc.h). */
struct Heap { float top, all, lost; };

static __device__ inline void heap_take(Heap *h, float z)
{
    if (z > h->top) {
        const float fall = expf(h->top - z);
        h->all *= fall, h->lost *= fall, h->top = z;
    }
    const float term = expf(z - h->top), all = h->all + term;
    h->lost += term - (all - h->all);
    h->all = all;
}

template <int threads>
static __device__ inline Heap heap_row(const float *z, i64 V)
{
    Heap h = { -FLT_MAX, 0, 0 };
    i64  v = threadIdx.x;
    for (; v + (AHEAD - 1) * threads < V; v += AHEAD * threads) {
        float next[AHEAD];
        UNROLL for (int k = 0; k < AHEAD; k++)
            next[k] = z[v + k * threads];
        UNROLL for (int k = 0; k < AHEAD; k++)
            heap_take(&h, next[k]);
    }
    for (; v < V; v += threads)
        heap_take(&h, z[v]);
    return h;
}

/* From the end back: what was read last is nearest. */
template <int threads>
static __device__ inline void row_back(const Xent &x, i64 r, float top,
                                       float by)
{
    const i32    word = x.y[r];
    const float *z = x.z + r * x.V;
    float       *dz = x.dz + r * x.V;
    UNROLL_4 for (i64 v = x.V - 1 - threadIdx.x; v >= 0; v -= threads) {
        const float e = word < 0 ? 0 : expf(z[v] - top) * by;
        dz[v] = e - (v == word ? x.scale : 0);
    }
}

template <int threads>
static __global__ void __launch_bounds__(threads)
xent_kernel(Runs of, Xent run_0)
{
    ACTIVE_ONLY(of);
    SHARED(double, shared);
    const Xent   x = xent_here(of, run_0);
    const i64    r = blockIdx.x;
    const Heap   h = heap_row<threads>(x.z + r * x.V, x.V);
    const float  top = block_max(h.top, shared);
    const double own = ((double)h.all + (double)h.lost)
                     * exp((double)h.top - (double)top);
    const double sum = block_sum(own, shared);
    float        loss = 0;
    const float  by = x.y[r] < 0 ? 0 : row_factor(&loss, x, r, top, sum);
    __syncthreads(); /* z[y] is read before dz, which may be z, is written */
    if (threadIdx.x == 0)
        x.loss[r] = loss;
    if (x.dz)
        row_back<threads>(x, r, top, by);
}

void xent_cu(real *loss, real *dz, const real *z, const i32 *y, i64 R, i64 V,
             real scale, real z_loss)
{
    const Xent x = { loss, dz, z, y, R, V, scale, z_loss };
    if (V > SHORT * WARP) {
        const int threads = V > VERY_LONG ? LARGE : THREADS;
        launch("xent", V > VERY_LONG ? xent_kernel<LARGE>
                                     : xent_kernel<THREADS>,
               dim3((unsigned)R), threads,
               threads / WARP * (i64)sizeof(double), x);
        return;
    }
    launch("xent short", V <= 4 * WARP    ? xent_short_kernel<4>
                         : V <= 8 * WARP  ? xent_short_kernel<8>
                         : V <= 16 * WARP ? xent_short_kernel<16>
                                          : xent_short_kernel<SHORT>,
           dim3(blocks_for(R, WARPS)), THREADS, 0, x);
}
