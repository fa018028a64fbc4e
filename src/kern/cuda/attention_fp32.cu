/* attention_fp32.cu - attention in float, for heads up to 256 wide.
 *
 * A block owns 32 rows of one head (queries, or on the way back to keys and values
 * keys), four threads a row, and goes over tiles of 32 of the others. A thread has
 * every fourth of the 32 weights of its row and every fourth of its row's numbers,
 * and the four of a row are neighbours in a warp.
 * Contract: attention.cuh. */

#include "kern/cuda/attention.cuh"

enum { ROWS = 32, FOUR = 4, THREADS = ROWS * FOUR, EACH = ROWS / FOUR,
       S_MOST = 256, P_PITCH = ROWS + 1 };

__device__ static int row_here(void) { return (int)threadIdx.x / FOUR; }
__device__ static int quarter(void) { return (int)threadIdx.x % FOUR; }

/* tile[ROWS, S + 1] of rows first .. of a head; beyond T 0. Dividing 32 bits, not
 * 64, is what keeps this from taking longer than the sums. */
__device__ static void tile_load(float *tile, const float *from, i64 first,
                                 i64 T, i64 S, i64 row)
{
    const unsigned size = (unsigned)S;
    for (unsigned i = threadIdx.x; i < ROWS * size; i += THREADS) {
        const unsigned r = i / size, s = i % size;
        tile[r * (size + 1) + s] = first + r < T ? from[(first + r) * row + s]
                                              : 0;
    }
}

__device__ static float dot(const float *a, const float *b, i64 S)
{
    const int size = (int)S;
    float     sum = 0;
    for (int s = 0; s < size; s++)
        sum = fmaf(a[s], b[s], sum);
    return sum;
}

/* sum[i] += w[ROWS] of this row, times tile's column 4 i + quarter, of which
 * there are `left`; lines of the tile are `pitch` apart. */
template <int MOST>
__device__ static void gather(float (&sum)[MOST / FOUR], const float *w,
                              const float *tile, int left, int pitch)
{
    for (int k = 0; k < ROWS; k++) {
        const float  x = w[k];
        const float *line = tile + k * pitch + quarter();
        UNROLL
        for (int i = 0; i < MOST / FOUR; i++)
            if (FOUR * i + quarter() < left)
                sum[i] = fmaf(x, line[FOUR * i], sum[i]);
    }
}

template <int MOST>
__device__ static void row_store(float *to, const float (&sum)[MOST / FOUR],
                                 float factor, int left)
{
    UNROLL
    for (int i = 0; i < MOST / FOUR; i++)
        if (FOUR * i + quarter() < left)
            to[FOUR * i + quarter()] = sum[i] * factor;
}

/* -- Forward --------------------------------------------------------------------- */

/* The softmax of what has been seen so far: the sums are of exp(score - top). */
struct Soft { float top, sum; };

/* Scores of this row's tile become weights in p[ROWS]; returns by what earlier
 * sums shrink. t: the query. */
__device__ static float weigh(Soft *soft, float *p, const float *q,
                              const float *key, i64 first, i64 t,
                              const Heads &n)
{
    float score[EACH], top = soft->top, sum = 0;
    UNROLL
    for (int j = 0; j < EACH; j++) {
        const int k = FOUR * j + quarter();
        score[j] = first + k <= t ? dot(q, key + k * (n.S + 1), n.S) * n.scale
                                  : -INFINITY;
        top = fmaxf(top, score[j]);
    }
    top = row_max(top);
    UNROLL
    for (int j = 0; j < EACH; j++) {
        const float w = expf(score[j] - top);
        p[FOUR * j + quarter()] = w;
        sum += w;
    }
    const float shrink = expf(soft->top - top);
    soft->sum = soft->sum * shrink + row_sum(sum);
    soft->top = top;
    return shrink;
}

