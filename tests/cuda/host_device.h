/* host_device.h - what memory and streams of the emulated device share. */

#ifndef HOST_DEVICE_H
#define HOST_DEVICE_H

#include "host_block.h"

#include <mutex>

#pragma GCC visibility push(hidden)

/* Whoever calls the runtime holds it: kernels, too, run under it. */
typedef std::lock_guard<std::recursive_mutex> HostHold;
extern std::recursive_mutex host_lock;

typedef std::function<void()> HostWork;

/* Kept for cudaGetLastError, of this thread, and given back. */
cudaError_t host_say(cudaError_t error);

/* What every call begins with: is the device alive? A lost one stays so until
 * SCALELAW_EMULATE_LOST is changed. */
cudaError_t host_alive(void);
void        host_count_launch(void); /* one is about to run */
bool        host_lost(void);

/* May a call be made that a capture forbids? If not, the capture is spoilt. */
cudaError_t host_uncaptured(void);

/* At the end of the stream's list, or of the graph that it records. */
cudaError_t host_enqueue(cudaStream_t stream, HostWork work);
bool        host_captures(cudaStream_t stream);
void        host_drain(cudaStream_t stream); /* NULL: the legacy stream */
void        host_drain_all(void);

#pragma GCC visibility pop

#endif
