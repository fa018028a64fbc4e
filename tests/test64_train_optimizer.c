/* test64_train_optimizer.c - ten steps of training by each optimizer, in
 * double, against the same ten written down a second time: gradients of the
 * whole batch in one pass, and the formulas of the papers as they stand, on
 * tensors, with plain loops. */

#include "data/batch.h"
#include "tests/test.h"
#include "tests/train_world.h"
#include "train/step.h"

enum { STEPS = 10, SIDE = 128 };

typedef struct Twin { /* the second calculation */
    const TrainConfig *config;
    const Arch        *arch;
    i64                count;
    real              *param, *grad, *packed, *work, *loss;
    double            *m, *v;
    i32               *x, *y;
} Twin;

static Twin twin_open(Arena *arena, const Space *space,
                      const TrainConfig *config)
{
    const i64   rows = config->batch * config->shape.context;
    const Kern *kern = kern_find("ref", "fp32");
    Twin twin = {
        .config = config, .arch = space->arch, .count = space->count,
        .param  = NEW(arena, real, space->count),
        .grad   = NEW(arena, real, space->count),
        .packed = NEW(arena, real,
                      space->arch->packed_count(kern, &config->shape)),
        .work   = NEW(arena, real,
                      space->arch->work_count(kern, &config->shape,
                                              config->batch)),
        .loss   = NEW(arena, real, rows),
        .m = NEW(arena, double, space->count),
        .v = NEW(arena, double, space->count),
        .x = NEW(arena, i32, rows), .y = NEW(arena, i32, rows),
    };
    memcpy(twin.param, space->state.param,
           (size_t)space->count * sizeof(real));
    return twin;
}

/* The gradient of the batch, clipped. */
static void twin_gradient(Twin *t, const Shard *shard, i64 step)
{
    const TrainConfig *c = t->config;
    const Kern *kern = kern_find("ref", "fp32");
    const i64   T = c->shape.context, B = c->batch;
    for (i64 b = 0; b < B; b++)
        batch_train(t->x + b * T, t->y + b * T, shard, T, 0, c->seed,
                    step * B + b);
    memset(t->grad, 0, (size_t)t->count * sizeof(real));
    const PassHow how = {
        .scale   = (real)(1 / (double)(B * T)), .z_loss = (real)c->z_loss,
        .dropout = (real)c->dropout, .seed = c->seed, .sequence = step * B,
    };
    t->arch->pack(t->packed, kern, &c->shape, t->param);
    t->arch->pass(t->loss, t->grad, kern, &c->shape, t->param, t->packed,
                  t->work, t->x, t->y, B, &how);
    double squares = 0;
    for (i64 i = 0; i < t->count; i++)
        squares += (double)t->grad[i] * (double)t->grad[i];
    if (c->clip > 0 && sqrt(squares) > c->clip)
        for (i64 i = 0; i < t->count; i++)
            t->grad[i] = (real)((double)t->grad[i] * c->clip / sqrt(squares));
}

static void twin_adamw(Twin *t, const Tensor *w, i64 step)
{
    const TrainConfig *c = t->config;
    const double lr = train_lr(c, step), n = (double)(step + 1);
    for (i64 i = w->at; i < w->at + w->count; i++) {
        const double g = (double)t->grad[i];
        t->m[i] = c->beta1 * t->m[i] + (1 - c->beta1) * g;
        t->v[i] = c->beta2 * t->v[i] + (1 - c->beta2) * g * g;
        const double m = t->m[i] / (1 - pow(c->beta1, n));
        const double v = t->v[i] / (1 - pow(c->beta2, n));
        double p = (double)t->param[i];
        p -= w->decay ? lr * c->weight_decay * p : 0;
        p -= lr * w->lr_scale * m / (sqrt(v) + c->epsilon);
        t->param[i] = (real)p;
    }
}

static void twin_sgd(Twin *t, const Tensor *w, i64 step)
{
    const TrainConfig *c = t->config;
    const double lr = train_lr(c, step);
    for (i64 i = w->at; i < w->at + w->count; i++) {
        t->m[i] = c->momentum * t->m[i] + (double)t->grad[i];
        double p = (double)t->param[i];
        p -= w->decay ? lr * c->weight_decay * p : 0;
        p -= lr * w->lr_scale * t->m[i];
        t->param[i] = (real)p;
    }
}

typedef double Square[SIDE][SIDE];

static void times(Square out, Square a, Square b, i64 n, i64 k, i64 m)
{
    for (i64 i = 0; i < n; i++)
        for (i64 j = 0; j < m; j++) {
            out[i][j] = 0;
            for (i64 s = 0; s < k; s++)
                out[i][j] += a[i][s] * b[s][j];
        }
}

/* x <- 3.4445 x - 4.7750 (x x') x + 2.0315 (x x')^2 x, standing or lying. */
static void newton(Square x, i64 n, i64 m)
{
    static Square flip, s, sx, ssx;
    for (i64 i = 0; i < n; i++)
        for (i64 j = 0; j < m; j++)
            flip[j][i] = x[i][j];
    times(s, x, flip, n, m, n);
    times(sx, s, x, n, n, m);
    times(ssx, s, sx, n, n, m);
    for (i64 i = 0; i < n; i++)
        for (i64 j = 0; j < m; j++)
            x[i][j] = 3.4445 * x[i][j] - 4.7750 * sx[i][j]
                    + 2.0315 * ssx[i][j];
}

