/* grid.c - points over the nonlinear parameters, and the exact solution for the
 * linear ones at each of them.
 *
 * With the exponents given, a law is offset + sum_k x_k basis_k: least squares
 * with x_k >= 0 is solved exactly. For objectives that are not squares the same
 * solver runs on the objective's own weights, a few times over (iteratively
 * reweighted); where residuals are of ln L, ln m - ln L is (m - L)/m to first
 * order. The lattice so becomes a map of the objective over two or three
 * exponents, in which every basin shows. The columns depend on the runs and not
 * on how often each is drawn, so that bootstrap replicates share them.
 *
 * Beyond three exponents (laws with groups) a lattice has too many points. A
 * scattered set with even cover takes its place, and the best of its points go
 * down along one axis after another: exact for a law that falls into groups,
 * whose exponents do not feel each other.
 *
 * SOURCE: Golub and Pereyra 1973 (variable projection); Roberts 2018, "The
 * unreasonable effectiveness of quasirandom sequences" (the scattered set). */

#include "fit/search.h"

#include <math.h>
#include <string.h>

/* A replicate does without: its lattice takes a third of the time, and misses
 * the least of all that any variant found no oftener. */
enum { REWEIGHTINGS = 2, SCATTERED_FINE = 1024, SCATTERED_COARSE = 96,
       SCATTERED_CURVES = 256 }; /* of curves an evaluation is dear */

static const double BYTES_KEPT = 64e6;

/* Points an axis for 1, 2, 3 nonlinear parameters; 0: scatter. */
static int points_per_axis(int naxis, bool coarse)
{
    static const int fine[] = { 1, 64, 20, 9 }, rough[] = { 1, 24, 8, 5 };
    if (naxis < COUNT_OF(fine))
        return coarse ? rough[naxis] : fine[naxis];
    return 0;
}

/* Where t in 0..1 of a parameter's search lies; within its bounds. */
static double along(const LawParam *param, double t)
{
    const double at = param->from > 0
                          ? param->from * pow(param->to / param->from, t)
                          : param->from + t * (param->to - param->from);
    return fmin(fmax(at, param->low), param->high);
}

/* The root of x^(d+1) = x + 1; its powers are the steps of the scattered set
 * along the axes. */
static double golden(int d)
{
    double x = 2;
    for (int i = 0; i < 60; i++)
        x = pow(1 + x, 1.0 / (d + 1));
    return x;
}

/* Point g, each axis in 0..1. */
static void point_unit(double *unit, const Grid *grid, i64 g)
{
    const double ratio = grid->per_axis ? 1 : golden(grid->naxis);
    double step = 1;
    for (int k = 0; k < grid->naxis; k++) {
        if (grid->per_axis) {
            unit[k] = grid->per_axis > 1 ? (double)(g % grid->per_axis)
                                               / (grid->per_axis - 1)
                                         : 0.5;
            g /= grid->per_axis;
        } else {
            step /= ratio;
            unit[k] = fmod(0.5 + (double)(g + 1) * step, 1);
        }
    }
}

/* Nonlinear parameters of a point; linear ones 0. */
static void unit_theta(double *theta, const Grid *grid, const double *unit)
{
    memset(theta, 0, (size_t)grid->law->nparam * sizeof *theta);
    for (int k = 0; k < grid->naxis; k++)
        theta[grid->axis[k]] = along(&grid->law->param[grid->axis[k]],
                                     unit[k]);
}

/* The columns at theta: value with the linear parameters at 0, their slopes.
 * jac has room for all slopes of one block. */
static void columns_make(double *offset, double *basis, const Grid *grid,
                         double *jac, const double *theta)
{
    const Problem *p = grid->rows;
    for (i64 b = 0; b < p->nblock; b++) {
        const i64 at = b * p->block_rows;
        const i64 rows = i64_min(p->block_rows, p->nrow - at);
        law_rows_eval(offset + at, jac, NULL, p->block[b], theta);
        for (int k = 0; k < grid->nlinear; k++)
            memcpy(basis + k * p->nrow + at, jac + grid->linear[k] * rows,
                   (size_t)rows * sizeof *basis);
    }
}

