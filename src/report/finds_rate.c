/* finds_rate.c - the best learning rate, from runs that differ in it alone.
 *
 * Loss over ln lr is a bowl that is steep where training breaks down; a
 * parabola holds about its bottom only, so no more than three rates to either
 * side of the best are taken. The rest is what approach 2 does with sizes: the
 * rate stands where N stands there, N where C does, so minima, intervals and
 * the power law come from the same code, which is tested there. */

#include "report/finds.h"

#include <math.h>
#include <stdlib.h>

enum { LEAST = 4, REACH = 3 };

static bool together(const Run *a, const Run *b)
{
    return finds_same_shape(&a->shape, &b->shape)
        && finds_same_text(a->corpus_sha256, b->corpus_sha256)
        && finds_same_text(a->arch, b->arch)
        && finds_same_text(a->schedule, b->schedule)
        && finds_same_text(a->optimizer, b->optimizer)
        && a->batch_tokens == b->batch_tokens
        && finds_same((double)a->tokens, (double)b->tokens, 0.02);
}

static int by_rate(const void *a, const void *b)
{
    const double x = (*(const Run *const *)a)->lr;
    const double y = (*(const Run *const *)b)->lr;
    return (x > y) - (x < y);
}

static i64 rates_of(const RateSweep *s)
{
    i64 count = s->count > 0;
    for (i64 i = 1; i < s->count; i++)
        count += !finds_same(s->run[i]->lr, s->run[i - 1]->lr, 1e-6);
    return count;
}

static RateSweep gather(Arena *arena, const RunList *runs, i64 first,
                        bool *taken, CountN counts)
{
    const Run *like = &runs->run[first];
    RateSweep s = { .run = NEW(arena, const Run *, runs->count),
                    .n = count_n(like->shape, counts),
                    .d = (double)like->tokens };
    for (i64 i = first; i < runs->count; i++)
        if (!taken[i] && finds_done(&runs->run[i]) && runs->run[i].lr > 0
            && together(like, &runs->run[i])) {
            taken[i] = true;
            s.run[s.count++] = &runs->run[i];
        }
    qsort(s.run, (size_t)s.count, sizeof *s.run, by_rate);
    return s;
}

static i64 best_of(const RateSweep *s)
{
    i64 best = 0;
    for (i64 i = 1; i < s->count; i++)
        if (s->run[i]->val_loss < s->run[best]->val_loss)
            best = i;
    return best;
}

/* Ranks of rates, counted from the best one's: seeds share a rank. */
static i64 steps_between(const RateSweep *s, i64 from, i64 to)
{
    i64 steps = 0;
    for (i64 i = i64_min(from, to); i < i64_max(from, to); i++)
        steps += !finds_same(s->run[i]->lr, s->run[i + 1]->lr, 1e-6);
    return steps;
}

enum { COL_RATE, COL_D, COL_N, COL_LOSS, COL_SWEEP, COLS };

/* A sweep is known by its number, as a power of two. */
static Table table_of(Arena *arena, const Rates *rates)
{
    static const char *const names[COLS] = { "N", "D", "C", "loss", "budget" };
    i64 rows = 0, row = 0;
    for (i64 k = 0; k < rates->count; k++)
        rows += rates->sweep[k].count;
    Table table = table_new(arena, COLS, names, rows);
    for (i64 k = 0; k < rates->count; k++) {
        const RateSweep *s = &rates->sweep[k];
        const i64        best = best_of(s);
        for (i64 i = 0; i < s->count; i++) {
            if (steps_between(s, i, best) > REACH)
                continue;
            table.column[COL_RATE][row]  = s->run[i]->lr;
            table.column[COL_D][row]     = s->d;
            table.column[COL_N][row]     = s->n;
            table.column[COL_LOSS][row]  = s->run[i]->val_loss;
            table.column[COL_SWEEP][row] = ldexp(1, (int)k);
            table.label[row++]           = s->run[i]->id;
        }
    }
    table.nrow = row;
    return table;
}

/* Budgets come back rising, which is the order of the sweeps; one that was
 * too small for a parabola is there too, with its points alone. */
static void settle(Rates *out, Arena *arena, FitOptions options)
{
    IsoflopBudget *budget = NULL;
    i64            count  = 0;
    Err            err    = { 0 };
    const Table    table  = table_of(arena, out);
    if (!isoflop_fit(&budget, &count, &out->line, arena, &table, options,
                     &err))
        out->line = (Frontier){ .npoint = 0 };
    for (i64 k = 0; k < i64_min(count, out->count); k++)
        if (budget[k].inside)
            out->sweep[k].best = &budget[k];
}

static int by_size(const void *a, const void *b)
{
    const RateSweep *x = a, *y = b;
    return x->n != y->n ? (x->n > y->n) - (x->n < y->n)
                        : (x->d > y->d) - (x->d < y->d);
}

void rates_find(Rates *out, Arena *arena, const RunList *runs, CountN counts,
                FitOptions options)
{
    bool *taken = NEW(arena, bool, runs->count + 1);
    *out = (Rates){ .sweep = NEW(arena, RateSweep, runs->count + 1) };
    for (i64 i = 0; i < runs->count && out->count < 60; i++) {
        if (taken[i] || !finds_done(&runs->run[i]))
            continue;
        const RateSweep s = gather(arena, runs, i, taken, counts);
        if (rates_of(&s) >= LEAST)
            out->sweep[out->count++] = s;
    }
    qsort(out->sweep, (size_t)out->count, sizeof *out->sweep, by_size);
    if (out->count > 0)
        settle(out, arena, options);
}
