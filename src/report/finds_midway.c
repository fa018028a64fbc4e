/* finds_midway.c - declared in finds_midway.h: rows of (size, compute, loss), the
 * parabolas by fit/isoflop, and draws that keep a run's luck together.
 *
 * A curve read at ten computes is one run and not ten, so that its residuals,
 * which hang together, are moved together: each is multiplied by one of Webb's
 * six factors, chosen by the run's id and the draw's number (a wild cluster
 * bootstrap). Sizes are never left out by luck, which with a dozen of them would
 * often leave no parabola. */

#include "report/finds_midway.h"

#include "base/rng.h"
#include "report/finds.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REACH = 3, RUNS_LEAST = 4, BUDGETS_MOST = 64, DRAWS_MOST = 400 };
static const double SPREAD_MOST = 0.1;  /* of ln C within a budget             */
static const double ROUNDING    = 0.01; /* of ln D, past the ends of a curve   */
static const double SAME_TEXT   = 0.8;  /* least standard error over the last  */

/* -- Curves ---------------------------------------------------------------- */

static bool in_group(const Run *run, const char *group)
{
    return run->group && strcmp(run->group, group) == 0 && finds_done(run);
}

static void curve_along(MidCurve *out, Str *lost, Arena *arena, const Run *run,
                        const char *runs_dir)
{
    MetricList all = { 0 };
    double     se  = NAN;
    finds_log(&all, lost, arena, run, runs_dir);
    out->ln_d    = NEW(arena, double, all.count + 1);
    out->ln_loss = NEW(arena, double, all.count + 1);
    for (i64 i = 0; i < all.count; i++) {
        const Metric *m = &all.metric[i];
        if (!(m->val_loss > 0) || m->tokens <= 0 || m->val_se < SAME_TEXT * se)
            continue;
        se = m->val_se;
        out->ln_d[out->count]      = log((double)m->tokens);
        out->ln_loss[out->count++] = log(m->val_loss);
    }
}

static void curve_end(MidCurve *out, Arena *arena, const Run *run)
{
    out->count   = 1;
    out->ln_d    = NEW(arena, double, 1);
    out->ln_loss = NEW(arena, double, 1);
    *out->ln_d    = log((double)run->tokens);
    *out->ln_loss = log(run->val_loss);
}

static int by_size(const void *a, const void *b)
{
    const Run   *r = ((const MidCurve *)a)->run, *s = ((const MidCurve *)b)->run;
    const double x = count_n(r->shape, N_TOTAL), y = count_n(s->shape, N_TOTAL);
    return x != y ? (x > y) - (x < y) : strcmp(r->id, s->id);
}

void midway_read(Midway *out, Str *lost, Arena *arena, const RunList *runs,
                 const char *group, bool along, const char *runs_dir)
{
    *out = (Midway){ .group = group, .along = along,
                     .curve = NEW(arena, MidCurve, runs->count + 1) };
    for (i64 i = 0; i < runs->count; i++) {
        const Run *run   = &runs->run[i];
        MidCurve  *curve = &out->curve[out->count];
        if (!in_group(run, group))
            continue;
        *curve = (MidCurve){ .run = run };
        if (along)
            curve_along(curve, lost, arena, run, runs_dir);
        else
            curve_end(curve, arena, run);
        out->count += curve->count > 0;
    }
    qsort(out->curve, (size_t)out->count, sizeof *out->curve, by_size);
}

double midway_at(const MidCurve *c, double ln_d)
{
    const i64 last = c->count - 1;
    if (ln_d < c->ln_d[0] - ROUNDING || ln_d > c->ln_d[last] + ROUNDING)
        return NAN;
    i64 i = 1;
    while (i < last && c->ln_d[i] < ln_d)
        i++;
    if (last == 0)
        return c->ln_loss[0];
    const double share = (ln_d - c->ln_d[i - 1])
                       / (c->ln_d[i] - c->ln_d[i - 1]);
    return c->ln_loss[i - 1] + share * (c->ln_loss[i] - c->ln_loss[i - 1]);
}

/* -- Rows: what each size has reached by each compute ---------------------- */

typedef struct Row {
    double     n, d, budget, loss;
    const Run *run;
} Row;

typedef struct Rows { i64 count; Row *row; } Rows;

static double n_of(const MidCurve *c, CountN counts)
{
    return count_n(c->run->shape, counts);
}

/* The best size and its neighbours, of one budget's rows by size; fewer than
 * four are no parabola. */
