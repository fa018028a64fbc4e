/* finds_ledger.c - what was spent on what, and the least loss along an
 * axis: sums and sorts of records. */

#include "report/finds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Ledger ------------------------------------------------------------------- */

static bool same_row(const LedgerRow *row, const Run *run)
{
    return finds_same_text(row->group, run->group ? run->group : "no group")
        && (finds_same(row->budget, run->budget, 1e-9)
            || (isnan(row->budget) && isnan(run->budget)));
}

static void count_in(LedgerRow *row, const Run *run)
{
    row->runs++;
    row->done += run->status && strcmp(run->status, "done") == 0;
    if (isfinite(run->flop))
        row->flop += run->flop;
    if (isfinite(run->wall_s))
        row->wall_s += run->wall_s;
    if (isfinite(run->joules))
        row->joules = (isfinite(row->joules) ? row->joules : 0) + run->joules;
}

static int by_group(const void *a, const void *b)
{
    const LedgerRow *x = a, *y = b;
    const int order = strcmp(x->group, y->group);
    return order ? order : (x->budget > y->budget) - (x->budget < y->budget);
}

void ledger_find(Ledger *out, Arena *arena, const RunList *runs)
{
    *out = (Ledger){ .row = NEW(arena, LedgerRow, runs->count + 1),
                     .all = { .group = "all", .budget = NAN, .joules = NAN } };
    for (i64 i = 0; i < runs->count; i++) {
        const Run *run = &runs->run[i];
        i64 k = 0;
        while (k < out->count && !same_row(&out->row[k], run))
            k++;
        if (k == out->count)
            out->row[out->count++] = (LedgerRow){
                .group = run->group ? run->group : "no group",
                .budget = run->budget, .joules = NAN };
        count_in(&out->row[k], run);
        count_in(&out->all, run);
    }
    qsort(out->row, (size_t)out->count, sizeof *out->row, by_group);
}

/* Slices ------------------------------------------------------------------- */

static double along(const Run *run, CountN counts, SliceOf of)
{
    switch (of) {
    case SLICE_N:
        return count_n(run->shape, counts);
    case SLICE_D:
        return (double)run->tokens;
    case SLICE_C:
        return isfinite(run->budget) ? run->budget : run->flop;
    }
    return NAN;
}

static void slice_take(Slice *s, const Run *run, double x, double within)
{
    for (i64 i = 0; i < s->count; i++)
        if (finds_same(s->x[i], x, within)) {
            if (run->val_loss < s->loss[i]) {
                s->x[i]    = x;
                s->loss[i] = run->val_loss;
                s->run[i]  = run;
            }
            return;
        }
    i64 at = s->count++;
    for (; at > 0 && s->x[at - 1] > x; at--) {
        s->x[at]    = s->x[at - 1];
        s->loss[at] = s->loss[at - 1];
        s->run[at]  = s->run[at - 1];
    }
    s->x[at]    = x;
    s->loss[at] = run->val_loss;
    s->run[at]  = run;
}

/* Only those that better everything to their left: with data that shrink as
 * sizes grow, the rest says what the largest lack. */
static void slice_fall(Slice *s)
{
    i64 kept = 0;
    for (i64 i = 0; i < s->count; i++) {
        if (kept > 0 && s->loss[i] >= s->loss[kept - 1])
            continue;
        s->x[kept]     = s->x[i];
        s->loss[kept]  = s->loss[i];
        s->run[kept++] = s->run[i];
    }
    s->count = kept;
}

/* Sizes and budgets are chosen, and come again to the digit; data are what a
 * budget leaves for a size, and are sorted into steps of a factor 1.6. */
void slice_find(Slice *out, Arena *arena, const RunList *fitted, CountN counts,
                SliceOf of)
{
    const i64    room   = fitted->count + 1;
    const double within = of == SLICE_D ? log(1.6) / 2 : 0.02;
    *out = (Slice){ .run = NEW(arena, const Run *, room),
                    .x = NEW(arena, double, room),
                    .loss = NEW(arena, double, room) };
    for (i64 i = 0; i < fitted->count; i++)
        slice_take(out, &fitted->run[i], along(&fitted->run[i], counts, of),
                   within);
    slice_fall(out);
    finds_power_line(&out->ln_coef, &out->slope, out->x, out->loss, out->count);
}
