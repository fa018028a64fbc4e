/* table_waterfall.c - the exponent after each change, what the change is, and
 * what was published of it; and the same runs by other roads. */

#include "report/find_table.h"

#include <math.h>

static void published(FindTable *out, const Waterfall *w, int k)
{
    const double *at = w->step[k].published;
    find_number(out, at[0]);
    find_number(out, at[1]);
    find_number(out, k ? at[0] - w->step[k - 1].published[0] : NAN);
    find_number(out, k ? at[1] - w->step[k - 1].published[1] : NAN);
}

static void row(FindTable *out, const Waterfall *w, int k)
{
    const WaterStep *s = &w->step[k];
    find_row(out);
    find_text(out, s->name);
    find_text(out, s->group);
    find_interval(out, s->e.a);
    find_interval(out, s->change);
    published(out, w, k);
    find_text(out, isfinite(s->change.value) ? water_way_name(s->way) : NULL);
    find_number(out, (double)s->e.runs);
    find_number(out, (double)s->e.budgets);
    find_number(out, s->e.budgets > 0 ? s->e.c_low : NAN);
    find_number(out, s->e.budgets > 0 ? s->e.c_high : NAN);
}

static void columns(FindTable *out)
{
    find_column(out, "setting, on top of those above", "step", CELL_TEXT, 0);
    find_column(out, "runs of", "group", CELL_TEXT, 0);
    find_column(out, "exponent a", "a", CELL_FIXED, 3);
    find_column(out, "change", "change", CELL_FIXED, 3);
    find_column(out, "published: RefinedWeb", "refinedweb", CELL_FIXED, 3);
    find_column(out, "OpenWebText2", "openwebtext2", CELL_FIXED, 3);
    find_column(out, "its change", "refinedweb_change", CELL_FIXED, 3);
    find_column(out, "its change", "openwebtext2_change", CELL_FIXED, 3);
    find_column(out, "direction", "direction", CELL_TEXT, 0);
    find_column(out, "runs", "runs", CELL_COUNT, 0);
    find_column(out, "computes", "computes", CELL_COUNT, 0);
    find_column(out, "from C", "c_low", CELL_FLOP, 0);
    find_column(out, "to C", "c_high", CELL_FLOP, 0);
}

bool table_waterfall(FindTable *out, Arena *arena, const Analysis *a)
{
    const Waterfall *w = &a->finds.waterfall;
    if (w->count == 0)
        return false;
    *out = find_table(arena, "From Kaplan's exponent to Chinchilla's");
    find_verdict(out, "%s", w->words);
    columns(out);
    for (int k = 0; k < w->count; k++)
        row(out, w, k);
    for (int k = 0; k < w->count; k++)
        if (!isfinite(w->step[k].e.a.value))
            find_note(out, "%s: %s.", w->step[k].name, w->step[k].e.words);
    find_note(out, "Published: Porian et al. 2024, arXiv:2406.19146, on texts, "
              "sizes and computes of their own; a direction can be compared, a "
              "size hardly.");
    find_note(out, "Parabolas in ln N through the best size and three to either "
              "side at each compute, C = 6 N D by the same count as N. "
              "Intervals: each run's residuals times one random factor, a whole "
              "curve together.");
    return true;
}

bool table_waterfall_beside(FindTable *out, Arena *arena, const Analysis *a)
{
    const Waterfall *w = &a->finds.waterfall;
    if (w->nbeside == 0)
        return false;
    *out = find_table(arena, "The exponent by other roads");
    find_column(out, "road", "road", CELL_TEXT, 0);
    find_column(out, "runs of", "group", CELL_TEXT, 0);
    find_column(out, "exponent a", "a", CELL_FIXED, 3);
    find_column(out, "published", "published", CELL_FIXED, 3);
    find_column(out, "what it is", "words", CELL_TEXT, 0);
    for (int k = 0; k < w->nbeside; k++) {
        const WaterBeside *b = &w->beside[k];
        find_row(out);
        find_text(out, b->name);
        find_text(out, b->from);
        find_interval(out, b->a);
        find_number(out, b->published);
        find_text(out, b->words);
    }
    find_note(out, "Published: Kaplan et al. 2020 for C_min and L(N,S), Pearce "
              "and Song 2024 for the surface, Porian et al. 2024 for the "
              "others.");
    return true;
}
