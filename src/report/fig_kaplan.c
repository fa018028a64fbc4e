/* fig_kaplan.c - the loss against size, data and compute, one panel each: a
 * power law is straight, and a floor bends it.
 *
 * SOURCE: in the manner of Kaplan et al. 2020, arXiv:2001.08361, figure 1. */

#include "report/fig.h"

#include "report/num.h"

#include <math.h>
#include <stdio.h>

enum { POINTS = 40 };

static Range reach(const KaplanAxis *axis)
{
    Range x = range_new();
    for (i64 i = 0; i < axis->count; i++)
        range_add(&x, axis->x[i]);
    return x;
}

static void draw_fit(Plot *plot, const KaplanFit *fit, Ink ink, Line line,
                     Range range, const char *name)
{
    double x[POINTS], y[POINTS], *column[1] = { x };
    if (!fit->fit.law)
        return;
    fig_spaced(x, POINTS, range.low, range.high);
    law_eval(y, NULL, NULL, fit->fit.law, fit->fit.theta, column, POINTS);
    plot_line(plot, name, ink, line, x, y, POINTS, name);
}

static void draw_points(Plot *plot, const Analysis *a, const KaplanAxis *axis,
                        Ink ink, const char *name)
{
    for (i64 i = 0; i < axis->count; i++) {
        const Mark mark = axis->counted[i] ? MARK_DOT : MARK_HOLLOW;
        if (axis->run[i])
            fig_run_point(plot, a, name, ink, mark, axis->x[i], axis->loss[i],
                          axis->run[i], axis->counted[i] ? NULL
                          : "its loss had not turned: more steps would help");
        else
            plot_point(plot, name, ink, mark, axis->x[i], axis->loss[i], name);
    }
}

static void draw_axis(Plot *plot, const Analysis *a, const KaplanAxis *axis,
                      Ink ink, const char *name)
{
    const Range x = reach(axis);
    if (axis->count == 0)
        return;
    draw_fit(plot, &axis->power, ink, LINE_DASHED, x, name);
    draw_fit(plot, &axis->floor, ink, LINE_SOLID, x, name);
    draw_points(plot, a, axis, ink, name);
}

/* Every curve, thin, behind the envelopes. */
static void draw_curves(Plot *plot, const KaplanSteps *s)
{
    Arena   scratch = { 0 };
    double *x = NEW(&scratch, double, s->count + 1);
    double *y = NEW(&scratch, double, s->count + 1);
    for (i64 r = 0; r < s->runs; r++) {
        i64  count = 0;
        char name[FIG_TEXT], n[NUM_TEXT];
        for (i64 i = 0; i < s->count; i++)
            if (s->point[i].run == r) {
                x[count]   = s->point[i].c;
                y[count++] = s->point[i].loss;
            }
        snprintf(name, sizeof name, "N %s", num_si(n, s->n[r], 3));
        plot_line(plot, name, ink_ramp(r, s->runs), LINE_THIN, x, y, count,
                  name);
    }
    arena_free(&scratch);
}

static Range losses(const KaplanFinds *k)
{
    Range y = range_new();
    const KaplanAxis *const all[] = { &k->n, &k->d, &k->c, &k->c_min };
    for (int j = 0; j < COUNT_OF(all); j++)
        for (i64 i = 0; i < all[j]->count; i++)
            range_add(&y, all[j]->loss[i]);
    for (i64 i = 0; i < k->steps.count; i++)
        range_add(&y, k->steps.point[i].loss);
    return y;
}

static Range computes(const KaplanSteps *s)
{
    Range x = range_new();
    for (i64 i = 0; i < s->count; i++) {
        range_add(&x, s->point[i].c);
        range_add(&x, s->point[i].c_min);
    }
    return x;
}

static void key(Plot *plot, const KaplanFinds *k)
{
    plot_key_point(plot, INK_BLUE, MARK_DOT, "a run");
    if (k->d.count > 0)
        plot_key_point(plot, INK_BLUE, MARK_HOLLOW, "not counted: it had not "
                       "turned");
    plot_key_point(plot, INK_RED, MARK_DOT, "envelope of the curves, C");
    if (k->c_min.count > 0)
        plot_key_point(plot, INK_GREEN, MARK_DOT, "and C_min");
    plot_key_line(plot, INK_GREY, LINE_DASHED, "power law");
    plot_key_line(plot, INK_GREY, LINE_SOLID, "with a floor");
}

bool fig_kaplan(Plot *plot, const Analysis *a)
{
    const KaplanFinds *k = &a->finds.kaplan;
    if (!k->any || k->n.count + k->d.count == 0)
        return false;
    Axis y = fig_axis_loss(a, true, losses(k), 0.05);
    plot_panel(plot, 0, "L(N), on much fresh text",
               axis_over("N without embeddings and head", true, TICK_SI,
                         reach(&k->n), 0.06), y);
    draw_axis(plot, a, &k->n, INK_BLUE, "L(N)");
    y.bare = true;
    plot_panel(plot, 1, "L(D), stopped early",
               axis_over("different text D", true, TICK_SI, reach(&k->d), 0.06),
               y);
    draw_axis(plot, a, &k->d, INK_BLUE, "L(D)");
    plot_panel(plot, 2, "L(C), best size",
               axis_over("compute 6 N D (FLOP)", true, TICK_POWER,
                         computes(&k->steps), 0.06), y);
    draw_curves(plot, &k->steps);
    draw_axis(plot, a, &k->c, INK_RED, "L(C)");
    draw_axis(plot, a, &k->c_min, INK_GREEN, "L(C_min)");
    key(plot, k);
    return true;
}
