/* fig_collapse.c - scarce text: the loss that a sample allows at each size, and
 * all of them on one curve of N^p/D, if Kaplan's law of both holds.
 *
 * SOURCE: in the manner of Kaplan et al. 2020, arXiv:2001.08361, figures 9 and
 *         16. */

#include "report/fig.h"

#include "report/num.h"

#include <math.h>
#include <stdio.h>

enum { POINTS = 40, SIZES = 12 };

/* Sizes in the order of the samples, which is rising. */
static int sizes_of(double n[SIZES], const KaplanOverfit *o)
{
    int count = 0;
    for (i64 i = 0; i < o->count && count < SIZES; i++)
        if (count == 0 || o->sample[i].n > n[count - 1] * 1.001)
            n[count++] = o->sample[i].n;
    return count;
}

static void draw_law(Plot *plot, const Fit *fit, double n, Range d, Ink ink,
                     const char *name)
{
    double size[POINTS], x[POINTS], y[POINTS], *column[2] = { size, x };
    if (!fit->law)
        return;
    fig_spaced(x, POINTS, d.low, d.high);
    for (int i = 0; i < POINTS; i++)
        size[i] = n;
    law_eval(y, NULL, NULL, fit->law, fit->theta, column, POINTS);
    plot_line(plot, name, ink, LINE_SOLID, x, y, POINTS, name);
}

static void panel_losses(Plot *plot, const Analysis *a, const double *n,
                         int sizes)
{
    const KaplanOverfit *o = &a->finds.kaplan.overfit;
    Range d = range_new(), y = range_new();
    for (i64 i = 0; i < o->count; i++) {
        range_add(&d, o->sample[i].d);
        range_add(&y, o->sample[i].loss);
    }
    plot_panel(plot, 0, "least loss on a sample",
               axis_over("different text D", true, TICK_SI, d, 0.06),
               fig_axis_loss(a, true, y, 0.06));
    for (int k = 0; k < sizes; k++) {
        char name[FIG_TEXT], text[NUM_TEXT];
        const Ink ink = ink_ramp(k, sizes);
        snprintf(name, sizeof name, "N %s", num_si(text, n[k], 3));
        draw_law(plot, &o->law.fit, n[k], d, ink, name);
        for (i64 i = 0; i < o->count; i++)
            if (finds_same(o->sample[i].n, n[k], 0.001))
                fig_run_point(plot, a, name, ink,
                              o->sample[i].turned ? MARK_DOT : MARK_HOLLOW,
                              o->sample[i].d, o->sample[i].loss,
                              o->sample[i].run, NULL);
        plot_key_line(plot, ink, LINE_SOLID, name);
    }
}

/* delta L = (1 + k x)^alpha_D - 1 with k = D_c/N_c^(alpha_N/alpha_D). */
static void draw_collapsed(Plot *plot, const KaplanOverfit *o, Range x)
{
    double at[POINTS], y[POINTS];
    const double power = o->power.value;
    const double k = kaplan_constant(&o->law, "D_c").value
                   / pow(kaplan_constant(&o->law, "N_c").value, power);
    const double alpha = kaplan_constant(&o->law, "alpha_D").value;
    if (!isfinite(k) || !(x.low < x.high))
        return;
    fig_spaced(at, POINTS, x.low, x.high);
    for (int i = 0; i < POINTS; i++)
        y[i] = pow(1 + k * at[i], alpha) - 1;
    plot_line(plot, "equation 4.3", INK_GREY, LINE_DASHED, at, y, POINTS,
              "what the fitted L(N,D) says of every size");
    plot_key_line(plot, INK_GREY, LINE_DASHED, "fitted L(N,D), any size");
}

static void panel_excess(Plot *plot, const Analysis *a, const double *n,
                         int sizes, bool collapsed)
{
    const KaplanOverfit *o = &a->finds.kaplan.overfit;
    Range x = range_new(), y = range_new();
    char  label[FIG_TEXT];
    for (i64 i = 0; i < o->count; i++)
        if (o->sample[i].excess > 1e-3) {
            range_add(&x, collapsed ? o->sample[i].x : 1 / o->sample[i].d);
            range_add(&y, o->sample[i].excess);
        }
    snprintf(label, sizeof label, collapsed ? "N^%.2f / D" : "1 / D",
             o->power.value);
    plot_panel(plot, collapsed ? 2 : 1,
               collapsed ? "by size over text" : "by text alone",
               axis_over(label, true, TICK_POWER, x, 0.06),
               axis_over("loss over that on all the text, less 1", true,
                         TICK_PLAIN, y, 0.06));
    if (collapsed)
        draw_collapsed(plot, o, x);
    for (i64 i = 0; i < o->count; i++) {
        const KaplanSample *s = &o->sample[i];
        if (s->excess > 1e-3)
            fig_run_point(plot, a, "samples",
                          ink_ramp(fig_index(n, sizes, s->n), sizes),
                          s->turned ? MARK_DOT : MARK_HOLLOW,
                          collapsed ? s->x : 1 / s->d, s->excess, s->run, NULL);
    }
}

bool fig_collapse(Plot *plot, const Analysis *a)
{
    const KaplanOverfit *o = &a->finds.kaplan.overfit;
    double    n[SIZES];
    const int sizes = sizes_of(n, o);
    if (o->count < 4 || !isfinite(o->power.value))
        return false;
    panel_losses(plot, a, n, sizes);
    panel_excess(plot, a, n, sizes, false);
    panel_excess(plot, a, n, sizes, true);
    plot_key_point(plot, INK_GREY, MARK_DOT, "its loss had turned");
    plot_key_point(plot, INK_GREY, MARK_HOLLOW, "still falling at its end");
    return true;
}
