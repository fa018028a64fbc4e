/* finds_shape.c - does the form of a model matter, at one size?
 *
 * SOURCE: Kaplan et al. 2020, arXiv:2001.08361, figure 5. */

#include "report/finds.h"

#include <math.h>

enum { LEAST = 3 };
static const double SAME_N = 0.0488; /* ln 1.05 */

static bool together(const Run *a, const Run *b, CountN counts)
{
    return finds_same(count_n(a->shape, counts), count_n(b->shape, counts),
                      SAME_N)
        && finds_same((double)a->tokens, (double)b->tokens, SAME_N)
        && finds_same_text(a->corpus_sha256, b->corpus_sha256)
        && finds_same_text(a->arch, b->arch);
}

/* Of runs of the same shape the best one stands for it: they differ in rate,
 * batch or seed. */
static void take(ShapeSet *set, const Run *run)
{
    for (i64 i = 0; i < set->count; i++)
        if (finds_same_shape(&set->run[i]->shape, &run->shape)) {
            if (run->val_loss < set->run[i]->val_loss)
                set->run[i] = run;
            return;
        }
    set->run[set->count++] = run;
}

static void excesses(ShapeSet *set, Arena *arena)
{
    double least = INFINITY;
    set->excess = NEW(arena, double, set->count);
    for (i64 i = 0; i < set->count; i++)
        least = fmin(least, set->run[i]->val_loss);
    for (i64 i = 0; i < set->count; i++)
        set->excess[i] = log(set->run[i]->val_loss / least);
}

void shapes_find(Shapes *out, Arena *arena, const RunList *runs, CountN counts)
{
    bool *taken = NEW(arena, bool, runs->count + 1);
    *out = (Shapes){ .set = NEW(arena, ShapeSet, runs->count + 1) };
    for (i64 i = 0; i < runs->count; i++) {
        const Run *first = &runs->run[i];
        if (taken[i] || !finds_done(first))
            continue;
        ShapeSet set = { .run = NEW(arena, const Run *, runs->count),
                         .n = count_n(first->shape, counts),
                         .d = (double)first->tokens };
        for (i64 k = i; k < runs->count; k++)
            if (!taken[k] && finds_done(&runs->run[k])
                && together(first, &runs->run[k], counts)) {
                taken[k] = true;
                take(&set, &runs->run[k]);
            }
        if (set.count < LEAST)
            continue;
        excesses(&set, arena);
        out->set[out->count++] = set;
    }
}
