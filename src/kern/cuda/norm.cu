/* norm.cu - layer norm and RMS norm: a warp takes a row.
 *
 * The row's numbers are read in pieces of W neighbours a lane, 16 bytes where
 * sizes and addresses allow it. Sums about the mean are taken after the mean is
 * known; the row is then read again, from the nearest cache.
 *
 * On the way back a gain's gradient is a sum over all rows. The rows are cut
 * into parts, whose number depends on R alone; a block sums one part, each warp
 * in its registers, and a second launch sums the parts in their order. Rows too
 * wide for a warp's registers are summed by column beforehand instead.
 *
 * Contracts: kern.h. */

#include "kern/cuda/parts.cuh"
#include "kern/cuda/block.cuh"

enum { WARPS = 8, THREADS = WARPS * WARP };

/* -- Forward ------------------------------------------------------------------ */

/* Sum of (x - mean)^power, power 1 or 2, over a row. */
template <int W, int power>
static __device__ inline float row_sum(const float *x, float mean, i64 C)
{
    float sum = 0;
    for (i64 c = lane_here() * W; c < C; c += WARP * W) {
        const Piece<W> p = load<W>(x + c);
        for (int i = 0; i < W; i++) {
            const float d = p.at[i] - mean;
            sum += power == 1 ? d : d * d;
        }
    }
    return warp_sum(sum);
}

template <int W, bool centred>
static __global__ void __launch_bounds__(THREADS)
norm_kernel(Runs of, float *y, float *stat, const float *x, const float *gain,
            const float *bias, i64 R, i64 C, i64 row)
{
    ACTIVE_ONLY(of);
    const i64 r = (i64)blockIdx.x * WARPS + warp_here();
    if (r >= R)
        return;
    y = mine(of, y) + r * row, x = mine(of, x) + r * row;
    stat = mine(of, stat), gain = mine(of, gain), bias = mine(of, bias);

    const float each = 1 / (float)C;
    const float mean = centred ? row_sum<W, 1>(x, 0, C) * each : 0;
    const float rstd = 1 / sqrtf(row_sum<W, 2>(x, mean, C) * each + 1e-5f);
    for (i64 c = lane_here() * W; c < C; c += WARP * W) {
        const Piece<W> a = load<W>(x + c), g = load<W>(gain + c);
        Piece<W>       out, b = {};
        if (centred)
            b = load<W>(bias + c);
        for (int i = 0; i < W; i++)
            out.at[i] = (a.at[i] - mean) * rstd * g.at[i] + b.at[i];
        store(y + c, out);
    }
    if (lane_here())
        return;
    if (centred)
        stat[2 * r] = mean;
    stat[centred ? 2 * r + 1 : r] = rstd;
}

void norm_cu(real *y, real *stat, const real *x, const real *gain,
             const real *bias, i64 R, i64 C)
{
    const bool wide = C % 4 == 0 && on_16(y, x, gain, bias);
    launch("norm", wide ? norm_kernel<4, true> : norm_kernel<1, true>,
           dim3(blocks_for(R, WARPS)), THREADS, 0, y, stat, x, gain, bias, R,
           C, C);
}

void rms_cu(real *y, real *stat, const real *x, const real *gain, i64 R, i64 C,
            i64 row)
{
    const bool wide = C % 4 == 0 && row % 4 == 0 && on_16(y, x, gain);
    launch("rms", wide ? norm_kernel<4, false> : norm_kernel<1, false>,
           dim3(blocks_for(R, WARPS)), THREADS, 0, y, stat, x, gain,
           (const float *)NULL, R, C, row);
}

/* -- Back --------------------------------------------------------------------- */

/* What the way back reads and writes; row r of x, dy, dx and add begins at
 * r * row. add may be NULL or dx, and dx may be dy. */
struct Back {
    float       *dx;
    const float *add, *dy, *x, *stat, *gain;
    i64          R, C, row;
};

static __device__ inline Back back_here(const Runs &of, Back b)
{
    b.dx = mine(of, b.dx), b.add = mine(of, b.add), b.dy = mine(of, b.dy);
    b.x = mine(of, b.x), b.stat = mine(of, b.stat), b.gain = mine(of, b.gain);
    return b;
}

template <bool centred>
static __device__ inline void stat_of(float *mean, float *rstd, const Back &b, i64 r)
{
    *mean = centred ? b.stat[2 * r] : 0;
    *rstd = b.stat[centred ? 2 * r + 1 : r];
}

