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

/* -- By factor, where shapes are changes of one ---------------------------- */

static void form(Plot *plot, const Analysis *a, const Form *f, Ink ink)
{
    for (i64 i = 0; i < f->count; i++) {
        const FormLevel *at = &f->level[i];
        const Shape      s = at->run->shape;
        char             more[NUM_TEXT];
        snprintf(more, sizeof more, "%lld layers, width %lld",
                 (long long)s.layers, (long long)s.width);
        if (isfinite(at->change.low))
            plot_span_y(plot, "shapes, interval", ink, at->x,
                        100 * at->change.low, 100 * at->change.high);
        fig_run_point(plot, a, "shapes", ink,
                      s.layers == 1 ? MARK_HOLLOW
                      : at->run == f->base ? MARK_DIAMOND : MARK_DOT,
                      at->x, 100 * at->change.value, at->run, more);
    }
}

static Range changes_of(const Forms *all)
{
    Range y = range_new();
    range_add(&y, 0);
    for (i64 k = 0; k < all->count; k++)
        for (i64 i = 0; i < all->form[k].count; i++) {
            const Interval c = all->form[k].level[i].change;
            range_add(&y, 100 * c.value);
            if (isfinite(c.low)) {
                range_add(&y, 100 * c.low);
                range_add(&y, 100 * c.high);
            }
        }
    return y;
}

/* Which size a form is of, among the different ones. */
static i64 size_of(const Forms *all, i64 form, i64 *sizes)
{
    i64 mine = 0;
    *sizes = 0;
    for (i64 k = 0; k < all->count; k++) {
        *sizes += k == 0 || all->form[k].n > all->form[k - 1].n * 1.0001;
        if (k == form)
            mine = *sizes - 1;
    }
    return mine;
}

static void factor(Plot *plot, const Analysis *a, FormFactor which)
{
    const Forms *all = &a->finds.forms;
    Range        x   = range_new();
    for (i64 k = 0; k < all->count; k++)
        for (i64 i = 0; all->form[k].factor == which
                        && i < all->form[k].count; i++)
            range_add(&x, all->form[k].level[i].x);
    Axis up = axis_over("change of loss (%)", false, TICK_PERCENT,
                        changes_of(all), 0.08);
    up.bare = which > 0;
    if (!(x.low <= x.high))
        range_add(&x, 1);
    plot_panel(plot, (int)which, NULL,
               axis_over(form_factor_x(which), true, TICK_PLAIN, x, 0.08), up);
    plot_rule_y(plot, 0);
    for (i64 k = 0; k < all->count; k++) {
        i64       sizes;
        const i64 mine = size_of(all, k, &sizes);
        if (all->form[k].factor == which)
            form(plot, a, &all->form[k], ink_ramp(mine, sizes));
    }
}

static bool by_factor(Plot *plot, const Analysis *a)
{
    const Forms *all = &a->finds.forms;
    i64          last = -1, sizes;
    for (int k = 0; k < FORM_FACTORS; k++)
        factor(plot, a, (FormFactor)k);
    plot_key_head(plot, "sizes");
    for (i64 k = 0; k < all->count && k < 10; k++) {
        char      text[FIG_TEXT], n[NUM_TEXT];
        const i64 mine = size_of(all, k, &sizes);
        if (mine == last)
            continue;
        last = mine;
        snprintf(text, sizeof text, "N %s", num_si(n, all->form[k].n, 3));
        plot_key_point(plot, ink_ramp(mine, sizes), MARK_DOT, text);
    }
    plot_key_point(plot, INK_GREY, MARK_DIAMOND, "what all are changes of");
    plot_key_point(plot, INK_GREY, MARK_HOLLOW, "one layer");
    return true;
}

bool fig_shape(Plot *plot, const Analysis *a)
{
    const Shapes *all = &a->finds.shapes;
    if (all->count == 0)
        return false;
    if (a->finds.forms.count > 0)
        return by_factor(plot, a);
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
