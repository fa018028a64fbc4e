/* test_train_cuda_graph.c - what a step of training on a device is before it has
 * run: a chain of launches and nothing else, each within what a device takes, as
 * many for one run as for hundreds; and what it needs for scratch is enough.
 *
 * Recording computes nothing, so that the largest of models costs no memory: all
 * addresses beyond a block of a few bytes are written down and never used. The
 * emulator lists the launches. */

#include "tests/cuda_object.h"
#include "tests/train_world.h"

#include "arch/arch.h"
#include "train/gang_parts.h"

enum { LAUNCHES = 4096 };

typedef struct Launch {
    char      name[64];
    i64       x, y, z;
    int       threads;
    long long shared;
} Launch;

typedef struct Recorded {
    int    count;
    i64    nodes; /* of the graph */
    Launch launch[LAUNCHES];
} Recorded;

typedef struct Case { const char *name; Shape shape; i64 batch; } Case;

static const Case cases[] = {
    { "100 k", { .layers = 2, .width = 64, .heads = 2, .ff = 256,
                 .vocab = 256, .context = 256 }, 16 },
    { "odd", { .layers = 1, .width = 51, .heads = 3, .ff = 77,
               .vocab = 259, .context = 33 }, 3 },
    { "1 M", { .layers = 6, .width = 128, .heads = 4, .ff = 512,
               .vocab = 4096, .context = 256, .tied = true }, 16 },
    { "10 M", { .layers = 6, .width = 384, .heads = 6, .ff = 1536,
                .vocab = 8192, .context = 512 }, 16 },
    { "llama", { .layers = 8, .width = 512, .heads = 8, .ff = 1376,
                 .vocab = 32000, .context = 1024, .kv_heads = 2, .rms = true,
                 .rope = true, .gated = true, .bare = true }, 16 },
    { "124 M", { .layers = 12, .width = 768, .heads = 12, .ff = 3072,
                 .vocab = 50257, .context = 1024, .tied = true }, 16 },
    { "lstm", { .layers = 2, .width = 128, .heads = 1, .ff = 1, .vocab = 256,
                .context = 64, .recurrent = true }, 16 },
};

/* -- A queue ----------------------------------------------------------------------- */

typedef struct Pass {
    const DeviceApi *api;
    const Kern      *kern;
    const Arch      *arch;
    DeviceQueue     *queue;
    DeviceText      *text;
    DeviceSizes      sizes;
    Shape            shape;
} Pass;

/* As a gang has them; the answer: bytes up to the end of scratch. */
static i64 sizes(Pass *p, const Case *of, i64 runs, bool bf16)
{
    TrainConfig config = train_defaults();
    config.arch  = of->shape.recurrent ? "lstm" : "transformer";
    config.shape = of->shape;
    config.batch = of->batch;
    config.dtype = bf16 ? "bf16" : "fp32";
    p->shape = of->shape;
    p->arch  = arch_find(config.arch);
    p->kern  = bf16 ? p->api->bf16 : p->api->fp32;
    p->sizes = gang_sizes(p->api, &config, runs);
    p->sizes.ticks = 1;
    return p->sizes.block.scratch + p->sizes.scratch;
}

static void *place(const Pass *p, i64 at)
{
    return p->api->address(p->queue) + at;
}

static void body(void *self)
{
    const Pass        *p = self;
    const DeviceBlock *b = &p->sizes.block;
    const i64          tokens = p->sizes.micro * p->sizes.context;
    const PassHow      how = { .scale = (real)(1.0 / (double)tokens) };
    p->api->draw(place(p, b->x), place(p, b->y));
    p->arch->pass(place(p, b->loss), place(p, b->grad), p->kern, &p->shape,
                  place(p, b->param), place(p, b->packed), place(p, b->work),
                  place(p, b->x), place(p, b->y), p->sizes.micro, &how);
    p->api->losses(place(p, b->loss));
    p->api->update();
    p->arch->pack(place(p, b->packed), p->kern, &p->shape,
                  place(p, b->param));
    p->api->next();
}

