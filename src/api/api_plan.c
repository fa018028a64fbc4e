/* api_plan.c - plans and frontiers. */

#include "api/api.h"

#include <math.h>
#include <string.h>

static sl_interval given(Interval x)
{
    return (sl_interval){ x.value, x.low, x.high };
}

static sl_interval alone(double value)
{
    return (sl_interval){ value, NAN, NAN };
}

/* ---- plans ------------------------------------------------------------- */

static double c_max_of(const Fit *fit)
{
    return fit->c_max > 0 ? fit->c_max : NAN;
}

static sl_plan *plan_new(const sl_fit *fit, double c, const PlanCost *cost,
                         Door *door)
{
    sl_plan *plan = home_new(sizeof *plan);
    if (!door->err.kind && door_given(door, fit, "fit"))
        (void)!plan_budget(&plan->plan, &fit->fit, cost, c,
                           c_max_of(&fit->fit), &door->err);
    return door_give(door, plan);
}

sl_plan *sl_plan_budget(const sl_fit *fit, double c, sl_error *error)
{
    Door           door = door_in(error);
    const PlanCost cost = { .family = false };
    return plan_new(fit, c, &cost, &door);
}

static bool family_cost(PlanCost *out, const sl_family *family, Door *door)
{
    *out = (PlanCost){ .family = true };
    if (!door_given(door, family, "family"))
        return false;
    if (family->size < sizeof(sl_family))
        return err_set(&door->err, ERR_USAGE, "family.size is %zu; sizeof "
                       "(sl_family) is expected", family->size);
    if (!family->counts || !count_n_find(&out->counts, family->counts))
        return err_set(&door->err, ERR_USAGE, "family.counts is %s; body, "
                       "body+head, total or flop is expected",
                       family->counts ? family->counts : "NULL");
    if (!(family->vocab > 0 && family->context > 0 && family->aspect > 0
          && family->layers_min >= 0))
        return err_set(&door->err, ERR_USAGE, "a family of %lld words, context "
                       "%lld, aspect %g; numbers above 0 are expected",
                       (long long)family->vocab, (long long)family->context,
                       family->aspect);
    out->vocab = family->vocab;
    out->context = family->context;
    out->aspect = family->aspect;
    out->layers_min = family->layers_min;
    return true;
}

sl_plan *sl_plan_family(const sl_fit *fit, double c, const sl_family *family,
                        sl_error *error)
{
    Door     door = door_in(error);
    PlanCost cost;
    family_cost(&cost, family, &door);
    return plan_new(fit, c, &cost, &door);
}

void sl_plan_free(sl_plan *plan)
{
    home_drop(plan ? &plan->home : NULL);
}

static bool plan_value(sl_interval *out, const Plan *p, const char *what)
{
    const struct { const char *name; sl_interval value; } known[] = {
        { "N", given(p->n) },
        { "D", given(p->d) },
        { "loss", given(p->loss) },
        { "ratio", given(p->ratio) },
        { "C", alone(p->c) },
        { "extrapolation", alone(p->extrapolation) },
        { "width", alone(p->width) },
        { "layers", alone(p->layers) },
    };
    for (int i = 0; i < COUNT_OF(known); i++)
        if (strcmp(known[i].name, what) == 0) {
            *out = known[i].value;
            return true;
        }
    return false;
}

bool sl_plan_value(const sl_plan *plan, const char *what, sl_interval *out,
                   sl_error *error)
{
    Door door = door_in(error);
    if (door_given(&door, plan, "plan") && door_given(&door, what, "what")
        && door_given(&door, out, "out")
        && !plan_value(out, &plan->plan, what))
        err_set(&door.err, ERR_USAGE, "a plan says nothing of \"%s\"; N, D, "
                "loss, ratio, C, extrapolation, width, layers", what);
    return door_out(&door);
}

/* ---- frontiers --------------------------------------------------------- */

static bool draws_fit_memory(Door *door, const FitOptions *o)
{
    enum { NUMBERS_A_DRAW = 64 };
    return door_room(door, (double)o->resamples * NUMBERS_A_DRAW,
                     sizeof(double), "the draws of a frontier");
}

sl_frontier *sl_frontier_envelope(const sl_table *curves, int64_t bins,
                                  const sl_options *options, sl_error *error)
{
    Door         door = door_in(error);
    sl_frontier *out  = home_new(sizeof *out);
    const FitOptions o = options_fit(options);
    out->level = o.level;
    if (door_given(&door, curves, "curves") && draws_fit_memory(&door, &o)
        && door_room(&door, (double)bins, 64, "the bins of an envelope"))
        (void)!envelope_fit(&out->frontier, &out->home.arena, &curves->table,
                            bins, o, &door.err);
    return door_give(&door, out);
}

