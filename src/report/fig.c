/* fig.c - the list of figures, and what they share. */

#include "report/fig.h"

#include "report/num.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

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

const char *fig_hover(char *out, const Analysis *analysis, const Run *run)
{
    char n[NUM_TEXT], d[NUM_TEXT], loss[NUM_TEXT], bpb[NUM_TEXT];
    snprintf(out, FIG_TEXT, "%.60s: N %.12s, D %.12s, loss %.12s nats, %.12s "
             "bits per byte", run->name ? run->name : run->id,
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
