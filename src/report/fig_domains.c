/* fig_domains.c - the same law over several corpora: loss in bits per byte, the
 * one unit in which texts and tokenizers can stand side by side. */

#include "report/fig.h"

#include "report/num.h"
#include "report/text.h"

#include <math.h>
#include <stdio.h>

enum { KINDS = 6 };

static void domain(Plot *plot, const Analysis *a, const Domain *d, Ink ink)
{
    double x[2], y[2];
    char   words[FIG_TEXT], cut[120];
    text_cut(cut, sizeof cut, d->corpus, 24);
    for (i64 i = 0; i < d->count; i++)
        fig_run_point(plot, a, d->corpus, ink, MARK_DOT, d->run[i]->flop,
                      d->run[i]->val_bpb, d->run[i], cut);
    if (!isfinite(d->slope))
        return;
    x[0] = d->run[0]->flop;
    x[1] = d->run[d->count - 1]->flop;
    for (int i = 0; i < 2; i++)
        y[i] = exp(d->ln_coef + d->slope * log(x[i]));
    snprintf(words, sizeof words, "%s: slope %.3f", cut, d->slope);
    plot_line(plot, d->corpus, ink, LINE_SOLID, x, y, 2, words);
    plot_tag(plot, ink, x[1], y[1], cut);
    plot_key_line(plot, ink, LINE_SOLID, words);
}

bool fig_domains(Plot *plot, const Analysis *a)
{
    const Domains *all = &a->finds.domains;
    Range x = range_new(), y = range_new();
    if (all->count < 2)
        return false;
    for (i64 k = 0; k < all->count; k++)
        for (i64 i = 0; i < all->item[k].count; i++) {
            range_add(&x, all->item[k].run[i]->flop);
            range_add(&y, all->item[k].run[i]->val_bpb);
        }
    plot_panel(plot, 0, NULL, fig_axis_c(x, 0.04),
               axis_over("held-out loss (bits per byte)", true, TICK_PLAIN, y,
                         0.05));
    for (i64 k = 0; k < all->count; k++)
        domain(plot, a, &all->item[k], (Ink)(INK_BLUE + k % KINDS));
    return true;
}
