/* problem.c - runs laid out for a search: blocks of rows whose evaluation stays
 * in cache, a part of the rows as a problem of its own, and the room that one
 * evaluation needs. */

#include "fit/search.h"

#include <math.h>
#include <string.h>

enum { BLOCK_ROWS = 1024 };

bool problem_rows_apart(const Problem *p)
{
    return p->law->code == NULL;
}

static void blocks_make(Problem *p, Arena *arena)
{
    p->block_rows = problem_rows_apart(p) ? BLOCK_ROWS : i64_max(p->nrow, 1);
    p->nblock = (p->nrow + p->block_rows - 1) / p->block_rows;
    const LawRows **block = NEW(arena, const LawRows *, p->nblock + 1);
    for (i64 b = 0; b < p->nblock; b++) {
        double *from[LAW_COLUMNS_MAX];
        const i64 at = b * p->block_rows;
        for (int c = 0; c < p->law->ncolumn; c++)
            from[c] = p->column[c] + at;
        block[b] = law_rows(arena, p->law, from,
                            i64_min(p->block_rows, p->nrow - at));
    }
    p->block = block;
}

Problem problem_new(Arena *arena, const Law *law, double *const *column,
                    const double *y, i64 nrow, const FitOptions *options)
{
    Problem p = { .law = law, .column = column, .nrow = nrow, .y = y,
                  .objective = options->objective, .delta = options->delta,
                  .quantile = options->quantile,
                  .threads = options->threads };
    double *ln_y = NEW(arena, double, nrow), *one = NEW(arena, double, nrow);
    const bool by_log = objective_by_log(options->objective);
    for (i64 i = 0; i < nrow; i++) {
        p.size += (by_log ? 1 : fabs(y[i])) / (double)nrow;
        ln_y[i] = y[i] > 0 ? log(y[i]) : NAN;
        one[i] = 1;
    }
    p.ln_y = ln_y;
    p.weight = one;
    if (p.objective == FIT_QUANTILE)
        p.delta *= QUANTILE_ROUNDING;
    blocks_make(&p, arena);
    return p;
}

double problem_dust(const Problem *p)
{
    const double r = 1e-13 * p->size;
    return 0.5 * problem_shape(p).gain * r * r * (double)p->nrow;
}

static const double *picked(Arena *arena, const double *from, const i64 *row,
                            i64 n)
{
    double *to = NEW(arena, double, n);
    for (i64 i = 0; i < n; i++)
        to[i] = from[row[i]];
    return to;
}

Problem problem_part(Arena *arena, const Problem *p, const i64 *row, i64 n,
                     const double *weight)
{
    Problem part = *p;
    double **column = NEW(arena, double *, p->law->ncolumn + 1);
    for (int c = 0; c < p->law->ncolumn; c++) {
        column[c] = NEW(arena, double, n);
        for (i64 i = 0; i < n; i++)
            column[c][i] = p->column[c][row[i]];
    }
    part.column = column;
    part.nrow = n;
    part.y = picked(arena, p->y, row, n);
    part.ln_y = picked(arena, p->ln_y, row, n);
    part.weight = picked(arena, weight, row, n);
    blocks_make(&part, arena);
    return part;
}

void problem_values(double *value, double *jac, const Problem *p,
                    const double *theta)
{
    Arena arena = { 0 };
    const int n = p->law->nparam;
    double *slopes = jac ? NEW(&arena, double, n * p->block_rows) : NULL;
    for (i64 b = 0; b < p->nblock; b++) {
        const i64 at = b * p->block_rows;
        const i64 rows = i64_min(p->block_rows, p->nrow - at);
        law_rows_eval(value + at, slopes, NULL, p->block[b], theta);
        for (int k = 0; jac && k < n; k++)
            memcpy(jac + k * p->nrow + at, slopes + k * rows,
                   (size_t)rows * sizeof *jac);
    }
    arena_free(&arena);
}

Scratch scratch_new(Arena *arena, const Problem *p)
{
    const i64 n = p->law->nparam, rows = i64_min(p->block_rows, p->nrow);
    Scratch s = { .value = NEW(arena, double, p->nrow),
                  .residual = NEW(arena, double, p->nrow),
                  .part = NEW(arena, double,
                              i64_max(p->nblock, 1) * (1 + 2 * n + n * n)),
                  .nspace = p->threads > 1 ? p->threads : 1 };
    s.space = NEW(arena, Workspace, s.nspace);
    for (int t = 0; t < s.nspace; t++)
        s.space[t] = (Workspace){
            .jac = NEW(arena, double, n * rows),
            .hess = NEW(arena, double, p->law->npair * rows),
            .first = NEW(arena, double, rows),
            .second = NEW(arena, double, rows),
            .times = NEW(arena, double, rows),
        };
    return s;
}
