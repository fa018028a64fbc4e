/* law_optimum.c - the size of least loss for a budget under C = 6 N D
 * (declared in law.h). */

#include "law/law.h"

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

static double loss_at(const Law *law, const double *theta, double c,
                      double ln_n)
{
    const double n = exp(ln_n);
    return law_at(law, theta, n, c / 6 / n);
}

/* Golden section. ln N is known to about 1e-7 at the end, the root of the
 * machine's precision: near its minimum a loss says no more. */
static double golden(const Law *law, const double *theta, double c, double low,
                     double high)
{
    const double part = (sqrt(5) - 1) / 2;
    double a = high - part * (high - low), b = low + part * (high - low);
    double fa = loss_at(law, theta, c, a), fb = loss_at(law, theta, c, b);
    while (high - low > 1e-7) {
        if (fa < fb) {
            high = b;
            b = a;
            fb = fa;
            a = high - part * (high - low);
            fa = loss_at(law, theta, c, a);
        } else {
            low = a;
            a = b;
            fa = fb;
            b = low + part * (high - low);
            fb = loss_at(law, theta, c, b);
        }
    }
    return (low + high) / 2;
}

/* A coarse walk brackets, the section ends. */
double law_optimum(const Law *law, const double *theta, double c)
{
    enum { STEPS = 64 };
    const double end = log(c / 6), step = end / STEPS;
    int best = 0;
    double least = INFINITY;
    for (int i = 0; i <= STEPS; i++) {
        const double loss = loss_at(law, theta, c, i * step);
        if (loss < least) {
            least = loss;
            best = i;
        }
    }
    if (!law_has_optimum(law) || best == 0 || best == STEPS)
        return NAN;
    return exp(golden(law, theta, c, (best - 1) * step, (best + 1) * step));
}
