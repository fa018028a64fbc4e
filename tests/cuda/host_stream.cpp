/* host_stream.cpp - streams, events and graphs of the emulated device.
 *
 * A stream is a list of what is to be done. It is done when somebody waits for
 * it, which is as late as can be; with an odd SCALELAW_EMULATE_ORDER as early.
 * A stream that captures writes its list into a graph instead, and so does each
 * stream that waits for an event of it. */

#include "host_device.h"

#include <deque>
#include <memory>
#include <set>
#include <stdarg.h>
#include <thread>
#include <time.h>

std::recursive_mutex host_lock;

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

static HostStream                      legacy;
static std::set<HostStream *>          streams;
static std::set<HostEvent *>           events;
static std::set<HostGraph *>           graphs;
static HostStream *of(cudaStream_t s) { return s ? s : &legacy; }

/* -- Doing what is to be done ------------------------------------------------- */

static void drain_to(HostStream *s, uint64_t mark)
{
    while (s->done < mark && !s->todo.empty()) {
        HostWork work = std::move(s->todo.front());
        s->todo.pop_front();
        if (!host_lost())
            work();
        s->done++;
    }
}

void host_drain(cudaStream_t stream)
{
    HostStream *s = of(stream);
    drain_to(s, s->enqueued);
}

void host_drain_all(void)
{
    host_drain(NULL);
    for (HostStream *s : streams)
        host_drain(s);
}

bool host_captures(cudaStream_t stream) { return of(stream)->capture != NULL; }

static bool eager(void) { return host_order() % 2 == 1; }

static cudaError_t broken(Capture *capture, cudaError_t error)
{
    capture->broken = true;
    return error;
}

/* The legacy stream waits for all others, and they for it. */
static cudaError_t before_legacy(void)
{
    for (HostStream *s : streams) {
        if (s->flags & cudaStreamNonBlocking)
            continue;
        if (s->capture)
            return broken(s->capture.get(), cudaErrorStreamCaptureImplicit);
        host_drain(s);
    }
    return cudaSuccess;
}

cudaError_t host_enqueue(cudaStream_t stream, HostWork work)
{
    HostStream *s = of(stream);
    if (stream && !streams.count(stream))
        return cudaErrorInvalidResourceHandle;
    if (s->capture) {
        if (s->capture->broken)
            return cudaErrorStreamCaptureInvalidated;
        s->unjoined = true;
        s->capture->graph->node.push_back(std::move(work));
        return cudaSuccess;
    }
    if (!stream) {
        const cudaError_t error = before_legacy();
        if (error)
            return error;
    }
    s->todo.push_back(std::move(work));
    s->enqueued++;
    if (!stream || eager())
        host_drain(stream);
    return cudaSuccess;
}

cudaError_t host_uncaptured(void)
{
    for (HostStream *s : streams) {
        Capture *c = s->capture.get();
        if (!c || c->mode == cudaStreamCaptureModeRelaxed)
            continue;
        if (c->mode == cudaStreamCaptureModeGlobal ||
            c->owner == std::this_thread::get_id())
            return broken(c, cudaErrorStreamCaptureUnsupported);
    }
    return cudaSuccess;
}

/* -- Launches ------------------------------------------------------------------ */

static bool fits(dim3 grid, int threads, int64_t shared)
{
    int most = 0;
    cudaDeviceGetAttribute(&most, cudaDevAttrMaxSharedMemoryPerBlockOptin, 0);
    return threads > 0 && threads <= 1024 && grid.x > 0 && grid.y > 0 &&
           grid.z > 0 && grid.x <= 0x7fffffffu && grid.y <= 65535 &&
           grid.z <= 65535 && shared >= 0 && shared <= most;
}

int host_bounds(const void *kernel)
{
#if defined(__x86_64__)
    const uint8_t nop = 0x90, *at = (const uint8_t *)kernel;
#else
    const uint32_t nop = 0xd503201fu, *at = (const uint32_t *)kernel;
#endif
    int n = 0;
    while (at[n] == nop)
        n++;
    return 32 * n;
}

