/* queue.cu - a stream, the blocks of its runs, and the graphs recorded on it.
 *
 * Between the beginning and the end of queue_go the host does nothing but enqueue:
 * the ticks and places of all passes go down first, the graph is launched once a
 * pass and counts them itself (next_cu), and the results come back at the end.
 * Contract: device.h. */

#include "kern/cuda/queue.cuh"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static thread_local DeviceQueue *entered;

DeviceQueue *queue_now(void)
{
    if (!entered) {
        fprintf(stderr, "scalelaw: a kernel was called by a thread that has "
                        "entered no queue\n");
        abort(); /* a bug */
    }
    return entered;
}

Launch *launch_now(void) { return &queue_now()->launch; }

/* -- Errors ------------------------------------------------------------------ */

static DeviceFault fault_of(cudaError_t error)
{
    switch (error) {
    case cudaSuccess:                 return DEVICE_OK;
    case cudaErrorMemoryAllocation:   return DEVICE_MEMORY;
    case cudaErrorNoDevice:
    case cudaErrorInvalidDevice:
    case cudaErrorInsufficientDriver:
    case cudaErrorInitializationError:
    case cudaErrorDevicesUnavailable: return DEVICE_ABSENT;
    case cudaErrorECCUncorrectable:
    case cudaErrorIllegalAddress:
    case cudaErrorMisalignedAddress:
    case cudaErrorHardwareStackError:
    case cudaErrorIllegalInstruction:
    case cudaErrorLaunchFailure:
    case cudaErrorLaunchTimeout:
    case cudaErrorUnknown:            return DEVICE_LOST;
    default:                          return DEVICE_OTHER;
    }
}

bool cuda_ok(cudaError_t error, const char *what, DeviceWhy *why)
{
    if (error == cudaSuccess)
        return true;
    why->fault = fault_of(error);
    snprintf(why->text, sizeof why->text, "%.60s: %.60s (%.100s)", what,
             cudaGetErrorName(error), cudaGetErrorString(error));
    cudaGetLastError(); /* it is told; what can be forgotten is */
    return false;
}

void launch_failed(cudaError_t error, const char *where)
{
    DeviceQueue *queue = queue_now();
    if (error == cudaSuccess || queue->failed != cudaSuccess)
        return; /* the first one is told */
    queue->failed = error;
    snprintf(queue->where, sizeof queue->where, "%.50s", where);
}

static bool launches_ok(DeviceQueue *queue, DeviceWhy *why)
{
    const cudaError_t failed = queue->failed;
    queue->failed = cudaSuccess;
    return cuda_ok(failed, queue->where, why);
}

/* -- Memory ------------------------------------------------------------------ */

enum { KEPT_BYTES = 64 << 20 }; /* of losses, at most (one pass at least) */

static i64 pass_losses(const DeviceSizes *s)
{
    return s->runs * s->micro * s->context;
}

i64 queue_eval_ticks(const DeviceSizes *s)
{
    const i64 fit = KEPT_BYTES / (pass_losses(s) * (i64)sizeof(real));
    return i64_max(1, i64_min(s->ticks, fit));
}

/* All arrays but the blocks, in one walk for their sizes and their making. */
struct Array { void **at; i64 bytes; };
enum { ARRAYS = 8 };

static int arrays(Array out[ARRAYS], DeviceQueue *q, const DeviceSizes *s)
{
    const i64   passes = s->ticks * s->runs;
    const Array all[ARRAYS] = {
        { (void **)&q->blocks, s->runs * s->block.bytes },
        { (void **)&q->tick, passes * (i64)sizeof(DeviceTick) },
        { (void **)&q->now, DEVICE_LINE },
        { (void **)&q->still, s->runs * (i64)sizeof(DeviceTick) },
        { (void **)&q->zero, DEVICE_LINE },
        { (void **)&q->place, passes * s->micro * (i64)sizeof(i64) },
        { (void **)&q->result, passes * (i64)sizeof(DeviceResult) },
        { (void **)&q->kept, queue_eval_ticks(s) * pass_losses(s)
                                 * (i64)sizeof(real) },
    };
    memcpy(out, all, sizeof all);
    return ARRAYS;
}

i64 queue_bytes(const DeviceSizes *sizes)
{
    DeviceQueue none = {};
    Array       array[ARRAYS];
    i64         sum = 0;
    for (int i = 0, n = arrays(array, &none, sizes); i < n; i++)
        sum += array[i].bytes;
    return sum;
}

