/* grid.c - the lattice over the nonlinear parameters, and the exact solution
 * for the linear ones at each of its points.
 *
 * With the exponents given, a law is offset + sum_k x_k basis_k: least squares
 * with x_k >= 0 is solved exactly. For Huber on ln L the same solver runs on
 * the objective's own weights, a few times over (iteratively reweighted):
 * ln m - ln L is (m - L)/m to first order. The lattice so becomes a map of the
 * objective over two or three exponents, in which every basin shows. The
 * columns depend on the runs and not on how often each is drawn, so that
 * bootstrap replicates share them. */

#include "fit/search.h"

#include <math.h>
#include <string.h>

/* A replicate does without: its lattice takes a third of the time, and from
 * three polished starts it misses the least of all that any variant found no
 * oftener (0 of 200 draws of the 245 Chinchilla points against 3). */
enum { REWEIGHTINGS = 2 };

static const double BYTES_KEPT = 128e6;

/* Points an axis for 1, 2, ... nonlinear parameters. */
static int points_per_axis(int naxis, bool coarse)
{
    static const int fine[] = { 1, 96, 24, 10, 7, 5, 4 };
    static const int rough[] = { 1, 48, 12, 7, 5, 4, 3 };
    if (naxis < COUNT_OF(fine))
        return coarse ? rough[naxis] : fine[naxis];
    return naxis <= 8 ? 3 : 2;
}

static double lattice_at(const LawParam *param, int at, int count)
{
    const double t = count > 1 ? (double)at / (count - 1) : 0.5;
    return param->from > 0 ? param->from * pow(param->to / param->from, t)
                           : param->from + t * (param->to - param->from);
}

/* Nonlinear parameters of point g; linear ones 0. */
static void lattice_theta(double *theta, const Grid *grid, i64 g)
{
    for (int i = 0; i < grid->law->nparam; i++)
        theta[i] = 0;
    for (int k = 0; k < grid->naxis; k++, g /= grid->per_axis)
        theta[grid->axis[k]] = lattice_at(&grid->law->param[grid->axis[k]],
                                          (int)(g % grid->per_axis),
                                          grid->per_axis);
}

/* The columns of point g: value with the linear parameters at 0, and their
 * slopes. jac has room for all parameters. */
static void columns_make(double *offset, double *basis, const Grid *grid,
                         const LawRows *rows, double *jac, i64 g)
{
    double theta[P_MAX];
    lattice_theta(theta, grid, g);
    law_rows_eval(offset, jac, NULL, rows, theta);
    for (int k = 0; k < grid->nlinear; k++)
        memcpy(basis + k * grid->nrow, jac + grid->linear[k] * grid->nrow,
               (size_t)grid->nrow * sizeof *basis);
}

static void axes_find(Grid *grid, const Law *law)
{
    for (int i = 0; i < law->nparam; i++)
        if (law->param[i].linear)
            grid->linear[grid->nlinear++] = i;
        else
            grid->axis[grid->naxis++] = i;
}

static void columns_keep(Grid *grid, Arena *arena, const LawRows *rows)
{
    const i64 nrow = grid->nrow;
    const double bytes = 8.0 * (double)(grid->count * nrow)
                       * (grid->nlinear + 1);
    if (bytes > BYTES_KEPT)
        return;
    double *jac = NEW(arena, double, grid->law->nparam * nrow);
    grid->offset = NEW(arena, double, grid->count * nrow);
    grid->basis = NEW(arena, double, grid->count * grid->nlinear * nrow + 1);
    for (i64 g = 0; g < grid->count; g++)
        columns_make(grid->offset + g * nrow,
                     grid->basis + g * grid->nlinear * nrow, grid, rows, jac,
                     g);
}

Grid grid_new(Arena *arena, const Law *law, const LawRows *rows, i64 nrow,
              bool coarse)
{
    Grid grid = { .law = law, .count = 1, .nrow = nrow,
                  .reweightings = coarse ? 0 : REWEIGHTINGS };
    axes_find(&grid, law);
    grid.per_axis = points_per_axis(grid.naxis, coarse);
    for (int k = 0; k < grid.naxis; k++)
        grid.count *= grid.per_axis;
    columns_keep(&grid, arena, rows);
    return grid;
}

/* One weighted non-negative least squares: sum of weight (target - Bx)^2. */
static bool inner_squares(double *x, const Grid *grid, const double *basis,
                          const double *weight, const double *target)
{
    double gram[P_MAX * P_MAX], b[P_MAX];
    bool   nonneg[P_MAX];
    const int n = grid->nlinear;
    const i64 rows = grid->nrow;
    for (int j = 0; j < n; j++) {
        const double *bj = basis + j * rows;
        nonneg[j] = grid->law->param[grid->linear[j]].low >= 0;
        for (int k = j; k < n; k++) {
            const double *bk = basis + k * rows;
            gram[j * n + k] = gram[k * n + j] = sum_dot3(weight, bj, bk, rows);
        }
        b[j] = sum_dot3(weight, bj, target, rows);
    }
    return small_nonneg(x, gram, b, nonneg, n);
}

