/* test_train_cuda.c - training on a device is training: what the processor
 * computes, within rounding; the same bits alone, beside others, and after a stop.
 *
 * The device is the one that SCALELAW_CUDA's backend finds, and where that is not
 * set the emulator's. */

#include "tests/cuda_object.h"
#include "tests/train_world.h"

#include "base/file.h"
#include "train/gang_parts.h"
#include "train/step.h"

#include <pthread.h>

static TrainConfig far_of(TrainConfig config)
{
    config.device = "cuda";
    return config;
}

/* -- A gradient, through one step of SGD ------------------------------------------- */

/* With a rate of 1, no momentum, decay or clipping, parameters move by the
 * gradient. */
static TrainConfig bare_step(Shape shape)
{
    TrainConfig config = world_config();
    config.arch      = shape.recurrent ? "lstm" : "transformer";
    config.shape     = shape;
    config.optimizer = "sgd";
    config.lr = 1, config.momentum = 0, config.weight_decay = 0;
    config.clip = 0, config.warmup = 0, config.schedule = SCHEDULE_CONSTANT;
    config.batch = 3;
    config.steps = 2;
    return config;
}

typedef struct Moved { StepResult step; Space space; } Moved;

static Space space_make(Arena *arena, const TrainConfig *config)
{
    Space space;
    void *block = NEW(arena, u8, train_memory(config));
    space_lay(&space, block, config);
    arch_init(space.state.param, space.arch, &space.shape, config->seed);
    for (i64 i = 0; i < space.count; i++) /* away from 0 and 1 */
        space.state.param[i] += (real)(0.05 * rng_normal(9, RNG_TEST, (u64)i));
    return space;
}

static Moved step_near(Arena *arena, const TrainConfig *config,
                       const Shard *shard)
{
    Moved moved = { .space = space_make(arena, config) };
    step_pack(&moved.space);
    moved.step = step_take(&moved.space, config, shard, 0);
    return moved;
}

static Moved step_far(Arena *arena, const TrainConfig *config,
                      const Shard *shard)
{
    Moved       moved = { .space = space_make(arena, config) };
    Gang       *gang;
    Seat       *seat;
    DeviceFault why;
    Err         err = { 0 };
    const bool ok = gang_open(&gang, config, shard, 1, &why, &err)
        && gang_sit(&seat, gang, &moved.space, config, &err)
        && gang_step(&moved.step, seat, 0, &err) && gang_rests(seat)
        && gang_fetch(seat, &err);
    if (!CHECK(ok)) {
        printf("%s\n", err.text);
        abort();
    }
    gang_rise(seat);
    gang_close(gang);
    return moved;
}

/* How far apart two ends are, by the length of the way. */
static double apart(const Moved *a, const Moved *b, const real *from)
{
    double off = 0, way = 0;
    for (i64 i = 0; i < a->space.count; i++) {
        const double x = (double)a->space.state.param[i];
        const double y = (double)b->space.state.param[i];
        off += (x - y) * (x - y);
        way += (x - (double)from[i]) * (x - (double)from[i]);
    }
    return sqrt(off / way);
}

static void check_gradient(const char *name, Shape shape, const char *dtype,
                           double most)
{
    Arena       arena = { 0 };
    const Shard shard = world_sentence(&arena, 4000, 400);
    TrainConfig near = bare_step(shape);
    near.dtype = dtype;
    const TrainConfig far = far_of(near);
    const Space       from = space_make(&arena, &near);
    const Moved       a = step_near(&arena, &near, &shard);
    const Moved       b = step_far(&arena, &far, &shard);
    test_note("%s, %s", name, dtype);
    CHECK_NEAR(b.step.loss, a.step.loss, most);
    CHECK_NEAR(b.step.grad_norm, a.step.grad_norm, most);
    CHECK_BELOW(apart(&a, &b, from.state.param), most);
    arena_free(&arena);
}

typedef struct Named { const char *name; Shape shape; } Named;

