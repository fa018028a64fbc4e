/* curves.c - the learning curves behind approach 1.
 *
 * Only what comes after the warm-up is a statement about size and data: before
 * it the learning rate says more than either. The warm-up ends where the
 * logged rate first reaches its peak.
 *
 * Held-out losses on the way are used where every run has some. Otherwise it
 * is the training loss of single batches, smoothed as Hoffmann et al. did, by
 * a Gaussian window of ten log points: unsmoothed, the envelope would be made
 * of lucky batches.
 *
 * SOURCE: Hoffmann et al. 2022, arXiv:2203.15556, section 3.1. */

#include "report/curves.h"

#include <math.h>

enum { COL_RUN, COL_N, COL_D, COL_C, COL_LOSS, COLS };
enum { VAL_LEAST = 3 };

static i64 warm(const MetricList *log)
{
    double peak = 0;
    for (i64 i = 0; i < log->count; i++)
        peak = fmax(peak, log->metric[i].lr);
    for (i64 i = 0; i < log->count; i++)
        if (log->metric[i].lr >= peak * (1 - 1e-9))
            return i;
    return log->count / 10; /* no rate was logged */
}

static i64 val_points(const MetricList *log)
{
    i64 count = 0;
    for (i64 i = warm(log); i < log->count; i++)
        count += isfinite(log->metric[i].val_loss);
    return count;
}

/* The mean of the training loss about point i, weighted by a bell of standard
 * deviation 10 / 2 points, from the end of the warm-up on. */
static double smooth(const MetricList *log, i64 from, i64 i)
{
    const i64 reach = 10, first = i64_max(from, i - reach);
    const i64 last  = i64_min(log->count - 1, i + reach);
    double sum = 0, weights = 0;
    for (i64 k = first; k <= last; k++) {
        const double away = (double)(k - i) / 5;
        const double weight = exp(-away * away / 2);
        if (!isfinite(log->metric[k].train_loss))
            continue;
        sum += weight * log->metric[k].train_loss;
        weights += weight;
    }
    return sum / weights; /* NaN where nothing was logged */
}

/* Near the ends of a run the window would be lopsided, and the fall of the last
 * points is what the envelope is made of: they are dropped, not guessed. */
static double loss_of(const MetricList *log, i64 from, i64 i, bool val)
{
    if (val)
        return log->metric[i].val_loss;
    if (i + 5 >= log->count || i - 5 < from)
        return NAN;
    return smooth(log, from, i);
}

static i64 append(Table *table, i64 row, i64 run, double n,
                  const MetricList *log, bool val)
{
    const i64 from = warm(log);
    for (i64 i = from; i < log->count; i++) {
        const double loss = loss_of(log, from, i, val);
        if (!isfinite(loss) || !(log->metric[i].flop > 0))
            continue;
        table->column[COL_RUN][row]  = (double)run;
        table->column[COL_N][row]    = n;
        table->column[COL_D][row]    = (double)log->metric[i].tokens;
        table->column[COL_C][row]    = log->metric[i].flop;
        table->column[COL_LOSS][row] = loss;
        row++;
    }
    return row;
}

/* A log that is damaged costs its curve, not the report: the run's result
 * stands in its record. */
static bool read_logs(MetricList *log, Str *lost, Arena *arena,
                      const RunList *runs, const char *runs_dir, Err *err)
{
    for (i64 i = 0; i < runs->count; i++) {
        if (metric_read(&log[i], arena, runs_dir, runs->run[i].id, err))
            continue;
        str_add(lost, "%s: its learning curve is left out: %s\n",
                runs->run[i].id, err->text);
        log[i] = (MetricList){ 0 };
        *err   = (Err){ 0 };
    }
    return true;
}

static void fill(Curves *out, const MetricList *log, const RunList *runs,
                 CountN counts)
{
    i64 row = 0;
    for (i64 i = 0; i < runs->count; i++) {
        out->run_id[i] = runs->run[i].id;
        row = append(&out->table, row, i, count_n(runs->run[i].shape, counts),
                     &log[i], out->val);
    }
    out->table.nrow = row;
}

bool curves_read(Curves *out, Str *lost, Arena *arena, const RunList *runs,
                 CountN counts, const char *runs_dir, Err *err)
{
    static const char *const names[COLS] = { "run", "N", "D", "C", "loss" };
    MetricList *log = NEW(arena, MetricList, runs->count + 1);
    if (!read_logs(log, lost, arena, runs, runs_dir, err))
        return false;

    i64  rows = 0;
    bool val  = true;
    for (i64 i = 0; i < runs->count; i++) {
        rows += log[i].count;
        val = val && (log[i].count == 0 || val_points(&log[i]) >= VAL_LEAST);
    }
    *out = (Curves){ .count  = runs->count, .val = val,
                     .run_id = NEW(arena, const char *, runs->count + 1),
                     .table  = table_new(arena, COLS, names, rows) };
    fill(out, log, runs, counts);
    return true;
}

void curves_rows(const Curves *curves, i64 run, i64 *from, i64 *to)
{
    const double *of = curves->table.column[COL_RUN];
    *from = 0;
    while (*from < curves->table.nrow && of[*from] < (double)run)
        (*from)++;
    *to = *from;
    while (*to < curves->table.nrow && of[*to] <= (double)run)
        (*to)++;
}
