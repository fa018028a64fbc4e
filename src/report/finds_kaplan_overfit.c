/* finds_kaplan_overfit.c - L(N,D) from runs that were stopped when their loss
 * turned, and whether all sizes overfit along one curve.
 *
 * What a sample costs is measured, not modelled: each run is held against one
 * of its own size, as long and on all the text. If Kaplan is right the excess
 * depends on N^(alpha_N/alpha_D)/D alone. The scatter about a smooth curve in
 * that, against the scatter about one in 1/D, says how far he is; and another
 * exponent that does better says it too.
 *
 * SOURCE: Kaplan et al. 2020, arXiv:2001.08361, sections 4.2 and 5.3 (5.7). */

#include "report/finds.h"

#include <math.h>
#include <stdlib.h>

/* An excess below this is within what seeds do. */
static const double EXCESS_LEAST = 0.01;
enum { COLLAPSE_LEAST = 6, POWERS = 200 };

static bool wanted(const Run *run)
{
    return finds_done(run) && (finds_in_group(run, "data")
                               || finds_in_group(run, "overfit"));
}

static bool fresh(const Run *run)
{
    return !(run->epochs > 1.02);
}

static double least(const Run *run)
{
    return run->least_loss > 0 ? run->least_loss : run->val_loss;
}

/* As many tokens where there is one, else the longest. */
static const Run *fresh_of(const RunList *runs, const Run *run)
{
    const Run *best = NULL;
    for (i64 i = 0; i < runs->count; i++) {
        const Run *other = &runs->run[i];
        if (wanted(other) && fresh(other)
            && finds_same_shape(&other->shape, &run->shape)
            && (!best || other->tokens > best->tokens))
            best = other;
    }
    return best;
}

static KaplanSample sample_of(const RunList *runs, const Run *run,
                              double corpus_tokens)
{
    const double done = (double)run->tokens / (double)run->batch_tokens;
    KaplanSample s = { .run = run, .fresh = fresh_of(runs, run),
        .n = count_n(run->shape, N_BODY), .epochs = run->epochs,
        .d = fresh(run) ? corpus_tokens : (double)run->unique_tokens,
        .loss = least(run), .excess = NAN, .x = NAN,
        .stop = NAN, .bound = NAN };
    s.turned = run->least_step > 0 && run->least_step < 0.9 * done;
    if (s.fresh && s.fresh != run)
        s.excess = s.loss / least(s.fresh) - 1;
    return s;
}

static int by_size(const void *a, const void *b)
{
    const KaplanSample *x = a, *y = b;
    if (x->n != y->n)
        return x->n < y->n ? -1 : 1;
    return (x->d > y->d) - (x->d < y->d);
}

static void samples(KaplanOverfit *out, Arena *arena, const RunList *runs,
                    double corpus_tokens)
{
    out->sample = NEW(arena, KaplanSample, runs->count + 1);
    for (i64 i = 0; i < runs->count; i++)
        if (wanted(&runs->run[i]))
            out->sample[out->count++] = sample_of(runs, &runs->run[i],
                                                  corpus_tokens);
    qsort(out->sample, (size_t)out->count, sizeof *out->sample, by_size);
}

static bool law(KaplanOverfit *out, Arena *arena, FitOptions options, Err *err)
{
    static const char *const names[] = { "N", "D", "loss" };
    Table table = table_new(arena, 3, names, out->count);
    for (i64 i = 0; i < out->count; i++) {
        table.column[0][i] = out->sample[i].n;
        table.column[1][i] = out->sample[i].d;
        table.column[2][i] = out->sample[i].loss;
        table.label[i]     = out->sample[i].run->id;
    }
    return kaplan_fit(&out->law, arena, "kaplan-nd", &table, options, err);
}

static void power(KaplanOverfit *out, Arena *arena)
{
    const Fit *fit = &out->law.fit;
    out->power = (Interval){ NAN, NAN, NAN };
    if (!fit->law)
        return;
    const int a = law_param(fit->law, "alpha_N"),
              b = law_param(fit->law, "alpha_D"), p = fit->law->nparam;
    double *draw = NEW(arena, double, fit->ndraw + 1);
    for (i64 i = 0; i < fit->ndraw; i++)
        draw[i] = fit->draw[i * p + a] / fit->draw[i * p + b];
    out->power = fit_interval(fit->theta[a] / fit->theta[b], draw, fit->ndraw,
                              fit->options.level);
}

/* -- The collapse ----------------------------------------------------------- */

/* Rms of y about its least-squares parabola in x (Gram-Schmidt on 1, x, x^2);
 * x and y are used up. */
