/* host_cuda.h - CUDA played by this processor: what kernels are written in.
 *
 * src/kern/cuda compiled by g++ includes this in place of nvcc's headers.
 * Blocks are run one after the other; the threads of a block are fibers, which
 * go on until they must wait for others (host_block.cpp); memory of the device
 * is this machine's, streams are lists of what is to be done, and graphs lists
 * that are kept (host_runtime.h). What a device would do at its own time is done
 * as late as the rules allow, and memory that nobody has written holds NaN, so
 * that a wait that was forgotten is seen; what would hang or corrupt a device
 * ends the program with the name of the kernel and the reason in words.
 *
 * In libscalelaw_cuda_races.so kernels tell of each access to memory, and two
 * that no meeting puts in order end the program, too (host_race.cpp).
 *
 *     SCALELAW_EMULATE_ORDER=N    blocks and threads in another order, N's own;
 *                                 odd: work is done when it is enqueued
 *     SCALELAW_EMULATE_BYTES=N    the device has so much memory (4 GiB)
 *     SCALELAW_EMULATE_DEVICES=N  there are so many devices (1)
 *     SCALELAW_EMULATE_LOST=N     at the N-th launch from here it is lost
 *     SCALELAW_EMULATE_LIST=FILE  each launch that is enqueued is a line at its end
 *                                 ("launch x y z threads shared NAME"), and each
 *                                 graph that was recorded ("graph NODES")
 *     SCALELAW_EMULATE_SM=90      compute capability 9.0 (else 8.0), with the
 *                                 shared memory that goes with it
 *
 * SOURCE: NVIDIA, CUDA C++ Programming Guide and PTX ISA, for what each means. */

#ifndef HOST_CUDA_H
#define HOST_CUDA_H

#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <functional>

#define __global__
#define __device__
#define __host__
#define __constant__        static const
#define __forceinline__     inline
/* How many threads a kernel is for is told by the no-ops with which it begins,
 * one for each 32 (host_stream.cpp reads them). */
#define __launch_bounds__(...)                                              \
    __attribute__((patchable_function_entry(                                \
        (HOST_FIRST(__VA_ARGS__, 0) + 31) / 32, 0)))
#define HOST_FIRST(first, ...) first
#define __align__(n)        __attribute__((aligned(n)))
#define __grid_constant__

/* -- Vectors ---------------------------------------------------------------- */

#define HOST_VECTOR2(T, name, bytes)                                        \
    struct __align__(bytes) name { T x, y; };                               \
    inline name make_##name(T x, T y) { return name{ x, y }; }
#define HOST_VECTOR4(T, name, bytes)                                        \
    struct __align__(bytes) name { T x, y, z, w; };                         \
    inline name make_##name(T x, T y, T z, T w) { return name{ x, y, z, w }; }

HOST_VECTOR2(float, float2, 8)
HOST_VECTOR4(float, float4, 16)
HOST_VECTOR2(int, int2, 8)
HOST_VECTOR4(int, int4, 16)
HOST_VECTOR2(unsigned, uint2, 8)
HOST_VECTOR4(unsigned, uint4, 16)
HOST_VECTOR2(double, double2, 16)
HOST_VECTOR2(long long, longlong2, 16)
HOST_VECTOR2(unsigned long long, ulonglong2, 16)
HOST_VECTOR2(unsigned short, ushort2, 4)
HOST_VECTOR4(unsigned short, ushort4, 8)
HOST_VECTOR4(unsigned char, uchar4, 4)

struct dim3 {
    unsigned x, y, z;
    constexpr dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1)
        : x(x), y(y), z(z) { }
};

#pragma GCC visibility push(hidden)

/* -- The block that runs now (host_block.cpp) -------------------------------- */

struct HostIndex { unsigned x, y, z; };
struct HostThread;

extern HostIndex  host_block_index, host_block_size, host_grid_size;
extern HostIndex *host_thread_index; /* of the thread that runs */

#define threadIdx (*host_thread_index)
#define blockIdx  host_block_index
#define blockDim  host_block_size
#define gridDim   host_grid_size
enum { warpSize = 32 };

/* Dynamic shared memory, and how much of it the launch asked for. */
void  *shared_now(void);
size_t shared_now_bytes(void);

/* Run a grid of blocks, here and now. */
void host_grid(const char *name, dim3 grid, unsigned threads, size_t shared,
               const std::function<void()> &kernel);

/* Ends the program, and says where it was. */
void host_die(const char *format, ...)
    __attribute__((noreturn, format(printf, 1, 2)));

/* -- Meetings ----------------------------------------------------------------- */

/* Where a meeting stands in the sources: all must meet at the same. */
struct HostPlace {
    const char *what, *file;
    int         line;
};

/* All threads of the block. The answer: over all of them, of `word`. */
struct HostVote { unsigned any, all, count; };
HostVote host_block_meet(HostPlace place, bool word);

/* All lanes of the warp: each brings words in its slot, and goes on when all
 * have; `act`, which may be NULL, is done once, by the last, over all slots.
 * Afterwards a lane reads what another brought, or `act` made of it. */
enum { HOST_SLOT = 12 };
struct HostSlot { uint32_t word[HOST_SLOT]; };
HostSlot *host_slot(void);                 /* before: this lane's         */
void      host_warp_meet(HostPlace place, void (*act)(HostSlot slot[32]));
HostSlot *host_slot_of(unsigned lane, HostPlace place); /* after: anyone's */
unsigned  host_lane(void);

