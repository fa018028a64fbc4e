/* fig_curves.c - approach 1: every learning curve, and their envelope.
 *
 * SOURCE: Hoffmann et al. 2022, arXiv:2203.15556, figure 2. */

#include "report/fig.h"

#include "report/curves.h"
#include "report/num.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* More points than this along one curve, or in one panel, are finer than the
 * figure's pixels. */
enum { POINTS_MAX = 120, POINTS_ALL = 6000, KEYS_MAX = 12 };

static i64 points_each(const Analysis *a)
{
    return i64_max(12, i64_min(POINTS_MAX, POINTS_ALL / (a->curves.count + 1)));
}

static void draw_run(Plot *plot, const Analysis *a, i64 which, Ink ink,
                     const char *against)
{
    i64 from, to;
    curves_rows(&a->curves, which, &from, &to);
    const double *along = table_column(&a->curves.table, against);
    const double *loss  = table_column(&a->curves.table, "loss");
    const i64     rows  = to - from, stride = rows / points_each(a) + 1;

    double x[POINTS_MAX + 2], y[POINTS_MAX + 2];
    i64    count = 0;
    for (i64 i = from; i < to; i += stride) {
        x[count]   = along[i];
        y[count++] = loss[i];
    }
    if (rows > 0 && (rows - 1) % stride != 0) {
        x[count]   = along[to - 1];
        y[count++] = loss[to - 1];
    }
    char hover[FIG_TEXT];
    plot->run = fig_run(a, &a->fitted.run[which]);
    plot_line(plot, a->curves.run_id[which], ink, LINE_THIN, x, y, count,
              fig_hover(hover, a, &a->fitted.run[which]));
}

static void key_sizes(Plot *plot, const double *n, i64 count)
{
    const i64 stride = (count + KEYS_MAX - 1) / KEYS_MAX;
    plot_key_head(plot, "parameters");
    for (i64 i = 0; i < count; i += stride) {
        char text[NUM_TEXT];
        plot_key_line(plot, ink_ramp(i, count), LINE_SOLID,
                      num_si(text, n[i], 3));
    }
}

static double least_step(const Frontier *line)
{
    double step = INFINITY;
    for (i64 i = 1; i < line->npoint; i++)
        step = fmin(step, line->c[i] / line->c[i - 1]);
    return step;
}

/* Computes that the smallest or the largest size won are not on the envelope,
 * and where a budget's runs end the next ones have not come down yet; no line
 * is drawn across either. */
static void draw_envelope(Plot *plot, const Frontier *line)
{
    if (line->npoint == 0)
        return;
    const double step = least_step(line);
    for (i64 from = 0, to; from < line->npoint; from = to) {
        for (to = from + 1; to < line->npoint; to++)
            if (line->c[to] / line->c[to - 1] > pow(step, 2.5)
                || line->loss[to] > 1.003 * line->loss[to - 1])
                break;
        plot_line(plot, "envelope", INK_TEXT, LINE_SOLID, line->c + from,
                  line->loss + from, to - from, "the envelope");
    }
}

/* The same points by the data that they took; jumps from size to size show. */
static void draw_envelope_data(Plot *plot, const Frontier *line)
{
    for (i64 i = 0; i < line->npoint; i++)
        if (i + 1 == line->npoint
            || !finds_same(line->n[i], line->n[i + 1], 1e-9))
            plot_point(plot, "envelope, last of a size", INK_TEXT, MARK_HOLLOW,
                       line->d[i], line->loss[i],
                       "the last place of a size on the envelope");
}

static Range range_of(const Analysis *a, const char *column)
{
    const double *value = table_column(&a->curves.table, column);
    Range range = range_new();
    for (i64 i = 0; i < a->curves.table.nrow; i++)
        range_add(&range, value[i]);
    return range;
}

static void panel(Plot *plot, const Analysis *a, int which,
                  const char *against, Axis x, const double *n, i64 count)
{
    Axis y = fig_axis_loss(a, true, range_of(a, "loss"), 0.04);
    if (!a->curves.val)
        y.label = strcmp(analysis_token(a), "byte") == 0
                ? "training loss, smoothed (nats per byte)"
                : "training loss, smoothed (nats per token)";
    plot_panel(plot, which, NULL, x, y);
    for (i64 i = 0; i < a->curves.count; i++) {
        const double size = fig_n(a, &a->fitted.run[i]);
        draw_run(plot, a, i, ink_ramp(fig_index(n, count, size), count),
                 against);
    }
}

bool fig_curves(Plot *plot, const Analysis *a)
{
    if (a->curves.table.nrow == 0)
        return false;
    Arena     scratch = { 0 };
    double   *n       = NEW(&scratch, double, a->fitted.count + 1);
    const i64 count   = fig_distinct(n, &a->fitted, a, fig_n);
    panel(plot, a, 0, "C", fig_axis_c(range_of(a, "C"), 0.03), n, count);
    draw_envelope(plot, &a->envelope);
    panel(plot, a, 1, "D", fig_axis_d(a, range_of(a, "D"), 0.03), n, count);
    draw_envelope_data(plot, &a->envelope);
    key_sizes(plot, n, count);
    plot_key_head(plot, "least of all");
    plot_key_line(plot, INK_TEXT, LINE_SOLID, "envelope");
    plot_key_point(plot, INK_TEXT, MARK_HOLLOW, "last of a size on it");
    arena_free(&scratch);
    return true;
}
