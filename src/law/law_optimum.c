/* law_optimum.c - the size of least loss for a budget under C = 6 N D
 * (declared in law.h). */

#include "law/law.h"

#include "law/law_vec.h"

#include <math.h>
#include <string.h>

bool law_has_optimum(const Law *law)
{
    bool n = false, d = false;
    for (int c = 0; c < law->ncolumn; c++) {
        n = n || strcmp(law->column[c], "N") == 0;
        d = d || strcmp(law->column[c], "D") == 0;
    }
    return n && d && law->ncolumn == 2 && strcmp(law->response, "loss") == 0;
}

/* Sizes evaluated together, which costs little more than one: of the walk over
 * all, and of each look closer. */
enum { WALK = 65, CLOSER = 17 };

/* Which of `points` sizes, evenly apart in ln N from low to high, has the least
 * loss; -1 where none is finite. */
static int least(const Law *law, const double *theta, double c, double low,
                 double high, int points)
{
    double n[WALK], d[WALK], loss[WALK], *column[2];
    for (int k = 0; k < 2; k++)
        column[k] = strcmp(law->column[k], "N") == 0 ? n : d;
    for (int i = 0; i < points; i++)
        n[i] = low + (high - low) * i / (points - 1);
    law_vec()->exp(n, n, points);
    for (int i = 0; i < points; i++)
        d[i] = c / 6 / n[i];
    law_eval(loss, NULL, NULL, law, theta, column, points);
    int best = -1;
    for (int i = 0; i < points; i++)
        if (loss[i] < (best < 0 ? INFINITY : loss[best]))
            best = i;
    return best;
}

/* The walk brackets; each look after it sees the bracket eight times closer.
 * ln N is known to about 1e-7 at the end, the root of the machine's precision:
 * near its minimum a loss says no more. */
double law_optimum(const Law *law, const double *theta, double c)
{
    double low = 0, high = log(c / 6);
    if (!law_has_optimum(law) || !(high > low))
        return NAN;
    int best = least(law, theta, c, low, high, WALK), points = WALK;
    if (best <= 0 || best == WALK - 1)
        return NAN;
    while (high - low > 1e-7) {
        const double step = (high - low) / (points - 1), from = low;
        low = from + fmax(best - 1, 0) * step;
        high = from + fmin(best + 1, points - 1) * step;
        points = CLOSER;
        best = least(law, theta, c, low, high, points);
    }
    return exp(low + (high - low) * best / (points - 1));
}
