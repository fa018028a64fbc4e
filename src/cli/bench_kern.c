/* bench_kern.c - single kernels at the sizes that models give them: 256 rows
 * (one micro-batch), everything in the second cache. Products and attention
 * are counted in FLOP (attention: T T / 2 positions), what goes over rows in
 * numbers: those wait for memory and for exponentials, not for products. */

#include "cli/bench.h"

#include "base/jot.h"
#include "base/rng.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROWS_EACH = 256 };

typedef struct Piece {
    const Kern *kern;
    i64         R, K, N; /* attention: T, H, S */
    real       *x, *y, *w, *b, *packed, *packed_t, *dw, *keep, *work, *stat;
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

static void run_rms(void *self)
{
    const Piece *p = self;
    p->kern->rms(p->y, p->stat, p->x, p->b, p->R, p->N, p->N);
}

static void run_rms_back(void *self)
{
    const Piece *p = self;
    p->kern->rms_back(p->dw, p->b, p->y, p->y, p->x, p->stat, p->w, p->R,
                      p->N, p->N);
}

static void run_norm(void *self)
{
    const Piece *p = self;
    p->kern->norm(p->y, p->stat, p->x, p->b, p->w, p->R, p->N);
}

static void run_norm_back(void *self)
{
    const Piece *p = self;
    p->kern->norm_back(p->dw, p->b, p->b, p->y, p->x, p->stat, p->w, p->R,
                       p->N);
}

/* There and back, or numbers would be turned out of what they are. */
static void run_rope(void *self)
{
    const Piece *p = self;
    const i64    S = i64_min(p->N, 16);
    p->kern->rope(p->y, p->dw, p->R, p->R, p->N / S, S, p->N, false);
    p->kern->rope(p->y, p->dw, p->R, p->R, p->N / S, S, p->N, true);
}

static void run_swiglu(void *self)
{
    const Piece *p = self;
    p->kern->swiglu(p->y, p->x, p->R, p->N);
}

static void run_swiglu_back(void *self)
{
    const Piece *p = self;
    p->kern->swiglu_back(p->dw, p->y, p->x, p->R, p->N);
}

/* Of N / 2 cells, whose gates are twice as many as N. They are written over,
 * and would soon be next to 0: each time they are those of the start. */
static real *cell_gates(const Piece *p)
{
    memcpy(p->dw, p->x, (size_t)(2 * p->R * p->N) * sizeof *p->dw);
    return p->dw;
}

static void run_lstm(void *self)
{
    const Piece *p = self;
    const i64    C = p->N / 2;
    p->kern->lstm(p->y, p->y + p->R * C, cell_gates(p), NULL, p->R, C);
}

static void run_lstm_back(void *self)
{
    const Piece *p = self;
    const i64    C = p->N / 2;
    p->kern->lstm_back(cell_gates(p), p->y, p->y + p->R * C, NULL, p->x, NULL,
                       p->R, C);
}

static void run_dropout(void *self)
{
    const Piece *p = self;
    p->kern->dropout(p->y, p->x, p->x, p->R * p->N, 7, (real)0.1);
}

static void run_xent(void *self)
{
    const Piece *p = self;
    p->kern->xent(p->stat, p->dw, p->x, p->id, p->R, p->N, 1, 0);
}

static void run_adamw(void *self)
{
    const Piece   *p = self;
    const AdamStep step = { .lr = 1e-6, .beta1 = 0.9, .beta2 = 0.95,
                            .epsilon = 1e-8, .decay = 0.1, .scale = 1,
                            .rest1 = 0.5, .rest2 = 0.5 };
    p->kern->adamw(p->x, p->x + p->R * p->N, p->dw, p->y, p->R * p->N, &step);
}

/* What a kernel's work is counted in, and what its three sizes are. */
typedef enum Count {
    PRODUCT,   /* FLOP: a factor times R K N           */
    ATTENTION, /* FLOP: a factor times T T H S         */
    ROWS,      /* numbers: a factor times R N, K unused */
} Count;

typedef struct Kind {
    const char *name;
    Work       *work;
    double      factor;
    Count       count;
} Kind;

static const Kind kinds[] = {
    { "linear",         run_linear,         2, PRODUCT },
    { "linear_gelu",    run_gelu,           2, PRODUCT },
    { "linear_dx",      run_dx,             2, PRODUCT },
    { "linear_dw",      run_dw,             2, PRODUCT },
    { "attention",      run_attention,      2, ATTENTION },
    { "attention_back", run_attention_back, 4, ATTENTION },
    { "norm",           run_norm,           1, ROWS },
    { "norm_back",      run_norm_back,      1, ROWS },
    { "rms",            run_rms,            1, ROWS },
    { "rms_back",       run_rms_back,       1, ROWS },
    { "rope",           run_rope,           2, ROWS },
    { "swiglu",         run_swiglu,         1, ROWS },
    { "swiglu_back",    run_swiglu_back,    1, ROWS },
    { "lstm",           run_lstm,         0.5, ROWS },
    { "lstm_back",      run_lstm_back,    0.5, ROWS },
    { "dropout",        run_dropout,        1, ROWS },
    { "xent",           run_xent,           1, ROWS },
    { "adamw",          run_adamw,          1, ROWS },
};

static real *numbers(Arena *arena, i64 n)
{
    real *x = NEW(arena, real, n);
    for (i64 i = 0; i < n; i++)
        x[i] = (real)(0.1 * rng_normal(1, RNG_SYNTH, (u64)i));
    return x;
}

/* dw serves as whatever else is written; it holds nothing below 0, so that it
 * can be squares. */
static Piece piece(Arena *arena, const Kern *kern, const i64 size[3],
                   bool attention)
{
    const i64 R = size[0], K = size[1], N = size[2];
    const i64 most = attention ? R * K * N : i64_max(R, K) * i64_max(K, N);
    Piece     p = { .kern = kern, .R = R, .K = K, .N = N };
    p.x        = numbers(arena, 3 * most);
    p.y        = numbers(arena, most);
    p.w        = numbers(arena, K * N);
    p.b        = numbers(arena, N);
    p.dw       = numbers(arena, 3 * most);
    p.stat     = NEW(arena, real, 2 * R);
    p.id       = NEW(arena, i32, R);
    p.packed   = numbers(arena, kern->packed_count(K, N));
    p.packed_t = numbers(arena, kern->packed_count(N, K));
    for (i64 i = 0; i < 3 * most; i++)
        p.dw[i] = p.dw[i] < 0 ? -p.dw[i] : p.dw[i];
    if (attention) {
        const Attend a = attend(R, K, N);
        p.keep = NEW(arena, real, kern->attention_keep(&a));
        p.work = NEW(arena, real, kern->attention_work(&a));
    }
    kern->pack(p.packed, p.w, K, N);
    kern->pack_t(p.packed_t, p.w, K, N);
    return p;
}

/* FLOP, or numbers. */
static double amount(const Kind *kind, const i64 size[3])
{
    const double R = (double)size[0], K = (double)size[1];
    const double N = (double)size[2];
    switch (kind->count) {
    case PRODUCT:   return kind->factor * R * K * N;
    case ATTENTION: return kind->factor * R * R * K * N;
    case ROWS:      break;
    }
    return kind->factor * R * N;
}

static void row_text(const Kind *kind, const i64 size[3], const Timing *t,
                     const Kern *kern)
{
    const double rate = amount(kind, size) / t->s_median;
    printf("%-15s %4d %4d %4d %5s %8s %9.2f us %9.2f us %8.2f ", kind->name,
           (int)size[0], (int)size[1], (int)size[2], kern->dtype, kern->name,
           1e6 * t->s_min, 1e6 * t->s_median, rate / 1e9);
    if (kind->count == ROWS)
        printf("%6s", "G/s");
    else
        printf("%5.1f%%", 100 * rate / t->peak);
    printf("  %d/%d\n", (int)(t->taken - t->dropped), (int)t->taken);
}

static void row_json(const Kind *kind, const i64 size[3], const Timing *t,
                     const Kern *kern)
{
    const bool   flop = kind->count != ROWS;
    const double rate = amount(kind, size) / t->s_median;
    Str text = { 0 };
    Jot j    = jot_open(&text);
    jot_object(&j, NULL);
    jot_text(&j, "bench", "kern");
    jot_text(&j, "kernel", kind->name);
    jot_count(&j, kind->count == ATTENTION ? "T" : "R", size[0]);
    jot_count(&j, kind->count == ATTENTION ? "H" : "K", size[1]);
    jot_count(&j, kind->count == ATTENTION ? "S" : "N", size[2]);
    jot_count(&j, "threads", 1);
    jot_text(&j, "dtype", kern->dtype);
    jot_text(&j, "path", kern->name);
    jot_real(&j, "ms_min", 1e3 * t->s_min);
    jot_real(&j, "ms_median", 1e3 * t->s_median);
    jot_real(&j, "gflops", flop ? rate / 1e9 : NAN);
    jot_real(&j, "share_of_peak", flop ? rate / t->peak : NAN);
    jot_real(&j, "numbers_per_s", flop ? NAN : rate);
    jot_count(&j, "samples", t->taken);
    jot_count(&j, "kept", t->taken - t->dropped);
    jot_end(&j);
    puts(text.text);
    str_free(&text);
}

static void measure(const Kind *kind, const i64 size[3], const Kern *kern,
                    const BenchOptions *o)
{
    Arena arena = { 0 };
    Piece p     = piece(&arena, kern, size, kind->count == ATTENTION);

    if (kind->count == ATTENTION)
        run_attention(&p); /* fills what the way back reads */
    if (kind->count == ROWS)
        run_norm(&p);
    const Timing t = bench_time(kind->work, &p, kern, o->seconds);
    (o->json ? row_json : row_text)(kind, size, &t, kern);
    fflush(stdout);
    arena_free(&arena);
}

static void products(const Kind *kind, const Kern *kern,
                     const BenchOptions *o)
{
    static const i64 widths[] = { 16, 32, 48, 64, 128, 256, 512 };
    for (int i = 0; i < COUNT_OF(widths); i++) {
        measure(kind, (i64[]){ ROWS_EACH, widths[i], 4 * widths[i] }, kern, o);
        measure(kind, (i64[]){ ROWS_EACH, widths[i], widths[i] }, kern, o);
    }
}

static void attentions(const Kind *kind, const Kern *kern,
                       const BenchOptions *o)
{
    static const i64 size[][3] = {
        { 256, 1, 16 }, { 256, 4, 16 }, { 256, 8, 16 }, { 256, 2, 32 },
        { 256, 2, 64 }, { 256, 12, 64 }, { 1024, 4, 16 }, { 1024, 12, 64 },
    };
    for (int i = 0; i < COUNT_OF(size); i++)
        measure(kind, size[i], kern, o);
}

static void rows(const Kind *kind, const Kern *kern, const BenchOptions *o)
{
    static const i64 widths[] = { 16, 64, 256, 512 };
    for (int i = 0; i < COUNT_OF(widths); i++)
        measure(kind, (i64[]){ ROWS_EACH, 1, widths[i] }, kern, o);
}

static void all_of(const Kern *kern, const BenchOptions *o)
{
    void (*const over[])(const Kind *, const Kern *, const BenchOptions *) = {
        [PRODUCT] = products, [ATTENTION] = attentions, [ROWS] = rows,
    };
    for (int i = 0; i < COUNT_OF(kinds); i++)
        over[kinds[i].count](&kinds[i], kern, o);
}

void bench_kern(const BenchOptions *o)
{
    if (!o->json)
        printf("%-15s %4s %4s %4s %5s %8s %12s %12s %8s %6s  %s\n", "kernel",
               "R, T", "K, H", "N, S", "dtype", "path", "min", "median",
               "GFLOP/s", "peak", "kept");
    all_of(o->kern, o);
    if (o->also)
        all_of(o->also, o);
}
