/* option.cu - rotary positions, the gated feed-forward, the cell of an LSTM: what
 * is done to each number, or pair, alone. A thread takes one number of each row's
 * and goes on by the grid; neighbours take neighbours, so that loads of a warp
 * are whole lines. Memory bounds all of them.
 * Contract: kern.h. */

#include "kern/cuda/parts.cuh"

enum { THREADS = 256, EACH = 4 }; /* numbers a thread takes, about */

static dim3 grid_for(i64 n)
{
    const i64 most = 1 << 20;
    return dim3(i64_min(most, blocks_for(n, THREADS * EACH)));
}

#define EACH_OF(i, n)                                                   \
    for (i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x; i < (n);   \
         i += (i64)gridDim.x * blockDim.x)

/* Off by 2 units in the last place, as expf is. */
__device__ inline float sigmoid(float x) { return 1 / (1 + expf(-x)); }

/* -- Rotary positions ---------------------------------------------------------- */

__global__ void rope_kernel(Runs of, float *x, const float *turn, i64 pairs,
                            i64 T, i64 H, i64 half, i64 row, float sign)
{
    ACTIVE_ONLY(of);
    x    = mine(of, x);
    turn = mine(of, turn);
    EACH_OF(at, pairs) {
        const i64    i = at % half, h = at / half % H, r = at / half / H;
        const float *by = turn + r % T * 2 * half + i;
        float       *p = x + r * row + h * 2 * half + i;
        const float  c = by[0], s = by[half] * sign, a = p[0], b = p[half];
        p[0]    = a * c - b * s;
        p[half] = b * c + a * s;
    }
}

void rope_cu(real *x, const real *turn, i64 R, i64 T, i64 H, i64 S, i64 row,
             bool back)
{
    const i64 pairs = R * H * (S / 2);
    launch("rope", rope_kernel, grid_for(pairs), THREADS, 0, x, turn, pairs, T,
           H, S / 2, row, back ? -1.0f : 1.0f);
}

/* -- Gated feed-forward -------------------------------------------------------- */

__global__ void swiglu_kernel(Runs of, float *a, const float *u, i64 n, i64 F)
{
    ACTIVE_ONLY(of);
    a = mine(of, a);
    u = mine(of, u);
    EACH_OF(i, n) {
        const float *in = u + i / F * 2 * F + i % F;
        const float  g = in[0];
        a[i] = g * sigmoid(g) * in[F];
    }
}

void swiglu_cu(real *a, const real *u, i64 R, i64 F)
{
    launch("swiglu", swiglu_kernel, grid_for(R * F), THREADS, 0, a, u, R * F,
           F);
}

/* With s the sigmoid: silu(g) = g s, silu'(g) = s (1 + g (1 - s)); far below 0
 * the slope is taken for what s is. du may be u: a thread reads both of its
 * numbers before it writes them. */
__global__ void swiglu_back_kernel(Runs of, float *du, const float *da,
                                   const float *u, i64 n, i64 F)
{
    ACTIVE_ONLY(of);
    du = mine(of, du);
    da = mine(of, da);
    u  = mine(of, u);
    EACH_OF(i, n) {
        const i64   at = i / F * 2 * F + i % F;
        const float g = u[at], v = u[at + F], d = da[i], s = sigmoid(g);
        du[at]     = d * v * s * (1 + g * (1 - s));
        du[at + F] = d * g * s;
    }
}

void swiglu_back_cu(real *du, const real *da, const real *u, i64 R, i64 F)
{
    launch("swiglu_back", swiglu_back_kernel, grid_for(R * F), THREADS, 0, du,
           da, u, R * F, F);
}

/* -- The cell of an LSTM ------------------------------------------------------- */

__global__ void lstm_kernel(Runs of, float *h, float *c, float *gate,
                            const float *before, i64 n, i64 C)
{
    ACTIVE_ONLY(of);
    h      = mine(of, h);
    c      = mine(of, c);
    gate   = mine(of, gate);
    before = mine(of, before);
    EACH_OF(at, n) {
        float      *a = gate + at / C * 4 * C + at % C;
        const float i = sigmoid(a[0]), f = sigmoid(a[C]);
        const float g = tanhf(a[2 * C]), o = sigmoid(a[3 * C]);
        const float state = i * g + (before ? f * before[at] : 0);
        a[0]     = i;
        a[C]     = f;
        a[2 * C] = g;
        a[3 * C] = o;
        c[at]    = state;
        h[at]    = o * tanhf(state);
    }
}

void lstm_cu(real *h, real *c, real *gate, const real *before, i64 R, i64 C)
{
    launch("lstm", lstm_kernel, grid_for(R * C), THREADS, 0, h, c, gate,
           before, R * C, C);
}

/* With s the sigmoid: s' = s (1 - s), and tanh' = 1 - tanh^2. */
__global__ void lstm_back_kernel(Runs of, float *gate, float *dc,
                                 const float *dh, const float *later,
                                 const float *c, const float *before, i64 n,
                                 i64 C)
{
    ACTIVE_ONLY(of);
    gate   = mine(of, gate);
    dc     = mine(of, dc);
    dh     = mine(of, dh);
    later  = mine(of, later);
    c      = mine(of, c);
    before = mine(of, before);
    EACH_OF(at, n) {
        float      *a = gate + at / C * 4 * C + at % C;
        const float i = a[0], f = a[C], g = a[2 * C], o = a[3 * C];
        const float t = tanhf(c[at]), owed = dh[at] + (later ? later[at] : 0);
        const float dstate = dc[at] + owed * o * (1 - t * t);
        a[0]     = dstate * g * i * (1 - i);
        a[C]     = before ? dstate * before[at] * f * (1 - f) : 0;
        a[2 * C] = dstate * i * (1 - g * g);
        a[3 * C] = owed * t * o * (1 - o);
        dc[at]   = dstate * f;
    }
}

void lstm_back_cu(real *gate, real *dc, const real *dh, const real *later,
                  const real *c, const real *before, i64 R, i64 C)
{
    launch("lstm_back", lstm_back_kernel, grid_for(R * C), THREADS, 0, gate,
           dc, dh, later, c, before, R * C, C);
}
