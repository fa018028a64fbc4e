/* finds_cmin.c - declared in finds_cmin.h.
 *
 * Of a gradient over B tokens the expected square is |G|^2 + S/B. Two batch
 * sizes, the whole one and the parts it is summed from, give both terms without
 * bias; each alone is all noise, so that they are summed over the logged steps
 * between two evaluations before one is divided by the other. */

#include "report/finds_cmin.h"

#include "report/finds.h"

#include <math.h>
#include <stdio.h>

enum { POINTS_LEAST = 8 };

typedef struct Sums { double signal, noise; } Sums;

static void add(Sums *s, const Metric *m, double big)
{
    const double whole = m->grad_norm * m->grad_norm, part = m->grad_sq_small;
    const double small = m->batch_small;
    if (!isfinite(whole) || !isfinite(part) || !(small > 0 && small < big))
        return;
    s->signal += (big * whole - small * part) / (big - small);
    s->noise  += (part - whole) / (1 / small - 1 / big);
}

typedef struct Cloud { i64 count; double *loss, *batch; } Cloud;

static void gather(Cloud *out, const MetricList *log, const Run *run)
{
    Sums   sums = { 0, 0 };
    double peak = 0;
    for (i64 i = 0; i < log->count; i++)
        peak = fmax(peak, log->metric[i].lr);
    bool warm = false;
    for (i64 i = 0; i < log->count; i++) {
        const Metric *m = &log->metric[i];
        warm = warm || m->lr >= peak * (1 - 1e-9);
        if (warm)
            add(&sums, m, (double)run->batch_tokens);
        if (!(m->val_loss > 0))
            continue;
        if (sums.signal > 0 && sums.noise > 0) {
            out->loss[out->count]    = m->val_loss;
            out->batch[out->count++] = sums.noise / sums.signal;
        }
        sums = (Sums){ 0, 0 };
    }
}

static bool line_find(CminLine *line, Str *lost, Arena *arena,
                      const Midway *from, const char *runs_dir)
{
    Arena       scratch = { 0 };
    MetricList *log = NEW(&scratch, MetricList, from->count + 1);
    i64         most = 0;
    for (i64 k = 0; k < from->count; k++) {
        finds_log(&log[k], lost, arena, from->curve[k].run, runs_dir);
        most += log[k].count;
    }
    Cloud cloud = { .loss  = NEW(&scratch, double, most + 1),
                    .batch = NEW(&scratch, double, most + 1) };
    for (i64 k = 0; k < from->count; k++)
        gather(&cloud, &log[k], from->curve[k].run);
    line->points = cloud.count;
    finds_power_line(&line->ln_coef, &line->power, cloud.loss, cloud.batch,
                     cloud.count);
    arena_free(&scratch);
    return line->points >= POINTS_LEAST && line->power < 0;
}

static void move(MidCurve *out, Arena *arena, const MidCurve *from,
                 const CminLine *line)
{
    *out = *from;
    out->ln_d = NEW(arena, double, from->count + 1);
    for (i64 i = 0; i < from->count; i++) {
        const double critical = exp(line->ln_coef
                                    + line->power * from->ln_loss[i]);
        const double batch = (double)from->run->batch_tokens;
        out->ln_d[i] = from->ln_d[i] - log1p(batch / critical);
    }
}

bool cmin_curves(Midway *out, CminLine *line, Str *lost, Arena *arena,
                 const Midway *from, const char *runs_dir)
{
    *line = (CminLine){ .ln_coef = NAN, .power = NAN };
    *out  = *from;
    if (!line_find(line, lost, arena, from, runs_dir)) {
        snprintf(line->words, sizeof line->words, line->points < POINTS_LEAST
                 ? "the logs have no noise scale of the gradient"
                 : "the noise scale does not rise as the loss falls");
        return false;
    }
    snprintf(line->words, sizeof line->words, "by the noise scale of the "
             "gradient, B_crit = %.3g tokens at 4 nats, as L^%.2f",
             exp(line->ln_coef + line->power * log(4)), line->power);
    out->curve = NEW(arena, MidCurve, from->count + 1);
    for (i64 k = 0; k < from->count; k++)
        move(&out->curve[k], arena, &from->curve[k], line);
    return true;
}
