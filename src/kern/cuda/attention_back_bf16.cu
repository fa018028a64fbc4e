/* attention_back_bf16.cu - attention by tensor cores, for heads up to 128 wide: the
 * way back.
 *
 * Weights are made again from scores and what was kept. With dp = d_o . v and
 * d = d_o . o of a query, the gradient of a score is w (dp - d). One kernel owns
 * queries and makes their gradient (and d, which the other one needs); the other
 * owns keys, for which the scores that they see are made transposed at once, and
 * goes over the queries of all heads that look at them, one head after the other:
 * each sum is one warp's, in an order that sizes fix.
 *
 * SOURCE: Dao 2023, arXiv:2307.08691, algorithm 2. Contract: attention.cuh. */

#include "kern/cuda/attention_bf16.cuh"

/* -- To queries -------------------------------------------------------------- */

/* The block's own rows of d_o, and of each its dot with o, which every S / 4
 * neighbours have a part of: dot[OWN], and for the other kernel dots[T]. */
template <class F>
__device__ static void own_dots(u16 *to, float *dot, float *dots,
                                const Rows &d_o, const Rows &o, int first)
{
    const Part<F> of_d_o(d_o, first), of_o(o, first);
    for (int turn = 0; turn < F::S / 8; turn++) {
        const int      i = turn * F::THREADS + (int)threadIdx.x;
        const int      r = i / (F::S / 4), s = i % (F::S / 4);
        const Piece<4> x = of_d_o.turn(turn), y = of_o.turn(turn);
        float          sum = 0;
        UNROLL
        for (int k = 0; k < 4; k++)
            sum = fmaf(x.at[k], y.at[k], sum);
        UNROLL
        for (int k = F::S / 8; k > 0; k /= 2)
            sum += __shfl_xor_sync(0xffffffffu, sum, k);
        four_put<F>(to, i, x);
        if (s == 0) {
            dot[r] = sum;
            if (first + r < d_o.T)
                dots[first + r] = sum;
        }
    }
}

/* score and dp of a warp's queries and a tile of keys become, in score, the
 * gradient of scores but for its scale. kept: of a lane's two queries, infinite
 * where there is none. */
template <class F>
__device__ static void slopes(float (&score)[F::NT][4],
                              const float (&dp)[F::NT][4], const float kept[2],
                              const float own[2], float factor, int first, int t)
{
    const bool all = first + F::TILE - 1 <= t; /* of the tile is seen */
    UNROLL
    for (int i = 0; i < F::NT * 4; i++) {
        const int   h = i % 4 / 2;
        float      *x = &score[i / 4][i % 4];
        const bool  sees = all || first + 8 * (i / 4) + col_in(i % 4)
                                      <= t + row_in(i % 4);
        const float w = power_of_2(fmaf(*x, factor, -kept[h]));
        *x = sees ? w * (dp[i / 4][i % 4] - own[h]) : 0;
    }
}

template <class F, int BLOCKS>
__global__ void __launch_bounds__(F::THREADS, BLOCKS)
queries_kernel(Runs of, AttendBack run_0, Heads n, i64 tiles)
{
    ACTIVE_ONLY(of);
    SHARED(u16, q);
    const AttendBack b = back_here(of, run_0);
    i64         tile;
    const Place at = place_of(n, tiles, n.H, &tile);
    const int   begin = (int)tile * F::OWN;
    const int   t = begin + warp_here() * WARP_ROWS;
    const int   end = (int)at_most(begin + F::OWN, n.T);
    const Rows  keys = rows_of(n, key_of(n, b.qkv, at), n.row);
    const Rows  values = values_of(n, keys);
    const float factor = n.scale * LOG2_E;
    u16        *go = q + F::OWN_SIZE, *key = go + F::OWN_SIZE;
    u16        *value = key + F::TILE_SIZE;
    float      *dot = (float *)(void *)(value + F::TILE_SIZE);
    float       sum[F::NS][4] = {}, w[F::NT][4], dp[F::NT][4];
    float       kept[2], own[2];
    Carried<F>  next;
    const float *keep = b.keep + sum_of(n, at);
    next.take(values, 0);
    own_load<F>(q, rows_of(n, query_of(n, b.qkv, at), n.row), begin);
    own_dots<F>(go, dot, b.dots + sum_of(n, at),
                rows_of(n, b.d_o + out_of(n, at), n.wide),
                rows_of(n, b.o + out_of(n, at), n.wide), begin);
    __syncthreads();
    q += warp_here() * F::WARP_SIZE;
    go += warp_here() * F::WARP_SIZE;
    UNROLL
    for (int h = 0; h < 2; h++) {
        const int r = t + row_in(2 * h);
        kept[h] = r < n.T ? keep[r] * LOG2_E : INFINITY;
        own[h]  = dot[r - begin];
    }
    for (int first = 0; first < end; first += F::TILE) {
        const bool sees = first < t + WARP_ROWS;
        next.put(value);
        __syncthreads();
        next.take(keys, first);
        if (sees)
            scores<F>(dp, go, value);
        next.put(key);
        __syncthreads();
        if (first + F::TILE < end)
            next.take(values, first + F::TILE);
        if (sees) {
            scores<F>(w, q, key);
            slopes<F>(w, dp, kept, own, factor, first, t);
            gather<F>(sum, w, key);
        }
    }
    rows_store<F>(b.dqkv + (query_of(n, b.qkv, at) - b.qkv), sum, n.scale,
                  n.scale, t, n.row, n);
}

