/* emulator_test.cpp - the emulator itself, by small kernels: what it computes is
 * what CUDA's manuals say, and what would hang or corrupt a device it names. */

#include "last_words.h"

#include <vector>

static const unsigned ALL = 0xffffffffu;

/* A number that is another for every i. */
static float noise(int i)
{
    unsigned x = (unsigned)i * 2654435761u + 12345;
    x ^= x >> 15;
    x *= 2246822519u;
    x ^= x >> 13;
    return (float)(int)(x & 0xffff) / 32768 - 1;
}

/* -- Blocks and threads ------------------------------------------------------ */

TEST(every_thread_of_every_block_runs_once)
{
    for (int threads : { 1, 31, 32, 33, 256, 1000, 1024 }) {
        std::vector<int> seen(6 * 1024);
        int             *p = seen.data();
        test_note("%d threads", threads);
        host_launch(NULL, "count", dim3(2, 3), threads, 0, [=] {
            p[(blockIdx.y * gridDim.x + blockIdx.x) * blockDim.x +
              threadIdx.x]++;
        });
        for (int i = 0; i < 6 * 1024; i++)
            if (seen[(size_t)i] != (i < 6 * threads))
                CHECK(!"once");
    }
}

TEST(what_is_written_before_a_barrier_is_read_after_it)
{
    for (int threads : { 1, 33, 256, 1024 }) {
        std::vector<int> sum(1024);
        int             *out = sum.data();
        test_note("%d threads", threads);
        go("turn", 1, threads, 4 * 1024, [=] {
            int      *s = (int *)shared_now();
            const int t = (int)threadIdx.x, n = (int)blockDim.x;
            out[t] = 0;
            for (int round = 0; round < 5; round++) {
                s[t] = round * t;
                __syncthreads();
                out[t] += s[(t + round) % n];
                __syncthreads();
            }
        });
        int wrong = 0;
        for (int t = 0; t < threads; t++) {
            int want = 0;
            for (int round = 0; round < 5; round++)
                want += round * ((t + round) % threads);
            wrong += sum[(size_t)t] != want;
        }
        CHECK(wrong == 0);
    }
}

/* Without the barrier some order of the threads shows it. */
TEST(a_barrier_that_is_not_there_is_seen)
{
    int wrong[8];
    for (int order = 0; order < 8; order++) {
        char text[8];
        snprintf(text, sizeof text, "%d", order);
        setenv("SCALELAW_EMULATE_ORDER", text, 1);
        int sum = 0, *out = &sum;
        go("race", 1, 128, 4 * 128, [=] {
            unsigned *s = (unsigned *)shared_now();
            s[threadIdx.x] = threadIdx.x;
            *out += s[(threadIdx.x + 1) % 128] != (threadIdx.x + 1) % 128;
        });
        wrong[order] = sum;
    }
    unsetenv("SCALELAW_EMULATE_ORDER");
    CHECK(wrong[0] == 127);
    for (int order = 1; order < 8; order++)
        CHECK(wrong[order] > 0 && wrong[order] < 127);
}

TEST(votes_of_a_block)
{
    int seen[3] = { 0, 0, 0 }, *p = seen;
    go("vote", 1, 96, 0, [=] {
        const int t = (int)threadIdx.x;
        const int any = __syncthreads_or(t == 77);
        const int all = __syncthreads_and(t != 77);
        const int count = __syncthreads_count(t % 3 == 0);
        p[0] += any == 1;
        p[1] += all == 0;
        p[2] += count == 32;
    });
    for (int i = 0; i < 3; i++)
        CHECK(seen[i] == 96);
}

TEST(shuffles_bring_the_lane_that_was_asked_for)
{
    int wrong = 0, *p = &wrong;
    go("shuffle", 1, 96, 0, [=] {
        const int t = (int)threadIdx.x, lane = t % 32, warp = t - lane;
        for (int k = 1; k < 32; k *= 2)
            *p += __shfl_xor_sync(ALL, t, k) != warp + (lane ^ k);
        for (int k = 0; k < 40; k++) {
            const int down = lane + k < 32 ? t + k : t;
            *p += __shfl_sync(ALL, t, k) != warp + k % 32;
            *p += __shfl_down_sync(ALL, t, (unsigned)k) != down;
            *p += __shfl_up_sync(ALL, t, (unsigned)k) != (lane >= k ? t - k
                                                                    : t);
        }
        *p += __shfl_sync(ALL, t, 3, 8) != warp + lane / 8 * 8 + 3;
        *p += __shfl_xor_sync(ALL, 0.5 + t, 16) != 0.5 + warp + (lane ^ 16);
        *p += __ballot_sync(ALL, lane % 3 == 0) != 0x49249249u;
        *p += !__any_sync(ALL, lane == 31) || __all_sync(ALL, lane != 31);
    });
    CHECK(wrong == 0);
}

