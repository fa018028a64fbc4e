/* lt.cu - large products of bfloat16 by cuBLASLt. Contract: parts.cuh, kern.h.
 *
 * Where a matrix is large the library's kernels are hard to beat; where it is
 * small, launches and rounding passes weigh more than what they gain. What is
 * multiplied is rounded to bfloat16 first, rows a multiple of 8 long, and goes
 * to scratch; packed weights are rounded once a step. Rows that do not fit
 * scratch are taken in stretches.
 *
 * A gradient of weights is small and its sum long, so that the tiles of one
 * would leave most of the device idle: its rows are then cut into parts, each a
 * product of a batch, and the parts are added in their order.
 *
 * A run that sits out has zeros for what is multiplied: its gradient stays, its
 * work does not, and nobody reads that. */

#include "kern/cuda/block.cuh"
#include "kern/cuda/lt_library.cuh"
#include "kern/cuda/parts.cuh"

enum {
    /* Both sides of a matrix are at least this: a guess, to be measured. */
    LT_LEAST = 512,
    PARTS_MAX = 8,      /* of a sum over rows                        */
    TILES = 128,        /* of a product, that fill a device: a guess */
    TILE_ROWS = 128, TILE_COLS = 256,
    PART_ROWS = 1024,   /* at least, of a part                       */
    GROUPS = 64,        /* of rows, whose dy are summed side by side */
    EACH = 8,           /* numbers that a thread rounds: 16 bytes    */
    THREADS = 256,
};
static const i64 scratch_most = (i64)512 << 20;

static bool taken(i64 K, i64 N)
{
    return K >= LT_LEAST && N >= LT_LEAST && lt_found();
}

static i64 up(i64 n, i64 to) { return (n + to - 1) / to * to; }

/* Bytes of a row of n rounded numbers. */
static i64 row_bytes(i64 n) { return up(n, EACH) * (i64)sizeof(u16); }

void lt_open(void) { lt_ready(); }

/* For both sides of every product, as far as that is no more than a lot; at
 * least a stretch of rows, the parts of a sum, and those of dy's. */
i64 lt_scratch(const DeviceNeeds *n)
{
    if (!n->bf16 || n->width < LT_LEAST || !lt_found())
        return 0;
    const i64 rows  = 2 * row_bytes(n->widest);
    const i64 parts = PARTS_MAX * n->largest * (i64)sizeof(float);
    const i64 all   = up(n->rows, PARTS_MAX) * rows + parts;
    const i64 least = PARTS_MAX * rows
                    + GROUPS * n->widest * (i64)sizeof(float);
    return i64_max(i64_min(all, scratch_most), least) + 2 * DEVICE_LINE;
}

/* -- Rounding -------------------------------------------------------------------- */

/* to[rows, ld] = from[R, n], and 0 beyond; EACH to a thread. blank: zeros where
 * the run sits out; else it is left alone. */
__global__ void lt_round(Runs of, u16 *to, const float *from, i64 R, i64 n,
                         i64 rows, i64 ld, int blank)
{
    const bool active = tick_here(of)->active;
    if (!active && !blank)
        return;
    const i64 i = ((i64)blockIdx.x * blockDim.x + threadIdx.x) * EACH;
    if (i >= rows * ld)
        return;
    const i64    r = i / ld, c = i % ld;
    const bool   there = active && r < R;
    const float *x = mine(of, from) + r * n + c;
    __align__(16) float v[EACH];
    if (there && c + EACH <= n && (size_t)x % 16 == 0) {
        *(float4 *)v       = *(const float4 *)x;
        *(float4 *)(v + 4) = *(const float4 *)(x + 4);
    } else {
        for (int k = 0; k < EACH; k++)
            v[k] = there && c + k < n ? x[k] : 0.0f;
    }
    uint4 out;
    out.x = rounded_pair(v[0], v[1]);
    out.y = rounded_pair(v[2], v[3]);
    out.z = rounded_pair(v[4], v[5]);
    out.w = rounded_pair(v[6], v[7]);
    *(uint4 *)(mine(of, to) + i) = out;
}

static void rounded(void *to, const float *from, i64 R, i64 n, i64 rows,
                    int blank)
{
    const i64 ld = up(n, EACH);
    launch("lt_round", lt_round, dim3(blocks_for(rows * ld, EACH * THREADS)),
           THREADS, 0, (u16 *)to, from, R, n, rows, ld, blank);
}

/* Weights lie on a line of 64 bytes, wherever their place begins. */
enum { LINE = 64 };

i64 lt_packed_count(i64 K, i64 N)
{
    const i64 bytes = up(K, EACH) * up(N, EACH) * (i64)sizeof(u16);
    return taken(K, N) ? (up(bytes, LINE) + LINE) / (i64)sizeof(real) : 0;
}

static void *on_line(const real *packed)
{
    return (void *)(size_t)up((i64)(size_t)packed, LINE);
}

