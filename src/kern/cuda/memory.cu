/* memory.cu - what architectures do to numbers besides arithmetic (KernFar):
 * copies, zeros, factors, swapped axes, rotary angles, dropout.
 *
 * Spans are taken by a thread in pieces of 4 neighbours, 16 bytes where the
 * addresses allow it. Contracts: far.c, device.h. */

#include "kern/cuda/parts.cuh"
#include "kern/cuda/block.cuh"

extern "C" {
#include "base/rng.h"
#include "kern/drop.h"
}

enum { THREADS = 256, EACH = 4, SPAN = THREADS * EACH };

/* -- Spans --------------------------------------------------------------- */

/* to[i] = from[i] * factor, or 0 where from is NULL. With W = 4 a thread has 4
 * neighbours, with W = 1 every THREADSth. */
template <int W>
static __global__ void __launch_bounds__(THREADS)
span_kernel(Runs of, float *to, const float *from, i64 n, float factor)
{
    ACTIVE_ONLY(of);
    to = mine(of, to), from = mine(of, from);
    const i64 first = (i64)blockIdx.x * SPAN;
    for (int k = 0; k < EACH / W; k++) {
        const i64 i = first + (i64)(k * THREADS + (int)threadIdx.x) * W;
        if (i + W <= n) {
            Piece<W> p = {};
            if (from)
                p = load<W>(from + i);
            for (int j = 0; j < W; j++)
                p.at[j] = from ? p.at[j] * factor : 0;
            store(to + i, p);
            continue;
        }
        for (i64 j = i; j < n; j++)
            to[j] = from ? from[j] * factor : 0;
    }
}

static void span(const char *name, float *to, const float *from, i64 n,
                 float factor)
{
    launch(name, on_16(to, from) ? span_kernel<4> : span_kernel<1>,
           dim3(blocks_for(n, SPAN)), THREADS, 0, to, from, n, factor);
}

void copy_cu(real *to, const real *from, i64 n)
{
    span("copy", to, from, n, 1);
}

void zero_cu(real *x, i64 n) { span("zero", x, (const float *)NULL, n, 0); }

void times_cu(real *x, i64 n, real factor) { span("times", x, x, n, factor); }

/* -- Axes ---------------------------------------------------------------- */

/* A warp takes a row of n. */
static __global__ void __launch_bounds__(THREADS)
swap_kernel(Runs of, float *to, const float *from, i64 A, i64 B, i64 n)
{
    ACTIVE_ONLY(of);
    const i64 row = (i64)blockIdx.x * (THREADS / WARP) + threadIdx.x / WARP;
    if (row >= A * B)
        return;
    const i64 a = row / B, b = row % B;
    to = mine(of, to) + (b * A + a) * n, from = mine(of, from) + row * n;
    for (i64 i = threadIdx.x % WARP; i < n; i += WARP)
        to[i] = from[i];
}

void swap_cu(real *to, const real *from, i64 A, i64 B, i64 n)
{
    launch("swap", swap_kernel, dim3(blocks_for(A * B, THREADS / WARP)),
           THREADS, 0, to, from, A, B, n);
}

/* -- Rotary angles ------------------------------------------------------- */

static __global__ void __launch_bounds__(THREADS)
turns_kernel(Runs of, float *turn, i64 T, i64 S)
{
    ACTIVE_ONLY(of);
    const i64 half = S / 2, at = (i64)blockIdx.x * THREADS + threadIdx.x;
    if (at >= T * half)
        return;
    const i64    t = at / half, i = at % half;
    const double angle = pow(10000.0, -2 * (double)i / (double)S);
    double       s, c;
    sincos((double)t * angle, &s, &c);
    turn = mine(of, turn) + t * S + i;
    turn[0]    = (float)c;
    turn[half] = (float)s;
}

void turns_cu(real *turn, i64 T, i64 S)
{
    launch("turns", turns_kernel, dim3(blocks_for(T * (S / 2), THREADS)),
           THREADS, 0, turn, T, S);
}

/* -- Dropout ------------------------------------------------------------- */

/* rng_u64, once more: base/rng.c is the processor's, and the tests hold the one
 * against the other. */
#define GOLDEN 0x9e3779b97f4a7c15u

static __device__ inline u64 mix(u64 z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static __device__ inline u64 random_word(u64 seed, u64 purpose, u64 index)
{
    const u64 key = mix(mix(seed + GOLDEN) + purpose * GOLDEN);
    return mix(key + (index + 1) * GOLDEN);
}

static __device__ inline u64 key_here(const Runs &of, i64 b, u64 place)
{
    const DeviceTick *tick = tick_here(of);
    const u64 own = random_word(tick->seed, RNG_DROPOUT,
                                (u64)(tick->sequence + b));
    return random_word(own, RNG_DROPOUT, place);
}

enum { DROP_SPAN = 4 * SPAN }; /* of one sequence, to a block: one key */

struct Dropping { u64 place; u32 limit; float scale; };

static __global__ void __launch_bounds__(THREADS)
drop_kernel(Runs of, float *y, const float *x, const float *add, i64 B, i64 n,
            Dropping how)
{
    ACTIVE_ONLY(of);
    y = mine(of, y), x = mine(of, x), add = mine(of, add);
    const i64 first = (i64)blockIdx.x * DROP_SPAN + threadIdx.x;
    const i64 last = at_most(n, (i64)(blockIdx.x + 1) * DROP_SPAN);
    for (i64 b = blockIdx.y; b < B; b += gridDim.y) {
        const u64 key = key_here(of, b, how.place);
        for (i64 i = first; i < last; i += THREADS) {
            u32 hash = (u32)i;
            DROP_HASH(hash, key);
            const i64   at = b * n + i;
            const float kept = hash < how.limit ? 0 : x[at] * how.scale;
            y[at] = add ? add[at] + kept : kept;
        }
    }
}

void drop_cu(real *y, const real *x, const real *add, i64 B, i64 n,
             const Drop *drop)
{
    const double   p = (double)drop->p;
    const Dropping how = { drop->place, drop_limit(p), (float)(1 / (1 - p)) };
    const dim3     grid(blocks_for(n, DROP_SPAN),
                        (unsigned)i64_min(B, 32768));
    launch("drop", drop_kernel, grid, THREADS, 0, y, x, add, B, n, how);
}