/* -- Products and matrices --------------------------------------------------- */

static float rounded(float x)
{
    return __uint_as_float(bf16_pair(0, x) & 0xffff0000u);
}

TEST(a_product_of_a_warp_is_the_product_of_matrices)
{
    static float a[16][16], b[16][8], d[16][8], before[16][8];
    for (int i = 0; i < 16 * 16; i++)
        a[i / 16][i % 16] = rounded(noise(i));
    for (int i = 0; i < 16 * 8; i++) {
        b[i / 8][i % 8] = rounded(noise(1000 + i));
        before[i / 8][i % 8] = d[i / 8][i % 8] = noise(2000 + i);
    }
    go("mma", 1, 32, 0, [] {
        const int t = (int)threadIdx.x, r = t / 4, c = t % 4 * 2;
        uint32_t  wa[4], wb[2];
        float     wd[4];
        for (int i = 0; i < 4; i++) {
            const int row = r + (i & 1) * 8, col = c + (i >> 1) * 8;
            wa[i] = bf16_pair(a[row][col], a[row][col + 1]);
            wd[i] = d[r + (i >> 1) * 8][c + (i & 1)];
        }
        for (int i = 0; i < 2; i++)
            wb[i] = bf16_pair(b[c + 8 * i][r], b[c + 8 * i + 1][r]);
        mma_bf16(wd, wa, wb);
        for (int i = 0; i < 4; i++)
            d[r + (i >> 1) * 8][c + (i & 1)] = wd[i];
    });
    for (int r = 0; r < 16; r++)
        for (int c = 0; c < 8; c++) {
            double sum = before[r][c], size = fabs(before[r][c]);
            for (int k = 0; k < 16; k++) {
                sum += (double)a[r][k] * b[k][c];
                size += fabs((double)a[r][k] * b[k][c]);
            }
            /* Sixteen sums of float, each rounded once. */
            CHECK_BELOW(fabs(d[r][c] - sum), 17 * 6e-8 * size);
        }
}

TEST(matrices_leave_shared_memory_as_they_lie_and_turned)
{
    static uint32_t seen[2][32][4];
    go("ldmatrix", 1, 32, 4 * 8 * 16, [] {
        uint16_t *s = (uint16_t *)shared_now(); /* [matrix][row][column] */
        const unsigned t = threadIdx.x;
        for (unsigned i = 0; i < 8; i++)
            s[t * 8 + i] = (uint16_t)(t * 8 + i);
        __syncwarp();
        ldmatrix(seen[0][t], s + t * 8);
        ldmatrix_trans(seen[1][t], s + t * 8);
    });
    int wrong = 0;
    for (unsigned t = 0; t < 32; t++)
        for (unsigned m = 0; m < 4; m++) {
            const unsigned r = t / 4, c = t % 4 * 2, first = m * 64;
            const unsigned plain = first + r * 8 + c;
            const unsigned turned = first + c * 8 + r;
            wrong += seen[0][t][m] != (plain | (plain + 1) << 16);
            wrong += seen[1][t][m] != (turned | (turned + 8) << 16);
        }
    CHECK(wrong == 0);
}

TEST(bfloat16_is_to_nearest_ties_to_even)
{
    const float from[] = { 1.0f, 1.00390625f, 1.01171875f, -1.004f,
                           3.3961776e38f, NAN, 1e-40f };
    const uint32_t want[] = { 0x3f80, 0x3f80, 0x3f82, 0xbf81, 0x7f80, 0x7fff,
                              0x0001 };
    for (int i = 0; i < COUNT_OF(from); i++) {
        test_note("%g", (double)from[i]);
        CHECK(bf16_pair(from[i], 0) == want[i]);
        CHECK(bf16_pair(0, from[i]) == want[i] << 16);
    }
}

/* -- Copies that arrive later -------------------------------------------------- */

static bool is_poison(float x) { return __float_as_uint(x) == 0x7ff57ff5u; }