/* -- To keys and values ------------------------------------------------------ */

/* Scores of a warp's keys and a tile of queries become weights. kept[TILE]: of the
 * queries. */
template <class F>
__device__ static void weigh(float (&w)[F::NT][4], const float *kept,
                             float factor, int first, int s)
{
    const bool all = first >= s + WARP_ROWS - 1; /* of the tile sees all keys */
    UNROLL
    for (int i = 0; i < F::NT * 4; i++) {
        const int   c = 8 * (i / 4) + col_in(i % 4);
        float      *x = &w[i / 4][i % 4];
        const bool  sees = all || s + row_in(i % 4) <= first + c;
        const float e = power_of_2(fmaf(*x, factor, -kept[c]));
        *x = sees ? e : 0;
    }
}

/* dp becomes the gradient of scores, but for its scale. */
template <class F>
__device__ static void slope(float (&dp)[F::NT][4], const float (&w)[F::NT][4],
                             const float *dot)
{
    UNROLL
    for (int i = 0; i < F::NT * 4; i++)
        dp[i / 4][i % 4] = w[i / 4][i % 4]
                         * (dp[i / 4][i % 4] - dot[8 * (i / 4) + col_in(i % 4)]);
}

/* side[2, TILE] of a tile of queries: what was kept, and d_o . o. */
template <class F>
__device__ static void side_load(float *side, const float *keep,
                                 const float *dots, int first, i64 T)
{
    for (int i = (int)threadIdx.x; i < F::TILE; i += F::THREADS) {
        side[i] = first + i < T ? keep[first + i] * LOG2_E : INFINITY;
        side[F::TILE + i] = first + i < T ? dots[first + i] : 0;
    }
}

