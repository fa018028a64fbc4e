/* refit.c - one whole fit of one weighting of the runs: every point of the grid,
 * the best basins polished, the best of those. The fit itself and each of its
 * bootstrap replicates take this same road. */

#include "fit/search.h"

#include <math.h>
#include <string.h>

static const double SAME = 1e-8; /* relative, of the objective */

/* Every so manyth row, so that any order of the table is covered evenly. */
static const i64 *rows_some(Arena *arena, const Problem *p)
{
    if (p->nrow <= SEARCH_ROWS || !problem_rows_apart(p))
        return NULL;
    i64 *row = NEW(arena, i64, SEARCH_ROWS);
    for (i64 i = 0; i < SEARCH_ROWS; i++)
        row[i] = (i64)((double)i * (double)p->nrow / SEARCH_ROWS);
    return row;
}

void search_new(Search *out, Arena *arena, const Problem *p, bool coarse)
{
    out->whole = *p;
    out->row = rows_some(arena, p);
    out->some = out->row ? problem_part(arena, p, out->row, SEARCH_ROWS,
                                        p->weight)
                         : *p;
    out->grid = grid_new(arena, &out->some, coarse);
}

SearchSpace search_space(Arena *arena, const Search *search)
{
    const i64 n = search->some.nrow;
    SearchSpace s = { .whole = scratch_new(arena, &search->whole),
                      .some = scratch_new(arena, &search->some),
                      .grid = grid_space(arena, &search->grid),
                      .weight = NEW(arena, double, n),
                      .y = NEW(arena, double, n),
                      .ln_y = NEW(arena, double, n),
                      .basin = NEW(arena, Basin, STARTS_MAX) };
    return s;
}

/* The search's own rows, as p weighs them. */
static Problem some_of(const Search *search, const Problem *p, SearchSpace *s)
{
    Problem q = search->some;
    q.pinned = p->pinned;
    if (!search->row) {
        q.weight = p->weight;
        q.y = p->y;
        q.ln_y = p->ln_y;
        return q;
    }
    for (i64 i = 0; i < q.nrow; i++) {
        s->weight[i] = p->weight[search->row[i]];
        s->y[i] = p->y[search->row[i]];
        s->ln_y[i] = p->ln_y[search->row[i]];
    }
    q.weight = s->weight;
    q.y = s->y;
    q.ln_y = s->ln_y;
    return q;
}

static bool better(const Polished *a, const Polished *b, double dust)
{
    if (a->settled != b->settled
        && fabs(a->objective - b->objective)
               <= SAME * fabs(b->objective) + dust)
        return a->settled;
    return a->objective < b->objective;
}

static bool same_value(double a, double b, double dust)
{
    return a <= b + SAME * fabs(b) + dust;
}

/* Ends of starts on some rows, each different one polished on all of them.
 * times[i]: how many starts it stands for. */
static int ends_on_all(Polished *end, int *times, int count, const Problem *p,
                       Scratch *s)
{
    enum { KEPT = 3 };
    const double dust = problem_dust(p);
    int kept = 0;
    for (int i = 0; i < count; i++) {
        int same = -1;
        for (int k = 0; k < kept; k++)
            if (same_value(end[i].objective, end[k].objective, dust)
                && same_value(end[k].objective, end[i].objective, dust))
                same = k;
        if (same >= 0) {
            times[same]++;
        } else {
            end[kept] = end[i];
            times[kept++] = 1;
        }
    }
    for (int i = 1; i < kept; i++) /* best first; there are few */
        for (int k = i; k > 0 && better(&end[k], &end[k - 1], dust);
             k--) {
            const Polished swapped = end[k];
            const int times_swapped = times[k];
            end[k] = end[k - 1];
            times[k] = times[k - 1];
            end[k - 1] = swapped;
            times[k - 1] = times_swapped;
        }
    kept = kept < KEPT ? kept : KEPT;
    for (int i = 0; i < kept; i++)
        end[i] = polish(p, end[i].theta, s);
    return kept;
}

/* The best of some ends, and how many starts it stands for. */
static Refit best_of(const Polished *end, const int *times, int count,
                     double dust)
{
    Refit out = { .best = { .objective = INFINITY } };
    for (int i = 0; i < count; i++) {
        out.starts += times[i];
        if (i == 0 || better(&end[i], &out.best, dust))
            out.best = end[i];
    }
    for (int i = 0; i < count; i++)
        if (same_value(end[i].objective, out.best.objective, dust))
            out.agree += times[i];
    return out;
}

Refit refit(const Search *search, const Problem *p, int want,
            SearchSpace *space)
{
    double   start[STARTS_MAX][P_MAX];
    Polished end[STARTS_MAX];
    int      times[STARTS_MAX];
    const Problem q = some_of(search, p, space);
    int count = grid_starts(start, want, &search->grid, &q, &space->grid);
    for (int i = 0; i < count; i++) {
        end[i] = search->row ? polish(&q, start[i], &space->some)
                             : polish(p, start[i], &space->whole);
        times[i] = 1;
    }
    if (search->row)
        count = ends_on_all(end, times, count, p, &space->whole);
    return best_of(end, times, count, problem_dust(p));
}

/* Every start goes down until it is seen to be in a basin that another has been
 * through; each basin is then gone to the end of once. A Huber of small delta
 * has small hollows side by side, so that one more descent goes straight from
 * the fit: of 1000 draws of the 245 Chinchilla points, outliers and all, none
 * then misses the least that twelve starts on the fine lattice find, and 3
 * (by 2e-4) without; of the 240 points none does either way. Of every fifth to
 * ninth of the points 0 to 2 draws in 1000 do, by 2e-4 to 1e-2; twice as many
 * starts find half of those. */
Refit refit_quick(const Search *search, const Problem *p, const Problem *tight,
                  int want, const double *also_from, SearchSpace *space)
{
    double   start[STARTS_MAX][P_MAX];
    Basin   *basin = space->basin;
    Polished end[STARTS_MAX + 1];
    int      times[STARTS_MAX + 1] = { 0 }, count = 0;
    const Problem q = some_of(search, p, space);
    const Problem *on = search->row ? &q : tight;
    Scratch *s = search->row ? &space->some : &space->whole;
    const double soft = polish_soft_delta(on, also_from, s);
    const int starts = grid_starts(start + 1, want, &search->grid, &q,
                                   &space->grid);
    memcpy(start[0], also_from, sizeof start[0]);
    for (int i = 0; i <= starts; i++) {
        const int k = polish_basin(basin, count, on, soft, start[i], s);
        if (k < 0)
            continue;
        times[k]++;
        count += k == count;
    }
    for (int k = 0; k < count; k++)
        end[k] = polish_from(tight, basin[k].theta,
                             p->objective == FIT_QUANTILE ? soft : p->delta,
                             &space->whole);
    if (p->objective == FIT_HUBER_LOG || p->objective == FIT_HUBER) {
        end[count] = polish_from(tight, also_from, p->delta, &space->whole);
        times[count++] = 1;
    }
    return best_of(end, times, count, problem_dust(p));
}