static void axes_find(Grid *grid)
{
    for (int i = 0; i < grid->law->nparam; i++)
        if (grid->law->param[i].linear)
            grid->linear[grid->nlinear++] = i;
        else
            grid->axis[grid->naxis++] = i;
}

static void columns_keep(Grid *grid, Arena *arena)
{
    const i64 nrow = grid->rows->nrow;
    const double bytes = 8.0 * (double)(grid->count * nrow)
                       * (grid->nlinear + 1);
    double theta[P_MAX], unit[P_MAX];
    if (bytes > BYTES_KEPT)
        return;
    Arena scratch = { 0 };
    double *jac = NEW(&scratch, double,
                      grid->law->nparam * grid->rows->block_rows);
    grid->offset = NEW(arena, double, grid->count * nrow);
    grid->basis = NEW(arena, double, grid->count * grid->nlinear * nrow + 1);
    for (i64 g = 0; g < grid->count; g++) {
        point_unit(unit, grid, g);
        unit_theta(theta, grid, unit);
        columns_make(grid->offset + g * nrow,
                     grid->basis + g * grid->nlinear * nrow, grid, jac, theta);
    }
    arena_free(&scratch);
}

Grid grid_new(Arena *arena, const Problem *p, bool coarse)
{
    Grid grid = { .law = p->law, .rows = p, .count = 1,
                  .reweightings = coarse ? 0 : REWEIGHTINGS };
    axes_find(&grid);
    grid.per_axis = points_per_axis(grid.naxis, coarse);
    for (int k = 0; grid.per_axis && k < grid.naxis; k++)
        grid.count *= grid.per_axis;
    if (!grid.per_axis)
        grid.count = coarse                  ? SCATTERED_COARSE
                   : problem_rows_apart(p) ? SCATTERED_FINE
                                           : SCATTERED_CURVES;
    columns_keep(&grid, arena);
    return grid;
}

GridSpace grid_space(Arena *arena, const Grid *grid)
{
    const i64 n = grid->rows->nrow;
    return (GridSpace){
        .offset = NEW(arena, double, n),
        .basis = NEW(arena, double, grid->nlinear * n + 1),
        .jac = NEW(arena, double, grid->law->nparam * grid->rows->block_rows),
        .weight = NEW(arena, double, n), .target = NEW(arena, double, n),
        .value = NEW(arena, double, n), .residual = NEW(arena, double, n),
        .plain = NEW(arena, double, n), .times = NEW(arena, double, n),
        .objective = NEW(arena, double, grid->count),
    };
}

/* ---- the inner solution ------------------------------------------------ */

/* One weighted non-negative least squares: sum of weight (target - Bx)^2. */
static bool inner_squares(double *x, const Grid *grid, const double *basis,
                          const double *weight, const GridSpace *s)
{
    double gram[P_MAX * P_MAX], b[P_MAX];
    bool   nonneg[P_MAX];
    const int n = grid->nlinear;
    const i64 rows = grid->rows->nrow;
    for (int j = 0; j < n; j++) {
        nonneg[j] = grid->law->param[grid->linear[j]].low >= 0;
        sum_times(s->times, weight, basis + j * rows, rows);
        sum_dots(gram + j * n + j, s->times, basis + j * rows, n - j, rows);
        b[j] = sum_dot(s->times, s->target, rows);
        for (int k = j; k < n; k++)
            gram[k * n + j] = gram[j * n + k];
    }
    return small_nonneg(x, gram, b, nonneg, n);
}

static void combine(double *value, const Grid *grid, const double *offset,
                    const double *basis, const double *x)
{
    const i64 rows = grid->rows->nrow;
    memcpy(value, offset, (size_t)rows * sizeof *value);
    for (int k = 0; k < grid->nlinear; k++)
        sum_add(value, x[k], basis + k * rows, rows);
}

