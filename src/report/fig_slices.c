/* fig_slices.c - loss along one axis at a time: what the law leaves when the
 * other two do not bind, the runs that come nearest, and a plain power law for
 * comparison. Below, the local slope: a power law with a floor is straight in
 * neither, and its slope shrinks as the floor is neared.
 *
 * SOURCE: Kaplan et al. 2020, arXiv:2001.08361, figure 1. */

#include "report/fig.h"

#include "plan/plan.h"
#include "report/num.h"

#include <math.h>
#include <stdio.h>

enum { POINTS = 48 };
static const double PLENTY = 1e40; /* of what does not bind */

static double best_at(const Analysis *a, double c)
{
    Fit  bare = *a->chosen;
    Plan plan;
    Err  err = { 0 };
    bare.ndraw = 0;
    return plan_budget(&plan, &bare, &a->cost, c, a->c_fit, &err)
         ? plan.loss.value : NAN;
}

static double law_along(const Analysis *a, SliceOf of, double x)
{
    const Fit *fit = a->chosen;
    return of == SLICE_N   ? law_at(fit->law, fit->theta, x, PLENTY)
         : of == SLICE_D ? law_at(fit->law, fit->theta, PLENTY, x)
                           : best_at(a, x);
}

static double power_at(const Slice *s, double x)
{
    return exp(s->ln_coef + s->slope * log(x));
}

static double floor_of(const Analysis *a)
{
    const int e = law_param(a->chosen->law, "E");
    return e >= 0 ? a->chosen->theta[e] : NAN;
}

static Axis axis_of(const Analysis *a, SliceOf of, Range x)
{
    return of == SLICE_N   ? fig_axis_n(a, x, 0.05)
         : of == SLICE_D ? fig_axis_d(a, x, 0.05)
                           : fig_axis_c(x, 0.05);
}

static Range reach(const Slice *s)
{
    Range x = range_new();
    for (i64 i = 0; i < s->count; i++)
        range_add(&x, s->x[i]);
    return x;
}

static void draw_loss(Plot *plot, const Analysis *a, SliceOf of,
                      const double *x, const double *law)
{
    const Slice *s = &a->finds.slice[of];
    double       power[POINTS];
    char         words[FIG_TEXT], slope[NUM_TEXT];
    for (i64 i = 0; i < POINTS; i++)
        power[i] = power_at(s, x[i]);
    snprintf(words, sizeof words, "power law through the points: slope %s",
             num_plain(slope, s->slope, 3));
    plot_rule_y(plot, floor_of(a));
    plot_line(plot, "power law through the points", INK_GREY, LINE_DOTTED, x,
              power, POINTS, words);
    plot_line(plot, "fitted law", INK_BLUE, LINE_SOLID, x, law, POINTS,
              "the fitted law, nothing else binding");
    for (i64 i = 0; i < s->count; i++)
        fig_run_point(plot, a, "least loss", INK_RED, MARK_DOT, s->x[i],
                      s->loss[i], s->run[i], NULL);
}

static void draw_slope(Plot *plot, const Analysis *a, SliceOf of,
                       const double *x, const double *law)
{
    const Slice *s = &a->finds.slice[of];
    double       middle[POINTS], slope[POINTS];
    for (i64 i = 1; i < POINTS; i++) {
        middle[i - 1] = sqrt(x[i] * x[i - 1]);
        slope[i - 1]  = -log(law[i] / law[i - 1]) / log(x[i] / x[i - 1]);
    }
    plot_rule_y(plot, -s->slope);
    plot_line(plot, "fitted law, slope", INK_BLUE, LINE_SOLID, middle, slope,
              POINTS - 1, "local slope of the fitted law");
    for (i64 i = 1; i < s->count; i++)
        plot_point(plot, "between points, slope", INK_RED, MARK_HOLLOW,
                   sqrt(s->x[i] * s->x[i - 1]),
                   -log(s->loss[i] / s->loss[i - 1])
                       / log(s->x[i] / s->x[i - 1]),
                   "slope from one point to the next");
}

static Range losses(const Analysis *a)
{
    Range y = range_new();
    range_add(&y, floor_of(a) > 0 ? floor_of(a) : NAN);
    for (int k = 0; k < 3; k++)
        for (i64 i = 0; i < a->finds.slice[k].count; i++)
            range_add(&y, a->finds.slice[k].loss[i]);
    return y;
}

static Range slopes(const Analysis *a)
{
    Range y = range_new();
    range_add(&y, 0);
    for (int k = 0; k < 3; k++) {
        const Slice *s = &a->finds.slice[k];
        for (i64 i = 1; i < s->count; i++)
            range_add(&y, fmin(-log(s->loss[i] / s->loss[i - 1])
                               / log(s->x[i] / s->x[i - 1]), 0.5));
    }
    return y;
}

static void column(Plot *plot, const Analysis *a, SliceOf of)
{
    static const char *const title[] = { "L(N), data not binding",
                                         "L(D), size not binding",
                                         "L(C), best size and data" };
    const Range x_range = reach(&a->finds.slice[of]);
    const Axis  x_axis  = axis_of(a, of, x_range);
    Axis up = fig_axis_loss(a, true, losses(a), 0.05);
    Axis down = axis_over("slope, -d ln L / d ln x", false, TICK_PLAIN,
                          slopes(a), 0.05);
    double x[POINTS], law[POINTS];
    up.bare = down.bare = of != SLICE_N;
    fig_spaced(x, POINTS, x_axis.low, x_axis.high);
    for (i64 i = 0; i < POINTS; i++)
        law[i] = law_along(a, of, x[i]);
    plot_panel(plot, (int)of, title[of], x_axis, up);
    draw_loss(plot, a, of, x, law);
    plot_panel(plot, (int)of + 3, NULL, x_axis, down);
    draw_slope(plot, a, of, x, law);
}

bool fig_slices(Plot *plot, const Analysis *a)
{
    char text[FIG_TEXT], e[NUM_TEXT];
    if (!a->chosen)
        return false;
    for (int k = 0; k < 3; k++)
        if (a->finds.slice[k].count < 2)
            return false;
    for (int k = 0; k < 3; k++)
        column(plot, a, (SliceOf)k);
    plot_key_point(plot, INK_RED, MARK_DOT, "least loss of the runs");
    plot_key_line(plot, INK_BLUE, LINE_SOLID, "fitted law");
    plot_key_line(plot, INK_GREY, LINE_DOTTED, "power law without a floor");
    snprintf(text, sizeof text, "floor E = %s nats",
             num_plain(e, floor_of(a), 3));
    plot_key_line(plot, INK_GREY, LINE_THIN, text);
    return true;
}
