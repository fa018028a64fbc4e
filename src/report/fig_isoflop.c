/* fig_isoflop.c - approach 2: loss against size, a curve a budget.
 *
 * SOURCE: Hoffmann et al. 2022, arXiv:2203.15556, figure 3. */

#include "report/fig.h"

#include "plan/plan.h"
#include "report/num.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { POINTS = 60 };

static double parabola(const IsoflopBudget *budget, double n)
{
    const double x = log(n);
    return budget->quad[0] + x * (budget->quad[1] + x * budget->quad[2]);
}

/* A parabola is known by what its runs really spent, which whole steps make a
 * little other than the budget they were given. */
static const IsoflopBudget *of_budget(const Analysis *a, double c)
{
    const double same = 0.05;
    for (i64 i = 0; i < a->nbudget; i++)
        if (fabs(log(a->budget[i].c / c)) < same)
            return &a->budget[i];
    return NULL;
}

static Range sizes_at(const Analysis *a, double c)
{
    Range range = range_new();
    for (i64 i = 0; i < a->fitted.count; i++)
        if (fig_index(&c, 1, a->fitted.run[i].budget) == 0)
            range_add(&range, fig_n(a, &a->fitted.run[i]));
    return range;
}

static void draw_curve(Plot *plot, const Analysis *a, double c, Ink ink,
                       const char *name)
{
    const IsoflopBudget *budget = of_budget(a, c);
    const Range          sizes  = sizes_at(a, c);
    if (!budget || !(sizes.high > sizes.low))
        return;

    double n[POINTS], loss[POINTS];
    fig_spaced(n, POINTS, sizes.low, sizes.high);
    for (i64 i = 0; i < POINTS; i++)
        loss[i] = parabola(budget, n[i]);
    char series[FIG_TEXT];
    snprintf(series, sizeof series, "%.100s parabola", name);
    plot_line(plot, series, ink, budget->inside ? LINE_SOLID : LINE_DOTTED, n,
              loss, POINTS, name);
}

/* The law's own cut through this budget, where it bends otherwise. */
static void draw_surface(Plot *plot, const Analysis *a, double c, Ink ink,
                         const char *name)
{
    const Range sizes = sizes_at(a, c);
    double      n[POINTS], loss[POINTS];
    char        series[FIG_TEXT];
    if (!(sizes.high > sizes.low) || !a->chosen)
        return;
    fig_spaced(n, POINTS, sizes.low, sizes.high);
    for (i64 i = 0; i < POINTS; i++)
        loss[i] = law_at(a->chosen->law, a->chosen->theta, n[i],
                         c / plan_flop_per_token(&a->cost, n[i]));
    snprintf(series, sizeof series, "%.100s law", name);
    plot_line(plot, series, ink, LINE_DASHED, n, loss, POINTS, series);
}

static void draw_vertex(Plot *plot, const IsoflopBudget *budget, Ink ink,
                        const char *name)
{
    if (!budget || !budget->inside)
        return;
    char series[FIG_TEXT], hover[FIG_TEXT], n[NUM_TEXT];
    snprintf(series, sizeof series, "%.100s minimum", name);
    snprintf(hover, sizeof hover, "%.40s: least at N = %.60s", name,
             num_si_interval(n, budget->n));
    plot_span_x(plot, series, ink, budget->n.low, budget->n.high,
                budget->loss.value);
    plot_point(plot, series, ink, MARK_DIAMOND, budget->n.value,
               budget->loss.value, hover);
}

static void draw_runs(Plot *plot, const Analysis *a, const RunList *runs,
                      double c, Ink ink, Mark mark, const char *group,
                      const char *name)
{
    char series[FIG_TEXT];
    snprintf(series, sizeof series, "%.100s %.20s", name, group);
    for (i64 i = 0; i < runs->count; i++)
        if (fig_index(&c, 1, runs->run[i].budget) == 0)
            fig_run_point(plot, a, series, ink, mark, fig_n(a, &runs->run[i]),
                          runs->run[i].val_loss, &runs->run[i], NULL);
}

/* At the largest size of the budget. */
static void tag(Plot *plot, const Analysis *a, double c, Ink ink,
                const char *name)
{
    const Run *last = NULL;
    for (i64 i = 0; i < a->fitted.count; i++) {
        const Run *run = &a->fitted.run[i];
        if (fig_index(&c, 1, run->budget) == 0
            && (!last || fig_n(a, run) > fig_n(a, last)))
            last = run;
    }
    if (last)
        plot_tag(plot, ink, fig_n(a, last), last->val_loss, name);
}

