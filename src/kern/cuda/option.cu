/* option.cu - rotary positions, the gated feed-forward, the cell of an LSTM: what
 * is done to each number, or pair, alone. A thread takes a piece of a row, of 4
 * neighbours where sizes and addresses allow, and goes on by the grid; neighbours
 * take neighbours, so that loads of a warp are whole lines. Memory bounds all of
 * them, as long as which row a piece is of is found by dividing 32 bits, not 64.
 * Contract: kern.h. */

#include "kern/cuda/block.cuh"
#include "kern/cuda/parts.cuh"

enum { THREADS = 256, EACH = 4 }; /* numbers a thread takes, about */

#define EACH_OF(I, i, n)                                    \
    for (I i = (I)blockIdx.x * THREADS + threadIdx.x; i < (n); \
         i += (I)gridDim.x * THREADS)

#define EACH_IN(k) UNROLL for (int k = 0; k < W; k++)

/* kernel<W, I>: of pieces of W numbers, counted by I. n: numbers; by_4: pieces may
 * be of 4. The kernel's sizes follow n and the width of rows, in pieces. */
#define OF_PIECES(name, kernel, by_4, n, width, ...)                           \
    do {                                                                       \
        const i64 n_ = (n), most_ = 1 << 30;                                  \
        if ((by_4) && n_ / 4 < most_)                                         \
            launch(name, kernel<4, u32>, grid_for(n_), THREADS, 0, n_ / 4,     \
                   (width) / 4, __VA_ARGS__);                                  \
        else if (n_ < most_)                                                  \
            launch(name, kernel<1, u32>, grid_for(n_), THREADS, 0, n_, width,  \
                   __VA_ARGS__);                                               \
        else                                                                   \
            launch(name, kernel<1, i64>, grid_for(n_), THREADS, 0, n_, width,  \
                   __VA_ARGS__);                                               \
    } while (0)

static dim3 grid_for(i64 n)
{
    const i64 most = 1 << 20;
    return dim3(i64_min(most, blocks_for(n, THREADS * EACH)));
}

/* Off by 2 units in the last place, as expf is. */
__device__ inline float sigmoid(float x) { return 1 / (1 + expf(-x)); }

/* -- Rotary positions ---------------------------------------------------------- */

template <int W, class I>
__global__ void __launch_bounds__(THREADS, 1)
rope_kernel(Runs of, I pieces, I width, float *x, const float *turn, I T, I H,
            i64 row, float sign)
{
    ACTIVE_ONLY(of);
    x    = mine(of, x);
    turn = mine(of, turn);
    EACH_OF(I, at, pieces) {
        const I        i = at % width, head = at / width, r = head / H;
        const i64      half = (i64)width * W;
        const float   *by = turn + (i64)(r % T) * 2 * half + (i64)i * W;
        float         *p = x + r * row + (i64)(head % H) * 2 * half + (i64)i * W;
        const Piece<W> c = load<W>(by), s = load<W>(by + half);
        const Piece<W> a = load<W>(p), b = load<W>(p + half);
        Piece<W>       to, and_to;
        EACH_IN(k) {
            to.at[k]     = a.at[k] * c.at[k] - b.at[k] * (s.at[k] * sign);
            and_to.at[k] = b.at[k] * c.at[k] + a.at[k] * (s.at[k] * sign);
        }
        store<W>(p, to);
        store<W>(p + half, and_to);
    }
}

void rope_cu(real *x, const real *turn, i64 R, i64 T, i64 H, i64 S, i64 row,
             bool back)
{
    OF_PIECES("rope", rope_kernel, S % 8 == 0 && row % 4 == 0 && on_16(x, turn),
              R * H * (S / 2), S / 2, x, turn, T, H, row, back ? -1.0f : 1.0f);
}

/* -- Gated feed-forward -------------------------------------------------------- */

template <int W, class I>
__global__ void __launch_bounds__(THREADS, 1)
swiglu_kernel(Runs of, I pieces, I width, float *a, const float *u)
{
    ACTIVE_ONLY(of);
    a = mine(of, a);
    u = mine(of, u);
    EACH_OF(I, i, pieces) {
        const i64      F = (i64)width * W;
        const float   *in = u + (i64)(i / width) * 2 * F + (i64)(i % width) * W;
        const Piece<W> g = load<W>(in), v = load<W>(in + F);
        Piece<W>       to;
        EACH_IN(k)
            to.at[k] = g.at[k] * sigmoid(g.at[k]) * v.at[k];
        store<W>(a + (i64)i * W, to);
    }
}

void swiglu_cu(real *a, const real *u, i64 R, i64 F)
{
    OF_PIECES("swiglu", swiglu_kernel, F % 4 == 0 && on_16(a, u), R * F, F, a,
              u);
}

/* With s the sigmoid: silu(g) = g s, silu'(g) = s (1 + g (1 - s)); far below 0
 * the slope is taken for what s is. du may be u: a thread reads both of its
 * pieces before it writes them. */
