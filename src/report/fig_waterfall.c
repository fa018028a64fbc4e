/* fig_waterfall.c - from one published exponent to another, a setting changed
 * at a time: how much each step accounts for.
 *
 * SOURCE: Porian et al. 2024, arXiv:2406.19146, figure 1. */

#include "report/fig.h"

#include "report/num.h"

#include <math.h>
#include <stdio.h>

static void step(Plot *plot, const Waterfall *w, i64 i)
{
    char hover[FIG_TEXT], text[NUM_TEXT];
    const Interval value = { w->value[i], w->low[i], w->high[i] };
    const double   from  = i > 0 ? w->value[i - 1] : w->value[i];
    snprintf(hover, sizeof hover, "%.200s: %s (%+.3f)", w->step[i],
             num_interval(text, value, 3), w->value[i] - from);
    plot_bar(plot, w->step[i], w->value[i] < from ? INK_BLUE : INK_RED,
             fmin(from, w->value[i]), fmax(from, w->value[i]), (double)i,
             hover);
    plot_span_x(plot, w->step[i], INK_TEXT, w->low[i], w->high[i], (double)i);
    plot_point(plot, w->step[i], INK_TEXT, MARK_DIAMOND, w->value[i], (double)i,
               hover);
}

bool fig_waterfall(Plot *plot, const Analysis *a)
{
    const Waterfall *w = &a->finds.waterfall;
    Range x = range_new();
    if (w->count == 0)
        return false;
    for (i64 i = 0; i < w->count; i++) {
        range_add(&x, w->value[i]);
        range_add(&x, w->low[i]);
        range_add(&x, w->high[i]);
    }
    plot->height = fmax(160, 30 * (double)w->count);
    plot_panel(plot, 0, NULL,
               axis_over("exponent a of N_opt ~ C^a", false, TICK_PLAIN, x,
                         0.06),
               axis_names("", w->step, (int)w->count));
    for (i64 i = 0; i < w->count; i++)
        step(plot, w, i);
    plot_key_band(plot, INK_BLUE, "lowers it");
    plot_key_band(plot, INK_RED, "raises it");
    plot_key_point(plot, INK_TEXT, MARK_DIAMOND, "exponent, with its interval");
    return true;
}