TEST(a_copy_is_there_when_it_was_waited_for_and_not_before)
{
    static __align__(16) float from[3][32][4];
    static int wrong;
    wrong = 0;
    for (int i = 0; i < 3 * 32 * 4; i++)
        from[i / 128][i / 4 % 32][i % 4] = noise(i);
    go("copy", 1, 32, 3 * 32 * 16, [] {
        float (*s)[32][4] = (float (*)[32][4])shared_now();
        const unsigned t = threadIdx.x;
        for (unsigned i = 0; i < 3; i++) {
            s[i][t][0] = 7;
            copy_async(s[i][t], from[i][t], i == 2 ? 8 : 16);
            copy_commit();
        }
        copy_wait<2>();
        wrong += s[0][t][3] != from[0][t][3] || !is_poison(s[1][t][0]);
        copy_wait<0>();
        wrong += s[1][t][3] != from[1][t][3];
        wrong += s[2][t][1] != from[2][t][1] || s[2][t][2] != 0;
        copy_async(s[0][t], from[1][t]);
        copy_wait<0>(); /* nobody has closed its group */
        wrong += !is_poison(s[0][t][0]);
    });
    CHECK(wrong == 0);
}

TEST(memory_that_nobody_has_written_is_not_a_number)
{
    float *p = NULL, seen[64];
    static int wrong;
    wrong = 0;
    CHECK(cudaMalloc(&p, sizeof seen) == cudaSuccess);
    CHECK(cudaMemcpy(seen, p, sizeof seen, cudaMemcpyDeviceToHost) ==
          cudaSuccess);
    for (int i = 0; i < 64; i++)
        CHECK(is_poison(seen[i]));
    cudaFree(p);
    go("poison", 3, 64, 64 * 4, [] {
        float *s = (float *)shared_now();
        wrong += !is_poison(s[threadIdx.x]);
        s[threadIdx.x] = 1;
    });
    CHECK(wrong == 0);
}

/* -- What is named ------------------------------------------------------------- */

TEST(a_barrier_that_some_do_not_reach_is_named)
{
    const char *said = last_words(1, 64, 0, [] {
        if (threadIdx.x < 40)
            __syncthreads();
    });
    CHECK_HAS(said, "ended while 40 of 64 threads wait in __syncthreads");
    CHECK_HAS(said, "emulator_test.cpp:");
    said = last_words(1, 64, 0, [] {
        if (threadIdx.x >= 40)
            __syncthreads();
    });
    CHECK_HAS(said, "in __syncthreads");
    CHECK_HAS(said, "40 of 64 threads have ended");
    said = last_words(1, 64, 0, [] {
        if (threadIdx.x < 40)
            __syncthreads();
        else
            __syncthreads();
    });
    CHECK_HAS(said, "while 40 threads of the block wait in __syncthreads");
}

TEST(a_warp_that_is_not_whole_is_named)
{
    const char *said = last_words(1, 64, 0, [] {
        if (threadIdx.x != 5)
            __syncwarp();
    });
    CHECK_HAS(said, "ended while 5 lanes of its warp wait in __syncwarp");
    said = last_words(1, 64, 0, [] {
        if (threadIdx.x > 5)
            __shfl_xor_sync(ALL, 1, 1);
    });
    CHECK_HAS(said, "6 lanes of its warp have ended");
    said = last_words(1, 64, 0, [] {
        if (threadIdx.x % 32 < 16)
            __syncthreads();
        else
            __syncwarp();
    });
    CHECK_HAS(said, "while 16 lanes of its warp wait in __syncthreads");
    said = last_words(1, 64, 0, [] { __shfl_sync(0xffffu, 1, 0); });
    CHECK_HAS(said, "lanes 0000ffff; all lanes are to meet");
    said = last_words(1, 40, 0, [] { __shfl_sync(ALL, 1, 20); });
    CHECK_HAS(said, "asks lane 20 of a warp of 8");
}

TEST(addresses_that_a_device_would_refuse_are_named)
{
    static __align__(16) char from[64];
    const char *said = last_words(1, 32, 1024, [] {
        copy_async((char *)shared_now() + 8, from);
    });
    CHECK_HAS(said, "the destination lies 8 bytes past a multiple of 16");
    said = last_words(1, 32, 1024, [] { copy_async(shared_now(), from + 4); });
    CHECK_HAS(said, "the source lies 4 bytes past a multiple of 16");
    said = last_words(1, 32, 1024, [] { copy_async(from, from + 16); });
    CHECK_HAS(said, "is no 16 bytes of the block's 1024 bytes");
    said = last_words(1, 32, 500, [] {
        uint32_t m[4];
        ldmatrix(m, (char *)shared_now() + threadIdx.x * 16);
    });
    CHECK_HAS(said, "is no 16 bytes of the block's 500 bytes");
    said = last_words(1, 32, 1024, [] {
        ((volatile float *)shared_now())[256 + threadIdx.x] = 1;
    });
    CHECK_HAS(said, "byte 1024 of 1024 bytes of shared memory");
    said = last_words(1, 32, 1000, [] {
        ((volatile float *)shared_now())[250] = 1;
    });
    CHECK_HAS(said, "byte 1000 of 1000 bytes of shared memory was written");
    said = last_words(1, 32, 1000, [] {
        ((volatile float *)shared_now())[-1] = 1;
    });
    CHECK_HAS(said, "byte -4 of 1000 bytes of shared memory was written");
    said = last_words(1, 32, 0, [] {
        float *volatile nobodys = (float *)8;
        *nobodys = 1;
    });
    CHECK_HAS(said, "nothing lies at address 0x8");
}

