/* fig_residuals.c - what the fitted law leaves over, against N and against D:
 * in percent, which for small numbers is the residual in ln L times 100. */

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

static void panel(Plot *plot, const Analysis *a, int which, const char *label,
                  double (*of)(const Analysis *, const Run *), Range y,
                  const double *c, i64 nc)
{
    Range x = range_new();
    for (i64 i = 0; i < a->fitted.count; i++)
        range_add(&x, of(a, &a->fitted.run[i]));
    plot_panel(plot, which, NULL, axis_over(label, true, TICK_SI, x, 0.06),
               axis_over("measured over fitted, in ln L (%)", false,
                         TICK_PERCENT, y, 0.08));
    plot_rule_y(plot, 0);
    for (i64 i = 0; i < a->fitted.count; i++) {
        const Run *run = &a->fitted.run[i];
        const i64  k   = fig_index(c, nc, run->budget);
        char hover[FIG_TEXT], text[2 * FIG_TEXT], left[NUM_TEXT];
        snprintf(text, sizeof text, "%s; residual %s",
                 fig_hover(hover, a, run),
                 num_percent(left, residual(a, run) / 100));
        plot_point(plot, "fitted runs", k < 0 ? INK_GREY : ink_ramp(k, nc),
                   MARK_DOT, of(a, run), residual(a, run), text);
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

bool fig_residuals(Plot *plot, const Analysis *a)
{
    if (a->fitted.count == 0)
        return false;
    Range y = range_new();
    range_add(&y, 0);
    for (i64 i = 0; i < a->fitted.count; i++)
        range_add(&y, residual(a, &a->fitted.run[i]));

    Arena     scratch = { 0 };
    double   *c       = NEW(&scratch, double, a->fitted.count + 1);
    const i64 count   = fig_distinct(c, &a->fitted, a, fig_budget);
    char label_n[FIG_TEXT], label_d[FIG_TEXT];
    panel(plot, a, 0, fig_label_n(label_n, a), fig_n, y, c, count);
    panel(plot, a, 1, fig_label_d(label_d, a), data, y, c, count);
    key_budgets(plot, c, count);
    arena_free(&scratch);
    return true;
}