static void windowed(Rows *out, const Row *row, i64 count)
{
    i64 best = 0;
    for (i64 i = 1; i < count; i++)
        if (row[i].loss < row[best].loss)
            best = i;
    const i64 from = i64_max(0, best - REACH);
    const i64 to   = i64_min(count, best + REACH + 1);
    for (i64 i = from; i < to && to - from >= RUNS_LEAST; i++)
        out->row[out->count++] = row[i];
}

static i64 rows_at(Row *out, const Midway *from, CountN counts, double c)
{
    i64 count = 0;
    for (i64 k = 0; k < from->count; k++) {
        const double n  = n_of(&from->curve[k], counts);
        const double ln = midway_at(&from->curve[k], log(c / (6 * n)));
        if (isfinite(ln))
            out[count++] = (Row){ n, c / (6 * n), c, exp(ln),
                                  from->curve[k].run };
    }
    return count;
}

/* Computes are whole powers of two, so that they do not depend on the runs. */
static void rows_along(Rows *out, Row *one, const Midway *from, CountN counts)
{
    double low = INFINITY, high = 0;
    for (i64 k = 0; k < from->count; k++) {
        const MidCurve *c = &from->curve[k];
        low  = fmin(low, 6 * n_of(c, counts) * exp(c->ln_d[0]));
        high = fmax(high, 6 * n_of(c, counts) * exp(c->ln_d[c->count - 1]));
    }
    const double first = ceil(log2(low)), last = floor(log2(high));
    for (double k = first; k <= last && k < first + BUDGETS_MOST; k++)
        windowed(out, one, rows_at(one, from, counts, exp2(k)));
}

static i64 rows_of(Row *out, const Midway *from, CountN counts, double budget)
{
    i64 count = 0;
    for (i64 k = 0; k < from->count; k++) {
        const Run *run = from->curve[k].run;
        if (finds_same(run->budget, budget, 1e-9))
            out[count++] = (Row){ n_of(&from->curve[k], counts),
                                  (double)run->tokens, budget, run->val_loss,
                                  run };
    }
    return count;
}

static void rows_ends(Rows *out, Row *one, const Midway *from, CountN counts)
{
    for (double last = 0;;) {
        double budget = INFINITY;
        for (i64 k = 0; k < from->count; k++)
            if (from->curve[k].run->budget > last * (1 + 1e-9))
                budget = fmin(budget, from->curve[k].run->budget);
        if (isinf(budget))
            return;
        windowed(out, one, rows_of(one, from, counts, budget));
        last = budget;
    }
}

/* How far C = 6 N D of one budget spreads, at most, in ln C. */
static double spread_of(const Rows *rows)
{
    double most = 0;
    for (i64 i = 0; i < rows->count; i++)
        for (i64 k = i; k < rows->count
                        && rows->row[k].budget == rows->row[i].budget; k++)
            most = fmax(most, fabs(log(rows->row[i].n * rows->row[i].d
                                       / rows->row[k].n / rows->row[k].d)));
    return most;
}

/* -- Parabolas and their draws --------------------------------------------- */

enum { COL_N, COL_D, COL_C, COL_LOSS, COL_BUDGET, COLS };

static Table table_of(Arena *arena, const Rows *rows)
{
    static const char *const names[COLS] = { "N", "D", "C", "loss", "budget" };
    Table table = table_new(arena, COLS, names, rows->count);
    for (i64 i = 0; i < rows->count; i++) {
        const Row *r = &rows->row[i];
        table.column[COL_N][i]      = r->n;
        table.column[COL_D][i]      = r->d;
        table.column[COL_C][i]      = 6 * r->n * r->d;
        table.column[COL_LOSS][i]   = r->loss;
        table.column[COL_BUDGET][i] = r->budget;
        table.label[i]              = r->run->id;
    }
    return table;
}

/* The same for the same run, whatever else is drawn. */
static double factor_of(const Run *run, u64 seed, i64 draw)
{
    static const double size[] = { 1.224744871391589, 1, 0.7071067811865476 };
    u64 name = 1469598103934665603u; /* FNV-1a */
    for (const char *c = run->id; *c; c++)
        name = (name ^ (u8)*c) * 1099511628211u;
    const i64 face = rng_below(seed ^ name, RNG_BOOTSTRAP, (u64)draw, 6);
    return face < 3 ? size[face] : -size[face - 3];
}

/* Fitted values, and residuals as large as three constants left them. Budgets
 * are in the order of the rows. */
