/* finds_batch.c - steps against data: what a loss costs at each batch.
 *
 * With few steps of large batches, or many of small ones, the same loss is
 * reached along (S/S_min - 1)(E/E_min - 1) = 1, which is the straight line
 * S_min/S + E_min/E = 1 in the reciprocals: two constants by least squares.
 * Their quotient is the critical batch. The interval is a jackknife's: each
 * batch left out once.
 *
 * SOURCE: McCandlish et al. 2018, arXiv:1812.06162, section 2.4; Kaplan et al.
 *         2020, arXiv:2001.08361, section 5.1. */

#include "report/finds.h"

#include <math.h>
#include <stdlib.h>

enum { LEVELS = 5, LEAST = 3 };

typedef struct Curve {
    i64        run;        /* index                              */
    i64        count;
    double    *step, *tokens, *loss; /* loss: the least so far   */
    double     batch;
} Curve;

/* Held-out losses from the end of the warm-up on, as the least so far: before
 * that a step was worth less, and the more so the longer the warm-up. */
static void curve_read(Curve *out, Str *lost, Arena *arena, const Run *run,
                       i64 index, const char *runs_dir)
{
    MetricList log = { 0 };
    finds_log(&log, lost, arena, run, runs_dir);
    *out = (Curve){ .run = index, .batch = (double)run->batch_tokens,
                    .step   = NEW(arena, double, log.count + 1),
                    .tokens = NEW(arena, double, log.count + 1),
                    .loss   = NEW(arena, double, log.count + 1) };
    for (i64 i = finds_warm(&log); i < log.count; i++) {
        const Metric *m = &log.metric[i];
        if (!isfinite(m->val_loss) || m->step <= 0)
            continue;
        out->step[out->count]   = (double)m->step;
        out->tokens[out->count] = (double)m->tokens;
        out->loss[out->count]   = out->count
            ? fmin(m->val_loss, out->loss[out->count - 1]) : m->val_loss;
        out->count++;
    }
}

/* Steps until the loss is reached, straight in logarithms between points; NaN
 * where it never was, or had been before the first point. */
static double steps_to(const Curve *c, double loss)
{
    if (c->count == 0 || c->loss[0] <= loss)
        return NAN;
    for (i64 i = 1; i < c->count; i++)
        if (c->loss[i] <= loss) {
            const double share = (c->loss[i - 1] - loss)
                               / (c->loss[i - 1] - c->loss[i]);
            return c->step[i - 1]
                 * pow(c->step[i] / c->step[i - 1], share);
        }
    return NAN;
}

/* Constants without row `left_out` (-1: with all); false where they are none. */
static bool solve(double *s_min, double *e_min, const BatchLevel *level,
                  i64 left_out)
{
    double aa = 0, ab = 0, bb = 0, a1 = 0, b1 = 0;
    for (i64 i = 0; i < level->count; i++) {
        const double a = 1 / level->s[i], b = 1 / level->e[i];
        if (i == left_out)
            continue;
        aa += a * a;
        ab += a * b;
        bb += b * b;
        a1 += a;
        b1 += b;
    }
    const double det = aa * bb - ab * ab;
    if (!(det > 1e-9 * aa * bb))
        return false;
    *s_min = (a1 * bb - b1 * ab) / det;
    *e_min = (b1 * aa - a1 * ab) / det;
    return *s_min > 0 && *e_min > 0;
}

/* In ln B, since both constants are scales. */
static Interval critical(const BatchLevel *level)
{
    const double value = log(level->e_min / level->s_min);
    const double n = (double)level->count;
    double sum = 0, squares = 0;
    for (i64 i = 0; i < level->count; i++) {
        double s, e;
        if (level->count <= LEAST || !solve(&s, &e, level, i))
            return (Interval){ exp(value), NAN, NAN };
        sum += log(e / s);
        squares += log(e / s) * log(e / s);
    }
    const double variance = fmax(squares / n - sum / n * sum / n, 0);
    const double half = 1.96 * sqrt((n - 1) * variance);
    return (Interval){ exp(value), exp(value - half), exp(value + half) };
}

/* The best of each batch's runs at this loss: their rates may differ. */
static void level_add(BatchLevel *level, const Curve *c)
{
    const double s = steps_to(c, level->loss), e = s * c->batch;
    if (!isfinite(s))
        return;
    for (i64 i = 0; i < level->count; i++)
        if (finds_same(level->e[i] / level->s[i], c->batch, 0.01)) {
            if (s < level->s[i]) {
                level->s[i]   = s;
                level->e[i]   = e;
                level->run[i] = c->run;
            }
            return;
        }
    level->s[level->count]     = s;
    level->e[level->count]     = e;
    level->run[level->count++] = c->run;
}

