/* wild.c - responses drawn again about the fit: each row keeps its place and the
 * size of its own residual, and each cluster's residuals take one random factor
 * together. Right where the scatter differs from run to run, or where a few
 * clusters share their luck, and needs no row to be left out.
 *
 * A residual at a row that the fit leans on is too small, so it is divided by
 * sqrt(1 - leverage) (HC2). The factors are Webb's six points, of mean 0 and
 * variance 1, which give more than two values even for a handful of clusters.
 *
 * SOURCE: Webb 2023, "Reworking wild bootstrap-based inference for clustered
 *         errors", Canadian Journal of Economics 56; MacKinnon and White 1985
 *         (HC2). */

#include "fit/search.h"

#include "base/rng.h"

#include <math.h>

static const double LEVERAGE_MOST = 0.99;

/* J'WJ over the rows and its inverse; scales[i] multiplies J. */
static bool spread(double *inverse, const Problem *p, const double *jac,
                   const double *scales)
{
    const int n = p->law->nparam;
    double gram[P_MAX * P_MAX];
    for (int a = 0; a < n; a++)
        for (int b = 0; b < n; b++) {
            double sum = 0;
            for (i64 i = 0; i < p->nrow; i++)
                sum += p->weight[i] * scales[i] * scales[i]
                     * jac[a * p->nrow + i] * jac[b * p->nrow + i];
            gram[a * n + b] = sum;
        }
    return small_invert(inverse, gram, n);
}

static double leverage(const Problem *p, const double *inverse,
                       const double *jac, double scale, i64 i)
{
    const int n = p->law->nparam;
    double sum = 0;
    for (int a = 0; a < n; a++)
        for (int b = 0; b < n; b++)
            sum += jac[a * p->nrow + i] * inverse[a * n + b]
                 * jac[b * p->nrow + i];
    return fmin(fmax(sum * scale * scale * p->weight[i], 0), LEVERAGE_MOST);
}

Wild wild_new(Arena *arena, const Problem *p, const double *theta)
{
    const i64 n = p->nrow;
    double *value = NEW(arena, double, n), *residual = NEW(arena, double, n);
    double inverse[P_MAX * P_MAX];
    Arena scratch = { 0 };
    double *jac = NEW(&scratch, double, p->law->nparam * n);
    double *scale = NEW(&scratch, double, n);
    const bool by_log = objective_by_log(p->objective);
    problem_values(value, jac, p, theta);
    for (i64 i = 0; i < n; i++) {
        residual[i] = by_log ? p->ln_y[i] - log(value[i]) : p->y[i] - value[i];
        scale[i] = by_log ? 1 / value[i] : 1;
    }
    if (spread(inverse, p, jac, scale))
        for (i64 i = 0; i < n; i++)
            residual[i] /= sqrt(1 - leverage(p, inverse, jac, scale[i], i));
    arena_free(&scratch);
    return (Wild){ value, residual, by_log };
}

void wild_draw(double *y, double *ln_y, double *factor, const Wild *wild,
               const i64 *unit, i64 nunit, i64 nrow, u64 seed, i64 replicate)
{
    static const double size[] = { 1.224744871391589, 1, 0.7071067811865476 };
    for (i64 k = 0; k < nunit; k++) {
        const i64 face = rng_below(seed, RNG_BOOTSTRAP,
                                   (u64)(replicate * nunit + k), 6);
        factor[k] = face < 3 ? size[face] : -size[face - 3];
    }
    for (i64 i = 0; i < nrow; i++) {
        const double moved = factor[unit[i]] * wild->residual[i];
        y[i] = wild->by_log ? wild->value[i] * exp(moved)
                            : wild->value[i] + moved;
        ln_y[i] = y[i] > 0 ? log(y[i]) : NAN;
    }
}
