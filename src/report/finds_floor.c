/* finds_floor.c - see finds_floor.h. */

#include "report/finds_floor.h"

#include <math.h>
#include <string.h>

static const double CLOSE = 0.02;

/* "markov2-noise5" is "markov2" behind noise. */
static const Domain *clean_of(const Domains *all, const char *corpus)
{
    const char *noise = strstr(corpus, "-noise");
    for (i64 k = 0; noise && k < all->count; k++) {
        const char *name = all->item[k].corpus;
        if (strlen(name) == (size_t)(noise - corpus)
            && strncmp(name, corpus, strlen(name)) == 0
            && all->item[k].entropy > 0)
            return &all->item[k];
    }
    return NULL;
}

static void shift(Floor *f, Arena *arena, double level)
{
    const Domain *a = f->clean, *b = f->domain;
    f->shift_truth = b->entropy - a->entropy;
    f->shift_se    = hypot(a->entropy_se, b->entropy_se);
    if (!a->fit.law || !b->fit.law)
        return;
    const int at = law_param(a->fit.law, "E"), n = a->fit.law->nparam;
    const i64 count = i64_min(a->fit.ndraw, b->fit.ndraw);
    double   *draw = NEW(arena, double, count + 1);
    for (i64 k = 0; k < count; k++)
        draw[k] = b->fit.draw[k * n + at] - a->fit.draw[k * n + at];
    f->shift.value = b->e.value - a->e.value;
    if (count > 0)
        f->shift = fit_interval(f->shift.value, draw, count, level);
}

static void add(Floors *out, Arena *arena, const Domains *all, const Domain *d,
                double level)
{
    const Interval none = { NAN, NAN, NAN };
    Floor         *f = &out->item[out->count++];
    *f = (Floor){ .domain = d, .e = d->e, .truth = d->entropy,
                  .se = d->entropy_se, .off = d->e.value / d->entropy - 1,
                  .reached = d->least / d->entropy - 1, .shift = none,
                  .clean = clean_of(all, d->corpus),
                  .shift_truth = NAN, .shift_se = NAN };
    f->inside = f->e.low - 2 * f->se <= f->truth
             && f->e.high + 2 * f->se >= f->truth;
    f->close = fabs(f->off) <= CLOSE;
    if (f->clean)
        shift(f, arena, level);
    out->inside += f->inside;
    out->close += f->close;
}

void floors_find(Floors *out, Arena *arena, const Domains *all, double level)
{
    *out = (Floors){ .item = NEW(arena, Floor, all->count + 1) };
    for (i64 k = 0; k < all->count; k++)
        if (all->item[k].entropy > 0)
            add(out, arena, all, &all->item[k], level);
}
