/* finds_cmin.c - declared in finds_cmin.h.
 *
 * The noise scale of one step is all noise (finds_critical.h), so that its two
 * parts are summed over the logged steps between two evaluations before one is
 * divided by the other; the law goes through all runs together. */

#include "report/finds_cmin.h"

#include "report/finds.h"
#include "report/finds_critical.h"

#include <math.h>
#include <stdio.h>

enum { POINTS_LEAST = 8 };

static void add(NoiseParts *sums, const Metric *m, double big)
{
    if (!isfinite(m->grad_norm) || !isfinite(m->grad_sq_small)
        || !(m->batch_small > 0 && m->batch_small < big))
        return;
    const NoiseParts parts = noise_parts(m->grad_norm * m->grad_norm, big,
                                         m->grad_sq_small, m->batch_small);
    sums->square += parts.square;
    sums->trace  += parts.trace;
}

typedef struct Cloud { i64 count; double *loss, *batch; } Cloud;

static void gather(Cloud *out, const MetricList *log, const Run *run)
{
    NoiseParts sums = { 0, 0 };
    double     peak = 0;
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
        if (sums.square > 0 && sums.trace > 0) {
            out->loss[out->count]    = m->val_loss;
            out->batch[out->count++] = sums.trace / sums.square;
        }
        sums = (NoiseParts){ 0, 0 };
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
