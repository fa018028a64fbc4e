/* fig_pairs.c - the bootstrap's draws, each pair of constants against each
 * other: which of them the runs settle only together. */

#include "report/fig.h"

#include <math.h>
#include <stdlib.h>

enum { DRAWS = 300, PARAMS = 6 };

typedef struct Pairs {
    const Fit *fit;
    i64        count;
    double     value[PARAMS][DRAWS];
    Axis       axis[PARAMS];
} Pairs;

static int rising(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Without the outermost hundredth at either end: a draw that went astray would
 * squeeze all others into a corner. */
static Axis axis_of(const Pairs *p, int which)
{
    double sorted[DRAWS];
    for (i64 i = 0; i < p->count; i++)
        sorted[i] = p->value[which][i];
    qsort(sorted, (size_t)p->count, sizeof *sorted, rising);
    Range x = range_new();
    range_add(&x, sorted[p->count / 100]);
    range_add(&x, sorted[p->count - 1 - p->count / 100]);
    range_add(&x, p->fit->theta[which]);
    const bool log = x.low > 0 && x.high > 4 * x.low;
    return axis_over(p->fit->law->param[which].name, log,
                     log && x.high > 1e4 ? TICK_POWER : TICK_PLAIN, x, 0.06);
}

static void fill(Pairs *p, const Fit *fit)
{
    const int nparam = fit->law->nparam;
    p->fit   = fit;
    p->count = i64_min(DRAWS, fit->ndraw);
    for (int k = 0; k < nparam; k++) {
        for (i64 i = 0; i < p->count; i++)
            p->value[k][i] = fit->draw[i * fit->ndraw / p->count * nparam + k];
        p->axis[k] = axis_of(p, k);
    }
}

static void panel(Plot *plot, const Pairs *p, int row, int column, int side)
{
    Axis x = p->axis[column], y = p->axis[row + 1];
    x.bare = row < side - 1;
    y.bare = column > 0;
    plot_panel(plot, row * side + column, NULL, x, y);
    plot_cloud(plot, "draws", INK_BLUE, p->value[column], p->value[row + 1],
               p->count);
    plot_point(plot, "fit", INK_RED, MARK_DIAMOND, p->fit->theta[column],
               p->fit->theta[row + 1], "the fit");
}

bool fig_pairs(Plot *plot, const Analysis *a)
{
    const Fit *fit  = a->chosen;
    const int  side = fit ? fit->law->nparam - 1 : 0;
    if (!fit || fit->ndraw < 20 || side < 1 || fit->law->nparam > PARAMS)
        return false;
    Arena  scratch = { 0 };
    Pairs *p       = NEW(&scratch, Pairs, 1);
    fill(p, fit);
    plot->panels  = side * side;
    plot->columns = side;
    plot->tight   = true;
    plot->height  = side > 3 ? 120 : 150;
    for (int row = 0; row < side; row++)
        for (int column = 0; column <= row; column++)
            panel(plot, p, row, column, side);
    plot_key_line(plot, INK_BLUE, LINE_DOTTED, "a refit of resampled runs");
    plot_key_point(plot, INK_RED, MARK_DIAMOND, "the fit");
    arena_free(&scratch);
    return true;
}
