/* fig_surface.c - the fitted law as a map: contours of loss over N and D.
 *
 * A contour is found by asking, at each N, for the D that reaches its loss: the
 * loss falls with D, so halving finds it, whatever the law's formula. */

#include "report/fig.h"

#include "report/num.h"
#include "plan/plan.h"

#include <math.h>
#include <stdio.h>

enum { POINTS = 80, LEVELS = 14 };

static double loss_at(const Analysis *a, double n, double d)
{
    return law_at(a->huber.law, a->huber.theta, n, d);
}

/* NaN where no D within the map gives this loss. */
static double d_for(const Analysis *a, double n, double loss, Range d)
{
    if (loss_at(a, n, d.low) < loss || loss_at(a, n, d.high) > loss)
        return NAN;
    double low = log(d.low), high = log(d.high);
    for (int i = 0; i < 50; i++) {
        const double middle = (low + high) / 2;
        if (loss_at(a, n, exp(middle)) > loss)
            low = middle;
        else
            high = middle;
    }
    return exp((low + high) / 2);
}

static void contour(Plot *plot, const Analysis *a, double loss, Ink ink,
                    const Axis *x, const Axis *y)
{
    double n[POINTS], d[POINTS];
    i64    last = -1;
    fig_spaced(n, POINTS, x->low, x->high);
    for (i64 i = 0; i < POINTS; i++) {
        d[i] = d_for(a, n[i], loss, (Range){ y->low / 4, y->high * 4 });
        if (isfinite(d[i]))
            last = i;
    }
    if (last < 0)
        return;
    char text[NUM_TEXT], series[FIG_TEXT];
    num_plain(text, loss, 4);
    snprintf(series, sizeof series, "loss %s", text);
    plot_line(plot, series, ink, LINE_SOLID, n, d, POINTS, series);
    /* Labels stand in the right margin of the map, or above its lower edge. */
    const double at = axis_share(y, d[last]);
    if (last == POINTS - 1 && at > 0.03 && at < 0.97)
        plot_note(plot, x->high / pow(x->high / x->low, 0.006),
                  d[last] / pow(y->high / y->low, 0.008), "end", text);
}

/* Evenly in ln L between the corners of the map, rounded to two decimals. */
static void contours(Plot *plot, const Analysis *a, const Axis *x,
                     const Axis *y)
{
    double level[LEVELS];
    fig_spaced(level, LEVELS, loss_at(a, x->high, y->high),
               loss_at(a, x->low, y->low));
    for (i64 i = 1; i < LEVELS - 1; i++) {
        level[i] = round(100 * level[i]) / 100;
        if (level[i] > level[i - 1])
            contour(plot, a, level[i], ink_ramp(i - 1, LEVELS - 2), x, y);
    }
}

/* The optimum at budgets over the whole map, and beyond both its ends. */
static void frontier(Plot *plot, const Analysis *a, const Axis *x,
                     const Axis *y)
{
    enum { STEPS = 40 };
    double    n[STEPS], d[STEPS], c[STEPS];
    const double least = plan_flop_per_token(&a->cost, x->low) * y->low;
    const double most  = plan_flop_per_token(&a->cost, x->high) * y->high;
    Fit       line     = a->huber;
    i64       count    = 0;
    line.ndraw = 0; /* the line alone is wanted, not its interval */
    fig_spaced(c, STEPS, least, most);
    for (i64 i = 0; i < STEPS; i++) {
        Plan plan;
        Err  err = { 0 };
        if (!plan_budget(&plan, &line, &a->cost, c[i], a->c_fit, &err))
            continue;
        n[count]   = plan.n.value;
        d[count++] = plan.d.value;
    }
    plot_line(plot, "best size", INK_TEXT, LINE_SOLID, n, d, count,
              "the best size and data for each budget");
}

static void runs(Plot *plot, const Analysis *a, const RunList *list,
                 const char *group, Mark mark)
{
    char hover[FIG_TEXT];
    for (i64 i = 0; i < list->count; i++) {
        const Run *run = &list->run[i];
        if (run->group && run->group[0] == group[0] && isfinite(run->val_loss))
            plot_point(plot, group, INK_TEXT, mark, fig_n(a, run),
                       (double)run->tokens, fig_hover(hover, a, run));
    }
}

bool fig_surface(Plot *plot, const Analysis *a)
{
    if (a->fitted.count == 0)
        return false;
    Range n = range_new(), d = range_new();
    for (i64 i = 0; i < a->runs.count; i++)
        if (isfinite(a->runs.run[i].val_loss) && a->runs.run[i].tokens > 0) {
            range_add(&n, fig_n(a, &a->runs.run[i]));
            range_add(&d, (double)a->runs.run[i].tokens);
        }
    char label_n[FIG_TEXT], label_d[FIG_TEXT];
    const Axis x = axis_over(fig_label_n(label_n, a), true, TICK_SI, n, 0.08);
    const Axis y = axis_over(fig_label_d(label_d, a), true, TICK_SI, d, 0.06);
    plot_panel(plot, 0, NULL, x, y);
    contours(plot, a, &x, &y);
    frontier(plot, a, &x, &y);
    runs(plot, a, &a->fitted, "fit", MARK_DOT);
    runs(plot, a, &a->runs, "holdout", MARK_HOLLOW);

    plot_key_head(plot, "predicted loss");
    plot_key_line(plot, ink_ramp(0, 2), LINE_SOLID, "lowest contour");
    plot_key_line(plot, ink_ramp(1, 2), LINE_SOLID, "highest contour");
    plot_key_head(plot, "at each budget");
    plot_key_line(plot, INK_TEXT, LINE_SOLID, "best size");
    plot_key_head(plot, "runs");
    plot_key_point(plot, INK_TEXT, MARK_DOT, "fitted");
    if (a->nholdout > 0)
        plot_key_point(plot, INK_TEXT, MARK_HOLLOW, "held out");
    return true;
}
