/* cuda.cuh - what every kernel of the CUDA backend stands on: the run that a
 * block belongs to, launches, a warp's products of bfloat16.
 *
 * All kernels have a grid whose z counts runs (device.h); their pointers are
 * run 0's, and each block moves them to its own run's. Shared memory is always
 * the dynamic one. There are no atomics: sums are taken in an order that sizes
 * fix, so that the same run has the same bits every time.
 *
 * Without nvcc the same sources are compiled for the processor, by the emulator
 * of tests/cuda: blocks one after the other, threads as fibers. */

#ifndef CUDA_CUH
#define CUDA_CUH

#ifdef __CUDACC__
#include <cuda_runtime.h>
#else
#include "host_cuda.h"
#endif

extern "C" {
#include "kern/device.h"
}

enum { WARP = 32 };

/* -- Runs ------------------------------------------------------------------ */

/* First argument of every kernel: what runs_now() gives. */
struct Runs {
    i64               stride; /* bytes from one run's block to the next    */
    const DeviceTick *tick;   /* [ticks, runs] on the device               */
    const i32        *now;    /* which tick it is                          */
    i32               runs;
};

__device__ inline const DeviceTick *tick_here(const Runs &of)
{
    return of.tick + (i64)*of.now * of.runs + blockIdx.z;
}

/* p of this block's run. NULL stays NULL. */
template <class T> __device__ inline T *mine(const Runs &of, T *p)
{
    return p ? (T *)((char *)(size_t)p + (i64)blockIdx.z * of.stride) : p;
}

/* First line of a kernel: whoever sits out is done. All threads of a block
 * leave together. */
#define ACTIVE_ONLY(of)            \
    do {                           \
        if (!tick_here(of)->active) \
            return;                \
    } while (0)

/* -- Shared memory --------------------------------------------------------- */

#ifdef __CUDACC__
#define SHARED(T, name)                                    \
    extern __shared__ __align__(128) char shared_bytes[];  \
    T *name = (T *)shared_bytes
#else
#define SHARED(T, name) T *name = (T *)shared_now()
#endif

/* -- Launches -------------------------------------------------------------- */

/* Of the queue that this thread has entered (queue.cu). scratch is run 0's, so
 * many bytes. */
struct Launch {
    cudaStream_t stream;
    Runs         runs;
    char        *scratch;
    i64          scratch_bytes;
    bool         bf16;
};
Launch *launch_now(void);
void    launch_failed(cudaError_t error, const char *where); /* kept, told later */

inline Runs runs_now(void) { return launch_now()->runs; }

enum { SHARED_USUAL = 48 << 10 }; /* more must be asked for */

/* grid.z becomes the number of runs. */
template <class... P, class... A>
void launch(const char *name, void (*kernel)(Runs, P...), dim3 grid,
            int threads, i64 shared, A... args)
{
    Launch *l = launch_now();
    grid.z = (unsigned)l->runs.runs;
#ifdef __CUDACC__
    if (shared > SHARED_USUAL)
        launch_failed(cudaFuncSetAttribute((const void *)kernel,
                          cudaFuncAttributeMaxDynamicSharedMemorySize,
                          (int)shared), name);
    kernel<<<grid, threads, (size_t)shared, l->stream>>>(l->runs,
                                                         P(args)...);
#else
    const Runs runs = l->runs;
    host_launch(l->stream, name, grid, threads, shared,
                [=] { kernel(runs, P(args)...); },
                host_bounds((const void *)kernel));
#endif
    launch_failed(cudaGetLastError(), name);
}

inline unsigned blocks_for(i64 things, i64 each)
{
    return (unsigned)((things + each - 1) / each);
}

/* -- A warp ---------------------------------------------------------------- */

template <class T> __device__ inline T warp_sum(T x)
{
    for (int k = WARP / 2; k > 0; k /= 2)
        x += __shfl_xor_sync(0xffffffffu, x, k);
    return x;
}

__device__ inline float warp_max(float x)
{
    for (int k = WARP / 2; k > 0; k /= 2)
        x = fmaxf(x, __shfl_xor_sync(0xffffffffu, x, k));
    return x;
}

/* -- bfloat16, two in a word: the first in the lower half -------------------- */

#ifdef __CUDACC__
__device__ inline u32 bf16_pair(float first, float second)
{
    u32 pair;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(second), "f"(first));
    return pair;
}
#endif

__device__ inline float bf16_first(u32 pair)
{
    return __uint_as_float(pair << 16);
}
__device__ inline float bf16_second(u32 pair)
{
    return __uint_as_float(pair & 0xffff0000u);
}

/* A warp's product: d[16,8] += a[16,16] b[16,8], a by rows and b by columns, sums
 * in float. Of lane t, with r = t / 4 and c = 2 (t mod 4):
 *
 *     d[0..1] = d[r, c..c+1]          d[2..3] = d[r+8, c..c+1]
 *     a[0] = a[r, c..c+1]             a[1] = a[r+8, c..c+1]
 *     a[2] = a[r, c+8..c+9]           a[3] = a[r+8, c+8..c+9]
 *     b[0] = b[c..c+1, r]             b[1] = b[c+8..c+9, r]
 *
 * SOURCE: NVIDIA, PTX ISA, "mma.m16n8k16 with .bf16". */
#ifdef __CUDACC__
__device__ inline void mma_bf16(float d[4], const u32 a[4], const u32 b[2])
{
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
                 "{%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]),
                   "r"(b[1]));
}

/* Four 8 x 8 matrices of bfloat16 from shared memory: lanes 8 i .. 8 i + 7 name
 * the rows (16 bytes, on 16 bytes) of matrix i; lane t gets of each, in m[i],
 * numbers 2 (t mod 4) and the next of row t / 4. trans: of column t / 4. */
__device__ inline void ldmatrix(u32 m[4], const void *row)
{
    const u32 at = (u32)__cvta_generic_to_shared(row);
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
                 : "=r"(m[0]), "=r"(m[1]), "=r"(m[2]), "=r"(m[3]) : "r"(at)
                 : "memory");
}
__device__ inline void ldmatrix_trans(u32 m[4], const void *row)
{
    const u32 at = (u32)__cvta_generic_to_shared(row);
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 "
                 "{%0,%1,%2,%3}, [%4];"
                 : "=r"(m[0]), "=r"(m[1]), "=r"(m[2]), "=r"(m[3]) : "r"(at)
                 : "memory");
}

/* 16 bytes to shared memory while the thread goes on. */
__device__ inline void copy_async(void *to, const void *from)
{
    const u32 at = (u32)__cvta_generic_to_shared(to);
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" :: "r"(at),
                 "l"(from) : "memory");
}
__device__ inline void copy_commit(void)
{
    asm volatile("cp.async.commit_group;" ::: "memory");
}
/* Until all but the last `left` groups are there. */
template <int left> __device__ inline void copy_wait(void)
{
    asm volatile("cp.async.wait_group %0;" :: "n"(left) : "memory");
}
#endif

#endif
