/* fig_waterfall.c - from Kaplan's exponent to Chinchilla's, a factor changed at a
 * time: how much each step accounts for.
 *
 * SOURCE: Porian et al. 2024, arXiv:2406.19146, figure 1. */

#include "report/fig.h"

#include "report/num.h"

#include <math.h>
#include <stdio.h>

/* The published exponents as rings on the same line. */
static void step(Plot *plot, const Waterfall *w, int i)
{
    char hover[FIG_TEXT], text[NUM_TEXT];
    const WaterStep *s = &w->step[i];
    const Interval   a = s->e.a;
    const double     y = i;
    const double  from = i > 0 && isfinite(w->step[i - 1].e.a.value)
                       ? w->step[i - 1].e.a.value : a.value;
    snprintf(hover, sizeof hover, "%s: %s%s%s", s->name,
             num_interval(text, a, 3), i > 0 ? "; " : "",
             water_way_name(s->way));
    for (int k = 0; k < 2; k++)
        plot_point(plot, "published", INK_GREY, MARK_HOLLOW, s->published[k], y,
                   k ? "Porian et al. 2024, OpenWebText2"
                     : "Porian et al. 2024, RefinedWeb");
    if (!isfinite(a.value))
        return;
    plot_bar(plot, s->name, a.value < from ? INK_BLUE : INK_RED,
             fmin(from, a.value), fmax(from, a.value), y, hover);
    if (isfinite(a.low))
        plot_span_x(plot, s->name, INK_TEXT, a.low, a.high, y);
    plot_point(plot, s->name, INK_TEXT, MARK_DIAMOND, a.value, y, hover);
}

static Range range_of(const Waterfall *w)
{
    Range x = range_new();
    for (int i = 0; i < w->count; i++) {
        const WaterStep *s = &w->step[i];
        const double at[] = { s->e.a.value, s->e.a.low, s->e.a.high,
                              s->published[0], s->published[1] };
        for (int k = 0; k < COUNT_OF(at); k++)
            if (isfinite(at[k]))
                range_add(&x, at[k]);
    }
    return x;
}

bool fig_waterfall(Plot *plot, const Analysis *a)
{
    const Waterfall *w = &a->finds.waterfall;
    if (w->count == 0)
        return false;
    plot->height = fmax(160, 30 * (double)w->count);
    plot_panel(plot, 0, NULL,
               axis_over("exponent a of N_opt ~ C^a", false, TICK_PLAIN,
                         range_of(w), 0.06),
               axis_names("", w->name, w->count));
    for (int i = 0; i < w->count; i++)
        step(plot, w, i);
    plot_key_band(plot, INK_BLUE, "lowers it");
    plot_key_band(plot, INK_RED, "raises it");
    plot_key_point(plot, INK_TEXT, MARK_DIAMOND, "exponent, with its interval");
    plot_key_point(plot, INK_GREY, MARK_HOLLOW, "published (Porian et al. 2024)");
    return true;
}