static const Named shapes[] = {
    { "gpt2", { .layers = 2, .width = 16, .heads = 2, .ff = 64, .vocab = 256,
                .context = 33 } },
    { "tied", { .layers = 1, .width = 20, .heads = 4, .ff = 40, .vocab = 256,
                .context = 17, .tied = true } },
    { "llama", { .layers = 2, .width = 24, .heads = 4, .ff = 40, .vocab = 256,
                 .context = 32, .kv_heads = 2, .rms = true, .rope = true,
                 .gated = true, .bare = true } },
    { "all", { .layers = 2, .width = 24, .heads = 3, .ff = 40, .vocab = 256,
               .context = 20, .kv_heads = 1, .mup_width = 8, .mup_head = 4,
               .rms = true, .rope = true, .gated = true, .bare = true,
               .qk_norm = true } },
    { "lstm", { .layers = 2, .width = 12, .heads = 1, .ff = 1, .vocab = 256,
                .context = 9, .recurrent = true } },
};

TEST(a_models_gradient_is_the_processors)
{
    NEED_CUDA();
    for (int i = 0; i < COUNT_OF(shapes); i++)
        check_gradient(shapes[i].name, shapes[i].shape, "fp32", 3e-6);
}

/* A rounding of 2^-9 here and there, and attention's too on a device. */
TEST(a_models_gradient_in_bf16_is_the_processors_within_its_rounding)
{
    NEED_CUDA();
    for (int i = 0; i < COUNT_OF(shapes); i++)
        check_gradient(shapes[i].name, shapes[i].shape, "bf16", 0.01);
}

/* -- Steps ------------------------------------------------------------------------- */

static TrainResult train_near(const TrainConfig *config, const Shard *shard,
                              World *world)
{
    return world_train(config, shard, NULL, world);
}

/* Of few letters, so that passes of thousands of tokens are quick here. */
enum { LETTERS = 8 };
static const Shape quick = { .layers = 1, .width = 8, .heads = 1, .ff = 8,
                             .vocab = LETTERS, .context = 32 };

static Shard few_letters(Arena *arena, i64 train, i64 val)
{
    u8 *token = NEW(arena, u8, train + val);
    for (i64 i = 0; i < train + val; i++)
        token[i] = (u8)rng_below(5, RNG_TEST, (u64)i, LETTERS);
    Shard shard = world_shard(token, train, val);
    shard.vocab = LETTERS;
    return shard;
}

static void check_lines(const World *a, const World *b, double most)
{
    CHECK(a->lines == b->lines);
    for (i64 i = 0; i < i64_min(a->lines, b->lines); i++) {
        const TrainMetric *x = &a->line[i], *y = &b->line[i];
        test_note("step %lld", (long long)x->step);
        CHECK(x->step == y->step && x->tokens == y->tokens);
        CHECK_NEAR(y->train_loss, x->train_loss, most);
        CHECK_NEAR(y->grad_norm, x->grad_norm, 10 * most);
        CHECK(isnan(x->val_loss) == isnan(y->val_loss));
        if (isfinite(x->val_loss)) {
            CHECK_NEAR(y->val_loss, x->val_loss, most);
            CHECK_NEAR(y->val_se, x->val_se, 10 * most);
        }
    }
}

/* The same losses, step by step, and evaluations among them; a batch of three
 * passes, the last with a sequence too few; dropout, whose mask is the same. */
static void check_steps(const char *optimizer, double dropout, i64 batch,
                        i64 steps)
{
    Arena       arena = { 0 };
    World       a = { 0 }, b = { 0 };
    const bool  many = batch > 100;
    const Shard shard = many ? few_letters(&arena, 400000, 4000)
                             : world_sentence(&arena, 40000, 4000);
    TrainConfig near = world_config();
    near.shape = many ? quick : near.shape;
    near.steps = steps, near.batch = batch, near.optimizer = optimizer;
    near.dropout = dropout, near.clip = 0.5;
    const TrainConfig far = far_of(near);
    const TrainResult x = train_near(&near, &shard, &a);
    const TrainResult y = world_train(&far, &shard, NULL, &b);
    check_lines(&a, &b, 1e-5);
    test_note("%s, dropout %g", optimizer, dropout);
    CHECK(y.status == x.status && y.tokens == x.tokens);
    CHECK_NEAR(y.val_loss, x.val_loss, 1e-5);
    for (int k = 0; k < train_bins(32); k++)
        CHECK_NEAR(y.position_loss[k], x.position_loss[k], 1e-4);
    CHECK(!strncmp(y.kernels, "cuda", 4));
    arena_free(&arena);
}

