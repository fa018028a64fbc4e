/* table_transfer.c - data that another text was worth, size by size, and the law
 * through it. */

#include "report/find_table.h"

#include <math.h>

static void columns(FindTable *out)
{
    find_column(out, "model", "model", CELL_TEXT, 0);
    find_column(out, "N", "n", CELL_SI, 3);
    find_column(out, "tokens D_F", "d_f", CELL_SI, 3);
    find_column(out, "loss", "loss", CELL_FIXED, 4);
    find_column(out, "worth D_E", "d_e", CELL_SI, 3);
    find_column(out, "transferred D_T", "d_t", CELL_SI, 3);
    find_column(out, "D_E / D_F", "times", CELL_FIXED, 2);
}

static Interval over(Interval x, double by)
{
    return (Interval){ x.value / by, x.low / by, x.high / by };
}

static void rows(FindTable *out, Arena *arena, const Transfer *t)
{
    for (i64 i = 0; i < t->count; i++) {
        const TransferPoint *p = &t->point[i];
        find_row(out);
        find_text(out, arena_print(arena, "%lldx%lld",
                                   (long long)p->run->shape.layers,
                                   (long long)p->run->shape.width));
        find_number(out, t->size[p->size].n);
        find_number(out, p->d_f);
        find_number(out, p->loss);
        find_interval(out, p->d_e);
        find_interval(out, p->d_t);
        find_interval(out, over(p->d_e, p->d_f));
    }
}

/* The point where most was transferred for what was given. */
static const TransferPoint *best(const Transfer *t)
{
    const TransferPoint *out = NULL;
    for (i64 i = 0; i < t->count; i++) {
        const TransferPoint *p = &t->point[i];
        if (p->where == TRANSFER_FOUND
            && (!out || p->d_e.value / p->d_f > out->d_e.value / out->d_f))
            out = p;
    }
    return out;
}

static i64 beyond(const Transfer *t, TransferWhere where)
{
    i64 count = 0;
    for (i64 i = 0; i < t->count; i++)
        count += t->point[i].where == where;
    return count;
}

static void verdict(FindTable *out, const Transfer *t)
{
    const TransferPoint *p = best(t);
    if (!p) {
        find_verdict(out, "No fine-tuned loss lies on a curve from nothing.");
        return;
    }
    if (t->law.law)
        find_verdict(out, "A start from %s was worth up to %.1f times the "
                     "tokens of %s that were given; D_T = %.3g D_F^%.2f "
                     "N^%.2f.", t->from, p->d_e.value / p->d_f, t->to,
                     t->k.value, t->alpha.value, t->beta.value);
    else
        find_verdict(out, "A start from %s was worth up to %.1f times the "
                     "tokens of %s that were given; no law: %s.", t->from,
                     p->d_e.value / p->d_f, t->to, t->words);
}

static void note_law(FindTable *out, const Transfer *t)
{
    if (!t->law.law)
        return;
    find_note(out, "D_T = k D_F^alpha N^beta (Hernandez et al. 2021) through %lld "
              "points: k = %.3g (%.3g to %.3g), alpha = %.3f (%.3f to %.3f), "
              "beta = %.3f (%.3f to %.3f); scatter %.0f %%. The paper, text to "
              "Python: 1.9e4, 0.18, 0.38.", (long long)t->fitted, t->k.value,
              t->k.low, t->k.high, t->alpha.value, t->alpha.low,
              t->alpha.high, t->beta.value, t->beta.low, t->beta.high,
              100 * t->law.rmse_log);
}

static void note_rest(FindTable *out, const Transfer *t)
{
    if (t->harmed)
        find_note(out, "Ossification: at %lld points the start did harm (D_T "
                  "below 0).", (long long)t->harmed);
    else
        find_note(out, "Nowhere did the start do harm beyond the noise.");
    if (t->repeats)
        find_note(out, "Intervals: every loss moved by the noise of a seed, "
                  "%.2f %% of it (%lld repeats).", 100 * t->noise,
                  (long long)t->repeats);
    else
        find_note(out, "No setting was repeated with another seed, so the "
                  "points have no intervals.");
    const i64 better = beyond(t, TRANSFER_BETTER);
    const i64 worse  = beyond(t, TRANSFER_WORSE);
    if (better + worse)
        find_note(out, "Not on the curve from nothing: %lld better than its "
                  "longest run, %lld worse than its shortest.",
                  (long long)better, (long long)worse);
}

bool table_transfer(FindTable *out, Arena *arena, const Analysis *a)
{
    const Transfer *t = &a->finds.transfer;
    if (t->count == 0)
        return false;
    *out = find_table(arena, "What another text was worth");
    verdict(out, t);
    columns(out);
    rows(out, arena, t);
    note_law(out, t);
    note_rest(out, t);
    return true;
}
