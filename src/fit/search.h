/* search.h - the parts of a fit, private to this room: the objective with its
 * exact derivatives (objective.c), sums over rows (sum.c), linear algebra of a
 * few unknowns (small.c), the damped Newton polish (polish.c), the grid with
 * the exact inner solution (grid.c), refusals (refuse.c), and one whole refit
 * (refit.c). */

#ifndef SEARCH_H
#define SEARCH_H

#include "fit/fit.h"

enum { P_MAX = LAW_PARAMS_MAX };

/* A quantile's corner is rounded over this share of options.delta. */
#define QUANTILE_ROUNDING 1e-2

/* ---- sum.c ------------------------------------------------------------ */

double sum_dot(const double *x, const double *y, i64 n);
double sum_dot3(const double *x, const double *y, const double *z, i64 n);
/* out[count]: x with each of y [count][n]; z[n] = x y. */
void   sum_dots(double *out, const double *x, const double *y, int count,
                i64 n);
void   sum_times(double *z, const double *x, const double *y, i64 n);
double sum_sizes(const double *x, const double *y, i64 n); /* of |x y| */
void   sum_add(double *y, double a, const double *x, i64 n); /* y += a x    */

int reals_by_size(const void *a, const void *b); /* for qsort of doubles */

/* ---- rows.c ----------------------------------------------------------- */

/* An objective as a function of a row's residual: gain Huber_delta(r) + slant r,
 * of ln m - ln L or of m - L. */
typedef struct Shape {
    double delta, gain, slant; /* delta: infinite for squares */
    bool   by_log;
} Shape;

/* target: L, or ln L where by_log. A row of weight 0 has no say. */
typedef struct RowsIn { const double *value, *target, *weight; } RowsIn;

/* first and second: what the row's m adds to the first and second derivative;
 * NULL together. */
typedef struct RowsOut { double *residual, *first, *second; } RowsOut;

/* The sum over n rows; +inf where a row that counts has no finite residual. */
double rows_sum(const RowsOut *out, const RowsIn *in, const Shape *shape,
                i64 n);

/* Logarithms of positive, finite, normal numbers, to 1 ulp. */
void log_rows(double *out, const double *x, i64 n);

/* ---- small.c ---------------------------------------------------------- */

/* x = a^-1 b for symmetric positive definite a [n][n] (by LAPACK; a and b are
 * left alone). False where a is not positive definite. */
bool small_solve(double *x, const double *a, const double *b, int n);

/* inverse = a^-1 for symmetric positive definite a [n][n]; false where not. */
bool small_invert(double *inverse, const double *a, int n);

/* sqrt(largest / least eigenvalue) of symmetric a [n][n] after its diagonal is
 * scaled to 1; infinite where it is singular. weakest[n], if not NULL, gets the
 * eigenvector of the least. */
double small_condition(double *weakest, const double *a, int n);

/* Minimise x'Gx - 2 b'x with x[i] >= 0 where nonneg[i]: exact, by active sets.
 * False where no set can be solved. */
bool small_nonneg(double *x, const double *gram, const double *b,
                  const bool *nonneg, int n);

/* ---- objective.c ------------------------------------------------------ */

/* What is fitted, with how many times each row counts. Read-only.
 *
 * Rows are taken in blocks, so that what an evaluation needs stays in cache and
 * a million rows need little memory; sums of blocks are added in the blocks'
 * order, so the bits do not depend on how many threads took them. */
typedef struct Problem {
    const Law     *law;
    double *const *column;
    i64            nrow, nblock, block_rows;
    const LawRows *const *block;
    const double  *y, *ln_y, *weight; /* ln_y: NaN where y <= 0            */
    FitObjective   objective;
    double         delta;     /* quantile: the width of the rounding       */
    double         quantile;
    double         size;      /* of a response, in the residuals' unit     */
    const bool    *pinned;    /* parameters that stay where they are; NULL */
    int            threads;   /* over blocks                               */
} Problem;

/* Lays the rows out in blocks; ln_y from y, weights 1. */
Problem problem_new(Arena *arena, const Law *law, double *const *column,
                    const double *y, i64 nrow, const FitOptions *options);

/* Of the rows of `p` listed in row[n] (and of those alone), with the weights
 * given for all rows of p. */
Problem problem_part(Arena *arena, const Problem *p, const i64 *row, i64 n,
                     const double *weight);

/* Whether a row's value follows from its own columns alone; a law of code may
 * see a curve in several rows. */
