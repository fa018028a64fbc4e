/* side.h - arrays of several runs side by side on a device, for tests of kernels.
 *
 * Each array lies in every run's block with NaN before and after it, at an odd
 * address where a case asks for that; what a run holds depends on its number and
 * not on how many there are, so that a run alone can be held against the same run
 * beside others. Of three runs the second sits out, and must stay as it was. */

#ifndef SIDE_H
#define SIDE_H

#include "base/rng.h"
#include "kern/device.h"
#include "tests/cuda_object.h"
#include "tests/kern_box.h"
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>

enum { SIDE_RUNS = 3, SIDE_OUT = 1, SIDE_ARRAYS = 24, SIDE_MARGIN = 64 };

/* `want` is what the test expects, `was` what was there. */
typedef struct Many {
    i64   at, n; /* numbers from the beginning of a block */
    real *far;   /* run 0's, there */
    real *want[SIDE_RUNS], *was[SIDE_RUNS], *seen[SIDE_RUNS];
} Many;

typedef struct Side {
    const DeviceApi *api;
    const Kern      *kern;
    DeviceQueue     *queue;
    DeviceSizes      sizes;
    DeviceTick       tick[SIDE_RUNS];
    i64              runs, used, odd;
    Many            *array[SIDE_ARRAYS];
    int              arrays;
} Side;

static inline const DeviceApi *side_api(void)
{
    DeviceWhy        why;
    const DeviceApi *api = cuda_object(&why);
    if (!api)
        SKIP("no backend of a device was built, emulated or not");
    if (api->count(&why) == 0)
        SKIP("there is no device");
    return api;
}

/* The emulator takes blocks and threads in another order: no bit may depend on
 * it. 0: in the usual one. */
static inline void side_order(int number)
{
    char text[16];
    snprintf(text, sizeof text, "%d", number);
    setenv("SCALELAW_EMULATE_ORDER", text, 1);
}

static inline void side_must(bool ok, const DeviceWhy *why)
{
    if (!ok)
        fprintf(stderr, "%s\n", why->text);
    assert(ok);
}

/* `room` numbers of a run's block are enough for all arrays. */
static inline Side side_open(i64 runs, const DeviceNeeds *needs, i64 room,
                             i64 odd)
{
    Side      s = { .api = side_api(), .runs = runs, .odd = odd };
    DeviceWhy why;
    s.kern = needs->bf16 ? s.api->bf16 : s.api->fp32;
    s.sizes = (DeviceSizes){ .runs = runs, .ticks = 1, .micro = 1,
                             .context = 1, .params = 1, .bf16 = needs->bf16,
                             .scratch = s.api->scratch(needs) };
    s.used = s.sizes.scratch / (i64)sizeof(real);
    room += s.used + SIDE_ARRAYS * 3 * SIDE_MARGIN;
    s.sizes.block.bytes = room * (i64)sizeof(real) / DEVICE_LINE * DEVICE_LINE;
    side_must(s.api->open(&s.queue, 0, &s.sizes, &why), &why);
    for (i64 g = 0; g < runs; g++)
        s.tick[g] = (DeviceTick){ .active = runs == 1 || g != SIDE_OUT,
                                  .seed = 5 + (u64)g, .sequence = 1000 * g };
    side_must(s.api->tick(s.queue, s.tick, &why), &why);
    s.api->enter(s.queue);
    return s;
}

static inline bool side_active(const Side *s, i64 g)
{
    return s->tick[g].active;
}

/* Up with want, which is also what was there. */
static inline void many_up(Side *s, Many *m)
{
    DeviceWhy why;
    for (i64 g = 0; g < s->runs; g++) {
        const i64 all = (m->n + 2 * SIDE_MARGIN) * (i64)sizeof(real);
        real     *with = malloc((size_t)all);
        for (i64 i = 0; i < m->n + 2 * SIDE_MARGIN; i++)
            with[i] = (real)NAN;
        memcpy(with + SIDE_MARGIN, m->want[g], (size_t)m->n * sizeof(real));
        memcpy(m->was[g], m->want[g], (size_t)m->n * sizeof(real));
        side_must(s->api->upload(s->queue, g, (m->at - SIDE_MARGIN)
                                 * (i64)sizeof(real), with, all, &why), &why);
        free(with);
    }
}

