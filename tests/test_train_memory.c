/* test_train_memory.c - a run takes the memory it said it would, before its
 * first step, and none after.
 *
 * The allocator of this program is counted by standing in front of it; under
 * a sanitizer, which does the same, the counting test is skipped. */

#include "tests/test.h"
#include "tests/train_world.h"
#include "train/space.h"

#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#define COUNTED 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define COUNTED 0
#endif
#endif
#ifndef COUNTED
#define COUNTED 1
#endif

static volatile i64 calls; /* of the allocator, by whichever thread */
static i64          largest;

#if COUNTED
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);

static void count(size_t bytes)
{
    __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
    if ((i64)bytes > largest)
        largest = (i64)bytes;
}

void *malloc(size_t n) { count(n); return __libc_malloc(n); }
void *calloc(size_t n, size_t m) { count(n * m); return __libc_calloc(n, m); }
void *realloc(void *p, size_t n) { count(n); return __libc_realloc(p, n); }
void *aligned_alloc(size_t line, size_t n)
{
    count(n);
    return __libc_memalign(line, n);
}
#endif

typedef struct Seen {
    i64 calls, last; /* calls between steps 3 and last */
} Seen;

static void step_seen(void *self, i64 step, double loss)
{
    Seen *seen = self;
    (void)loss;
    if (step == 3)
        seen->calls = calls;
    seen->last = calls;
}

static void run_counted(const TrainConfig *config, const Shard *shard)
{
    Seen             seen = { 0 };
    Err              err = { 0 };
    TrainResult      result;
    const TrainHooks hooks = { .self = &seen, .step = step_seen };
    CHECK(train_run(&result, config, shard, NULL, &hooks, &err));
    CHECK(seen.calls > 0);
    CHECK_NEAR(seen.last - seen.calls, 0, 0);
}

/* Steps, evaluations and log lines, alone and with a team: a team is made in
 * the first steps and stays. */
TEST(no_step_allocates)
{
    if (!COUNTED)
        SKIP("the sanitizer stands in front of the allocator");
    Arena       arena = { 0 };
    const Shard shard = world_noise(&arena, 40000, 4000);
    TrainConfig config = world_config();
    config.batch = 40;
    for (int threads = 1; threads <= 3; threads++) {
        config.threads = threads;
        test_note("%d threads", threads);
        run_counted(&config, &shard);
    }
    arena_free(&arena);
}

/* Whatever the model, the optimizer and the numbers. */
TEST(no_step_allocates_under_any_option)
{
    if (!COUNTED)
        SKIP("the sanitizer stands in front of the allocator");
    static const char *const optimizer[] = { "adamw", "muon", "sgd" };
    static const char *const dtype[] = { "fp32", "bf16" };
    Arena       arena = { 0 };
    const Shard shard = world_noise(&arena, 40000, 4000);
    TrainConfig config = world_config();
    config.shape.rms = config.shape.rope = config.shape.gated = true;
    config.shape.qk_norm = config.shape.bare = true;
    config.shape.kv_heads = 1;
    config.dropout = 0.1;
    config.z_loss  = 1e-3;
    config.kernels = "auto";
    for (int i = 0; i < COUNT_OF(optimizer); i++)
        for (int k = 0; k < COUNT_OF(dtype); k++) {
            test_note("%s, %s", optimizer[i], dtype[k]);
            config.optimizer = optimizer[i];
            config.dtype     = dtype[k];
            run_counted(&config, &shard);

            TrainConfig cells = world_cells();
            cells.optimizer = optimizer[i];
            cells.dtype     = dtype[k];
            cells.dropout   = 0.1;
            cells.kernels   = "auto";
            test_note("%s, %s, lstm", optimizer[i], dtype[k]);
            run_counted(&cells, &shard);
        }
    arena_free(&arena);
}

TEST(memory_is_what_was_said)
{
    if (!COUNTED)
        SKIP("the sanitizer stands in front of the allocator");
    Arena       arena = { 0 };
    const Shard shard = world_noise(&arena, 40000, 4000);
    for (int k = 0; k < 2 * kern_count(); k++)
        for (int threads = 1; threads <= 3; threads++) {
            Err         err = { 0 };
            TrainResult result;
            TrainConfig config = k % 2 ? world_cells() : world_config();
            if (!kern_at(k / 2)->usable())
                continue;
            config.kernels = kern_at(k / 2)->name;
            config.dtype   = kern_at(k / 2)->dtype;
            config.threads = threads;
            test_note("%s, %s %s, %d threads", config.arch,
                      config.kernels, config.dtype, threads);
            largest = 0;
            CHECK(train_run(&result, &config, &shard, NULL, NULL, &err));
            /* One block, and the line in which its arena keeps its books. */
            const i64 said = train_memory(&config);
            CHECK(largest == (said < 65536 - 64 ? 65536 : said + 64));
        }
    arena_free(&arena);
}

/* Parts of the space by hand: parameters and moments, a gradient a lane and the
 * squares of its spans. */
TEST(memory_grows_by_a_gradient_a_lane_and_a_work_space_a_thread)
{
    TrainConfig one = world_config(), two = world_config();
    Space       space;
    one.shape.context = two.shape.context = 256;
    one.batch = 8;
    two.batch = 16;
    const i64 a = train_memory(&one), b = train_memory(&two);
    space_lay(&space, NULL, &one);
    const i64 lanes = space.lanes, slab = space.count * (i64)sizeof(real);
    space_lay(&space, NULL, &two);
    CHECK(space.lanes == 2 * lanes);
    const i64 squares = lanes * space.spans * (i64)sizeof(double);
    CHECK_BELOW((double)llabs(b - a - lanes * slab - squares),
                64.0 * (double)lanes + 128);

    two.threads = 2;
    const i64 tokens = space.micro * 256;
    const i64 work = space.arch->work_count(space.kern, &two.shape,
                                            space.micro)
                     * (i64)sizeof(real);
    CHECK_BELOW((double)llabs(train_memory(&two) - b - work
                              - tokens * (i64)(sizeof(real)
                                               + 2 * sizeof(i32))), 400);
}

TEST(lanes_depend_on_the_configuration_alone)
{
    TrainConfig config = world_config();
    config.shape.context = 256;
    for (i64 batch = 1; batch <= 64; batch++) {
        Space space;
        config.batch   = batch;
        config.threads = 1;
        space_lay(&space, NULL, &config);
        const i64 lanes = space.lanes;
        CHECK(1 <= lanes && lanes <= LANES_MAX);
        CHECK(space.micro * space.micros >= batch);
        CHECK(space.micro * (space.micros - 1) < batch);
        config.threads = 7;
        space_lay(&space, NULL, &config);
        CHECK(space.lanes == lanes);
    }
}

TEST(spans_cover_the_slab_once_and_never_mix_decay)
{
    Arena             arena = { 0 };
    const TrainConfig config = world_config();
    Space             space;
    void *block = NEW(&arena, u8, train_memory(&config));
    space_lay(&space, block, &config);
    CHECK(space.count == count_params(config.shape).total);

    Tensor    tensor[ARCH_TENSORS_MAX];
    const int tensors = space.arch->tensors(tensor, &config.shape);
    i64       at = 0, decayed = 0, want = 0;
    for (i64 i = 0; i < space.spans; i++) {
        CHECK(space.span[i].at == at);
        at += space.span[i].count;
        decayed += space.span[i].decay ? space.span[i].count : 0;
    }
    for (int k = 0; k < tensors; k++)
        want += tensor[k].decay ? tensor[k].count : 0;
    CHECK(at == space.count && decayed == want && want < at);
    arena_free(&arena);
}
