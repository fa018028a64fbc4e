/* fig_batch.c - steps against data for the same loss, and the batch at which
 * both cost twice their least.
 *
 * SOURCE: McCandlish et al. 2018, arXiv:1812.06162; Kaplan et al. 2020,
 *         arXiv:2001.08361, figure 10. */

#include "report/fig.h"

#include "report/num.h"

#include <math.h>
#include <stdio.h>

enum { POINTS = 60 };

static void hyperbola(Plot *plot, const BatchLevel *b, Ink ink, const char *name)
{
    double s[POINTS], e[POINTS];
    fig_spaced(s, POINTS, b->s_min * 1.01, b->s_min * 100);
    for (i64 i = 0; i < POINTS; i++)
        e[i] = b->e_min / (1 - b->s_min / s[i]);
    plot_line(plot, name, ink, LINE_SOLID, s, e, POINTS, name);
}

static void panel_costs(Plot *plot, const Analysis *a)
{
    const Batches *all = &a->finds.batches;
    Range s = range_new(), e = range_new();
    for (i64 k = 0; k < all->count; k++)
        for (i64 i = 0; i < all->level[k].count; i++) {
            range_add(&s, all->level[k].s[i]);
            range_add(&e, all->level[k].e[i]);
        }
    plot_panel(plot, 0, "the same loss, along each curve",
               axis_over("steps S", true, TICK_SI, s, 0.1),
               axis_over(fig_axis_d(a, e, 0).label, true, TICK_SI, e, 0.1));
    for (i64 k = 0; k < all->count; k++) {
        const BatchLevel *b = &all->level[k];
        char name[FIG_TEXT], n[NUM_TEXT];
        snprintf(name, sizeof name, "loss %.3f, N %s", b->loss,
                 num_si(n, b->n, 3));
        hyperbola(plot, b, ink_ramp(k, all->count), name);
        for (i64 i = 0; i < b->count; i++) {
            char more[FIG_TEXT];
            snprintf(more, sizeof more, "reached %.3f after %.4g steps",
                     b->loss, b->s[i]);
            fig_run_point(plot, a, name, ink_ramp(k, all->count), MARK_DOT,
                          b->s[i], b->e[i], &a->runs.run[b->run[i]], more);
        }
        plot_key_line(plot, ink_ramp(k, all->count), LINE_SOLID, name);
    }
}

static void draw_line(Plot *plot, const Batches *all, Range x)
{
    double loss[2] = { x.low, x.high }, b[2];
    char   words[FIG_TEXT];
    if (!isfinite(all->power))
        return;
    for (int i = 0; i < 2; i++)
        b[i] = exp(all->ln_coef + all->power * log(loss[i]));
    snprintf(words, sizeof words, "grows as the loss to the %.2f", all->power);
    plot_line(plot, "power law", INK_GREY, LINE_DASHED, loss, b, 2, words);
    plot_key_line(plot, INK_GREY, LINE_DASHED, words);
}

/* Where a way has its numbers, as far as a tenth and ten times of them. */
static void widen(Range *y, Interval b)
{
    range_add(y, b.value);
    range_add(y, fmax(b.low, b.value / 10));
    range_add(y, fmin(b.high, b.value * 10));
}

static void ranges(Range *x, Range *y, const Analysis *a)
{
    const Critical *c = &a->finds.critical;
    *x = *y = range_new();
    for (i64 k = 0; k < a->finds.batches.count; k++) {
        range_add(x, a->finds.batches.level[k].loss);
        widen(y, a->finds.batches.level[k].critical);
    }
    for (i64 i = 0; i < c->forks; i++) {
        range_add(x, c->fork[i].loss);
        widen(y, c->fork[i].critical);
    }
    for (i64 i = 0; i < c->curves; i++)
        for (i64 k = 0; k < c->curve[i].count; k++)
            if (isfinite(c->curve[i].scale[k].value)) {
                range_add(x, c->curve[i].loss[k]);
                range_add(y, c->curve[i].scale[k].value);
            }
}

static void draw_noise(Plot *plot, const Critical *c)
{
    Arena scratch = { 0 };
    for (i64 i = 0; i < c->curves; i++) {
        const NoiseCurve *one = &c->curve[i];
        double *y = NEW(&scratch, double, one->count + 1);
        char    name[FIG_TEXT], n[NUM_TEXT];
        for (i64 k = 0; k < one->count; k++)
            y[k] = one->scale[k].value;
        snprintf(name, sizeof name, "noise scale, N %s", num_si(n, one->n, 3));
        plot_line(plot, "noise scale", INK_PURPLE, LINE_THIN, one->loss, y,
                  one->count, name);
    }
    if (c->curves > 0)
        plot_key_line(plot, INK_PURPLE, LINE_THIN, "noise scale, a run each");
    arena_free(&scratch);
}

static void draw_forks(Plot *plot, const Critical *c, double top)
{
    for (i64 i = 0; i < c->forks; i++) {
        const Fork *f = &c->fork[i];
        char hover[FIG_TEXT], text[NUM_TEXT], n[NUM_TEXT];
        snprintf(hover, sizeof hover, "branches of N %s at loss %.3f: up to %s "
                 "a step %s", num_si(n, f->n, 3), f->loss,
                 num_si(text, f->critical.value, 3),
                 isfinite(f->critical.high) ? "do as well"
                                            : "at least: none was too large");
        plot_span_y(plot, "branching", INK_AMBER, f->loss, f->critical.low,
                    fmin(f->critical.high, top));
        plot_point(plot, "branching", INK_AMBER, MARK_HOLLOW, f->loss,
                   f->critical.value, hover);
    }
    if (c->forks > 0)
        plot_key_point(plot, INK_AMBER, MARK_HOLLOW, "branching: up to the next "
                       "batch tried");
}

static void draw_grid(Plot *plot, const Batches *all)
{
    for (i64 k = 0; k < all->count; k++) {
        const BatchLevel *b = &all->level[k];
        char hover[FIG_TEXT], text[NUM_TEXT];
        snprintf(hover, sizeof hover, "at loss %.3f: %s", b->loss,
                 num_si_interval(text, b->critical));
        plot_span_y(plot, "critical batch", ink_ramp(k, all->count), b->loss,
                    b->critical.low, b->critical.high);
        plot_point(plot, "critical batch", ink_ramp(k, all->count),
                   MARK_DIAMOND, b->loss, b->critical.value, hover);
    }
    if (all->count > 0)
        plot_key_point(plot, INK_GREY, MARK_DIAMOND, "steps against data");
}

static void panel_critical(Plot *plot, const Analysis *a)
{
    Range x, y;
    char  label[FIG_TEXT];
    ranges(&x, &y, a);
    snprintf(label, sizeof label, "critical batch (%ss a step)",
             analysis_token(a));
    const Axis up = axis_over(label, true, TICK_SI, y, 0.06);
    plot_panel(plot, 1, "the critical batch", fig_axis_loss(a, true, x, 0.1),
               up);
    draw_noise(plot, &a->finds.critical);
    draw_line(plot, &a->finds.batches, x);
    draw_forks(plot, &a->finds.critical, up.high);
    draw_grid(plot, &a->finds.batches);
}

bool fig_batch(Plot *plot, const Analysis *a)
{
    if (a->finds.batches.count == 0)
        return false;
    panel_costs(plot, a);
    panel_critical(plot, a);
    return true;
}
