/* test_gpu_runs.c - whole runs on a device beside the same on the processor, as
 * tests/gpu/run holds them: ten steps, curves of three sizes, the same bits, and
 * too little memory.
 *
 * The device is SCALELAW_CUDA's. GPU_TINY=1: sizes for an emulated one. */

#include "base/arena.h"
#include "base/file.h"
#include "tests/test.h"
#include "tests/train_world.h"
#include "train/checkpoint.h"
#include "train/gang.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool tiny(void)
{
    const char *word = getenv("GPU_TINY");
    return word && strcmp(word, "1") == 0;
}

/* -- A text: this repository's own manuals, byte by byte ------------------------ */

static Shard manuals(Arena *arena)
{
    static const char *const name[] = { "docs/performance.md",
                                        "docs/numerics.md", "README.md" };
    const i64 val = 1 << 14, most = tiny() ? 1 << 16 : 1 << 20;
    u8 *token = NEW(arena, u8, most);
    i64 n = 0;
    for (int i = 0; i < COUNT_OF(name); i++) {
        char  path[600];
        char *bytes;
        i64   count;
        Err   err = { 0 };
        snprintf(path, sizeof path, "%s/%s", SCALELAW_ROOT, name[i]);
        if (!CHECK(file_read(&bytes, &count, arena, path, &err)))
            abort();
        count = i64_min(count, most - n);
        memcpy(token + n, bytes, (size_t)count);
        n += count;
    }
    return world_shard(token, n - val, val);
}

/* -- Runs, one after the other or side by side ------------------------------------ */

typedef struct Job {
    TrainConfig  config;
    const Shard *shard;
    World        world;
    TrainResult  result;
    Err          err;
    char         path[600];
    bool         ok;
} Job;

static void *job_run(void *self)
{
    Job             *job = self;
    const TrainHooks hooks = world_hooks(&job->world);
    job->ok = train_run(&job->result, &job->config, job->shard, job->path,
                        &hooks, &job->err);
    return NULL;
}

static void job_make(Job *job, const TrainConfig *config, const Shard *shard,
                     const char *name)
{
    memset(job, 0, sizeof *job);
    job->config = *config;
    job->shard  = shard;
    snprintf(job->path, sizeof job->path, "%s/%s", test_folder(), name);
}

static bool jobs_run(Job *job, int n)
{
    pthread_t thread[64];
    bool      ok = true;
    for (int i = 0; i < n; i++)
        if (pthread_create(&thread[i], NULL, job_run, &job[i]) != 0)
            abort();
    for (int i = 0; i < n; i++)
        pthread_join(thread[i], NULL);
    for (int i = 0; i < n; i++) {
        ok = CHECK(job[i].ok) && ok;
        if (!job[i].ok)
            printf("%s\n", job[i].err.text);
    }
    return ok;
}

/* In one gang on the device; those that cannot share one would be refused. */
static bool jobs_beside(Job *job, int n)
{
    DeviceFault fault;
    Gang       *gang;
    Err         err = { 0 };
    if (!CHECK(gang_open(&gang, &job->config, job->shard, n, &fault, &err))) {
        printf("%s\n", err.text);
        return false;
    }
    for (int i = 0; i < n; i++)
        job[i].config.gang = gang;
    const bool ok = jobs_run(job, n);
    gang_close(gang);
    return ok;
}

static TrainConfig config_of(i64 layers, i64 width, i64 context, i64 batch,
                             i64 steps)
{
    TrainConfig c = train_defaults();
    c.shape = (Shape){ .layers = layers, .width = width, .heads = width / 16,
                       .ff = 4 * width, .vocab = 256, .context = context,
                       .tied = true };
    c.batch = batch;
    c.steps = steps;
    c.lr    = 0.003;
    c.eval_tokens = 1 << 12;
    c.eval_points = 3;
    c.eval_point_tokens = 1 << 12;
    c.kernels = "auto";
    return c;
}

/* -- Ten steps ---------------------------------------------------------------------- */

static double worst_loss(const World *a, const World *b)
{
    double worst = 0;
    if (!CHECK(a->lines == b->lines && a->lines > 0))
        return INFINITY;
    for (i64 i = 0; i < a->lines; i++)
        worst = fmax(worst, fabs(a->line[i].train_loss
                                 - b->line[i].train_loss));
    return worst;
}

/* In fp32 both take the same sums in other orders. Two backends of one processor
 * differ by 4e-8 after ten steps of these; fifty times that is allowed. */
