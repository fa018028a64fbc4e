/* attention.cuh - private to attention*.cu: where heads lie, and tiles of them. */

#ifndef ATTENTION_CUH
#define ATTENTION_CUH

#include "kern/cuda/block.cuh"
#include "kern/cuda/parts.cuh"

/* Arrays of all sequences: qkv[B,T,row], o and d_o[B,T,wide], keep[B,H,T]: the
 * logarithm of each query's sum of exponentials; dot[B,H,T]: d_o . o. */
struct Heads {
    i64   B, T, H, KV, S, row, wide;
    float scale;
    bool  by_4; /* heads begin and end on 16 bytes */
};

inline Heads heads_of(const Attend *a, i64 B, bool on_16)
{
    const Heads h = { B, a->T, a->H, a->KV, a->S, (a->H + 2 * a->KV) * a->S,
                      a->H * a->S, a->scale, on_16 && a->S % 4 == 0 };
    return h;
}

/* What the way back is given and what it makes, of run 0. dots: d_o . o of each
 * query, which in bfloat16 it makes itself. */
struct AttendBack {
    float       *dqkv, *dots;
    const float *d_o, *o, *qkv, *keep;
};

__device__ inline AttendBack back_here(const Runs &of, AttendBack b)
{
    b.dqkv = mine(of, b.dqkv), b.dots = mine(of, b.dots);
    b.d_o = mine(of, b.d_o), b.o = mine(of, b.o);
    b.qkv = mine(of, b.qkv), b.keep = mine(of, b.keep);
    return b;
}

/* One head of one sequence: queries h, and keys and values g behind them. */
struct Place { int b, h, g; };

__device__ inline const float *query_of(const Heads &n, const float *qkv,
                                        Place at)
{
    return qkv + at.b * n.T * n.row + at.h * n.S;
}
__device__ inline const float *key_of(const Heads &n, const float *qkv, Place at)
{
    return qkv + at.b * n.T * n.row + (n.H + at.g) * n.S;
}
__device__ inline const float *value_of(const Heads &n, const float *qkv,
                                        Place at)
{
    return qkv + at.b * n.T * n.row + (n.H + n.KV + at.g) * n.S;
}
__device__ inline i64 out_of(const Heads &n, Place at) /* in o, d_o */
{
    return at.b * n.T * n.wide + at.h * n.S;
}
__device__ inline i64 sum_of(const Heads &n, Place at) /* in keep, dot */
{
    return (at.b * n.H + at.h) * n.T;
}

/* Blocks count tiles of a head, the longest sums first, then heads. */
__device__ inline Place place_of(const Heads &n, i64 tiles, i64 heads, i64 *tile)
{
    const unsigned i = blockIdx.x / (unsigned)tiles, h = i % (unsigned)heads;
    *tile = tiles - 1 - blockIdx.x % (unsigned)tiles;
    const Place at = { (int)(i / (unsigned)heads), (int)h,
                       (int)(h / (unsigned)(n.H / n.KV)) }; /* H a multiple */
    return at;
}

/* A row of scores lies in four neighbouring lanes. */
__device__ inline float row_max(float x)
{
    x = fmaxf(x, __shfl_xor_sync(0xffffffffu, x, 1));
    return fmaxf(x, __shfl_xor_sync(0xffffffffu, x, 2));
}
__device__ inline float row_sum(float x)
{
    x += __shfl_xor_sync(0xffffffffu, x, 1);
    return x + __shfl_xor_sync(0xffffffffu, x, 2);
}

/* What attention_fp32.cu and attention*_bf16.cu enqueue. */
void attention_fp32(real *o, real *keep, const real *qkv, const Heads &n);
void attention_back_fp32(const AttendBack &b, const Heads &n);
bool attention_bf16_takes(const Heads &n);
void attention_bf16(real *o, real *keep, const real *qkv, const Heads &n);
void attention_back_bf16(const AttendBack &b, const Heads &n);

#endif