static bool make_arrays(DeviceQueue *q, DeviceWhy *why)
{
    Array array[ARRAYS];
    for (int i = 0, n = arrays(array, q, &q->sizes); i < n; i++) {
        char what[WHERE];
        snprintf(what, sizeof what, "%.3g GB of memory for %lld runs",
                 1e-9 * (double)queue_bytes(&q->sizes),
                 (long long)q->sizes.runs);
        if (!cuda_ok(cudaMalloc(array[i].at, (size_t)array[i].bytes), what,
                     why)
            || !cuda_ok(cudaMemsetAsync(*array[i].at, 0,
                                        (size_t)array[i].bytes, q->stream),
                        "clearing memory", why))
            return false;
    }
    return true;
}

/* -- Opening and closing ------------------------------------------------------- */

/* What launches see: the passes of a graph, or what stands still. */
static void aim(DeviceQueue *q, bool graph)
{
    const DeviceSizes *s = &q->sizes;
    q->launch.stream = q->stream;
    q->launch.runs.stride = s->block.bytes;
    q->launch.runs.tick   = graph ? q->tick : q->still;
    q->launch.runs.now    = graph ? q->now : q->zero;
    q->launch.runs.runs   = (i32)s->runs;
    q->launch.scratch       = (char *)q->blocks + s->block.scratch;
    q->launch.scratch_bytes = s->scratch;
    q->launch.bf16          = s->bf16;
}

static bool all_active(DeviceQueue *q, DeviceWhy *why)
{
    const size_t bytes = (size_t)q->sizes.runs * sizeof(DeviceTick);
    DeviceTick  *tick = (DeviceTick *)calloc(1, bytes);
    if (!tick)
        return cuda_ok(cudaErrorMemoryAllocation, "host memory", why);
    for (i64 g = 0; g < q->sizes.runs; g++)
        tick[g].active = 1;
    const bool ok = queue_tick(q, tick, why);
    free(tick);
    return ok;
}

static bool make(DeviceQueue *q, DeviceWhy *why)
{
    if (!cuda_ok(cudaSetDevice(q->device), "the device", why)
        || !cuda_ok(cudaStreamCreateWithFlags(&q->stream,
                                              cudaStreamNonBlocking),
                    "a stream", why)
        || !make_arrays(q, why))
        return false;
    aim(q, false);
    return all_active(q, why);
}

bool queue_open(DeviceQueue **out, int device, const DeviceSizes *sizes,
                DeviceWhy *why)
{
    *out = (DeviceQueue *)calloc(1, sizeof **out);
    if (!*out)
        return cuda_ok(cudaErrorMemoryAllocation, "host memory", why);
    (*out)->device    = device;
    (*out)->sizes     = *sizes;
    (*out)->recording = DEVICE_GRAPHS;
    if (make(*out, why)) {
        lt_open();
        return true;
    }
    queue_close(*out);
    *out = NULL;
    return false;
}

void queue_close(DeviceQueue *q)
{
    Array array[ARRAYS];
    if (!q)
        return;
    cudaSetDevice(q->device);
    if (q->stream)
        cudaStreamSynchronize(q->stream);
    for (int i = 0; i < DEVICE_GRAPHS; i++)
        if (q->graph[i])
            cudaGraphExecDestroy(q->graph[i]);
    for (int i = 0, n = arrays(array, q, &q->sizes); i < n; i++)
        cudaFree(*array[i].at);
    if (q->stream)
        cudaStreamDestroy(q->stream);
    cudaGetLastError(); /* of a device that is lost nothing more is asked */
    if (entered == q)
        entered = NULL;
    free(q);
}

u8 *queue_address(DeviceQueue *q) { return q->blocks; }

void queue_enter(DeviceQueue *q)
{
    entered = q;
    if (q)
        cudaSetDevice(q->device);
}

/* -- There and back ------------------------------------------------------------ */

bool queue_wait(DeviceQueue *q, DeviceWhy *why)
{
    const cudaError_t done = cudaStreamSynchronize(q->stream);
    return launches_ok(q, why) && cuda_ok(done, "waiting for the device", why);
}

static bool move(DeviceQueue *q, void *to, const void *from, i64 bytes,
                 cudaMemcpyKind kind, DeviceWhy *why)
{
    return cuda_ok(cudaSetDevice(q->device), "the device", why)
        && cuda_ok(cudaMemcpyAsync(to, from, (size_t)bytes, kind, q->stream),
                   "moving memory", why)
        && queue_wait(q, why);
}

