/* laws_evidence.c - what the user's own fits say to a common question: the
 * same number, with its interval, at the largest compute of their runs. */

#include "cli/laws_text.h"

#include "cli/plan_source.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The best run at the largest compute. */
typedef struct Best { double c; Plan plan; } Best;

/* One number of a law at its constants, near a run of n on d. */
typedef double Reading(const Law *law, const double *theta, double n, double d);

/* How much of the loss ten times the size would take off. */
static double gain(const Law *law, const double *theta, double n, double d)
{
    return 1 - law_at(law, theta, 10 * n, d) / law_at(law, theta, n, d);
}

/* How far above the loss of no end of data. */
static double limit(const Law *law, const double *theta, double n, double d)
{
    return law_at(law, theta, n, d) / law_at(law, theta, n, 1e40) - 1;
}

static double local_slope(const Law *law, const double *theta, double n,
                          double d)
{
    const double h = 1e-3;
    return log(law_at(law, theta, n * exp(h), d)
               / law_at(law, theta, n * exp(-h), d)) / (2 * h);
}

static Interval over_draws(Arena *arena, Reading *reading, const Fit *fit,
                           const Plan *at)
{
    const double n = at->n.value, d = at->d.value;
    double *draw = NEW(arena, double, fit->ndraw + 1);
    for (i64 i = 0; i < fit->ndraw; i++)
        draw[i] = reading(fit->law, fit->draw + i * fit->law->nparam, n, d);
    return fit_interval(reading(fit->law, fit->theta, n, d), draw, fit->ndraw,
                        fit->options.level);
}

/* ---- sentences --------------------------------------------------------- */

/* Three digits, and no powers of ten for what is counted in thousands. */
static const char *figure(Arena *arena, double x)
{
    return arena_print(arena, fabs(x) >= 1000 ? "%.0f" : "%.3g", x);
}

static const char *bounds(Arena *arena, Interval x, double scale)
{
    if (isnan(x.low) || isnan(x.high))
        return "";
    return arena_print(arena, " [%s, %s]", figure(arena, scale * x.low),
                       figure(arena, scale * x.high));
}

static bool say_exponent(const char **out, Arena *arena, const PlanBy *one,
                         const Best *best, Err *err)
{
    enum { POINTS = 5 };
    Frontier line;
    if (!plan_frontier(&line, arena, &one->fit, &one->cost, best->c / 100,
                       best->c, POINTS, err))
        return false;
    *out = arena_print(arena, "N_opt ~ C^%.3f%s and D_opt ~ C^%.3f%s from "
                       "%.3g to %.3g FLOP", line.a.value,
                       bounds(arena, line.a, 1), line.b.value,
                       bounds(arena, line.b, 1), best->c / 100, best->c);
    return true;
}

static const char *say_ratio(Arena *arena, const Best *best)
{
    return arena_print(arena, "%s%s tokens a parameter are best at %.3g FLOP",
                       figure(arena, best->plan.ratio.value),
                       bounds(arena, best->plan.ratio, 1), best->c);
}

static const char *say_reading(Arena *arena, const char *evidence,
                               const PlanBy *one, const Best *best)
{
    const Fit *fit = &one->fit;
    if (strcmp(evidence, "gain") == 0) {
        const Interval x = over_draws(arena, gain, fit, &best->plan);
        return arena_print(arena, "ten times the size on the same text would "
                           "lower the loss of the best run at %.3g FLOP by "
                           "%.3g%s %%", best->c, 100 * x.value,
                           bounds(arena, x, 100));
    }
    if (strcmp(evidence, "limit") == 0) {
        const Interval x = over_draws(arena, limit, fit, &best->plan);
        return arena_print(arena, "the best run at %.3g FLOP ends %.3g%s %% "
                           "above the limit of its size", best->c,
                           100 * x.value, bounds(arena, x, 100));
    }
    const Interval x = over_draws(arena, local_slope, fit, &best->plan);
    return arena_print(arena, "d ln L/d ln N is %.3g%s at the best run of %.3g "
                       "FLOP", x.value, bounds(arena, x, 1), best->c);
}

static bool say(const char **out, Arena *arena, const char *evidence,
                const PlanBy *one, Err *err)
{
    Best best = { .c = isnan(one->c_max) ? one->fit.c_max : one->c_max };
    if (isnan(best.c))
        return err_set(err, ERR_REFUSED, "%s: it does not say of what compute "
                       "its runs are; fit them again with this program",
                       one->name);
    if (!plan_budget(&best.plan, &one->fit, &one->cost, best.c, best.c, err))
        return false;
    if (strcmp(evidence, "exponent") == 0)
        return say_exponent(out, arena, one, &best, err);
    *out = strcmp(evidence, "ratio") == 0
               ? say_ratio(arena, &best)
               : say_reading(arena, evidence, one, &best);
    return true;
}

bool laws_evidence(TextList *out, Arena *arena, const char *evidence,
                   const char *study, const char *fit, Err *err)
{
    PlanBys from = { 0 };
    *out = (TextList){ 0 };
    if (!evidence || (!study && !fit))
        return true;
    if (study && !plan_source_study(&from, arena, study, err))
        return false;
    if (fit && !plan_source_fit(&from, arena, fit, err))
        return false;
    const char **line = NEW(arena, const char *, from.count + 1);
    for (i64 i = 0; i < from.count; i++) {
        const char *text = NULL;
        if (!say(&text, arena, evidence, &from.item[i], err))
            return false;
        line[i] = arena_print(arena, "%s: %s", from.item[i].name, text);
    }
    *out = (TextList){ from.count, line };
    return true;
}