TEST(ten_steps_are_the_processors)
{
    NEED_CUDA();
    check_steps("adamw", 0, 4, 10);
    check_steps("sgd", 0, 4, 10);
    check_steps("adamw", 0.1, 4, 10);
}

TEST(a_batch_of_several_passes_is_one_batch)
{
    NEED_CUDA();
    const i64 micro = device_micro_batch(10000, 32, 1 << 20);
    check_steps("adamw", 0.1, 2 * micro + micro / 2 - 1, 2);
}

/* Rates and decay of each tensor, as Adam has them; a penalty on the scores, and
 * what a model says before it has learned. */
static void check_learns(const char *name, Shape shape, const char *dtype,
                         double most)
{
    Arena       arena = { 0 };
    World       a = { 0 }, b = { 0 };
    const Shard shard = world_sentence(&arena, 4000, 400);
    TrainConfig near = world_config();
    near.arch  = shape.recurrent ? "lstm" : "transformer";
    near.shape = shape;
    near.dtype = dtype;
    near.batch = 3, near.steps = 5, near.lr = 0.005, near.eval_tokens = 100;
    near.eval_points = 0, near.z_loss = 0.01, near.weight_decay = 0.3;
    const TrainConfig far = far_of(near);
    const TrainResult x = train_near(&near, &shard, &a);
    const TrainResult y = world_train(&far, &shard, NULL, &b);
    test_note("%s, %s", name, dtype);
    check_lines(&a, &b, most);
    CHECK_NEAR(y.val_loss, x.val_loss, most);
    CHECK(b.lines > 0 && b.line[0].step == 1);
    CHECK_NEAR(b.line[0].train_loss, log(256), 0.05);
    CHECK_BELOW(y.val_loss, b.line[0].train_loss);
    arena_free(&arena);
}

TEST(every_kind_of_model_learns_as_on_the_processor)
{
    NEED_CUDA();
    for (int i = 0; i < COUNT_OF(shapes); i++) {
        check_learns(shapes[i].name, shapes[i].shape, "fp32", 2e-5);
        check_learns(shapes[i].name, shapes[i].shape, "bf16", 3e-3);
    }
}

/* -- Beside others ------------------------------------------------------------------ */

/* A run of a gang, and what it left. */
typedef struct Runner {
    TrainConfig  config;
    const Shard *shard;
    char         path[512];
    World        world;
    TrainResult  result;
    pthread_t    thread;
} Runner;

static void *runner_run(void *self)
{
    Runner *r = self;
    r->result = world_train(&r->config, r->shard, r->path, &r->world);
    return NULL;
}

static Gang *gang_for(const Runner *runner, int count)
{
    Gang       *gang;
    DeviceFault why;
    Err         err = { 0 };
    if (!CHECK(gang_open(&gang, &runner[0].config, runner[0].shard, count,
                         &why, &err)))
        abort();
    return gang;
}

static void together_in(Gang *gang, Runner *runner, int count)
{
    for (int i = 0; i < count; i++) {
        CHECK(gang_alike(&runner[0].config, runner[0].shard,
                         &runner[i].config, runner[i].shard));
        runner[i].config.gang = gang;
        pthread_create(&runner[i].thread, NULL, runner_run, &runner[i]);
    }
    for (int i = 0; i < count; i++)
        pthread_join(runner[i].thread, NULL);
}

static void together(Runner *runner, int count)
{
    Gang *gang = gang_for(runner, count);
    together_in(gang, runner, count);
    gang_close(gang);
}

static bool same_slabs(const char *a, const char *b)
{
    Arena            arena = { 0 };
    const Checkpoint x = checkpoint_of(&arena, a),
                     y = checkpoint_of(&arena, b);
    const size_t     bytes = (size_t)x.head->count * sizeof *x.param;
    const bool       same = x.head->at.step == y.head->at.step
        && !memcmp(x.param, y.param, bytes) && !memcmp(x.m, y.m, bytes)
        && !memcmp(x.v, y.v, bytes)
        && !memcmp(&x.head->at.val_loss, &y.head->at.val_loss, 8);
    arena_free(&arena);
    return same;
}

