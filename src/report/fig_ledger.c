/* fig_ledger.c - where the compute and the hours of a study went. */

#include "report/fig.h"

#include "report/num.h"
#include "report/text.h"

#include <math.h>
#include <stdio.h>

static const char *name_of(Plot *plot, const LedgerRow *row)
{
    char flop[NUM_TEXT], cut[80];
    text_cut(cut, sizeof cut, row->group, 11);
    return isfinite(row->budget)
         ? arena_print(&plot->arena, "%s, %s FLOP", cut,
                       num_power(flop, row->budget))
         : arena_text(&plot->arena, cut);
}

static void panel(Plot *plot, const Ledger *l, int which, const char *const *name)
{
    Range x = { 0, 0 };
    for (i64 i = 0; i < l->count; i++)
        range_add(&x, which == 0 ? l->row[i].flop : l->row[i].wall_s / 60);
    Axis across = axis_over(which == 0 ? "compute (FLOP)"
                                       : "time of all runs together (minutes)",
                            false, which == 0 ? TICK_POWER : TICK_PLAIN, x, 0);
    Axis down   = axis_names("", name, (int)l->count);
    across.high *= 1.06;
    down.bare = which > 0;
    plot_panel(plot, which, NULL, across, down);
    for (i64 i = 0; i < l->count; i++) {
        const LedgerRow *row = &l->row[i];
        char hover[FIG_TEXT], flop[NUM_TEXT];
        snprintf(hover, sizeof hover, "%s: %lld runs, %lld done, %s FLOP, "
                 "%.1f minutes", name[i], (long long)row->runs,
                 (long long)row->done, num_power(flop, row->flop),
                 row->wall_s / 60);
        plot_bar(plot, name[i], INK_BLUE, 0,
                 which == 0 ? row->flop : row->wall_s / 60, (double)i, hover);
    }
}

bool fig_ledger(Plot *plot, const Analysis *a)
{
    enum { ROWS = 24 };
    Ledger l = a->finds.ledger;
    if (l.count == 0)
        return false;
    l.count = i64_min(l.count, ROWS);
    const char **name = NEW(&plot->arena, const char *, l.count);
    for (i64 i = 0; i < l.count; i++)
        name[i] = name_of(plot, &l.row[i]);
    plot->height = fmax(120, 26 * (double)l.count);
    panel(plot, &l, 0, name);
    panel(plot, &l, 1, name);
    return true;
}
