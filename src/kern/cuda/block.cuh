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

/* What is multiplied as bfloat16: below 2^-126 it is 0 (kern.h). */
__device__ inline float round_able(float x)
{
    return fabsf(x) < 1.17549435e-38f ? 0.0f : x;
}
__device__ inline u32 rounded_pair(float first, float second)
{
    return bf16_pair(round_able(first), round_able(second));
}

/* gelu(u) = u s and gelu'(u) = s + 2 u s (1 - s) h', with s = 1/(1 + exp(-2 h))
 * and h = sqrt(2/pi) (u + 0.044715 u^3): 1/2 (1 + tanh h) is s. Beyond 9.9 s is 0
 * or 1 to the last digit, and h' would overflow. */
__device__ inline float gelu(float u, float *slope)
{
    const float root = 0.7978845608028654f, cube = 0.044715f;
    const float v = fminf(fmaxf(u, -9.9f), 9.9f);
    const float h = root * (v + cube * v * v * v);
    const float s = 1 / (1 + expf(-2 * h)), rest = 1 / (1 + expf(2 * h));
    *slope = s + 2 * v * s * rest * root * (1 + 3 * cube * v * v);
    return u * s;
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
