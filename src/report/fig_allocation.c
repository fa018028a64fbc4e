/* fig_allocation.c - N_opt(C) by three approaches, with bands, carried on to
 * the largest budget that the study plans for.
 *
 * Approaches 1 and 2 are power laws, and their bands come from the draws of
 * their lines. Approach 3 is asked at each budget anew, since under the
 * family's own cost its line bends.
 *
 * SOURCE: Hoffmann et al. 2022, arXiv:2203.15556, figures 1 and A3. */

#include "report/fig.h"

#include "report/num.h"
#include "plan/plan.h"

#include <math.h>
#include <stdio.h>

enum { STEPS = 13 };

typedef struct Road {
    const char *name;
    Ink         ink;
    i64         count;
    double      c[STEPS], n[STEPS], low[STEPS], high[STEPS];
} Road;

static Interval line_at(const Frontier *line, double c, double level)
{
    const double value = exp(line->ln_coef_n + line->a.value * log(c));
    if (line->ndraw == 0)
        return (Interval){ value, NAN, NAN };
    Arena   scratch = { 0 };
    double *one     = NEW(&scratch, double, line->ndraw);
    for (i64 i = 0; i < line->ndraw; i++)
        one[i] = exp(line->draw[4 * i + 2] + line->draw[4 * i] * log(c));
    const Interval out = fit_interval(value, one, line->ndraw, level);
    arena_free(&scratch);
    return out;
}

static void road_put(Road *road, double c, Interval n)
{
    road->c[road->count]      = c;
    road->n[road->count]      = n.value;
    road->low[road->count]    = n.low;
    road->high[road->count++] = n.high;
}

static Road road_of_line(const Frontier *line, const char *name, Ink ink,
                         const double *c, double level)
{
    Road road = { .name = name, .ink = ink };
    for (i64 i = 0; i < STEPS && line->npoint > 0; i++)
        road_put(&road, c[i], line_at(line, c[i], level));
    return road;
}

static Road road_of_surface(const Analysis *a, const char *name, Ink ink,
                            const double *c)
{
    Road road = { .name = name, .ink = ink };
    for (i64 i = 0; i < STEPS; i++) {
        Plan plan;
        Err  err = { 0 };
        if (plan_budget(&plan, a->chosen, &a->cost, c[i], a->c_fit, &err))
            road_put(&road, c[i], plan.n);
    }
    return road;
}

/* A band that spans many decades would squeeze everything else flat: the axis
 * follows it to a factor 5 about the line, and the rest is cut off. */
static void road_range(Range *y, const Road *road)
{
    for (i64 i = 0; i < road->count; i++) {
        range_add(y, road->n[i]);
        range_add(y, fmax(road->low[i], road->n[i] / 5));
        range_add(y, fmin(road->high[i], road->n[i] * 5));
    }
}

static void road_draw(Plot *plot, const Road *road)
{
    if (road->count == 0)
        return;
    plot_band(plot, road->name, road->ink, road->c, road->low, road->high,
              road->count);
    plot_line(plot, road->name, road->ink, LINE_SOLID, road->c, road->n,
              road->count, road->name);
    plot_key_line(plot, road->ink, LINE_SOLID, road->name);
}

static void vertex(Plot *plot, const IsoflopBudget *b, const char *series,
                   Ink ink, Mark mark)
{
    if (b->npoint == 0 || !b->inside)
        return;
    char hover[FIG_TEXT], flop[NUM_TEXT], n[NUM_TEXT];
    snprintf(hover, sizeof hover, "%.20s, %.40s FLOP: N = %.60s", series,
             num_power(flop, b->c), num_si_interval(n, b->n));
    plot_span_y(plot, series, ink, b->c, b->n.low, b->n.high);
    plot_point(plot, series, ink, mark, b->c, b->n.value, hover);
}

static void vertices(Plot *plot, const Analysis *a)
{
    for (i64 i = 0; i < a->nbudget; i++)
        vertex(plot, &a->budget[i], "IsoFLOP minima", INK_BLUE, MARK_DIAMOND);
    plot_key_point(plot, INK_BLUE, MARK_DIAMOND, "IsoFLOP minima");
    if (a->held_minimum.npoint == 0)
        return;
    vertex(plot, &a->held_minimum, "held out, measured", INK_TEXT,
           MARK_HOLLOW);
    plot_key_point(plot, INK_TEXT, MARK_HOLLOW, "held out, measured");
}

static double last_c(const Analysis *a)
{
    double c = a->c_largest;
    for (i64 i = 0; i < a->nplan; i++)
        c = fmax(c, a->plan[i].c);
    return c;
}

static double first_c(const Analysis *a)
{
    double c = a->c_fit;
    for (i64 i = 0; i < a->fitted.count; i++)
        c = fmin(c, a->fitted.run[i].budget);
    return c;
}

static Range sizes(const Analysis *a, const Road *road, int count)
{
    Range y = range_new();
    for (int i = 0; i < count; i++)
        road_range(&y, &road[i]);
    for (i64 i = 0; i < a->nbudget; i++)
        if (a->budget[i].inside)
            range_add(&y, a->budget[i].n.value);
    if (a->held_minimum.npoint > 0)
        range_add(&y, a->held_minimum.n.value);
    return y;
}

bool fig_allocation(Plot *plot, const Analysis *a)
{
    if (a->fitted.count == 0)
        return false;
    double       c[STEPS];
    const double first = first_c(a) / 2, last = last_c(a) * 1.5;
    const double level = a->huber.options.level;
    fig_spaced(c, STEPS, first, last);
    const Road road[] = {
        road_of_line(&a->envelope, "1 envelope", INK_GREEN, c, level),
        road_of_line(&a->isoflop, "2 IsoFLOP", INK_BLUE, c, level),
        road_of_surface(a, "3 fitted law", INK_RED, c),
    };
    const Range y = sizes(a, road, COUNT_OF(road));
    if (y.low > y.high)
        return false;

    char label[FIG_TEXT];
    plot_panel(plot, 0, NULL,
               axis_over("training compute C (FLOP)", true, TICK_POWER,
                         (Range){ first, last }, 0),
               axis_over(fig_label_n(label, a), true, TICK_SI, y, 0.03));
    plot_shade(plot, a->c_fit, last);
    plot_key_head(plot, "approaches");
    for (int i = 0; i < COUNT_OF(road); i++)
        road_draw(plot, &road[i]);
    vertices(plot, a);
    plot_key_band(plot, INK_GREY, "beyond the fit");
    return true;
}