/* A line of SCALELAW_EMULATE_LIST. */
static void list(const char *format, ...)
{
    const char *path = getenv("SCALELAW_EMULATE_LIST");
    FILE       *out  = path && *path ? fopen(path, "a") : NULL;
    va_list     args;
    if (!out)
        return;
    va_start(args, format);
    vfprintf(out, format, args);
    va_end(args);
    fclose(out);
}

void host_launch(cudaStream_t stream, const char *name, dim3 grid, int threads,
                 int64_t shared, std::function<void()> kernel, int bounds)
{
    HostHold    hold(host_lock);
    cudaError_t error = host_alive();
    if (!error && !fits(grid, threads, shared))
        error = cudaErrorInvalidConfiguration;
    if (!error && bounds && threads > bounds)
        error = cudaErrorLaunchOutOfResources;
    if (!error)
        error = host_enqueue(stream, [=] {
            host_count_launch();
            if (!host_lost())
                host_grid(name, grid, (unsigned)threads, (size_t)shared,
                          kernel);
        });
    if (!error)
        list("launch %u %u %u %d %lld %s\n", grid.x, grid.y, grid.z, threads,
             (long long)shared, name);
    host_say(error);
}

cudaError_t cudaLaunchHostFunc(cudaStream_t stream, cudaHostFn_t act,
                               void *self)
{
    HostHold          hold(host_lock);
    const cudaError_t error = host_alive();
    return host_say(error ? error
                          : host_enqueue(stream, [=] { act(self); }));
}

/* -- Streams ------------------------------------------------------------------- */

cudaError_t cudaStreamCreateWithFlags(cudaStream_t *out, unsigned flags)
{
    HostHold          hold(host_lock);
    const cudaError_t error = host_alive();
    if (error)
        return host_say(error);
    *out = new HostStream;
    (*out)->flags = flags;
    streams.insert(*out);
    return cudaSuccess;
}

cudaError_t cudaStreamCreate(cudaStream_t *out)
{
    return cudaStreamCreateWithFlags(out, cudaStreamDefault);
}

cudaError_t cudaStreamDestroy(cudaStream_t stream)
{
    HostHold hold(host_lock);
    if (!streams.count(stream))
        return host_say(cudaErrorInvalidResourceHandle);
    host_drain(stream);
    for (HostEvent *e : events)
        if (e->on == stream)
            e->on = NULL;
    streams.erase(stream);
    delete stream;
    return host_say(host_alive());
}

static cudaError_t waitable(cudaStream_t stream)
{
    if (stream && !streams.count(stream))
        return cudaErrorInvalidResourceHandle;
    HostStream *s = of(stream);
    if (s->capture)
        return broken(s->capture.get(), cudaErrorStreamCaptureUnsupported);
    return stream ? cudaSuccess : before_legacy();
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream)
{
    HostHold          hold(host_lock);
    const cudaError_t error = waitable(stream);
    if (error)
        return host_say(error);
    host_drain(stream);
    return host_say(host_alive());
}

/* Asked often enough it must become true: one piece of work a question. */
cudaError_t cudaStreamQuery(cudaStream_t stream)
{
    HostHold          hold(host_lock);
    const cudaError_t error = waitable(stream);
    if (error)
        return host_say(error);
    HostStream *s = of(stream);
    if (s->done < s->enqueued) {
        drain_to(s, s->done + 1);
        return cudaErrorNotReady;
    }
    return host_say(host_alive());
}

cudaError_t cudaDeviceSynchronize(void)
{
    HostHold          hold(host_lock);
    const cudaError_t error = host_uncaptured();
    if (error)
        return host_say(error);
    host_drain_all();
    return host_say(host_alive());
}

/* -- Events -------------------------------------------------------------------- */

