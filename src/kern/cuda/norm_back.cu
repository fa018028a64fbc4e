/* norm_back.cu - layer norm and RMS norm, back, by teams and by warps as
 * norm.cu.
 *
 * A gain's gradient is a sum over all rows. The rows are cut into parts,
 * whose number depends on R alone; a block sums one part, each team in its
 * registers and the teams in their order, and a second launch sums the parts
 * in theirs. Of wide rows the columns are summed by a launch of their own.
 * Contract: kern.h. */

#include "kern/cuda/parts.cuh"
#include "kern/cuda/team.cuh"

/* -- Rows ---------------------------------------------------------------- */

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

struct Stat { float mean, rstd; };

template <bool centred>
static __device__ inline Stat stat_of(const Back &b, i64 r)
{
    return { centred ? b.stat[2 * r] : 0, b.stat[centred ? 2 * r + 1 : r] };
}

/* n = (x - mean) rstd and e = dy gain of some neighbours, and what a row sums
 * of them: e and e n. */
template <int W> struct Terms { Piece<W> n, d, e; };
struct Sums { float e, en; };

template <int W>
static __device__ inline Terms<W> terms_of(Sums *sums, const Back &b, i64 r,
                                           i64 c, Stat stat)
{
    const Piece<W> x = load<W>(b.x + r * b.row + c), g = load<W>(b.gain + c);
    Terms<W>       t;
    t.d = load<W>(b.dy + r * b.row + c);
    UNROLL for (int i = 0; i < W; i++) {
        t.n.at[i] = (x.at[i] - stat.mean) * stat.rstd;
        t.e.at[i] = t.d.at[i] * g.at[i];
        sums->e  += t.e.at[i];
        sums->en += t.e.at[i] * t.n.at[i];
    }
    return t;
}

/* dx = add + rstd (e - mean(e) - n mean(e n)), where RMS norm has no mean(e);
 * `mean` holds both. */
template <int W>
static __device__ inline void back_put(const Back &b, i64 r, i64 c,
                                       const Terms<W> &t, Sums mean,
                                       float rstd)
{
    Piece<W> out = {};
    if (b.add)
        out = load<W>(b.add + r * b.row + c);
    UNROLL for (int i = 0; i < W; i++)
        out.at[i] += rstd * (t.e.at[i] - mean.e - t.n.at[i] * mean.en);
    store(b.dx + r * b.row + c, out);
}

/* Wide rows: dx alone. */
template <int W, bool centred>
static __global__ void __launch_bounds__(THREADS)
rows_kernel(Runs of, Back run_0)
{
    ACTIVE_ONLY(of);
    const Back b = back_here(of, run_0);
    const i64  r = (i64)blockIdx.x * WARPS + warp_here();
    if (r >= b.R)
        return;
    const Stat  stat = stat_of<centred>(b, r);
    const float each = 1 / (float)b.C;
    Sums        sums = {}, none = {};
    for (i64 c = lane_here() * W; c < b.C; c += WARP * W)
        terms_of<W>(&sums, b, r, c, stat);
    const Sums mean = { centred ? warp_sum(sums.e) * each : 0,
                        warp_sum(sums.en) * each };
    for (i64 c = lane_here() * W; c < b.C; c += WARP * W)
        back_put<W>(b, r, c, terms_of<W>(&none, b, r, c, stat), mean,
                    stat.rstd);
}

/* -- Columns ------------------------------------------------------------- */

/* Which rows a part has. */
struct Parts { i64 count, each; };

static Parts parts_of(i64 R)
{
    const i64 each = i64_max(32, (R + 255) / 256);
    return { (R + each - 1) / each, each };
}

/* part[columns] = the sums of `teams` rows of shared[teams, columns], one after
 * the other; columns at most THREADS, of which C are wanted. */
static __device__ inline void part_put(float *part, const float *shared,
                                       int teams, int columns, i64 C)
{
    const int c = (int)threadIdx.x;
    __syncthreads();
    if (c < columns && c < C) {
        float sum = 0;
        for (int t = 0; t < teams; t++)
            sum += shared[t * columns + c];
        part[c] = sum;
    }
    __syncthreads();
}

/* own[K] of all teams. */
template <class T>
static __device__ inline void part_put_pieces(float *part, float *shared,
                                              const Piece<4> *own, i64 C)
{
    UNROLL for (int k = 0; k < T::K; k++) {
        store(shared + 4 * threadIdx.x, own[k]);
        part_put(part + k * T::L * 4, shared, T::COUNT, T::L * 4,
                 C - k * T::L * 4);
    }
}