bool lt_pack(real *packed, const real *w, i64 K, i64 N)
{
    if (!taken(K, N))
        return false;
    rounded(on_line(packed), w, K, N, K, 0);
    return true;
}

/* -- What a product leaves to do --------------------------------------------------- */

/* y[R,N] += b[N] */
__global__ void lt_bias(Runs of, float *y, const float *b, i64 n, i64 N)
{
    ACTIVE_ONLY(of);
    const i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n)
        mine(of, y)[i] += mine(of, b)[i % N];
}

/* u becomes gelu(u), and slope gelu'(u). */
__global__ void lt_gelu(Runs of, float *u, float *slope, i64 n)
{
    ACTIVE_ONLY(of);
    const i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n)
        return;
    float by;
    mine(of, u)[i] = gelu(mine(of, u)[i], &by);
    if (slope)
        mine(of, slope)[i] = by;
}

__global__ void lt_times(Runs of, float *x, const float *slope, i64 n)
{
    ACTIVE_ONLY(of);
    const i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n)
        mine(of, x)[i] *= mine(of, slope)[i];
}

static void add_bias(float *y, const float *b, i64 R, i64 N)
{
    launch("lt_bias", lt_bias, dim3(blocks_for(R * N, THREADS)), THREADS, 0, y, b,
           R * N, N);
}

/* -- y = x w + b, dx = dy w' -------------------------------------------------------- */

static char *scratch_line(i64 *bytes)
{
    const Launch *l = launch_now();
    char         *at = (char *)up((i64)(size_t)l->scratch, DEVICE_LINE);
    *bytes = l->scratch_bytes - (at - l->scratch);
    return at;
}

/* How many rows of `bytes` each fit, of R: evenly many are taken at a time. */
static i64 stretch(i64 R, i64 bytes, i64 room)
{
    i64 rows = i64_min(R, room / bytes);
    if (rows <= 0) {
        launch_failed(cudaErrorInvalidValue, "lt: no scratch for a row");
        rows = 1;
    }
    const i64 stretches = (R + rows - 1) / rows;
    return (R + stretches - 1) / stretches;
}

/* y[R,M] = x[R,S] w + b + add, with w[S,M], or w[M,S] turned. */
static void map(real *y, const real *x, const real *packed, bool turned,
                const real *b, const real *add, i64 R, i64 S, i64 M)
{
    const i64  apart = runs_now().stride, batch = runs_now().runs;
    i64        room;
    char      *low  = scratch_line(&room);
    const i64  most = stretch(R, row_bytes(S), room);
    for (i64 r = 0; r < R; r += most) {
        const i64 rows = i64_min(most, R - r);
        rounded(low, x + r * S, rows, S, rows, 1);
        LtProduct p = {
            .d = y + r * M,
            .p = { low, up(S, EACH), apart, false },
            .q = { on_line(packed), up(turned ? S : M, EACH), apart, turned },
            .c = add ? add + r * M : NULL, .bias = b, .apart = apart,
            .ld = M, .rows = rows, .cols = M, .sum = S, .batch = batch,
        };
        const bool fused = !b || lt_fuses(&p);
        if (!fused)
            p.bias = NULL;
        lt_product(&p);
        if (!fused)
            add_bias(y + r * M, b, rows, M);
    }
}

bool lt_linear(real *y, const real *x, const real *packed, const real *b,
               const real *add, i64 R, i64 K, i64 N)
{
    if (!taken(K, N))
        return false;
    map(y, x, packed, false, b, add, R, K, N);
    return true;
}

bool lt_linear_gelu(real *a, real *slope, const real *x, const real *packed,
                    const real *b, i64 R, i64 K, i64 N)
{
    if (!taken(K, N))
        return false;
    map(a, x, packed, false, b, NULL, R, K, N);
    launch("lt_gelu", lt_gelu, dim3(blocks_for(R * N, THREADS)), THREADS, 0, a,
           slope, R * N);
    return true;
}

bool lt_linear_dx(real *dx, const real *dy, const real *packed_t,
                  const real *slope, i64 R, i64 K, i64 N)
{
    if (!taken(K, N))
        return false;
    map(dx, dy, packed_t, true, NULL, NULL, R, N, K);
    if (slope)
        launch("lt_times", lt_times, dim3(blocks_for(R * K, THREADS)), THREADS,
               0, dx, slope, R * K);
    return true;
}

/* -- dw += x' dy, db += sum of dy --------------------------------------------------- */

/* sum[group, N]: rows group * each on, `each` of them. A lane has a column, and
 * the warps of a block take the rows in turn. */
