/* test_kern_cuda_queue.c - queues: several at once, what is told of a launch that
 * failed, what is refused for want of memory or of a recording. */

#include "tests/cuda_object.h"

#include <math.h>
#include <pthread.h>

enum { RUNS = 3, TICKS = 8, N = 1000 };

typedef struct Queue {
    const DeviceApi *api;
    DeviceQueue     *queue;
    DeviceSizes      sizes;
} Queue;

static DeviceSizes sizes_of(void)
{
    return (DeviceSizes){ .runs = RUNS, .ticks = TICKS, .micro = 1,
                          .context = 1, .params = 1,
                          .block = { .bytes = 2 * 4096 + DEVICE_LINE,
                                     .scratch = 2 * 4096 },
                          .scratch = DEVICE_LINE };
}

static Queue queue_of(void)
{
    DeviceWhy why;
    Queue     q = { .api = cuda_object(&why), .sizes = sizes_of() };
    if (!q.api)
        SKIP(why.text);
    well(q.api->open(&q.queue, 0, &q.sizes, &why), &why);
    return q;
}

static real *array(const Queue *q, i64 at)
{
    return (real *)(void *)(q->api->address(q->queue) + at);
}

/* x doubles, and y is what it was. */
static void doubled(void *self)
{
    const Queue *q = self;
    q->api->fp32->far->copy(array(q, 4096), array(q, 0), N);
    q->api->fp32->far->times(array(q, 0), N, 2);
    q->api->next();
}

static bool go(const Queue *q, i64 ticks, const i32 active[RUNS],
               DeviceWhy *why)
{
    DeviceTick   tick[TICKS * RUNS] = { { 0 } };
    DeviceResult result[TICKS * RUNS];
    i64          place[TICKS * RUNS] = { 0 };
    for (int i = 0; i < TICKS * RUNS; i++)
        tick[i].active = active[i % RUNS];
    return q->api->go(q->queue, DEVICE_TRAIN, ticks, tick, place, result, NULL,
                      why);
}

static void put(const Queue *q, real from)
{
    DeviceWhy why;
    real      x[N];
    for (i64 g = 0; g < RUNS; g++) {
        for (int i = 0; i < N; i++)
            x[i] = from + (real)g + (real)i;
        well(q->api->upload(q->queue, g, 0, x, sizeof x, &why), &why);
    }
}

/* Is x of that run what `put` left, so many times doubled? */
static bool holds(const Queue *q, i64 run, real from, int times)
{
    DeviceWhy why;
    real      x[N];
    int       wrong = 0;
    well(q->api->download(x, q->queue, run, 0, sizeof x, &why), &why);
    for (int i = 0; i < N; i++)
        wrong += x[i] != (from + (real)run + (real)i) * (real)(1 << times);
    return wrong == 0;
}

TEST(a_graph_is_run_as_often_as_asked_for_those_who_take_part)
{
    static const i32 active[RUNS] = { 1, 0, 1 };
    DeviceWhy        why;
    Queue            q = queue_of();
    put(&q, 1);
    well(q.api->record(q.queue, DEVICE_TRAIN, doubled, &q, &why), &why);
    well(go(&q, 5, active, &why), &why);
    well(go(&q, 2, active, &why), &why);
    for (i64 g = 0; g < RUNS; g++)
        CHECK(holds(&q, g, 1, active[g] ? 7 : 0));
    q.api->close(q.queue);
}

/* -- Several at once ------------------------------------------------------------------ */

enum { THREADS = 4, AGAIN = 4 };

typedef struct Own {
    real               from;
    bool               right;
    const Queue       *queue;
    pthread_barrier_t *all;
} Own;

/* While all record: meeting, half of the work, meeting, the rest. */
static void doubled_together(void *self)
{
    const Own   *own = self;
    const Queue *q = own->queue;
    pthread_barrier_wait(own->all);
    q->api->fp32->far->copy(array(q, 4096), array(q, 0), N);
    pthread_barrier_wait(own->all);
    q->api->fp32->far->times(array(q, 0), N, 2);
    q->api->next();
}

static void *work(void *self)
{
    static const i32 active[RUNS] = { 1, 1, 1 };
    Own             *own = self;
    own->right = true;
    for (int again = 0; again < AGAIN; again++) {
        DeviceWhy why;
        Queue     q = queue_of();
        put(&q, own->from);
        own->queue = &q;
        const bool recorded = q.api->record(q.queue, DEVICE_TRAIN,
                                            doubled_together, own, &why);
        own->right = own->right && recorded && go(&q, TICKS, active, &why)
            && go(&q, TICKS, active, &why);
        for (i64 g = 0; g < RUNS; g++)
            own->right = own->right && holds(&q, g, own->from, 2 * TICKS);
        q.api->close(q.queue);
    }
    return NULL;
}

