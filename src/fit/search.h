/* search.h - the parts of a fit, private to this room: the objective with its
 * exact derivatives (objective.c), sums over rows (sum.c), linear algebra of a
 * few unknowns (small.c), the damped Newton polish (polish.c), the grid with
 * the exact inner solution (grid.c), refusals (refuse.c), and one whole refit
 * (refit.c). */

#ifndef SEARCH_H
#define SEARCH_H

#include "fit/fit.h"

enum { P_MAX = LAW_PARAMS_MAX };

/* ---- sum.c ------------------------------------------------------------ */

double sum_dot(const double *x, const double *y, i64 n);
double sum_dot3(const double *x, const double *y, const double *z, i64 n);
double sum_sizes(const double *x, const double *y, i64 n); /* of |x y| */

/* ---- small.c ---------------------------------------------------------- */

/* x = a^-1 b for symmetric positive definite a [n][n] (by LAPACK; a and b are
 * left alone). False where a is not positive definite. */
bool small_solve(double *x, const double *a, const double *b, int n);

/* sqrt(largest / least eigenvalue) of symmetric a [n][n] after its diagonal is
 * scaled to 1; infinite where it is singular. weakest[n], if not NULL, gets the
 * eigenvector of the least. */
double small_condition(double *weakest, const double *a, int n);

/* Minimise x'Gx - 2 b'x with x[i] >= 0 where nonneg[i]: exact, by active sets.
 * False where no set can be solved. */
bool small_nonneg(double *x, const double *gram, const double *b,
                  const bool *nonneg, int n);

/* ---- objective.c ------------------------------------------------------ */

/* What is fitted, with how many times each row counts. Read-only. */
typedef struct Problem {
    const Law     *law;
    const LawRows *rows;
    i64            nrow;
    const double  *y, *ln_y, *weight;
    FitObjective   objective;
    double         delta;
} Problem;

/* Room for one evaluation; one a thread. */
typedef struct Scratch {
    double *value, *jac, *hess, *first, *second, *residual;
} Scratch;

Scratch scratch_new(Arena *arena, const Law *law, i64 nrow);

/* grad, scale and hess may be NULL together. scale[i] is the sum of the
 * absolute terms of grad[i]: what a gradient must be small against.
 * +inf where the law is not positive and finite at a row that counts. */
double objective(double *grad, double *scale, double *hess, const Problem *p,
                 const double *theta, Scratch *s);

/* The part of one residual, and the residuals: ln L^ - ln L or L^ - L. */
double objective_term(const Problem *p, double residual);
double objective_of(const Problem *p, const double *value, double *residual);

/* ---- polish.c --------------------------------------------------------- */

typedef struct Polished {
    double theta[P_MAX];
    double objective, gradient; /* gradient: relative, of what is free        */
    i64    iterations;
    bool   settled;             /* gradient below 1e-9, or no step in floating
                                   point lowers the objective and 1e-6        */
    bool   at_bound[P_MAX];
} Polished;

/* Newton from theta; with Huber, from a larger delta first. */
Polished polish(const Problem *p, const double *theta, Scratch *s);

/* A parameter whose scale is unknown is searched by its logarithm. */
bool searched_by_log(const LawParam *param);

/* Natural derivatives to those of the search's coordinates, in place. */
void to_search(double *grad, double *scale, double *hess, const Law *law,
               const double *theta);

/* ---- grid.c ----------------------------------------------------------- */

enum { STARTS_MAX = 12 };

/* A lattice over the nonlinear parameters and, at each of its points, the
 * columns that the linear ones multiply. */
typedef struct Grid {
    const Law *law;
    i64        count;
    int        naxis, axis[P_MAX], per_axis;
    int        nlinear, linear[P_MAX];
    int        reweightings; /* of the inner solution, for Huber            */
    i64        nrow;
    double    *offset, *basis; /* [count][nrow], [count][nlinear][nrow], or
                                  NULL where that would be too large          */
} Grid;

Grid grid_new(Arena *arena, const Law *law, const LawRows *rows, i64 nrow,
              bool coarse);

/* Up to `want` starts: local minima of the lattice, best first, then the best
 * points that are not neighbours of those. Gives how many. */
int grid_starts(double (*theta)[P_MAX], int want, const Grid *grid,
                const Problem *p, Scratch *s, double *point_objective);

/* ---- refuse.c --------------------------------------------------------- */

bool fit_answerable(const Law *law, double *const *column, const double *y,
                    const Table *runs, Err *err);

/* ---- refit.c ---------------------------------------------------------- */

/* Grid, starts, polish: the best, and how many starts ended there. */
typedef struct Refit {
    Polished best;
    i64      starts, agree;
} Refit;

Refit refit(const Problem *p, const Grid *grid, int want,
            const double *also_from, Scratch *s, double *point_objective);

/* ---- bootstrap.c ------------------------------------------------------ */

/* Draws into fit->draw, intervals into fit->low and high. cluster: NULL or one
 * number a row. */
void fit_bootstrap(Fit *fit, Arena *arena, const Problem *p, const Grid *grid,
                   const double *cluster);

/* ---- certify.c -------------------------------------------------------- */

void certify(Fit *fit, const Problem *p, const Refit *refit, const Grid *grid,
             Scratch *s);
void certify_words(Fit *fit);

#endif
