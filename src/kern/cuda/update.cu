/* update.cu - the optimizer's step: two launches for all tensors and all
 * runs.
 *
 * The first sums the squares of the gradient, in double, by blocks whose
 * number the parameters fix. In the second each block sums those sums once
 * more, in their order, and so knows the norm without waiting for another
 * launch; then it moves its own stretch of one tensor. Arithmetic and
 * rounding are those of cpu_span.inc.h and optimizer_sgd.c.
 *
 * Contract: device.h. */

#include "kern/cuda/parts.cuh"
#include "kern/cuda/block.cuh"

enum { WARPS = 8, THREADS = WARPS * WARP };

/* -- The gradient's norm ------------------------------------------------- */

enum { SQUARES_EACH = 16 * THREADS, SQUARES_MOST = 512 };

/* How many sums of squares there are, and of how many numbers each. */
struct Squares { i64 count, each; };

static Squares squares_of(i64 params)
{
    const i64 least = (params + SQUARES_MOST - 1) / SQUARES_MOST;
    const i64 each = (i64_max(SQUARES_EACH, least) + 3) / 4 * 4;
    return { (params + each - 1) / each, each };
}

i64 update_scratch(const DeviceNeeds *n)
{
    return squares_of(n->params).count * (i64)sizeof(double);
}

/* The gradient begins on a line of DEVICE_LINE bytes, and so do its fours. */
static __global__ void __launch_bounds__(THREADS)
squares_kernel(Runs of, double *part, const float *g, i64 n, i64 each)
{
    ACTIVE_ONLY(of);
    if (!tick_here(of)->update)
        return;
    SHARED(double, shared);
    const i64 first = (i64)blockIdx.x * each, last = at_most(n, first + each);
    double    sum = 0;
    g = mine(of, g);
    UNROLL_4 for (i64 i = first + 4 * threadIdx.x; i + 4 <= last;
                  i += 4 * THREADS) {
        const Piece<4> p = load<4>(g + i);
        for (int k = 0; k < 4; k++)
            sum += (double)p.at[k] * (double)p.at[k];
    }
    const i64 rest = last - (last - first) % 4 + threadIdx.x;
    if (rest < last)
        sum += (double)g[rest] * (double)g[rest];
    sum = block_sum(sum, shared);
    if (threadIdx.x == 0)
        mine(of, part)[blockIdx.x] = sum;
}

/* -- The step ------------------------------------------------------------ */

/* Tensors of one rate, cut into stretches of one block each. */
struct Span { i64 at, count, block; double lr_scale; i32 decay; };
struct Spans {
    Span span[DEVICE_TENSORS];
    int  count;
    i64  stretch, blocks;
};

struct Rules {
    double beta1, beta2, epsilon, weight_decay, clip, momentum;
    bool   sgd;
};

struct Arrays {
    float        *p, *m, *v, *g;
    const double *part;
    i64           parts;
    DeviceResult *result;
};

/* What is the same for all numbers of a block. */
struct Move {
    double slope; /* of the gradient: its scale, and clipping; 0: no step */
    double lr;
    float  rate, root2, fade;
    i32    moves;
};

static __device__ inline Move move_of(const DeviceTick *tick,
                                      const Rules &rules, const Span &span,
                                      double square)
{
    const double norm = sqrt(square), lr = tick->lr * span.lr_scale;
    Move         m = {};
    m.moves = isfinite(norm);
    m.slope = rules.clip > 0 && norm > rules.clip
            ? tick->scale * (rules.clip / norm)
            : tick->scale;
    m.lr    = lr;
    m.rate  = (float)(lr / tick->rest1);
    m.root2 = (float)(1 / sqrt(tick->rest2));
    m.fade  = (float)(span.decay ? tick->lr * rules.weight_decay : 0);
    return m;
}

static __device__ inline void adam_step(float *p, float *m, float *v, float g,
                                        const Rules &rules, const Move &move)
{
    const float b1 = (float)rules.beta1, c1 = (float)(1 - rules.beta1);
    const float b2 = (float)rules.beta2, c2 = (float)(1 - rules.beta2);
    const float slope = g * (float)move.slope;
    const float mean = *m * b1 + slope * c1;
    const float square = *v * b2 + slope * slope * c2;
    const float to = mean / (sqrtf(square) * move.root2
                             + (float)rules.epsilon);
    *p -= to * move.rate + *p * move.fade;
    *m = mean;
    *v = square;
}

static __device__ inline void sgd_step(float *p, float *m, float g,
                                       const Rules &rules, const Move &move,
                                       double keep)
{
    const double mean = rules.momentum * (double)*m + move.slope * (double)g;
    *m = (float)mean;
    *p = (float)(keep * (double)*p - move.lr * mean);
}

