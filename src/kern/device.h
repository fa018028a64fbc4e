/* device.h - a device with memory of its own, on which many runs of one shape
 * train side by side.
 *
 * The idea. All that a run has on the device lies in one block, laid out alike
 * for all runs of a queue, so that run g's numbers lie g blocks behind run 0's.
 * An architecture knows of one run: it is called once with run 0's pointers and
 * the device's Kern while the queue records, and each of its calls becomes a
 * launch that does the same for all runs. What is recorded is a graph, and is
 * then run again and again: a pass over one micro-batch of every run, and where
 * that completes a run's batch, its update. What differs from pass to pass (the
 * rate, the place of the text, who takes part) is an array on the device, of a
 * DeviceTick a run and pass, so that nothing is waited for between passes.
 *
 * No bit of a run depends on who is beside it: each has its own sums in an order
 * that its shape fixes, and how its batch is cut into passes is a function of
 * its shape and batch alone (DEVICE_PASS_TOKENS).
 *
 * A device's Kern obeys kern.h with three differences. Pointers are addresses
 * on the device, of run 0; a call enqueues on the queue that the thread has
 * entered, and returns. What needs an answer or is one sequence at a time is
 * NULL: probe, usable, attention, attention_back, dropout, adamw, sum_squares,
 * gather (Kern.far and `update` stand for them); attention_work gives 0. And
 * y[r] = -1 is no token: its loss and its gradient are 0, and id[r] = -1 is
 * taken for 0 by embed and for nothing by embed_back.
 *
 * In "bf16" attention, too, takes its products of bfloat16.
 *
 * The backend is a shared object that exports one function, DEVICE_SYMBOL of
 * type DeviceOpen; device_load finds and opens it. Functions that can fail say
 * why in words, and a DeviceFault. */

#ifndef DEVICE_H
#define DEVICE_H

#include "base/err.h"
#include "kern/kern.h"

#define DEVICE_SYMBOL "scalelaw_device"
enum { DEVICE_ABI = 2, DEVICE_WHY = 256, DEVICE_LINE = 256, DEVICE_TENSORS = 32 };

/* Tokens of a pass of one run, at most (one sequence at least): of small models,
 * which share the device with others of their kind, and of larger ones. */
enum { DEVICE_PASS_TOKENS = 4096, DEVICE_PASS_TOKENS_LARGE = 16384,
       DEVICE_LARGE_PARAMS = 4 << 20 };

typedef enum DeviceFault {
    DEVICE_OK,
    DEVICE_MEMORY,  /* there is not enough of it          */
    DEVICE_LOST,    /* the device is gone or has failed   */
    DEVICE_ABSENT,  /* there is none, or none of that number, or no driver */
    DEVICE_OTHER,
} DeviceFault;

typedef struct DeviceWhy {
    DeviceFault fault;
    char        text[DEVICE_WHY];
} DeviceWhy;

typedef struct DeviceInfo {
    char name[96];            /* "NVIDIA H200"                              */
    int  major, minor;        /* compute capability                         */
    int  processors;
    i64  bytes, bytes_free;
    int  driver, runtime;     /* 13000: 13.0                                */
    char bus[32];             /* address on the PCI bus: "0000:3b:00.0"     */
} DeviceInfo;

/* A pass of one run. */
typedef struct DeviceTick {
    i32    active;     /* 0: the run sits it out, and nothing of it changes
                          but `work`, which no pass reads from another       */
    i32    update;     /* 1: with this pass the batch is complete            */
    u64    seed;       /* of dropout, as PassHow has it...                   */
    i64    sequence;   /* ...number of the pass's first sequence             */
    double lr;         /* of the update                                      */
    double rest1, rest2; /* 1 - beta^t                                       */
    double scale;      /* of the gradient before clipping: 1 / passes a batch */
} DeviceTick;

typedef struct DeviceResult {
    double loss;       /* sum over the tokens of the pass, nats              */
    double square;     /* with update: of the gradient's norm, scaled, before
                          clipping; not finite: parameters are as before     */
} DeviceResult;

typedef struct DeviceTensor { /* neighbours that are updated alike */
    i64    at, count;
    double lr_scale;
    i32    decay;
} DeviceTensor;

typedef enum DeviceOptimizer { DEVICE_ADAMW, DEVICE_SGD } DeviceOptimizer;

/* What a run's block holds, in bytes from its beginning; each on a line of
 * DEVICE_LINE bytes. */
typedef struct DeviceBlock {
    i64 param, m, v, grad, packed, work, loss, x, y, scratch;
    i64 bytes; /* of the block: a multiple of DEVICE_LINE */
} DeviceBlock;

typedef struct DeviceText DeviceText; /* tokens of a shard, on the device */

typedef struct DeviceSizes {
    i64         runs;          /* side by side                              */
    i64         ticks;         /* passes between two waits, at most         */
    i64         micro, context; /* sequences of a pass, tokens of each      */
    i64         params;
    i64         scratch;       /* bytes, as DeviceApi.scratch says          */
    DeviceBlock block;
    DeviceText *text;
    int         tensors;
    DeviceTensor tensor[DEVICE_TENSORS];
    DeviceOptimizer optimizer;
    double      beta1, beta2, epsilon, weight_decay, clip, momentum;
    bool        bf16;
} DeviceSizes;

/* What kernels need scratch for: rows of a pass, the widest row of anything,
 * numbers in the largest matrix, parameters, width of the stream, heads. */