static void pass_open(Pass *p, i64 block_bytes)
{
    static const u8 text[4096];
    DeviceWhy       why;
    well(p->api->text_open(&p->text, 0, text, COUNT_OF(text), 1, &why), &why);
    p->sizes.text = p->text;
    p->sizes.block.bytes = block_bytes;
    well(p->api->open(&p->queue, 0, &p->sizes, &why), &why);
    well(p->api->record(p->queue, DEVICE_TRAIN, body, p, &why), &why);
}

static void pass_close(Pass *p)
{
    p->api->close(p->queue);
    p->api->text_close(p->text);
}

/* -- What was recorded --------------------------------------------------------------- */

static void list_read(Recorded *out, const char *path)
{
    char  line[256];
    FILE *in = fopen(path, "r");
    *out = (Recorded){ .nodes = -1 };
    while (in && fgets(line, sizeof line, in)) {
        Launch   *l = &out->launch[out->count];
        long long x, y, z, nodes;
        if (out->count < LAUNCHES - 1
            && sscanf(line, "launch %lld %lld %lld %d %lld %63[^\n]", &x, &y,
                      &z, &l->threads, &l->shared, l->name) == 6)
            l->x = x, l->y = y, l->z = z, out->count++;
        else if (sscanf(line, "graph %lld", &nodes) == 1)
            out->nodes = nodes;
    }
    if (in)
        fclose(in);
}

static Recorded *record(const DeviceApi *api, const Case *of, i64 runs,
                        bool bf16)
{
    char      path[] = "/tmp/scalelaw-graph-XXXXXX";
    Recorded *out = malloc(sizeof *out);
    Pass      p = { .api = api };
    CHECK(out && close(mkstemp(path)) == 0);
    sizes(&p, of, runs, bf16);
    setenv("SCALELAW_EMULATE_LIST", path, 1);
    pass_open(&p, DEVICE_LINE);
    unsetenv("SCALELAW_EMULATE_LIST");
    list_read(out, path);
    pass_close(&p);
    CHECK(remove(path) == 0);
    return out;
}

static const DeviceApi *emulated(void)
{
    DeviceWhy        why;
    const DeviceApi *api = cuda_object(&why);
    if (!api)
        SKIP(why.text);
    if (!api->emulated)
        SKIP("a device lists no launches");
    return api;
}

/* Shared memory of a block: sm_80 has 163 KB, sm_90 227; SOURCE: NVIDIA, CUDA C++
 * Programming Guide, "Compute Capabilities". The less, as no kernel asks. */
enum { SHARED_MOST = 163 << 10, Y_MOST = 65535 };

static void check_geometry(const Recorded *r, i64 runs)
{
    for (int i = 0; i < r->count; i++) {
        const Launch *l = &r->launch[i];
        test_note("%s: %lld x %lld x %lld, %d threads, %lld bytes", l->name,
                  (long long)l->x, (long long)l->y, (long long)l->z,
                  l->threads, l->shared);
        CHECK(l->z == runs);
        CHECK(l->x >= 1 && l->x < (1LL << 31) && l->y >= 1 && l->y <= Y_MOST);
        CHECK((l->threads >= 32 && l->threads <= 1024 && l->threads % 32 == 0)
              || (l->threads == 1 && !strcmp(l->name, "next")));
        CHECK(l->shared >= 0 && l->shared <= SHARED_MOST);
    }
}

TEST(a_step_is_launches_and_nothing_else_within_what_a_device_takes)
{
    const DeviceApi *api = emulated();
    for (int i = 0; i < 2 * COUNT_OF(cases); i++) {
        const Case *of = &cases[i / 2];
        Recorded   *r = record(api, of, 3, i % 2);
        test_note("%s, %s: %lld nodes, %d launches", of->name,
                  i % 2 ? "bf16" : "fp32", (long long)r->nodes, r->count);
        CHECK(r->count > 10 && r->nodes == r->count);
        check_geometry(r, 3);
        free(r);
    }
}

