/* queue.cuh - private to kern/cuda: the queue as a struct, and how errors of the
 * runtime become words. */

#ifndef QUEUE_CUH
#define QUEUE_CUH

#include "kern/cuda/parts.cuh"

enum { WHERE = 64 };

struct DeviceText { /* a copy, and how often it is open */
    int         device, token_bytes, users;
    i64         count;
    const void *host;
    void       *token;
    DeviceText *next;
};

/* Arrays on the device but where it says otherwise. */
struct DeviceQueue {
    int             device;
    DeviceSizes     sizes;
    cudaStream_t    stream;
    cudaGraphExec_t graph[DEVICE_GRAPHS];
    u8             *blocks;  /* [runs] of sizes.block.bytes             */
    DeviceTick     *tick;    /* [ticks, runs] of what is recorded       */
    i32            *now;     /* which of them it is                     */
    DeviceTick     *still;   /* [runs] of calls outside record...       */
    i32            *zero;    /* ...whose number is always this          */
    i64            *place;   /* [ticks, runs, micro]                    */
    DeviceResult   *result;  /* [ticks, runs]                           */
    real           *kept;    /* [eval_ticks, runs, micro * context]     */
    Launch          launch;  /* of this moment, on the host             */
    DeviceGraph     recording; /* DEVICE_GRAPHS: none                   */
    cudaError_t     failed;  /* first error of a launch, until it is told */
    char            where[WHERE];
};

DeviceQueue *queue_now(void);

/* cudaSuccess is true; else false, with the fault and words. */
bool cuda_ok(cudaError_t error, const char *what, DeviceWhy *why);

/* queue.cu, behind the functions of DeviceApi. */
bool queue_open(DeviceQueue **out, int device, const DeviceSizes *sizes,
                DeviceWhy *why);
void queue_close(DeviceQueue *queue);
i64  queue_bytes(const DeviceSizes *sizes);
i64  queue_eval_ticks(const DeviceSizes *sizes);
u8  *queue_address(DeviceQueue *queue);
void queue_enter(DeviceQueue *queue);
bool queue_upload(DeviceQueue *queue, i64 run, i64 at, const void *from,
                  i64 bytes, DeviceWhy *why);
bool queue_download(void *to, DeviceQueue *queue, i64 run, i64 at, i64 bytes,
                    DeviceWhy *why);
bool queue_tick(DeviceQueue *queue, const DeviceTick *tick, DeviceWhy *why);
bool queue_record(DeviceQueue *queue, DeviceGraph graph,
                  void (*body)(void *self), void *self, DeviceWhy *why);
bool queue_wait(DeviceQueue *queue, DeviceWhy *why);
bool queue_go(DeviceQueue *queue, DeviceGraph graph, i64 ticks,
              const DeviceTick *tick, const i64 *place, DeviceResult *result,
              real *loss, DeviceWhy *why);

#endif
