/* fig.c - the list of figures, and what they share. */

#include "report/fig.h"

#include "report/num.h"
#include "report/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const Fig figs[] = {
#define FIG(name, title, panels, see, not) \
    { #name, title, panels, see, not, fig_##name },
#include "report/fig_list.h"
#undef FIG
};

int fig_count(void)
{
    return COUNT_OF(figs);
}

const Fig *fig_at(int index)
{
    return &figs[index];
}

const char *fig_label_n(char *out, const Analysis *analysis)
{
    snprintf(out, FIG_TEXT, "parameters N (%s)", analysis->info.counts);
    return out;
}

const char *fig_label_d(char *out, const Analysis *analysis)
{
    snprintf(out, FIG_TEXT, "training text D (%ss)", analysis_token(analysis));
    return out;
}

const char *fig_label_loss(char *out, const Analysis *analysis)
{
    snprintf(out, FIG_TEXT, "held-out loss (nats per %s)",
             analysis_token(analysis));
    return out;
}

Axis fig_axis_n(const Analysis *analysis, Range range, double pad)
{
    static const char *const label[] = {
        [N_BODY] = "parameters N (body)",
        [N_BODY_HEAD] = "parameters N (body+head)",
        [N_TOTAL] = "parameters N (total)", [N_FLOP] = "parameters N (flop)" };
    return axis_of_kind(AXIS_N, axis_over(label[analysis->cost.counts], true,
                                          TICK_SI, range, pad));
}

Axis fig_axis_d(const Analysis *analysis, Range range, double pad)
{
    const bool bytes = strcmp(analysis_token(analysis), "byte") == 0;
    return axis_over(bytes ? "training text D (bytes)"
                           : "training text D (tokens)",
                     true, TICK_SI, range, pad);
}

Axis fig_axis_c(Range range, double pad)
{
    return axis_over("training compute C (FLOP)", true, TICK_POWER, range, pad);
}

Axis fig_axis_loss(const Analysis *analysis, bool log, Range range, double pad)
{
    const bool bytes = strcmp(analysis_token(analysis), "byte") == 0;
    return axis_of_kind(AXIS_LOSS,
                        axis_over(bytes ? "held-out loss (nats per byte)"
                                        : "held-out loss (nats per token)",
                                  log, TICK_PLAIN, range, pad));
}

i64 fig_run(const Analysis *analysis, const Run *run)
{
    for (i64 i = 0; i < analysis->runs.count; i++)
        if (analysis->runs.run[i].id == run->id)
            return i;
    return -1;
}

void fig_run_point(Plot *plot, const Analysis *analysis, const char *series,
                   Ink ink, Mark mark, double x, double y, const Run *run,
                   const char *more)
{
    char hover[FIG_TEXT], text[2 * FIG_TEXT];
    fig_hover(hover, analysis, run);
    if (more)
        snprintf(text, sizeof text, "%s; %s", hover, more);
    plot->run = fig_run(analysis, run);
    plot_point(plot, series, ink, mark, x, y, more ? text : hover);
}

/* Names that are written from right to left would turn what follows them
 * around; they are set apart by the signs that Unicode has for it. */
static bool turns(const char *text)
{
    if (strstr(text, "\xE2\x80\xAE"))
        return true; /* the sign that turns all that follows */
    for (; *text; text++)
        if ((u8)*text >= 0xD6 && (u8)*text <= 0xDF)
            return true; /* Hebrew to N'Ko */
    return false;
}

const char *fig_hover(char *out, const Analysis *analysis, const Run *run)
{
    char n[NUM_TEXT], d[NUM_TEXT], loss[NUM_TEXT], bpb[NUM_TEXT], cut[240];
    text_cut(cut, sizeof cut, run->name ? run->name : run->id, 48);
    const bool apart = turns(cut);
    snprintf(out, FIG_TEXT, "%s%s%s: N %.12s, D %.12s, loss %.12s nats, %.12s "
             "bits per byte", apart ? "\xE2\x81\xA8" : "", cut,
             apart ? "\xE2\x81\xA9" : "",
             num_si(n, fig_n(analysis, run), 3),
             num_si(d, (double)run->tokens, 3),
             num_plain(loss, run->val_loss, 4),
             num_plain(bpb, run->val_bpb, 4));
    return out;
}

double fig_n(const Analysis *analysis, const Run *run)
{
    return count_n(run->shape, analysis->cost.counts);
}

double fig_budget(const Analysis *analysis, const Run *run)
{
    (void)analysis;
    return run->budget;
}

static int rising(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

i64 fig_distinct(double *out, const RunList *runs, const Analysis *analysis,
                 double (*of)(const Analysis *, const Run *))
{
    i64 count = 0;
    for (i64 i = 0; i < runs->count; i++) {
        const double value = of(analysis, &runs->run[i]);
        if (isfinite(value) && fig_index(out, count, value) < 0)
            out[count++] = value;
    }
    qsort(out, (size_t)count, sizeof *out, rising);
    return count;
}

i64 fig_index(const double *values, i64 count, double value)
{
    for (i64 i = 0; i < count; i++)
        if (fabs(values[i] - value) <= 1e-9 * fabs(value))
            return i;
    return -1;
}

void fig_spaced(double *x, i64 count, double low, double high)
{
    for (i64 i = 0; i < count; i++)
        x[i] = low * pow(high / low, (double)i / (double)(count - 1));
}