__global__ void lt_db_part(Runs of, float *sum, const float *dy, i64 R, i64 N,
                           i64 each)
{
    ACTIVE_ONLY(of);
    SHARED(float, part); /* [warps, WARP] */
    const int  lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
    const int  warps = blockDim.x / WARP;
    const i64  n = (i64)blockIdx.x * WARP + lane, from = blockIdx.y * each;
    const i64  to = from + each < R ? from + each : R;
    float      s = 0;
    if (n < N)
        for (i64 r = from + warp; r < to; r += warps)
            s += mine(of, dy)[r * N + n];
    part[warp * WARP + lane] = s;
    __syncthreads();
    if (warp > 0 || n >= N)
        return;
    for (int w = 1; w < warps; w++)
        s += part[w * WARP + lane];
    mine(of, sum)[blockIdx.y * N + n] = s;
}

/* to[n] += part[0, n] + part[1, n] + ... */
__global__ void lt_gather(Runs of, float *to, const float *part, i64 parts, i64 n)
{
    ACTIVE_ONLY(of);
    const i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n)
        return;
    float s = 0;
    for (i64 p = 0; p < parts; p++)
        s += mine(of, part)[p * n + i];
    mine(of, to)[i] += s;
}

static void gather(float *to, const float *part, i64 parts, i64 n)
{
    launch("lt_gather", lt_gather, dim3(blocks_for(n, THREADS)), THREADS, 0, to,
           part, parts, n);
}

static void bias_back(float *db, const float *dy, char *room, i64 R, i64 N)
{
    const i64 each = (R + GROUPS - 1) / GROUPS, groups = (R + each - 1) / each;
    launch("lt_db_part", lt_db_part,
           dim3(blocks_for(N, WARP), (unsigned)groups), THREADS,
           THREADS * (i64)sizeof(float), (float *)room, dy, R, N, each);
    gather(db, (float *)room, groups, N);
}

/* So many that their tiles fill a device, each with a good many rows. */
static i64 parts_of(i64 R, i64 K, i64 N)
{
    const i64 tiles = (i64)blocks_for(N, TILE_ROWS) * blocks_for(K, TILE_COLS);
    i64       parts = 1;
    while (parts < PARTS_MAX && parts * tiles < TILES
           && R / (2 * parts) >= PART_ROWS)
        parts *= 2;
    return parts;
}

static char *moved(const void *at, i64 bytes)
{
    return (char *)(size_t)at + bytes;
}

/* rows = parts * each of x and dy, rounded, into parts' sums, run by run: what
 * is side by side here are the parts. */
static void parts_multiply(const LtProduct *whole, float *sum, i64 parts,
                           i64 each)
{
    for (i64 run = 0; run < whole->batch; run++) {
        const i64 on = run * whole->apart;
        LtProduct p = *whole;
        p.p.at = moved(p.p.at, on);
        p.q.at = moved(p.q.at, on);
        p.d    = (float *)moved(sum, on);
        p.c    = NULL;
        p.ld   = p.cols;
        p.p.apart = each * p.p.ld * (i64)sizeof(u16);
        p.q.apart = each * p.q.ld * (i64)sizeof(u16);
        p.apart   = p.rows * p.cols * (i64)sizeof(float);
        p.sum     = each;
        p.batch   = parts;
        lt_product(&p);
    }
}

/* One stretch of rows. */
static void weights_back(real *dw, const real *x, const real *dy, char *room,
                         i64 parts, i64 R, i64 K, i64 N)
{
    const i64 rows = up(R, parts), apart = runs_now().stride;
    char     *x_low  = room + parts * K * N * (i64)sizeof(float) * (parts > 1);
    x_low = moved(NULL, up((i64)(size_t)x_low, DEVICE_LINE));
    char *dy_low = x_low + rows * row_bytes(K);
    rounded(x_low, x, R, K, rows, 1);
    rounded(dy_low, dy, R, N, rows, 1);
    const LtProduct p = {
        .d = dw,
        .p = { x_low, up(K, EACH), apart, true },
        .q = { dy_low, up(N, EACH), apart, false },
        .c = dw, .bias = NULL, .apart = apart, .ld = N,
        .rows = K, .cols = N, .sum = rows, .batch = runs_now().runs,
    };
    if (parts == 1) {
        lt_product(&p);
        return;
    }
    parts_multiply(&p, (float *)room, parts, rows / parts);
    gather(dw, (float *)room, parts, K * N);
}

bool lt_linear_dw(real *dw, real *db, const real *x, const real *dy, i64 R,
                  i64 K, i64 N)
{
    if (!taken(K, N))
        return false;
    i64       room;
    char     *low = scratch_line(&room);
    const i64 each = row_bytes(K) + row_bytes(N);
    i64       parts = parts_of(R, K, N);
    while (parts > 1 && parts * K * N * (i64)sizeof(float) + parts * each
                        + DEVICE_LINE > room)
        parts /= 2;
    if (parts > 1)
        room -= parts * K * N * (i64)sizeof(float) + DEVICE_LINE;
    if (db)
        bias_back(db, dy, low, R, N);
    const i64 most = stretch(up(R, parts) / parts, parts * each, room) * parts;
    for (i64 r = 0; r < R; r += most)
        weights_back(dw, x + r * K, dy + r * N, low, parts,
                     i64_min(most, R - r), K, N);
    return true;
}
