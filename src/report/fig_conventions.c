/* fig_conventions.c - one set of runs, one method, and as many exponents as
 * there are ways to count parameters and compute. */

#include "report/fig.h"

#include "report/num.h"

#include <math.h>
#include <stdio.h>

bool fig_conventions(Plot *plot, const Analysis *a)
{
    const Conventions *all = &a->finds.conventions;
    const char **names = NEW(&plot->arena, const char *, all->count + 1);
    Range        x     = range_new();
    for (i64 i = 0; i < all->count; i++) {
        const Convention *one = &all->item[i];
        range_add(&x, one->a.value);
        range_add(&x, one->a.low);
        range_add(&x, one->a.high);
        names[i] = arena_print(&plot->arena, "N %s, C %s",
                               count_n_name(one->counts),
                               one->six_nd ? "6 N D" : "exact");
    }
    if (x.low > x.high)
        return false;
    range_add(&x, 0.5);
    plot->height = 250;
    plot_panel(plot, 0, NULL,
               axis_over("exponent a of N_opt ~ C^a", false, TICK_PLAIN, x,
                         0.06),
               axis_names("", names, (int)all->count));
    plot_rule_x(plot, 0.5);
    for (i64 i = 0; i < all->count; i++) {
        const Convention *one = &all->item[i];
        const bool own = one->counts == a->cost.counts && !one->six_nd;
        const Ink  ink = own ? INK_RED : INK_BLUE;
        char hover[FIG_TEXT], text[NUM_TEXT];
        snprintf(hover, sizeof hover, "%s: a = %s", names[i],
                 num_interval(text, one->a, 3));
        plot_span_x(plot, names[i], ink, one->a.low, one->a.high, (double)i);
        plot_point(plot, names[i], ink, MARK_DIAMOND, one->a.value,
                   (double)i, hover);
    }
    plot_key_point(plot, INK_RED, MARK_DIAMOND, "as this study counts");
    plot_key_point(plot, INK_BLUE, MARK_DIAMOND, "the same runs otherwise");
    return true;
}