/* dx and the sums of a part, in one. */
template <class T, bool centred>
static __global__ void __launch_bounds__(THREADS, 1)
back_kernel(Runs of, Back run_0, float *part, i64 each)
{
    ACTIVE_ONLY(of);
    SHARED(float, shared);
    const Back  b = back_here(of, run_0);
    const i64   first = blockIdx.x * each, last = at_most(b.R, first + each);
    const float over = 1 / (float)b.C;
    Piece<4>    dgain[T::K] = {}, dbias[T::K] = {};

    for (i64 above = first; above < last; above += T::COUNT) {
        const i64  r = above + team_of<T>();
        const bool here = r < last; /* who is not stays for the sums */
        const Stat stat = stat_of<centred>(b, here ? r : first);
        Terms<4>   t[T::K] = {};
        Sums       sums = {};
        UNROLL for (int k = 0; k < T::K; k++) {
            if (here && column<T>(k) < b.C)
                t[k] = terms_of<4>(&sums, b, r, column<T>(k), stat);
            UNROLL for (int i = 0; i < 4; i++) {
                dgain[k].at[i] += t[k].d.at[i] * t[k].n.at[i];
                dbias[k].at[i] += t[k].d.at[i];
            }
        }
        const Sums mean = { centred ? team_sum<T>(sums.e) * over : 0,
                            team_sum<T>(sums.en) * over };
        UNROLL for (int k = 0; k < T::K; k++)
            if (here && column<T>(k) < b.C)
                back_put<4>(b, r, column<T>(k), t[k], mean, stat.rstd);
    }
    part = mine(of, part) + (i64)blockIdx.x * (centred ? 2 : 1) * b.C;
    part_put_pieces<T>(part, shared, dgain, b.C);
    if (centred)
        part_put_pieces<T>(part + b.C, shared, dbias, b.C);
}

/* Wide rows, the sums of a part: a lane has a column, a warp every WARPSth
 * row. */
template <bool centred>
static __global__ void __launch_bounds__(THREADS)
columns_kernel(Runs of, Back run_0, float *part, i64 each)
{
    ACTIVE_ONLY(of);
    SHARED(float, shared);
    const Back b = back_here(of, run_0);
    const i64  first = blockIdx.x * each, last = at_most(b.R, first + each);
    const i64  left = (i64)blockIdx.y * WARP, c = left + lane_here();
    float      dgain = 0, dbias = 0;

    for (i64 r = first + warp_here(); r < last && c < b.C; r += WARPS) {
        const Stat  stat = stat_of<centred>(b, r);
        const float d = b.dy[r * b.row + c];
        dgain += d * ((b.x[r * b.row + c] - stat.mean) * stat.rstd);
        dbias += d;
    }
    part = mine(of, part) + (i64)blockIdx.x * (centred ? 2 : 1) * b.C + left;
    shared[threadIdx.x] = dgain;
    part_put(part, shared, WARPS, WARP, b.C - left);
    if (!centred)
        return;
    shared[threadIdx.x] = dbias;
    part_put(part + b.C, shared, WARPS, WARP, b.C - left);
}

/* dgain and dbias += the parts, by column as above. */
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

/* -- Which way back ------------------------------------------------------ */

i64 norm_scratch(const DeviceNeeds *n)
{
    return parts_of(n->rows).count * 2 * n->width * (i64)sizeof(float);
}

template <bool centred>
static void back_wide(const Back &b, float *part, Parts parts, bool fours)
{
    const dim3 grid((unsigned)parts.count, blocks_for(b.C, WARP));
    launch("norm columns", columns_kernel<centred>, grid, THREADS,
           THREADS * (i64)sizeof(float), b, part,
           parts.each); /* before dx, which may be dy */
    launch("norm rows", fours ? rows_kernel<4, centred>
                              : rows_kernel<1, centred>,
           dim3(blocks_for(b.R, WARPS)), THREADS, 0, b);
}

template <bool centred>
static void back_launch(const Back &b, float *dgain, float *dbias)
{
    const bool fours = b.C % 4 == 0 && b.row % 4 == 0
                    && on_16(b.dx, b.add, b.dy, b.x, b.gain);
    const int   team = team_for(b.C, fours);
    const Parts parts = parts_of(b.R);
    float      *part = (float *)(void *)launch_now()->scratch;
    const i64   sums = centred ? 2 * b.C : b.C;

    if (parts.count * sums * (i64)sizeof(float) > launch_now()->scratch_bytes)
        launch_failed(cudaErrorInvalidValue, "norm back: scratch");
    else if (team < WIDE)
        launch("norm back", OF_TEAM(team, back_kernel, centred),
               dim3((unsigned)parts.count), THREADS,
               4 * THREADS * (i64)sizeof(float), b, part, parts.each);
    else
        back_wide<centred>(b, part, parts, fours);
    launch("norm parts", parts_kernel, dim3(blocks_for(sums, WARP)), THREADS,
           THREADS * (i64)sizeof(float), dgain, dbias, part, parts.count, b.C);
}

void norm_back_cu(real *dx, real *dgain, real *dbias, const real *dy,
                  const real *x, const real *stat, const real *gain, i64 R,
                  i64 C)
{
    back_launch<true>({ dx, dx, dy, x, stat, gain, R, C, C }, dgain, dbias);
}

void rms_back_cu(real *dx, real *dgain, const real *add, const real *dy,
                 const real *x, const real *stat, const real *gain, i64 R,
                 i64 C, i64 row)
{
    back_launch<false>({ dx, add, dy, x, stat, gain, R, C, row }, dgain, NULL);
}
