/* xent.cu - softmax cross-entropy and its gradient.
 *
 * A short row is taken by a warp that keeps it in its registers, a longer
 * one by a block in two readings: the largest score and the sum of
 * exponentials at once, each thread beginning anew where it meets a larger
 * one; then the gradient, in place if it is to be. What additions of floats
 * lose is summed, too. Contracts: kern.h, device.h. */

#include "kern/cuda/parts.cuh"
#include "kern/cuda/block.cuh"

/* Blocks of rows that are very long are large: the fewer rows are on their way,
 * the more of them is still in the second-level cache when it is read again. */
enum { WARPS = 8, THREADS = WARPS * WARP, LARGE = 1024, VERY_LONG = 1 << 14 };

enum { AHEAD = 4 }; /* loads on their way before the first is needed */

/* -- Short rows ---------------------------------------------------------- */

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
static __device__ inline float row_factor(float *loss, const Xent &x, i64 r,
                                          float top, double sum)
{
    const double length = log(sum);
    const double more = 2 * (double)x.z_loss * (length + (double)top);
    *loss = (float)(length + ((double)top - (double)x.z[r * x.V + x.y[r]]));
    return (float)((double)x.scale * (1 + more) / sum);
}

enum { SHORT = 32 }; /* numbers of a short row to a lane, at most */

template <int K>
static __global__ void __launch_bounds__(THREADS)
xent_short_kernel(Runs of, Xent run_0)
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

/* -- Long rows ----------------------------------------------------------- */

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
