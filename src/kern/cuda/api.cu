/* api.cu - the one symbol that this object exports, and the tables behind it. */

#include "kern/cuda/queue.cuh"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef SCALELAW_CUDA_BUILD
#define SCALELAW_CUDA_BUILD "built by hand"
#endif

/* -- Devices ------------------------------------------------------------------- */

static int count(DeviceWhy *why)
{
    int       n = 0;
    const int ok = cuda_ok(cudaGetDeviceCount(&n), "no device", why);
    if (ok && n == 0)
        cuda_ok(cudaErrorNoDevice, "no device", why);
    return ok ? n : 0;
}

static void fill(DeviceInfo *out, const cudaDeviceProp *prop)
{
    snprintf(out->name, sizeof out->name, "%.90s", prop->name);
    out->major      = prop->major;
    out->minor      = prop->minor;
    out->processors = prop->multiProcessorCount;
}

static bool memory(i64 *left, i64 *all, int device, DeviceWhy *why)
{
    size_t     free_now = 0, in_all = 0;
    const bool ok = cuda_ok(cudaSetDevice(device), "the device", why)
        && cuda_ok(cudaMemGetInfo(&free_now, &in_all), "its memory", why);
    *left = (i64)free_now;
    *all  = (i64)in_all;
    return ok;
}

static bool bytes_free(i64 *out, int device, DeviceWhy *why)
{
    i64 all;
    return memory(out, &all, device, why);
}

static bool info(DeviceInfo *out, int device, DeviceWhy *why)
{
    cudaDeviceProp prop;
    memset(out, 0, sizeof *out);
    if (!cuda_ok(cudaGetDeviceProperties(&prop, device), "the device", why)
        || !memory(&out->bytes_free, &out->bytes, device, why)
        || !cuda_ok(cudaDriverGetVersion(&out->driver), "the driver", why)
        || !cuda_ok(cudaRuntimeGetVersion(&out->runtime), "the runtime", why)
        || !cuda_ok(cudaDeviceGetPCIBusId(out->bus, (int)sizeof out->bus,
                                          device), "its address", why))
        return false;
    fill(out, &prop);
    return true;
}

/* -- Text ---------------------------------------------------------------------- */

static pthread_mutex_t texts_lock = PTHREAD_MUTEX_INITIALIZER;
static DeviceText     *texts; /* what is open, on all devices */

static DeviceText *text_find(const DeviceText *like)
{
    DeviceText *t = texts;
    while (t && (t->device != like->device || t->host != like->host
                 || t->count != like->count
                 || t->token_bytes != like->token_bytes))
        t = t->next;
    return t;
}

static void text_free(DeviceText *text)
{
    cudaSetDevice(text->device);
    cudaFree(text->token);
    free(text);
}

static bool text_fill(DeviceText *text, DeviceWhy *why)
{
    const size_t bytes = (size_t)(text->count * text->token_bytes);
    return cuda_ok(cudaSetDevice(text->device), "the device", why)
        && cuda_ok(cudaMalloc(&text->token, bytes), "memory for the text", why)
        && cuda_ok(cudaMemcpy(text->token, text->host, bytes,
                              cudaMemcpyHostToDevice), "sending the text",
                   why)
        /* Else the last of it may still be on its way, and the streams of
         * queues do not wait for this one. */
        && cuda_ok(cudaStreamSynchronize(NULL), "sending the text", why);
}

/* NULL and why; else it is the first that is open. */
static DeviceText *text_put(const DeviceText *like, DeviceWhy *why)
{
    DeviceText *text = (DeviceText *)malloc(sizeof *text);
    if (!text) {
        cuda_ok(cudaErrorMemoryAllocation, "host memory", why);
        return NULL;
    }
    *text = *like;
    if (!text_fill(text, why)) {
        text_free(text);
        return NULL;
    }
    text->next = texts;
    return texts = text;
}

static bool text_open(DeviceText **out, int device, const void *tokens,
                      i64 n, int token_bytes, DeviceWhy *why)
{
    DeviceText like = {};
    like.device      = device;
    like.host        = tokens;
    like.count       = n;
    like.token_bytes = token_bytes;
    pthread_mutex_lock(&texts_lock);
    *out = text_find(&like);
    if (!*out)
        *out = text_put(&like, why);
    if (*out)
        (*out)->users++;
    pthread_mutex_unlock(&texts_lock);
    return *out != NULL;
}

static void text_close(DeviceText *text)
{
    if (!text)
        return;
    pthread_mutex_lock(&texts_lock);
    if (--text->users == 0) {
        DeviceText **at = &texts;
        while (*at != text)
            at = &(*at)->next;
        *at = text->next;
        text_free(text);
    }
    pthread_mutex_unlock(&texts_lock);
}