static void runner_make(Runner *r, const Shard *shard, const char *name,
                        i64 batch, i64 steps, double lr, u64 seed)
{
    *r = (Runner){ .config = far_of(world_config()), .shard = shard };
    r->config.batch = batch, r->config.steps = steps;
    r->config.lr = lr, r->config.seed = seed;
    snprintf(r->path, sizeof r->path, "%s/%s", test_folder(), name);
}

enum { RUNS = 3 };

/* Of different rate, seed and horizon; and `more`, of different batches that
 * share passes: one, two and three of them a step. */
static void runners_make(Runner out[RUNS], const Shard *shard, const char *name,
                         bool more)
{
    const i64 micro = device_micro_batch(10000, 32, 1 << 20);
    char      each[64];
    for (int i = 0; i < RUNS; i++) {
        snprintf(each, sizeof each, "%s-%d", name, i);
        runner_make(&out[i], shard, each, more ? (i + 1) * micro : 4,
                    more ? 1 + (i == 0) : 20 - 6 * i, 0.004 * (i + 1), (u64)(i + 1));
        if (more)
            out[i].config.shape = quick;
    }
}

static void check_same(const char *dtype, bool more)
{
    Arena          arena = { 0 };
    static Runner  alone[RUNS], beside[RUNS];
    const Shard    shard = more ? few_letters(&arena, 400000, 4000)
                                : world_noise(&arena, 400000, 4000);
    runners_make(alone, &shard, "alone", more);
    runners_make(beside, &shard, "beside", more);
    for (int i = 0; i < RUNS; i++) {
        alone[i].config.dtype = beside[i].config.dtype = dtype;
        runner_run(&alone[i]);
    }
    together(beside, RUNS);
    for (int i = 0; i < RUNS; i++) {
        test_note("%s, run %d%s", dtype, i, more ? ", large batch" : "");
        CHECK(same_slabs(alone[i].path, beside[i].path));
        check_lines(&alone[i].world, &beside[i].world, 0);
        remove(alone[i].path), remove(beside[i].path);
    }
    arena_free(&arena);
}

TEST(a_run_has_the_same_bits_alone_and_beside_others)
{
    NEED_CUDA();
    check_same("fp32", false);
    check_same("bf16", false);
    check_same("fp32", true);
}

/* A rate that ruins it, and the neighbours that do not notice. */
TEST(a_run_that_diverges_takes_nobody_with_it)
{
    NEED_CUDA();
    Arena         arena = { 0 };
    static Runner alone, beside[RUNS];
    const Shard   shard = world_sentence(&arena, 40000, 4000);
    runner_make(&alone, &shard, "good", 4, 20, 0.01, 1);
    runner_make(&beside[0], &shard, "bad", 4, 20, 1e30, 2);
    runner_make(&beside[1], &shard, "beside", 4, 20, 0.01, 1);
    runner_make(&beside[2], &shard, "worse", 4, 20, 1e20, 3);
    runner_run(&alone);
    together(beside, RUNS);
    CHECK(beside[0].result.status == TRAIN_DIVERGED);
    CHECK(beside[2].result.status == TRAIN_DIVERGED);
    CHECK(beside[1].result.status == alone.result.status);
    CHECK(same_slabs(alone.path, beside[1].path));
    arena_free(&arena);
}

/* -- Stops ----------------------------------------------------------------------------- */

TEST(a_stop_on_a_device_changes_no_bit)
{
    NEED_CUDA();
    Arena         arena = { 0 };
    static Runner whole, cut;
    const Shard   shard = world_sentence(&arena, 40000, 4000);
    runner_make(&whole, &shard, "whole", 2, 110, 0.01, 1);
    runner_make(&cut, &shard, "cut", 2, 110, 0.01, 1);
    runner_run(&whole);
    cut.world.stop_after = 20;
    runner_run(&cut);
    CHECK(cut.result.status == TRAIN_INTERRUPTED);
    CHECK(20 <= cut.result.step && cut.result.step < 110);
    cut.world.stop_after = 0;
    runner_run(&cut);
    CHECK(cut.result.status == TRAIN_DONE && cut.result.resumed == 1);
    CHECK(same_slabs(whole.path, cut.path));
    check_lines(&whole.world, &cut.world, 0);
    arena_free(&arena);
}

