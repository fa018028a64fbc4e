/* test_train_optimizer.c - optimizers in whole runs and alone: each learns,
 * none knows of threads or stops, and Muon's iteration gives what it promises
 * on every kernel. What ten steps come to is held in double
 * (test64_train_optimizer.c). */

#include "data/batch.h"
#include "tests/test.h"
#include "tests/train_world.h"
#include "train/checkpoint.h"
#include "train/optimizer.h"
#include "train/step.h"

#include <stdio.h>
#include <unistd.h>

static const char *path_of(const char *name)
{
    static char path[4][512];
    static int  turn;
    turn = (turn + 1) % 4;
    snprintf(path[turn], sizeof path[turn], "%s/%s", test_folder(), name);
    return path[turn];
}

static bool same_slabs(const char *a, const char *b)
{
    Arena arena = { 0 };
    Err   err = { 0 };
    char *x, *y;
    i64   n, m;
    bool  same = CHECK(file_read(&x, &n, &arena, a, &err))
                 && CHECK(file_read(&y, &m, &arena, b, &err)) && n == m;
    if (same) {
        const i64 count = ((Header *)(void *)x)->count;
        const Checkpoint p = checkpoint_lay(x, count);
        const Checkpoint q = checkpoint_lay(y, count);
        same = !memcmp(p.param, q.param, (size_t)count * sizeof(real))
               && !memcmp(p.m, q.m, (size_t)count * sizeof(real))
               && !memcmp(p.v, q.v, (size_t)count * sizeof(real));
    }
    arena_free(&arena);
    return same;
}

/* A rate for each: gradient descent divides by nothing. */
static double rate_of(const char *name)
{
    return strcmp(name, "sgd") == 0 ? 0.1 : 0.02;
}

TEST(every_optimizer_learns_a_sentence_by_heart)
{
    Arena       arena = { 0 };
    const Shard shard = world_sentence(&arena, 40000, 4000);
    for (int i = 0; i < optimizer_count(); i++) {
        TrainConfig config = world_config();
        World       world = { 0 };
        config.kernels   = "auto";
        config.optimizer = optimizer_at(i)->name;
        config.steps     = 300;
        config.lr        = rate_of(config.optimizer);
        test_note("%s", config.optimizer);
        const TrainResult r = world_train(&config, &shard, NULL, &world);
        CHECK(r.status == TRAIN_DONE);
        CHECK_BELOW(r.val_loss, 0.1);
    }
    arena_free(&arena);
}

/* With dropout, whose draws belong to sequences and not to threads. */
TEST(threads_and_stops_change_no_bit_of_any)
{
    Arena       arena = { 0 };
    const Shard shard = world_noise(&arena, 200000, 8000);
    for (int i = 0; i < optimizer_count(); i++) {
        TrainConfig config = world_config();
        World       one = { 0 }, many = { .stop_after = 3 };
        config.optimizer = optimizer_at(i)->name;
        config.kernels   = "auto";
        config.batch     = 37;
        config.steps     = 6;
        config.dropout   = 0.1;
        config.z_loss    = 1e-4;
        const char *a = path_of("one"), *b = path_of("many");
        unlink(a);
        unlink(b);
        test_note("%s", config.optimizer);
        world_train(&config, &shard, a, &one);
        config.threads = 3;
        CHECK(world_train(&config, &shard, b, &many).step == 3);
        config.threads  = 2;
        many.stop_after = 0;
        CHECK(world_train(&config, &shard, b, &many).step == 6);
        CHECK(same_slabs(a, b));
    }
    arena_free(&arena);
}

/* Dropped in training, whole in evaluation: with everything learned by heart
 * the evaluation is better than training by far. */
TEST(evaluation_drops_nothing)
{
    Arena       arena = { 0 };
    const Shard shard = world_sentence(&arena, 40000, 4000);
    TrainConfig config = world_config();
    World       world = { 0 };
    config.kernels = "auto";
    config.steps   = 300;
    config.lr      = 0.02;
    config.dropout = 0.3;
    const TrainResult r = world_train(&config, &shard, NULL, &world);
    CHECK_BELOW(r.val_loss, 0.7 * r.train_loss);
    arena_free(&arena);
}

/* The batch is cut into micro-batches whatever its size: what a thread holds
 * is that of a micro-batch. No option of accumulation is needed. */
TEST(memory_does_not_grow_with_the_batch)
{
    TrainConfig config = world_config();
    config.shape.context = 256;
    config.batch = 64;
    const i64 small = train_memory(&config);
    config.batch = 1024;
    CHECK(train_memory(&config) == small);
    config.batch = 100000;
    CHECK(train_memory(&config) == small);
}

/* -- Muon alone ------------------------------------------------------------ */

typedef struct Alone { i64 rows, cols, stride; real *p, *m, *g, *work; } Alone;

