/* fig_transfer.c - losses after a start from another text beside those from
 * nothing, and the data that the start was worth.
 *
 * SOURCE: Hernandez et al. 2021, arXiv:2102.01293, figures 2 and 3. */

#include "report/fig.h"

#include "report/num.h"

#include <math.h>
#include <stdio.h>

enum { STEPS = 60 };

static const char *size_name(char out[NUM_TEXT], const TransferSize *size)
{
    const Shape *s = &size->tuned.cell[0].run->shape;
    snprintf(out, NUM_TEXT, "%lldx%lld", (long long)s->layers,
             (long long)s->width);
    return out;
}

static void draw_curve(Plot *plot, const TransferSize *size, Ink ink,
                       const char *name)
{
    double x[STEPS], y[STEPS];
    const EqualData *c = &size->curve;
    if (c->count < 2)
        return;
    for (int i = 0; i < STEPS; i++) {
        const double share = (double)i / (STEPS - 1);
        const double at = c->x[0] + share * (c->x[c->count - 1] - c->x[0]);
        x[i] = exp(equal_data_at(c, -at, false));
        y[i] = exp(-at);
    }
    plot_line(plot, name, ink, LINE_SOLID, x, y, STEPS, name);
}

static void panel_losses(Plot *plot, const Analysis *a, const Transfer *t)
{
    Range x = range_new(), y = range_new();
    for (i64 k = 0; k < t->sizes; k++)
        for (i64 i = 0; i < t->size[k].scratch.count; i++) {
            range_add(&x, t->size[k].scratch.cell[i].d);
            range_add(&y, exp(t->size[k].scratch.cell[i].ln_loss));
        }
    for (i64 i = 0; i < t->count; i++) {
        range_add(&x, t->point[i].d_f);
        range_add(&y, t->point[i].loss);
    }
    plot_panel(plot, 0, "from nothing (lines), after a start (dots)",
               fig_axis_d(a, x, 0.05), fig_axis_loss(a, true, y, 0.05));
    for (i64 k = 0; k < t->sizes; k++) {
        const Ink ink = ink_ramp(k, t->sizes);
        char      name[NUM_TEXT];
        size_name(name, &t->size[k]);
        draw_curve(plot, &t->size[k], ink, name);
        for (i64 i = 0; i < t->size[k].scratch.count; i++) {
            const DataCell *c = &t->size[k].scratch.cell[i];
            fig_run_point(plot, a, "from nothing", ink, MARK_HOLLOW, c->d,
                          exp(c->ln_loss), c->run, NULL);
        }
    }
    for (i64 i = 0; i < t->count; i++)
        fig_run_point(plot, a, "after a start", ink_ramp(t->point[i].size,
                                                         t->sizes),
                      MARK_DOT, t->point[i].d_f, t->point[i].loss,
                      t->point[i].run, NULL);
}

/* The fitted law at one size, over the data that were given. */
static void draw_law(Plot *plot, const Transfer *t, i64 k, Range x)
{
    double d[STEPS], y[STEPS];
    char   name[NUM_TEXT];
    if (!t->law.law)
        return;
    fig_spaced(d, STEPS, x.low, x.high);
    for (int i = 0; i < STEPS; i++)
        y[i] = t->k.value * pow(d[i], t->alpha.value)
             * pow(t->size[k].n, t->beta.value);
    plot_line(plot, "law of transfer", ink_ramp(k, t->sizes), LINE_DASHED, d,
              y, STEPS, size_name(name, &t->size[k]));
}

static void panel_worth(Plot *plot, const Analysis *a, const Transfer *t)
{
    Range x = range_new(), y = range_new();
    for (i64 i = 0; i < t->count; i++)
        if (t->point[i].d_t.value > 0) {
            range_add(&x, t->point[i].d_f);
            range_add(&y, t->point[i].d_t.value);
            range_add(&y, t->point[i].d_t.high);
        }
    plot_panel(plot, 1, "what the start was worth",
               fig_axis_d(a, x, 0.05),
               axis_over("tokens transferred, D_T", true, TICK_POWER, y,
                         0.08));
    for (i64 k = 0; k < t->sizes; k++)
        draw_law(plot, t, k, x);
    for (i64 i = 0; i < t->count; i++) {
        const TransferPoint *p = &t->point[i];
        const Ink ink = ink_ramp(p->size, t->sizes);
        if (!(p->d_t.value > 0))
            continue;
        if (p->d_t.low > 0)
            plot_span_y(plot, "transferred", ink, p->d_f, p->d_t.low,
                        p->d_t.high);
        fig_run_point(plot, a, "transferred", ink, MARK_DOT, p->d_f,
                      p->d_t.value, p->run, NULL);
    }
}

bool fig_transfer(Plot *plot, const Analysis *a)
{
    const Transfer *t = &a->finds.transfer;
    if (t->count < 2)
        return false;
    panel_losses(plot, a, t);
    panel_worth(plot, a, t);
    plot_key_head(plot, "model");
    for (i64 k = 0; k < t->sizes; k++) {
        char name[NUM_TEXT];
        plot_key_point(plot, ink_ramp(k, t->sizes), MARK_DOT,
                       size_name(name, &t->size[k]));
    }
    return true;
}