bool problem_rows_apart(const Problem *p);

Shape problem_shape(const Problem *p);

/* An objective below this is all rounding: residuals of 1e-13 of a response. */
double problem_dust(const Problem *p);
bool  objective_by_log(FitObjective objective);

/* Room for one evaluation. */
typedef struct Workspace {
    double *jac, *hess, *first, *second, *times; /* of one block */
} Workspace;

typedef struct Scratch {
    double    *value, *residual; /* [nrow]                             */
    double    *part;             /* [nblock][...]: sums of each block  */
    int        nspace;
    Workspace *space;            /* [nspace], one a thread             */
} Scratch;

Scratch scratch_new(Arena *arena, const Problem *p);

/* grad, scale and hess may be NULL together. scale[i] is the sum of the
 * absolute terms of grad[i]: what a gradient must be small against.
 * +inf where the law is not finite (for objectives in logarithms: positive and
 * finite) at a row that counts. */
double objective(double *grad, double *scale, double *hess, const Problem *p,
                 const double *theta, Scratch *s);

/* The part of one residual, and the residuals: ln L^ - ln L or L^ - L. */
double objective_term(const Problem *p, double residual);
double objective_of(const Problem *p, const double *value, double *residual);

/* Values at theta, and with jac [nparam][nrow] the slopes, of all rows. */
void problem_values(double *value, double *jac, const Problem *p,
                    const double *theta);

/* ---- polish.c --------------------------------------------------------- */

typedef struct Polished {
    double theta[P_MAX];
    double objective, gradient; /* gradient: relative, of what is free        */
    i64    iterations;
    bool   settled;             /* gradient below 1e-9, or no step in floating
                                   point lowers the objective and 1e-6        */
    bool   at_bound[P_MAX];
} Polished;

/* Newton from theta; with Huber or a quantile, from a larger delta first. */
Polished polish(const Problem *p, const double *theta, Scratch *s);

/* The same in parts. soft_delta: of the size of the residuals at theta, or
 * p->delta. polish_basin descends with it and gives which basin was joined on
 * the way, or adds basin[nbasin], or gives -1 where the objective is infinite.
 * polish_from goes on from there to the end; its soft_delta may be p->delta. */
typedef struct Basin {
    double theta[P_MAX], hess[P_MAX * P_MAX], value;
} Basin;

double   polish_soft_delta(const Problem *p, const double *theta, Scratch *s);
int      polish_basin(Basin *basin, int nbasin, const Problem *p,
                      double soft_delta, const double *theta, Scratch *s);
Polished polish_from(const Problem *p, const double *theta, double soft_delta,
                     Scratch *s);

/* A parameter whose scale is unknown is searched by its logarithm. */
bool searched_by_log(const LawParam *param);

/* Natural derivatives to those of the search's coordinates, in place. */
void to_search(double *grad, double *scale, double *hess, const Law *law,
               const double *theta);

/* ---- grid.c ----------------------------------------------------------- */

enum { STARTS_MAX = 24 };

/* Points over the nonlinear parameters: a lattice for up to three of them, for
 * more a low-discrepancy set; and the columns that the linear parameters
 * multiply at each of its points. Shared by threads and by replicates. */
typedef struct Grid {
    const Law     *law;
    const Problem *rows;     /* whose rows the columns are of                */
    i64    count;
    int    naxis, axis[P_MAX], per_axis;  /* per_axis 0: scattered           */
    int    nlinear, linear[P_MAX];
    int    reweightings;     /* of the inner solution, for Huber             */
    double *offset, *basis;  /* [count][nrow], [count][nlinear][nrow], or
                                NULL where that would be too large           */
} Grid;

Grid grid_new(Arena *arena, const Problem *p, bool coarse);

/* Room for one search; one a thread. */
typedef struct GridSpace {
    double *offset, *basis, *jac, *weight, *target, *value, *residual;
    double *plain, *times; /* weights of the first solution; one times basis  */
    double *objective;     /* [count]                                         */
} GridSpace;

GridSpace grid_space(Arena *arena, const Grid *grid);

/* Up to `want` starts. Of a lattice: its local minima, best first, then the
 * best points that are not neighbours of those. Of a scattered set: the best
 * that are apart, each improved along the axes. p: grid->rows with weights (and
 * responses) of its own. Gives how many. */
int grid_starts(double (*theta)[P_MAX], int want, const Grid *grid,
                const Problem *p, GridSpace *s);

