/* attention_bf16.cu - attention by tensor cores, for heads up to 128 wide.
 *
 * A warp owns 16 rows of one head (queries, or on the way back to keys and values
 * keys), a block a few warps; it goes over tiles of the others, which lie rounded in
 * shared memory beside the block's own rows. What a product leaves in a warp's
 * registers (c) is what the next one wants for its left side (a): scores become
 * weights and weights times values without leaving them, and so it is on the way
 * back, where the scores that keys see are made transposed at once. Sums,
 * exponentials and softmax are float.
 *
 * Heads narrower than 16, 32, 64 or 128 have zeros behind.
 * SOURCE: Dao et al. 2022, arXiv:2205.14135; Dao 2023, arXiv:2307.08691.
 * Contract: attention.cuh. */

#include "kern/cuda/attention.cuh"

enum { TILE = 32, WARP_ROWS = 16, NT = TILE / 8 };

/* A block of W warps over heads of up to S numbers. Shared memory: own rows twice
 * (queries and d_o, or keys and values), a tile of others twice, and of these two
 * numbers each (what was kept, and d_o . o). */
template <int S, int W> struct Form {
    enum { OWN = W * WARP_ROWS, THREADS = W * WARP, PITCH = S + 8,
           OWN_SIZE = OWN * PITCH, TILE_SIZE = TILE * PITCH,
           SHARED = 2 * 2 * (OWN_SIZE + TILE_SIZE) + 2 * TILE * 4,
           STEPS = S / 16, COLS = S / 8 };
};

/* to[rows, S + 8] of rows first .. of a head, rounded; beyond T and width 0. */
template <int S>
__device__ static void rows_load(u16 *to, const float *from, int rows, i64 first,
                                 i64 T, int width, i64 row)
{
    for (int i = (int)threadIdx.x; i < rows * S / 2; i += (int)blockDim.x) {
        const int    r = i / (S / 2), s = i % (S / 2) * 2;
        const bool   in = first + r < T;
        const float *p = from + (first + r) * row + s;
        *(u32 *)(to + r * (S + 8) + s) = bf16_pair(in && s < width ? p[0] : 0,
                                                   in && s + 1 < width ? p[1]
                                                                       : 0);
    }
}

/* Of 16 own rows, numbers k .. k+15: the left side of a product. */
template <int S> __device__ static void left(u32 a[4], const u16 *own, int k)
{
    const int l = lane_here();
    ldmatrix(a, own + (l % 16) * (S + 8) + k + l / 16 * 8);
}

/* The right side, twice 8 columns: of own x tile', columns are rows j .. j+15 of
 * the tile... */
template <int S>
__device__ static void right_turned(u32 b[4], const u16 *tile, int j, int k)
{
    const int l = lane_here();
    ldmatrix(b, tile + (j + l / 16 * 8 + l % 8) * (S + 8) + k + l / 8 % 2 * 8);
}

/* ... and of weights x tile, they are its columns c .. c+15, for rows j .. j+15. */
template <int S>
__device__ static void right(u32 b[4], const u16 *tile, int j, int c)
{
    const int l = lane_here();
    ldmatrix_trans(b, tile + (j + l % 16) * (S + 8) + c + l / 16 * 8);
}

/* sum[NT] = own x tile': of this warp's rows with all of the tile's. */
template <int S>
__device__ static void scores(float (&sum)[NT][4], const u16 *own,
                              const u16 *tile)
{
    UNROLL
    for (int i = 0; i < NT * 4; i++)
        sum[i / 4][i % 4] = 0;
    UNROLL
    for (int k = 0; k < S; k += 16) {
        u32 a[4];
        left<S>(a, own, k);
        UNROLL
        for (int j = 0; j < NT; j += 2) {
            u32 b[4];
            right_turned<S>(b, tile, 8 * j, k);
            mma_bf16(sum[j], a, b);
            mma_bf16(sum[j + 1], a, b + 2);
        }
    }
}

