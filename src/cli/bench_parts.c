/* bench_parts.c - where a step's time goes: a Kern that times another.
 *
 * A Kern has no state of its own, so the one being watched lies in this file,
 * and one thread at a time may use it. */

#include "cli/bench.h"

#include <stdio.h>
#include <string.h>

enum Part {
    PACK, LINEAR, GELU, DX, DW, NORM, NORM_BACK, ATTENTION, ATTENTION_BACK,
    EMBED, XENT, ADAMW, SPAN, PARTS
};

static const char *const part_name[PARTS] = {
    "pack", "linear", "linear_gelu", "linear_dx", "linear_dw", "norm",
    "norm_back", "attention", "attention_back", "embed", "xent", "adamw",
    "sum_squares, gather"
};

static const Kern *watched;
static Kern        watch;
static double      spent_s[PARTS], flop[PARTS];

#define TIMED(part, count, call)        \
    do {                                \
        const double start = bench_clock_s(); \
        call;                           \
        spent_s[part] += bench_clock_s() - start; \
        flop[part] += (double)(count);  \
    } while (0)

static void pack(real *packed, const real *w, i64 K, i64 N)
{
    TIMED(PACK, 0, watched->pack(packed, w, K, N));
}

static void pack_t(real *packed, const real *w, i64 K, i64 N)
{
    TIMED(PACK, 0, watched->pack_t(packed, w, K, N));
}

static void linear(real *y, const real *x, const real *packed, const real *b,
                   const real *add, i64 R, i64 K, i64 N)
{
    TIMED(LINEAR, 2 * R * K * N,
          watched->linear(y, x, packed, b, add, R, K, N));
}

static void linear_gelu(real *a, real *slope, const real *x,
                        const real *packed, const real *b, i64 R, i64 K, i64 N)
{
    TIMED(GELU, 2 * R * K * N,
          watched->linear_gelu(a, slope, x, packed, b, R, K, N));
}

static void linear_dx(real *dx, const real *dy, const real *packed_t,
                      const real *slope, i64 R, i64 K, i64 N)
{
    TIMED(DX, 2 * R * K * N,
          watched->linear_dx(dx, dy, packed_t, slope, R, K, N));
}

static void linear_dw(real *dw, real *db, const real *x, const real *dy,
                      i64 R, i64 K, i64 N)
{
    TIMED(DW, 2 * R * K * N, watched->linear_dw(dw, db, x, dy, R, K, N));
}

static void norm(real *y, real *stat, const real *x, const real *gain,
                 const real *bias, i64 R, i64 C)
{
    TIMED(NORM, 0, watched->norm(y, stat, x, gain, bias, R, C));
}

static void norm_back(real *dx, real *dgain, real *dbias, const real *dy,
                      const real *x, const real *stat, const real *gain,
                      i64 R, i64 C)
{
    TIMED(NORM_BACK, 0, watched->norm_back(dx, dgain, dbias, dy, x, stat,
                                           gain, R, C));
}

static void attention(real *o, real *keep, real *work, const real *qkv,
                      const Attend *a)
{
    TIMED(ATTENTION, 2 * a->T * a->T * a->H * a->S,
          watched->attention(o, keep, work, qkv, a));
}

static void attention_back(real *dqkv, real *work, const real *d_o,
                           const real *o, const real *qkv, const real *keep,
                           const Attend *a)
{
    TIMED(ATTENTION_BACK, 4 * a->T * a->T * a->H * a->S,
          watched->attention_back(dqkv, work, d_o, o, qkv, keep, a));
}

static void embed(real *x, const real *token, const real *position,
                  const i32 *id, i64 R, i64 T, i64 C, i64 V)
{
    TIMED(EMBED, 0, watched->embed(x, token, position, id, R, T, C, V));
}

static void embed_back(real *dtoken, real *dposition, const real *dx,
                       const i32 *id, i64 R, i64 T, i64 C, i64 V)
{
    TIMED(EMBED, 0,
          watched->embed_back(dtoken, dposition, dx, id, R, T, C, V));
}

static void xent(real *loss, real *dz, const real *z, const i32 *y, i64 R,
                 i64 V, real scale, real z_loss)
{
    TIMED(XENT, 0, watched->xent(loss, dz, z, y, R, V, scale, z_loss));
}

static void adamw(real *p, real *m, real *v, real *g, i64 n,
                  const AdamStep *step)
{
    TIMED(ADAMW, 0, watched->adamw(p, m, v, g, n, step));
}

static double sum_squares(const real *g, i64 n)
{
    double sum;
    TIMED(SPAN, 0, sum = watched->sum_squares(g, n));
    return sum;
}

static void gather(real *to, real *from, i64 n)
{
    TIMED(SPAN, 0, watched->gather(to, from, n));
}

const Kern *bench_parts(const Kern *kern)
{
    watched           = kern;
    watch             = *kern; /* name, probe, counts */
    watch.pack        = pack;
    watch.pack_t      = pack_t;
    watch.linear      = linear;
    watch.linear_gelu = linear_gelu;
    watch.linear_dx   = linear_dx;
    watch.linear_dw   = linear_dw;
    watch.norm        = norm;
    watch.norm_back   = norm_back;
    watch.attention   = attention;
    watch.attention_back = attention_back;
    watch.embed       = embed;
    watch.embed_back  = embed_back;
    watch.xent        = xent;
    watch.adamw       = adamw;
    watch.sum_squares = sum_squares;
    watch.gather      = gather;
    return &watch;
}

void bench_parts_reset(void)
{
    memset(spent_s, 0, sizeof spent_s);
    memset(flop, 0, sizeof flop);
}

static void show(const char *name, double seconds, double flops, double all_s,
                 double steps)
{
    printf("    %-20s %9.4f ms %5.1f %%", name, 1e3 * seconds / steps,
           100 * seconds / all_s);
    if (flops > 0)
        printf(" %8.1f GFLOP/s", flops / seconds / 1e9);
    putchar('\n');
}

void bench_parts_show(double all_s, double steps)
{
    double rest = all_s;
    for (int i = 0; i < PARTS; i++) {
        show(part_name[i], spent_s[i], flop[i], all_s, steps);
        rest -= spent_s[i];
    }
    show("all else", rest, 0, all_s, steps);
}