bool queue_upload(DeviceQueue *q, i64 run, i64 at, const void *from, i64 bytes,
                  DeviceWhy *why)
{
    return move(q, q->blocks + run * q->sizes.block.bytes + at, from, bytes,
                cudaMemcpyHostToDevice, why);
}

bool queue_download(void *to, DeviceQueue *q, i64 run, i64 at, i64 bytes,
                    DeviceWhy *why)
{
    return move(q, to, q->blocks + run * q->sizes.block.bytes + at, bytes,
                cudaMemcpyDeviceToHost, why);
}

bool queue_tick(DeviceQueue *q, const DeviceTick *tick, DeviceWhy *why)
{
    return move(q, q->still, tick, q->sizes.runs * (i64)sizeof *tick,
                cudaMemcpyHostToDevice, why);
}

/* -- Graphs -------------------------------------------------------------------- */

static bool instantiate(DeviceQueue *q, DeviceGraph which, cudaGraph_t graph,
                        DeviceWhy *why)
{
    if (q->graph[which])
        cudaGraphExecDestroy(q->graph[which]);
    q->graph[which] = NULL;
    return cuda_ok(cudaGraphInstantiate(&q->graph[which], graph, 0),
                   "making a graph of what was recorded", why);
}

static void record_body(DeviceQueue *q, DeviceGraph which,
                        void (*body)(void *self), void *self)
{
    DeviceQueue *before = entered;
    queue_enter(q);
    aim(q, true);
    q->recording = which;
    body(self);
    q->recording = DEVICE_GRAPHS;
    aim(q, false);
    queue_enter(before);
}

bool queue_record(DeviceQueue *q, DeviceGraph which, void (*body)(void *self),
                  void *self, DeviceWhy *why)
{
    cudaGraph_t graph = NULL;
    if (!cuda_ok(cudaSetDevice(q->device), "the device", why)
        || !queue_wait(q, why)
        || !cuda_ok(cudaStreamBeginCapture(q->stream,
                                           cudaStreamCaptureModeThreadLocal),
                    "recording", why))
        return false;
    record_body(q, which, body, self);
    const cudaError_t ended = cudaStreamEndCapture(q->stream, &graph);
    const bool        ok = launches_ok(q, why)
                        && cuda_ok(ended, "the end of recording", why)
                        && instantiate(q, which, graph, why);
    if (graph)
        cudaGraphDestroy(graph);
    return ok;
}

static bool send(DeviceQueue *q, void *to, const void *from, i64 bytes,
                 DeviceWhy *why)
{
    return cuda_ok(cudaMemcpyAsync(to, from, (size_t)bytes,
                                   cudaMemcpyHostToDevice, q->stream),
                   "sending a pass's numbers", why);
}

static bool fetch(DeviceQueue *q, void *to, const void *from, i64 bytes,
                  DeviceWhy *why)
{
    return !to || cuda_ok(cudaMemcpyAsync(to, from, (size_t)bytes,
                                          cudaMemcpyDeviceToHost, q->stream),
                          "fetching results", why);
}

static bool launch_all(DeviceQueue *q, DeviceGraph graph, i64 ticks,
                       DeviceWhy *why)
{
    for (i64 i = 0; i < ticks; i++)
        if (!cuda_ok(cudaGraphLaunch(q->graph[graph], q->stream),
                     "launching a pass", why))
            return false;
    return true;
}

bool queue_go(DeviceQueue *q, DeviceGraph graph, i64 ticks,
              const DeviceTick *tick, const i64 *place, DeviceResult *result,
              real *loss, DeviceWhy *why)
{
    const DeviceSizes *s = &q->sizes;
    const i64          passes = ticks * s->runs;
    assert(ticks > 0 && ticks <= (loss ? queue_eval_ticks(s) : s->ticks));
    return cuda_ok(cudaSetDevice(q->device), "the device", why)
        && send(q, q->tick, tick, passes * (i64)sizeof *tick, why)
        && send(q, q->place, place, passes * s->micro * (i64)sizeof *place,
                why)
        && cuda_ok(cudaMemsetAsync(q->now, 0, sizeof *q->now, q->stream),
                   "beginning to count", why)
        && launch_all(q, graph, ticks, why)
        && fetch(q, result, q->result, passes * (i64)sizeof *result, why)
        && fetch(q, loss, q->kept,
                 ticks * pass_losses(s) * (i64)sizeof *loss, why)
        && queue_wait(q, why);
}