/* sum[S / 8] += weights x tile. */
template <int S>
__device__ static void gather(float (&sum)[S / 8][4], const float (&w)[NT][4],
                              const u16 *tile)
{
    UNROLL
    for (int j = 0; j < NT; j += 2) {
        const u32 a[4] = { bf16_pair(w[j][0], w[j][1]),
                           bf16_pair(w[j][2], w[j][3]),
                           bf16_pair(w[j + 1][0], w[j + 1][1]),
                           bf16_pair(w[j + 1][2], w[j + 1][3]) };
        UNROLL
        for (int c = 0; c < S / 8; c += 2) {
            u32 b[4];
            right<S>(b, tile, 8 * j, 8 * c);
            mma_bf16(sum[c], a, b);
            mma_bf16(sum[c + 1], a, b + 2);
        }
    }
}

/* Of number e of a lane's four: its row among 16, and its column among 8. */
__device__ static int row_in(int e) { return lane_here() / 4 + e / 2 * 8; }
__device__ static int col_in(int e) { return lane_here() % 4 * 2 + e % 2; }

/* A row lies in four neighbouring lanes. */
__device__ static float row_max(float x)
{
    x = fmaxf(x, __shfl_xor_sync(0xffffffffu, x, 1));
    return fmaxf(x, __shfl_xor_sync(0xffffffffu, x, 2));
}
__device__ static float row_sum(float x)
{
    x += __shfl_xor_sync(0xffffffffu, x, 1);
    return x + __shfl_xor_sync(0xffffffffu, x, 2);
}

/* A warp's 16 rows from `first` on, as far as there are any. */
template <int S>
__device__ static void rows_store(float *to, const float (&sum)[S / 8][4],
                                  const float factor[2], i64 first, i64 T,
                                  int width, i64 row)
{
    UNROLL
    for (int c = 0; c < S / 8; c++)
        UNROLL
        for (int e = 0; e < 4; e++)
            if (first + row_in(e) < T && 8 * c + col_in(e) < width)
                to[(first + row_in(e)) * row + 8 * c + col_in(e)] =
                    sum[c][e] * factor[e / 2];
}

/* -- Forward ------------------------------------------------------------------------ */

/* Of a lane's two rows: the largest score so far, and the sum of exponentials. */
struct Soft { float top[2], sum[2]; };

/* Scores to weights; what was summed before shrinks. t: the warp's first query. */
template <int S>
__device__ static void weigh(Soft *soft, float (&w)[NT][4],
                             float (&out)[S / 8][4], i64 first, i64 t,
                             const Heads &n)
{
    float top[2] = { soft->top[0], soft->top[1] }, sum[2] = { 0, 0 };
    UNROLL
    for (int i = 0; i < NT * 4; i++) {
        float     *x = &w[i / 4][i % 4];
        const i64  key = first + 8 * (i / 4) + col_in(i % 4);
        *x = key <= at_most(t + row_in(i % 4), n.T - 1) ? *x * n.scale
                                                        : -INFINITY;
        top[i % 4 / 2] = fmaxf(top[i % 4 / 2], *x);
    }
    top[0] = row_max(top[0]);
    top[1] = row_max(top[1]);
    UNROLL
    for (int i = 0; i < NT * 4; i++) {
        float *x = &w[i / 4][i % 4];
        *x = expf(*x - top[i % 4 / 2]);
        sum[i % 4 / 2] += *x;
    }
    UNROLL
    for (int h = 0; h < 2; h++) {
        const float shrink = expf(soft->top[h] - top[h]);
        soft->sum[h] = soft->sum[h] * shrink + row_sum(sum[h]);
        soft->top[h] = top[h];
        UNROLL
        for (int i = 0; i < S / 8 * 2; i++)
            out[i / 2][2 * h + i % 2] *= shrink;
    }
}

