/* table_shape.c - what each factor of a model's form costs at one size, and
 * whether that is a few per cent. */

#include "report/find_table.h"

#include "report/num.h"

#include <math.h>
#include <stdio.h>

static void row(FindTable *out, const Form *f, const FormLevel *at)
{
    const Shape s = at->run->shape;
    char shape[80];
    snprintf(shape, sizeof shape, "%lldx%lld, %lld heads, ff %lld",
             (long long)s.layers, (long long)s.width, (long long)s.heads,
             (long long)s.ff);
    find_row(out);
    find_number(out, f->n);
    find_text(out, form_factor_name(f->factor));
    find_text(out, shape);
    find_number(out, at->x);
    find_interval(out, at->run == f->base ? (Interval){ 0, NAN, NAN }
                                          : at->change);
    find_number(out, (double)at->seeds);
    find_number(out, (double)at->rates);
    find_text(out, at->run == f->base ? "what all are changes of"
                 : at->run->shape.layers == 1 ? "one layer"
                 : at->edge ? "its best rate is the outermost tried" : NULL);
}

static void verdict(FindTable *out, const Forms *all)
{
    i64 few = 0, more = 0;
    for (i64 k = 0; k < all->count; k++) {
        few  += all->form[k].verdict == FORM_FEW;
        more += all->form[k].verdict == FORM_MORE;
    }
    find_verdict(out, "Kaplan: a few per cent over wide ranges. Of %lld factors "
                 "at a size, %lld cost no more than 3 %% over all of the range "
                 "tried (models of two layers and more), %lld cost more at its "
                 "worst, and of %lld the intervals do not say.",
                 (long long)all->count, (long long)few, (long long)more,
                 (long long)(all->count - few - more));
}

static void note(FindTable *out, const Form *f)
{
    char n[NUM_TEXT], low[NUM_TEXT], high[NUM_TEXT], value[NUM_TEXT];
    find_note(out, "%s at N %s: %s over %.3g times, at worst %s (%s to %s).",
              form_factor_name(f->factor), num_si(n, f->n, 3),
              form_factor_x(f->factor), f->reach,
              num_percent(value, f->worst.value),
              num_percent(low, f->worst.low), num_percent(high, f->worst.high));
}

static void one_layer(FindTable *out, const Forms *all)
{
    char n[NUM_TEXT], value[NUM_TEXT], low[NUM_TEXT], high[NUM_TEXT];
    for (i64 k = 0; k < all->count && out->notes < FIND_NOTES - 2; k++) {
        const Form *f = &all->form[k];
        if (f->factor == FORM_DEPTH && isfinite(f->one_layer.value))
            find_note(out, "One layer at N %s: %s (%s to %s), %s.",
                      num_si(n, f->n, 3),
                      num_percent(value, f->one_layer.value),
                      num_percent(low, f->one_layer.low),
                      num_percent(high, f->one_layer.high),
                      f->exception ? "the exception that Kaplan names"
                                   : "no exception here");
    }
}

bool table_shape(FindTable *out, Arena *arena, const Analysis *a)
{
    const Forms *all = &a->finds.forms;
    if (all->count == 0)
        return false;
    *out = find_table(arena, "What the form of a model is worth");
    verdict(out, all);
    find_column(out, "N", "n", CELL_SI, 0);
    find_column(out, "factor", "factor", CELL_TEXT, 0);
    find_column(out, "shape", "shape", CELL_TEXT, 0);
    find_column(out, "its ratio", "x", CELL_PLAIN, 3);
    find_column(out, "loss", "change", CELL_SHARE, 0);
    find_column(out, "seeds", "seeds", CELL_COUNT, 0);
    find_column(out, "rates", "rates", CELL_COUNT, 0);
    find_column(out, "", "remark", CELL_TEXT, 0);
    for (i64 k = 0; k < all->count; k++)
        for (i64 i = 0; i < all->form[k].count; i++)
            row(out, &all->form[k], &all->form[k].level[i]);
    one_layer(out, all);
    if (all->noise_free > 0)
        find_note(out, "Loss: ln over the base's, each at its best rate. A seed "
                  "scatters by %.2g %%, pooled over %lld repeats; intervals are "
                  "of that alone.", 100 * all->noise,
                  (long long)all->noise_free);
    for (i64 k = 0; k < all->count && out->notes < FIND_NOTES; k++)
        note(out, &all->form[k]);
    return true;
}
