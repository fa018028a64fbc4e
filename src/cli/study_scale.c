/* study_scale.c - how much a study costs, and one factor that makes it cost
 * what it may.
 *
 * The factor multiplies budgets, tokens and tokens_per_n of all arms, and the
 * different tokens of a text (unique) with them, so that epochs stay what they
 * are; sizes, rates, seeds and moments stay. It is kept in the study's
 * configuration: a study that goes on keeps its factor, whatever the speed of
 * the machine is by then. */

#include "base/clock.h"
#include "base/file.h"
#include "cli/study_show.h"
#include "cli/study_work.h"
#include "sweep/speed.h"

#include <math.h>
#include <string.h>

static RealList times(Arena *arena, RealList list, double by)
{
    double *item = NEW(arena, double, list.count + 1);
    for (i64 i = 0; i < list.count; i++)
        item[i] = by * list.item[i];
    return (RealList){ list.count, item };
}

void scale_rule(ArmRule *rule, Arena *arena, double by)
{
    if (by == 1)
        return;
    rule->grid.budgets = times(arena, rule->grid.budgets, by);
    rule->tokens       = times(arena, rule->tokens, by);
    rule->tokens_per_n = times(arena, rule->tokens_per_n, by);
    rule->unique       = times(arena, rule->unique, by);
    rule->base.unique_tokens = llround(by * (double)rule->base.unique_tokens);
}

/* -- What it costs ---------------------------------------------------------- */

double runs_flop(const LadderRun *const *run, i64 count)
{
    double sum = 0;
    for (i64 i = 0; i < count; i++)
        sum += run[i]->flop_new;
    return sum;
}

static bool same_speed(const TrainConfig *a, const TrainConfig *b)
{
    const Shape *s = &a->shape, *t = &b->shape;
    return s->layers == t->layers && s->width == t->width
        && s->heads == t->heads && s->ff == t->ff && s->vocab == t->vocab
        && s->context == t->context && !strcmp(a->arch, b->arch)
        && !strcmp(a->dtype, b->dtype);
}

/* Measured once a shape, for a tenth of a second. */
static double speed_of(Study *study, const TrainConfig *config)
{
    for (i64 i = 0; i < study->nspeed; i++)
        if (same_speed(&study->speed[i].config, config))
            return study->speed[i].flop_per_s;
    Speed *wider = NEW(&study->arena, Speed, study->nspeed + 1);
    for (i64 i = 0; i < study->nspeed; i++)
        wider[i] = study->speed[i];
    study->speed = wider;
    wider[study->nspeed++] = (Speed){
        *config, fmax(1, speed_flop_per_s(config, INFINITY)) };
    return wider[study->nspeed - 1].flop_per_s;
}

/* With those that it waits for, in one sweep. */
static double way_seconds(Study *study, const LadderRun *run)
{
    double sum = 0;
    for (; run; run = run->after)
        sum += run->flop_new / speed_of(study, &run->config);
    return sum;
}

double runs_seconds(Study *study, const LadderRun *const *run, i64 count)
{
    double sum = 0, longest = 0;
    for (i64 i = 0; i < count; i++) {
        sum += run[i]->flop_new / speed_of(study, &run[i]->config);
        longest = fmax(longest, way_seconds(study, run[i]));
    }
    return fmax(sum / study->cores, longest);
}

/* -- The factor ------------------------------------------------------------- */

/* FLOP or seconds, over what they may be. */
static bool cost_at(double *out, Study *study, double scale, Err *err)
{
    Work *work;
    if (!work_guess(&work, study, scale, err))
        return err_add(err, "with all budgets times %.3g", scale);
    const Asked fit  = work_runs(study, work, -1, false);
    const Asked held = work_runs(study, work, -1, true);
    *out = 0;
    if (study->opts.budget > 0)
        *out = (runs_flop(fit.run, fit.count) + runs_flop(held.run, held.count))
             / study->opts.budget;
    if (study->opts.time > 0)
        *out = fmax(*out, (runs_seconds(study, fit.run, fit.count)
                           + runs_seconds(study, held.run, held.count))
                          / study->opts.time);
    return true;
}