/* Weights of the first solution: of L itself, or relative where residuals are
 * of logarithms. The same at all points. */
static void first_weights(GridSpace *s, const Problem *p)
{
    const bool by_log = objective_by_log(p->objective);
    for (i64 i = 0; i < p->nrow; i++)
        s->plain[i] = by_log ? p->weight[i] / (p->y[i] * p->y[i])
                             : p->weight[i];
}

/* h'(r)/r of each row about the last solution; a residual that is nearly 0
 * would have all the weight under a quantile. */
static void next_weights(GridSpace *s, const Problem *p, const double *offset)
{
    const Shape shape = problem_shape(p);
    const double least = p->objective == FIT_QUANTILE ? 1e-4 : 1e-300;
    for (i64 i = 0; i < p->nrow; i++) {
        const double m = s->value[i], r = s->residual[i];
        const double far = r < 0 ? fmin(r, -least) : fmax(r, least);
        const double bent = fmax(-shape.delta, fmin(shape.delta, far));
        const double pull = (shape.gain * bent + shape.slant) / far;
        s->weight[i] = p->weight[i] > 0 ? p->weight[i] * pull : 0;
        s->target[i] = shape.by_log ? m * (1 - r) - offset[i]
                                    : p->y[i] - offset[i];
        if (shape.by_log && p->weight[i] > 0)
            s->weight[i] /= m * m;
    }
}

/* The objective with the linear parameters solved for, into x. */
static double inner(double *x, const Grid *grid, const Problem *p,
                    const double *offset, const double *basis, GridSpace *s)
{
    double best = INFINITY, trial[P_MAX] = { 0 };
    memcpy(s->target, p->y, (size_t)p->nrow * sizeof *s->target);
    sum_add(s->target, -1, offset, p->nrow);
    const int rounds = p->objective == FIT_SQUARES ? 1
                                                   : 1 + grid->reweightings;
    for (int round = 0; round < rounds; round++) {
        if (round > 0)
            next_weights(s, p, offset);
        if (!inner_squares(trial, grid, basis, round ? s->weight : s->plain,
                           s))
            break;
        combine(s->value, grid, offset, basis, trial);
        const double value = objective_of(p, s->value, s->residual);
        if (value == INFINITY)
            break;
        if (value < best) {
            best = value;
            memcpy(x, trial, (size_t)grid->nlinear * sizeof *x);
        }
    }
    return best;
}

static double point(double *theta, const Grid *grid, const Problem *p,
                    const double *offset, const double *basis, GridSpace *s)
{
    double x[P_MAX] = { 0 };
    if (grid->nlinear == 0)
        return objective_of(p, offset, s->residual);
    const double value = inner(x, grid, p, offset, basis, s);
    for (int k = 0; k < grid->nlinear; k++) {
        const LawParam *param = &grid->law->param[grid->linear[k]];
        theta[grid->linear[k]] = fmin(fmax(x[k], param->low), param->high);
    }
    return value;
}

/* Anywhere in the box. */
static double point_at(double *theta, const double *unit, const Grid *grid,
                       const Problem *p, GridSpace *s)
{
    unit_theta(theta, grid, unit);
    columns_make(s->offset, s->basis, grid, s->jac, theta);
    return point(theta, grid, p, s->offset, s->basis, s);
}

static double point_of(double *theta, const Grid *grid, const Problem *p,
                       i64 g, GridSpace *s)
{
    double unit[P_MAX];
    const i64 nrow = grid->rows->nrow;
    point_unit(unit, grid, g);
    if (!grid->offset) /* too large to keep: made again */
        return point_at(theta, unit, grid, p, s);
    unit_theta(theta, grid, unit);
    return point(theta, grid, p, grid->offset + g * nrow,
                 grid->basis + g * grid->nlinear * nrow, s);
}