/* The one in the middle leaves, and comes back when the others have gone on. */
TEST(a_stop_beside_others_changes_no_bit_of_anybody)
{
    NEED_CUDA();
    Arena         arena = { 0 };
    static Runner alone[RUNS], beside[RUNS];
    const double  kept = 5;
    const Shard   shard = world_sentence(&arena, 40000, 4000);
    runners_make(alone, &shard, "unstopped", false);
    runners_make(beside, &shard, "stopped", false);
    for (int i = 0; i < RUNS; i++) {
        alone[i].config.keep = (RealList){ 1, &kept };
        beside[i].config.keep = alone[i].config.keep;
        runner_run(&alone[i]);
    }
    beside[1].world.stop_after = 3;
    together(beside, RUNS);
    CHECK(beside[1].result.status == TRAIN_INTERRUPTED);
    beside[1].world.stop_after = 0;
    together(beside + 1, RUNS - 1);
    for (int i = 0; i < RUNS; i++) {
        char a[600], b[600];
        snprintf(a, sizeof a, "%s-5", alone[i].path);
        snprintf(b, sizeof b, "%s-5", beside[i].path);
        test_note("run %d", i);
        CHECK(same_slabs(alone[i].path, beside[i].path));
        CHECK(same_slabs(a, b));
        check_lines(&alone[i].world, &beside[i].world, 0);
    }
    arena_free(&arena);
}

/* Four letters, which are quickly passed over. */
static Shard world_few(Arena *arena, i64 train, i64 val)
{
    u8 *token = NEW(arena, u8, train + val);
    for (i64 i = 0; i < train + val; i++)
        token[i] = (u8)rng_below(5, RNG_TEST, (u64)i, 4);
    Shard shard = world_shard(token, train, val);
    shard.vocab = 4;
    return shard;
}

/* After five passes one of three passes a step has begun its second step: nothing
 * of that is left in its seat, the first. */
TEST(a_seat_forgets_who_sat_there)
{
    NEED_CUDA();
    Arena         arena = { 0 };
    static Runner next, alone;
    const Shard   shard = world_few(&arena, 400000, 4000);
    const i64     micro = device_micro_batch(10000, 32, 1 << 20);
    Err           err = { 0 };
    i64           done;
    Seat         *seat[2];
    runner_make(&next, &shard, "next", micro, 1, 0.01, 1);
    next.config.shape = (Shape){ .layers = 1, .width = 8, .heads = 1, .ff = 8,
                                 .vocab = 4, .context = 32 };
    next.config.eval_points = 0;
    alone = next;
    snprintf(alone.path, sizeof alone.path, "%s/sits-alone", test_folder());
    TrainConfig three = next.config, one = next.config;
    three.batch = 3 * micro, three.steps = one.steps = 5;
    Space a = space_make(&arena, &three), b = space_make(&arena, &one);
    Gang *gang = gang_for(&next, 2);
    gang->tick_s = 1e-6; /* as if passes were quick: all five in one go */
    const bool ok = gang_sit(&seat[0], gang, &a, &three, &err)
        && gang_sit(&seat[1], gang, &b, &one, &err)
        && gang_drive(gang, 1, &done, &err);
    if (!CHECK(ok) || !CHECK(seat[0]->step == 1 && seat[0]->pass == 2))
        abort();
    gang_rise(seat[0]), gang_rise(seat[1]);
    together_in(gang, &next, 1);
    gang_close(gang);
    runner_run(&alone);
    CHECK(same_slabs(alone.path, next.path));
    arena_free(&arena);
}

/* Begun there and ended here, and the other way: what both end with is within
 * the rounding of one that never moved. */
static void check_move(const char *from, const char *to)
{
    Arena         arena = { 0 };
    static Runner whole, moved;
    const Shard   shard = world_sentence(&arena, 40000, 4000);
    runner_make(&whole, &shard, "stays", 2, 80, 0.01, 1);
    runner_make(&moved, &shard, "moves", 2, 80, 0.01, 1);
    whole.config.device = moved.config.device = from;
    remove(whole.path), remove(moved.path);
    runner_run(&whole);
    moved.world.stop_after = 20;
    runner_run(&moved);
    CHECK(moved.result.status == TRAIN_INTERRUPTED);
    moved.world.stop_after = 0;
    moved.config.device = to;
    runner_run(&moved);
    test_note("from %s to %s", from, to);
    CHECK(moved.result.status == TRAIN_DONE);
    CHECK_NEAR(moved.result.val_loss, whole.result.val_loss, 1e-3);
    arena_free(&arena);
}

