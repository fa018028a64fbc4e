/* fig_position.c - how the loss falls along the context, by architecture: what
 * a model makes of what it has already read.
 *
 * SOURCE: Kaplan et al. 2020, arXiv:2001.08361, figures 7 and 20. */

#include "report/fig.h"

#include <math.h>

static Range range_of(const Positions *all, bool of_loss)
{
    Range range = range_new();
    for (i64 k = 0; k < all->count; k++)
        for (i64 i = 0; i < all->curve[k].count; i++)
            range_add(&range, of_loss ? all->curve[k].loss[i]
                                      : all->curve[k].position[i]);
    return range;
}

bool fig_position(Plot *plot, const Analysis *a)
{
    const Positions *all = &a->finds.positions;
    if (all->count == 0)
        return false;
    const Range loss = range_of(all, true);
    plot_panel(plot, 0, NULL,
               axis_over("place in the context (tokens)", true, TICK_PLAIN,
                         range_of(all, false), 0.02),
               fig_axis_loss(a, true, loss, 0.04));
    for (i64 k = 0; k < all->count; k++) {
        const PositionCurve *c = &all->curve[k];
        const Ink            ink = ink_ramp(k, all->count);
        const char          *name = c->run->name ? c->run->name : c->run->id;
        char hover[FIG_TEXT];
        if (c->count == 0)
            continue;
        plot->run = fig_run(a, c->run);
        plot_line(plot, name, ink, LINE_SOLID, c->position, c->loss, c->count,
                  fig_hover(hover, a, c->run));
        plot_tag(plot, ink, c->position[c->count - 1], c->loss[c->count - 1],
                 all->count <= 16 ? name : "");
    }
    return true;
}
