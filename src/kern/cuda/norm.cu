/* norm.cu - layer norm and RMS norm, forward: a team of lanes takes a row
 * (team.cuh). Rows that are too wide for that, or whose sizes or addresses do
 * not allow 16 bytes at a time, are taken by a warp and read once more for
 * each sum, from the nearest cache. Contract: kern.h. */

#include "kern/cuda/parts.cuh"
#include "kern/cuda/team.cuh"

struct Norm {
    float       *y, *stat;
    const float *x, *gain, *bias;
    i64          R, C, row;
};

static __device__ inline Norm norm_here(const Runs &of, Norm n)
{
    n.y = mine(of, n.y), n.stat = mine(of, n.stat), n.x = mine(of, n.x);
    n.gain = mine(of, n.gain), n.bias = mine(of, n.bias);
    return n;
}

template <bool centred>
static __device__ inline void stat_put(const Norm &n, i64 r, float mean,
                                       float rstd)
{
    if (centred)
        n.stat[2 * r] = mean;
    n.stat[centred ? 2 * r + 1 : r] = rstd;
}

template <int W, bool centred>
static __device__ inline void piece_put(const Norm &n, i64 r, i64 c,
                                        const Piece<W> &x, float mean,
                                        float rstd)
{
    const Piece<W> gain = load<W>(n.gain + c);
    Piece<W>       out, bias = {};
    if (centred)
        bias = load<W>(n.bias + c);
    UNROLL for (int i = 0; i < W; i++)
        out.at[i] = (x.at[i] - mean) * rstd * gain.at[i] + bias.at[i];
    store(n.y + r * n.row + c, out);
}

/* Sum of (x - mean)^power, power 1 or 2. */
template <int W, int power>
static __device__ inline float piece_sum(const Piece<W> &x, float mean)
{
    float sum = 0;
    UNROLL for (int i = 0; i < W; i++) {
        const float d = x.at[i] - mean;
        sum += power == 1 ? d : d * d;
    }
    return sum;
}

template <class T, bool centred>
static __global__ void __launch_bounds__(THREADS)
norm_kernel(Runs of, Norm run_0)
{
    ACTIVE_ONLY(of);
    const Norm  n = norm_here(of, run_0);
    const i64   r = (i64)blockIdx.x * T::COUNT + team_of<T>();
    const bool  here = r < n.R; /* who is not stays for the sums */
    const float each = 1 / (float)n.C;
    Piece<4>    x[T::K] = {};
    float       sum = 0, square = 0;
    UNROLL for (int k = 0; k < T::K; k++) {
        if (here && column<T>(k) < n.C)
            x[k] = load<4>(n.x + r * n.row + column<T>(k));
        sum += piece_sum<4, 1>(x[k], 0);
    }
    const float mean = centred ? team_sum<T>(sum) * each : 0;
    UNROLL for (int k = 0; k < T::K; k++)
        if (column<T>(k) < n.C)
            square += piece_sum<4, 2>(x[k], mean);
    const float rstd = 1 / sqrtf(team_sum<T>(square) * each + 1e-5f);
    if (!here)
        return;
    UNROLL for (int k = 0; k < T::K; k++)
        if (column<T>(k) < n.C)
            piece_put<4, centred>(n, r, column<T>(k), x[k], mean, rstd);
    if (lane_of<T>() == 0)
        stat_put<centred>(n, r, mean, rstd);
}

/* As piece_sum, over a row. */
template <int W, int power>
static __device__ inline float row_sum(const float *x, float mean, i64 C)
{
    float sum = 0;
    for (i64 c = lane_here() * W; c < C; c += WARP * W)
        sum += piece_sum<W, power>(load<W>(x + c), mean);
    return warp_sum(sum);
}

template <int W, bool centred>
static __global__ void __launch_bounds__(THREADS)
norm_wide_kernel(Runs of, Norm run_0)
{
    ACTIVE_ONLY(of);
    const Norm n = norm_here(of, run_0);
    const i64  r = (i64)blockIdx.x * WARPS + warp_here();
    if (r >= n.R)
        return;
    const float *x = n.x + r * n.row;
    const float  each = 1 / (float)n.C;
    const float  mean = centred ? row_sum<W, 1>(x, 0, n.C) * each : 0;
    const float  square = row_sum<W, 2>(x, mean, n.C);
    const float  rstd = 1 / sqrtf(square * each + 1e-5f);
    for (i64 c = lane_here() * W; c < n.C; c += WARP * W)
        piece_put<W, centred>(n, r, c, load<W>(x + c), mean, rstd);
    if (lane_here() == 0)
        stat_put<centred>(n, r, mean, rstd);
}

template <bool centred> static void norm_launch(const Norm &n)
{
    const bool fours = n.C % 4 == 0 && n.row % 4 == 0
                    && on_16(n.y, n.x, n.gain, n.bias);
    const int  team = team_for(n.C, fours);
    if (team < WIDE)
        launch("norm", OF_TEAM(team, norm_kernel, centred),
               dim3(blocks_for(n.R, rows_of_block(team))), THREADS, 0, n);
    else
        launch("norm", fours ? norm_wide_kernel<4, centred>
                             : norm_wide_kernel<1, centred>,
               dim3(blocks_for(n.R, WARPS)), THREADS, 0, n);
}

void norm_cu(real *y, real *stat, const real *x, const real *gain,
             const real *bias, i64 R, i64 C)
{
    norm_launch<true>({ y, stat, x, gain, bias, R, C, C });
}

void rms_cu(real *y, real *stat, const real *x, const real *gain, i64 R, i64 C,
            i64 row)
{
    norm_launch<false>({ y, stat, x, gain, NULL, R, C, row });
}
