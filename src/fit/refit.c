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
                      .ln_y = NEW(arena, double, n) };
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

static bool better(const Polished *a, const Polished *b)
{
    if (a->settled != b->settled && fabs(a->objective - b->objective)
                                        <= SAME * fabs(b->objective))
        return a->settled;
    return a->objective < b->objective;
}

static bool same_value(double a, double b)
{
    return a <= b + SAME * fabs(b) + 1e-300;
}

/* Ends of starts on some rows, each different one polished on all of them.
 * times[i]: how many starts it stands for. */
static int ends_on_all(Polished *end, int *times, int count, const Problem *p,
                       Scratch *s)
{
    enum { KEPT = 3 };
    int kept = 0;
    for (int i = 0; i < count; i++) {
        int same = -1;
        for (int k = 0; k < kept; k++)
            if (same_value(end[i].objective, end[k].objective)
                && same_value(end[k].objective, end[i].objective))
                same = k;
        if (same >= 0) {
            times[same]++;
        } else {
            end[kept] = end[i];
            times[kept++] = 1;
        }
    }
    for (int i = 1; i < kept; i++) /* best first; there are few */
        for (int k = i; k > 0 && better(&end[k], &end[k - 1]); k--) {
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

Refit refit(const Search *search, const Problem *p, const Problem *tight,
            int want, const double *also_from, SearchSpace *space)
{
    double   start[STARTS_MAX][P_MAX];
    Polished end[STARTS_MAX + 1];
    int      times[STARTS_MAX + 1];
    const Problem q = some_of(search, p, space);
    int count = grid_starts(start, want, &search->grid, &q, &space->grid);
    Refit out = { .starts = count, .best.objective = INFINITY };
    for (int i = 0; i < count; i++) {
        end[i] = polish(search->row ? &q : tight, start[i],
                        search->row ? &space->some : &space->whole);
        times[i] = 1;
    }
    if (search->row)
        count = ends_on_all(end, times, count, tight, &space->whole);
    if (also_from) {
        end[count] = polish(tight, also_from, &space->whole);
        times[count++] = 1;
        out.starts++;
    }
    for (int i = 0; i < count; i++)
        if (i == 0 || better(&end[i], &out.best))
            out.best = end[i];
    for (int i = 0; i < count; i++)
        if (same_value(end[i].objective, out.best.objective))
            out.agree += times[i];
    return out;
}
