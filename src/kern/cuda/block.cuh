/* block.cuh - what kernels over rows and spans share: where a thread stands,
 * sums over a block, and neighbours that a thread loads and stores at once.
 * These are 4, which are 16 bytes, where sizes and addresses allow it, else
 * 1; which of them a launch takes is a matter of shape alone, for run 0's
 * addresses stand for all. */

#ifndef BLOCK_CUH
#define BLOCK_CUH

#include "kern/cuda/cuda.cuh"

/* Before a loop whose turns are independent. */
#ifdef __CUDACC__
#define UNROLL   _Pragma("unroll")
#define UNROLL_4 _Pragma("unroll 4")
#else
#define UNROLL
#define UNROLL_4
#endif

template <int W> struct alignas(4 * W) Piece { float at[W]; };

template <int W> __device__ inline Piece<W> load(const float *p)
{
    return *(const Piece<W> *)p;
}
template <int W> __device__ inline void store(float *p, const Piece<W> &piece)
{
    *(Piece<W> *)p = piece;
}

/* Do all of these begin on 16 bytes? NULL does. */
inline bool on_16(const void *a, const void *b = NULL, const void *c = NULL,
                  const void *d = NULL, const void *e = NULL)
{
    return ((size_t)a | (size_t)b | (size_t)c | (size_t)d | (size_t)e) % 16
           == 0;
}

__device__ inline int lane_here(void) { return (int)threadIdx.x % WARP; }
__device__ inline int warp_here(void) { return (int)threadIdx.x / WARP; }

__device__ inline i64 at_most(i64 a, i64 b) { return a < b ? a : b; }

/* Number of this pass of this run, among all that are enqueued. */
__device__ inline i64 result_here(const Runs &of)
{
    return (i64)*of.now * of.runs + blockIdx.z;
}

/* Over all threads of a block, in an order of its own; shared: one to a warp.
 * All threads get the answer, and may write to shared again. */
__device__ inline double block_sum(double own, double *shared)
{
    own = warp_sum(own);
    if (lane_here() == 0)
        shared[warp_here()] = own;
    __syncthreads();
    double sum = shared[0];
    for (unsigned w = 1; w < blockDim.x / WARP; w++)
        sum += shared[w];
    __syncthreads();
    return sum;
}

__device__ inline float block_max(float own, double *shared)
{
    own = warp_max(own);
    if (lane_here() == 0)
        shared[warp_here()] = (double)own;
    __syncthreads();
    float most = (float)shared[0];
    for (unsigned w = 1; w < blockDim.x / WARP; w++)
        most = fmaxf(most, (float)shared[w]);
    __syncthreads();
    return most;
}

#endif
