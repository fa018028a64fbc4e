/* finds_common.c - when two runs are the same in some respect. */

#include "report/finds.h"

#include <math.h>
#include <string.h>

bool finds_done(const Run *run)
{
    return run->status && strcmp(run->status, "done") == 0
        && isfinite(run->val_loss) && run->val_loss > 0 && run->tokens > 0;
}

bool finds_same(double a, double b, double within)
{
    return a > 0 && b > 0 && fabs(log(a / b)) <= within;
}

bool finds_same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool finds_same_shape(const Shape *a, const Shape *b)
{
    return a->layers == b->layers && a->width == b->width
        && a->heads == b->heads && a->ff == b->ff && a->vocab == b->vocab
        && a->context == b->context && a->kv_heads == b->kv_heads
        && a->recurrent == b->recurrent;
}

void finds_power_line(double *ln_coef, double *slope, const double *x,
                       const double *y, i64 count)
{
    double mx = 0, my = 0, xx = 0, xy = 0;
    *ln_coef = *slope = NAN;
    for (i64 i = 0; i < count; i++) {
        mx += log(x[i]) / (double)count;
        my += log(y[i]) / (double)count;
    }
    for (i64 i = 0; i < count; i++) {
        xx += (log(x[i]) - mx) * (log(x[i]) - mx);
        xy += (log(x[i]) - mx) * (log(y[i]) - my);
    }
    if (count < 3 || !(xx > 0))
        return;
    *slope   = xy / xx;
    *ln_coef = my - *slope * mx;
}

void finds_log(MetricList *log, Str *lost, Arena *arena, const Run *run,
               const char *runs_dir)
{
    Err err = { 0 };
    if (metric_read(log, arena, runs_dir, run->id, &err))
        return;
    *log = (MetricList){ 0 };
    str_add(lost, "%s: its log is left out of figures: %s\n", run->id,
            err.text);
}

i64 finds_warm(const MetricList *log)
{
    double peak = 0;
    for (i64 i = 0; i < log->count; i++)
        peak = fmax(peak, log->metric[i].lr);
    for (i64 i = 0; i < log->count; i++)
        if (log->metric[i].lr >= peak * (1 - 1e-9))
            return i;
    return 0;
}