__device__ static void sums_keep(float *keep, const Soft &soft, i64 t, i64 T)
{
    UNROLL
    for (int h = 0; h < 2; h++)
        if (lane_here() % 4 == 0 && t + row_in(2 * h) < T)
            keep[t + row_in(2 * h)] = soft.top[h] + logf(soft.sum[h]);
}

template <int S, int W>
__global__ void __launch_bounds__(W * WARP, 1)
forward_kernel(Runs of, float *o, float *keep, const float *qkv, Heads n,
               i64 tiles)
{
    typedef Form<S, W> F;
    ACTIVE_ONLY(of);
    SHARED(u16, q);
    qkv = mine(of, qkv);
    i64         tile;
    const Place at = place_of(n, tiles, n.H, &tile);
    const i64   begin = tile * F::OWN, t = begin + warp_here() * WARP_ROWS;
    u16        *key = q + F::OWN_SIZE, *value = key + F::TILE_SIZE;
    float       out[S / 8][4] = {}, w[NT][4];
    Soft        soft = { { -INFINITY, -INFINITY }, { 0, 0 } };
    rows_load<S>(q, query_of(n, qkv, at), F::OWN, begin, n.T, (int)n.S, n.row);
    for (i64 first = 0; first < at_most(begin + F::OWN, n.T); first += TILE) {
        __syncthreads();
        rows_load<S>(key, key_of(n, qkv, at), TILE, first, n.T, (int)n.S,
                     n.row);
        rows_load<S>(value, value_of(n, qkv, at), TILE, first, n.T, (int)n.S,
                     n.row);
        __syncthreads();
        if (first >= t + WARP_ROWS)
            continue; /* all of it is this warp's future */
        scores<S>(w, q + warp_here() * WARP_ROWS * F::PITCH, key);
        weigh<S>(&soft, w, out, first, t, n);
        gather<S>(out, w, value);
    }
    const float inverse[2] = { 1 / soft.sum[0], 1 / soft.sum[1] };
    rows_store<S>(mine(of, o) + out_of(n, at), out, inverse, t, n.T, (int)n.S,
                  n.wide);
    sums_keep(mine(of, keep) + sum_of(n, at), soft, t, n.T);
}

/* -- Back, to queries ------------------------------------------------------------------ */

/* score and dp of a warp's queries and a tile of keys become, in score, the
 * gradient of scores. */
__device__ static void slopes(float (&score)[NT][4], const float (&dp)[NT][4],
                              const float kept[2], const float own[2], i64 first,
                              i64 t, const Heads &n)
{
    UNROLL
    for (int i = 0; i < NT * 4; i++) {
        const int  h = i % 4 / 2;
        const i64  query = t + row_in(i % 4);
        const i64  key = first + 8 * (i / 4) + col_in(i % 4);
        const bool sees = key <= query && query < n.T;
        const float w = expf(score[i / 4][i % 4] * n.scale - kept[h]);
        score[i / 4][i % 4] = sees ? w * (dp[i / 4][i % 4] - own[h]) * n.scale
                                   : 0;
    }
}