static void combine(double *value, const Grid *grid, const double *offset,
                    const double *basis, const double *x)
{
    memcpy(value, offset, (size_t)grid->nrow * sizeof *value);
    for (int k = 0; k < grid->nlinear; k++)
        for (i64 i = 0; i < grid->nrow; i++)
            value[i] += x[k] * basis[k * grid->nrow + i];
}

/* Weights and targets of the first solution: L itself, relative for Huber. */
static void first_weights(double *weight, double *target, const Problem *p,
                          const double *offset)
{
    const bool by_log = p->objective == FIT_HUBER_LOG;
    for (i64 i = 0; i < p->nrow; i++) {
        weight[i] = by_log ? p->weight[i] / (p->y[i] * p->y[i]) : p->weight[i];
        target[i] = p->y[i] - offset[i];
    }
}

/* H'(r)/r of each row, about the last solution: (ln m - ln L) m^2-weighted. */
static void huber_weights(double *weight, double *target, const Problem *p,
                          const Scratch *s, const double *offset)
{
    for (i64 i = 0; i < p->nrow; i++) {
        const double m = s->value[i], r = s->residual[i];
        const double bent = fabs(r) > p->delta ? p->delta / fabs(r) : 1;
        weight[i] = p->weight[i] > 0 ? p->weight[i] * bent / (m * m) : 0;
        target[i] = m * (1 - r) - offset[i];
    }
}

/* The objective at point g with the linear parameters solved for, into x. */
static double inner(double *x, const Grid *grid, const Problem *p,
                    const double *offset, const double *basis, Scratch *s)
{
    double best = INFINITY, trial[P_MAX];
    first_weights(s->first, s->second, p, offset);
    const int rounds = p->objective == FIT_HUBER_LOG ? 1 + grid->reweightings
                                                     : 1;
    for (int round = 0; round < rounds; round++) {
        if (!inner_squares(trial, grid, basis, s->first, s->second))
            break;
        combine(s->value, grid, offset, basis, trial);
        const double value = objective_of(p, s->value, s->residual);
        if (value == INFINITY)
            break;
        if (value < best) {
            best = value;
            memcpy(x, trial, sizeof trial);
        }
        huber_weights(s->first, s->second, p, s, offset);
    }
    return best;
}

static double point(double *theta, const Grid *grid, const Problem *p,
                    i64 g, Scratch *s)
{
    const double *offset = s->hess, *basis = s->hess + grid->nrow;
    double x[P_MAX] = { 0 };
    if (grid->offset) {
        offset = grid->offset + g * grid->nrow;
        basis = grid->basis + g * grid->nlinear * grid->nrow;
    } else { /* too large to keep: made again, in the scratch */
        columns_make(s->hess, s->hess + grid->nrow, grid, p->rows, s->jac, g);
    }
    lattice_theta(theta, grid, g);
    if (grid->nlinear == 0)
        return objective_of(p, offset, s->residual);
    const double value = inner(x, grid, p, offset, basis, s);
    for (int k = 0; k < grid->nlinear; k++) {
        const LawParam *param = &grid->law->param[grid->linear[k]];
        theta[grid->linear[k]] = fmin(fmax(x[k], param->low), param->high);
    }
    return value;
}

/* Largest step between two points along an axis. */
static int apart(const Grid *grid, i64 g, i64 h)
{
    int most = 0;
    for (int k = 0; k < grid->naxis; k++) {
        const int gap = (int)(g % grid->per_axis) - (int)(h % grid->per_axis);
        most = gap > most ? gap : -gap > most ? -gap : most;
        g /= grid->per_axis;
        h /= grid->per_axis;
    }
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
                     int distance)
{
    for (int i = 0; i < count; i++)
        if (apart(grid, taken[i], g) < distance)
            return true;
    return false;
}

/* The best point that is a local minimum (or any, in the second round) and not
 * next to one taken; -1 if none. */
static i64 next_best(const Grid *grid, const double *value, const i64 *taken,
                     int count, bool minima)
{
    i64 best = -1;
    for (i64 g = 0; g < grid->count; g++)
        if (value[g] < INFINITY && (best < 0 || value[g] < value[best])
            && (!minima || local_minimum(value, grid, g))
            && !near_one(grid, taken, count, g, minima ? 1 : 2))
            best = g;
    return best;
}

int grid_starts(double (*theta)[P_MAX], int want, const Grid *grid,
                const Problem *p, Scratch *s, double *value)
{
    i64 taken[STARTS_MAX];
    int count = 0;
    double there[P_MAX];
    for (i64 g = 0; g < grid->count; g++)
        value[g] = point(there, grid, p, g, s);
    for (int minima = 1; minima >= 0; minima--)
        while (count < want) {
            const i64 g = next_best(grid, value, taken, count, minima);
            if (g < 0)
                break;
            (void)point(theta[count], grid, p, g, s);
            taken[count++] = g;
        }
    return count;
}
