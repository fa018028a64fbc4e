/* space.c - measuring and laying out are one walk, so they cannot differ. */

#include "train/space.h"

#include "train/config.h"

#include <assert.h>

enum { LINE = 64, SPAN = 8192 };

typedef struct Carver {
    u8 *block; /* NULL: only count */
    i64 used;
} Carver;

static void *carve(Carver *carver, i64 count, i64 item_bytes)
{
    void *at = carver->block ? carver->block + carver->used : NULL;
    carver->used += (count * item_bytes + LINE - 1) / LINE * LINE;
    return at;
}

#define CARVE(carver, T, count) \
    ((T *)carve((carver), (count), (i64)sizeof(T)))

/* How many spans the tensors make; arithmetic, so that a model too large by
 * far is refused at once. */
static i64 cuts(const Arch *arch, const Shape *shape)
{
    Tensor    tensor[ARCH_TENSORS_MAX];
    const int tensors = arch->tensors(tensor, shape);
    i64       spans = 0;
    for (int i = 0; i < tensors; i++)
        spans += (tensor[i].count + SPAN - 1) / SPAN;
    return spans;
}

/* -- Matrices for optimizers that take them whole -------------------------- */

static bool takes_whole(const Optimizer *optimizer, const Tensor *tensor)
{
    return optimizer->matrix && tensor->hidden;
}

/* Where part k of a tensor's columns begins, part 0 .. parts. */
static i64 column(const Tensor *tensor, i64 k)
{
    return k == 0 ? 0 : k <= 3 && tensor->cut[k - 1] ? tensor->cut[k - 1]
                                                     : tensor->cols;
}

static i64 parts(const Tensor *tensor)
{
    return 1 + (tensor->cut[0] > 0) + (tensor->cut[1] > 0)
             + (tensor->cut[2] > 0);
}

/* Calls `take` for each; returns how many there are. */
static i64 matrices_walk(const Space *space,
                         void (*take)(void *self, i64 i, const Matrix *matrix),
                         void *self)
{
    Tensor    tensor[ARCH_TENSORS_MAX];
    const int tensors = space->arch->tensors(tensor, &space->shape);
    i64       count = 0;
    for (int i = 0; i < tensors; i++) {
        const Tensor *t = &tensor[i];
        if (!takes_whole(space->optimizer, t))
            continue;
        for (i64 l = 0; l < t->layers; l++)
            for (i64 k = 0; k < parts(t); k++) {
                const Matrix matrix = {
                    .at     = t->at + l * t->rows * t->cols + column(t, k),
                    .rows   = t->rows,
                    .cols   = column(t, k + 1) - column(t, k),
                    .stride = t->cols,
                    .lr_scale = t->lr_scale, .decay = t->decay,
                };
                take(self, count++, &matrix);
            }
    }
    return count;
}

static void matrix_keep(void *self, i64 i, const Matrix *matrix)
{
    Space *space = self;
    space->matrix[i] = *matrix;
}

typedef struct Most { const Space *space; i64 work; } Most;

static void matrix_most(void *self, i64 i, const Matrix *m)
{
    Most *most = self;
    (void)i;
    most->work = i64_max(most->work, most->space->optimizer->matrix_work(
                             most->space->kern, m->rows, m->cols));
}

/* -- Spans ----------------------------------------------------------------- */

static void cut(Space *space)
{
    Tensor    tensor[ARCH_TENSORS_MAX];
    const int tensors = space->arch->tensors(tensor, &space->shape);
    Span     *span = space->span;

    for (int i = 0; i < tensors; i++)
        for (i64 at = 0; at < tensor[i].count; at += SPAN)
            *span++ = (Span){
                .at    = tensor[i].at + at,
                .count = i64_min(SPAN, tensor[i].count - at),
                .lr_scale = tensor[i].lr_scale,
                .decay = tensor[i].decay,
                .whole = takes_whole(space->optimizer, &tensor[i]),
            };
    assert(span == space->span + space->spans);
    matrices_walk(space, matrix_keep, space);
}

