/* fig_rates.c - sweeps of the learning rate: where each is least, and how that
 * moves with size. */

#include "report/fig.h"

#include "report/num.h"

#include <math.h>
#include <stdio.h>

enum { POINTS = 40 };

static void draw_sweep(Plot *plot, const Analysis *a, const RateSweep *s,
                       Ink ink, const char *name)
{
    for (i64 i = 0; i < s->count; i++) {
        char more[NUM_TEXT];
        snprintf(more, sizeof more, "peak rate %.3g", s->run[i]->lr);
        plot_span_y(plot, name, ink, s->run[i]->lr,
                    s->run[i]->val_loss - s->run[i]->val_se,
                    s->run[i]->val_loss + s->run[i]->val_se);
        fig_run_point(plot, a, name, ink, MARK_DOT, s->run[i]->lr,
                      s->run[i]->val_loss, s->run[i], more);
    }
    if (!s->best)
        return;
    double x[POINTS], y[POINTS];
    const double *q = s->best->quad, at = s->best->n.value;
    fig_spaced(x, POINTS, fmax(at / 8, s->run[0]->lr),
               fmin(at * 8, s->run[s->count - 1]->lr));
    for (i64 i = 0; i < POINTS; i++)
        y[i] = q[0] + log(x[i]) * (q[1] + log(x[i]) * q[2]);
    plot_line(plot, name, ink, LINE_SOLID, x, y, POINTS, name);
    plot_span_x(plot, name, ink, s->best->n.low, s->best->n.high,
                s->best->loss.value);
    plot_point(plot, name, ink, MARK_DIAMOND, at, s->best->loss.value, name);
}

static void panel_sweeps(Plot *plot, const Analysis *a)
{
    const Rates *r = &a->finds.rates;
    Range x = range_new(), y = range_new();
    for (i64 k = 0; k < r->count; k++)
        for (i64 i = 0; i < r->sweep[k].count; i++) {
            range_add(&x, r->sweep[k].run[i]->lr);
            range_add(&y, r->sweep[k].run[i]->val_loss);
        }
    plot_panel(plot, 0, NULL,
               axis_over("peak learning rate", true, TICK_PLAIN, x, 0.05),
               fig_axis_loss(a, true, y, 0.05));
    for (i64 k = 0; k < r->count; k++) {
        char name[FIG_TEXT], n[NUM_TEXT], d[NUM_TEXT];
        snprintf(name, sizeof name, "N %s, D %s",
                 num_si(n, r->sweep[k].n, 3), num_si(d, r->sweep[k].d, 3));
        draw_sweep(plot, a, &r->sweep[k], ink_ramp(k, r->count), name);
        plot_key_line(plot, ink_ramp(k, r->count), LINE_SOLID, name);
    }
}

/* The law with its band, over the sizes that were swept. */
static void draw_law(Plot *plot, const Frontier *line, Range n, double level)
{
    enum { STEPS = 9 };
    double x[STEPS], y[STEPS], low[STEPS], high[STEPS];
    Arena  scratch = { 0 };
    char   words[FIG_TEXT], a[NUM_TEXT];
    if (line->npoint < 2)
        return;
    double *one = NEW(&scratch, double, line->ndraw + 1);
    fig_spaced(x, STEPS, n.low, n.high);
    for (int i = 0; i < STEPS; i++) {
        for (i64 k = 0; k < line->ndraw; k++)
            one[k] = exp(line->draw[4 * k + 2]
                         + line->draw[4 * k] * log(x[i]));
        const double value = exp(line->ln_coef_n + line->a.value * log(x[i]));
        const Interval at = line->ndraw
            ? fit_interval(value, one, line->ndraw, level)
            : (Interval){ value, NAN, NAN };
        y[i]    = at.value;
        low[i]  = at.low;
        high[i] = at.high;
    }
    snprintf(words, sizeof words, "grows as N to the %s", num_interval(a, line->a, 2));
    plot_band(plot, "law of the rate", INK_GREY, x, low, high, STEPS);
    plot_line(plot, "law of the rate", INK_GREY, LINE_DASHED, x, y, STEPS,
              words);
    plot_key_line(plot, INK_GREY, LINE_DASHED, words);
    arena_free(&scratch);
}

static void panel_optima(Plot *plot, const Analysis *a)
{
    const Rates *r = &a->finds.rates;
    Range x = range_new(), y = range_new();
    for (i64 k = 0; k < r->count; k++) {
        range_add(&x, r->sweep[k].n);
        if (!r->sweep[k].best)
            continue;
        range_add(&y, r->sweep[k].best->n.value);
        range_add(&y, r->sweep[k].best->n.low);
        range_add(&y, r->sweep[k].best->n.high);
    }
    plot_panel(plot, 1, NULL, fig_axis_n(a, x, 0.1),
               axis_over("best peak rate", true, TICK_PLAIN, y, 0.1));
    draw_law(plot, &r->line, x, a->huber.options.level);
    for (i64 k = 0; k < r->count; k++) {
        const IsoflopBudget *best = r->sweep[k].best;
        char hover[FIG_TEXT];
        if (!best)
            continue;
        snprintf(hover, sizeof hover, "best rate %.3g (%.3g to %.3g)",
                 best->n.value, best->n.low, best->n.high);
        plot_span_y(plot, "best rate", ink_ramp(k, r->count), r->sweep[k].n,
                    best->n.low, best->n.high);
        plot_point(plot, "best rate", ink_ramp(k, r->count), MARK_DIAMOND,
                   r->sweep[k].n, best->n.value, hover);
    }
}

bool fig_rates(Plot *plot, const Analysis *a)
{
    if (a->finds.rates.count == 0)
        return false;
    panel_sweeps(plot, a);
    panel_optima(plot, a);
    return true;
}
