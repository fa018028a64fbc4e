/* isoflop_bias.c - how far a parabola's vertex lies from the minimum of the
 * curve it was drawn through, without any noise.
 *
 * A loss at fixed cost is A' 10^(-alpha w) + B' 10^(beta w): steeper on one
 * side than on the other unless alpha = beta. A parabola is not, so its vertex
 * leans to the shallow side, the more the wider the grid.
 *
 * SOURCE: Xu, Czech et al. 2026, arXiv:2603.22339. */

#include "fit/parabola.h"

#include "fit/isoflop.h"

#include <math.h>

/* dw = - (sum w L / 2 sum w^2) (n sum w^4 - (sum w^2)^2)
 *                            / (n sum w^2 L - sum w^2 sum L)
 * with L = (beta/alpha) 10^(-alpha w) + 10^(beta w), for w symmetric about 0;
 * the parabola itself gives the same and holds for any w. */
double isoflop_bias(double alpha, double beta, const double *w, i64 n)
{
    Arena scratch = { 0 };
    double *loss = NEW(&scratch, double, n + 1), quad[3] = { 0 };
    for (i64 i = 0; i < n; i++)
        loss[i] = beta / alpha * pow(10, -alpha * w[i]) + pow(10, beta * w[i]);
    const bool ok = parabola_fit(quad, w, loss, n);
    arena_free(&scratch);
    return ok ? parabola_vertex(quad) : NAN;
}

/* The surface along one budget: ln D as a parabola of ln N. */
typedef struct Curve {
    const Fit *surface;
    double     ln_d[3];
} Curve;

static double loss_at(const Curve *c, double ln_n)
{
    return law_at(c->surface->law, c->surface->theta, exp(ln_n),
                  exp(parabola_at(c->ln_d, ln_n)));
}

/* Least of the curve between low and high, by thirds; NaN at an end. */
static double least(const Curve *c, double low, double high)
{
    const double from = low, to = high;
    while (high - low > 1e-7) {
        const double a = low + (high - low) / 3, b = high - (high - low) / 3;
        if (loss_at(c, a) < loss_at(c, b))
            high = b;
        else
            low = a;
    }
    const double at = (low + high) / 2;
    return at - from > 1e-6 && to - at > 1e-6 ? at : NAN;
}

static void bias_at(IsoflopBudget *b, const double *x, const double *ln_d,
                    double *loss, i64 n, const Fit *surface)
{
    double quad[3], low = INFINITY, high = -INFINITY;
    Curve curve = { .surface = surface };
    if (!parabola_fit(curve.ln_d, x, ln_d, n))
        return;
    for (i64 i = 0; i < n; i++) {
        loss[i] = loss_at(&curve, x[i]);
        low = fmin(low, x[i]);
        high = fmax(high, x[i]);
    }
    const double room = high - low;
    if (parabola_fit(quad, x, loss, n))
        b->bias_ln_n = parabola_vertex(quad)
                     - least(&curve, low - room, high + room);
}

void isoflop_bias_of(IsoflopBudget *budgets, i64 count, const Table *runs,
                     const Fit *surface)
{
    const double *n = table_column(runs, "N"), *d = table_column(runs, "D");
    const double *c = table_column(runs, "C");
    Arena scratch = { 0 };
    double *x = NEW(&scratch, double, runs->nrow + 1);
    double *ln_d = NEW(&scratch, double, runs->nrow + 1);
    double *loss = NEW(&scratch, double, runs->nrow + 1);
    for (i64 i = 0; i < count && n && d && c; i++) {
        i64 m = 0;
        for (i64 r = 0; r < runs->nrow; r++)
            if (fabs(log(c[r] / budgets[i].c)) < 0.1) {
                x[m] = log(n[r]);
                ln_d[m++] = log(d[r]);
            }
        bias_at(&budgets[i], x, ln_d, loss, m, surface);
    }
    arena_free(&scratch);
}