static void ten_steps(const char *name, TrainConfig c, const Shard *shard)
{
    static Job job[2];
    char       file[60];
    snprintf(file, sizeof file, "%s-cpu", name);
    job_make(&job[0], &c, shard, file);
    snprintf(file, sizeof file, "%s-cuda", name);
    c.device = "cuda";
    job_make(&job[1], &c, shard, file);
    test_note("%s", name);
    if (!jobs_run(job, 2))
        return;
    const double worst = worst_loss(&job[0].world, &job[1].world);
    printf("   %s: losses of ten steps differ by at most %.2g\n", name, worst);
    CHECK_BELOW(worst, 2e-6);
}

TEST(ten_steps_have_the_losses_of_the_processors_in_fp32)
{
    Arena       arena = { 0 };
    const Shard shard = manuals(&arena);
    TrainConfig c = tiny() ? config_of(1, 16, 24, 3, 10)
                           : config_of(3, 96, 200, 9, 10);
    ten_steps("GPT-2's", c, &shard);
    c.shape.rms = c.shape.rope = c.shape.gated = c.shape.bare = true;
    c.shape.qk_norm = true;
    c.shape.tied    = false;
    c.shape.ff      = count_ff_usual(c.shape.width, true);
    ten_steps("Llama's", c, &shard);
    c = tiny() ? config_of(1, 16, 12, 3, 10) : config_of(2, 64, 50, 9, 10);
    c.arch = "lstm";
    c.shape.recurrent = true;
    count_recurrent(&c.shape);
    ten_steps("cells", c, &shard);
    arena_free(&arena);
}

/* -- Curves --------------------------------------------------------------------------- */

enum { SEEDS = 4, CURVE = 64 };

typedef struct Spread { double mean, sd; } Spread;

/* Of the held-out loss at line number i of the jobs' curves. */
static Spread spread_at(const Job *job, int n, i64 i)
{
    double sum = 0, squares = 0;
    for (int k = 0; k < n; k++)
        sum += job[k].world.line[i].val_loss;
    for (int k = 0; k < n; k++)
        squares += pow(job[k].world.line[i].val_loss - sum / n, 2);
    return (Spread){ sum / n, sqrt(squares / (n - 1)) };
}

/* Means of four seeds each: they lie within three standard errors of their
 * difference, the spread of seeds being the processor's. */
static void curves_meet(const char *name, const Job *cpu, const Job *cuda)
{
    double worst = 0;
    for (i64 i = 0; i < cpu->world.lines; i++) {
        if (isnan(cpu->world.line[i].val_loss))
            continue;
        const Spread a = spread_at(cpu, SEEDS, i), b = spread_at(cuda, SEEDS, i);
        const double se = a.sd * sqrt(2.0 / SEEDS);
        printf("   %s step %4lld: %.4f by the processor, %.4f by the device; "
               "seeds spread by %.4f\n", name,
               (long long)cpu->world.line[i].step, a.mean, b.mean, a.sd);
        worst = fmax(worst, fabs(a.mean - b.mean) / se);
    }
    CHECK(worst > 0); /* bfloat16 is not float: the same would be no device's */
    CHECK_BELOW(worst, 3);
}

static void curves(i64 layers, i64 width, const Shard *shard)
{
    static Job cpu[SEEDS], cuda[SEEDS];
    char       name[60], file[80];
    TrainConfig c = tiny() ? config_of(layers, width, 16, 4, 12)
                           : config_of(layers, width, 128, 16, 300);
    snprintf(name, sizeof name, "%d x %d", (int)layers, (int)width);
    test_note("%s", name);
    for (int k = 0; k < SEEDS; k++) {
        c.seed = (u64)k + 1;
        c.device = "cpu";
        snprintf(file, sizeof file, "%s-%d", name, k);
        job_make(&cpu[k], &c, shard, file);
        c.device = "cuda";
        c.dtype  = "bf16";
        snprintf(file, sizeof file, "%s-%d-cuda", name, k);
        job_make(&cuda[k], &c, shard, file);
        c.dtype  = "fp32";
    }
    if (jobs_run(cpu, SEEDS) && jobs_beside(cuda, SEEDS))
        curves_meet(name, cpu, cuda);
}

TEST(loss_curves_of_three_sizes_lie_within_the_noise_of_seeds)
{
    Arena       arena = { 0 };
    const Shard shard = manuals(&arena);
    if (tiny()) {
        curves(1, 16, &shard);
    } else {
        curves(2, 32, &shard);
        curves(3, 64, &shard);
        curves(4, 128, &shard);
    }
    arena_free(&arena);
}

/* -- The same bits -------------------------------------------------------------------- */