template <int MOST>
__global__ void __launch_bounds__(THREADS, 1)
forward_kernel(Runs of, float *o, float *keep, const float *qkv, Heads n,
               i64 tiles)
{
    ACTIVE_ONLY(of);
    SHARED(float, q);
    qkv = mine(of, qkv);
    i64          tile;
    const Place  at = place_of(n, tiles, n.H, &tile);
    const i64    size = ROWS * (n.S + 1), t = tile * ROWS + row_here();
    const i64    seen = at_most(t, n.T - 1); /* rows beyond see the last's */
    float       *key = q + size, *value = key + size;
    float       *p = value + size + row_here() * P_PITCH;
    float        sum[MOST / FOUR] = {};
    Soft         soft = { -INFINITY, 0 };
    tile_load(q, query_of(n, qkv, at), tile * ROWS, n.T, n.S, n.row);
    for (i64 first = 0; first <= tile * ROWS; first += ROWS) {
        __syncthreads();
        tile_load(key, key_of(n, qkv, at), first, n.T, n.S, n.row);
        tile_load(value, value_of(n, qkv, at), first, n.T, n.S, n.row);
        __syncthreads();
        const float shrink = weigh(&soft, p, q + row_here() * (n.S + 1), key,
                                   first, seen, n);
        __syncwarp();
        UNROLL
        for (int i = 0; i < MOST / FOUR; i++)
            sum[i] *= shrink;
        gather<MOST>(sum, p, value, (int)n.S, (int)n.S + 1);
    }
    if (t >= n.T)
        return;
    row_store<MOST>(mine(of, o) + out_of(n, at) + t * n.wide, sum,
                    1 / soft.sum, (int)n.S);
    if (quarter() == 0)
        mine(of, keep)[sum_of(n, at) + t] = soft.top + logf(soft.sum);
}

/* -- Back, to queries --------------------------------------------------------------- */

/* The gradient of this row's scores in a tile of keys, in ds[ROWS]. */
__device__ static void slopes(float *ds, const float *q, const float *d_o,
                              const float *key, const float *value, float kept,
                              float own, i64 first, i64 t, const Heads &n)
{
    UNROLL
    for (int j = 0; j < EACH; j++) {
        const int  k = FOUR * j + quarter();
        const bool sees = first + k <= t && t < n.T;
        float      slope = 0;
        if (sees) {
            const float score = dot(q, key + k * (n.S + 1), n.S) * n.scale;
            const float dp = dot(d_o, value + k * (n.S + 1), n.S);
            slope = expf(score - kept) * (dp - own) * n.scale;
        }
        ds[k] = slope;
    }
}

template <int MOST>
__global__ void __launch_bounds__(THREADS, 1)
queries_kernel(Runs of, AttendBack run_0, Heads n, i64 tiles)
{
    ACTIVE_ONLY(of);
    SHARED(float, q);
    const AttendBack b = back_here(of, run_0);
    i64         tile;
    const Place at = place_of(n, tiles, n.H, &tile);
    const i64   size = ROWS * (n.S + 1), t = tile * ROWS + row_here();
    const i64   mark = sum_of(n, at) + at_most(t, n.T - 1);
    float      *go = q + size, *key = go + size, *value = key + size;
    float      *ds = value + size + row_here() * P_PITCH;
    const float kept = b.keep[mark], own = b.dots[mark];
    float       sum[MOST / FOUR] = {};
    tile_load(q, query_of(n, b.qkv, at), tile * ROWS, n.T, n.S, n.row);
    tile_load(go, b.d_o + out_of(n, at), tile * ROWS, n.T, n.S, n.wide);
    for (i64 first = 0; first <= tile * ROWS; first += ROWS) {
        __syncthreads();
        tile_load(key, key_of(n, b.qkv, at), first, n.T, n.S, n.row);
        tile_load(value, value_of(n, b.qkv, at), first, n.T, n.S, n.row);
        __syncthreads();
        slopes(ds, q + row_here() * (n.S + 1), go + row_here() * (n.S + 1),
               key, value, kept, own, first, t, n);
        __syncwarp();
        gather<MOST>(sum, ds, key, (int)n.S, (int)n.S + 1);
    }
    if (t < n.T)
        row_store<MOST>(b.dqkv + (query_of(n, b.qkv, at) - b.qkv) + t * n.row,
                        sum, 1, (int)n.S);
}

/* -- Back, to keys and values ---------------------------------------------------------- */

/* For this row's key s: weights and slopes of a tile of queries, in p and ds. */
__device__ static void columns(float *p, float *ds, const float *key,
                               const float *value, const float *q,
                               const float *d_o, const float *kept,
                               const float *own, i64 first, i64 s,
                               const Heads &n)
{
    UNROLL
    for (int j = 0; j < EACH; j++) {
        const int k = FOUR * j + quarter();
        const i64 t = first + k;
        float     weight = 0, slope = 0;
        if (s <= t && t < n.T) {
            const float score = dot(q + k * (n.S + 1), key, n.S) * n.scale;
            const float dp = dot(d_o + k * (n.S + 1), value, n.S);
            weight = expf(score - kept[t]);
            slope  = weight * (dp - own[t]) * n.scale;
        }
        p[k]  = weight;
        ds[k] = slope;
    }
}

