/* host_stream.cpp - streams of the emulated device, and launches.
 *
 * A stream is a list of what is to be done. It is done when somebody waits for
 * it, which is as late as can be; with an odd SCALELAW_EMULATE_ORDER as early.
 * A stream that captures writes its list into a graph instead, and so does each
 * stream that waits for an event of it. */

#include "host_stream.h"

#include <stdarg.h>

std::recursive_mutex host_lock;

HostStream             host_legacy;
std::set<HostStream *> host_streams;
std::set<HostEvent *>  host_events;

/* -- Doing what is to be done ------------------------------------------------- */

void host_drain_to(HostStream *s, uint64_t mark)
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
    HostStream *s = host_stream(stream);
    host_drain_to(s, s->enqueued);
}

void host_drain_all(void)
{
    host_drain(NULL);
    for (HostStream *s : host_streams)
        host_drain(s);
}

bool host_captures(cudaStream_t stream)
{
    return host_stream(stream)->capture != NULL;
}

static bool eager(void) { return host_order() % 2 == 1; }

/* The legacy stream waits for all others, and they for it. */
static cudaError_t before_legacy(void)
{
    for (HostStream *s : host_streams) {
        if (s->flags & cudaStreamNonBlocking)
            continue;
        if (s->capture)
            return host_broken(s->capture.get(), cudaErrorStreamCaptureImplicit);
        host_drain(s);
    }
    return cudaSuccess;
}

cudaError_t host_enqueue(cudaStream_t stream, HostWork work)
{
    HostStream *s = host_stream(stream);
    if (stream && !host_streams.count(stream))
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
    for (HostStream *s : host_streams) {
        Capture *c = s->capture.get();
        if (!c || c->mode == cudaStreamCaptureModeRelaxed)
            continue;
        if (c->mode == cudaStreamCaptureModeGlobal ||
            c->owner == std::this_thread::get_id())
            return host_broken(c, cudaErrorStreamCaptureUnsupported);
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
void host_list(const char *format, ...)
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
        host_list("launch %u %u %u %d %lld %s\n", grid.x, grid.y, grid.z,
                  threads, (long long)shared, name);
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
    host_streams.insert(*out);
    return cudaSuccess;
}

cudaError_t cudaStreamCreate(cudaStream_t *out)
{
    return cudaStreamCreateWithFlags(out, cudaStreamDefault);
}

cudaError_t cudaStreamDestroy(cudaStream_t stream)
{
    HostHold hold(host_lock);
    if (!host_streams.count(stream))
        return host_say(cudaErrorInvalidResourceHandle);
    host_drain(stream);
    for (HostEvent *e : host_events)
        if (e->on == stream)
            e->on = NULL;
    host_streams.erase(stream);
    delete stream;
    return host_say(host_alive());
}

static cudaError_t waitable(cudaStream_t stream)
{
    if (stream && !host_streams.count(stream))
        return cudaErrorInvalidResourceHandle;
    HostStream *s = host_stream(stream);
    if (s->capture)
        return host_broken(s->capture.get(), cudaErrorStreamCaptureUnsupported);
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
    HostStream *s = host_stream(stream);
    if (s->done < s->enqueued) {
        host_drain_to(s, s->done + 1);
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