/* Numbers i .. i + W - 1 of all arrays. */
template <int W>
static __device__ inline void step_piece(const Arrays &a, i64 i,
                                         const Rules &rules, const Move &move,
                                         double keep)
{
    const Piece<W> g = load<W>(a.g + i);
    Piece<W>       p = load<W>(a.p + i), m = load<W>(a.m + i);
    if (rules.sgd) {
        for (int k = 0; k < W; k++)
            sgd_step(&p.at[k], &m.at[k], g.at[k], rules, move, keep);
    } else {
        Piece<W> v = load<W>(a.v + i);
        for (int k = 0; k < W; k++)
            adam_step(&p.at[k], &m.at[k], &v.at[k], g.at[k], rules, move);
        store(a.v + i, v);
    }
    store(a.p + i, p);
    store(a.m + i, m);
}

/* Numbers [from, to), in fours that begin on 16 bytes as the arrays do; where a
 * four is cut by an end, one by one. */
static __device__ inline void step_stretch(const Arrays &a, i64 from, i64 to,
                                           const Rules &rules,
                                           const Move &move, double keep)
{
    for (i64 i = from / 4 * 4 + 4 * threadIdx.x; i < to; i += 4 * THREADS) {
        if (i >= from && i + 4 <= to) {
            if (move.moves)
                step_piece<4>(a, i, rules, move, keep);
            store(a.g + i, Piece<4>{});
            continue;
        }
        for (int k = 0; k < 4; k++) {
            if (i + k < from || i + k >= to)
                continue;
            if (move.moves)
                step_piece<1>(a, i + k, rules, move, keep);
            a.g[i + k] = 0;
        }
    }
}

static __device__ inline Arrays arrays_here(const Runs &of, Arrays a)
{
    a.p = mine(of, a.p), a.m = mine(of, a.m), a.v = mine(of, a.v);
    a.g = mine(of, a.g), a.part = mine(of, a.part);
    a.result += result_here(of);
    return a;
}

static __global__ void __launch_bounds__(THREADS)
update_kernel(Runs of, Arrays run_0, Rules rules, Spans spans)
{
    ACTIVE_ONLY(of);
    const DeviceTick *tick = tick_here(of);
    if (!tick->update)
        return;
    SHARED(double, shared); /* [WARPS], and a Move behind them */
    Move        *move = (Move *)(void *)(shared + WARPS);
    const Arrays a = arrays_here(of, run_0);
    int          at = 0;
    while (at + 1 < spans.count && blockIdx.x >= spans.span[at + 1].block)
        at++;
    const Span span = spans.span[at];

    double square = 0;
    for (i64 i = threadIdx.x; i < a.parts; i += THREADS)
        square += a.part[i];
    square = block_sum(square, shared) * tick->scale * tick->scale;
    if (threadIdx.x == 0) {
        *move = move_of(tick, rules, span, square);
        if (blockIdx.x == 0)
            a.result->square = square;
    }
    __syncthreads();
    const i64 from = (blockIdx.x - span.block) * spans.stretch;
    step_stretch(a, span.at + from,
                 span.at + at_most(span.count, from + spans.stretch), rules,
                 *move,
                 1 - (span.decay ? tick->lr * rules.weight_decay : 0));
}

/* Short stretches where a run alone would not fill a device. */
static i64 stretch_of(i64 params)
{
    return (params < 1 << 20 ? 2 : 8) * 4 * THREADS;
}

static Spans spans_of(const DeviceSizes *sizes)
{
    Spans s = {};
    s.count   = sizes->tensors;
    s.stretch = stretch_of(sizes->params);
    for (int i = 0; i < sizes->tensors; i++) {
        const DeviceTensor *t = sizes->tensor + i;
        s.span[i] = { t->at, t->count, s.blocks, t->lr_scale, t->decay };
        s.blocks += (t->count + s.stretch - 1) / s.stretch;
    }
    return s;
}

static Arrays arrays_of(const DeviceSizes *sizes, char *block,
                        DeviceResult *result)
{
    const DeviceBlock *at = &sizes->block;
    Arrays             a;
    a.p      = (float *)(void *)(block + at->param);
    a.m      = (float *)(void *)(block + at->m);
    a.v      = (float *)(void *)(block + at->v);
    a.g      = (float *)(void *)(block + at->grad);
    a.part   = (double *)(void *)(block + at->scratch);
    a.parts  = squares_of(sizes->params).count;
    a.result = result;
    return a;
}

void update_cu(const DeviceSizes *sizes, char *block, DeviceResult *result)
{
    const Rules  rules = { sizes->beta1, sizes->beta2, sizes->epsilon,
                           sizes->weight_decay, sizes->clip, sizes->momentum,
                           sizes->optimizer == DEVICE_SGD };
    const Arrays  a = arrays_of(sizes, block, result);
    const Spans   spans = spans_of(sizes);
    const Squares squares = squares_of(sizes->params);

    launch("squares", squares_kernel, dim3((unsigned)squares.count), THREADS,
           WARPS * (i64)sizeof(double), (double *)(void *)(block
                                            + sizes->block.scratch), a.g,
           sizes->params, squares.each);
    launch("update", update_kernel, dim3((unsigned)spans.blocks), THREADS,
           WARPS * (i64)sizeof(double) + (i64)sizeof(Move), a, rules, spans);
}