/* Cost grows about as the factor does, and never falls with it. Where most of it
 * stays (a run has a step at least), steps in proportion hardly move: then
 * halves. */
static bool bisect(double *scale, Study *study, Err *err)
{
    enum { TRIES = 24, PATIENT = 4 };
    double low = 0, high = INFINITY, cost = 1;
    for (int i = 0; i < TRIES; i++) {
        if (!cost_at(&cost, study, *scale, err))
            return false;
        if (cost <= 1)
            low = fmax(low, *scale);
        else
            high = fmin(high, *scale);
        if (cost > 0.97 && cost <= 1)
            break;
        double next = *scale * 0.985 / cost;
        if (next <= low || next >= high)
            next = low > 0 && isfinite(high) ? sqrt(low * high) : next;
        if (low == 0 && i >= PATIENT)
            next = fmin(next, high / 2);
        *scale = next;
    }
    if (low == 0)
        return err_set(err, ERR_USAGE, "%s: too little: the study takes %.3g "
                       "times that with runs as short as can be; give more, or "
                       "a study of fewer runs",
                       study->opts.budget > 0 ? "budget" : "time", cost);
    *scale = low;
    *scale *= 1 + 1e-12; /* to three digits, downwards */
    const double unit = pow(10, floor(log10(*scale)) - 2);
    *scale = floor(*scale / unit) * unit;
    return true;
}

/* The factor of a study that is there already. */
static double scale_kept(Study *study)
{
    Conf   conf;
    Err    err  = { 0 };
    double kept = NAN;
    if (!study->was
        || !conf_parse(&conf, &study->arena, study->was, "study.json", &err)
        || !conf_real(&kept, &conf, "grid", "scale", &err))
        return NAN;
    return kept;
}

/* -- Short texts -------------------------------------------------------------- */

/* Whether a run would see more than there is, and may not. */
static bool too_long(const Study *study, const Work *work, i64 i)
{
    const LadderRun   *run = work->run[i];
    const TrainConfig *c   = &run->config;
    const Shard *shard = run->shard ? run->shard : &study->corpus.shard;
    return work->rule.grid.shrink && !work->rule.grid.epochs
        && c->unique_tokens == 0
        && c->steps * c->batch * c->shape.context >= shard->train_count;
}

static bool fits_text(const Study *study, const Work *work)
{
    for (i64 a = 0; a < study->arms.count; a++)
        for (i64 i = 0; i < work[a].count; i++)
            if (too_long(study, &work[a], i))
                return false;
    return true;
}

/* Where the study allows it, all is scaled down together until no run needs
 * more text than there is. */
static bool shrink(double *scale, Study *study, Err *err)
{
    const double asked = *scale;
    const i64    there = study->corpus.shard.train_count;
    for (;; *scale *= 0.9) {
        Work *work;
        if (!work_guess(&work, study, *scale, err))
            return *scale == asked ? false
                 : err_add(err, "%s: too short for this study (%lld tokens), "
                           "with budgets scaled by %.2g", study->opts.corpus,
                           (long long)there, *scale);
        if (fits_text(study, work))
            break;
    }
    if (*scale < asked)
        study_tell(study, "%s has %lld tokens to train on: budgets scaled by "
                   "%.2g, so that no run repeats any (--epochs would repeat "
                   "them)", study->opts.corpus, (long long)there,
                   *scale / asked);
    return true;
}

bool scale_find(Study *study, Err *err)
{
    double      *scale = &study->opts.scale;
    const double kept  = scale_kept(study);
    if (!(*scale > 0) || study->opts.budget < 0 || study->opts.time < 0)
        return err_set(err, ERR_USAGE, "grid.scale, budget and time must be "
                       "above 0");
    if (study->opts.time > 0 && isfinite(kept)) {
        *scale = kept;
        study_tell(study, "budgets stay scaled by %.3g, as this study was begun",
                   kept);
        return true;
    }
    if (study->opts.budget > 0 || study->opts.time > 0) {
        if (!bisect(scale, study, err))
            return false;
        study_tell(study, "budgets and tokens of all arms times %.3g, to cost "
                   "what they may", *scale);
    }
    return shrink(scale, study, err);
}
