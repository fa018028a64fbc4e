/* frontier.c - N_opt = e^ln_coef_n C^a through points, and approach 3: the
 * points of a fitted surface (declared in isoflop.h). */

#include "fit/frontier.h"

#include "fit/parabola.h"

#include <math.h>
#include <stdio.h>

enum { POINTS = 33 };

bool frontier_line(double draw[FRONTIER_DRAW], const double *ln_c,
                   const double *ln_n, const double *ln_d,
                   const double *weight, i64 n)
{
    return line_fit(&draw[2], &draw[0], ln_c, ln_n, weight, n)
        && line_fit(&draw[3], &draw[1], ln_c, ln_d, weight, n);
}

Frontier frontier_new(Arena *arena, const char *approach, i64 npoint, i64 ndraw)
{
    return (Frontier){
        .approach = approach, .npoint = npoint,
        .c = NEW(arena, double, npoint + 1),
        .n = NEW(arena, double, npoint + 1),
        .d = NEW(arena, double, npoint + 1),
        .loss = NEW(arena, double, npoint + 1),
        .draw = NEW(arena, double, FRONTIER_DRAW * ndraw + 1),
    };
}

void frontier_close(Frontier *out, const double line[FRONTIER_DRAW],
                    double level)
{
    Arena scratch = { 0 };
    double *a = NEW(&scratch, double, out->ndraw + 1);
    double *b = NEW(&scratch, double, out->ndraw + 1);
    for (i64 r = 0; r < out->ndraw; r++) {
        a[r] = out->draw[r * FRONTIER_DRAW];
        b[r] = out->draw[r * FRONTIER_DRAW + 1];
    }
    out->a = fit_interval(line[0], a, out->ndraw, level);
    out->b = fit_interval(line[1], b, out->ndraw, level);
    out->ln_coef_n = line[2];
    out->ln_coef_d = line[3];
    arena_free(&scratch);
}

/* The line through the optima at `points` budgets from c_low to c_high. */
static bool surface_line(double draw[FRONTIER_DRAW], Frontier *keep,
                         const Law *law, const double *theta, double c_low,
                         double c_high, int points)
{
    double ln_c[POINTS], ln_n[POINTS], ln_d[POINTS];
    for (int i = 0; i < points; i++) {
        ln_c[i] = log(c_low) + log(c_high / c_low) * i / (points - 1);
        ln_n[i] = log(law_optimum(law, theta, exp(ln_c[i])));
        ln_d[i] = ln_c[i] - log(6) - ln_n[i];
        if (isnan(ln_n[i]))
            return false;
        if (keep) {
            keep->c[i] = exp(ln_c[i]);
            keep->n[i] = exp(ln_n[i]);
            keep->d[i] = exp(ln_d[i]);
            keep->loss[i] = law_at(law, theta, keep->n[i], keep->d[i]);
        }
    }
    return frontier_line(draw, ln_c, ln_n, ln_d, NULL, points);
}

static bool of_size_and_data(const Law *law, Err *err)
{
    if (law_has_optimum(law))
        return true;
    return err_set(err, ERR_REFUSED, "%s is no law of N and D alone, so it has "
                   "no best size for a budget; fit chinchilla for one",
                   law->name);
}

bool parametric_frontier(Frontier *out, Arena *arena, const Fit *fit,
                         double c_low, double c_high, Err *err)
{
    enum { DRAW_POINTS = 5 };
    double line[FRONTIER_DRAW];
    const int n = fit->law->nparam;
    if (!of_size_and_data(fit->law, err))
        return false;
    if (!(c_low > 6 && c_high > c_low && c_high < INFINITY))
        return err_set(err, ERR_USAGE, "budgets from %g to %g FLOP; a rising "
                       "range is wanted", c_low, c_high);
    *out = frontier_new(arena, "parametric", POINTS, fit->ndraw);
    if (!surface_line(line, out, fit->law, fit->theta, c_low, c_high, POINTS))
        return err_set(err, ERR_REFUSED, "%s: its least loss between %g and %g "
                       "FLOP lies at no size between one parameter and one "
                       "token; fit runs that vary N and D more",
                       fit->law->name, c_low, c_high);
    for (i64 r = 0; r < fit->ndraw; r++)
        out->ndraw += surface_line(out->draw + FRONTIER_DRAW * out->ndraw, NULL,
                                   fit->law, fit->draw + r * n, c_low, c_high,
                                   DRAW_POINTS);
    frontier_close(out, line, fit->options.level);
    snprintf(out->words, sizeof out->words, "the least loss of the fitted %s "
             "at C = 6 N D; %lld of %lld draws have one", fit->law->name,
             (long long)out->ndraw, (long long)fit->ndraw);
    return true;
}
