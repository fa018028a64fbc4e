/* host_stream.h - streams, events and graphs of the emulated device, as structs. */

#ifndef HOST_STREAM_H
#define HOST_STREAM_H

#include "host_device.h"

#include <deque>
#include <memory>
#include <set>
#include <thread>

#pragma GCC visibility push(hidden)

struct HostGraph {
    std::vector<HostWork> node;
};

struct Capture {
    HostGraph            *graph;
    cudaStream_t          origin;
    cudaStreamCaptureMode mode;
    std::thread::id       owner;
    bool                  broken;
};

struct HostStream {
    unsigned  flags = 0;
    uint64_t enqueued = 0, done = 0;
    std::deque<HostWork>     todo;
    std::shared_ptr<Capture> capture;
    bool                     unjoined = false; /* in a capture not its own */
};

struct HostEvent {
    HostStream *on       = NULL; /* where it was recorded, or NULL: nowhere */
    uint64_t   mark     = 0;    /* done when so many of that stream are    */
    uint64_t   records  = 0;
    double      seconds  = 0;
    std::shared_ptr<Capture> capture;
};

extern HostStream             host_legacy;
extern std::set<HostStream *> host_streams;
extern std::set<HostEvent *>  host_events;

inline HostStream *host_stream(cudaStream_t s) { return s ? s : &host_legacy; }

/* What was enqueued first is done, until so many pieces of the stream's work
 * are. */
void host_drain_to(HostStream *s, uint64_t mark);

/* A line of the account that SCALELAW_EMULATE_LIST names. */
void host_list(const char *format, ...) __attribute__((format(printf, 1, 2)));

inline cudaError_t host_broken(Capture *capture, cudaError_t error)
{
    capture->broken = true;
    return error;
}

#pragma GCC visibility pop

#endif