/* How many lanes: a function of what is trained and not of who trains it.
 * A lane's gradient is summed in the time of about five tokens, so that with a
 * thousand tokens to a lane all of them cost below one in a hundred; and what
 * they take together is held to a few times the rest of a run's state. */
enum {
    LANE_TOKENS  = 1024,
    EIGHT_PARAMS = 512 << 10, /* up to here all lanes; */
    FOUR_PARAMS  = 32 << 20,  /* up to here half, above it two */
};

static i64 lane_count(const Space *space)
{
    const i64 tokens = space->batch * space->shape.context;
    const i64 most   = space->count <= EIGHT_PARAMS ? LANES_MAX
                     : space->count <= FOUR_PARAMS  ? LANES_MAX / 2 : 2;
    return i64_min(space->micros,
                   i64_min(most, i64_max(2, tokens / LANE_TOKENS)));
}

static void sizes(Space *space, Most *most, const TrainConfig *config)
{
    const Shape *shape = &config->shape;
    space->arch    = arch_find(config->arch);
    space->kern    = kern_find(config->kernels, config->dtype);
    space->optimizer = optimizer_find(config->optimizer);
    space->shape   = *shape;
    space->count   = arch_param_count(space->arch, shape);
    space->batch   = config->batch;
    space->micro   = arch_micro_batch(shape, config->batch);
    space->micros  = (config->batch + space->micro - 1) / space->micro;
    const bool far = config_far(config); /* then all but the state is there */
    space->lanes   = far ? 0 : lane_count(space);
    space->workers = far ? 0 : config->threads;
    space->spans   = cuts(space->arch, shape);
    space->matrices = matrices_walk(space, matrix_most, most);
    space->eval_max = config_eval_sequences(
        config, i64_max(config->eval_tokens, config->eval_point_tokens));
}

static Worker lay_worker(Carver *carver, const Space *space, i64 work_count)
{
    const i64 tokens = space->micro * space->shape.context;
    return (Worker){
        .work = CARVE(carver, real, work_count),
        .loss = CARVE(carver, real, tokens),
        .x    = CARVE(carver, i32, tokens),
        .y    = CARVE(carver, i32, tokens),
    };
}

i64 space_lay(Space *space, void *block, const TrainConfig *config)
{
    Carver carver = { .block = block };
    *space = (Space){ 0 };
    Most most = { .space = space };
    sizes(space, &most, config);

    void *state = carve(&carver, checkpoint_bytes(space->count), 1);
    if (block)
        space->state = checkpoint_lay(state, space->count);
    space->packed = CARVE(&carver, real, config_far(config) ? 0
                          : space->arch->packed_count(space->kern,
                                                      &space->shape));
    for (i64 lane = 0; lane < space->lanes; lane++)
        space->grad[lane] = CARVE(&carver, real, space->count);
    space->lane_loss = CARVE(&carver, double, space->lanes);
    space->span      = CARVE(&carver, Span, space->spans);
    space->matrix    = CARVE(&carver, Matrix, space->matrices);
    space->lane_square = CARVE(&carver, double,
                               space->lanes * space->spans);
    space->square    = CARVE(&carver, double, space->spans);
    space->worker    = CARVE(&carver, Worker, space->workers);
    space->eval_bin  = CARVE(&carver, double, space->eval_max
                             * train_bins(space->shape.context));
    space->eval_loss = CARVE(&carver, double, space->eval_max);

    /* When matrices are taken no pass is under way: one room serves both. */
    const i64 work_count = i64_max(
        most.work, space->arch->work_count(space->kern, &space->shape,
                                           space->micro));
    for (i64 i = 0; i < space->workers; i++) {
        const Worker worker = lay_worker(&carver, space, work_count);
        if (block)
            space->worker[i] = worker;
    }
    if (block)
        cut(space);
    return carver.used;
}

i64 train_memory(const TrainConfig *config)
{
    Space space;
    return space_lay(&space, NULL, config);
}