sl_frontier *sl_frontier_isoflop(const sl_table *runs, const char *method,
                                 const sl_options *options, sl_error *error)
{
    Door           door = door_in(error);
    sl_frontier   *out  = home_new(sizeof *out);
    IsoflopBudget *budget;
    IsoflopOptions how  = isoflop_defaults();
    i64            count;
    how.fit = options_fit(options);
    out->level = how.fit.level;
    if (door_given(&door, runs, "runs") && door_given(&door, method, "method")
        && draws_fit_memory(&door, &how.fit)) {
        if (!isoflop_curve_find(&how.curve, method))
            err_set(&door.err, ERR_USAGE, "method \"%s\" is not known; "
                    "parabola or akima is expected", method);
        else
            (void)!isoflop_fit_by(&budget, &count, &out->frontier,
                                  &out->home.arena, &runs->table, &how,
                                  &door.err);
    }
    return door_give(&door, out);
}

sl_frontier *sl_frontier_parametric(const sl_fit *fit, double c_low,
                                    double c_high, sl_error *error)
{
    Door         door = door_in(error);
    sl_frontier *out  = home_new(sizeof *out);
    if (door_given(&door, fit, "fit")) {
        out->level = fit->fit.options.level;
        (void)!parametric_frontier(&out->frontier, &out->home.arena, &fit->fit,
                                   c_low, c_high, &door.err);
    }
    return door_give(&door, out);
}

void sl_frontier_free(sl_frontier *frontier)
{
    home_drop(frontier ? &frontier->home : NULL);
}

/* coef c^exponent, for the line and for each of its draws. */
static sl_interval power(const sl_frontier *of, bool data, double c)
{
    const Frontier *f = &of->frontier;
    Arena   arena = { 0 };
    double *draw = NEW(&arena, double, f->ndraw + 1), ln_c = log(c);
    for (i64 r = 0; r < f->ndraw; r++)
        draw[r] = exp(f->draw[4 * r + 2 + data]
                      + f->draw[4 * r + data] * ln_c);
    const double value = exp((data ? f->ln_coef_d : f->ln_coef_n)
                             + (data ? f->b.value : f->a.value) * ln_c);
    const Interval out = fit_interval(value, draw, f->ndraw, of->level);
    arena_free(&arena);
    return given(out);
}

bool sl_frontier_value(const sl_frontier *frontier, const char *what, double c,
                       sl_interval *out, sl_error *error)
{
    Door door = door_in(error);
    if (door_given(&door, frontier, "frontier")
        && door_given(&door, what, "what") && door_given(&door, out, "out")) {
        const bool size = strcmp(what, "N") == 0, data = strcmp(what, "D") == 0;
        if (strcmp(what, "a") == 0)
            *out = given(frontier->frontier.a);
        else if (strcmp(what, "b") == 0)
            *out = given(frontier->frontier.b);
        else if (!size && !data)
            err_set(&door.err, ERR_USAGE, "a frontier says nothing of \"%s\"; "
                    "a, b, N, D", what);
        else if (!(c > 0 && isfinite(c)))
            err_set(&door.err, ERR_USAGE, "%g FLOP; a number above 0 is "
                    "expected", c);
        else
            *out = power(frontier, data, c);
    }
    return door_out(&door);
}

int64_t sl_frontier_points(const sl_frontier *frontier)
{
    return frontier ? frontier->frontier.npoint : 0;
}

bool sl_frontier_point(const sl_frontier *frontier, int64_t point,
                       double out[4], sl_error *error)
{
    Door door = door_in(error);
    if (door_given(&door, frontier, "frontier")
        && door_given(&door, out, "out")) {
        const Frontier *f = &frontier->frontier;
        if (point < 0 || point >= f->npoint)
            err_set(&door.err, ERR_USAGE, "point %lld: the frontier has %lld",
                    (long long)point, (long long)f->npoint);
        else {
            out[0] = f->c[point];
            out[1] = f->n[point];
            out[2] = f->d[point];
            out[3] = f->loss[point];
        }
    }
    return door_out(&door);
}

const char *sl_frontier_words(const sl_frontier *frontier)
{
    return frontier ? frontier->frontier.words : NULL;
}
