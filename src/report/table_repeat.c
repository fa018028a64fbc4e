/* table_repeat.c - what repeating was worth: measured against fresh text of equal
 * loss, and by the data-constrained law. */

#include "report/find_table.h"

#include <math.h>
#include <stdio.h>

static void verdict(FindTable *out, const Epochs *e)
{
    if (!isfinite(e->r_d.value)) {
        find_verdict(out, "%lld runs saw text more than once; %s.",
                     (long long)e->count, e->words);
        return;
    }
    find_verdict(out, "Repeats lose most of their worth after R*_D = %.3g "
                 "(%.3g to %.3g) of them: of tokens seen 4 times %.0f %% "
                 "count (%.0f to %.0f), of 16 times %.0f %% (%.0f to %.0f).",
                 e->r_d.value, e->r_d.low, e->r_d.high,
                 100 * e->value[0].share.value, 100 * e->value[0].share.low,
                 100 * e->value[0].share.high, 100 * e->value[1].share.value,
                 100 * e->value[1].share.low, 100 * e->value[1].share.high);
}

static void rows(FindTable *out, Arena *arena, const Epochs *e)
{
    for (i64 i = 0; i < e->count; i++) {
        const EpochRow *r = &e->row[i];
        find_row(out);
        find_text(out, arena_print(arena, "%lldx%lld",
                                   (long long)r->run->shape.layers,
                                   (long long)r->run->shape.width));
        find_number(out, r->n);
        find_number(out, r->unique);
        find_number(out, r->epochs);
        find_number(out, r->loss);
        find_number(out, r->worth);
        find_number(out, r->by_law);
    }
}

static void notes(FindTable *out, const Epochs *e)
{
    if (e->law.law)
        find_note(out, "Law of Muennighoff et al. 2023, fitted to these and %lld "
                  "fresh runs: scatter %.2f %%. %s The paper found R*_D = "
                  "15.4: 93 %% at 4 epochs, 66 %% at 16.",
                  (long long)e->fresh, 100 * e->law.rmse_log,
                  isfinite(e->r_n.value)
                      ? "R*_N, for parameters that the text cannot feed, is "
                        "told too."
                      : "R*_N, for parameters that the text cannot feed, is "
                        "not told by these runs.");
    find_note(out, "Measured: the fresh text that gives the same model the same "
              "loss, over the tokens seen; a dash where that lies beyond its "
              "fresh runs. Losses are the least of the end and the way.");
    if (e->overfit)
        find_note(out, "%lld of them overfitted: they ended more than 1 %% above "
                  "their least.", (long long)e->overfit);
}

bool table_repeat(FindTable *out, Arena *arena, const Analysis *a)
{
    const Epochs *e = &a->finds.epochs;
    if (e->count == 0)
        return false;
    *out = find_table(arena, "What repeating text was worth");
    verdict(out, e);
    find_column(out, "model", "model", CELL_TEXT, 0);
    find_column(out, "N", "n", CELL_SI, 3);
    find_column(out, "unique", "unique", CELL_SI, 3);
    find_column(out, "epochs", "epochs", CELL_PLAIN, 3);
    find_column(out, "loss", "loss", CELL_FIXED, 4);
    find_column(out, "worth, measured", "worth", CELL_FIXED, 2);
    find_column(out, "by the law", "by_law", CELL_FIXED, 2);
    rows(out, arena, e);
    notes(out, e);
    return true;
}

/* Each size by itself: one R*_D for all is the law's assumption. */
bool table_repeat_size(FindTable *out, Arena *arena, const Analysis *a)
{
    const Epochs    *e = &a->finds.epochs;
    const EpochSize *first = NULL, *last = NULL;
    for (i64 k = 0; k < e->sizes; k++)
        if (isfinite(e->size[k].r_d.value)) {
            first = first ? first : &e->size[k];
            last  = &e->size[k];
        }
    if (!first)
        return false;
    *out = find_table(arena, "Repeats, size by size");
    if (first != last)
        find_verdict(out, "Measured size by size, R*_D goes from %.3g at N = "
                     "%.3g to %.3g at N = %.3g: %s", first->r_d.value, first->n,
                     last->r_d.value, last->n,
                     last->r_d.high < first->r_d.low
                         ? "larger models wear text out sooner."
                     : last->r_d.low > first->r_d.high
                         ? "larger models bear more repeats."
                         : "no difference beyond the intervals.");
    find_column(out, "model", "model", CELL_TEXT, 0);
    find_column(out, "N", "n", CELL_SI, 3);
    find_column(out, "runs", "runs", CELL_COUNT, 0);
    find_column(out, "R*_D", "r_d", CELL_PLAIN, 3);
    find_column(out, "worth at 4", "at_4", CELL_FIXED, 2);
    find_column(out, "worth at 16", "at_16", CELL_FIXED, 2);
    for (i64 k = 0; k < e->sizes; k++) {
        const EpochSize *s = &e->size[k];
        find_row(out);
        find_text(out, arena_print(arena, "%lldx%lld",
                                   (long long)s->run->shape.layers,
                                   (long long)s->run->shape.width));
        find_number(out, s->n);
        find_number(out, (double)s->rows);
        find_interval(out, s->r_d);
        find_number(out, epochs_share(s->r_d.value, 4));
        find_number(out, epochs_share(s->r_d.value, 16));
        if (s->lossless)
            find_note(out, "N = %.3g: its repeats lost too little to tell R*_D.",
                      s->n);
    }
    find_note(out, "Least squares of measured worth, (1 + R (1 - exp((1 - e)/R)))"
              "/e of e epochs; intervals by drawing runs again.");
    return true;
}
