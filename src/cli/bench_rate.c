/* bench_rate.c - see bench_rate.h. A queue of one run whose graph is a few
 * products y = x w, 8192 each way, of numbers that nothing foretells: where all
 * are 0 a device draws less and clocks higher. An emulated one is taken through
 * the same with small ones, and told nothing of. */

#include "cli/bench_rate.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/rng.h"

#include <math.h>

enum { SIDE = 8192, SIDE_EMULATED = 64, PRODUCTS = 8, TICKS = 4, ROUNDS = 3 };

typedef struct Rate {
    const DeviceApi *api;
    DeviceQueue     *queue;
    DeviceSizes      sizes;
    i64              side;
    i64              x, y; /* bytes from the beginning of the block */
} Rate;

static DeviceSizes sizes_of(Rate *r)
{
    const i64   side = r->side, four = (i64)sizeof(real);
    const i64   square = side * side * four;
    const Kern *kern = r->api->bf16;
    const DeviceNeeds needs = { .rows = side, .widest = side,
                                .largest = side * side, .params = side * side,
                                .width = side, .vocab = 2, .bf16 = true };
    DeviceSizes s = { .runs = 1, .ticks = TICKS, .micro = 1, .context = 1,
                      .params = needs.params, .bf16 = true };
    s.scratch = r->api->scratch(&needs);
    r->x = square;
    r->y = 2 * square;
    s.block.packed  = 3 * square;
    s.block.scratch = s.block.packed + (kern->packed_count(side, side) * four
                      + DEVICE_LINE - 1) / DEVICE_LINE * DEVICE_LINE;
    s.block.bytes   = s.block.scratch + s.scratch;
    s.block.m = s.block.v = s.block.grad = s.block.loss = r->y; /* unused */
    return s;
}

static real *reals(const Rate *r, i64 at)
{
    return (real *)(void *)(r->api->address(r->queue) + at);
}

static void body(void *self)
{
    const Rate *r = self;
    for (int i = 0; i < PRODUCTS; i++)
        r->api->bf16->linear(reals(r, r->y), reals(r, r->x),
                             reals(r, r->sizes.block.packed), NULL, NULL,
                             r->side, r->side, r->side);
    r->api->next();
}

/* w, then x; w is packed. */
static bool fill(const Rate *r, DeviceWhy *why)
{
    Arena     arena = { 0 };
    const i64 n = r->side * r->side;
    real     *number = NEW(&arena, real, n);
    for (i64 i = 0; i < n; i++)
        number[i] = (real)(2 * rng_unit(1, RNG_TEST, (u64)i) - 1);
    const i64  bytes = n * (i64)sizeof(real);
    const bool ok = r->api->upload(r->queue, 0, 0, number, bytes, why)
                 && r->api->upload(r->queue, 0, r->x, number, bytes, why);
    arena_free(&arena);
    if (!ok)
        return false;
    r->api->enter(r->queue);
    r->api->bf16->pack(reals(r, r->sizes.block.packed), reals(r, 0), r->side,
                       r->side);
    r->api->enter(NULL);
    return r->api->wait(r->queue, why);
}

static bool measure(double *flops, const Rate *r, DeviceWhy *why)
{
    const double side = (double)r->side;
    const double each = 2 * side * side * side * PRODUCTS * TICKS;
    DeviceTick   tick[TICKS];
    i64          place[TICKS] = { 0 };
    DeviceResult result[TICKS];
    for (int i = 0; i < TICKS; i++)
        tick[i] = (DeviceTick){ .active = 1 };
    *flops = 0;
    for (int i = 0; i < ROUNDS; i++) { /* the first warms it up */
        const double start = clock_s();
        if (!r->api->go(r->queue, DEVICE_TRAIN, TICKS, tick, place, result,
                        NULL, why))
            return false;
        *flops = fmax(*flops, each / (clock_s() - start));
    }
    return true;
}

bool bench_rate(double *flops, const DeviceApi *api, int device,
                DeviceWhy *why)
{
    Rate rate = { .api = api, .side = api->emulated ? SIDE_EMULATED : SIDE };
    *flops = NAN;
    rate.sizes = sizes_of(&rate);
    if (!api->open(&rate.queue, device, &rate.sizes, why))
        return false;
    const bool ok = fill(&rate, why)
        && api->record(rate.queue, DEVICE_TRAIN, body, &rate, why)
        && measure(flops, &rate, why);
    api->close(rate.queue);
    if (api->emulated)
        *flops = NAN;
    return ok;
}
