/* fig_holdout.c - the test that counts: what was written down before the
 * held-out runs were trained, beside what came. */

#include "report/fig.h"

#include "report/num.h"
#include "report/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Both predictions of a run stand at the same N: one is drawn a few pixels to
 * the left, one to the right. */
static const struct {
    const char *fit, *name;
    Ink         ink;
    Mark        mark;
    double      shift;
} by[] = {
    { "outer",   "wider law",               INK_GREEN, MARK_DIAMOND, -8 },
    { "huber",   "additive, Huber",         INK_RED,   MARK_DIAMOND, 0 },
    { "squares", "additive, least squares", INK_BLUE,  MARK_DIAMOND, +8 },
};

static void draw_predictions(Plot *plot, const Analysis *a, int which)
{
    plot->shift = by[which].shift;
    for (i64 i = 0; i < a->nholdout; i++) {
        const Prediction *p = &a->holdout[i].predicted;
        if (strcmp(p->fit, by[which].fit) != 0)
            continue;
        char hover[FIG_TEXT], loss[NUM_TEXT], name[240];
        snprintf(hover, sizeof hover, "%s predicted by %s: %.60s",
                 text_cut(name, sizeof name, p->run_name, 48), by[which].name,
                 num_interval(loss, (Interval){ p->loss, p->low, p->high }, 4));
        plot_span_y(plot, by[which].name, by[which].ink, p->n, p->low, p->high);
        plot_point(plot, by[which].name, by[which].ink, by[which].mark, p->n,
                   p->loss, hover);
    }
}

static void draw_measured(Plot *plot, const Analysis *a)
{
    for (i64 i = 0; i < a->nholdout; i++) {
        const HoldoutRow *row = &a->holdout[i];
        if (!row->run || strcmp(row->predicted.fit, a->chosen_fit) != 0)
            continue;
        plot_span_y(plot, "measured, standard error", INK_TEXT,
                    row->predicted.n, row->measured - row->measured_se,
                    row->measured + row->measured_se);
        fig_run_point(plot, a, "measured", INK_TEXT, MARK_HOLLOW,
                      row->predicted.n, row->measured, row->run, NULL);
    }
}

static void panel_losses(Plot *plot, const Analysis *a)
{
    Range x = range_new(), y = range_new();
    for (i64 i = 0; i < a->nholdout; i++) {
        range_add(&x, a->holdout[i].predicted.n);
        range_add(&y, a->holdout[i].predicted.loss);
        range_add(&y, a->holdout[i].predicted.low);
        range_add(&y, a->holdout[i].predicted.high);
        range_add(&y, a->holdout[i].measured);
    }
    plot_panel(plot, 0, NULL, fig_axis_n(a, x, 0.12),
               fig_axis_loss(a, false, y, 0.08));
    for (int f = 0; f < COUNT_OF(by); f++)
        draw_predictions(plot, a, f);
    plot->shift = 0;
    draw_measured(plot, a);
}

static void draw_errors(Plot *plot, const Analysis *a, int which)
{
    plot->shift = by[which].shift;
    for (i64 i = 0; i < a->nholdout; i++) {
        const HoldoutRow *row = &a->holdout[i];
        const Prediction *p   = &row->predicted;
        if (strcmp(p->fit, by[which].fit) != 0 || !row->run)
            continue;
        char hover[FIG_TEXT], error[NUM_TEXT], name[240];
        snprintf(hover, sizeof hover, "%s, %s: error %s",
                 text_cut(name, sizeof name, p->run_name, 48),
                 by[which].name, num_percent(error, row->error));
        plot_span_y(plot, by[which].name, by[which].ink, p->n,
                    100 * (p->low / row->measured - 1),
                    100 * (p->high / row->measured - 1));
        plot_point(plot, by[which].name, by[which].ink, by[which].mark, p->n,
                   100 * row->error, hover);
    }
}

static void panel_errors(Plot *plot, const Analysis *a)
{
    Range x = range_new(), y = range_new();
    range_add(&y, 1);
    range_add(&y, -1);
    for (i64 i = 0; i < a->nholdout; i++) {
        const HoldoutRow *row = &a->holdout[i];
        range_add(&x, row->predicted.n);
        range_add(&y, 100 * (row->predicted.low / row->measured - 1));
        range_add(&y, 100 * (row->predicted.high / row->measured - 1));
    }
    plot_panel(plot, 1, NULL, fig_axis_n(a, x, 0.12),
               axis_over("predicted over measured (%)", false, TICK_PERCENT, y,
                         0.08));
    plot_rule_y(plot, 0);
    for (int f = 0; f < COUNT_OF(by); f++)
        draw_errors(plot, a, f);
    plot->shift = 0;
}

static bool asked(const Analysis *a, const char *fit)
{
    for (i64 i = 0; i < a->nholdout; i++)
        if (strcmp(a->holdout[i].predicted.fit, fit) == 0)
            return true;
    return false;
}

bool fig_holdout(Plot *plot, const Analysis *a)
{
    if (a->nholdout == 0)
        return false;
    panel_losses(plot, a);
    panel_errors(plot, a);
    plot_key_head(plot, "predicted by");
    for (int f = 0; f < COUNT_OF(by); f++)
        if (asked(a, by[f].fit))
            plot_key_point(plot, by[f].ink, by[f].mark, by[f].name);
    plot_key_point(plot, INK_TEXT, MARK_HOLLOW, "measured");
    return true;
}
