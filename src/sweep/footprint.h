/* footprint.h - what a process will have held when its runs are done: said
 * before the first step, and met (tests/cli/memory.sh).
 *
 * It is resident memory as the system counts it (VmHWM): the program and its
 * libraries, what was held before, the blocks of the runs, and those pages of
 * the shard that are held at a time, a few megabytes of it however long it is
 * (data/pages.h). The rest of the file is the system's cache, which gives way
 * to whoever asks. */

#ifndef FOOTPRINT_H
#define FOOTPRINT_H

#include "train/train.h"

/* Bytes; run_bytes is train_memory of all runs that are trained at once. */
i64 footprint_bytes(i64 run_bytes, const Shard *shard);

/* Bytes that a process can still have without others having to give way: of the
 * machine, and of the group of processes that it is held to. */
i64 footprint_available(void);

/* The most that this process has held so far; 0 where that is not told. */
i64 footprint_most(void);

#endif