cudaError_t cudaEventCreateWithFlags(cudaEvent_t *out, unsigned)
{
    HostHold          hold(host_lock);
    const cudaError_t error = host_alive();
    if (error)
        return host_say(error);
    *out = new HostEvent;
    events.insert(*out);
    return cudaSuccess;
}

cudaError_t cudaEventCreate(cudaEvent_t *out)
{
    return cudaEventCreateWithFlags(out, cudaEventDefault);
}

cudaError_t cudaEventDestroy(cudaEvent_t event)
{
    HostHold hold(host_lock);
    if (!events.count(event))
        return host_say(cudaErrorInvalidResourceHandle);
    if (event->on)
        drain_to(event->on, event->mark);
    events.erase(event);
    delete event;
    return host_say(host_alive());
}

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream)
{
    HostHold    hold(host_lock);
    HostStream *s     = of(stream);
    cudaError_t error = host_alive();
    if (!error && !events.count(event))
        error = cudaErrorInvalidResourceHandle;
    if (error)
        return host_say(error);
    event->capture = s->capture;
    event->on      = s;
    const uint64_t record = ++event->records;
    if (s->capture) /* an edge of the graph: the order of its list has it */
        return host_say(s->capture->broken ? cudaErrorStreamCaptureInvalidated
                                           : cudaSuccess);
    event->mark = s->enqueued + 1;
    return host_say(host_enqueue(stream, [event, record] {
        if (events.count(event) && event->records == record)
            event->seconds = seconds_now();
    }));
}

cudaError_t cudaEventSynchronize(cudaEvent_t event)
{
    HostHold hold(host_lock);
    if (!events.count(event))
        return host_say(cudaErrorInvalidResourceHandle);
    if (event->capture)
        return host_say(broken(event->capture.get(),
                               cudaErrorStreamCaptureUnsupported));
    if (event->on)
        drain_to(event->on, event->mark);
    return host_say(host_alive());
}

cudaError_t cudaEventQuery(cudaEvent_t event)
{
    HostHold hold(host_lock);
    if (!events.count(event))
        return host_say(cudaErrorInvalidResourceHandle);
    if (event->on && event->on->done < event->mark) {
        drain_to(event->on, event->on->done + 1);
        return cudaErrorNotReady;
    }
    return host_say(host_alive());
}

static bool done(const HostEvent *e)
{
    return !e->on || e->on->done >= e->mark;
}

cudaError_t cudaEventElapsedTime(float *ms, cudaEvent_t from, cudaEvent_t to)
{
    HostHold hold(host_lock);
    if (!events.count(from) || !events.count(to) || !from->records ||
        !to->records)
        return host_say(cudaErrorInvalidResourceHandle);
    if (!done(from) || !done(to))
        return cudaErrorNotReady;
    *ms = (float)(1e3 * (to->seconds - from->seconds));
    return host_say(host_alive());
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event,
                                unsigned)
{
    HostHold    hold(host_lock);
    HostStream *s = of(stream);
    if (!events.count(event) || (stream && !streams.count(stream)))
        return host_say(cudaErrorInvalidResourceHandle);
    if (event->capture) { /* the stream captures, too, from here on */
        if (s->capture && s->capture != event->capture)
            return host_say(broken(event->capture.get(),
                                   cudaErrorStreamCaptureUnsupported));
        s->capture = event->capture;
        if (event->on)
            event->on->unjoined = false;
        return cudaSuccess;
    }
    if (s->capture)
        return host_say(broken(s->capture.get(),
                               cudaErrorStreamCaptureUnsupported));
    HostStream     *on   = event->on;
    const uint64_t mark = event->mark;
    if (!on || on == s)
        return host_say(host_alive());
    return host_say(host_enqueue(stream, [on, mark] {
        if (on == &legacy || streams.count(on))
            drain_to(on, mark);
    }));
}

/* -- Graphs -------------------------------------------------------------------- */