static Alone alone(Arena *arena, const Kern *kern, i64 rows, i64 cols,
                   i64 stride)
{
    Alone a = { rows, cols, stride, NEW(arena, real, rows * stride),
                NEW(arena, real, rows * stride),
                NEW(arena, real, rows * stride),
                NEW(arena, real, optimizer_muon.matrix_work(kern, rows,
                                                            cols)) };
    for (i64 i = 0; i < rows * stride; i++)
        a.g[i] = (real)(1e-4 * rng_normal(3, RNG_TEST, (u64)i));
    return a;
}

static void muon_step(const Alone *a, const Kern *kern,
                      const TrainConfig *config)
{
    const OptimizerStep step = { .config = config, .kern = kern, .number = 1,
                                 .lr = 1, .scale = 1 };
    const OptimizerMatrix matrix = {
        .p = a->p, .m = a->m, .g = a->g, .rows = a->rows, .cols = a->cols,
        .stride = a->stride, .lr_scale = 1,
    };
    optimizer_muon.matrix(&step, &matrix, a->work);
}

/* The size of the step along the singular direction that power iteration
 * finds, and its mean over all: with every singular value in 0.68 .. 1.14
 * (where the quintic leads those above 0.01 of the norm), the squares of the
 * step's entries sum to min(rows, cols) times 0.46 .. 1.3. */
TEST(a_step_of_muon_is_nearly_orthogonal_whatever_its_shape)
{
    static const struct { i64 rows, cols, stride; } shape[] = {
        { 16, 16, 16 }, { 7, 33, 40 }, { 48, 16, 17 }, { 1, 5, 5 },
        { 64, 24, 100 }, { 5, 1, 3 },
    };
    TrainConfig config = world_config();
    config.weight_decay = 0;
    for (int k = 0; k < kern_count(); k++)
        for (int i = 0; kern_at(k)->usable() && i < COUNT_OF(shape); i++) {
            Arena       arena = { 0 };
            const Alone a = alone(&arena, kern_at(k), shape[i].rows,
                                  shape[i].cols, shape[i].stride);
            const i64   r = i64_min(a.rows, a.cols), l = i64_max(a.rows,
                                                                 a.cols);
            muon_step(&a, kern_at(k), &config);
            double squares = 0, beside = 0;
            for (i64 y = 0; y < a.rows; y++)
                for (i64 x = 0; x < a.stride; x++) {
                    const double p = (double)a.p[y * a.stride + x];
                    *(x < a.cols ? &squares : &beside) += p * p;
                    CHECK((a.g[y * a.stride + x] == 0) == (x < a.cols));
                }
            test_note("%s %s, %lldx%lld", kern_at(k)->name, kern_at(k)->dtype,
                      (long long)a.rows, (long long)a.cols);
            CHECK_BELOW(squares, 0.04 * (double)(l * r) * 1.5);
            CHECK(squares > 0.04 * (double)(l * r) * 0.4);
            CHECK_NEAR(beside, 0, 0); /* the neighbours are left alone */
            arena_free(&arena);
        }
}

TEST(a_gradient_of_nothing_moves_nothing)
{
    Arena       arena = { 0 };
    TrainConfig config = world_config();
    const Kern *kern = kern_at(0);
    config.weight_decay = 0;
    const Alone a = alone(&arena, kern, 8, 8, 8);
    memset(a.g, 0, 64 * sizeof(real));
    muon_step(&a, kern, &config);
    for (int i = 0; i < 64; i++)
        CHECK(a.p[i] == 0);
    arena_free(&arena);
}

/* Directions count, sizes do not: a gradient a thousand times as large makes
 * the same step. */
TEST(muon_does_not_feel_the_size_of_a_gradient)
{
    Arena       arena = { 0 };
    TrainConfig config = world_config();
    const Kern *kern = kern_find("ref", "fp32");
    const Alone a = alone(&arena, kern, 12, 20, 20);
    const Alone b = alone(&arena, kern, 12, 20, 20);
    for (int i = 0; i < 240; i++)
        b.g[i] *= 1024; /* a power of 2: no digit changes */
    muon_step(&a, kern, &config);
    muon_step(&b, kern, &config);
    for (int i = 0; i < 240; i++)
        CHECK_NEAR(a.p[i], b.p[i], 0);
    arena_free(&arena);
}

/* -- What the noise scale is made of --------------------------------------- */