/* at.h counts heads of keys first, then those of queries that look at them. */
template <class F, int BLOCKS>
__global__ void __launch_bounds__(F::THREADS, BLOCKS)
keys_kernel(Runs of, AttendBack run_0, Heads n, i64 tiles)
{
    ACTIVE_ONLY(of);
    SHARED(u16, key);
    const AttendBack b = back_here(of, run_0);
    i64         tile;
    Place       at = place_of(n, tiles, n.KV, &tile);
    const float factor = n.scale * LOG2_E;
    u16        *value = key + F::OWN_SIZE, *q = value + F::OWN_SIZE;
    u16        *go = q + 2 * F::TILE_SIZE; /* q: of two places, in turn */
    float      *side = (float *)(void *)(go + F::TILE_SIZE);
    float       dk[F::NS][4] = {}, dv[F::NS][4] = {};
    Carried<F>  next;
    tile = tiles - 1 - tile; /* early keys have the longest sums */
    const int begin = (int)tile * F::OWN;
    const int s = begin + warp_here() * WARP_ROWS;
    int       first = begin, turn = 0;
    at.g = at.h;
    at.h = at.g * (int)(n.H / n.KV);
    const int heads = at.h + (int)(n.H / n.KV);
    next.take(rows_of(n, query_of(n, b.qkv, at), n.row), begin);
    own_load<F>(key, rows_of(n, key_of(n, b.qkv, at), n.row), begin);
    own_load<F>(value, rows_of(n, value_of(n, b.qkv, at), n.row), begin);
    while (at.h < heads) {
        const int  here = first;
        const bool seen = here + F::TILE > s; /* by any of the tile */
        u16       *look = q + turn * F::TILE_SIZE;
        float     *kept = side + turn * 2 * F::TILE;
        float      w[F::NT][4], dp[F::NT][4];
        next.put(look);
        side_load<F>(kept, b.keep + sum_of(n, at), b.dots + sum_of(n, at),
                     here, n.T);
        __syncthreads();
        next.take(rows_of(n, b.d_o + out_of(n, at), n.wide), here);
        if (seen) {
            scores<F>(w, key + warp_here() * F::WARP_SIZE, look);
            weigh<F>(w, kept, factor, here, s);
        }
        next.put(go);
        __syncthreads();
        turn  = 1 - turn;
        first = here + F::TILE;
        if (first >= n.T) {
            first = begin;
            at.h++;
        }
        if (at.h < heads)
            next.take(rows_of(n, query_of(n, b.qkv, at), n.row), first);
        if (seen) {
            scores<F>(dp, value + warp_here() * F::WARP_SIZE, go);
            gather<F>(dv, w, go);
            slope<F>(dp, w, kept + F::TILE);
            gather<F>(dk, dp, look);
        }
    }
    rows_store<F>(b.dqkv + (key_of(n, b.qkv, at) - b.qkv), dk, n.scale, n.scale,
                  s, n.row, n);
    rows_store<F>(b.dqkv + (value_of(n, b.qkv, at) - b.qkv), dv, 1, 1, s, n.row,
                  n);
}

/* -- Launches ---------------------------------------------------------------- */

/* Of BLOCKS there is room at once. */
template <class F, int BLOCKS>
static void queries(const AttendBack &b, const Heads &n)
{
    const i64 tiles = blocks_for(n.T, F::OWN);
    launch("attention_queries_bf16", queries_kernel<F, BLOCKS>,
           dim3((unsigned)(tiles * n.B * n.H)), F::THREADS,
           2 * (2 * F::OWN_SIZE + 2 * F::TILE_SIZE) + 4 * F::OWN, b, n, tiles);
}

template <class F, int BLOCKS>
static void keys(const AttendBack &b, const Heads &n)
{
    const i64 tiles = blocks_for(n.T, F::OWN);
    launch("attention_keys_bf16", keys_kernel<F, BLOCKS>,
           dim3((unsigned)(tiles * n.B * n.KV)), F::THREADS,
           2 * (2 * F::OWN_SIZE + 3 * F::TILE_SIZE) + 4 * 4 * F::TILE, b, n,
           tiles);
}

/* Few warps where a sequence is short: none idles beyond its end. */
template <int S, int BLOCKS>
static void narrow(const AttendBack &b, const Heads &n)
{
    if (n.T <= 32) {
        queries<Form<S, 2, 32, true>, 2 * BLOCKS>(b, n);
        keys<Form<S, 2, 32, true>, 2 * BLOCKS>(b, n);
    } else {
        queries<Form<S, 4, 32, true>, BLOCKS>(b, n);
        keys<Form<S, 4, 32, true>, BLOCKS>(b, n);
    }
}

static void middling(const AttendBack &b, const Heads &n)
{
    if (n.T <= 256)
        queries<Form<64, 4, 32, true>, 3>(b, n);
    else
        queries<Form<64, 8, 32, true>, 2>(b, n);
    keys<Form<64, 4, 16, true>, 3>(b, n);
}

static void wide(const AttendBack &b, const Heads &n)
{
    queries<Form<128, 8, 32, true>, 1>(b, n);
    keys<Form<128, 8, 16, true>, 1>(b, n);
}

static void scattered(const AttendBack &b, const Heads &n)
{
    queries<Form<128, 8, 16, false>, 1>(b, n);
    keys<Form<128, 8, 16, false>, 1>(b, n);
}

void attention_back_bf16(const AttendBack &b, const Heads &n)
{
    !n.by_4     ? scattered(b, n)
    : n.S <= 16 ? narrow<16, 4>(b, n)
    : n.S <= 32 ? narrow<32, 3>(b, n)
    : n.S <= 64 ? middling(b, n) : wide(b, n);
}