/* Numbers of the mean and sd in each run; NaN for sd: nothing but that. */
static inline Many *many(Side *s, i64 n, double middle, double sd)
{
    Many *m = calloc(1, sizeof *m);
    m->n    = n;
    m->at   = (s->used + SIDE_MARGIN + 63) / 64 * 64 + s->odd;
    s->used = m->at + n + SIDE_MARGIN;
    assert(s->used * (i64)sizeof(real) <= s->sizes.block.bytes
           && s->arrays < SIDE_ARRAYS);
    for (i64 g = 0; g < s->runs; g++) {
        m->want[g] = malloc((size_t)n * sizeof(real));
        m->was[g]  = malloc((size_t)n * sizeof(real));
        for (i64 i = 0; i < n; i++)
            m->want[g][i] = (real)(middle + sd * rng_normal(
                31 + (u64)g, RNG_TEST, (u64)(m->at + i)));
    }
    m->far = (real *)(void *)s->api->address(s->queue) + m->at;
    many_up(s, m);
    s->array[s->arrays++] = m;
    return m;
}

/* Words 0 .. V-1; of every `none`th, if not 0, there is none: -1. */
static inline Many *many_words(Side *s, i64 n, i64 V, i64 none)
{
    Many *m = many(s, n, 0, 0);
    for (i64 g = 0; g < s->runs; g++)
        for (i64 i = 0; i < n; i++) {
            const i32 word = none && i % none == none - 1
                ? -1
                : (i32)(rng_u64(41 + (u64)g, RNG_TEST, (u64)i) % (u64)V);
            memcpy(m->want[g] + i, &word, sizeof word);
        }
    many_up(s, m);
    return m;
}

static inline i32 *words_of(Many *m, i64 g)
{
    return (i32 *)(void *)m->want[g];
}

static inline i32 *words_far(const Many *m) { return (i32 *)(void *)m->far; }

/* All back; whether every margin, and all of who sits out, is as it was. */
static inline bool side_back(Side *s)
{
    bool      whole = true;
    DeviceWhy why;
    for (int a = 0; a < s->arrays; a++)
        for (i64 g = 0; g < s->runs; g++) {
            Many     *m = s->array[a];
            const i64 all = m->n + 2 * SIDE_MARGIN;
            real     *with = malloc((size_t)all * sizeof(real));
            side_must(s->api->download(with, s->queue, g,
                                       (m->at - SIDE_MARGIN)
                                       * (i64)sizeof(real),
                                       all * (i64)sizeof(real), &why), &why);
            for (i64 i = 0; i < SIDE_MARGIN; i++)
                whole = whole && isnan(with[i]) && isnan(with[all - 1 - i]);
            memmove(with, with + SIDE_MARGIN, (size_t)m->n * sizeof(real));
            m->seen[g] = with;
            if (!side_active(s, g))
                whole = whole && memcmp(with, m->was[g],
                                        (size_t)m->n * sizeof(real)) == 0;
        }
    return whole;
}

/* Of all that run g sees, the bits. */
static inline u64 side_bits(const Side *s, i64 g)
{
    u64 sum = 0;
    for (int a = 0; a < s->arrays; a++)
        for (i64 i = 0; i < s->array[a]->n; i++) {
            u32 bits;
            memcpy(&bits, s->array[a]->seen[g] + i, sizeof bits);
            sum = rng_u64(sum, RNG_TEST, bits);
        }
    return sum;
}

static inline void side_close(Side *s)
{
    for (int a = 0; a < s->arrays; a++) {
        for (i64 g = 0; g < s->runs; g++) {
            free(s->array[a]->want[g]);
            free(s->array[a]->was[g]);
            free(s->array[a]->seen[g]);
        }
        free(s->array[a]);
    }
    s->api->enter(NULL);
    s->api->close(s->queue);
}

#endif
