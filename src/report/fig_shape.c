/* fig_shape.c - how little the form of a model matters, at one size.
 *
 * SOURCE: Kaplan et al. 2020, arXiv:2001.08361, figure 5. */

#include "report/fig.h"

#include "report/num.h"

#include <math.h>
#include <stdio.h>

static double aspect(const Run *run)
{
    return (double)run->shape.width / (double)run->shape.layers;
}

static double feed(const Run *run)
{
    return (double)run->shape.ff / (double)run->shape.width;
}

static double head(const Run *run)
{
    return (double)run->shape.width / (double)run->shape.heads;
}

static void panel(Plot *plot, const Analysis *a, int which, const char *label,
                  double (*of)(const Run *))
{
    const Shapes *all = &a->finds.shapes;
    Range x = range_new(), y = range_new();
    range_add(&y, 0);
    for (i64 k = 0; k < all->count; k++)
        for (i64 i = 0; i < all->set[k].count; i++) {
            range_add(&x, of(all->set[k].run[i]));
            range_add(&y, 100 * all->set[k].excess[i]);
        }
    Axis up = axis_over("loss over the best shape's (%)", false, TICK_PERCENT,
                        y, 0.08);
    up.bare = which > 0;
    plot_panel(plot, which, NULL, axis_over(label, true, TICK_PLAIN, x, 0.08),
               up);
    plot_rule_y(plot, 0);
    for (i64 k = 0; k < all->count; k++)
        for (i64 i = 0; i < all->set[k].count; i++) {
            const Run   *run = all->set[k].run[i];
            const double at  = 100 * all->set[k].excess[i];
            const double bar = 100 * run->val_se / run->val_loss;
            const Ink    ink = ink_ramp(k, all->count);
            char more[NUM_TEXT];
            snprintf(more, sizeof more, "%lld layers, width %lld",
                     (long long)run->shape.layers,
                     (long long)run->shape.width);
            plot_span_y(plot, "shapes, standard error", ink, of(run), at - bar,
                        at + bar);
            fig_run_point(plot, a, "shapes", ink, MARK_DOT, of(run), at, run,
                          more);
        }
}

bool fig_shape(Plot *plot, const Analysis *a)
{
    const Shapes *all = &a->finds.shapes;
    if (all->count == 0)
        return false;
    panel(plot, a, 0, "width / layers", aspect);
    panel(plot, a, 1, "feed-forward / width", feed);
    panel(plot, a, 2, "width of a head", head);
    plot_key_head(plot, "sizes");
    for (i64 k = 0; k < all->count && k < 10; k++) {
        char text[FIG_TEXT], n[NUM_TEXT], d[NUM_TEXT];
        snprintf(text, sizeof text, "N %s, D %s", num_si(n, all->set[k].n, 3),
                 num_si(d, all->set[k].d, 3));
        plot_key_point(plot, ink_ramp(k, all->count), MARK_DOT, text);
    }
    return true;
}
