/* finds_noise_scale.c - the gradient noise scale along a run.
 *
 * A gradient over b tokens has E|G_b|^2 = |G|^2 + tr(Sigma)/b, so that two
 * batch sizes are two equations. One step's solution is hardly worth a thing
 * (|G|^2 is a small difference of large numbers); numerator and denominator are
 * therefore averaged apart over steps near each other in ln(step), and divided
 * last. The interval is that of a ratio of weighted means.
 *
 * SOURCE: McCandlish et al. 2018, arXiv:1812.06162, appendix A.1. */

#include "report/finds.h"

#include <math.h>
#include <stdlib.h>

static const double KEEP = 0.95; /* of the average, a log point */
enum { LEAST = 20 };             /* log points behind a number  */

NoiseParts noise_parts(double big_square, double big, double small_square,
                       double small)
{
    return (NoiseParts){
        .square = (big * big_square - small * small_square) / (big - small),
        .trace  = (small_square - big_square) / (1 / small - 1 / big) };
}

static bool usable(const Metric *m, double batch)
{
    return isfinite(m->grad_sq_small) && m->batch_small > 0
        && m->batch_small < batch && isfinite(m->grad_norm);
}

static NoiseParts parts_of(const Metric *m, double batch)
{
    return noise_parts(m->grad_norm * m->grad_norm, batch, m->grad_sq_small,
                       m->batch_small);
}

/* The average over parts[0..last], the later the heavier. */
static Interval scale_at(const NoiseParts *part, i64 count)
{
    double square = 0, trace = 0, weight = 1, miss = 0;
    for (i64 i = count - 1; i >= 0; i--, weight *= KEEP) {
        square += weight * part[i].square;
        trace  += weight * part[i].trace;
    }
    const double value = trace / square;
    weight = 1;
    for (i64 i = count - 1; i >= 0; i--, weight *= KEEP) {
        const double off = part[i].trace - value * part[i].square;
        miss += weight * weight * off * off;
    }
    const double half = 1.96 * sqrt(miss) / fabs(square);
    if (!(square > 0 && trace > 0))
        return (Interval){ NAN, NAN, NAN }; /* noise alone: not measured */
    return (Interval){ value, fmax(value - half, 0), value + half };
}

static bool curve_read(NoiseCurve *out, Str *lost, Arena *arena, const Run *run,
                       const char *runs_dir)
{
    MetricList   log   = { 0 };
    i64          count = 0;
    const double batch = (double)run->batch_tokens;
    finds_log(&log, lost, arena, run, runs_dir);
    NoiseParts *part = NEW(arena, NoiseParts, log.count + 1);
    out->loss  = NEW(arena, double, log.count + 1);
    out->scale = NEW(arena, Interval, log.count + 1);
    for (i64 i = finds_warm(&log); i < log.count; i++) {
        const Metric *m = &log.metric[i];
        if (usable(m, batch))
            part[count++] = parts_of(m, batch);
        if (!isfinite(m->val_loss) || count < LEAST)
            continue;
        out->loss[out->count]    = m->val_loss;
        out->scale[out->count++] = scale_at(part, count);
    }
    return out->count > 0;
}

static int by_size(const void *a, const void *b)
{
    const NoiseCurve *x = a, *y = b;
    return (x->n > y->n) - (x->n < y->n);
}

/* Runs whose batch is the study's own: sweeps would only say it many times. */
static bool wanted(const Run *run)
{
    return finds_done(run)
        && (finds_in_group(run, "stem") || finds_in_group(run, "size"));
}

void noise_curves_find(Critical *out, Str *lost, Arena *arena,
                       const RunList *runs, CountN counts,
                       const char *runs_dir)
{
    out->curve = NEW(arena, NoiseCurve, runs->count + 1);
    for (i64 i = 0; i < runs->count; i++) {
        NoiseCurve *c = &out->curve[out->curves];
        if (!wanted(&runs->run[i]))
            continue;
        *c = (NoiseCurve){ .run = &runs->run[i],
                           .n = count_n(runs->run[i].shape, counts) };
        out->curves += curve_read(c, lost, arena, c->run, runs_dir);
    }
    qsort(out->curve, (size_t)out->curves, sizeof *out->curve, by_size);
}