/* Parameters and moments where the runs ended. */
static bool same_end(const Job *a, const Job *b)
{
    Arena arena = { 0 };
    Err   err = { 0 };
    char *bytes[2];
    i64   count[2];
    bool  same = file_read(&bytes[0], &count[0], &arena, a->path, &err)
              && file_read(&bytes[1], &count[1], &arena, b->path, &err)
              && count[0] == count[1];
    if (same) {
        const i64        n = ((Header *)(void *)bytes[0])->count;
        const Checkpoint x = checkpoint_lay(bytes[0], n);
        const Checkpoint y = checkpoint_lay(bytes[1], n);
        same = memcmp(x.param, y.param, (size_t)n * sizeof(real)) == 0
            && memcmp(x.m, y.m, (size_t)n * sizeof(real)) == 0
            && memcmp(x.v, y.v, (size_t)n * sizeof(real)) == 0;
    }
    arena_free(&arena);
    return same && !(a->result.val_loss < b->result.val_loss)
                && !(a->result.val_loss > b->result.val_loss);
}

static TrainConfig bits_config(const char *dtype)
{
    TrainConfig c = tiny() ? config_of(1, 16, 12, 3, 8)
                           : config_of(4, 128, 256, 24, 60);
    c.device = "cuda";
    c.dtype  = dtype;
    c.seed   = 5;
    return c;
}

static void bits(const char *dtype)
{
    static Job  once, twice, stopped, beside[3];
    Arena       arena = { 0 };
    const Shard shard = manuals(&arena);
    TrainConfig c = bits_config(dtype);
    test_note("%s", dtype);
    job_make(&once, &c, &shard, "once");
    job_make(&twice, &c, &shard, "twice");
    job_make(&stopped, &c, &shard, "stopped");
    if (!jobs_run(&once, 1) || !jobs_run(&twice, 1))
        return;
    CHECK(same_end(&once, &twice));

    for (int i = 0; i < 3; i++) { /* others: rates, seeds, ends of their own */
        c.seed  = (u64)(i == 1 ? 5 : 7 + i);
        c.lr    = i == 1 ? 0.003 : 0.001 * (i + 1);
        c.steps = once.config.steps + (i == 1 ? 0 : i - 1);
        char name[20];
        snprintf(name, sizeof name, "beside-%d", i);
        job_make(&beside[i], &c, &shard, name);
    }
    if (jobs_beside(beside, 3)) {
        CHECK(same_end(&once, &beside[1]));
        CHECK(!same_end(&once, &beside[0]));
    }

    double middle = (double)(once.config.steps / 2); /* a rest: gang.h */
    stopped.config.keep = (RealList){ .item = &middle, .count = 1 };
    stopped.world.stop_after = once.config.steps / 2;
    if (!jobs_run(&stopped, 1))
        return;
    CHECK(stopped.result.status == TRAIN_INTERRUPTED);
    CHECK(stopped.result.step == once.config.steps / 2);
    stopped.world.stop_after = 0;
    if (jobs_run(&stopped, 1)) {
        CHECK(stopped.result.resumed == 1);
        CHECK(same_end(&once, &stopped));
    }
    arena_free(&arena);
}

TEST(a_run_has_the_same_bits_twice_beside_others_and_with_a_stop_in_fp32)
{
    bits("fp32");
}

TEST(a_run_has_the_same_bits_twice_beside_others_and_with_a_stop_in_bf16)
{
    bits("bf16");
}

/* -- Too little memory ------------------------------------------------------------------ */

TEST(too_little_memory_is_said_in_words_and_the_device_goes_on)
{
    static Job  job;
    Arena       arena = { 0 };
    const Shard shard = manuals(&arena);
    TrainConfig c = bits_config("bf16");
    DeviceWhy   why = { .fault = DEVICE_OK };
    DeviceInfo  info;
    DeviceFault fault = DEVICE_OK;
    Gang       *gang;
    Err         err = { 0 };
    const DeviceApi *api = device_load("cuda", &why);
    if (!CHECK(api && api->info(&info, 0, &why)))
        return;
    const i64 seats = info.bytes / gang_bytes(api, &c, 1) + 100;
    CHECK(!gang_open(&gang, &c, &shard, seats, &fault, &err));
    CHECK(fault == DEVICE_MEMORY);
    CHECK_HAS(err.text, "device cuda");
    CHECK_HAS(err.text, "emory");
    printf("   %s\n", err.text);
    job_make(&job, &c, &shard, "after");
    if (jobs_run(&job, 1))
        CHECK(job.result.step == c.steps && isfinite(job.result.val_loss));
    arena_free(&arena);
}
