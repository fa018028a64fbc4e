/* fig_floor.c - fitted floors against known entropies: on the diagonal where a
 * law's E is the entropy of its text. */

#include "report/fig.h"

#include "report/num.h"

#include <math.h>
#include <stdio.h>

static const Ink INKS_OF[] = { INK_BLUE, INK_RED, INK_GREEN, INK_PURPLE,
                               INK_AMBER };

static void floor_draw(Plot *plot, const Floor *f, Ink ink)
{
    char words[FIG_TEXT], e[NUM_TEXT];
    snprintf(words, sizeof words, "%s: entropy %.4f, E %s", f->domain->corpus,
             f->truth, num_interval(e, f->e, 4));
    plot_span_y(plot, f->domain->corpus, ink, f->truth, f->e.low, f->e.high);
    plot_point(plot, f->domain->corpus, ink, MARK_DIAMOND, f->truth, f->e.value,
               words);
    plot_point(plot, "best run", ink, MARK_HOLLOW, f->truth, f->domain->least,
               "the least loss of a run");
    plot_key_point(plot, ink, MARK_DIAMOND, words);
}

bool fig_floor(Plot *plot, const Analysis *a)
{
    const Floors *all = &a->finds.floors;
    Range x = range_new(), y = range_new();
    i64   fitted = 0;
    for (i64 k = 0; k < all->count; k++) {
        const Floor *f = &all->item[k];
        if (isnan(f->e.value))
            continue;
        fitted++;
        range_add(&x, f->truth);
        range_add(&y, f->truth);
        range_add(&y, f->domain->least);
        /* An interval that is open on a side would leave nothing to see. */
        range_add(&y, fmax(f->e.low, 0.8 * f->truth));
        range_add(&y, fmin(f->e.high, 1.2 * f->truth));
    }
    if (fitted == 0)
        return false;
    plot_panel(plot, 0, NULL,
               axis_over("known entropy (nats per token)", false, TICK_PLAIN, x,
                         0.2),
               axis_over("E of the fitted law (nats per token)", false,
                         TICK_PLAIN, y, 0.1));
    plot_line(plot, "as known", INK_GREY, LINE_DASHED, (double[]){ x.low, x.high },
              (double[]){ x.low, x.high }, 2, "E is the entropy");
    for (i64 k = 0; k < all->count; k++)
        if (!isnan(all->item[k].e.value))
            floor_draw(plot, &all->item[k],
                       INKS_OF[k % COUNT_OF(INKS_OF)]);
    plot_key_line(plot, INK_GREY, LINE_DASHED, "E is the entropy");
    plot_key_point(plot, INK_TEXT, MARK_HOLLOW, "least loss of a run");
    return true;
}