/* dx = add + rstd (e - mean(e) - n mean(e n)); RMS norm has no second term. */
template <int W, bool centred>
static __device__ inline void row_back(const Back &b, i64 r, float se, float sen)
{
    const float each = 1 / (float)b.C;
    const float me = centred ? warp_sum(se) * each : 0;
    const float men = warp_sum(sen) * each;
    float       mean, rstd;
    stat_of<centred>(&mean, &rstd, b, r);
    for (i64 c = lane_here() * W; c < b.C; c += WARP * W) {
        const i64      at = r * b.row + c;
        const Piece<W> d = load<W>(b.dy + at), x = load<W>(b.x + at);
        const Piece<W> g = load<W>(b.gain + c);
        Piece<W>       out = {};
        if (b.add)
            out = load<W>(b.add + at);
        for (int i = 0; i < W; i++) {
            const float n = (x.at[i] - mean) * rstd;
            out.at[i] += rstd * (d.at[i] * g.at[i] - me - n * men);
        }
        store(b.dx + at, out);
    }
}

/* Which rows a part has. */
struct Parts { i64 count, each; };

static Parts parts_of(i64 R)
{
    const i64 each = i64_max(4 * WARPS, (R + 255) / 256);
    return { (R + each - 1) / each, each };
}

/* The sums of a block's warps, in their order, into part[sums, C] of this
 * block; own holds this lane's columns of K pieces. shared: [WARPS, WARP]. */
template <int W, int K>
static __device__ inline void part_put(float *part, float *shared,
                                const Piece<W> *own, i64 C)
{
    for (int k = 0; k < K; k++)
        for (int i = 0; i < W; i++) {
            const i64 c = (i64)(k * WARP + lane_here()) * W + i;
            __syncthreads();
            shared[threadIdx.x] = own[k].at[i];
            __syncthreads();
            if (warp_here() || c >= C)
                continue;
            float sum = 0;
            for (int w = 0; w < WARPS; w++)
                sum += shared[w * WARP + lane_here()];
            part[c] = sum;
        }
}

/* Rows of at most K pieces a lane: all in one. */
template <int W, int K, bool centred>
static __global__ void __launch_bounds__(THREADS, 1)
back_kernel(Runs of, Back of_run_0, float *part, i64 each)
{
    ACTIVE_ONLY(of);
    SHARED(float, shared);
    const Back b = back_here(of, of_run_0);
    const i64  first = blockIdx.x * each, last = at_most(b.R, first + each);
    Piece<W>   dgain[K] = {}, dbias[K] = {};

    for (i64 r = first + warp_here(); r < last; r += WARPS) {
        float mean, rstd, se = 0, sen = 0;
        stat_of<centred>(&mean, &rstd, b, r);
        UNROLL for (int k = 0; k < K; k++) {
            const i64 c = (i64)(k * WARP + lane_here()) * W;
            if (c >= b.C)
                continue;
            const Piece<W> d = load<W>(b.dy + r * b.row + c);
            const Piece<W> x = load<W>(b.x + r * b.row + c);
            const Piece<W> g = load<W>(b.gain + c);
            UNROLL for (int i = 0; i < W; i++) {
                const float n = (x.at[i] - mean) * rstd;
                se  += d.at[i] * g.at[i];
                sen += d.at[i] * g.at[i] * n;
                dgain[k].at[i] += d.at[i] * n;
                dbias[k].at[i] += d.at[i];
            }
        }
        row_back<W, centred>(b, r, se, sen);
    }
    part = mine(of, part) + (i64)blockIdx.x * (centred ? 2 : 1) * b.C;
    part_put<W, K>(part, shared, dgain, b.C);
    if (centred)
        part_put<W, K>(part + b.C, shared, dbias, b.C);
}

/* Wider rows, dx alone. */
template <int W, bool centred>
static __global__ void __launch_bounds__(THREADS) rows_kernel(Runs of, Back of_run_0)
{
    ACTIVE_ONLY(of);
    const Back b = back_here(of, of_run_0);
    const i64  r = (i64)blockIdx.x * WARPS + warp_here();
    float      mean, rstd, se = 0, sen = 0;
    if (r >= b.R)
        return;
    stat_of<centred>(&mean, &rstd, b, r);
    for (i64 c = lane_here() * W; c < b.C; c += WARP * W) {
        const Piece<W> d = load<W>(b.dy + r * b.row + c);
        const Piece<W> x = load<W>(b.x + r * b.row + c);
        const Piece<W> g = load<W>(b.gain + c);
        for (int i = 0; i < W; i++) {
            se  += d.at[i] * g.at[i];
            sen += d.at[i] * g.at[i] * ((x.at[i] - mean) * rstd);
        }
    }
    row_back<W, centred>(b, r, se, sen);
}

/* Wider rows, the sums of one part: a lane has a column, a warp every WARPSth
 * row. */