typedef struct DeviceNeeds {
    i64  rows, widest, largest, params, width, heads, vocab;
    bool bf16;
} DeviceNeeds;

typedef struct DeviceQueue DeviceQueue;

typedef enum DeviceGraph { DEVICE_TRAIN, DEVICE_EVAL, DEVICE_GRAPHS }
    DeviceGraph;

typedef struct DeviceApi {
    int         abi;       /* DEVICE_ABI */
    const char *name;      /* "cuda"     */
    const char *build;     /* "nvcc 13.0; sm_80, sm_90a, PTX 8.0; sources 1a2b3c4d" */
    bool        emulated;  /* by this processor, for tests */
    const Kern *fp32, *bf16;

    int  (*count)(DeviceWhy *why); /* usable devices; 0 and why */
    bool (*info)(DeviceInfo *out, int device, DeviceWhy *why);
    /* Of its memory now: quick, where info asks the driver for all it knows. */
    bool (*bytes_free)(i64 *out, int device, DeviceWhy *why);

    /* tokens[count] of 1 or 2 bytes, which stay there and as they are until it
     * is closed: while they are open on a device they lie there once, whoever
     * opens them again. By any thread. */
    bool (*text_open)(DeviceText **out, int device, const void *tokens,
                      i64 count, int token_bytes, DeviceWhy *why);
    void (*text_close)(DeviceText *text);

    i64  (*scratch)(const DeviceNeeds *needs);
    i64  (*bytes)(const DeviceSizes *sizes); /* of device memory, all told */
    i64  (*eval_ticks)(const DeviceSizes *sizes); /* passes of an EVAL graph
                                                     whose losses are kept */

    /* Memory of the blocks is 0. Calls of one queue are made by one thread at
     * a time; several queues run on one device at once. */
    bool (*open)(DeviceQueue **out, int device, const DeviceSizes *sizes,
                 DeviceWhy *why);
    void (*close)(DeviceQueue *queue);

    /* Address of run 0's block. */
    u8  *(*address)(DeviceQueue *queue);

    /* `bytes` from byte `at` of a run's block, and back. They wait. */
    bool (*upload)(DeviceQueue *queue, i64 run, i64 at, const void *from,
                   i64 bytes, DeviceWhy *why);
    bool (*download)(void *to, DeviceQueue *queue, i64 run, i64 at, i64 bytes,
                     DeviceWhy *why);

    /* From here on this thread's calls of Kern are of that queue; NULL: none. */
    void (*enter)(DeviceQueue *queue);

    /* What calls outside record take for the tick: one a run. Until it is
     * said, all runs are active, and all else is 0. Waits. */
    bool (*tick)(DeviceQueue *queue, const DeviceTick *tick, DeviceWhy *why);

    /* Record what `body` enqueues as a graph. Calls of Kern outside record are
     * enqueued at once for all runs. */
    bool (*record)(DeviceQueue *queue, DeviceGraph graph,
                   void (*body)(void *self), void *self, DeviceWhy *why);
    bool (*wait)(DeviceQueue *queue, DeviceWhy *why); /* until all is done */

    /* -- Parts of a pass that no architecture has, enqueued like a Kern's --- */

    /* x[micro, context], y: the text at the tick's places; a place below 0 is
     * no sequence, and its tokens -1. */
    void (*draw)(i32 *x, i32 *y);

    /* loss[micro * context] is summed, in double and in a fixed order, into the
     * tick's result; in an EVAL graph each number is also kept. */
    void (*losses)(const real *loss);

    /* Where the tick says update: the gradient is scaled, its norm taken, and
     * clipped; moments and parameters move, if the norm is finite; and the
     * gradient is 0. As AdamStep, or optimizer_sgd.c. */
    void (*update)(void);

    void (*next)(void); /* the tick is over */

    /* ---------------------------------------------------------------------- */

    /* Run a graph `ticks` times: tick[ticks, runs], place[ticks, runs, micro]
     * (of the token with which a sequence begins), and wait for result[ticks,
     * runs]. loss: NULL, or of an EVAL graph [ticks, runs, micro * context], and
     * then at most eval_ticks. */
    bool (*go)(DeviceQueue *queue, DeviceGraph graph, i64 ticks,
               const DeviceTick *tick, const i64 *place, DeviceResult *result,
               real *loss, DeviceWhy *why);
} DeviceApi;

typedef const DeviceApi *DeviceOpen(void);

/* Runs of a pass's sequences: as many as fit DEVICE_PASS_TOKENS, or for more
 * than DEVICE_LARGE_PARAMS parameters the larger; at least 1, at most batch. */
i64 device_micro_batch(i64 params, i64 context, i64 batch);

/* The backend by name ("cuda"): SCALELAW_CUDA's value is its path where that is
 * set, else libscalelaw_cuda.so beside the program, in ../lib of it, or where
 * the system looks. Loaded once. NULL and why in words if there is none. */
const DeviceApi *device_load(const char *name, DeviceWhy *why);

/* "cpu", "cuda", "cuda:1" -> kind "" (the processor) or "cuda", and a number.
 * ERR_USAGE for anything else. */
typedef struct DeviceName { char kind[16]; int number; } DeviceName;
bool device_parse(DeviceName *out, const char *text, Err *err) MUST_USE;

/* The Err of a failure, with the remedy; false. `device` as device_parse has
 * it: "cuda:1". */
bool device_refuse(Err *err, const char *device, const DeviceWhy *why);

#endif
