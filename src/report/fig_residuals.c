/* fig_residuals.c - what the fitted law leaves over, against N, D and C: in
 * percent, which for small numbers is the residual in ln L times 100. */

#include "report/fig.h"

#include "report/num.h"

#include <math.h>
#include <stdio.h>

static double residual(const Analysis *a, const Run *run)
{
    const double fitted = law_at(a->chosen->law, a->chosen->theta, fig_n(a, run),
                                 (double)run->tokens);
    return 100 * log(run->val_loss / fitted);
}

static double data(const Analysis *a, const Run *run)
{
    (void)a;
    return (double)run->tokens;
}

static double compute(const Analysis *a, const Run *run)
{
    (void)a;
    return run->flop;
}

static void panel(Plot *plot, const Analysis *a, int which,
                  double (*of)(const Analysis *, const Run *), Axis x, Range y,
                  const double *c, i64 nc)
{
    Axis up = axis_over("measured over fitted, in ln L (%)", false,
                        TICK_PERCENT, y, 0.08);
    up.bare = which > 0;
    plot_panel(plot, which, NULL, x, up);
    plot_rule_y(plot, 0);
    for (i64 i = 0; i < a->fitted.count; i++) {
        const Run   *run  = &a->fitted.run[i];
        const i64    k    = fig_index(c, nc, run->budget);
        const double left = residual(a, run);
        const double bar  = 100 * run->val_se / run->val_loss;
        const Ink    ink  = k < 0 ? INK_GREY : ink_ramp(k, nc);
        char more[FIG_TEXT], text[NUM_TEXT];
        snprintf(more, sizeof more, "residual %s",
                 num_percent(text, left / 100));
        plot_span_y(plot, "fitted runs, standard error", ink, of(a, run),
                    left - bar, left + bar);
        fig_run_point(plot, a, "fitted runs", ink, MARK_DOT, of(a, run), left,
                      run, more);
    }
}

static void key_budgets(Plot *plot, const double *c, i64 count)
{
    plot_key_head(plot, "budgets");
    for (i64 i = 0; i < count; i++) {
        char flop[NUM_TEXT], text[FIG_TEXT];
        snprintf(text, sizeof text, "%s FLOP", num_power(flop, c[i]));
        plot_key_point(plot, ink_ramp(i, count), MARK_DOT, text);
    }
}

static Range range_of(const Analysis *a,
                      double (*of)(const Analysis *, const Run *))
{
    Range x = range_new();
    for (i64 i = 0; i < a->fitted.count; i++)
        range_add(&x, of(a, &a->fitted.run[i]));
    return x;
}

bool fig_residuals(Plot *plot, const Analysis *a)
{
    if (a->fitted.count == 0 || !a->chosen)
        return false;
    Range y = range_new();
    range_add(&y, 0);
    for (i64 i = 0; i < a->fitted.count; i++) {
        const Run   *run  = &a->fitted.run[i];
        const double left = residual(a, run);
        const double bar  = 100 * run->val_se / run->val_loss;
        range_add(&y, left);
        range_add(&y, left - bar);
        range_add(&y, left + bar);
    }

    Arena     scratch = { 0 };
    double   *c       = NEW(&scratch, double, a->fitted.count + 1);
    const i64 count   = fig_distinct(c, &a->fitted, a, fig_budget);
    panel(plot, a, 0, fig_n, fig_axis_n(a, range_of(a, fig_n), 0.06), y, c,
          count);
    panel(plot, a, 1, data, fig_axis_d(a, range_of(a, data), 0.06), y, c,
          count);
    panel(plot, a, 2, compute, fig_axis_c(range_of(a, compute), 0.06), y, c,
          count);
    key_budgets(plot, c, count);
    arena_free(&scratch);
    return true;
}