/* ---- which points to start from ---------------------------------------- */

static double distance(const Grid *grid, i64 g, i64 h)
{
    double a[P_MAX], b[P_MAX], most = 0;
    point_unit(a, grid, g);
    point_unit(b, grid, h);
    for (int k = 0; k < grid->naxis; k++)
        most = fmax(most, fabs(a[k] - b[k]));
    return most;
}

static bool local_minimum(const double *value, const Grid *grid, i64 g)
{
    i64 stride = 1;
    for (int k = 0; k < grid->naxis; k++, stride *= grid->per_axis) {
        const i64 at = g / stride % grid->per_axis;
        if ((at > 0 && value[g - stride] < value[g])
            || (at + 1 < grid->per_axis && value[g + stride] < value[g]))
            return false;
    }
    return value[g] < INFINITY;
}

static bool near_one(const Grid *grid, const i64 *taken, int count, i64 g,
                     double least)
{
    for (int i = 0; i < count; i++)
        if (distance(grid, taken[i], g) < least)
            return true;
    return false;
}

/* The best point that is a local minimum (or any, in the second round) and not
 * next to one taken; -1 if none. */
static i64 next_best(const Grid *grid, const double *value, const i64 *taken,
                     int count, bool minima)
{
    const double step = grid->per_axis > 1 ? 1.0 / (grid->per_axis - 1) : 0.3;
    const double least = grid->per_axis ? step * (minima ? 0.5 : 1.5) : 0.2;
    i64 best = -1;
    for (i64 g = 0; g < grid->count; g++)
        if (value[g] < INFINITY && (best < 0 || value[g] < value[best])
            && (!minima || local_minimum(value, grid, g))
            && !near_one(grid, taken, count, g, least))
            best = g;
    return best;
}

enum { SWEEP_POINTS = 9 };

/* Down one axis after another from `unit`: first over the whole axis, then by
 * steps that halve. */
static double improve(double *theta, double *unit, double value,
                      const Grid *grid, const Problem *p, GridSpace *s)
{
    double there[P_MAX];
    for (int k = 0; k < grid->naxis; k++)
        for (int i = 0; i < SWEEP_POINTS; i++) {
            const double kept = unit[k];
            unit[k] = (double)i / (SWEEP_POINTS - 1);
            const double seen = point_at(there, unit, grid, p, s);
            if (seen < value)
                value = seen;
            else
                unit[k] = kept;
        }
    for (double step = 0.5 / (SWEEP_POINTS - 1); step > 0.01; step /= 2)
        for (int k = 0; k < grid->naxis; k++)
            for (int side = -1; side <= 1; side += 2) {
                const double kept = unit[k];
                unit[k] = fmin(fmax(kept + side * step, 0), 1);
                const double seen = point_at(there, unit, grid, p, s);
                if (seen < value)
                    value = seen;
                else
                    unit[k] = kept;
            }
    return point_at(theta, unit, grid, p, s);
}

int grid_starts(double (*theta)[P_MAX], int want, const Grid *grid,
                const Problem *p, GridSpace *s)
{
    i64 taken[STARTS_MAX];
    int count = 0;
    double there[P_MAX], unit[P_MAX];
    first_weights(s, p);
    for (i64 g = 0; g < grid->count; g++)
        s->objective[g] = point_of(there, grid, p, g, s);
    for (int minima = grid->per_axis != 0; minima >= 0; minima--)
        while (count < want) {
            const i64 g = next_best(grid, s->objective, taken, count, minima);
            if (g < 0)
                break;
            if (grid->per_axis) {
                (void)point_of(theta[count], grid, p, g, s);
            } else if (want == 1) { /* one more start of a replicate */
                (void)point_of(theta[count], grid, p, g, s);
            } else {
                point_unit(unit, grid, g);
                (void)improve(theta[count], unit, s->objective[g], grid, p, s);
            }
            taken[count++] = g;
        }
    return count;
}
