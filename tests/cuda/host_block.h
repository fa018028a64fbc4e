/* host_block.h - what the parts of the emulator know of the block that runs. */

#ifndef HOST_BLOCK_H
#define HOST_BLOCK_H

#include "host_cuda.h"
#include "host_fiber.h"

#include <vector>

#pragma GCC visibility push(hidden)

/* All bytes that nobody has written hold this: NaN as float and as bfloat16,
 * far outside every array as an index. */
enum { HOST_POISON = 0x7ff57ff5 };
void host_poison(void *p, size_t bytes);

enum HostState { HOST_TO_COME, HOST_RUNS, HOST_AT_WARP, HOST_AT_BLOCK,
                 HOST_READY, HOST_ENDED };

struct HostCopy { char *to; const char *from; int bytes, group; };

struct HostThread {
    HostIndex index;
    HostState state;
    int       fiber;
    unsigned  lane;
    struct HostWarp *warp;
    HostPlace at;                 /* where it waits                       */
    int                   groups; /* of asynchronous copies, closed       */
    std::vector<HostCopy> copies; /* not there yet                        */
};

struct HostWarp {
    unsigned  lanes, first; /* of them, in the order in which they begin */
    unsigned  arrived, at_block, ended;
    uint64_t  meetings;
    uint16_t  syncs; /* __syncwarp of this block */
    HostPlace place;
    HostSlot  slot[2][32]; /* of this meeting and of the one before */
};

extern HostThread *host_now; /* NULL: none runs */

/* Of the launch that runs, or NULL. */
const char *host_kernel_name(void);

/* Order: 0, or what SCALELAW_EMULATE_ORDER says. */
uint64_t host_order(void);

/* Where an address stands to dynamic shared memory. */
bool host_is_shared(const void *p, size_t bytes);

/* The end in words of what the system stops: once in a process. */
void host_catch_signals(void);

/* -- Races (host_race.cpp) ----------------------------------------------------- */

/* Set where kernels were compiled to tell of each access. */
extern bool host_races;

/* All threads' accesses before are ordered before all after: of a barrier; of
 * the beginning of a block; of a launch. */
enum HostOrder { HOST_BARRIER, HOST_BLOCK, HOST_LAUNCH };
void host_race_order(HostOrder order);

/* An access by `t`, that `what` makes. */
void host_race(const HostThread *t, const void *p, size_t bytes, bool write,
               const void *code);

/* What is known of each byte of device memory and of shared memory. */
void host_race_piece(char *p, size_t bytes); /* bytes 0: is there no more */

#pragma GCC visibility pop

#endif
