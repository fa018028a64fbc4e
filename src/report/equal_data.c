/* equal_data.c - see equal_data.h. */

#include "report/equal_data.h"

#include "report/finds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* -- Cells ------------------------------------------------------------------- */

static int by_length_and_rate(const void *a, const void *b)
{
    const Run *x = *(const Run *const *)a, *y = *(const Run *const *)b;
    if (x->tokens != y->tokens)
        return x->tokens < y->tokens ? -1 : 1;
    if (x->lr != y->lr)
        return x->lr < y->lr ? -1 : 1;
    return strcmp(x->id, y->id);
}

/* Runs from .. to differ in the seed alone: their mean. */
static DataCell mean_of(const Run *const *run, i64 from, i64 to,
                        double (*loss)(const Run *), double *squares,
                        i64 *freedom)
{
    const double count = (double)(to - from);
    double       mean = 0;
    for (i64 i = from; i < to; i++)
        mean += log(loss(run[i])) / count;
    for (i64 i = from; i < to && to - from > 1; i++)
        *squares += (log(loss(run[i])) - mean) * (log(loss(run[i])) - mean);
    *freedom += to - from - 1;
    return (DataCell){ .d = (double)run[from]->tokens, .ln_loss = mean,
                       .seeds = to - from, .run = run[from] };
}

DataCells data_cells(Arena *arena, const Run *const *run, i64 count,
                     double (*loss)(const Run *), double *squares,
                     i64 *freedom)
{
    DataCells   out = { .cell = NEW(arena, DataCell, count + 1) };
    const Run **order = NEW(arena, const Run *, count + 1);
    if (count > 0)
        memcpy(order, run, (size_t)count * sizeof *order);
    qsort(order, (size_t)count, sizeof *order, by_length_and_rate);
    for (i64 from = 0, to; from < count; from = to) {
        for (to = from + 1; to < count && order[to]->tokens
             == order[from]->tokens && finds_same(order[to]->lr,
                                                  order[from]->lr, 1e-6); to++)
            ;
        const DataCell one = mean_of(order, from, to, loss, squares, freedom);
        DataCell      *last = out.count ? &out.cell[out.count - 1] : NULL;
        if (!last || last->d != one.d)
            out.cell[out.count++] = one;
        else if (one.ln_loss < last->ln_loss)
            *last = one;
    }
    return out;
}

/* -- The curve ------------------------------------------------------------------ */

EqualData equal_data(Arena *arena, const DataCells *cells, const double *noise)
{
    EqualData out = { .x = NEW(arena, double, cells->count + 1),
                      .y = NEW(arena, double, cells->count + 1) };
    for (i64 k = 0; k < cells->count; k++) {
        const double x = -cells->cell[k].ln_loss - (noise ? noise[k] : 0);
        if (out.count && x <= out.x[out.count - 1])
            continue;
        out.x[out.count]   = x;
        out.y[out.count++] = log(cells->cell[k].d);
    }
    return out;
}

/* Of the chord that ends at node k + 1. */
static double step(const EqualData *c, i64 k) { return c->x[k + 1] - c->x[k]; }
static double chord(const EqualData *c, i64 k)
{
    return (c->y[k + 1] - c->y[k]) / step(c, k);
}

/* One-sided three-point slope, held to what stays monotone. */
static double end_slope(double h0, double h1, double d0, double d1)
{
    const double slope = ((2 * h0 + h1) * d0 - h0 * d1) / (h0 + h1);
    return fmin(fmax(slope, 0), 3 * d0);
}

static double slope(const EqualData *c, i64 k)
{
    const i64 last = c->count - 1;
    if (c->count == 2)
        return chord(c, 0);
    if (k == 0)
        return end_slope(step(c, 0), step(c, 1), chord(c, 0), chord(c, 1));
    if (k == last)
        return end_slope(step(c, last - 1), step(c, last - 2),
                         chord(c, last - 1), chord(c, last - 2));
    const double a = 2 * step(c, k) + step(c, k - 1);
    const double b = step(c, k) + 2 * step(c, k - 1);
    return (a + b) / (a / chord(c, k - 1) + b / chord(c, k));
}

static double within(const EqualData *c, double x)
{
    i64 k = 0;
    while (k + 2 < c->count && x > c->x[k + 1])
        k++;
    const double h = step(c, k), t = (x - c->x[k]) / h, u = 1 - t;
    return u * u * (1 + 2 * t) * c->y[k] + t * t * (1 + 2 * u) * c->y[k + 1]
         + h * t * u * (u * slope(c, k) - t * slope(c, k + 1));
}

double equal_data_at(const EqualData *c, double ln_loss, bool beyond)
{
    const double x = -ln_loss;
    const i64    last = c->count - 1;
    if (c->count < 2)
        return NAN;
    if (x < c->x[0])
        return beyond ? c->y[0] + slope(c, 0) * (x - c->x[0]) : NAN;
    if (x > c->x[last])
        return beyond ? c->y[last] + slope(c, last) * (x - c->x[last]) : NAN;
    return within(c, x);
}
