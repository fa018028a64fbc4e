/* attention_bf16.cu - attention by tensor cores, for heads up to 128 wide: the way
 * forward.
 *
 * A warp owns 16 queries of one head, a block a few warps; it goes over tiles of
 * keys and values. Scores, exponentials (of 2) and their sums are float, and each
 * lane sums its own part of a row until the end.
 *
 * Heads narrower than 16, 32, 64 or 128 have zeros behind.
 * SOURCE: Dao et al. 2022, arXiv:2205.14135; Dao 2023, arXiv:2307.08691.
 * Contract: attention.cuh. */

#include "kern/cuda/attention_bf16.cuh"

/* Of a lane's two rows: the largest score so far, in units of log 2, and its part
 * of the sum of exponentials. */
struct Soft { float top[2], sum[2]; };

/* Keys that are a query's future have no weight; t: the warp's first query. */
template <class F>
__device__ static void hide(float (&w)[F::NT][4], int first, int t)
{
    UNROLL
    for (int i = 0; i < F::NT * 4; i++)
        if (first + 8 * (i / 4) + col_in(i % 4) > t + row_in(i % 4))
            w[i / 4][i % 4] = -INFINITY;
}

/* Scores to weights; what was summed before shrinks. A row's first tile has a key
 * that it sees, so that its largest score is a number. */
template <class F>
__device__ static void weigh(Soft *soft, float (&w)[F::NT][4],
                             float (&out)[F::NS][4])
{
    float top[2] = { soft->top[0], soft->top[1] };
    UNROLL
    for (int i = 0; i < F::NT * 4; i++)
        top[i % 4 / 2] = fmaxf(top[i % 4 / 2], w[i / 4][i % 4]);
    UNROLL
    for (int h = 0; h < 2; h++) {
        top[h] = row_max(top[h]);
        const float shrink = power_of_2(soft->top[h] - top[h]);
        soft->top[h] = top[h];
        soft->sum[h] *= shrink;
        UNROLL
        for (int i = 0; i < F::NS * 2; i++)
            out[i / 2][2 * h + i % 2] *= shrink;
    }
    UNROLL
    for (int i = 0; i < F::NT * 4; i++) {
        float *x = &w[i / 4][i % 4];
        *x = power_of_2(*x - top[i % 4 / 2]);
        soft->sum[i % 4 / 2] += *x;
    }
}

__device__ static void sums_keep(float *keep, const Soft &soft, int t, i64 T)
{
    UNROLL
    for (int h = 0; h < 2; h++)
        if (lane_here() % 4 == 0 && t + row_in(2 * h) < T)
            keep[t + row_in(2 * h)] = soft.top[h] * LOG_2 + logf(soft.sum[h]);
}

template <class F, int BLOCKS>
__global__ void __launch_bounds__(F::THREADS, BLOCKS)
forward_kernel(Runs of, float *o, float *keep, const float *qkv, Heads n,
               i64 tiles)
{
    ACTIVE_ONLY(of);
    SHARED(u16, q);
    qkv = mine(of, qkv);
    i64         tile;
    const Place at = place_of(n, tiles, n.H, &tile);
    const int   begin = (int)tile * F::OWN;
    const int   t = begin + warp_here() * WARP_ROWS;
    const int   end = (int)at_most(begin + F::OWN, n.T);
    const Rows  keys = rows_of(n, key_of(n, qkv, at), n.row);
    const Rows  values = values_of(n, keys);
    const float factor = n.scale * LOG2_E;
    u16        *key = q + F::OWN_SIZE, *value = key + F::TILE_SIZE;
    float       out[F::NS][4] = {}, w[F::NT][4];
    Soft        soft = { { -INFINITY, -INFINITY }, { 0, 0 } };
    Left<F>     own;
    Carried<F>  next;
    next.take(keys, 0);
    own_load<F>(q, rows_of(n, query_of(n, qkv, at), n.row), begin);
    __syncthreads();
    own.take(q + warp_here() * F::WARP_SIZE);
    for (int first = 0; first < end; first += F::TILE) {
        const bool sees = first < t + WARP_ROWS; /* else all is its future */
        next.put(key);
        __syncthreads();
        next.take(values, first);
        if (sees) {
            scores<F>(w, own, key);
            UNROLL
            for (int i = 0; i < F::NT * 4; i++)
                w[i / 4][i % 4] *= factor;
            if (first + F::TILE - 1 > t)
                hide<F>(w, first, t);
            weigh<F>(&soft, w, out);
        }
        next.put(value);
        __syncthreads();
        if (first + F::TILE < end)
            next.take(keys, first + F::TILE);
        if (sees)
            gather<F>(out, w, value);
    }
    soft.sum[0] = row_sum(soft.sum[0]);
    soft.sum[1] = row_sum(soft.sum[1]);
    rows_store<F>(mine(of, o) + out_of(n, at), out, 1 / soft.sum[0],
                  1 / soft.sum[1], t, n.wide, n);
    sums_keep(mine(of, keep) + sum_of(n, at), soft, t, n.T);
}

/* -- Launches ---------------------------------------------------------------- */

/* Of BLOCKS there is room at once. */
template <class F, int BLOCKS>
static void forward(real *o, real *keep, const real *qkv, const Heads &n)
{
    const i64 tiles = blocks_for(n.T, F::OWN);
    launch("attention_bf16", forward_kernel<F, BLOCKS>,
           dim3((unsigned)(tiles * n.B * n.H)), F::THREADS,
           2 * (F::OWN_SIZE + 2 * F::TILE_SIZE), o, keep, qkv, n, tiles);
}

/* Few warps where a sequence is short: none idles beyond its end. */
template <int S, int BLOCKS, int SHORT>
static void forward(real *o, real *keep, const real *qkv, const Heads &n)
{
    if (n.T <= 32)
        forward<Form<S, 2, 32, true>, SHORT>(o, keep, qkv, n);
    else
        forward<Form<S, 4, 32, true>, BLOCKS>(o, keep, qkv, n);
}

bool attention_bf16_takes(const Heads &n) { return n.S <= 128; }

void attention_bf16(real *o, real *keep, const real *qkv, const Heads &n)
{
    if (!n.by_4)
        forward<Form<128, 4, 32, false>, 1>(o, keep, qkv, n);
    else if (n.S <= 16)
        forward<16, 8, 12>(o, keep, qkv, n);
    else if (n.S <= 32)
        forward<32, 5, 8>(o, keep, qkv, n);
    else if (n.S <= 64 && n.T <= 256)
        forward<Form<64, 4, 32, true>, 4>(o, keep, qkv, n);
    else if (n.S <= 64)
        forward<Form<64, 8, 32, true>, 2>(o, keep, qkv, n);
    else
        forward<Form<128, 8, 32, true>, 1>(o, keep, qkv, n);
}