/* -- Parts of a pass ------------------------------------------------------------ */

static void draw(i32 *x, i32 *y)
{
    const DeviceQueue *q = queue_now();
    const DeviceText  *t = q->sizes.text;
    const StepText     text = { t->token, t->token_bytes, q->place,
                                q->sizes.micro, q->sizes.context };
    draw_cu(x, y, &text);
}

static void losses(const real *loss)
{
    const DeviceQueue *q = queue_now();
    losses_cu(loss, q->sizes.micro * q->sizes.context, q->result,
              q->recording == DEVICE_EVAL ? q->kept : NULL);
}

static void update(void)
{
    DeviceQueue *q = queue_now();
    update_cu(&q->sizes, (char *)q->blocks, q->result);
}

static void next(void)
{
    const DeviceQueue *q = queue_now();
    if (q->recording != DEVICE_GRAPHS)
        next_cu(q->now);
}

static i64 scratch(const DeviceNeeds *needs)
{
    const i64 products = i64_max(linear_scratch(needs), lt_scratch(needs));
    const i64 most = i64_max(i64_max(products, norm_scratch(needs)),
                             i64_max(update_scratch(needs),
                                     attention_scratch(needs)));
    return (most + DEVICE_LINE - 1) / DEVICE_LINE * DEVICE_LINE;
}

/* -- Tables ---------------------------------------------------------------------- */

static i64 no_work(const Attend *) { return 0; }

static KernFar far_make(void)
{
    KernFar far = {};
    far.scores         = 1 << 26; /* 256 MB of them */
    far.copy           = copy_cu;
    far.zero           = zero_cu;
    far.times          = times_cu;
    far.swap           = swap_cu;
    far.turns          = turns_cu;
    far.drop           = drop_cu;
    far.attention      = attention_cu;
    far.attention_back = attention_back_cu;
    return far;
}

static void products(Kern *k)
{
    k->pack        = pack_cu;
    k->pack_t      = pack_t_cu;
    k->linear      = linear_cu;
    k->linear_gelu = linear_gelu_cu;
    k->linear_dx   = linear_dx_cu;
    k->linear_dw   = linear_dw_cu;
}

static void rows(Kern *k)
{
    k->norm        = norm_cu;
    k->norm_back   = norm_back_cu;
    k->rms         = rms_cu;
    k->rms_back    = rms_back_cu;
    k->rope        = rope_cu;
    k->swiglu      = swiglu_cu;
    k->swiglu_back = swiglu_back_cu;
    k->lstm        = lstm_cu;
    k->lstm_back   = lstm_back_cu;
}

static Kern kern_make(const char *dtype, i64 (*packed)(i64 K, i64 N))
{
    static const KernFar far = far_make();
    Kern k = {};
    k.name           = "cuda";
    k.dtype          = dtype;
    k.about          = "NVIDIA GPUs";
    k.packed_count   = packed;
    k.attention_keep = attention_keep_cu;
    k.attention_work = no_work;
    k.embed          = embed_cu;
    k.embed_back     = embed_back_cu;
    k.xent           = xent_cu;
    k.far            = &far;
    products(&k);
    rows(&k);
    return k;
}

static void api_memory(DeviceApi *api)
{
    api->count      = count;
    api->info       = info;
    api->bytes_free = bytes_free;
    api->text_open  = text_open;
    api->text_close = text_close;
    api->scratch    = scratch;
    api->bytes      = queue_bytes;
    api->eval_ticks = queue_eval_ticks;
    api->open       = queue_open;
    api->close      = queue_close;
    api->address    = queue_address;
    api->upload     = queue_upload;
    api->download   = queue_download;
}

static void api_work(DeviceApi *api)
{
    api->enter  = queue_enter;
    api->tick   = queue_tick;
    api->record = queue_record;
    api->wait   = queue_wait;
    api->draw   = draw;
    api->losses = losses;
    api->update = update;
    api->next   = next;
    api->go     = queue_go;
}

static DeviceApi api_make(void)
{
    static const Kern fp32 = kern_make("fp32", packed_count_fp32);
    static const Kern bf16 = kern_make("bf16", packed_count_bf16);
    DeviceApi api = {};
    api.abi   = DEVICE_ABI;
    api.name  = "cuda";
    api.build = SCALELAW_CUDA_BUILD;
#ifndef __CUDACC__
    api.emulated = true;
#endif
    api.fp32 = &fp32;
    api.bf16 = &bf16;
    api_memory(&api);
    api_work(&api);
    return api;
}

extern "C" __attribute__((visibility("default")))
const DeviceApi *scalelaw_device(void)
{
    static const DeviceApi api = api_make();
    return &api;
}
