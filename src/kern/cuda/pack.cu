/* pack.cu - weights as the products read them: [K,N] as they lie for x w, and
 * [N,K] for dy w'; float, or bfloat16 in rows of a multiple of 8 with zeros
 * behind, so that 16 bytes are read at once. Those that cuBLASLt multiplies are
 * packed by lt.cu. Contract: kern.h. */

#include "kern/cuda/block.cuh"
#include "kern/cuda/parts.cuh"

enum { SIDE = 32, ROWS = 8, THREADS = SIDE * ROWS };

static i64 up_to_8(i64 n) { return (n + 7) / 8 * 8; }

i64 packed_count_fp32(i64 K, i64 N) { return K * N; }

i64 packed_count_bf16(i64 K, i64 N)
{
    const i64 lt = lt_packed_count(K, N);
    return lt ? lt : K * up_to_8(N) / 2;
}

template <class T> __device__ inline T packed_of(float x);
template <> __device__ inline float packed_of<float>(float x) { return x; }
template <> __device__ inline u16 packed_of<u16>(float x)
{
    return (u16)rounded_pair(x, 0);
}

/* to[rows, pitch] of w[rows, cols], or transposed of w[cols, rows]: by squares,
 * so that both sides are read and written in whole lines. */
template <class T, bool TURN>
__global__ void __launch_bounds__(THREADS)
pack_kernel(Runs of, T *to, const float *w, i64 rows, i64 cols, i64 pitch)
{
    ACTIVE_ONLY(of);
    SHARED(float, square);
    to = mine(of, to);
    w  = mine(of, w);
    const i64 r0 = (i64)blockIdx.x * SIDE, c0 = (i64)blockIdx.y * SIDE;
    const int x = (int)threadIdx.x % SIDE;
    for (int y = (int)threadIdx.x / SIDE; y < SIDE; y += ROWS) {
        const i64  r = TURN ? r0 + x : r0 + y, c = TURN ? c0 + y : c0 + x;
        const bool in = r < rows && c < cols;
        square[(TURN ? x : y) * (SIDE + 1) + (TURN ? y : x)] =
            in ? w[TURN ? c * rows + r : r * cols + c] : 0;
    }
    __syncthreads();
    for (int y = (int)threadIdx.x / SIDE; y < SIDE; y += ROWS)
        if (r0 + y < rows && c0 + x < pitch)
            to[(r0 + y) * pitch + c0 + x] =
                packed_of<T>(square[y * (SIDE + 1) + x]);
}

template <bool TURN>
static void pack_any(const char *name, real *packed, const real *w, i64 rows,
                     i64 cols)
{
    const bool bf16 = launch_now()->bf16;
    const i64  pitch = bf16 ? up_to_8(cols) : cols;
    const dim3 grid(blocks_for(rows, SIDE), blocks_for(pitch, SIDE));
    const i64  shared = SIDE * (SIDE + 1) * 4;
    if (bf16)
        launch(name, pack_kernel<u16, TURN>, grid, THREADS, shared,
               (u16 *)packed, w, rows, cols, pitch);
    else
        launch(name, pack_kernel<float, TURN>, grid, THREADS, shared, packed,
               w, rows, cols, pitch);
}

void pack_cu(real *packed, const real *w, i64 K, i64 N)
{
    if (!launch_now()->bf16 || !lt_pack(packed, w, K, N))
        pack_any<false>("pack", packed, w, K, N);
}

void pack_t_cu(real *packed, const real *w, i64 K, i64 N)
{
    if (!launch_now()->bf16 || !lt_pack(packed, w, K, N))
        pack_any<true>("pack_t", packed, w, N, K);
}
