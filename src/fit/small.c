/* small.c - linear algebra of a few unknowns. Beyond eight of them factorisations
 * are LAPACK's; the matrices are symmetric, so row and column order are the same
 * thing. */

#include "fit/search.h"

#include <math.h>
#include <string.h>

/* Fortran's names, for there is no header in every BLAS that has them. */
void dposv_(const char *uplo, const int *n, const int *nrhs, double *a,
            const int *lda, double *b, const int *ldb, int *info);
void dsyev_(const char *jobz, const char *uplo, const int *n, double *a,
            const int *lda, double *w, double *work, const int *lwork,
            int *info);

enum { TINY = 8 };

/* A few unknowns by hand: this is the innermost loop of a search, where a call
 * into LAPACK costs more than the arithmetic. */
static bool solve_tiny(double *x, const double *a, const double *b, int n)
{
    double l[TINY][TINY], z[TINY];
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < i; j++) {
            double sum = a[i * n + j];
            for (int k = 0; k < j; k++)
                sum -= l[i][k] * l[j][k];
            l[i][j] = sum * l[j][j];
        }
        double sum = a[i * n + i];
        for (int k = 0; k < i; k++)
            sum -= l[i][k] * l[i][k];
        if (!(sum > 1e-15 * fabs(a[i * n + i])))
            return false;
        l[i][i] = 1 / sqrt(sum); /* the diagonal's inverse is kept */
        z[i] = b[i];
        for (int k = 0; k < i; k++)
            z[i] -= l[i][k] * z[k];
        z[i] *= l[i][i];
    }
    for (int i = n - 1; i >= 0; i--) {
        x[i] = z[i];
        for (int k = i + 1; k < n; k++)
            x[i] -= l[k][i] * x[k];
        x[i] *= l[i][i];
    }
    return true;
}

bool small_solve(double *x, const double *a, const double *b, int n)
{
    if (n <= TINY)
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

bool small_invert(double *inverse, const double *a, int n)
{
    double unit[P_MAX], copy[P_MAX * P_MAX], one[P_MAX];
    for (int i = 0; i < n; i++)
        if (!(a[i * n + i] > 0))
            return false;
    scaled(copy, a, n);
    for (int i = 0; i < n; i++)
        unit[i] = 1 / sqrt(a[i * n + i]);
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < n; k++)
            one[k] = k == i ? unit[i] : 0;
        if (!small_solve(inverse + i * n, copy, one, n))
            return false;
        for (int k = 0; k < n; k++)
            inverse[i * n + k] *= unit[k];
    }
    return true;
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

static u32 without_bounds(const bool *nonneg, int n)
{
    u32 set = 0;
    for (int i = 0; i < n; i++)
        if (!nonneg[i])
            set |= 1u << i;
    return set;
}

/* Outside `set`, the unknown whose growth from 0 helps most, in the measure of
 * its own column; -1 if none helps. */
static int most_wanted(const double *x, const double *gram, const double *b,
                       u32 set, u32 refused, int n)
{
    int best = -1;
    double most = 1e-11;
    for (int i = 0; i < n; i++) {
        double slope = b[i], size = fabs(b[i]);
        for (int k = 0; k < n; k++) {
            slope -= gram[i * n + k] * x[k];
            size += fabs(gram[i * n + k] * x[k]);
        }
        if (((set | refused) >> i & 1u) == 0 && slope > most * size) {
            most = slope / size;
            best = i;
        }
    }
    return best;
}

/* Towards z as far as x stays allowed; what comes to 0 leaves the set. */
static u32 go_towards(double *x, const double *z, const bool *nonneg, u32 set,
                      int n)
{
    double part = 1;
    int first = -1;
    for (int i = 0; i < n; i++)
        if ((set >> i & 1u) && nonneg[i] && z[i] <= 0
            && x[i] / (x[i] - z[i]) <= part) {
            part = x[i] > 0 ? x[i] / (x[i] - z[i]) : 0;
            first = i;
        }
    for (int i = 0; i < n; i++) {
        x[i] += part * (z[i] - x[i]);
        if (i == first || ((set >> i & 1u) && nonneg[i] && x[i] <= 0)) {
            x[i] = 0;
            set &= ~(1u << i);
        }
    }
    return set;
}

/* SOURCE: Lawson and Hanson 1974, chapter 23, on normal equations. */
bool small_nonneg(double *x, const double *gram, const double *b,
                  const bool *nonneg, int n)
{
    const u32 all = n < 32 ? (1u << n) - 1 : ~0u;
    double z[P_MAX];
    if (solve_set(x, gram, b, all, n) && allowed(x, nonneg, n))
        return true;

    u32 set = without_bounds(nonneg, n), refused = 0;
    if (!solve_set(x, gram, b, set, n))
        return false;
    for (int round = 0; round < 4 * n + 4; round++) {
        const int add = most_wanted(x, gram, b, set, refused, n);
        if (add < 0)
            break;
        set |= 1u << add;
        if (!solve_set(z, gram, b, set, n)) {
            set &= ~(1u << add); /* as good as one that is in already */
            refused |= 1u << add;
            continue;
        }
        while (!allowed(z, nonneg, n) && set) {
            const u32 before = set;
            set = go_towards(x, z, nonneg, set, n);
            if (set == before || !solve_set(z, gram, b, set, n))
                return false;
        }
        memcpy(x, z, (size_t)n * sizeof *x);
    }
    return allowed(x, nonneg, n);
}