template <bool centred>
static __global__ void __launch_bounds__(THREADS)
columns_kernel(Runs of, Back of_run_0, float *part, i64 each)
{
    ACTIVE_ONLY(of);
    SHARED(float, shared);
    const Back b = back_here(of, of_run_0);
    const i64  first = blockIdx.x * each, last = at_most(b.R, first + each);
    const i64  left = (i64)blockIdx.y * WARP, c = left + lane_here();
    Piece<1>   dgain = {}, dbias = {};

    for (i64 r = first + warp_here(); r < last && c < b.C; r += WARPS) {
        float mean, rstd;
        stat_of<centred>(&mean, &rstd, b, r);
        const float d = b.dy[r * b.row + c];
        dgain.at[0] += d * ((b.x[r * b.row + c] - mean) * rstd);
        dbias.at[0] += d;
    }
    part = mine(of, part) + (i64)blockIdx.x * (centred ? 2 : 1) * b.C + left;
    part_put<1, 1>(part, shared, &dgain, b.C - left);
    if (centred)
        part_put<1, 1>(part + b.C, shared, &dbias, b.C - left);
}

/* dgain and dbias += the parts, in their order: column by column as above. */
static __global__ void __launch_bounds__(THREADS)
parts_kernel(Runs of, float *dgain, float *dbias, const float *part, i64 parts,
             i64 C)
{
    ACTIVE_ONLY(of);
    SHARED(float, shared);
    const i64 wide = dbias ? 2 * C : C;
    const i64 c = (i64)blockIdx.x * WARP + lane_here();
    float     sum = 0;
    part = mine(of, part), dgain = mine(of, dgain), dbias = mine(of, dbias);
    for (i64 p = warp_here(); p < parts && c < wide; p += WARPS)
        sum += part[p * wide + c];
    shared[threadIdx.x] = sum;
    __syncthreads();
    if (warp_here() || c >= wide)
        return;
    for (int w = 1; w < WARPS; w++)
        sum += shared[w * WARP + lane_here()];
    float *to = c < C ? dgain + c : dbias + (c - C);
    *to += sum;
}

/* -- Which way back ------------------------------------------------------------ */

enum { SUMS_SHARED = THREADS * 4 };

i64 norm_scratch(const DeviceNeeds *n)
{
    return parts_of(n->rows).count * 2 * n->width * (i64)sizeof(float);
}

template <int W, bool centred>
static void back_wide(const Back &b, float *part, Parts parts)
{
    const dim3 grid((unsigned)parts.count, blocks_for(b.C, WARP));
    launch("norm columns", columns_kernel<centred>, grid, THREADS, SUMS_SHARED,
           b, part, parts.each); /* before dx, which may be dy */
    launch("norm rows", rows_kernel<W, centred>, dim3(blocks_for(b.R, WARPS)),
           THREADS, 0, b);
}

template <int W, bool centred>
static void back_rows(const Back &b, float *part, Parts parts)
{
    const i64 pieces = (b.C + WARP * W - 1) / (WARP * W);
    if (pieces > 8) {
        back_wide<W, centred>(b, part, parts);
        return;
    }
    launch("norm back", pieces <= 1   ? back_kernel<W, 1, centred>
                        : pieces <= 2 ? back_kernel<W, 2, centred>
                        : pieces <= 4 ? back_kernel<W, 4, centred>
                                      : back_kernel<W, 8, centred>,
           dim3((unsigned)parts.count), THREADS, SUMS_SHARED, b, part,
           parts.each);
}

template <bool centred>
static void back(const Back &b, float *dgain, float *dbias)
{
    const Parts parts = parts_of(b.R);
    float      *part = (float *)(void *)launch_now()->scratch;
    const i64   sums = centred ? 2 : 1;

    if (parts.count * sums * b.C * 4 > launch_now()->scratch_bytes) {
        launch_failed(cudaErrorInvalidValue, "norm back: scratch");
        return;
    }
    if (b.C % 4 == 0 && b.row % 4 == 0
        && on_16(b.dx, b.add, b.dy, b.x, b.gain))
        back_rows<4, centred>(b, part, parts);
    else
        back_rows<1, centred>(b, part, parts);
    launch("norm parts", parts_kernel, dim3(blocks_for(sums * b.C, WARP)),
           THREADS, SUMS_SHARED, dgain, dbias, part, parts.count, b.C);
}

void norm_back_cu(real *dx, real *dgain, real *dbias, const real *dy,
                  const real *x, const real *stat, const real *gain, i64 R,
                  i64 C)
{
    back<true>({ dx, dx, dy, x, stat, gain, R, C, C }, dgain, dbias);
}

void rms_back_cu(real *dx, real *dgain, const real *add, const real *dy,
                 const real *x, const real *stat, const real *gain, i64 R,
                 i64 C, i64 row)
{
    back<false>({ dx, add, dy, x, stat, gain, R, C, row }, dgain, NULL);
}