/* One matrix: columns from .. from + cols of a tensor's layer. */
static void twin_muon_matrix(Twin *t, const Tensor *w, i64 at, i64 from,
                             i64 cols, i64 step)
{
    static Square x;
    const TrainConfig *c = t->config;
    const double lr = train_lr(c, step), mu = c->momentum;
    double       squares = 0;
    for (i64 i = 0; i < w->rows; i++)
        for (i64 j = 0; j < cols; j++) {
            const i64    k = at + i * w->cols + from + j;
            const double g = (double)t->grad[k];
            t->m[k] = mu * t->m[k] + (1 - mu) * g;
            x[i][j] = mu * t->m[k] + (1 - mu) * g;
            squares += x[i][j] * x[i][j];
        }
    for (i64 i = 0; i < w->rows; i++)
        for (i64 j = 0; j < cols; j++)
            x[i][j] /= sqrt(squares);
    for (int k = 0; k < 5; k++)
        newton(x, w->rows, cols);
    const double size = 0.2 * sqrt((double)i64_max(w->rows, cols)
                                   * w->lr_scale);
    for (i64 i = 0; i < w->rows; i++)
        for (i64 j = 0; j < cols; j++) {
            const i64 k = at + i * w->cols + from + j;
            double    p = (double)t->param[k];
            p -= lr * c->weight_decay * p;
            p -= lr * size * x[i][j];
            t->param[k] = (real)p;
        }
}

/* Queries, keys and values are three matrices, gate and what it opens two. */
static i64 columns(const Twin *t, const Tensor *w, i64 from)
{
    const Shape s = t->config->shape;
    const i64   kv = s.kv_heads ? s.kv_heads * s.width / s.heads : s.width;
    if (strcmp(w->name, "qkv.w") == 0)
        return from < s.width ? s.width : kv;
    return strcmp(w->name, "up.w") == 0 ? s.ff : w->cols;
}

static void twin_muon(Twin *t, const Tensor *w, i64 step)
{
    if (!w->hidden) {
        twin_adamw(t, w, step);
        return;
    }
    for (i64 l = 0; l < w->layers; l++) {
        const i64 at = w->at + l * w->rows * w->cols;
        for (i64 from = 0; from < w->cols; from += columns(t, w, from))
            twin_muon_matrix(t, w, at, from, columns(t, w, from), step);
    }
}

static void twin_step(Twin *t, const Shard *shard, i64 step)
{
    Tensor    tensor[ARCH_TENSORS_MAX];
    const int tensors = t->arch->tensors(tensor, &t->config->shape);
    const char *name = t->config->optimizer;
    twin_gradient(t, shard, step);
    for (int i = 0; i < tensors; i++) {
        if (strcmp(name, "adamw") == 0)
            twin_adamw(t, &tensor[i], step);
        else if (strcmp(name, "muon") == 0)
            twin_muon(t, &tensor[i], step);
        else
            twin_sgd(t, &tensor[i], step);
    }
}

/* Parameters move by lr a step, and a rounding error of a double's in a
 * gradient is amplified where AdamW divides by little (the biases of keys
 * have no gradient at all but rounding: they are let off) and by Muon's
 * iteration, which raises a singular value of 1e-3 to 1: 1e-16 becomes 1e-9
 * at the worst. */
static void ten_steps(const char *name, const TrainConfig *given)
{
    Arena       arena = { 0 };
    const Shard shard = world_noise(&arena, 40000, 4000);
    TrainConfig config = *given;
    Space       space;
    config.optimizer = name;
    space_lay(&space, NEW(&arena, u8, train_memory(&config)), &config);
    arch_init(space.state.param, space.arch, &config.shape, 3);
    step_pack(&space);
    Twin twin = twin_open(&arena, &space, &config);

    Tensor    tensor[ARCH_TENSORS_MAX];
    const int tensors = space.arch->tensors(tensor, &config.shape);
    double    moved = 0, off = 0;
    for (i64 step = 0; step < STEPS; step++) {
        step_take(&space, &config, &shard, step);
        twin_step(&twin, &shard, step);
    }
    for (int k = 0; k < tensors; k++)
        for (i64 i = tensor[k].at; i < tensor[k].at + tensor[k].count; i++) {
            if (strcmp(tensor[k].name, "qkv.b") == 0)
                continue;
            const double p = (double)space.state.param[i];
            off = fmax(off, fabs(p - (double)twin.param[i]));
            moved = fmax(moved, fabs(p));
        }
    test_note("%s: off by %.2g of %.2g", name, off, moved);
    CHECK_BELOW(off, 1e-8);
    CHECK(moved > 0.1);
    arena_free(&arena);
}

static TrainConfig config_of(void)
{
    TrainConfig config = world_config();
    config.batch = 6;
    config.steps = STEPS;
    config.clip  = 0.5; /* so that it clips */
    return config;
}

TEST(ten_steps_of_every_optimizer_are_what_their_papers_say)
{
    const TrainConfig config = config_of();
    for (int i = 0; i < optimizer_count(); i++)
        ten_steps(optimizer_at(i)->name, &config);
}

TEST(they_are_with_every_option_of_the_model_too)
{
    TrainConfig config = config_of();
    Shape      *s = &config.shape;
    s->heads = 4;
    s->kv_heads = 2;
    s->rms = s->rope = s->gated = s->qk_norm = s->bare = true;
    s->ff = 40;
    config.dropout = 0.2;
    config.z_loss  = 1e-3;
    for (int i = 0; i < optimizer_count(); i++)
        ten_steps(optimizer_at(i)->name, &config);
    s->mup_width = 4;
    ten_steps("adamw", &config);
    ten_steps("muon", &config);
}