TEST(a_run_may_go_on_elsewhere)
{
    NEED_CUDA();
    check_move("cuda", "cpu");
    check_move("cpu", "cuda");
}

/* -- Seats ---------------------------------------------------------------------------------- */

TEST(a_gang_has_so_many_seats_and_no_more)
{
    NEED_CUDA();
    Arena       arena = { 0 };
    Err         err = { 0 };
    const Shard shard = world_sentence(&arena, 4000, 400);
    const TrainConfig config = far_of(world_config());
    Space       space = space_make(&arena, &config);
    Gang       *gang;
    Seat       *one, *other;
    DeviceFault why;
    if (!CHECK(gang_open(&gang, &config, &shard, 1, &why, &err)))
        abort();
    CHECK(gang_sit(&one, gang, &space, &config, &err));
    CHECK(gang_taken(gang) == 1);
    CHECK(!gang_sit(&other, gang, &space, &config, &err));
    CHECK(err.kind == ERR_BUSY && strstr(err.text, "all 1 seats"));
    gang_rise(one);
    CHECK(gang_taken(gang) == 0);
    CHECK(gang_sit(&other, gang, &space, &config, &err));
    gang_rise(other);
    gang_close(gang);
    arena_free(&arena);
}

/* Each of these is recorded with the passes or lies in the blocks. */
TEST(only_runs_that_are_alike_share_a_gang)
{
    Arena       arena = { 0 };
    const Shard text = world_sentence(&arena, 4000, 400), other = text;
    const TrainConfig a = far_of(world_config());
    TrainConfig b = a;
    b.lr = 1, b.seed = 77, b.steps = 3, b.warmup = 0, b.eval_points = 9;
    b.batch = 2 * a.batch;
    b.schedule = SCHEDULE_CONSTANT;
    CHECK(gang_alike(&a, &text, &a, &text));
    CHECK(!gang_alike(&a, &text, &a, &other));
    const i64 micro = device_micro_batch(10000, 32, 1 << 20);
    TrainConfig wide = a, wider = b;
    wide.batch = micro, wider.batch = 3 * micro + 1;
    CHECK(gang_alike(&wide, &text, &wider, &text));
    CHECK(!gang_alike(&a, &text, &b, &text)); /* a pass of a has fewer */
#define DIFFERS(field, value)                      \
    do {                                           \
        b = a;                                     \
        b.field = value;                           \
        test_note("%s", #field);                   \
        CHECK(!gang_alike(&a, &text, &b, &text));  \
        CHECK(!gang_alike(&b, &text, &a, &text));  \
    } while (0)
    DIFFERS(arch, "lstm");
    DIFFERS(dtype, "bf16");
    DIFFERS(device, "cuda:1");
    DIFFERS(optimizer, "sgd");
    DIFFERS(z_loss, 0.5);
    DIFFERS(dropout, 0.5);
    DIFFERS(clip, 0.25);
    DIFFERS(beta1, 0.25);
    DIFFERS(beta2, 0.25);
    DIFFERS(epsilon, 0.25);
    DIFFERS(weight_decay, 0.25);
    DIFFERS(momentum, 0.25);
    DIFFERS(shape.width, 32);
    DIFFERS(shape.heads, 4);
    DIFFERS(shape.context, 16);
    DIFFERS(shape.rope, true);
    DIFFERS(shape.mup_width, 8);
#undef DIFFERS
    arena_free(&arena);
}

/* -- What a device does not do ------------------------------------------------------------ */

TEST(what_a_device_does_not_do_is_refused_before_it_is_asked)
{
    Arena       arena = { 0 };
    Err         err = { 0 };
    const Shard shard = world_sentence(&arena, 40000, 4000);
    TrainConfig config = far_of(world_config());
    config.optimizer = "muon";
    CHECK(!train_check(&config, &shard, true, &err));
    CHECK(err.kind == ERR_USAGE && strstr(err.text, "--device=cpu"));
    config = far_of(world_config());
    config.device = "tpu";
    CHECK(!train_check(&config, &shard, true, &err));
    CHECK(strstr(err.text, "tpu"));
    arena_free(&arena);
}
