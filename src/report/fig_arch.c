/* fig_arch.c - two architectures on one text: loss against compute with what
 * the law of each has for its best size, and the gap along the context.
 *
 * SOURCE: Kaplan et al. 2020, arXiv:2001.08361, figure 7. */

#include "report/fig.h"

#include <math.h>
#include <stdio.h>

enum { LINE = 40 };

static const Ink ink[2] = { INK_BLUE, INK_RED };

static void runs(Plot *plot, const Analysis *a, const ArchSide *s, int which)
{
    for (i64 i = 0; i < s->count; i++)
        fig_run_point(plot, a, s->arch, ink[which], MARK_DOT, s->run[i]->flop,
                      s->run[i]->val_loss, s->run[i], s->arch);
    plot_key_point(plot, ink[which], MARK_DOT, s->arch);
}

static void best(Plot *plot, const Archs *all, int which)
{
    double c[LINE], loss[LINE];
    int    count = 0;
    for (i64 i = 0; i < all->nequal && count < LINE; i++) {
        c[count]      = all->equal[i].c;
        loss[count++] = all->equal[i].loss[which];
    }
    if (count > 1)
        plot_line(plot, all->side[which].arch, ink[which], LINE_SOLID, c, loss,
                  count, "the best size, by the law");
}

static void compute(Plot *plot, const Analysis *a, const Archs *all)
{
    Range x = range_new(), y = range_new();
    for (int k = 0; k < 2; k++)
        for (i64 i = 0; i < all->side[k].count; i++) {
            range_add(&x, all->side[k].run[i]->flop);
            range_add(&y, all->side[k].run[i]->val_loss);
        }
    plot_panel(plot, 0, NULL, fig_axis_c(x, 0.04),
               fig_axis_loss(a, true, y, 0.04));
    for (int k = 0; k < 2; k++) {
        runs(plot, a, &all->side[k], k);
        best(plot, all, k);
    }
    if (all->nequal > 1)
        plot_key_line(plot, INK_GREY, LINE_SOLID,
                      "the best size at each compute, by the law of each");
}

static void gap(Plot *plot, const Archs *all)
{
    char  label[FIG_TEXT];
    Range x = range_new(), y = range_new();
    double *percent = NULL;
    Arena scratch = { 0 };
    percent = NEW(&scratch, double, all->nalong + 1);
    range_add(&y, 0);
    for (i64 i = 0; i < all->nalong; i++) {
        percent[i] = 100 * expm1(all->gap[i]);
        range_add(&x, all->place[i]);
        range_add(&y, percent[i]);
    }
    snprintf(label, sizeof label, "loss of %s over %s (%%)", all->side[1].arch,
             all->side[0].arch);
    plot_panel(plot, 1, NULL,
               axis_over("place in the context (tokens)", true, TICK_PLAIN, x,
                         0.04),
               axis_over(label, false, TICK_PERCENT, y, 0.08));
    plot_rule_y(plot, 0);
    plot_line(plot, "gap", INK_TEXT, LINE_SOLID, all->place, percent,
              all->nalong, "the largest of each");
    for (i64 i = 0; i < all->nalong; i++)
        plot_point(plot, "gap", INK_TEXT, MARK_DIAMOND, all->place[i],
                   percent[i], NULL);
    arena_free(&scratch);
}

bool fig_arch(Plot *plot, const Analysis *a)
{
    const Archs *all = &a->finds.archs;
    if (all->count == 0)
        return false;
    compute(plot, a, all);
    if (all->nalong > 1)
        gap(plot, all);
    return true;
}
