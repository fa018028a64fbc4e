/* fig_position.c - how the loss falls along the context, by architecture: what
 * a model makes of what it has already read. Colours are architectures where
 * there are several, else sizes.
 *
 * SOURCE: Kaplan et al. 2020, arXiv:2001.08361, figures 7 and 20. */

#include "report/fig.h"

#include "report/num.h"

#include <math.h>
#include <stdio.h>

static Range range_of(const Positions *all, bool of_loss)
{
    Range range = range_new();
    for (i64 k = 0; k < all->count; k++)
        for (i64 i = 0; i < all->curve[k].count; i++)
            range_add(&range, of_loss ? all->curve[k].loss[i]
                                      : all->curve[k].position[i]);
    return range;
}

/* Number of this curve's architecture, in order of first appearance; there are
 * a dozen curves at most. */
static int arch_of(const Positions *all, i64 k)
{
    int next = 0;
    for (i64 i = 0; i < k; i++) {
        const int of = arch_of(all, i);
        if (finds_same_text(all->curve[i].run->arch, all->curve[k].run->arch))
            return of;
        next = of >= next ? of + 1 : next;
    }
    return next;
}

static bool several(const Positions *all)
{
    for (i64 k = 1; k < all->count; k++)
        if (!finds_same_text(all->curve[k].run->arch, all->curve[0].run->arch))
            return true;
    return false;
}

bool fig_position(Plot *plot, const Analysis *a)
{
    enum { KINDS = 5 };
    const Positions *all = &a->finds.positions;
    if (all->count == 0)
        return false;
    const bool kinds = several(all);
    plot_panel(plot, 0, NULL,
               axis_over("place in the context (tokens)", true, TICK_PLAIN,
                         range_of(all, false), 0.02),
               fig_axis_loss(a, true, range_of(all, true), 0.04));
    for (i64 k = 0; k < all->count; k++) {
        const PositionCurve *c = &all->curve[k];
        const Ink ink = kinds ? (Ink)(INK_BLUE + arch_of(all, k) % KINDS)
                              : ink_ramp(k, all->count);
        char hover[FIG_TEXT], name[FIG_TEXT], n[NUM_TEXT];
        if (c->count == 0)
            continue;
        snprintf(name, sizeof name, "%s%.40s%s", num_si(n, fig_n(a, c->run), 3),
                 kinds ? " " : "", kinds && c->run->arch ? c->run->arch : "");
        plot->run = fig_run(a, c->run);
        plot_line(plot, name, ink, LINE_SOLID, c->position, c->loss, c->count,
                  fig_hover(hover, a, c->run));
        plot_tag(plot, ink, c->position[c->count - 1], c->loss[c->count - 1],
                 name);
    }
    return true;
}