/* -- The runtime ---------------------------------------------------------------- */

TEST(a_copy_happens_when_it_is_waited_for)
{
    cudaStream_t stream;
    float       *device = NULL, *pinned = NULL;
    CHECK(!cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
    CHECK(!cudaMalloc(&device, 4) && !cudaMallocHost(&pinned, 8));
    pinned[0] = 1;
    cudaMemcpyAsync(device, pinned, 4, cudaMemcpyHostToDevice, stream);
    pinned[0] = 2; /* too early: that is what will be seen */
    cudaMemcpyAsync(pinned + 1, device, 4, cudaMemcpyDeviceToHost, stream);
    CHECK(is_poison(pinned[1]));
    CHECK(!cudaStreamSynchronize(stream));
    CHECK_NEAR(pinned[1], 2, 0);

    float pageable = 5; /* is taken at once */
    cudaMemcpyAsync(device, &pageable, 4, cudaMemcpyHostToDevice, stream);
    pageable = 6;
    cudaMemcpyAsync(&pageable, device, 4, cudaMemcpyDeviceToHost, stream);
    CHECK_NEAR(pageable, 5, 0);
    CHECK(cudaMemcpy(device, pinned, 8, cudaMemcpyHostToDevice) ==
          cudaErrorInvalidValue);
    CHECK(cudaGetLastError() == cudaErrorInvalidValue);
    CHECK(!cudaFree(device) && !cudaFreeHost(pinned));
    CHECK(!cudaStreamDestroy(stream));
}

TEST(a_graph_is_what_was_enqueued_and_runs_when_it_is_launched)
{
    cudaStream_t    stream;
    cudaGraph_t     graph;
    cudaGraphExec_t exec;
    static int      runs;
    runs = 0;
    CHECK(!cudaStreamCreate(&stream));
    CHECK(!cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
    for (int i = 0; i < 3; i++)
        host_launch(stream, "count", dim3(1), 1, 0, [] { runs++; });
    CHECK(!cudaStreamEndCapture(stream, &graph));
    CHECK(!cudaGraphInstantiate(&exec, graph, 0));
    CHECK(!cudaGraphDestroy(graph));
    CHECK(runs == 0);
    CHECK(!cudaGraphLaunch(exec, stream) && !cudaGraphLaunch(exec, stream));
    CHECK(runs == 0);
    CHECK(!cudaStreamSynchronize(stream));
    CHECK(runs == 6);
    CHECK(!cudaGraphExecDestroy(exec) && !cudaStreamDestroy(stream));
}

TEST(a_capture_refuses_what_would_wait)
{
    for (int what = 0; what < 4; what++) {
        cudaStream_t stream;
        cudaGraph_t  graph;
        float       *p = NULL, *more = NULL;
        test_note("call %d", what);
        CHECK(!cudaMalloc(&p, 4));
        CHECK(!cudaStreamCreate(&stream));
        CHECK(!cudaStreamBeginCapture(stream,
                                      cudaStreamCaptureModeThreadLocal));
        const cudaError_t error =
            what == 0   ? cudaMalloc(&more, 4)
            : what == 1 ? cudaStreamSynchronize(stream)
            : what == 2 ? cudaDeviceSynchronize()
                        : cudaMemset(p, 0, 4);
        CHECK(error == (what < 3 ? cudaErrorStreamCaptureUnsupported
                                 : cudaErrorStreamCaptureImplicit));
        CHECK(cudaStreamEndCapture(stream, &graph) ==
              cudaErrorStreamCaptureInvalidated);
        CHECK(!cudaStreamDestroy(stream) && !cudaFree(p));
        cudaGetLastError();
    }
}

TEST(a_stream_waits_for_the_event_of_another)
{
    cudaStream_t one, two;
    cudaEvent_t  event;
    static int   order[2], n;
    n = 0;
    CHECK(!cudaStreamCreate(&one) && !cudaStreamCreate(&two));
    CHECK(!cudaEventCreate(&event));
    host_launch(one, "first", dim3(1), 1, 0, [] { order[n++] = 1; });
    CHECK(!cudaEventRecord(event, one));
    CHECK(!cudaStreamWaitEvent(two, event));
    host_launch(two, "second", dim3(1), 1, 0, [] { order[n++] = 2; });
    CHECK(!cudaStreamSynchronize(two));
    CHECK(n == 2 && order[0] == 1 && order[1] == 2);
    CHECK(!cudaEventDestroy(event));
    CHECK(!cudaStreamDestroy(one) && !cudaStreamDestroy(two));
}

TEST(memory_ends_where_it_is_said_to_end)
{
    void  *p = NULL, *q = NULL;
    size_t left = 0, all = 0;
    setenv("SCALELAW_EMULATE_BYTES", "4096", 1);
    CHECK(!cudaMalloc(&p, 3000));
    CHECK(cudaMalloc(&q, 3000) == cudaErrorMemoryAllocation && !q);
    CHECK(cudaGetLastError() == cudaErrorMemoryAllocation);
    CHECK(cudaGetLastError() == cudaSuccess);
    CHECK(!cudaMemGetInfo(&left, &all) && all == 4096 && left == 1024);
    CHECK(!cudaFree(p));
    unsetenv("SCALELAW_EMULATE_BYTES");
}

TEST(a_lost_device_stays_lost)
{
    static int runs;
    void      *p;
    runs = 0;
    setenv("SCALELAW_EMULATE_LOST", "3", 1);
    for (int i = 0; i < 5; i++)
        host_launch(NULL, "count", dim3(1), 1, 0, [] { runs++; });
    CHECK(runs == 2);
    CHECK(cudaGetLastError() == cudaErrorECCUncorrectable);
    CHECK(cudaMalloc(&p, 4) == cudaErrorECCUncorrectable);
    CHECK(cudaDeviceSynchronize() == cudaErrorECCUncorrectable);
    CHECK(cudaGetLastError() == cudaErrorECCUncorrectable);
    unsetenv("SCALELAW_EMULATE_LOST");
    CHECK(cudaDeviceSynchronize() == cudaSuccess);
}

TEST(there_are_as_many_devices_as_is_said)
{
    int count = -1;
    CHECK(!cudaGetDeviceCount(&count) && count == 1);
    CHECK(cudaSetDevice(1) == cudaErrorInvalidDevice);
    setenv("SCALELAW_EMULATE_DEVICES", "2", 1);
    CHECK(!cudaGetDeviceCount(&count) && count == 2);
    CHECK(!cudaSetDevice(1) && !cudaSetDevice(0));
    setenv("SCALELAW_EMULATE_DEVICES", "0", 1);
    CHECK(cudaGetDeviceCount(&count) == cudaErrorNoDevice && count == 0);
    unsetenv("SCALELAW_EMULATE_DEVICES");
    cudaGetLastError();
}

static __global__ void __launch_bounds__(96, 2) bounded(int *runs) { ++*runs; }

TEST(a_launch_of_more_threads_than_the_kernel_is_for_is_refused)
{
    static int runs;
    const int  bounds = host_bounds((const void *)bounded);
    runs = 0;
    CHECK(bounds == 96);
    host_launch(NULL, "bounded", dim3(1), 96, 0, [] { bounded(&runs); },
                bounds);
    CHECK(cudaGetLastError() == cudaSuccess && runs == 96);
    host_launch(NULL, "bounded", dim3(1), 97, 0, [] { bounded(&runs); },
                bounds);
    CHECK(cudaGetLastError() == cudaErrorLaunchOutOfResources && runs == 96);
}

TEST(a_launch_beyond_the_device_is_refused)
{
    const dim3 wide(1, 70000);
    host_launch(NULL, "threads", dim3(1), 1025, 0, [] { });
    CHECK(cudaGetLastError() == cudaErrorInvalidConfiguration);
    host_launch(NULL, "grid", wide, 32, 0, [] { });
    CHECK(cudaGetLastError() == cudaErrorInvalidConfiguration);
    host_launch(NULL, "shared", dim3(1), 32, 200 << 10, [] { });
    CHECK(cudaGetLastError() == cudaErrorInvalidConfiguration);
    host_launch(NULL, "shared", dim3(1), 32, 160 << 10, [] { });
    CHECK(cudaGetLastError() == cudaSuccess);
}
