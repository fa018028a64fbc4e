/* bench_row.c - see bench_row.h. */

#include "cli/bench_row.h"

#include <stdio.h>

static double tokens(const BenchRow *r)
{
    return (double)(r->shape->batch * r->shape->context);
}

/* Of all its threads together. */
static double share(const BenchRow *r, const BenchOptions *o)
{
    return r->flop / r->timing.s_median / r->timing.peak / (double)o->threads;
}

void bench_row_head(const BenchOptions *o)
{
    if (!o->json)
        printf("%-24s %5s %3s %9s %9s %10s %8s %6s %6s %6s  %-7s  %s\n",
               "L x d, V; B x T", "dtype", "thr", "ms min", "ms median",
               "tokens/s", "GFLOP/s", "peak", "MB", "ratio", "kept", "path");
}

static void row_text(const BenchRow *r, const BenchOptions *o)
{
    const BenchShape *s = r->shape;
    const Timing     *t = &r->timing;
    char name[64], kept[32];
    snprintf(name, sizeof name, "%d x %d, %d; %d x %d", (int)s->layers,
             (int)s->width, (int)s->vocab, (int)s->batch, (int)s->context);
    snprintf(kept, sizeof kept, "%d/%d", (int)(t->taken - t->dropped),
             (int)t->taken);
    printf("%-24s %5s %3d %9.3f %9.3f %10.0f %8.1f %5.1f%% %6.0f %6.2f  "
           "%-7s  %s\n", name, r->dtype, (int)o->threads, 1e3 * t->s_min,
           1e3 * t->s_median, tokens(r) / t->s_median,
           r->flop / t->s_median / 1e9, 100 * share(r, o), r->rss_mb,
           r->ratio, kept, r->path);
}

static void row_json(const BenchRow *r, const BenchOptions *o)
{
    const BenchShape *s = r->shape;
    const Timing     *t = &r->timing;
    Str text = { 0 };
    Jot j    = jot_open(&text);
    jot_object(&j, NULL);
    jot_text(&j, "bench", "train");
    jot_count(&j, "L", s->layers);
    jot_count(&j, "d_model", s->width);
    jot_count(&j, "vocab", s->vocab);
    jot_count(&j, "batch", s->batch);
    jot_count(&j, "context", s->context);
    jot_count(&j, "threads", o->threads);
    jot_text(&j, "dtype", r->dtype);
    jot_text(&j, "path", r->path);
    jot_real(&j, "ms_min", 1e3 * t->s_min);
    jot_real(&j, "ms_median", 1e3 * t->s_median);
    jot_real(&j, "tokens_per_s", tokens(r) / t->s_median);
    jot_real(&j, "gflops", r->flop / t->s_median / 1e9);
    jot_real(&j, "peak_gflops", t->peak / 1e9);
    jot_real(&j, "share_of_peak", share(r, o));
    jot_real(&j, "rss_mb", r->rss_mb);
    jot_real(&j, "ratio", r->ratio);
    jot_count(&j, "samples", t->taken);
    jot_count(&j, "kept", t->taken - t->dropped);
    if (r->tried)
        jot_text(&j, "tried", r->tried);
    jot_end(&j);
    puts(text.text);
    str_free(&text);
}

void bench_row_show(const BenchRow *row, const BenchOptions *o)
{
    (o->json ? row_json : row_text)(row, o);
    fflush(stdout);
}
