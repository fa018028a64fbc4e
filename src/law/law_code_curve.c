/* law_code_curve.c - from rows in any order to curves (law_code_curve.h). */

#include "law/law_code_curve.h"

#include <math.h>
#include <stdlib.h>

typedef struct Point { double curve, step, lr; i64 row; } Point;

static int order(double a, double b)
{
    return (a > b) - (a < b);
}

/* Rows of one curve and step stay as they stood: the second is the jump. */
static int by_curve_and_step(const void *a, const void *b)
{
    const Point *p = a, *q = b;
    int sign = order(p->curve, q->curve);
    if (!sign)
        sign = order(p->step, q->step);
    return sign ? sign : (p->row > q->row) - (p->row < q->row);
}

static Point *points_sorted(Arena *arena, double *const *column, i64 nrow)
{
    Point *point = NEW(arena, Point, nrow);
    for (i64 i = 0; i < nrow; i++)
        point[i] = (Point){ round(column[0][i]), round(column[1][i]),
                            column[2][i], i };
    qsort(point, (size_t)nrow, sizeof *point, by_curve_and_step);
    return point;
}

static Stretch beginning(const Point *p)
{
    return (Stretch){ .row = p->row, .first = true, .count = (i64)p->step,
                      .from = p->lr, .last = p->lr, .sum = p->lr,
                      .before = p->lr * fmax(p->step - 1, 0) };
}

static double rate_at_end(const Stretch *s)
{
    return s->first ? s->from : s->from + s->slope * (double)s->count;
}

static Stretch next(const Stretch *before, const Point *was, const Point *p)
{
    const double n = p->step - was->step;
    Stretch s = { .row = p->row, .count = (i64)n, .from = was->lr,
                  .sum_before = before->sum, .before = before->before };
    s.last = before->count || before->first ? rate_at_end(before)
                                            : before->last;
    s.slope = n > 0 ? (p->lr - was->lr) / n : 0;
    s.sum = s.sum_before + n * s.from + s.slope * n * (n + 1) / 2;
    return s;
}

Curves curves_make(Arena *arena, double *const *column, i64 nrow)
{
    const Point *point = points_sorted(arena, column, nrow);
    Curves out = { nrow, NEW(arena, Stretch, nrow) };
    for (i64 i = 0; i < nrow; i++) {
        const bool first = i == 0 || point[i].curve != point[i - 1].curve;
        out.stretch[i] = first ? beginning(&point[i])
                               : next(&out.stretch[i - 1], &point[i - 1],
                                      &point[i]);
    }
    return out;
}

Fallen curve_fallen(const Stretch *s, double alpha, double warm)
{
    const double sum = s->sum + warm * s->before, ln = log(sum);
    const double v = exp(-alpha * ln), slope = -alpha * v / sum;
    return (Fallen){ .v = v, .l = -v * ln, .w = slope * s->before,
                     .ll = v * ln * ln,
                     .lw = s->before * v / sum * (alpha * ln - 1),
                     .ww = -slope * (alpha + 1) / sum * s->before
                         * s->before };
}

int pair_at(int i, int j, int n)
{
    return i * n - i * (i - 1) / 2 + (j - i);
}
