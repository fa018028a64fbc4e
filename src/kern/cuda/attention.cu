/* attention.cu - causal attention: which kernels take it, and what the way back
 * needs first. Nothing of T x T is ever in memory: the way forward keeps one number
 * a query, the logarithm of its sum, and the way back makes the weights again from
 * it.
 *
 * In bfloat16 heads up to 128 wide go to tensor cores; wider ones are float's.
 *
 * SOURCE: Dao et al. 2022, arXiv:2205.14135; Dao 2023, arXiv:2307.08691.
 * Contract: kern.h, KernFar.attention. */

#include "kern/cuda/attention.cuh"

enum { THREADS = 128 };

i64 attention_keep_cu(const Attend *a) { return a->H * a->T; }

i64 attention_scratch(const DeviceNeeds *n) { return n->rows * n->heads * 4; }

/* dot[b,h,t] = d_o . o of a query, by a warp: what all of its weights' gradients
 * have in common. */
__global__ void __launch_bounds__(THREADS)
dot_kernel(Runs of, float *dot, const float *d_o, const float *o, Heads n)
{
    ACTIVE_ONLY(of);
    dot = mine(of, dot);
    d_o = mine(of, d_o);
    o   = mine(of, o);
    const i64 i = (i64)blockIdx.x * (THREADS / WARP) + warp_here();
    const i64 r = i / n.H, h = i % n.H; /* row b T + t */
    float     sum = 0;
    if (r >= n.B * n.T)
        return; /* a whole warp */
    for (i64 s = lane_here(); s < n.S; s += WARP)
        sum += d_o[r * n.wide + h * n.S + s] * o[r * n.wide + h * n.S + s];
    sum = warp_sum(sum);
    if (lane_here() == 0)
        dot[(r / n.T * n.H + h) * n.T + r % n.T] = sum;
}

void attention_cu(real *o, real *keep, const real *qkv, i64 B, const Attend *a)
{
    const Heads n = heads_of(a, B, on_16(o, qkv));
    if (launch_now()->bf16 && attention_bf16_takes(n))
        attention_bf16(o, keep, qkv, n);
    else
        attention_fp32(o, keep, qkv, n);
}

void attention_back_cu(real *dqkv, const real *d_o, const real *o,
                       const real *qkv, const real *keep, i64 B,
                       const Attend *a)
{
    const Heads      n = heads_of(a, B, on_16(dqkv, d_o, o, qkv));
    const AttendBack b = { dqkv, (float *)launch_now()->scratch, d_o, o, qkv,
                           keep };
    if (launch_now()->bf16 && attention_bf16_takes(n)) {
        attention_back_bf16(b, n);
        return;
    }
    launch("attention_dot", dot_kernel,
           dim3(blocks_for(n.B * n.T * n.H, THREADS / WARP)), THREADS, 0,
           b.dots, d_o, o, n);
    attention_back_fp32(b, n);
}
