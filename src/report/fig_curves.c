/* fig_curves.c - approach 1: every learning curve, and their envelope.
 *
 * SOURCE: Hoffmann et al. 2022, arXiv:2203.15556, figure 2. */

#include "report/fig.h"

#include "report/curves.h"
#include "report/num.h"

#include <math.h>
#include <stdio.h>

/* More points than this along one curve are finer than the figure's pixels. */
enum { POINTS_MAX = 150, KEYS_MAX = 12 };

static void draw_run(Plot *plot, const Analysis *a, i64 which, Ink ink)
{
    i64 from, to;
    curves_rows(&a->curves, which, &from, &to);
    const double *c    = table_column(&a->curves.table, "C");
    const double *loss = table_column(&a->curves.table, "loss");
    const i64     rows = to - from, stride = rows / POINTS_MAX + 1;

    double x[POINTS_MAX + 2], y[POINTS_MAX + 2];
    i64    count = 0;
    for (i64 i = from; i < to; i += stride) {
        x[count]   = c[i];
        y[count++] = loss[i];
    }
    if (rows > 0 && (rows - 1) % stride != 0) {
        x[count]   = c[to - 1];
        y[count++] = loss[to - 1];
    }
    char hover[FIG_TEXT];
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

/* Computes that the smallest or the largest size won are not on the envelope;
 * no line is drawn across them. */
static void draw_envelope(Plot *plot, const Frontier *line)
{
    if (line->npoint == 0)
        return;
    const double step = least_step(line);
    for (i64 from = 0, to; from < line->npoint; from = to) {
        for (to = from + 1; to < line->npoint; to++)
            if (line->c[to] / line->c[to - 1] > pow(step, 2.5))
                break;
        plot_line(plot, "envelope", INK_TEXT, LINE_SOLID, line->c + from,
                  line->loss + from, to - from, "the envelope");
    }
    plot_key_head(plot, "least of all");
    plot_key_line(plot, INK_TEXT, LINE_SOLID, "envelope");
}

static void ranges(Range *x, Range *y, const Analysis *a)
{
    const double *c    = table_column(&a->curves.table, "C");
    const double *loss = table_column(&a->curves.table, "loss");
    for (i64 i = 0; i < a->curves.table.nrow; i++) {
        range_add(x, c[i]);
        range_add(y, loss[i]);
    }
}

bool fig_curves(Plot *plot, const Analysis *a)
{
    if (a->curves.table.nrow == 0)
        return false;
    Range x = range_new(), y = range_new();
    ranges(&x, &y, a);
    char label[FIG_TEXT];
    snprintf(label, sizeof label, a->curves.val
             ? "held-out loss (nats per %s)"
             : "training loss, smoothed (nats per %s)", analysis_token(a));
    plot_panel(plot, 0, NULL,
               axis_over("training compute C (FLOP)", true, TICK_POWER, x,
                         0.03),
               axis_over(label, true, TICK_PLAIN, y, 0.04));

    Arena     scratch = { 0 };
    double   *n       = NEW(&scratch, double, a->fitted.count + 1);
    const i64 count   = fig_distinct(n, &a->fitted, a, fig_n);
    for (i64 i = 0; i < a->curves.count; i++) {
        const double size = fig_n(a, &a->fitted.run[i]);
        draw_run(plot, a, i, ink_ramp(fig_index(n, count, size), count));
    }
    key_sizes(plot, n, count);
    draw_envelope(plot, &a->envelope);
    arena_free(&scratch);
    return true;
}