TEST(hundreds_of_runs_are_as_many_launches_of_the_same_as_one)
{
    const DeviceApi *api = emulated();
    for (int i = 0; i < 2 * COUNT_OF(cases); i++) {
        Recorded *one = record(api, &cases[i / 2], 1, i % 2);
        Recorded *many = record(api, &cases[i / 2], 300, i % 2);
        test_note("%s", cases[i / 2].name);
        check_geometry(many, 300);
        CHECK(one->count == many->count);
        for (int k = 0; k < one->count && k < many->count; k++) {
            many->launch[k].z = 1;
            CHECK(memcmp(&one->launch[k], &many->launch[k],
                         sizeof(Launch)) == 0);
        }
        free(one), free(many);
    }
}

/* Of GPT-2's layers: 14 products, two norms, attention, forth and back, and what
 * their sums in parts and packing need. */
enum { LAYER_MOST = 48, REST_MOST = 24 };

TEST(each_layer_adds_as_many_launches_and_not_many)
{
    const DeviceApi *api = emulated();
    for (int bf16 = 0; bf16 < 2; bf16++) {
        int count[4];
        for (int layers = 1; layers <= 3; layers++) {
            Case of = cases[0];
            of.shape.layers = layers;
            Recorded *r = record(api, &of, 2, bf16);
            count[layers] = r->count;
            free(r);
        }
        const int layer = count[2] - count[1];
        test_note("%d a layer, %d besides", layer, count[1] - layer);
        CHECK(count[3] - count[2] == layer);
        CHECK(layer > 0 && layer <= LAYER_MOST);
        CHECK(count[1] - layer > 0 && count[1] - layer <= REST_MOST);
    }
}

/* -- Scratch --------------------------------------------------------------------------- */

enum { CANARY = 4096 };

/* One pass; then what lies behind scratch, in every run's block. */
static void check_canary(Pass *p, i64 used)
{
    u8           canary[CANARY], seen[CANARY];
    DeviceTick   tick[2] = { { .active = 1, .update = 1, .lr = 1e-3,
                               .rest1 = 0.1, .rest2 = 0.05, .scale = 1 } };
    DeviceResult result[2];
    DeviceWhy    why;
    i64         *at = calloc((size_t)(2 * p->sizes.micro), sizeof *at);
    memset(canary, 0xa5, sizeof canary);
    tick[1] = tick[0];
    for (i64 g = 0; g < 2; g++)
        well(p->api->upload(p->queue, g, used, canary, CANARY, &why), &why);
    well(p->api->go(p->queue, DEVICE_TRAIN, 1, tick, at, result, NULL, &why),
         &why);
    for (i64 g = 0; g < 2; g++) {
        well(p->api->download(seen, p->queue, g, used, CANARY, &why), &why);
        CHECK(memcmp(seen, canary, CANARY) == 0);
        CHECK(isfinite(result[g].loss) && result[g].loss > 0);
    }
    free(at);
}

static const Case small[] = {
    { "even", { .layers = 1, .width = 32, .heads = 2, .ff = 128, .vocab = 256,
                .context = 64 }, 4 },
    { "odd", { .layers = 1, .width = 51, .heads = 3, .ff = 77, .vocab = 259,
               .context = 33 }, 3 },
    { "gated", { .layers = 1, .width = 48, .heads = 4, .ff = 56, .vocab = 300,
                 .context = 40, .kv_heads = 2, .rms = true, .rope = true,
                 .gated = true, .bare = true, .qk_norm = true }, 5 },
    { "lstm", { .layers = 2, .width = 20, .heads = 1, .ff = 1, .vocab = 256,
                .context = 9, .recurrent = true }, 4 },
    { "wide", { .layers = 1, .width = 16, .heads = 1, .ff = 700, .vocab = 1031,
                .context = 16 }, 2 },
};

TEST(scratch_is_enough_nothing_behind_it_is_touched)
{
    DeviceWhy        why;
    const DeviceApi *api = cuda_object(&why);
    if (!api)
        SKIP(why.text);
    for (int i = 0; i < 2 * COUNT_OF(small); i++) {
        Pass      p = { .api = api };
        const i64 used = sizes(&p, &small[i / 2], 2, i % 2);
        test_note("%s, %s", small[i / 2].name, i % 2 ? "bf16" : "fp32");
        pass_open(&p, (used + CANARY + DEVICE_LINE - 1) / DEVICE_LINE
                          * DEVICE_LINE);
        check_canary(&p, used);
        pass_close(&p);
    }
}