/* Sequences from .. from + count of the first step: |mean gradient|^2. */
static double square_of(Arena *arena, const Space *space,
                        const TrainConfig *c, const Shard *shard, i64 from,
                        i64 count)
{
    const i64 T = c->shape.context;
    i32  *x = NEW(arena, i32, count * T), *y = NEW(arena, i32, count * T);
    real *loss = NEW(arena, real, count * T);
    real *grad = NEW(arena, real, space->count);
    real *work = NEW(arena, real, space->arch->work_count(space->kern,
                                                          &c->shape, count));
    for (i64 b = 0; b < count; b++)
        batch_train(x + b * T, y + b * T, shard, T, 0, c->seed, from + b);
    const PassHow how = { .scale = (real)(1 / (double)(count * T)) };
    space->arch->pass(loss, grad, space->kern, &c->shape, space->state.param,
                      space->packed, work, x, y, count, &how);
    double sum = 0;
    for (i64 i = 0; i < space->count; i++)
        sum += (double)grad[i] * (double)grad[i];
    return sum;
}

/* Batch 5 in micro-batches of one: five lanes of one sequence each. Batch 10:
 * eight lanes, of which two have two. */
TEST(small_batches_of_the_noise_scale_are_the_lanes)
{
    static const i64 batches[] = { 5, 10, 1 };
    for (int i = 0; i < COUNT_OF(batches); i++) {
        Arena       arena = { 0 };
        const Shard shard = world_noise(&arena, 200000, 8000);
        TrainConfig config = world_config();
        Space       space;
        const i64   B = batches[i], T = 256;
        config.batch = B;
        config.shape.context = T;
        space_lay(&space, NEW(&arena, u8, train_memory(&config)), &config);
        arch_init(space.state.param, space.arch, &config.shape, 1);
        step_pack(&space);
        double squares = 0, inverse = 0;
        i64    from = 0;
        for (i64 lane = 0; lane < space.lanes; lane++) {
            const i64 to = space.micros * (lane + 1) / space.lanes;
            squares += square_of(&arena, &space, &config, &shard, from,
                                 to - from);
            inverse += 1 / (double)(to - from);
            from = to;
        }
        const double lanes = (double)space.lanes;
        const StepResult r = step_take(&space, &config, &shard, 0);
        test_note("batch %lld, %g lanes", (long long)B, lanes);
        if (B == 1) {
            CHECK(isnan(r.small_square) && isnan(r.small_tokens));
        } else {
            CHECK(from == B && space.micro == 1);
            CHECK_NEAR(r.small_square, squares / lanes, 1e-4);
            CHECK_NEAR(r.small_tokens, (double)T * lanes / inverse, 1e-12);
            CHECK(r.small_square > r.grad_norm * r.grad_norm);
        }
        arena_free(&arena);
    }
}

TEST(lines_have_them_and_stops_change_none)
{
    Arena       arena = { 0 };
    const Shard shard = world_noise(&arena, 200000, 8000);
    TrainConfig config = world_config();
    World       whole = { 0 }, world = { .stop_after = 24 };
    config.batch = 20;
    const char *path = path_of("noise");
    world_train(&config, &shard, NULL, &whole);
    world_train(&config, &shard, path, &world); /* at the end, not evaluated */
    world.stop_after = 0;
    world_train(&config, &shard, path, &world);
    CHECK(world.lines == whole.lines && whole.lines > 10);
    for (i64 i = 0; i < whole.lines; i++) {
        CHECK(whole.line[i].grad_sq_small > 0);
        CHECK(whole.line[i].batch_small > 0);
        CHECK_NEAR(world.line[i].grad_sq_small, whole.line[i].grad_sq_small,
                   0);
    }
    arena_free(&arena);
}

/* Bins 1, 2, 3-4, ... of 32 places: weighted by their sizes they are the loss;
 * and where nothing came before, nothing can be known. */
TEST(the_loss_along_the_context_sums_to_the_loss)
{
    Arena       arena = { 0 };
    const Shard shard = world_sentence(&arena, 40000, 4000);
    TrainConfig config = world_config();
    World       world = { 0 };
    config.steps = 100;
    config.kernels = "auto";
    const char *path = path_of("positions");
    const TrainResult r = world_train(&config, &shard, path, &world);
    static const double size[] = { 1, 1, 2, 4, 8, 16 };
    double sum = 0;
    CHECK(train_bins(32) == 6 && train_bins(33) == 7 && train_bins(1) == 1);
    for (int k = 0; k < 6; k++)
        sum += r.position_loss[k] * size[k] / 32;
    CHECK_NEAR(sum, r.val_loss, 1e-12);
    CHECK(r.position_loss[0] > r.position_loss[5]);
    CHECK(isnan(r.position_loss[6]));
    CHECK_NEAR(train_bin_position(0, 32), 1, 1e-15);
    CHECK_NEAR(train_bin_position(5, 32), sqrt(17.0 * 32), 1e-15);
    const TrainResult again = world_train(&config, &shard, path, &world);
    CHECK_NEAR(again.position_loss[3], r.position_loss[3], 0);
    arena_free(&arena);
}