template <int S, int W>
__global__ void __launch_bounds__(W * WARP, 1)
queries_kernel(Runs of, float *dqkv, const float *d_o, const float *qkv,
               const float *keep, const float *dots, Heads n, i64 tiles)
{
    typedef Form<S, W> F;
    ACTIVE_ONLY(of);
    SHARED(u16, q);
    qkv = mine(of, qkv);
    i64         tile;
    const Place at = place_of(n, tiles, n.H, &tile);
    const i64   begin = tile * F::OWN, t = begin + warp_here() * WARP_ROWS;
    u16        *go = q + F::OWN_SIZE, *key = go + F::OWN_SIZE;
    u16        *value = key + F::TILE_SIZE;
    const int   mine_at = warp_here() * WARP_ROWS * F::PITCH;
    float       sum[S / 8][4] = {}, w[NT][4], dp[NT][4], kept[2], own[2];
    rows_load<S>(q, query_of(n, qkv, at), F::OWN, begin, n.T, (int)n.S, n.row);
    rows_load<S>(go, mine(of, d_o) + out_of(n, at), F::OWN, begin, n.T,
                 (int)n.S, n.wide);
    UNROLL
    for (int h = 0; h < 2; h++) {
        const i64 mark = sum_of(n, at) + at_most(t + row_in(2 * h), n.T - 1);
        kept[h] = mine(of, keep)[mark];
        own[h]  = mine(of, dots)[mark];
    }
    for (i64 first = 0; first < at_most(begin + F::OWN, n.T); first += TILE) {
        __syncthreads();
        rows_load<S>(key, key_of(n, qkv, at), TILE, first, n.T, (int)n.S,
                     n.row);
        rows_load<S>(value, value_of(n, qkv, at), TILE, first, n.T, (int)n.S,
                     n.row);
        __syncthreads();
        if (first >= t + WARP_ROWS)
            continue;
        scores<S>(w, q + mine_at, key);
        scores<S>(dp, go + mine_at, value);
        slopes(w, dp, kept, own, first, t, n);
        gather<S>(sum, w, key);
    }
    const float one[2] = { 1, 1 };
    rows_store<S>(mine(of, dqkv) + (query_of(n, qkv, at) - qkv), sum, one, t,
                  n.T, (int)n.S, n.row);
}

/* -- Back, to keys and values -------------------------------------------------------------- */

/* score and dp of a warp's keys and a tile of queries: score becomes weights, dp
 * the gradient of scores. side[2, TILE]: what was kept, and d_o . o. */
__device__ static void columns(float (&score)[NT][4], float (&dp)[NT][4],
                               const float *side, i64 first, i64 s,
                               const Heads &n)
{
    UNROLL
    for (int i = 0; i < NT * 4; i++) {
        const int  c = 8 * (i / 4) + col_in(i % 4);
        const bool sees = s + row_in(i % 4) <= first + c && first + c < n.T;
        float     *w = &score[i / 4][i % 4], *d = &dp[i / 4][i % 4];
        *w = sees ? expf(*w * n.scale - side[c]) : 0;
        *d = sees ? *w * (*d - side[TILE + c]) * n.scale : 0;
    }
}

__device__ static void side_load(float *side, const float *keep,
                                 const float *dots, i64 first, i64 T)
{
    for (int i = (int)threadIdx.x; i < TILE; i += (int)blockDim.x) {
        side[i]        = first + i < T ? keep[first + i] : 0;
        side[TILE + i] = first + i < T ? dots[first + i] : 0;
    }
}

/* at.h counts heads of keys here; those of queries that look at them follow one
 * another. */
