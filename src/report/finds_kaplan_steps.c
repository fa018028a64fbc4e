/* finds_kaplan_steps.c - what learning curves say: L(N,S), and the envelope of
 * all curves against compute, as run and as it would have been at a batch far
 * below critical.
 *
 * Points count from the end of the warm-up and only while the rate stands at
 * its peak: a rate that comes down lowers the loss by what is no step's doing.
 * (Of a schedule that falls from its peak at once, as Kaplan's cosine, all
 * points after the warm-up count, as he took them.)
 *
 *     S_min = S/(1 + B_crit(L)/B)     C_min = C/(1 + B/B_crit(L))
 *
 * SOURCE: Kaplan et al. 2020, arXiv:2001.08361, section 5, equations 5.4-5.6. */

#include "report/finds.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { BINS = 48, FLAT_LEAST = 5 };

typedef struct Stretch { i64 first, end; } Stretch;

static Stretch usable(const MetricList *log)
{
    Stretch out  = { finds_warm(log), log->count };
    i64     flat = 0, past = 0;
    for (i64 i = out.first; i < log->count; i++)
        if (log->metric[i].lr >= log->metric[out.first].lr * (1 - 1e-9)) {
            past = i + 1;
            flat += isfinite(log->metric[i].val_loss);
        }
    if (flat >= FLAT_LEAST)
        out.end = past;
    return out;
}

static KaplanPoint point_of(const Metric *m, const Run *run, i64 index,
                            double n, const Critical *critical, bool convert)
{
    KaplanPoint p = { .run = index, .s = (double)m->step,
                      .d = (double)m->tokens, .loss = m->val_loss };
    p.c     = 6 * n * p.d;
    p.s_min = p.s;
    p.c_min = p.c;
    if (convert) {
        const double b = critical_at(critical, p.loss, -1)
                       / (double)run->batch_tokens;
        p.s_min = p.s / (1 + b);
        p.c_min = p.c / (1 + 1 / b);
    }
    return p;
}

static void curve(KaplanSteps *out, const MetricList *log, i64 index,
                  const Critical *critical)
{
    const Stretch at = usable(log);
    for (i64 i = at.first; i < at.end; i++)
        if (log->metric[i].val_loss > 0 && log->metric[i].step > 0)
            out->point[out->count++] =
                point_of(&log->metric[i], out->run[index], index,
                         out->n[index], critical, out->converted);
}

static void curves(KaplanSteps *out, Str *lost, Arena *arena,
                   const Critical *critical, const char *runs_dir)
{
    MetricList *log   = NEW(arena, MetricList, out->runs + 1);
    i64         lines = 0;
    for (i64 i = 0; i < out->runs; i++) {
        finds_log(&log[i], lost, arena, out->run[i], runs_dir);
        lines += log[i].count;
    }
    out->point = NEW(arena, KaplanPoint, lines + 1);
    for (i64 i = 0; i < out->runs; i++)
        curve(out, &log[i], i, critical);
}

static int by_size(const void *a, const void *b)
{
    const Run *const *x = a, *const *y = b;
    const double n = count_n((*x)->shape, N_BODY),
                 m = count_n((*y)->shape, N_BODY);
    return (n > m) - (n < m);
}

static void choose(KaplanSteps *out, Arena *arena, const RunList *runs)
{
    out->run = NEW(arena, const Run *, runs->count + 1);
    out->n   = NEW(arena, double, runs->count + 1);
    for (i64 i = 0; i < runs->count; i++)
        if (finds_done(&runs->run[i]) && finds_in_group(&runs->run[i], "size"))
            out->run[out->runs++] = &runs->run[i];
    qsort(out->run, (size_t)out->runs, sizeof *out->run, by_size);
    for (i64 i = 0; i < out->runs; i++)
        out->n[i] = count_n(out->run[i]->shape, N_BODY);
}

static Table table_of(Arena *arena, const KaplanSteps *steps, bool least)
{
    static const char *const names[] = { "N", "S", "loss", "run", "D", "C" };
    const char **cluster = NEW(arena, const char *, steps->count + 1);
    Table table = table_new(arena, COUNT_OF(names), names, steps->count);
    for (i64 i = 0; i < steps->count; i++) {
        const KaplanPoint *p = &steps->point[i];
        table.column[0][i] = steps->n[p->run];
        table.column[1][i] = p->s_min;
        table.column[2][i] = p->loss;
        table.column[3][i] = (double)p->run;
        table.column[4][i] = p->d;
        table.column[5][i] = least ? p->c_min : p->c;
        table.label[i]     = steps->run[p->run]->id;
        cluster[i]         = run_cluster(steps->run[p->run]);
    }
    table_add_text(&table, arena, "cluster", cluster);
    return table;
}

static bool frontier(Frontier *out, Arena *arena, const Table *table,
                     FitOptions options, Err *err)
{
    if (envelope_fit(out, arena, table, BINS, options, err))
        return true;
    const Interval unknown = { NAN, NAN, NAN };
    *out = (Frontier){ .approach = "envelope", .a = unknown, .b = unknown };
    snprintf(out->words, sizeof out->words, "%.390s", err->text);
    if (err->kind != ERR_REFUSED)
        return false;
    *err = (Err){ 0 };
    return true;
}

static bool fits(KaplanSteps *out, Arena *arena, FitOptions options, Err *err)
{
    const Table run = table_of(arena, out, false);
    const Table min = table_of(arena, out, true);
    if (!kaplan_fit(&out->law, arena, "kaplan-ns", &run, options, err)
        || !frontier(&out->naive, arena, &run, options, err))
        return false;
    if (out->converted)
        return frontier(&out->adjusted, arena, &min, options, err);
    snprintf(out->adjusted.words, sizeof out->adjusted.words,
             "C_min needs the critical batch, which the runs do not tell");
    return true;
}

bool kaplan_steps_find(KaplanSteps *out, Str *lost, Arena *arena,
                       const RunList *runs, const Critical *critical,
                       FitOptions options, const char *runs_dir, Err *err)
{
    const Interval unknown = { NAN, NAN, NAN };
    *out = (KaplanSteps){ .converted = critical->law.fit.law != NULL,
                          .naive    = { .a = unknown, .b = unknown },
                          .adjusted = { .a = unknown, .b = unknown } };
    choose(out, arena, runs);
    if (out->runs == 0)
        return true;
    curves(out, lost, arena, critical, runs_dir);
    return fits(out, arena, options, err);
}