#define HOST_PLACE_PARAM                                                    \
    const char *file = __builtin_FILE(), int line = __builtin_LINE()
#define HOST_PLACE(what) HostPlace{ what, file, line }

inline void __syncthreads(HOST_PLACE_PARAM)
{
    host_block_meet(HOST_PLACE("__syncthreads"), false);
}
inline int __syncthreads_or(int word, HOST_PLACE_PARAM)
{
    return (int)host_block_meet(HOST_PLACE("__syncthreads_or"), word).any;
}
inline int __syncthreads_and(int word, HOST_PLACE_PARAM)
{
    return (int)host_block_meet(HOST_PLACE("__syncthreads_and"), word).all;
}
inline int __syncthreads_count(int word, HOST_PLACE_PARAM)
{
    return (int)host_block_meet(HOST_PLACE("__syncthreads_count"), word).count;
}

void host_whole_warp(unsigned mask, HostPlace place); /* or die */
void host_warp_sync(HostSlot slot[32]); /* what is written is seen */

inline void __syncwarp(unsigned mask = 0xffffffffu, HOST_PLACE_PARAM)
{
    host_whole_warp(mask, HOST_PLACE("__syncwarp"));
    host_warp_meet(HOST_PLACE("__syncwarp"), host_warp_sync);
}

template <class T>
T host_shuffle(unsigned mask, T value, unsigned lane, HostPlace place)
{
    static_assert(sizeof(T) <= 8, "a shuffle moves 4 or 8 bytes");
    host_whole_warp(mask, place);
    memcpy(host_slot(), &value, sizeof value);
    host_warp_meet(place, NULL);
    memcpy(&value, host_slot_of(lane, place), sizeof value);
    return value;
}

template <class T>
T __shfl_sync(unsigned mask, T value, int lane, int width = 32,
              HOST_PLACE_PARAM)
{
    const unsigned w = (unsigned)width, first = host_lane() & ~(w - 1);
    return host_shuffle(mask, value, first + ((unsigned)lane & (w - 1)),
                        HOST_PLACE("__shfl_sync"));
}
template <class T>
T __shfl_xor_sync(unsigned mask, T value, int bits, int width = 32,
                  HOST_PLACE_PARAM)
{
    const unsigned w = (unsigned)width, me = host_lane();
    const unsigned other = me ^ (unsigned)bits;
    return host_shuffle(mask, value, (other & ~(w - 1)) > (me & ~(w - 1))
                                         ? me : other,
                        HOST_PLACE("__shfl_xor_sync"));
}
template <class T>
T __shfl_down_sync(unsigned mask, T value, unsigned by, int width = 32,
                   HOST_PLACE_PARAM)
{
    const unsigned w = (unsigned)width, me = host_lane();
    return host_shuffle(mask, value,
                        (me & (w - 1)) + by < w ? me + by : me,
                        HOST_PLACE("__shfl_down_sync"));
}
template <class T>
T __shfl_up_sync(unsigned mask, T value, unsigned by, int width = 32,
                 HOST_PLACE_PARAM)
{
    const unsigned w = (unsigned)width, me = host_lane();
    return host_shuffle(mask, value, (me & (w - 1)) >= by ? me - by : me,
                        HOST_PLACE("__shfl_up_sync"));
}

unsigned host_ballot(unsigned mask, bool word, HostPlace place);

inline unsigned __ballot_sync(unsigned mask, int word, HOST_PLACE_PARAM)
{
    return host_ballot(mask, word, HOST_PLACE("__ballot_sync"));
}
inline int __any_sync(unsigned mask, int word, HOST_PLACE_PARAM)
{
    return host_ballot(mask, word, HOST_PLACE("__any_sync")) != 0;
}
inline int __all_sync(unsigned mask, int word, HOST_PLACE_PARAM)
{
    return host_ballot(mask, !word, HOST_PLACE("__all_sync")) == 0;
}
inline void __threadfence(void) { }
inline void __threadfence_block(void) { }

/* -- What cuda.cuh leaves to the machine (host_warp.cpp) ---------------------- */

uint32_t bf16_pair(float first, float second);

void host_mma_bf16(float d[4], const uint32_t a[4], const uint32_t b[2],
                   HostPlace place);
void host_ldmatrix(uint32_t m[4], const void *row, bool trans,
                   HostPlace place);
void host_copy_async(void *to, const void *from, int bytes, HostPlace place);
void host_copy_wait(int left);
void copy_commit(void);

inline void mma_bf16(float d[4], const uint32_t a[4], const uint32_t b[2],
                     HOST_PLACE_PARAM)
{
    host_mma_bf16(d, a, b, HOST_PLACE("mma_bf16"));
}
inline void ldmatrix(uint32_t m[4], const void *row, HOST_PLACE_PARAM)
{
    host_ldmatrix(m, row, false, HOST_PLACE("ldmatrix"));
}
inline void ldmatrix_trans(uint32_t m[4], const void *row, HOST_PLACE_PARAM)
{
    host_ldmatrix(m, row, true, HOST_PLACE("ldmatrix_trans"));
}
/* Of the 16 bytes, those from the `bytes`-th on are 0. */
inline void copy_async(void *to, const void *from, int bytes = 16,
                       HOST_PLACE_PARAM)
{
    host_copy_async(to, from, bytes, HOST_PLACE("copy_async"));
}
template <int left> inline void copy_wait(void) { host_copy_wait(left); }

#pragma GCC visibility pop

#include "host_math.h"
#include "host_runtime.h"

#endif