static bool level_make(BatchLevel *out, Arena *arena, const Curve *curve,
                       i64 count, double loss, double n)
{
    *out = (BatchLevel){ .loss = loss, .n = n, .s = NEW(arena, double, count),
                         .e = NEW(arena, double, count),
                         .run = NEW(arena, i64, count) };
    for (i64 i = 0; i < count; i++)
        level_add(out, &curve[i]);
    if (out->count < LEAST || !solve(&out->s_min, &out->e_min, out, -1))
        return false;
    out->critical = critical(out);
    return true;
}

/* From what every batch's best run reached, up a third of the way (in ln) to
 * where they began. */
static void levels(Batches *out, Arena *arena, const Curve *curve, i64 count,
                   double n)
{
    double low = 0, high = INFINITY;
    for (i64 i = 0; i < count; i++) {
        double reached = INFINITY;
        for (i64 k = 0; k < count; k++)
            if (finds_same(curve[k].batch, curve[i].batch, 0.01)
                && curve[k].count > 0)
                reached = fmin(reached, curve[k].loss[curve[k].count - 1]);
        if (isfinite(reached))
            low = fmax(low, reached);
        if (curve[i].count > 0)
            high = fmin(high, curve[i].loss[0]);
    }
    if (!(low > 0 && high > low * 1.01))
        return;
    for (int k = LEVELS - 1; k >= 0; k--) {
        const double share = 0.02 + 0.4 * k / (LEVELS - 1);
        if (level_make(&out->level[out->count], arena, curve, count,
                       low * pow(high / low, share), n))
            out->count++;
    }
}

/* From its own beginning: a branch's first loss is another run's. */
static bool whole(const Run *run)
{
    return finds_done(run) && !run->trunk && !run->start;
}

static bool together(const Run *a, const Run *b)
{
    return finds_same_shape(&a->shape, &b->shape)
        && finds_same_text(a->corpus_sha256, b->corpus_sha256)
        && finds_same_text(a->arch, b->arch)
        && finds_same_text(a->optimizer, b->optimizer)
        && finds_same_text(a->schedule, b->schedule)
        && finds_same_text(a->group, b->group)
        /* else they differ in the length of their schedule too */
        && (finds_same((double)a->tokens, (double)b->tokens, 0.02)
            || finds_same((double)a->steps, (double)b->steps, 0.02));
}

static i64 batches_of(const RunList *runs, const i64 *index, i64 count)
{
    i64 different = 0;
    for (i64 i = 0; i < count; i++) {
        bool seen = false;
        for (i64 k = 0; k < i; k++)
            seen = seen || runs->run[index[k]].batch_tokens
                        == runs->run[index[i]].batch_tokens;
        different += !seen;
    }
    return different;
}

static void group(Batches *out, Str *lost, Arena *arena, const RunList *runs,
                  i64 first, bool *taken, CountN counts, const char *runs_dir)
{
    i64 *index = NEW(arena, i64, runs->count), count = 0;
    for (i64 i = first; i < runs->count; i++)
        if (!taken[i] && whole(&runs->run[i])
            && together(&runs->run[first], &runs->run[i])) {
            taken[i]       = true;
            index[count++] = i;
        }
    if (batches_of(runs, index, count) < LEAST)
        return;
    Curve *curve = NEW(arena, Curve, count);
    for (i64 i = 0; i < count; i++)
        curve_read(&curve[i], lost, arena, &runs->run[index[i]], index[i],
                   runs_dir);
    levels(out, arena, curve, count, count_n(runs->run[first].shape, counts));
}

/* Through levels of all sizes: what Kaplan et al. found not to depend on it. */
static void line(Batches *out, Arena *arena)
{
    double *x = NEW(arena, double, out->count + 1);
    double *y = NEW(arena, double, out->count + 1);
    for (i64 i = 0; i < out->count; i++) {
        x[i] = out->level[i].loss;
        y[i] = out->level[i].critical.value;
    }
    finds_power_line(&out->ln_coef, &out->power, x, y, out->count);
}

void batches_find(Batches *out, Str *lost, Arena *arena, const RunList *runs,
                  CountN counts, const char *runs_dir)
{
    bool *taken = NEW(arena, bool, runs->count + 1);
    *out = (Batches){ .level = NEW(arena, BatchLevel,
                                   LEVELS * (runs->count / LEAST + 1)) };
    for (i64 i = 0; i < runs->count; i++)
        if (!taken[i] && whole(&runs->run[i]))
            group(out, lost, arena, runs, i, taken, counts, runs_dir);
    line(out, arena);
}