static void residuals(double *value, double *residual, const Rows *rows,
                      const IsoflopBudget *budget)
{
    i64 b = 0;
    for (i64 i = 0; i < rows->count; i++) {
        const Row *r = &rows->row[i];
        b += i > 0 && r->budget != rows->row[i - 1].budget;
        const double *q = budget[b].quad, x = log(r->n);
        const double  k = (double)budget[b].npoint;
        value[i]    = q[0] + x * (q[1] + x * q[2]);
        residual[i] = (r->loss - value[i]) * sqrt(k / fmax(k - 3, 1));
    }
}

static double line_of(const Table *table, FitOptions options)
{
    Arena          scratch = { 0 };
    IsoflopBudget *budget;
    Frontier       line;
    i64            count;
    Err            err = { 0 };
    options.resamples = 0;
    const bool ok = isoflop_fit(&budget, &count, &line, &scratch, table,
                                options, &err);
    const double a = ok ? line.a.value : NAN;
    arena_free(&scratch);
    return a;
}

static void draws(MidExponent *out, Arena *arena, const Rows *rows,
                  const Table *table, const IsoflopBudget *budget,
                  FitOptions options)
{
    double *value = NEW(arena, double, rows->count);
    double *residual = NEW(arena, double, rows->count);
    double *settled = NEW(arena, double, options.resamples + 1);
    i64     count = 0;
    out->ndraw = i64_min(options.resamples, DRAWS_MOST);
    out->draw  = NEW(arena, double, out->ndraw + 1);
    residuals(value, residual, rows, budget);
    for (i64 k = 0; k < out->ndraw; k++) {
        for (i64 i = 0; i < rows->count; i++)
            table->column[COL_LOSS][i]
                = value[i] + residual[i]
                           * factor_of(rows->row[i].run, options.seed, k);
        out->draw[k] = line_of(table, options);
        if (isfinite(out->draw[k]))
            settled[count++] = out->draw[k];
    }
    if (count >= out->ndraw / 2 && count > 0)
        out->a = fit_interval(out->a.value, settled, count, options.level);
}

/* -- The whole ------------------------------------------------------------- */

static void keep_range(MidExponent *out, const Frontier *line)
{
    out->budgets = line->npoint;
    out->c_low = out->n_low = INFINITY;
    for (i64 i = 0; i < line->npoint; i++) {
        out->c_low  = fmin(out->c_low, line->c[i]);
        out->c_high = fmax(out->c_high, line->c[i]);
        out->n_low  = fmin(out->n_low, line->n[i]);
        out->n_high = fmax(out->n_high, line->n[i]);
    }
}

static i64 runs_in(const Rows *rows)
{
    i64 count = 0;
    for (i64 i = 0; i < rows->count; i++) {
        i64 k = 0;
        while (k < i && rows->row[k].run != rows->row[i].run)
            k++;
        count += k == i;
    }
    return count;
}

void midway_exponent(MidExponent *out, Arena *arena, const Midway *from,
                     CountN counts, FitOptions options)
{
    const i64 most = from->count * (from->along ? BUDGETS_MOST : 1) + 1;
    Rows rows = { .row = NEW(arena, Row, most) };
    Row *one  = NEW(arena, Row, from->count + 1);
    *out = (MidExponent){ .a = { NAN, NAN, NAN } };
    if (from->along)
        rows_along(&rows, one, from, counts);
    else
        rows_ends(&rows, one, from, counts);
    out->runs = runs_in(&rows);
    if (rows.count == 0) {
        snprintf(out->words, sizeof out->words, "no compute has %d sizes",
                 RUNS_LEAST);
        return;
    }
    const double spread = spread_of(&rows);
    if (spread > SPREAD_MOST) {
        snprintf(out->words, sizeof out->words, "so counted, runs of one budget "
                 "differ by %.0f %% in compute", 100 * expm1(spread));
        return;
    }
    IsoflopBudget *budget;
    Frontier       line;
    i64            count;
    Err            err = { 0 };
    const Table    table = table_of(arena, &rows);
    FitOptions     once  = options;
    once.resamples = 0;
    if (!isoflop_fit(&budget, &count, &line, arena, &table, once, &err)) {
        snprintf(out->words, sizeof out->words, "%.230s", err.text);
        return;
    }
    out->a = (Interval){ line.a.value, NAN, NAN };
    keep_range(out, &line);
    snprintf(out->words, sizeof out->words, "%.230s", line.words);
    draws(out, arena, &rows, &table, budget, options);
}
