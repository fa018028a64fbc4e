/* fig_overfit.c - what it costs to see the same text again: all sizes on one
 * curve, if the law of fresh text says what size and text are worth.
 *
 * SOURCE: Kaplan et al. 2020, arXiv:2001.08361, figures 9 and 16. */

#include "report/fig.h"

#include "report/num.h"

#include <math.h>
#include <stdio.h>

static double unique(const Analysis *a, const Run *run)
{
    (void)a;
    return (double)run->unique_tokens;
}

static RunList runs_of(Arena *arena, const RepeatList *r)
{
    RunList out = { .run = NEW(arena, Run, r->count + 1) };
    for (i64 i = 0; i < r->count; i++)
        out.run[out.count++] = *r->item[i].run;
    return out;
}

static void panel_collapse(Plot *plot, const Analysis *a, const double *u,
                           i64 nu)
{
    const RepeatList *r = &a->finds.repeats;
    Range x = range_new(), y = range_new();
    char  label[FIG_TEXT];
    for (i64 i = 0; i < r->count; i++) {
        range_add(&x, r->item[i].x);
        range_add(&y, fmax(r->item[i].excess, 1e-4));
    }
    snprintf(label, sizeof label, "N^%.2f / U, U the different text",
             r->power);
    plot_panel(plot, 0, "all sizes and texts on one curve",
               axis_over(label, true, TICK_POWER, x, 0.06),
               axis_over("least loss over L(N, all text) - 1", true, TICK_PLAIN,
                         y, 0.06));
    for (i64 i = 0; i < r->count; i++) {
        const Repeat *one = &r->item[i];
        fig_run_point(plot, a, "repeated text",
                      ink_ramp(fig_index(u, nu, one->unique), nu), MARK_DOT,
                      one->x, one->excess, one->run, NULL);
    }
}

static void panel_epochs(Plot *plot, const Analysis *a, const double *u, i64 nu)
{
    const RepeatList *r = &a->finds.repeats;
    Range x = range_new(), y = range_new();
    range_add(&x, 1);
    range_add(&y, 0);
    for (i64 i = 0; i < r->count; i++) {
        range_add(&x, r->item[i].epochs);
        range_add(&y, 100 * r->item[i].waste);
    }
    plot_panel(plot, 1, "against as much fresh text",
               axis_over("times each text was seen (epochs)", true, TICK_PLAIN,
                         x, 0.06),
               axis_over("loss over the law's (%)", false, TICK_PERCENT, y,
                         0.08));
    plot_rule_y(plot, 0);
    for (i64 i = 0; i < r->count; i++) {
        const Repeat *one = &r->item[i];
        fig_run_point(plot, a, "repeated text",
                      ink_ramp(fig_index(u, nu, one->unique), nu), MARK_DOT,
                      one->epochs, 100 * one->waste, one->run, NULL);
    }
}

bool fig_overfit(Plot *plot, const Analysis *a)
{
    const RepeatList *r = &a->finds.repeats;
    if (r->count < 2)
        return false;
    Arena         scratch = { 0 };
    const RunList runs    = runs_of(&scratch, r);
    double       *u       = NEW(&scratch, double, r->count + 1);
    const i64     nu      = fig_distinct(u, &runs, a, unique);
    panel_collapse(plot, a, u, nu);
    panel_epochs(plot, a, u, nu);
    plot_key_head(plot, "different text");
    for (i64 i = 0; i < nu && i < 10; i++) {
        char text[NUM_TEXT];
        plot_key_point(plot, ink_ramp(i, nu), MARK_DOT,
                       num_si(text, u[i], 3));
    }
    arena_free(&scratch);
    return true;
}