template <int W, class I>
__global__ void __launch_bounds__(THREADS, 1)
swiglu_back_kernel(Runs of, I pieces, I width, float *du, const float *da,
                   const float *u)
{
    ACTIVE_ONLY(of);
    du = mine(of, du);
    da = mine(of, da);
    u  = mine(of, u);
    EACH_OF(I, i, pieces) {
        const i64      F = (i64)width * W;
        const i64      at = (i64)(i / width) * 2 * F + (i64)(i % width) * W;
        const Piece<W> g = load<W>(u + at), v = load<W>(u + at + F);
        const Piece<W> d = load<W>(da + (i64)i * W);
        Piece<W>       to, and_to;
        EACH_IN(k) {
            const float x = g.at[k], s = sigmoid(x);
            to.at[k]     = d.at[k] * v.at[k] * s * (1 + x * (1 - s));
            and_to.at[k] = d.at[k] * x * s;
        }
        store<W>(du + at, to);
        store<W>(du + at + F, and_to);
    }
}

void swiglu_back_cu(real *du, const real *da, const real *u, i64 R, i64 F)
{
    OF_PIECES("swiglu_back", swiglu_back_kernel,
              F % 4 == 0 && on_16(du, da, u), R * F, F, du, da, u);
}

/* -- The cell of an LSTM ------------------------------------------------------- */

template <int W> __device__ inline Piece<W> load_or_0(const float *p, i64 at)
{
    return p ? load<W>(p + at) : Piece<W>();
}

template <int W, class I>
__global__ void __launch_bounds__(THREADS, 1)
lstm_kernel(Runs of, I pieces, I width, float *h, float *c, float *gate,
            const float *before)
{
    ACTIVE_ONLY(of);
    h      = mine(of, h);
    c      = mine(of, c);
    gate   = mine(of, gate);
    before = mine(of, before);
    EACH_OF(I, at, pieces) {
        const i64 C = (i64)width * W;
        float    *a = gate + (i64)(at / width) * 4 * C + (i64)(at % width) * W;
        Piece<W>  i = load<W>(a), f = load<W>(a + C), g = load<W>(a + 2 * C);
        Piece<W>  o = load<W>(a + 3 * C), state, out;
        const Piece<W> was = load_or_0<W>(before, (i64)at * W);
        EACH_IN(k) {
            i.at[k]     = sigmoid(i.at[k]);
            f.at[k]     = sigmoid(f.at[k]);
            g.at[k]     = tanhf(g.at[k]);
            o.at[k]     = sigmoid(o.at[k]);
            state.at[k] = i.at[k] * g.at[k] + (before ? f.at[k] * was.at[k] : 0);
            out.at[k]   = o.at[k] * tanhf(state.at[k]);
        }
        store<W>(a, i);
        store<W>(a + C, f);
        store<W>(a + 2 * C, g);
        store<W>(a + 3 * C, o);
        store<W>(c + (i64)at * W, state);
        store<W>(h + (i64)at * W, out);
    }
}

void lstm_cu(real *h, real *c, real *gate, const real *before, i64 R, i64 C)
{
    OF_PIECES("lstm", lstm_kernel, C % 4 == 0 && on_16(h, c, gate, before),
              R * C, C, h, c, gate, before);
}

/* With s the sigmoid: s' = s (1 - s), and tanh' = 1 - tanh^2. */
template <int W, class I>
__global__ void __launch_bounds__(THREADS, 1)
lstm_back_kernel(Runs of, I pieces, I width, float *gate, float *dc,
                 const float *dh, const float *later, const float *c,
                 const float *before)
{
    ACTIVE_ONLY(of);
    gate   = mine(of, gate);
    dc     = mine(of, dc);
    dh     = mine(of, dh);
    later  = mine(of, later);
    c      = mine(of, c);
    before = mine(of, before);
    EACH_OF(I, at, pieces) {
        const i64 C = (i64)width * W, from = (i64)at * W;
        float    *a = gate + (i64)(at / width) * 4 * C + (i64)(at % width) * W;
        Piece<W>  i = load<W>(a), f = load<W>(a + C), g = load<W>(a + 2 * C);
        Piece<W>  o = load<W>(a + 3 * C), sent = load<W>(dc + from);
        const Piece<W> state = load<W>(c + from), due = load<W>(dh + from);
        const Piece<W> more = load_or_0<W>(later, from);
        const Piece<W> was = load_or_0<W>(before, from);
        EACH_IN(k) {
            const float x = i.at[k], y = f.at[k], z = g.at[k], w = o.at[k];
            const float t = tanhf(state.at[k]), owed = due.at[k] + more.at[k];
            const float dstate = sent.at[k] + owed * w * (1 - t * t);
            i.at[k]    = dstate * z * x * (1 - x);
            f.at[k]    = before ? dstate * was.at[k] * y * (1 - y) : 0;
            g.at[k]    = dstate * x * (1 - z * z);
            o.at[k]    = owed * t * w * (1 - w);
            sent.at[k] = dstate * y;
        }
        store<W>(a, i);
        store<W>(a + C, f);
        store<W>(a + 2 * C, g);
        store<W>(a + 3 * C, o);
        store<W>(dc + from, sent);
    }
}

void lstm_back_cu(real *gate, real *dc, const real *dh, const real *later,
                  const real *c, const real *before, i64 R, i64 C)
{
    OF_PIECES("lstm_back", lstm_back_kernel,
              C % 4 == 0 && on_16(gate, dc, dh, later, c) && on_16(before),
              R * C, C, gate, dc, dh, later, c, before);
}