static double scatter(double *x, double *y, i64 n)
{
    double *square = NULL, sum = 0;
    Arena   scratch = { 0 };
    square = NEW(&scratch, double, n);
    double mx = 0, my = 0, mq = 0;
    for (i64 i = 0; i < n; i++)
        mx += x[i] / (double)n;
    for (i64 i = 0; i < n; i++) {
        x[i] -= mx;
        square[i] = x[i] * x[i];
        my += y[i] / (double)n;
        mq += square[i] / (double)n;
    }
    double xx = 0, xq = 0, xy = 0, qq = 0, qy = 0;
    for (i64 i = 0; i < n; i++) {
        xx += x[i] * x[i];
        xq += x[i] * (square[i] - mq);
        xy += x[i] * (y[i] - my);
    }
    for (i64 i = 0; i < n; i++) {
        square[i] -= mq + xq / xx * x[i];
        y[i]      -= my + xy / xx * x[i];
        qq += square[i] * square[i];
        qy += square[i] * y[i];
    }
    for (i64 i = 0; i < n; i++) {
        const double rest = y[i] - (qq > 0 ? qy / qq * square[i] : 0);
        sum += rest * rest / (double)n;
    }
    arena_free(&scratch);
    return sqrt(sum);
}

/* About a curve in N^p/D. */
static double scatter_by(const KaplanOverfit *o, double *x, double *y, double p)
{
    i64 n = 0;
    for (i64 i = 0; i < o->count; i++) {
        const KaplanSample *s = &o->sample[i];
        if (!(s->excess > EXCESS_LEAST))
            continue;
        x[n]   = p * log(s->n) - log(s->d);
        y[n++] = log(s->excess);
    }
    return scatter(x, y, n);
}

static void collapse(KaplanOverfit *out, Arena *arena)
{
    double *x = NEW(arena, double, out->count + 1);
    double *y = NEW(arena, double, out->count + 1), best = INFINITY;
    out->before = out->after = out->power_best = NAN;
    for (i64 i = 0; i < out->count; i++)
        out->collapsed += out->sample[i].excess > EXCESS_LEAST;
    if (out->collapsed < COLLAPSE_LEAST)
        return;
    for (int k = 0; k <= POWERS; k++) {
        const double p = 2.0 * k / POWERS, rest = scatter_by(out, x, y, p);
        if (rest < best) {
            best = rest;
            out->power_best = p;
        }
    }
    out->before = scatter_by(out, x, y, 0);
    if (!isfinite(out->power.value))
        return;
    out->after = scatter_by(out, x, y, out->power.value);
    for (i64 i = 0; i < out->count; i++)
        out->sample[i].x = pow(out->sample[i].n, out->power.value)
                         / out->sample[i].d;
}

/* -- L(D) ------------------------------------------------------------------- */

/* Of the largest size: those that turned are what their sample could give. */
static bool along_data(KaplanAxis *out, const KaplanOverfit *from, Arena *arena,
                       FitOptions options, Err *err)
{
    const double largest = from->count ? from->sample[from->count - 1].n : 0;
    *out = (KaplanAxis){ .x = NEW(arena, double, from->count + 1),
                         .loss = NEW(arena, double, from->count + 1),
                         .run = NEW(arena, const Run *, from->count + 1),
                         .counted = NEW(arena, bool, from->count + 1) };
    for (i64 i = 0; i < from->count; i++) {
        const KaplanSample *s = &from->sample[i];
        if (s->n < largest || s->fresh == s->run)
            continue;
        out->x[out->count]         = s->d;
        out->loss[out->count]      = s->loss;
        out->run[out->count]       = s->run;
        out->counted[out->count++] = s->turned;
    }
    return kaplan_axis_fit(out, arena, "kaplan-d", "D", NULL, options, err);
}

bool kaplan_overfit_find(KaplanOverfit *out, KaplanAxis *data, Arena *arena,
                         const RunList *runs, double corpus_tokens,
                         FitOptions options, Err *err)
{
    *out = (KaplanOverfit){ 0 };
    samples(out, arena, runs, corpus_tokens);
    if (!law(out, arena, options, err))
        return false;
    power(out, arena);
    collapse(out, arena);
    return along_data(data, out, arena, options, err);
}

void kaplan_bounds(KaplanOverfit *out, const KaplanSteps *steps,
                   const Critical *critical)
{
    const double s_c   = kaplan_constant(&steps->law, "S_c").value;
    const double alpha = kaplan_constant(&steps->law, "alpha_S").value;
    out->bounded = out->held = 0;
    for (i64 i = 0; i < out->count; i++) {
        KaplanSample *s = &out->sample[i];
        if (!s->turned || !(s->excess > EXCESS_LEAST))
            continue;
        const double nats = s->loss - least(s->fresh);
        const double b    = critical_at(critical, s->loss, -1)
                          / (double)s->run->batch_tokens;
        s->stop  = s->run->least_step / (steps->converted ? 1 + b : 1);
        s->bound = s_c / pow(nats, 1 / alpha);
        if (!isfinite(s->stop) || !isfinite(s->bound))
            continue;
        out->bounded++;
        out->held += s->stop >= s->bound;
    }
}
