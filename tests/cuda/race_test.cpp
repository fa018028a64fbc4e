/* race_test.cpp - accesses that nothing puts in order are named, and those that
 * something does are not. Compiled as kernels are where races are looked for. */

#include "last_words.h"

static const unsigned ALL = 0xffffffffu;

/* An array on the device. */
static int *array(void)
{
    static int *p;
    if (!p)
        CHECK(!cudaMalloc(&p, 4096) && !cudaMemset(p, 0, 4096));
    return p;
}

TEST(what_meetings_put_in_order_is_no_race)
{
    int *p = array();
    go("barriers", 3, 64, 256, [=] {
        volatile int *s = (int *)shared_now();
        const unsigned t = threadIdx.x, warp = t / 32 * 32;
        s[t] = (int)t;
        __syncthreads();
        const int other = s[63 - t];
        __syncthreads();
        s[63 - t] = other;
        __syncwarp(); /* which is of lanes: all others are another warp's */
        __syncthreads();
        s[t] = 1;
        __syncwarp();
        s[warp + (t + 1) % 32] += s[warp + (t + 1) % 32];
        p[blockIdx.x * 64 + t] = s[warp + (t + 1) % 32];
        __syncthreads();
        p[blockIdx.x * 64 + (t + 1) % 64]++;
    });
    go("another launch", 1, 256, 0, [=] { p[255 - threadIdx.x]++; });
    go("reads", 9, 64, 0, [=] {
        if (p[threadIdx.x] == -1)
            p[512 + blockIdx.x * 64 + threadIdx.x] = p[3];
    });
}

TEST(a_barrier_that_is_missing_is_named)
{
    const char *said = last_words(1, 64, 256, [] {
        volatile int *s = (int *)shared_now();
        s[threadIdx.x] = 1;
        s[threadIdx.x] = s[(threadIdx.x + 32) % 64];
    });
    CHECK_HAS(said, "a race: byte");
    CHECK_HAS(said, "of shared memory of 256 bytes");
    said = last_words(1, 64, 256, [] { /* written while others read */
        volatile int *s = (int *)shared_now();
        s[threadIdx.x] = 1;
        __syncthreads();
        const int x = s[(threadIdx.x + 32) % 64];
        s[threadIdx.x] = x;
    });
    CHECK_HAS(said, "of shared memory of 256 bytes");
    CHECK_HAS(said, "by thread");
    said = last_words(1, 64, 256, [] {
        volatile int *s = (int *)shared_now();
        s[5] = 1;
    });
    CHECK_HAS(said, "byte 20 of shared memory");
    CHECK_HAS(said, "was written by thread");
}

TEST(lanes_that_go_in_step_are_not_in_order_by_that)
{
    const char *said = last_words(1, 32, 128, [] {
        volatile int *s = (int *)shared_now();
        s[threadIdx.x] = 1;
        const int x = s[threadIdx.x ^ 1];
        __syncwarp();
        s[threadIdx.x] = x;
    });
    CHECK_HAS(said, "of shared memory");
    said = last_words(1, 32, 128, [] {
        volatile int *s = (int *)shared_now();
        s[threadIdx.x] = 1;
        __shfl_xor_sync(ALL, 1, 1);
        s[threadIdx.x] = s[threadIdx.x ^ 1];
    });
    CHECK_HAS(said, "of shared memory");
}

TEST(two_blocks_that_write_into_one_sum_are_named)
{
    int *p = array();
    const char *said = last_words(2, 1, 0, [=] { p[7] += 1; });
    CHECK_HAS(said, "byte 28 of an array of 4096 bytes");
    CHECK_HAS(said, "by another block");
    said = last_words(2, 1, 0, [=] {
        if (blockIdx.x == 0)
            p[9] = p[7];
        else
            p[7] = 1;
    });
    CHECK_HAS(said, "an array of 4096 bytes is");
    CHECK_HAS(said, "by another block");
}

TEST(a_copy_into_what_others_still_read_is_named)
{
    const int *p = array();
    const char *said = last_words(1, 64, 1024, [=] {
        volatile int *s = (int *)shared_now();
        const unsigned t = threadIdx.x;
        copy_async((char *)shared_now() + 16 * t, p + 4 * t);
        copy_commit();
        copy_wait<0>();
        __syncthreads();
        int sum = s[(4 * t + 128) % 256];
        copy_async((char *)shared_now() + 16 * t, p + 4 * (t + 64 + sum));
        copy_commit();
        copy_wait<0>();
    });
    CHECK_HAS(said, "a race: byte");
    said = last_words(1, 64, 1024, [=] { /* waited for, not met */
        const unsigned t = threadIdx.x;
        uint32_t       m[4];
        copy_async((char *)shared_now() + 16 * t, p + 4 * t);
        copy_commit();
        copy_wait<0>();
        ldmatrix(m, (char *)shared_now() + (16 * t + 512) % 1024);
    });
    CHECK_HAS(said, "a race: byte");
}
