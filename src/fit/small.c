/* small.c - linear algebra of a few unknowns. Factorisations are LAPACK's; the
 * matrices are symmetric, so row and column order are the same thing. */

#include "fit/search.h"

#include <math.h>
#include <string.h>

/* Fortran's names, for there is no header in every BLAS that has them. */
void dposv_(const char *uplo, const int *n, const int *nrhs, double *a,
            const int *lda, double *b, const int *ldb, int *info);
void dsyev_(const char *jobz, const char *uplo, const int *n, double *a,
            const int *lda, double *w, double *work, const int *lwork,
            int *info);

/* Up to three unknowns by hand: this is the innermost loop of a grid, where a
 * call into LAPACK costs more than the arithmetic. */
static bool solve_tiny(double *x, const double *a, const double *b, int n)
{
    double l[3][3], z[3];
    for (int i = 0; i < n; i++) {
        for (int j = 0; j <= i; j++) {
            double sum = a[i * n + j];
            for (int k = 0; k < j; k++)
                sum -= l[i][k] * l[j][k];
            if (i != j) {
                l[i][j] = sum / l[j][j];
            } else {
                if (!(sum > 1e-14 * fabs(a[i * n + i])))
                    return false;
                l[i][i] = sqrt(sum);
            }
        }
        z[i] = b[i];
        for (int k = 0; k < i; k++)
            z[i] -= l[i][k] * z[k];
        z[i] /= l[i][i];
    }
    for (int i = n - 1; i >= 0; i--) {
        x[i] = z[i];
        for (int k = i + 1; k < n; k++)
            x[i] -= l[k][i] * x[k];
        x[i] /= l[i][i];
    }
    return true;
}

bool small_solve(double *x, const double *a, const double *b, int n)
{
    if (n <= 3)
        return solve_tiny(x, a, b, n);
    double copy[P_MAX * P_MAX];
    const int one = 1;
    int info = 0;
    memcpy(copy, a, (size_t)(n * n) * sizeof *copy);
    memcpy(x, b, (size_t)n * sizeof *x);
    dposv_("U", &n, &one, copy, &n, x, &n, &info);
    return info == 0;
}

static void scaled(double *to, const double *a, int n)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            to[i * n + j] = a[i * n + j]
                          / sqrt(a[i * n + i] * a[j * n + j]);
}

double small_condition(double *weakest, const double *a, int n)
{
    double copy[P_MAX * P_MAX], value[P_MAX], work[64 * P_MAX];
    const int lwork = COUNT_OF(work);
    int info = 0;
    for (int i = 0; i < n; i++)
        if (!(a[i * n + i] > 0)) {
            for (int k = 0; weakest && k < n; k++)
                weakest[k] = k == i;
            return INFINITY;
        }
    scaled(copy, a, n);
    dsyev_("V", "U", &n, copy, &n, value, work, &lwork, &info);
    if (info != 0)
        return INFINITY;
    if (weakest) /* eigenvectors are Fortran's columns, least first */
        memcpy(weakest, copy, (size_t)n * sizeof *copy);
    return value[0] > 0 ? sqrt(value[n - 1] / value[0]) : INFINITY;
}

/* The unconstrained solution over the unknowns in `set`, others 0. */
static bool solve_set(double *x, const double *gram, const double *b, u32 set,
                      int n)
{
    double a[P_MAX * P_MAX], rhs[P_MAX], part[P_MAX], unit[P_MAX];
    int which[P_MAX], m = 0;
    for (int i = 0; i < n; i++) {
        x[i] = 0;
        if (set >> i & 1u)
            which[m++] = i;
    }
    for (int i = 0; i < m; i++) { /* columns to length 1: scales differ */
        const double square = gram[which[i] * n + which[i]];
        if (!(square > 0))
            return false;
        unit[i] = 1 / sqrt(square);
    }
    for (int i = 0; i < m; i++) {
        rhs[i] = b[which[i]] * unit[i];
        for (int j = 0; j < m; j++)
            a[i * m + j] = gram[which[i] * n + which[j]] * unit[i] * unit[j];
    }
    if (m && !small_solve(part, a, rhs, m))
        return false;
    for (int i = 0; i < m; i++)
        x[which[i]] = part[i] * unit[i];
    return true;
}

static bool allowed(const double *x, const bool *nonneg, int n)
{
    for (int i = 0; i < n; i++)
        if (!isfinite(x[i]) || (nonneg[i] && x[i] < 0))
            return false;
    return true;
}

/* Among sets solved without constraint, x'Gx - 2b'x is -b'x. */
static double gain(const double *x, const double *b, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += b[i] * x[i];
    return sum;
}

bool small_nonneg(double *x, const double *gram, const double *b,
                  const bool *nonneg, int n)
{
    const u32 all = (1u << n) - 1;
    if (solve_set(x, gram, b, all, n) && allowed(x, nonneg, n))
        return true;

    /* The optimum is the unconstrained one of its own support, so the best of
     * the feasible supports is it. 2^n, and n is small. */
    double best = -INFINITY, trial[P_MAX];
    for (u32 set = 0; set < all; set++) {
        bool free_kept = true;
        for (int i = 0; i < n; i++)
            free_kept = free_kept && (nonneg[i] || (set >> i & 1u));
        if (!free_kept || !solve_set(trial, gram, b, set, n)
            || !allowed(trial, nonneg, n) || gain(trial, b, n) <= best)
            continue;
        best = gain(trial, b, n);
        memcpy(x, trial, (size_t)n * sizeof *x);
    }
    return best > -INFINITY;
}
