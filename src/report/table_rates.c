/* table_rates.c - the learning rates that were swept, and the law they imply. */

#include "report/find_table.h"

#include "report/num.h"

#include <math.h>

static i64 settled(const Rates *r)
{
    i64 count = 0;
    for (i64 k = 0; k < r->count; k++)
        count += r->sweep[k].best != NULL;
    return count;
}

static void verdict(FindTable *t, const Rates *r)
{
    char text[NUM_TEXT];
    if (r->line.npoint > 0)
        find_verdict(t, "%lld of %lld sweeps have their best rate inside the "
                     "rates tried; it moves with size as N^a, a = %s.",
                     (long long)settled(r), (long long)r->count,
                     num_interval(text, r->line.a, 3));
    else
        find_verdict(t, "%lld of %lld sweeps have their best rate inside the "
                     "rates tried: too few sizes for a law of it.",
                     (long long)settled(r), (long long)r->count);
}

static void row(FindTable *t, const RateSweep *s)
{
    const Interval unknown = { NAN, NAN, NAN };
    find_row(t);
    find_number(t, s->n);
    find_number(t, s->d);
    find_number(t, (double)s->count);
    find_number(t, s->run[0]->lr);
    find_number(t, s->run[s->count - 1]->lr);
    find_interval(t, s->best ? s->best->n : unknown);
    find_text(t, s->best ? "inside" : "at an edge, or no minimum");
}

bool table_rates(FindTable *out, Arena *arena, const Analysis *a)
{
    const Rates *r = &a->finds.rates;
    if (r->count == 0)
        return false;
    *out = find_table(arena, "Learning rates");
    verdict(out, r);
    find_column(out, "N", "n", CELL_SI, 0);
    find_column(out, "D", "d", CELL_SI, 0);
    find_column(out, "runs", "runs", CELL_COUNT, 0);
    find_column(out, "lowest", "rate_least", CELL_PLAIN, 3);
    find_column(out, "highest", "rate_most", CELL_PLAIN, 3);
    find_column(out, "best rate", "best", CELL_PLAIN, 3);
    find_column(out, "minimum", "minimum", CELL_TEXT, 0);
    for (i64 k = 0; k < r->count; k++)
        row(out, &r->sweep[k]);
    find_note(out, "A parabola in ln(rate) about the best of each sweep; only "
              "minima inside the rates tried are on the line.");
    return true;
}
