/* host_event.cpp - events of the emulated device: done when the stream on which
 * they were recorded has come so far. One that was recorded while a stream
 * captures carries the capture to whoever waits for it. */

#include "host_stream.h"

#include <time.h>

cudaError_t cudaEventCreateWithFlags(cudaEvent_t *out, unsigned)
{
    HostHold          hold(host_lock);
    const cudaError_t error = host_alive();
    if (error)
        return host_say(error);
    *out = new HostEvent;
    host_events.insert(*out);
    return cudaSuccess;
}

cudaError_t cudaEventCreate(cudaEvent_t *out)
{
    return cudaEventCreateWithFlags(out, cudaEventDefault);
}

cudaError_t cudaEventDestroy(cudaEvent_t event)
{
    HostHold hold(host_lock);
    if (!host_events.count(event))
        return host_say(cudaErrorInvalidResourceHandle);
    if (event->on)
        host_drain_to(event->on, event->mark);
    host_events.erase(event);
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
    HostStream *s     = host_stream(stream);
    cudaError_t error = host_alive();
    if (!error && !host_events.count(event))
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
        if (host_events.count(event) && event->records == record)
            event->seconds = seconds_now();
    }));
}

cudaError_t cudaEventSynchronize(cudaEvent_t event)
{
    HostHold hold(host_lock);
    if (!host_events.count(event))
        return host_say(cudaErrorInvalidResourceHandle);
    if (event->capture)
        return host_say(host_broken(event->capture.get(),
                               cudaErrorStreamCaptureUnsupported));
    if (event->on)
        host_drain_to(event->on, event->mark);
    return host_say(host_alive());
}

cudaError_t cudaEventQuery(cudaEvent_t event)
{
    HostHold hold(host_lock);
    if (!host_events.count(event))
        return host_say(cudaErrorInvalidResourceHandle);
    if (event->on && event->on->done < event->mark) {
        host_drain_to(event->on, event->on->done + 1);
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
    if (!host_events.count(from) || !host_events.count(to) || !from->records ||
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
    HostStream *s = host_stream(stream);
    if (!host_events.count(event) || (stream && !host_streams.count(stream)))
        return host_say(cudaErrorInvalidResourceHandle);
    if (event->capture) { /* the stream captures, too, from here on */
        if (s->capture && s->capture != event->capture)
            return host_say(host_broken(event->capture.get(),
                                   cudaErrorStreamCaptureUnsupported));
        s->capture = event->capture;
        if (event->on)
            event->on->unjoined = false;
        return cudaSuccess;
    }
    if (s->capture)
        return host_say(host_broken(s->capture.get(),
                               cudaErrorStreamCaptureUnsupported));
    HostStream     *on   = event->on;
    const uint64_t mark = event->mark;
    if (!on || on == s)
        return host_say(host_alive());
    return host_say(host_enqueue(stream, [on, mark] {
        if (on == &host_legacy || host_streams.count(on))
            host_drain_to(on, mark);
    }));
}