cudaError_t cudaStreamBeginCapture(cudaStream_t stream,
                                   cudaStreamCaptureMode mode)
{
    HostHold          hold(host_lock);
    const cudaError_t error = host_alive();
    if (error)
        return host_say(error);
    if (!stream || stream->capture)
        return host_say(cudaErrorStreamCaptureUnsupported);
    if (!streams.count(stream))
        return host_say(cudaErrorInvalidResourceHandle);
    stream->capture = std::make_shared<Capture>(
        Capture{ new HostGraph, stream, mode, std::this_thread::get_id(),
                 false });
    return cudaSuccess;
}

/* All streams leave the capture. Did each come back to the first? */
static bool close_capture(const std::shared_ptr<Capture> &capture)
{
    bool joined = true;
    for (HostStream *s : streams) {
        if (s->capture != capture)
            continue;
        joined     = joined && (s == capture->origin || !s->unjoined);
        s->unjoined = false;
        s->capture.reset();
    }
    for (HostEvent *e : events)
        if (e->capture == capture) {
            e->capture.reset();
            e->on = NULL;
        }
    return joined;
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t *out)
{
    HostHold hold(host_lock);
    *out = NULL;
    if (!stream || !streams.count(stream) || !stream->capture)
        return host_say(cudaErrorInvalidValue);
    const std::shared_ptr<Capture> capture = stream->capture;
    if (capture->origin != stream)
        return host_say(broken(capture.get(),
                               cudaErrorStreamCaptureUnjoined));
    if (capture->mode != cudaStreamCaptureModeRelaxed &&
        capture->owner != std::this_thread::get_id())
        return host_say(cudaErrorStreamCaptureWrongThread);
    cudaError_t error = close_capture(capture)
                            ? cudaSuccess : cudaErrorStreamCaptureUnjoined;
    if (capture->broken)
        error = cudaErrorStreamCaptureInvalidated;
    if (error) {
        delete capture->graph;
        return host_say(error);
    }
    graphs.insert(*out = capture->graph);
    list("graph %zu\n", capture->graph->node.size());
    return cudaSuccess;
}

cudaError_t cudaStreamIsCapturing(cudaStream_t stream,
                                  cudaStreamCaptureStatus *out)
{
    HostHold       hold(host_lock);
    const Capture *c = of(stream)->capture.get();
    *out = !c ? cudaStreamCaptureStatusNone
              : c->broken ? cudaStreamCaptureStatusInvalidated
                          : cudaStreamCaptureStatusActive;
    return cudaSuccess;
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t *out, cudaGraph_t graph,
                                 unsigned long long)
{
    HostHold    hold(host_lock);
    cudaError_t error = host_alive();
    if (!error)
        error = graphs.count(graph) ? host_uncaptured()
                                    : cudaErrorInvalidValue;
    if (error)
        return host_say(error);
    graphs.insert(*out = new HostGraph(*graph));
    return cudaSuccess;
}

cudaError_t cudaGraphUpload(cudaGraphExec_t exec, cudaStream_t)
{
    HostHold hold(host_lock);
    return host_say(graphs.count(exec) ? host_alive() : cudaErrorInvalidValue);
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t exec, cudaStream_t stream)
{
    HostHold    hold(host_lock);
    cudaError_t error = host_alive();
    if (!error && !graphs.count(exec))
        error = cudaErrorInvalidValue;
    if (!error)
        error = host_enqueue(stream, [exec] {
            if (!graphs.count(exec))
                host_die("a graph was destroyed before it had run");
            for (const HostWork &work : exec->node)
                if (!host_lost())
                    work();
        });
    return host_say(error);
}

static cudaError_t destroy(HostGraph *graph)
{
    HostHold hold(host_lock);
    if (!graphs.erase(graph))
        return host_say(cudaErrorInvalidValue);
    delete graph;
    return host_say(host_alive());
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph) { return destroy(graph); }

/* What is under way is done first, as on a device. */
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t exec)
{
    HostHold hold(host_lock);
    host_drain_all();
    return destroy(exec);
}
