/* host_graph.cpp - graphs of the emulated device: a list of work that a stream
 * wrote down while it captured, done in that order whenever it is launched. */

#include "host_stream.h"

static std::set<HostGraph *> graphs;

cudaError_t cudaStreamBeginCapture(cudaStream_t stream,
                                   cudaStreamCaptureMode mode)
{
    HostHold          hold(host_lock);
    const cudaError_t error = host_alive();
    if (error)
        return host_say(error);
    if (!stream || stream->capture)
        return host_say(cudaErrorStreamCaptureUnsupported);
    if (!host_streams.count(stream))
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
    for (HostStream *s : host_streams) {
        if (s->capture != capture)
            continue;
        joined     = joined && (s == capture->origin || !s->unjoined);
        s->unjoined = false;
        s->capture.reset();
    }
    for (HostEvent *e : host_events)
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
    if (!stream || !host_streams.count(stream) || !stream->capture)
        return host_say(cudaErrorInvalidValue);
    const std::shared_ptr<Capture> capture = stream->capture;
    if (capture->origin != stream)
        return host_say(host_broken(capture.get(),
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
    host_list("graph %zu\n", capture->graph->node.size());
    return cudaSuccess;
}

cudaError_t cudaStreamIsCapturing(cudaStream_t stream,
                                  cudaStreamCaptureStatus *out)
{
    HostHold       hold(host_lock);
    const Capture *c = host_stream(stream)->capture.get();
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