template <int S, int W>
__global__ void __launch_bounds__(W * WARP, 1)
keys_kernel(Runs of, float *dqkv, const float *d_o, const float *qkv,
            const float *keep, const float *dots, Heads n, i64 tiles)
{
    typedef Form<S, W> F;
    ACTIVE_ONLY(of);
    SHARED(u16, key);
    qkv  = mine(of, qkv);
    d_o  = mine(of, d_o);
    keep = mine(of, keep);
    dots = mine(of, dots);
    i64       tile;
    Place     at = place_of(n, tiles, n.KV, &tile);
    const i64 group = n.H / n.KV;
    u16      *value = key + F::OWN_SIZE, *q = value + F::OWN_SIZE;
    u16      *go = q + F::TILE_SIZE;
    float    *side = (float *)(void *)(go + F::TILE_SIZE);
    const int mine_at = warp_here() * WARP_ROWS * F::PITCH;
    float     dk[S / 8][4] = {}, dv[S / 8][4] = {}, w[NT][4], dp[NT][4];
    at.g = at.h;
    tile = tiles - 1 - tile; /* early keys have the longest sums */
    const i64 begin = tile * F::OWN, s = begin + warp_here() * WARP_ROWS;
    rows_load<S>(key, key_of(n, qkv, at), F::OWN, begin, n.T, (int)n.S, n.row);
    rows_load<S>(value, value_of(n, qkv, at), F::OWN, begin, n.T, (int)n.S,
                 n.row);
    for (at.h = at.g * group; at.h < (at.g + 1) * group; at.h++)
        for (i64 first = begin / TILE * TILE; first < n.T; first += TILE) {
            __syncthreads();
            rows_load<S>(q, query_of(n, qkv, at), TILE, first, n.T, (int)n.S,
                         n.row);
            rows_load<S>(go, d_o + out_of(n, at), TILE, first, n.T, (int)n.S,
                         n.wide);
            side_load(side, keep + sum_of(n, at), dots + sum_of(n, at), first,
                      n.T);
            __syncthreads();
            if (first + TILE <= s)
                continue; /* none of it sees this warp's keys */
            scores<S>(w, key + mine_at, q);
            scores<S>(dp, value + mine_at, go);
            columns(w, dp, side, first, s, n);
            gather<S>(dv, w, go);
            gather<S>(dk, dp, q);
        }
    const float one[2] = { 1, 1 };
    dqkv = mine(of, dqkv);
    rows_store<S>(dqkv + (key_of(n, qkv, at) - qkv), dk, one, s, n.T, (int)n.S,
                  n.row);
    rows_store<S>(dqkv + (value_of(n, qkv, at) - qkv), dv, one, s, n.T,
                  (int)n.S, n.row);
}

/* -- Launches ------------------------------------------------------------------------------ */

template <int S, int W>
static void forward(real *o, real *keep, const real *qkv, const Heads &n)
{
    typedef Form<S, W> F;
    const i64 tiles = blocks_for(n.T, F::OWN);
    launch("attention_bf16", forward_kernel<S, W>,
           dim3((unsigned)(tiles * n.B * n.H)), F::THREADS, F::SHARED, o, keep,
           qkv, n, tiles);
}

template <int S, int W>
static void back(real *dqkv, const real *d_o, const real *qkv, const real *keep,
                 const float *dots, const Heads &n)
{
    typedef Form<S, W> F;
    const i64 tiles = blocks_for(n.T, F::OWN);
    launch("attention_queries_bf16", queries_kernel<S, W>,
           dim3((unsigned)(tiles * n.B * n.H)), F::THREADS, F::SHARED, dqkv,
           d_o, qkv, keep, dots, n, tiles);
    launch("attention_keys_bf16", keys_kernel<S, W>,
           dim3((unsigned)(tiles * n.B * n.KV)), F::THREADS, F::SHARED, dqkv,
           d_o, qkv, keep, dots, n, tiles);
}

bool attention_bf16_takes(const Heads &n) { return n.S <= 128; }

/* Few warps where a sequence is short: none idles beyond its end. */
#define BY_FORM(call)                            \
    do {                                         \
        if (n.T <= 32 && n.S <= 16)              \
            call(16, 2);                         \
        else if (n.T <= 32 && n.S <= 32)         \
            call(32, 2);                         \
        else if (n.S <= 16)                      \
            call(16, 4);                         \
        else if (n.S <= 32)                      \
            call(32, 4);                         \
        else if (n.S <= 64)                      \
            call(64, 4);                         \
        else                                     \
            call(128, 4);                        \
    } while (0)

void attention_bf16(real *o, real *keep, const real *qkv, const Heads &n)
{
#define FORWARD(S, W) forward<S, W>(o, keep, qkv, n)
    BY_FORM(FORWARD);
}

void attention_back_bf16(real *dqkv, const real *d_o, const real *qkv,
                         const real *keep, const float *dots, const Heads &n)
{
#define BACK(S, W) back<S, W>(dqkv, d_o, qkv, keep, dots, n)
    BY_FORM(BACK);
}
