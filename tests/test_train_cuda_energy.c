/* test_train_cuda_energy.c - a run on a device says how many joules that took for
 * it, and where they were not counted, or not all of them, it says none. The
 * counter is tests/cuda/fake_nvml.c: a joule more at each reading. */

#include "tests/cuda_object.h"
#include "tests/fake_nvml.h"
#include "tests/train_world.h"

#include "train/gang.h"

#include <dlfcn.h>
#include <pthread.h>

/* NVML, or in its place what does not count. The one that is played knows the
 * emulated device alone. */
static void counted(bool yes)
{
    DeviceWhy        why;
    const DeviceApi *api = cuda_object(&why);
    if (yes && api && !api->emulated)
        SKIP("the counter that is played counts for the emulated device");
    if (yes)
        fake_nvml();
    else
        setenv("SCALELAW_NVML", "/nowhere/libnvidia-ml.so.1", 1);
}

static TrainConfig config_on(const char *device)
{
    TrainConfig config = world_config();
    config.shape.layers = 1;
    config.device = device;
    return config;
}

typedef struct Stop { i64 at, step; } Stop;

static void stepped(void *self, i64 step, double loss)
{
    (void)loss;
    ((Stop *)self)->step = step;
}

static bool stops(void *self)
{
    const Stop *stop = self;
    return stop->at > 0 && stop->step >= stop->at;
}

static TrainResult train(const TrainConfig *config, const char *path,
                         i64 stop_at)
{
    Arena            arena = { 0 };
    const Shard      shard = world_sentence(&arena, 4000, 600);
    Stop             stop = { .at = stop_at };
    const TrainHooks hooks = { .self = &stop, .step = stepped, .stop = stops };
    TrainResult      result = { .joules = 0 };
    Err              err = { 0 };
    const bool       ok = train_run(&result, config, &shard, path, &hooks,
                                    &err);
    test_note("%s", err.text);
    CHECK(ok);
    arena_free(&arena);
    return result;
}

TEST(a_run_on_a_device_says_its_joules)
{
    NEED_CUDA();
    const TrainConfig far = config_on("cuda"), near = config_on("cpu");
    counted(true);
    const TrainResult result = train(&far, NULL, 0);
    CHECK(result.joules > 0 && result.joules < 1000);
    CHECK(isnan(train(&near, NULL, 0).joules));
    counted(false);
    CHECK(isnan(train(&far, NULL, 0).joules));
}

/* In two parts, of which either may not be counted. */
static TrainResult in_parts(TrainResult *part, bool first, bool second)
{
    char path[] = "/tmp/scalelaw-energy-XXXXXX";
    CHECK(close(mkstemp(path)) == 0 && remove(path) == 0);
    const TrainConfig config = config_on("cuda");
    counted(first);
    *part = train(&config, path, 1);
    CHECK(part->status == TRAIN_INTERRUPTED);
    counted(second);
    const TrainResult whole = train(&config, path, 0);
    CHECK(whole.status != TRAIN_INTERRUPTED && whole.resumed == 1);
    CHECK(remove(path) == 0);
    return whole;
}

TEST(joules_are_those_of_all_parts_of_a_run_or_none)
{
    NEED_CUDA();
    TrainResult       part;
    const TrainResult whole = in_parts(&part, true, true);
    CHECK(part.joules > 0 && whole.joules > part.joules);
    CHECK(isnan(in_parts(&part, false, true).joules) && isnan(part.joules));
    CHECK(isnan(in_parts(&part, true, false).joules) && part.joules > 0);
}

/* -- Side by side -------------------------------------------------------------------- */

enum { SEATS = 2 };

/* Of the counter that a gang has loaded. */
static double counter_told(void)
{
    double (*told)(void) = NULL;
    void *object = dlopen(getenv("SCALELAW_NVML"), RTLD_NOW | RTLD_NOLOAD);
    if (!CHECK(object))
        return NAN;
    void *symbol = dlsym(object, "fake_nvml_joules");
    memcpy(&told, &symbol, sizeof told);
    const double joules = told();
    dlclose(object);
    return joules;
}

typedef struct Beside {
    TrainConfig  config;
    const Shard *shard;
    TrainResult  result;
    bool         ok;
} Beside;

static void *beside(void *self)
{
    Beside *b = self;
    Err     err = { 0 };
    b->ok = train_run(&b->result, &b->config, b->shard, NULL, NULL, &err);
    return NULL;
}

TEST(runs_side_by_side_share_what_the_device_took)
{
    NEED_CUDA();
    Arena       arena = { 0 };
    const Shard shard = world_sentence(&arena, 4000, 600);
    Beside      b[SEATS];
    pthread_t   thread[SEATS];
    Gang       *gang;
    DeviceFault why;
    Err         err = { 0 };
    TrainConfig config = config_on("cuda");
    counted(true);
    CHECK(gang_open(&gang, &config, &shard, SEATS, &why, &err));
    config.gang = gang;
    for (int i = 0; i < SEATS; i++) {
        b[i] = (Beside){ .config = config, .shard = &shard };
        b[i].config.seed  = (u64)i + 1;
        b[i].config.steps = i ? 48 : 24;
        CHECK(pthread_create(&thread[i], NULL, beside, &b[i]) == 0);
    }
    for (int i = 0; i < SEATS; i++)
        CHECK(pthread_join(thread[i], NULL) == 0 && b[i].ok);
    const double all = counter_told();
    const double sum = b[0].result.joules + b[1].result.joules;
    test_note("%g and %g of %g", b[0].result.joules, b[1].result.joules, all);
    CHECK(b[0].result.joules > 0 && b[1].result.joules > 0);
    CHECK(sum < all && sum > all / 2); /* the rest was nobody's */
    gang_close(gang);
    arena_free(&arena);
}