static void draw_budgets(Plot *plot, const Analysis *a, const double *c,
                         i64 count)
{
    for (i64 i = 0; i < count; i++) {
        char flop[NUM_TEXT], name[FIG_TEXT];
        snprintf(name, sizeof name, "%s FLOP", num_power(flop, c[i]));
        const Ink ink = ink_ramp(i, count);
        draw_curve(plot, a, c[i], ink, name);
        draw_surface(plot, a, c[i], ink, name);
        draw_runs(plot, a, &a->fitted, c[i], ink, MARK_DOT, "runs", name);
        draw_vertex(plot, of_budget(a, c[i]), ink, name);
        tag(plot, a, c[i], ink, name);
    }
}

/* Held-out runs of one fit's prediction, as plain arrays rising in N. */
typedef struct Held {
    i64     count;
    double *n, *low, *high, *loss;
    double  c;
} Held;

static Held held_of(Arena *arena, const Analysis *a)
{
    Held held = { .n    = NEW(arena, double, a->nholdout + 1),
                  .low  = NEW(arena, double, a->nholdout + 1),
                  .high = NEW(arena, double, a->nholdout + 1),
                  .loss = NEW(arena, double, a->nholdout + 1) };
    for (i64 i = 0; i < a->nholdout; i++) {
        const Prediction *p = &a->holdout[i].predicted;
        if (strcmp(p->fit, a->chosen_fit) != 0)
            continue;
        i64 at = held.count++;
        for (; at > 0 && held.n[at - 1] > p->n; at--) {
            held.n[at]    = held.n[at - 1];
            held.low[at]  = held.low[at - 1];
            held.high[at] = held.high[at - 1];
            held.loss[at] = held.loss[at - 1];
        }
        held.n[at]    = p->n;
        held.low[at]  = p->low;
        held.high[at] = p->high;
        held.loss[at] = p->loss;
        held.c        = p->c;
    }
    return held;
}

static void draw_holdout(Plot *plot, const Analysis *a, const Held *held)
{
    plot_band(plot, "held-out predicted", INK_GREY, held->n, held->low,
              held->high, held->count);
    plot_line(plot, "held-out predicted", INK_TEXT, LINE_DASHED, held->n,
              held->loss, held->count, "predicted before training");
    for (i64 i = 0; i < a->nholdout; i++) {
        const HoldoutRow *row = &a->holdout[i];
        if (strcmp(row->predicted.fit, a->chosen_fit) == 0 && row->run)
            fig_run_point(plot, a, "held-out measured", INK_TEXT, MARK_HOLLOW,
                          row->predicted.n, row->measured, row->run, NULL);
    }
    char flop[NUM_TEXT], name[FIG_TEXT];
    snprintf(name, sizeof name, "%s FLOP, held out",
             num_power(flop, isfinite(a->info.holdout) ? a->info.holdout
                                                       : held->c));
    if (held->count > 0)
        plot_tag(plot, INK_TEXT, held->n[held->count - 1],
                 held->loss[held->count - 1], "held out");
    plot_key_head(plot, name);
    plot_key_line(plot, INK_TEXT, LINE_DASHED, "predicted");
    plot_key_band(plot, INK_GREY, "for a single run");
    plot_key_point(plot, INK_TEXT, MARK_HOLLOW, "measured");
}

static void ranges(Range *x, Range *y, const Analysis *a, const Held *held)
{
    for (i64 i = 0; i < a->fitted.count; i++) {
        range_add(x, fig_n(a, &a->fitted.run[i]));
        range_add(y, a->fitted.run[i].val_loss);
    }
    for (i64 i = 0; i < a->nbudget; i++)
        if (a->budget[i].inside)
            range_add(y, a->budget[i].loss.value);
    for (i64 i = 0; i < held->count; i++) {
        range_add(x, held->n[i]);
        range_add(y, held->loss[i]);
        range_add(y, held->low[i]);
    }
    for (i64 i = 0; i < a->nholdout; i++)
        range_add(y, a->holdout[i].measured);
}

bool fig_isoflop(Plot *plot, const Analysis *a)
{
    if (a->fitted.count == 0)
        return false;
    Arena      scratch = { 0 };
    const Held held    = held_of(&scratch, a);
    Range x = range_new(), y = range_new();
    ranges(&x, &y, a, &held);

    plot_panel(plot, 0, NULL, fig_axis_n(a, x, 0.04),
               fig_axis_loss(a, true, y, 0.05));
    double   *c     = NEW(&scratch, double, a->fitted.count + 1);
    const i64 count = fig_distinct(c, &a->fitted, a, fig_budget);
    draw_budgets(plot, a, c, count);
    plot_key_point(plot, INK_GREY, MARK_DOT, "a run");
    plot_key_line(plot, INK_GREY, LINE_SOLID, "parabola");
    plot_key_line(plot, INK_GREY, LINE_DASHED, "the fitted law");
    plot_key_point(plot, INK_GREY, MARK_DIAMOND, "least, 95 %");
    if (held.count > 0)
        draw_holdout(plot, a, &held);
    arena_free(&scratch);
    return true;
}
