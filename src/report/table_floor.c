/* table_floor.c - fitted floors against known entropies. */

#include "report/find_table.h"

#include <math.h>

static void row(FindTable *out, const Floor *f)
{
    find_row(out);
    find_text(out, f->domain->corpus);
    find_number(out, (double)f->domain->count);
    find_number(out, f->truth);
    find_interval(out, f->e);
    find_number(out, f->off);
    find_text(out, isnan(f->e.value) ? "not fitted"
                   : f->inside ? "inside" : "outside");
    find_number(out, f->reached);
    find_number(out, f->shift_truth);
    find_interval(out, f->shift);
}

static void notes(FindTable *out, const Floors *all)
{
    double se = 0;
    for (i64 k = 0; k < all->count; k++) {
        const Floor *f = &all->item[k];
        se = fmax(se, f->se);
        if (f->domain->words[0])
            find_note(out, "%s: %s.", f->domain->corpus, f->domain->words);
        else if (!f->domain->e_told)
            find_note(out, "%s: the interval of E is wider than all that its "
                      "losses span; that the truth lies inside says nothing.",
                      f->domain->corpus);
    }
    find_note(out, "Entropy: nats a token that no model of this context can "
              "pass; a sum, or the mean of the source's exact filter (standard "
              "error at most %.1g). Reached: the least loss of a run over it.",
              se);
}

bool table_floor(FindTable *out, Arena *arena, const Analysis *a)
{
    const Floors *all = &a->finds.floors;
    if (all->count == 0)
        return false;
    *out = find_table(arena, "Known entropy and fitted floor");
    find_verdict(out, "The entropy lies inside the interval of E for %lld of "
                 "%lld sources, and E within 2 %% of it for %lld.",
                 (long long)all->inside, (long long)all->count,
                 (long long)all->close);
    out->first = true;
    find_column(out, "source", "source", CELL_TEXT, 0);
    find_column(out, "runs", "runs", CELL_COUNT, 0);
    find_column(out, "entropy", "entropy", CELL_FIXED, 4);
    find_column(out, "E", "e", CELL_FIXED, 4);
    find_column(out, "off", "off", CELL_SHARE, 0);
    find_column(out, "entropy in the interval", "inside", CELL_TEXT, 0);
    find_column(out, "reached", "reached", CELL_SHARE, 0);
    find_column(out, "moved by noise", "shift_truth", CELL_FIXED, 4);
    find_column(out, "E moved", "shift", CELL_FIXED, 4);
    for (i64 k = 0; k < all->count; k++)
        row(out, &all->item[k]);
    notes(out, all);
    return true;
}