TEST(several_queues_of_one_device_know_nothing_of_each_other)
{
    NEED_CUDA();
    pthread_t         thread[THREADS];
    pthread_barrier_t all;
    Own               own[THREADS];
    CHECK(pthread_barrier_init(&all, NULL, THREADS) == 0);
    for (int i = 0; i < THREADS; i++) {
        own[i] = (Own){ .from = (real)(100 * i), .all = &all };
        CHECK(pthread_create(&thread[i], NULL, work, &own[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(thread[i], NULL) == 0 && own[i].right);
    CHECK(pthread_barrier_destroy(&all) == 0);
}

/* -- What goes wrong ------------------------------------------------------------------ */

static void too_wide(void *self)
{
    const Queue *q = self;
    q->api->fp32->norm_back(array(q, 0), array(q, 0), array(q, 0),
                            array(q, 0), array(q, 0), array(q, 0),
                            array(q, 0), 64, 4096);
    doubled(self);
}

TEST(a_launch_that_failed_is_told_by_name_and_then_forgotten)
{
    static const i32 active[RUNS] = { 1, 1, 1 };
    DeviceWhy        why = { .fault = DEVICE_OK };
    Queue            q = queue_of();
    put(&q, 1);
    CHECK(!q.api->record(q.queue, DEVICE_TRAIN, too_wide, &q, &why));
    CHECK(why.fault != DEVICE_OK && strstr(why.text, "norm"));
    CHECK(!go(&q, 1, active, &why)); /* nothing was recorded */
    CHECK(strstr(why.text, "launching a pass"));
    well(q.api->record(q.queue, DEVICE_TRAIN, doubled, &q, &why), &why);
    well(go(&q, 1, active, &why), &why);
    CHECK(holds(&q, 0, 1, 1));
    q.api->close(q.queue);
}

TEST(what_is_too_large_is_refused_and_leaves_the_rest_as_it_is)
{
    static const i32 active[RUNS] = { 1, 1, 1 };
    DeviceWhy        why;
    Queue            q = queue_of();
    DeviceSizes      large = sizes_of();
    DeviceQueue     *none;
    put(&q, 1);
    well(q.api->record(q.queue, DEVICE_TRAIN, doubled, &q, &why), &why);
    large.block.bytes = (i64)1 << 40;
    CHECK(q.api->bytes(&large) > (i64)RUNS << 40);
    CHECK(!q.api->open(&none, 0, &large, &why) && !none);
    CHECK(why.fault == DEVICE_MEMORY && strstr(why.text, "GB of memory for 3"));
    CHECK(!q.api->open(&none, 1000, &q.sizes, &why));
    CHECK(why.fault == DEVICE_ABSENT);
    well(go(&q, 3, active, &why), &why);
    CHECK(holds(&q, 2, 1, 3));
    q.api->close(q.queue);
}

/* So many bytes are free, but for whole pages, and for other programs. */
static void check_free(const DeviceApi *api, i64 bytes, i64 slack)
{
    i64       left;
    DeviceWhy why;
    if (well(api->bytes_free(&left, 0, &why), &why))
        CHECK_BELOW(fabs((double)(left - bytes)), (double)slack);
}

TEST(a_text_lies_once_on_a_device_whoever_opens_it)
{
    enum { COUNT = 16 << 20, SLACK = COUNT / 4 };
    static u8        text[COUNT];
    DeviceWhy        why;
    DeviceText      *one, *again, *part;
    const DeviceApi *api = cuda_object(&why);
    if (!api)
        SKIP(why.text);
    DeviceInfo info;
    well(api->info(&info, 0, &why), &why);
    const i64 all = info.bytes_free;
    well(api->text_open(&one, 0, text, COUNT, 1, &why), &why);
    check_free(api, all - COUNT, SLACK);
    well(api->text_open(&again, 0, text, COUNT, 1, &why), &why);
    check_free(api, all - COUNT, SLACK);
    well(api->text_open(&part, 0, text, COUNT / 2, 2, &why), &why);
    check_free(api, all - 2 * COUNT, SLACK);
    api->text_close(one);
    check_free(api, all - 2 * COUNT, SLACK);
    api->text_close(part);
    check_free(api, all - COUNT, SLACK);
    api->text_close(again);
    check_free(api, all, SLACK);
    CHECK(!api->text_open(&one, 0, text, (i64)1 << 50, 1, &why) && !one);
    CHECK(why.fault == DEVICE_MEMORY);
}
