/* law_check.c - is a law what it says? Its derivatives against differences,
 * its published sets against what was published of them (declared in law.h). */

#include "law/law.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 12 };

static const double GAP_ALLOWED = 1e-6, VALUE_ALLOWED = 1e-4;
static const double OPTIMUM_ALLOWED = 2e-4;

/* ---- derivatives ------------------------------------------------------- */

static double largest(const double *x, i64 n)
{
    double most = 0;
    for (i64 i = 0; i < n; i++)
        most = fmax(most, fabs(x[i]));
    return most;
}

/* (f(t+h) - f(t-h))/2h has an error of h^2; two of them, at h and 2h, one of
 * h^4, which with h = 1e-3 t leaves about 1e-12. */
static void difference(double *out, double at[4][ROWS * LAW_PARAMS_MAX],
                       double h, i64 n)
{
    for (i64 i = 0; i < n; i++)
        out[i] = (8 * (at[2][i] - at[1][i]) - (at[3][i] - at[0][i])) / (12 * h);
}

static double gap(const double *exact, const double *seen, double floor,
                  i64 n)
{
    const double size = fmax(largest(exact, n), floor);
    double most = 0;
    for (i64 i = 0; i < n; i++)
        most = fmax(most, fabs(exact[i] - seen[i]));
    return size > 0 ? most / size : most;
}

typedef struct Exact {
    double value[ROWS], jac[LAW_PARAMS_MAX * ROWS];
    double hess[LAW_PARAMS_MAX * LAW_PARAMS_MAX * ROWS];
} Exact;

/* The gaps that moving parameter p shows. A derivative that is 0 everywhere is
 * measured against what it would be in a law that feels p at all. */
static LawGaps gaps_of(int p, const Exact *exact, const Law *by_difference,
                       const double *theta, double *const *column, i64 n)
{
    static const double place[] = { -2, -1, 1, 2 };
    const int np = by_difference->nparam;
    const double h = 1e-3 * (theta[p] != 0 ? fabs(theta[p]) : 1);
    double value[4][ROWS * LAW_PARAMS_MAX], jac[4][ROWS * LAW_PARAMS_MAX];
    double seen[ROWS * LAW_PARAMS_MAX], moved[LAW_PARAMS_MAX];
    memcpy(moved, theta, (size_t)np * sizeof *moved);
    for (int k = 0; k < 4; k++) {
        moved[p] = theta[p] + place[k] * h;
        law_eval(value[k], jac[k], NULL, by_difference, moved, column, n);
    }
    difference(seen, value, h, n);
    LawGaps out = { gap(exact->jac + p * n, seen, 0, n), 0 };
    difference(seen, jac, h, np * n);
    for (int q = 0; q < np; q++) {
        const double floor = 1e-3 * largest(exact->jac + q * n, n)
                           / (1e3 * h);
        out.curve = fmax(out.curve, gap(exact->hess + (p * np + q) * n,
                                        seen + q * n, floor, n));
    }
    return out;
}

LawGaps law_gaps(const Law *law, const Law *by_difference, const double *theta,
                 double *const *column, i64 nrow)
{
    LawGaps worst = { 0, 0 };
    Exact exact;
    for (i64 at = 0; at < nrow; at += ROWS) {
        const i64 n = i64_min(ROWS, nrow - at);
        double *from[LAW_COLUMNS_MAX];
        for (int c = 0; c < law->ncolumn; c++)
            from[c] = column[c] + at;
        law_eval(exact.value, exact.jac, exact.hess, law, theta, from, n);
        for (int p = 0; p < law->nparam; p++) {
            const LawGaps g = gaps_of(p, &exact, by_difference, theta, from, n);
            worst.slope = fmax(worst.slope, g.slope);
            worst.curve = fmax(worst.curve, g.curve);
        }
    }
    return worst;
}

/* By the logarithm where both ends allow it. */
static double between(double from, double to, double t)
{
    return from > 0 ? from * pow(to / from, t) : from + t * (to - from);
}

/* Where the file is silent: compute by its letter, all else 1e3 to 1e11. */
static LawColumn range_of(const Law *law, int c)
{
    LawColumn r = law->about[c];
    const bool compute = law->column[c][0] == 'C'
                      && (!law->column[c][1] || law->column[c][1] == '_');
    if (isnan(r.from))
        r.from = compute ? 1e12 : 1e3;
    if (isnan(r.to))
        r.to = compute ? 1e24 : 1e11;
    return r;
}

