/* step.cu - what no architecture has: text in, losses out, the count of
 * passes. Contract: device.h. */

#include "kern/cuda/parts.cuh"
#include "kern/cuda/block.cuh"

enum { THREADS = 256 };

/* -- Text in ------------------------------------------------------------- */

static __device__ inline i32 token_at(const StepText &text, i64 i)
{
    return text.token_bytes == 1 ? ((const u8 *)text.token)[i]
                                 : ((const u16 *)text.token)[i];
}

static __global__ void __launch_bounds__(THREADS)
draw_kernel(Runs of, i32 *x, i32 *y, StepText text)
{
    ACTIVE_ONLY(of);
    const i64 at = (i64)blockIdx.x * THREADS + threadIdx.x;
    if (at >= text.micro * text.context)
        return;
    const i64 from = text.place[result_here(of) * text.micro
                                + at / text.context];
    const i64 i = from + at % text.context;
    mine(of, x)[at] = from < 0 ? -1 : token_at(text, i);
    mine(of, y)[at] = from < 0 ? -1 : token_at(text, i + 1);
}

void draw_cu(i32 *x, i32 *y, const StepText *text)
{
    launch("draw", draw_kernel,
           dim3(blocks_for(text->micro * text->context, THREADS)), THREADS, 0,
           x, y, *text);
}

/* -- Losses out ---------------------------------------------------------- */

enum { ALL = 1024 }; /* threads of the one block that sums a run's losses */

static __global__ void __launch_bounds__(ALL)
losses_kernel(Runs of, const float *loss, i64 n, DeviceResult *result,
              float *kept)
{
    ACTIVE_ONLY(of);
    SHARED(double, shared);
    double sum = 0;
    loss = mine(of, loss);
    kept = kept ? kept + result_here(of) * n : NULL;
    UNROLL_4 for (i64 i = threadIdx.x; i < n; i += ALL) {
        sum += (double)loss[i];
        if (kept)
            kept[i] = loss[i];
    }
    sum = block_sum(sum, shared);
    if (threadIdx.x == 0)
        result[result_here(of)].loss = sum;
}

void losses_cu(const real *loss, i64 n, DeviceResult *result, real *kept)
{
    launch("losses", losses_kernel, dim3(1), ALL,
           ALL / WARP * (i64)sizeof(double), loss, n, result, kept);
}

/* -- Passes -------------------------------------------------------------- */

/* Whoever sits out is passed over, too. */
static __global__ void next_kernel(Runs of, i32 *now)
{
    (void)of;
    if (blockIdx.z == 0 && threadIdx.x == 0)
        ++*now;
}

void next_cu(i32 *now) { launch("next", next_kernel, dim3(1), 1, 0, now); }