/* ---- refuse.c --------------------------------------------------------- */

bool fit_answerable(const Law *law, double *const *column, const double *y,
                    const double *weight, const Table *runs,
                    const FitOptions *options, Err *err);

/* ---- refit.c ---------------------------------------------------------- */

enum { SEARCH_ROWS = 4096 }; /* more are not needed to find the basins */

/* What a search needs of a table of runs, the same for all weightings of it:
 * made once, read by all threads. Of a large table the basins are found on some
 * of its rows, evenly chosen, and polished on all. */
typedef struct Search {
    Problem    whole, some;  /* some: == whole where that is small enough  */
    const i64 *row;          /* [some.nrow] of whole; NULL: all            */
    Grid       grid;
} Search;

void search_new(Search *out, Arena *arena, const Problem *p, bool coarse);

typedef struct SearchSpace {
    Scratch   whole, some;
    GridSpace grid;
    double   *weight, *y, *ln_y; /* of `some`, for a replicate             */
    Basin    *basin;             /* [STARTS_MAX]                           */
} SearchSpace;

SearchSpace search_space(Arena *arena, const Search *search);

/* Grid, starts, polish: the best, and how many starts ended there. p: the
 * search's rows with weights or responses of its own. */
typedef struct Refit {
    Polished best;
    i64      starts, agree;
} Refit;

Refit refit(const Search *search, const Problem *p, int want,
            SearchSpace *space);

/* The same for a replicate: want < STARTS_MAX starts of the grid and one from
 * the fit, each followed until it joins another's basin. tight: p without the
 * rows of weight 0, or p itself. */
Refit refit_quick(const Search *search, const Problem *p, const Problem *tight,
                  int want, const double *also_from, SearchSpace *space);

/* ---- bootstrap.c ------------------------------------------------------ */

/* Draws into fit->draw, intervals into fit->low and high. unit[nrow]: which
 * cluster a row is of, 0..nunit-1. */
void fit_bootstrap(Fit *fit, Arena *arena, const Problem *p, const i64 *unit,
                   i64 nunit);

/* ---- predict_run.c ----------------------------------------------------- */

/* fit_predict_run of a row whose law's values are `value`, and law[ndraw] at
 * the draws. */
Interval fit_scattered(const Fit *fit, double value, const double *law);

/* ---- units.c ------------------------------------------------------------ */

/* Rows that are drawn, or left out, together. */
typedef struct Units { i64 *of; i64 count; } Units;

bool units_find(Units *out, Arena *arena, const Law *law, const Table *runs,
                const FitOptions *o, Err *err);

/* Whether the rows of this law are points of curves; curves[nrow] then gets
 * which, from 0 on, and *count how many. */
bool units_curves(i64 *curve, i64 *count, Arena *arena, const Law *law,
                  const Table *runs);

/* ---- wild.c ----------------------------------------------------------- */

/* Responses of a wild replicate; values and residuals of the fit, residuals
 * divided by sqrt(1 - leverage). */
typedef struct Wild {
    const double *value, *residual; /* [nrow] */
    bool          by_log;
} Wild;

Wild wild_new(Arena *arena, const Problem *p, const double *theta,
              const i64 *unit, i64 nunit);
void wild_draw(double *y, double *ln_y, double *factor, const Wild *wild,
               const i64 *unit, i64 nunit, i64 nrow, u64 seed, i64 replicate);

/* ---- sandwich.c ------------------------------------------------------- */

/* A width that holds enough residuals to tell their density at 0. */
double problem_width(const Problem *p, const double *residual);

/* Standard errors by the delta method, of what is free and not at a bound. */
void fit_errors(Fit *fit, const Problem *p, const i64 *unit, i64 nunit,
                Scratch *s);

/* ---- profile.c -------------------------------------------------------- */

/* profile_low, profile_high, the curves. False where a walk came upon a lower
 * objective than the fit's: theta is then that place, to be polished. */
bool fit_profile(Fit *fit, Arena *arena, const Problem *p);

/* Twice the rise of the objective in this unit is a chi-square of 1. */
double profile_scale(const Problem *p, const double *theta, int nfree);

/* Quantile of Student's t. */
double profile_student(double p, double freedom);

/* ---- certify.c -------------------------------------------------------- */

void certify(Fit *fit, Arena *arena, const Problem *p, const Refit *refit,
             const Grid *grid);
void certify_words(Fit *fit);

#endif
