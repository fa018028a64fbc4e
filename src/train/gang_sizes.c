/* gang_sizes.c - what lies on a device for a gang, and how many bytes that is: each
 * run's block laid out, tensors and optimizer as the backend wants to be told. */

#include "train/gang_parts.h"

#include <string.h>

/* -- A run's block ------------------------------------------------------------- */

static i64 take(i64 *at, i64 count, i64 item)
{
    const i64 here = *at;
    *at += (count * item + DEVICE_LINE - 1) / DEVICE_LINE * DEVICE_LINE;
    return here;
}

static DeviceBlock block_lay(const DeviceSizes *s, i64 packed, i64 work)
{
    const i64   tokens = s->micro * s->context;
    const i64   four = (i64)sizeof(real);
    DeviceBlock b;
    i64         at = 0;
    b.param   = take(&at, s->params, four);
    b.m       = take(&at, s->params, four);
    b.v       = take(&at, s->params, four);
    b.grad    = take(&at, s->params, four);
    b.packed  = take(&at, packed, four);
    b.work    = take(&at, work, four);
    b.loss    = take(&at, tokens, four);
    b.x       = take(&at, tokens, (i64)sizeof(i32));
    b.y       = take(&at, tokens, (i64)sizeof(i32));
    b.scratch = take(&at, s->scratch, 1);
    b.bytes   = at;
    return b;
}

/* -- What the backend is told ----------------------------------------------------- */

static i64 largest(const Tensor *tensor, int tensors)
{
    i64 most = 1;
    for (int i = 0; i < tensors; i++)
        most = i64_max(most, tensor[i].rows * tensor[i].cols);
    return most;
}

static DeviceNeeds needs_of(const TrainConfig *c, const DeviceSizes *s,
                            i64 matrix)
{
    const Shape shape = c->shape;
    const i64   row = i64_max(count_qkv(shape), count_up(shape));
    return (DeviceNeeds){
        .rows    = s->micro * s->context,
        .widest  = i64_max(i64_max(row, 4 * shape.width), shape.vocab),
        .largest = matrix, .params = s->params, .width = shape.width,
        .heads   = shape.heads,
        .vocab   = shape.vocab, .bf16 = s->bf16,
    };
}

static void optimizer_fill(DeviceSizes *s, const TrainConfig *c)
{
    s->optimizer = strcmp(c->optimizer, "sgd") == 0 ? DEVICE_SGD
                                                    : DEVICE_ADAMW;
    s->beta1        = c->beta1;
    s->beta2        = c->beta2;
    s->epsilon      = c->epsilon;
    s->weight_decay = c->weight_decay;
    s->clip         = c->clip;
    s->momentum     = c->momentum;
}

static void tensors_fill(DeviceSizes *s, const Tensor *tensor, int tensors)
{
    _Static_assert((int)ARCH_TENSORS_MAX <= (int)DEVICE_TENSORS, "room");
    s->tensors = tensors;
    for (int i = 0; i < tensors; i++)
        s->tensor[i] = (DeviceTensor){
            .at = tensor[i].at, .count = tensor[i].count,
            .lr_scale = tensor[i].lr_scale, .decay = tensor[i].decay };
}

DeviceSizes gang_sizes(const DeviceApi *api, const TrainConfig *c, i64 seats)
{
    const Arch *arch = arch_find(c->arch);
    const bool  bf16 = strcmp(c->dtype, "bf16") == 0;
    const Kern *kern = bf16 ? api->bf16 : api->fp32;
    const i64   params = arch_param_count(arch, &c->shape);
    Tensor      tensor[ARCH_TENSORS_MAX];
    const int   tensors = arch->tensors(tensor, &c->shape);
    DeviceSizes s = {
        .runs = seats, .ticks = GANG_TICKS, .context = c->shape.context,
        .micro = device_micro_batch(params, c->shape.context, c->batch),
        .params = params, .bf16 = bf16,
    };
    const DeviceNeeds needs = needs_of(c, &s, largest(tensor, tensors));
    s.scratch = api->scratch(&needs);
    s.block = block_lay(&s, arch->packed_count(kern, &c->shape),
                        arch->work_count(kern, &c->shape, s.micro));
    optimizer_fill(&s, c);
    tensors_fill(&s, tensor, tensors);
    return s;
}

/* -- Bytes ------------------------------------------------------------------------ */

i64 gang_bytes(const DeviceApi *api, const TrainConfig *config, i64 seats)
{
    const DeviceSizes sizes = gang_sizes(api, config, seats);
    return api->bytes(&sizes);
}

i64 gang_text_tokens(const Shard *shard)
{
    return shard->train_count + shard->val_count;
}

i64 gang_text_bytes(const Shard *shard)
{
    return gang_text_tokens(shard) * shard->token_bytes;
}
