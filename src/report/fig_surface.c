/* fig_surface.c - the fitted law as a map: contours of loss over N and D.
 *
 * Contours are found by halving, whatever the law's formula: all that is used
 * is that more of both, size and data, never hurts. */

#include "report/fig.h"

#include "report/num.h"
#include "plan/plan.h"

#include <math.h>
#include <stdio.h>

enum { POINTS = 90, LEVELS = 14 };

static double loss_at(const Analysis *a, double n, double d)
{
    return law_at(a->chosen->law, a->chosen->theta, n, d);
}

/* A place on the map, both shares 0..1 along its edges. */
static double n_at(const Axis *x, double share)
{
    return x->low * pow(x->high / x->low, share);
}

/* Along lines on which N and D rise together the loss only falls, so halving
 * finds the contour wherever it lies; and going from line to line, across,
 * meets steep and flat parts alike. `across` is the share in N less that in D.
 * NaN where the map has no such loss. */
static double along(const Analysis *a, const Axis *x, const Axis *y,
                    double across, double loss)
{
    double low = -0.5, high = 2.5; /* the sum of both shares */
    for (int i = 0; i < 44; i++) {
        const double sum = (low + high) / 2;
        if (loss_at(a, n_at(x, (sum + across) / 2),
                    n_at(y, (sum - across) / 2)) > loss)
            low = sum;
        else
            high = sum;
    }
    return low > -0.49 && high < 2.49 ? (low + high) / 2 : NAN;
}

/* At the right edge of the map, just below the line. */
static void label(Plot *plot, const Axis *x, const Axis *y, const char *text,
                  const double *n, const double *d, i64 last)
{
    if (last < 1 || n[last] < n_at(x, 0.97))
        return;
    const double at = axis_share(y, d[last]);
    if (at > 0.05 && at < 1)
        plot_note(plot, n_at(x, 0.994), n_at(y, at - 0.036), "end", text);
}

static void contour(Plot *plot, const Analysis *a, double loss, Ink ink,
                    const Axis *x, const Axis *y)
{
    double n[POINTS], d[POINTS];
    i64    last = -1;
    for (i64 i = 0; i < POINTS; i++) {
        const double across = 2.1 * ((double)i / (POINTS - 1) - 0.5);
        const double sum    = along(a, x, y, across, loss);
        n[i] = n_at(x, (sum + across) / 2);
        d[i] = n_at(y, (sum - across) / 2);
        if (!(d[i] < y->high * 1.2 && d[i] > y->low / 1.2))
            d[i] = NAN; /* off the map */
        else if (n[i] <= x->high)
            last = i;
    }
    if (last < 0)
        return;
    char text[NUM_TEXT], series[FIG_TEXT];
    snprintf(text, sizeof text, "%.2f", loss);
    snprintf(series, sizeof series, "loss %s", text);
    plot_line(plot, series, ink, LINE_SOLID, n, d, POINTS, series);
    label(plot, x, y, text, n, d, last);
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
    Fit       line     = *a->chosen;
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
    for (i64 i = 0; i < list->count; i++) {
        const Run *run = &list->run[i];
        if (run->group && run->group[0] == group[0] && isfinite(run->val_loss))
            fig_run_point(plot, a, group, INK_TEXT, mark, fig_n(a, run),
                          (double)run->tokens, run, NULL);
    }
}

bool fig_surface(Plot *plot, const Analysis *a)
{
    if (a->fitted.count == 0 || !a->chosen)
        return false;
    Range n = range_new(), d = range_new();
    for (i64 i = 0; i < a->runs.count; i++)
        if (isfinite(a->runs.run[i].val_loss) && a->runs.run[i].tokens > 0) {
            range_add(&n, fig_n(a, &a->runs.run[i]));
            range_add(&d, (double)a->runs.run[i].tokens);
        }
    const Axis x = fig_axis_n(a, n, 0.08);
    const Axis y = fig_axis_d(a, d, 0.06);
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
