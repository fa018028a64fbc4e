/* plan_frontier.c - approach 3 with every FLOP paid: N_opt(C) and D_opt(C) of a
 * fitted surface under a family's own cost, and the power law nearest to them.
 *
 * Under C = 6 N D the exponents are beta/(alpha+beta) and alpha/(alpha+beta),
 * at every budget. With head and attention counted, small models cost more than
 * 6 N a token, and the line bends: its slope is then that of a least-squares
 * line over the budgets asked for, which is what approaches 1 and 2 measure
 * too.
 *
 * SOURCE: Hoffmann et al. 2022, arXiv:2203.15556, section 3.3. */

#include "plan/plan.h"

#include "plan/optimum.h"

#include <math.h>
#include <stdio.h>

typedef struct Slope { double slope, at_0; } Slope;

/* Least squares of ln y on ln c. */
static Slope log_slope(const double *c, const double *y, i64 count)
{
    double x_mean = 0, y_mean = 0, xx = 0, xy = 0;
    for (i64 i = 0; i < count; i++) {
        x_mean += log(c[i]) / (double)count;
        y_mean += log(y[i]) / (double)count;
    }
    for (i64 i = 0; i < count; i++) {
        const double x = log(c[i]) - x_mean;
        xx += x * x;
        xy += x * (log(y[i]) - y_mean);
    }
    const double slope = xy / xx;
    return (Slope){ slope, y_mean - slope * x_mean };
}

static void spaced(double *c, double low, double high, i64 count)
{
    for (i64 i = 0; i < count; i++)
        c[i] = low * pow(high / low, (double)i / (double)(count - 1));
}

/* The line of one draw; false where it has no optimum at some budget. */
static bool draw_line(double out[4], double *n, double *d, const double *u,
                      const Surface *s, const Frontier *at)
{
    for (i64 i = 0; i < at->npoint; i++) {
        const Optimum best = optimum_near(s, at->c[i], u[i]);
        if (!best.inside)
            return false;
        n[i] = best.n;
        d[i] = best.d;
    }
    const Slope a = log_slope(at->c, n, at->npoint);
    const Slope b = log_slope(at->c, d, at->npoint);
    out[0] = a.slope;
    out[1] = b.slope;
    out[2] = a.at_0;
    out[3] = b.at_0;
    return true;
}

static void draw_lines(Frontier *out, Arena *arena, const double *u,
                       const PlanBy *by)
{
    const Fit *fit = &by->fit;
    double *n = NEW(arena, double, out->npoint);
    double *d = NEW(arena, double, out->npoint);
    out->draw = NEW(arena, double, 4 * fit->ndraw + 1);
    for (i64 i = 0; i < fit->ndraw; i++) {
        const Surface s = surface_of(by, fit->draw + i * fit->law->nparam);
        if (draw_line(out->draw + 4 * out->ndraw, n, d, u, &s, out))
            out->ndraw++;
    }
}

static Interval column_interval(double value, const Frontier *line, int column,
                                double level)
{
    if (line->ndraw == 0)
        return (Interval){ value, NAN, NAN };
    Arena   scratch = { 0 };
    double *one     = NEW(&scratch, double, line->ndraw);
    for (i64 i = 0; i < line->ndraw; i++)
        one[i] = line->draw[4 * i + column];
    const Interval out = fit_interval(value, one, line->ndraw, level);
    arena_free(&scratch);
    return out;
}

static bool points(Frontier *out, double *u, const PlanBy *by, Err *err)
{
    const Surface own = surface_of(by, by->fit.theta);
    for (i64 i = 0; i < out->npoint; i++) {
        const Optimum best = optimum_find(&own, out->c[i]);
        if (!best.inside)
            return err_set(err, ERR_REFUSED,
                           "law %s: no best size at %.3g FLOP, so no frontier; "
                           "fit runs that vary N and D more widely",
                           by->fit.law->name, out->c[i]);
        u[i]         = best.u;
        out->n[i]    = best.n;
        out->d[i]    = best.d;
        out->loss[i] = best.loss;
    }
    return true;
}

bool plan_frontier(Frontier *out, Arena *arena, const Fit *fit,
                   const PlanCost *cost, double c_low, double c_high,
                   i64 npoint, Err *err)
{
    if (!plan_can(fit->law, err))
        return false;
    *out = (Frontier){ .approach = "parametric", .npoint = npoint,
                       .c    = NEW(arena, double, npoint),
                       .n    = NEW(arena, double, npoint),
                       .d    = NEW(arena, double, npoint),
                       .loss = NEW(arena, double, npoint) };
    double *u = NEW(arena, double, npoint);
    spaced(out->c, c_low, c_high, npoint);
    const PlanBy by = plan_by_fit(fit->law->name, fit, cost, NAN);
    if (!points(out, u, &by, err))
        return false;

    const Slope a = log_slope(out->c, out->n, npoint);
    const Slope b = log_slope(out->c, out->d, npoint);
    draw_lines(out, arena, u, &by);
    out->ln_coef_n = a.at_0;
    out->ln_coef_d = b.at_0;
    out->a = column_interval(a.slope, out, 0, fit->options.level);
    out->b = column_interval(b.slope, out, 1, fit->options.level);
    snprintf(out->words, sizeof out->words,
             "Optimum of the fitted surface at %lld budgets from %.2g to %.2g "
             "FLOP, %s; %lld of %lld draws have one at every budget.",
             (long long)npoint, c_low, c_high,
             cost->family ? "head and attention paid for as the family has them"
                          : "under C = 6 N D",
             (long long)out->ndraw, (long long)fit->ndraw);
    return true;
}
