/* isoflop_vertex.c - one budget: the curve through its runs, and where that is
 * least. */

#include "fit/akima.h"
#include "fit/isoflop_parts.h"
#include "fit/parabola.h"

#include <math.h>

/* ln D on the curve of constant cost: C/F(N) is smooth in ln N, a parabola
 * through the runs' own (ln N, ln D) says it to four digits. */
static double ln_d_at(const Group *g, double ln_n)
{
    double quad[3];
    if (parabola_fit(quad, g->ln_n, g->ln_d, g->n))
        return parabola_at(quad, ln_n);
    return NAN;
}

static bool parabola_vertex_of(Vertex *v, double quad[3], const Group *g,
                               const double *ln_n, const double *loss, i64 n)
{
    if (!parabola_fit(quad, ln_n, loss, n))
        return false;
    const double at = parabola_vertex(quad), room = g->high - g->low;
    *v = (Vertex){ at, ln_d_at(g, at), parabola_at(quad, at) };
    return at > g->low - room && at < g->high + room;
}

/* Losses become the mean of each size; the curve knows none but its own. */
static bool akima_vertex_of(Vertex *v, const Group *g, const double *loss)
{
    Arena   scratch = { 0 };
    double *y = NEW(&scratch, double, g->nknot + 1);
    double *times = NEW(&scratch, double, g->nknot + 1);
    double *slope = NEW(&scratch, double, g->nknot + 1), ln_loss;
    for (i64 i = 0; i < g->n; i++) {
        y[g->knot_of[i]] += loss[i];
        times[g->knot_of[i]] += 1;
    }
    bool ok = g->nknot >= 3;
    for (i64 k = 0; k < g->nknot; k++) {
        y[k] = log(y[k] / times[k]);
        ok = ok && isfinite(y[k]);
    }
    if (ok) {
        akima_slopes(slope, g->knot, y, g->nknot);
        const double at = akima_least(&ln_loss, g->knot, y, slope, g->nknot);
        *v = (Vertex){ at, ln_d_at(g, at), exp(ln_loss) };
        ok = at > g->low && at < g->high;
    }
    arena_free(&scratch);
    return ok;
}

bool vertex_of(Vertex *v, double quad[3], const Group *g, IsoflopCurve curve,
               const double *ln_n, const double *loss, i64 n)
{
    return curve == ISOFLOP_AKIMA
             ? akima_vertex_of(v, g, loss)
             : parabola_vertex_of(v, quad, g, ln_n, loss, n);
}

static Interval to_size(double ln_value)
{
    return (Interval){ exp(ln_value), NAN, NAN };
}

IsoflopBudget budget_fit(Group *g, IsoflopCurve curve)
{
    const double none = NAN;
    IsoflopBudget b = { .c = exp(g->ln_c), .npoint = g->n, .bias_ln_n = none,
                        .quad = { none, none, none }, .sd_ln_n = none };
    Vertex v = { none, none, none };
    (void)vertex_of(&v, b.quad, g, curve, g->ln_n, g->loss, g->n);
    b.n = to_size(v.ln_n);
    b.d = to_size(v.ln_d);
    b.loss = (Interval){ v.loss, none, none };
    b.inside = v.ln_n > g->low && v.ln_n < g->high;
    g->used = b.inside && g->n >= RUNS_LEAST;
    return b;
}