/* at.h counts heads of keys here; those of queries that look at them follow one
 * another. Of heads wider than MOST a launch makes columns `from` on. */
template <int MOST>
__global__ void __launch_bounds__(THREADS, 1)
keys_kernel(Runs of, AttendBack run_0, Heads n, i64 tiles, int from)
{
    ACTIVE_ONLY(of);
    SHARED(float, key);
    const AttendBack b = back_here(of, run_0);
    i64         tile;
    Place       at = place_of(n, tiles, n.KV, &tile);
    const i64   size = ROWS * (n.S + 1);
    const int   group = (int)(n.H / n.KV);
    float      *value = key + size, *q = value + size, *go = q + size;
    float      *p = go + size + row_here() * P_PITCH, *ds = p + ROWS * P_PITCH;
    float       dk[MOST / FOUR] = {}, dv[MOST / FOUR] = {};
    const int   left = (int)n.S - from, pitch = (int)n.S + 1;
    at.g = at.h;
    tile = tiles - 1 - tile; /* early keys have the longest sums */
    const i64 s = tile * ROWS + row_here();
    tile_load(key, key_of(n, b.qkv, at), tile * ROWS, n.T, n.S, n.row);
    tile_load(value, value_of(n, b.qkv, at), tile * ROWS, n.T, n.S, n.row);
    for (at.h = at.g * group; at.h < (at.g + 1) * group; at.h++)
        for (i64 first = tile * ROWS; first < n.T; first += ROWS) {
            __syncthreads();
            tile_load(q, query_of(n, b.qkv, at), first, n.T, n.S, n.row);
            tile_load(go, b.d_o + out_of(n, at), first, n.T, n.S, n.wide);
            __syncthreads();
            columns(p, ds, key + row_here() * (n.S + 1),
                    value + row_here() * (n.S + 1), q, go,
                    b.keep + sum_of(n, at), b.dots + sum_of(n, at), first, s,
                    n);
            __syncwarp();
            gather<MOST>(dv, p, go + from, left, pitch);
            gather<MOST>(dk, ds, q + from, left, pitch);
        }
    if (s >= n.T)
        return;
    float *to = b.dqkv + s * n.row + from;
    row_store<MOST>(to + (key_of(n, b.qkv, at) - b.qkv), dk, 1, left);
    row_store<MOST>(to + (value_of(n, b.qkv, at) - b.qkv), dv, 1, left);
}

/* -- Launches ------------------------------------------------------------------------- */

static i64 shared_of(const Heads &n, int tiles, int weights)
{
    return (tiles * ROWS * (n.S + 1) + weights * ROWS * P_PITCH) * 4;
}

template <int MOST>
static void forward(real *o, real *keep, const real *qkv, const Heads &n)
{
    const i64 tiles = blocks_for(n.T, ROWS);
    launch("attention_fp32", forward_kernel<MOST>,
           dim3((unsigned)(tiles * n.B * n.H)), THREADS, shared_of(n, 3, 1), o,
           keep, qkv, n, tiles);
}

template <int MOST>
static void back(const AttendBack &b, const Heads &n)
{
    const i64 tiles = blocks_for(n.T, ROWS);
    launch("attention_queries_fp32", queries_kernel<MOST>,
           dim3((unsigned)(tiles * n.B * n.H)), THREADS, shared_of(n, 4, 1),
           b, n, tiles);
    constexpr int most = MOST < S_MOST ? MOST : S_MOST / 2; /* of registers */
    for (int from = 0; from < n.S; from += most)
        launch("attention_keys_fp32", keys_kernel<most>,
               dim3((unsigned)(tiles * n.B * n.KV)), THREADS,
               shared_of(n, 4, 2), b, n, tiles, from);
}

static void too_wide(void)
{
    launch_failed(cudaErrorInvalidValue, "attention: heads of more than 256");
}

void attention_fp32(real *o, real *keep, const real *qkv, const Heads &n)
{
    n.S <= 16    ? forward<16>(o, keep, qkv, n)
    : n.S <= 64  ? forward<64>(o, keep, qkv, n)
    : n.S <= 128 ? forward<128>(o, keep, qkv, n)
    : n.S <= S_MOST ? forward<S_MOST>(o, keep, qkv, n) : too_wide();
}

void attention_back_fp32(const AttendBack &b, const Heads &n)
{
    n.S <= 16    ? back<16>(b, n)
    : n.S <= 64  ? back<64>(b, n)
    : n.S <= 128 ? back<128>(b, n)
    : n.S <= S_MOST ? back<S_MOST>(b, n) : too_wide();
}
