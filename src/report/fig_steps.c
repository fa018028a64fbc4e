/* fig_steps.c - L(N,S): learning curves of all sizes with one law through them,
 * and what it leaves over; and the best size along their envelope.
 *
 * SOURCE: in the manner of Kaplan et al. 2020, arXiv:2001.08361, figures 4 and
 *         14. */

#include "report/fig.h"

#include "report/num.h"

#include <math.h>
#include <stdio.h>

enum { POINTS = 40 };

static double fitted(const KaplanSteps *s, const KaplanPoint *p)
{
    double n = s->n[p->run], steps = p->s_min, out, *column[2] = { &n, &steps };
    law_eval(&out, NULL, NULL, s->law.fit.law, s->law.fit.theta, column, 1);
    return out;
}

/* One run's points; y is the loss, or what the law leaves of it in percent. */
static void draw_run(Plot *plot, const KaplanSteps *s, i64 r, bool left)
{
    char      name[FIG_TEXT], n[NUM_TEXT];
    const Ink ink = ink_ramp(r, s->runs);
    snprintf(name, sizeof name, "N %s", num_si(n, s->n[r], 3));
    for (i64 i = 0; i < s->count; i++) {
        const KaplanPoint *p = &s->point[i];
        if (p->run == r)
            plot_point(plot, name, ink, MARK_DOT, p->s_min,
                       left ? 100 * (p->loss / fitted(s, p) - 1) : p->loss,
                       name);
    }
    if (!left)
        plot_key_line(plot, ink, LINE_SOLID, name);
}

static void draw_law(Plot *plot, const KaplanSteps *s, i64 r)
{
    double x[POINTS], y[POINTS];
    Range  range = range_new();
    for (i64 i = 0; i < s->count; i++)
        if (s->point[i].run == r)
            range_add(&range, s->point[i].s_min);
    if (!(range.low < range.high))
        return;
    fig_spaced(x, POINTS, range.low, range.high);
    for (int i = 0; i < POINTS; i++) {
        const KaplanPoint p = { .run = r, .s_min = x[i] };
        y[i] = fitted(s, &p);
    }
    plot_line(plot, "L(N,S)", ink_ramp(r, s->runs), LINE_SOLID, x, y, POINTS,
              "the fitted L(N,S)");
}

static void panel_curves(Plot *plot, const Analysis *a, Axis steps)
{
    const KaplanSteps *s = &a->finds.kaplan.steps;
    Range y = range_new();
    for (i64 i = 0; i < s->count; i++)
        range_add(&y, s->point[i].loss);
    plot_panel(plot, 0, "curves and the law", steps,
               fig_axis_loss(a, true, y, 0.05));
    for (i64 r = 0; r < s->runs; r++) {
        draw_law(plot, s, r);
        draw_run(plot, s, r, false);
    }
}

static void panel_left(Plot *plot, const KaplanSteps *s, Axis steps)
{
    Range y = range_new();
    for (i64 i = 0; i < s->count; i++)
        range_add(&y, 100 * (s->point[i].loss / fitted(s, &s->point[i]) - 1));
    plot_panel(plot, 1, "what it leaves over", steps,
               axis_over("loss over the law's (%)", false, TICK_PERCENT, y,
                         0.05));
    plot_rule_y(plot, 0);
    for (i64 r = 0; r < s->runs; r++)
        draw_run(plot, s, r, true);
}

static void draw_frontier(Plot *plot, const Frontier *f, Ink ink,
                          const char *what)
{
    double x[2], y[2];
    char   name[FIG_TEXT], text[NUM_TEXT];
    if (f->npoint < 2)
        return;
    snprintf(name, sizeof name, "%s: to the %s", what,
             num_interval(text, f->a, 2));
    for (i64 i = 0; i < f->npoint; i++)
        plot_point(plot, what, ink, MARK_DOT, f->c[i], f->n[i], what);
    for (int i = 0; i < 2; i++) {
        x[i] = f->c[i ? f->npoint - 1 : 0];
        y[i] = exp(f->ln_coef_n + f->a.value * log(x[i]));
    }
    plot_line(plot, what, ink, LINE_SOLID, x, y, 2, name);
    plot_key_line(plot, ink, LINE_SOLID, name);
}

static void panel_best(Plot *plot, const KaplanFinds *k)
{
    const KaplanSteps *s = &k->steps;
    const Frontier *const all[] = { &s->naive, &s->adjusted };
    Range x = range_new(), y = range_new();
    for (int j = 0; j < 2; j++)
        for (i64 i = 0; i < all[j]->npoint; i++) {
            range_add(&x, all[j]->c[i]);
            range_add(&y, all[j]->n[i]);
        }
    plot_panel(plot, 2, "the best size along the envelope",
               axis_over("compute 6 N D (FLOP)", true, TICK_POWER, x, 0.06),
               axis_over("N without embeddings and head", true, TICK_SI, y,
                         0.1));
    draw_frontier(plot, &s->naive, INK_RED, "N_opt with C");
    draw_frontier(plot, &s->adjusted, INK_GREEN, "N_opt with C_min");
}

bool fig_steps(Plot *plot, const Analysis *a)
{
    const KaplanFinds *k = &a->finds.kaplan;
    Range x = range_new();
    if (k->steps.runs < 2 || !k->steps.law.fit.law)
        return false;
    for (i64 i = 0; i < k->steps.count; i++)
        range_add(&x, k->steps.point[i].s_min);
    const Axis steps = axis_over(k->steps.converted ? "steps S_min"
                                                    : "steps S (as run)",
                                 true, TICK_SI, x, 0.05);
    panel_curves(plot, a, steps);
    panel_left(plot, &k->steps, steps);
    panel_best(plot, k);
    return true;
}
