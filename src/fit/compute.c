/* compute.c - see compute.h. */

#include "fit/compute.h"

#include <math.h>
#include <stdlib.h>

static const double SAME_BUDGET = 0.05; /* of ln: sizes are whole numbers, so
                                           budgets are met to a few per cent */

Compute compute_of(Arena *arena, const Law *law, const Table *runs)
{
    double *c = table_column(runs, "C");
    const double *n = table_column(runs, "N"), *d = table_column(runs, "D");
    if (c)
        return (Compute){ "C", c };
    if (!n || !d)
        return (Compute){ law->column[0],
                          table_column(runs, law->column[0]) };
    c = NEW(arena, double, runs->nrow);
    for (i64 i = 0; i < runs->nrow; i++)
        c[i] = 6 * n[i] * d[i];
    return (Compute){ "6 N D", c };
}

typedef struct Row { double value; i64 at; } Row;

static int by_value(const void *a, const void *b)
{
    const Row *x = a, *y = b;
    const int by = (x->value > y->value) - (x->value < y->value);
    return by ? by : (x->at > y->at) - (x->at < y->at);
}

i64 compute_steps(i64 *step, const double *value, i64 n)
{
    Arena scratch = { 0 };
    Row *row = NEW(&scratch, Row, n);
    for (i64 i = 0; i < n; i++)
        row[i] = (Row){ value[i], i };
    qsort(row, (size_t)n, sizeof *row, by_value);
    i64 count = n > 0;
    for (i64 i = 0; i < n; i++) {
        count += i > 0 && log(row[i].value / row[i - 1].value) > SAME_BUDGET;
        step[row[i].at] = count - 1;
    }
    arena_free(&scratch);
    return count;
}
