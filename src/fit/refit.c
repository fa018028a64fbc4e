/* refit.c - one whole fit of one weighting of the runs: every lattice point,
 * the best basins polished, the best of those. The fit itself and each of its
 * bootstrap replicates take this same road. */

#include "fit/search.h"

#include <math.h>

static const double SAME = 1e-8; /* relative, of the objective */

static bool better(const Polished *a, const Polished *b)
{
    if (a->settled != b->settled && fabs(a->objective - b->objective)
                                        <= SAME * fabs(b->objective))
        return a->settled;
    return a->objective < b->objective;
}

Refit refit(const Problem *p, const Grid *grid, int want,
            const double *also_from, Scratch *s, double *point_objective)
{
    double   start[STARTS_MAX + 1][P_MAX];
    Polished end[STARTS_MAX + 1];
    int count = grid_starts(start, want, grid, p, s, point_objective);
    for (int i = 0; also_from && i < p->law->nparam; i++)
        start[count][i] = also_from[i];
    count += also_from != NULL;

    Refit out = { .starts = count, .best.objective = INFINITY };
    for (int i = 0; i < count; i++) {
        end[i] = polish(p, start[i], s);
        if (i == 0 || better(&end[i], &out.best))
            out.best = end[i];
    }
    for (int i = 0; i < count; i++)
        out.agree += end[i].objective
                  <= out.best.objective * (1 + SAME) + 1e-300;
    return out;
}
