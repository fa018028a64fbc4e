/* bench_kern.c - single kernels at the sizes that models give them: 256 rows
 * (one micro-batch), everything in the second cache. */

#include "cli/bench.h"

#include "base/jot.h"
#include "base/rng.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 256 };

typedef struct Piece {
    const Kern *kern;
    i64         R, K, N; /* attention: T, H, S */
    real       *x, *y, *w, *b, *packed, *packed_t, *dw, *keep, *work;
    i32        *id;
} Piece;

static void run_linear(void *self)
{
    const Piece *p = self;
    p->kern->linear(p->y, p->x, p->packed, p->b, NULL, p->R, p->K, p->N);
}

static void run_gelu(void *self)
{
    const Piece *p = self;
    p->kern->linear_gelu(p->y, p->dw, p->x, p->packed, p->b, p->R, p->K, p->N);
}

static void run_dx(void *self)
{
    const Piece *p = self;
    p->kern->linear_dx(p->x, p->y, p->packed_t, NULL, p->R, p->K, p->N);
}

static void run_dw(void *self)
{
    const Piece *p = self;
    p->kern->linear_dw(p->dw, p->b, p->x, p->y, p->R, p->K, p->N);
}

static Attend attend(i64 T, i64 H, i64 S)
{
    return (Attend){ T, H, H, S, (real)(1 / sqrt((double)S)) };
}

static void run_attention(void *self)
{
    const Piece *p = self;
    const Attend a = attend(p->R, p->K, p->N);
    p->kern->attention(p->y, p->keep, p->work, p->x, &a);
}

static void run_attention_back(void *self)
{
    const Piece *p = self;
    const Attend a = attend(p->R, p->K, p->N);
    p->kern->attention_back(p->dw, p->work, p->y, p->y, p->x, p->keep, &a);
}

typedef struct Kind {
    const char *name;
    Work       *work;
    double      flop; /* times R K N, or R R K N */
    bool        attention;
} Kind;

static const Kind kinds[] = {
    { "linear",         run_linear,         2, false },
    { "linear_gelu",    run_gelu,           2, false },
    { "linear_dx",      run_dx,             2, false },
    { "linear_dw",      run_dw,             2, false },
    { "attention",      run_attention,      2, true },
    { "attention_back", run_attention_back, 4, true },
};

static real *numbers(Arena *arena, i64 n)
{
    real *x = NEW(arena, real, n);
    for (i64 i = 0; i < n; i++)
        x[i] = (real)(0.1 * rng_normal(1, RNG_SYNTH, (u64)i));
    return x;
}

/* dw serves as whatever else is written. */
static Piece piece(Arena *arena, const Kern *kern, i64 R, i64 K, i64 N,
                   bool attention)
{
    const i64 most = attention ? R * K * N : i64_max(R, K) * i64_max(K, N);
    const Attend a = attend(R, K, N);
    Piece     p = { .kern = kern, .R = R, .K = K, .N = N };
    p.x        = numbers(arena, 3 * most);
    p.y        = numbers(arena, most);
    p.w        = numbers(arena, K * N);
    p.b        = numbers(arena, N);
    p.dw       = numbers(arena, 3 * most);
    p.packed   = numbers(arena, kern->packed_count(K, N));
    p.packed_t = numbers(arena, kern->packed_count(N, K));
    p.keep     = NEW(arena, real, kern->attention_keep(&a));
    p.work     = NEW(arena, real, kern->attention_work(&a));
    kern->pack(p.packed, p.w, K, N);
    kern->pack_t(p.packed_t, p.w, K, N);
    return p;
}

static void row(const Kind *kind, const Piece *p, const Timing *t,
                double flop, const BenchOptions *o)
{
    const double rate = flop / t->s_median;
    if (!o->json) {
        printf("%-15s %4d %4d %4d %8s %9.2f us %9.2f us %8.1f %5.1f%%  "
               "%d of %d\n", kind->name, (int)p->R, (int)p->K, (int)p->N,
               o->kern->name, 1e6 * t->s_min, 1e6 * t->s_median, rate / 1e9,
               100 * rate / t->peak, (int)(t->taken - t->dropped),
               (int)t->taken);
        return;
    }
    Str text = { 0 };
    Jot j    = jot_open(&text);
    jot_object(&j, NULL);
    jot_text(&j, "bench", "kern");
    jot_text(&j, "kernel", kind->name);
    jot_text(&j, "dtype", o->kern->dtype);
    jot_text(&j, "path", o->kern->name);
    jot_count(&j, "R", p->R);
    jot_count(&j, "K", p->K);
    jot_count(&j, "N", p->N);
    jot_real(&j, "ms_min", 1e3 * t->s_min);
    jot_real(&j, "ms_median", 1e3 * t->s_median);
    jot_real(&j, "gflops", rate / 1e9);
    jot_real(&j, "share_of_peak", rate / t->peak);
    jot_count(&j, "samples", t->taken);
    jot_count(&j, "dropped", t->dropped);
    jot_end(&j);
    puts(text.text);
    str_free(&text);
}

static void measure(const Kind *kind, i64 K, i64 N, const BenchOptions *o)
{
    Arena        arena = { 0 };
    Piece        p     = piece(&arena, o->kern, ROWS, K, N,
                               kind->attention);
    const double size  = (double)(ROWS * K * N);
    const double flop  = kind->flop * size * (kind->attention ? ROWS : 1);

    if (kind->attention)
        run_attention(&p); /* fills what the way back reads */
    const Timing t = bench_time(kind->work, &p, o->kern, o->seconds);
    row(kind, &p, &t, flop, o);
    fflush(stdout);
    arena_free(&arena);
}

void bench_kern(const BenchOptions *o)
{
    static const i64 widths[] = { 16, 32, 48, 64, 128, 256, 512 };
    static const i64 heads[][2] = { { 1, 16 }, { 4, 16 }, { 2, 32 },
                                    { 2, 64 } };

    if (!o->json)
        printf("%-15s %4s %4s %4s %8s %12s %12s %8s %6s  %s\n", "kernel",
               "R", "K", "N", "path", "min", "median", "GFLOP/s", "peak",
               "kept");
    for (int i = 0; i < COUNT_OF(kinds); i++)
        for (int w = 0; w < COUNT_OF(widths) && !kinds[i].attention; w++) {
            measure(&kinds[i], widths[w], 4 * widths[w], o);
            measure(&kinds[i], widths[w], widths[w], o);
        }
    for (int i = 0; i < COUNT_OF(kinds); i++)
        for (int h = 0; h < COUNT_OF(heads) && kinds[i].attention; h++)
            measure(&kinds[i], heads[h][0], heads[h][1], o);
}