/* Rows over many decades, no two columns in step. */
static void rows_make(double value[LAW_COLUMNS_MAX][ROWS], const Law *law)
{
    for (int c = 0; c < law->ncolumn; c++) {
        const LawColumn r = range_of(law, c);
        for (int i = 0; i < ROWS; i++) {
            const double t = fmod((c + 1) * 0.618034 * (i + 0.5), 1);
            value[c][i] = between(r.from, r.to, t);
        }
    }
}

static LawGaps gaps_at(const Law *law, const double *theta)
{
    double value[LAW_COLUMNS_MAX][ROWS], *column[LAW_COLUMNS_MAX];
    rows_make(value, law);
    for (int c = 0; c < law->ncolumn; c++)
        column[c] = value[c];
    return law_gaps(law, law, theta, column, ROWS);
}

/* A different place within every parameter's search, so that a law that mixed
 * two up would show. */
static void typical(double *theta, const Law *law)
{
    for (int i = 0; i < law->nparam; i++) {
        const LawParam *p = &law->param[i];
        const double t = 0.35 + 0.3 * (i + 0.5) / law->nparam;
        theta[i] = between(p->from, p->to, t);
    }
}

/* ---- saying it --------------------------------------------------------- */

static bool said(Str *out, bool ok, const char *law, const char *what)
{
    str_add(out, "%-6s %s: %s\n", ok ? "ok" : "FAILED", law, what);
    return ok;
}

static bool check_gaps(const Law *law, const double *theta, const char *where,
                       Str *out)
{
    char what[200];
    const LawGaps g = gaps_at(law, theta);
    snprintf(what, sizeof what, "derivatives at %s agree with differences "
             "(slopes %.0e, curvatures %.0e)", where, g.slope, g.curve);
    return said(out, g.slope < GAP_ALLOWED && g.curve < GAP_ALLOWED, law->name,
                what);
}

static bool near(double seen, double want, double relative)
{
    return fabs(seen - want) <= relative * fabs(want);
}

static bool check_values(const Law *law, const LawConstants *set, Str *out)
{
    bool ok = true;
    char what[200];
    const int n = law->ncolumn;
    for (i64 at = 0; at < set->check.count; at += n + 1) {
        double value[LAW_COLUMNS_MAX], *column[LAW_COLUMNS_MAX], seen;
        const double want = set->check.item[at + n];
        for (int c = 0; c < n; c++) {
            value[c] = set->check.item[at + c];
            column[c] = &value[c];
        }
        law_eval(&seen, NULL, NULL, law, set->theta, column, 1);
        snprintf(what, sizeof what, "%s at %s = %.4g%s is %.7g, expected %.7g",
                 set->name, law->column[0], value[0], n > 1 ? ", ..." : "",
                 seen, want);
        ok = said(out, near(seen, want, VALUE_ALLOWED), law->name, what) && ok;
    }
    return ok;
}

static bool check_optima(const Law *law, const LawConstants *set, Str *out)
{
    bool ok = true;
    char what[200];
    for (i64 at = 0; at < set->optimum.count; at += 2) {
        const double c = set->optimum.item[at];
        const double want = set->optimum.item[at + 1];
        const double seen = law_optimum(law, set->theta, c);
        snprintf(what, sizeof what, "%s at %.4g FLOP is best at N = %.5g, "
                 "expected %.5g", set->name, c, seen, want);
        ok = said(out, near(seen, want, OPTIMUM_ALLOWED), law->name, what)
          && ok;
    }
    return ok;
}

bool law_check(const Law *law, Str *out)
{
    double theta[LAW_PARAMS_MAX];
    typical(theta, law);
    bool ok = check_gaps(law, theta, "the middle of the search", out);
    for (int i = 0; i < law->nconstants; i++) {
        const LawConstants *set = &law->constants[i];
        ok = check_gaps(law, set->theta, set->name, out) && ok;
        ok = check_values(law, set, out) && ok;
        ok = check_optima(law, set, out) && ok;
    }
    return ok;
}
