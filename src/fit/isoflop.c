/* isoflop.c - approach 2: a parabola in ln N at each budget, a power law
 * through the vertices (declared in isoflop.h). */

#include "fit/frontier.h"
#include "fit/parabola.h"

#include "base/rng.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RUNS_LEAST = 4, RUNS_TO_DRAW = 7 };

static const double SAME_BUDGET = 0.02; /* of ln C */

/* The runs of one budget. */
typedef struct Group {
    i64     n;
    double *ln_n, *ln_d, *loss, *fitted, *residual;
    double  ln_c; /* mean of what was really spent */
    double  low, high;
    bool    used;
} Group;

typedef struct Groups { i64 count; Group *group; } Groups;

typedef struct Vertex { double ln_n, ln_d, loss; } Vertex;

/* ---- the runs by budget ------------------------------------------------ */

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Different budgets, rising. */
static i64 budgets_find(double *out, const double *budget, i64 nrow)
{
    i64 n = 0, count = 0;
    for (i64 i = 0; i < nrow; i++)
        if (budget[i] > 0)
            out[n++] = budget[i];
    qsort(out, (size_t)n, sizeof *out, by_size);
    for (i64 i = 0; i < n; i++)
        if (count == 0 || log(out[i] / out[count - 1]) > SAME_BUDGET)
            out[count++] = out[i];
    return count;
}

static bool in_budget(double budget, double wanted)
{
    return budget > 0 && budget >= wanted * (1 - 1e-12)
        && log(budget / wanted) <= SAME_BUDGET;
}

static Group group_new(Arena *arena, const Table *runs, double wanted)
{
    const double *n = table_column(runs, "N"), *d = table_column(runs, "D");
    const double *c = table_column(runs, "C");
    const double *loss = table_column(runs, "loss");
    const double *budget = table_column(runs, "budget");
    Group g = { .ln_n = NEW(arena, double, runs->nrow),
                .ln_d = NEW(arena, double, runs->nrow),
                .loss = NEW(arena, double, runs->nrow),
                .fitted = NEW(arena, double, runs->nrow),
                .residual = NEW(arena, double, runs->nrow),
                .low = INFINITY, .high = -INFINITY };
    for (i64 i = 0; i < runs->nrow; i++) {
        if (!in_budget(budget[i], wanted) || !(loss[i] > 0))
            continue;
        g.ln_n[g.n] = log(n[i]);
        g.ln_d[g.n] = log(d[i]);
        g.loss[g.n] = loss[i];
        g.ln_c += log(c[i]);
        g.low = fmin(g.low, g.ln_n[g.n]);
        g.high = fmax(g.high, g.ln_n[g.n]);
        g.n++;
    }
    g.ln_c /= (double)i64_max(g.n, 1);
    return g;
}

static bool columns_there(const Table *runs, Err *err)
{
    static const char *const names[] = { "N", "D", "C", "loss", "budget" };
    for (int i = 0; i < COUNT_OF(names); i++) {
        const double *column = table_column(runs, names[i]);
        if (!column)
            return err_set(err, ERR_USAGE, "the table has no column '%s', "
                           "which IsoFLOP curves need; name the one that holds "
                           "it with --map=%s=COLUMN", names[i], names[i]);
        for (i64 r = 0; i < 3 && r < runs->nrow; r++)
            if (!(column[r] > 0 && column[r] < INFINITY))
                return err_set(err, ERR_FORMAT, "row %lld: %s is %g, and a "
                               "number above 0 is needed", (long long)r + 1,
                               names[i], column[r]);
    }
    return true;
}

/* ---- one budget -------------------------------------------------------- */

/* ln D on the curve of constant cost: C/F(N) is smooth in ln N, a parabola
 * through the runs' own (ln N, ln D) says it to four digits. */
static double ln_d_at(const Group *g, double ln_n)
{
    double quad[3];
    if (parabola_fit(quad, g->ln_n, g->ln_d, g->n))
        return parabola_at(quad, ln_n);
    return NAN;
}

static bool vertex_of(Vertex *v, double quad[3], const Group *g,
                      const double *ln_n, const double *loss, i64 n)
{
    if (!parabola_fit(quad, ln_n, loss, n))
        return false;
    const double at = parabola_vertex(quad), room = g->high - g->low;
    *v = (Vertex){ at, ln_d_at(g, at), parabola_at(quad, at) };
    return at > g->low - room && at < g->high + room;
}

static Interval to_size(double ln_value)
{
    return (Interval){ exp(ln_value), NAN, NAN };
}

static IsoflopBudget budget_fit(Group *g)
{
    const double none = NAN;
    IsoflopBudget b = { .c = exp(g->ln_c), .npoint = g->n, .bias_ln_n = none,
                        .quad = { none, none, none } };
    Vertex v = { none, none, none };
    (void)vertex_of(&v, b.quad, g, g->ln_n, g->loss, g->n);
    b.n = to_size(v.ln_n);
    b.d = to_size(v.ln_d);
    b.loss = (Interval){ v.loss, none, none };
    b.inside = v.ln_n > g->low && v.ln_n < g->high;
    g->used = b.inside && g->n >= RUNS_LEAST;
    return b;
}

/* ---- the line ---------------------------------------------------------- */

static bool vertices_line(double draw[FRONTIER_DRAW], const Groups *gs,
                          const Vertex *vertex)
{
    Arena scratch = { 0 };
    double *x = NEW(&scratch, double, 3 * gs->count);
    double *y = x + gs->count, *z = y + gs->count;
    i64 n = 0;
    for (i64 i = 0; i < gs->count; i++)
        if (gs->group[i].used && !isnan(vertex[i].ln_n)) {
            x[n] = gs->group[i].ln_c;
            y[n] = vertex[i].ln_n;
            z[n++] = vertex[i].ln_d;
        }
    const bool ok = frontier_line(draw, x, y, z, n);
    arena_free(&scratch);
    return ok;
}

/* ---- intervals --------------------------------------------------------- */

typedef struct Pool { i64 n; double *residual; } Pool;

/* The used budgets' residuals, each as large as it would be had the run not
 * drawn the parabola to itself, and about their mean. */
static Pool pool_new(Arena *arena, Groups *gs, const IsoflopBudget *budget)
{
    i64 n = 0;
    for (i64 i = 0; i < gs->count; i++)
        n += gs->group[i].n;
    Pool pool = { 0, NEW(arena, double, n + 1) };
    double *leverage = NEW(arena, double, n + 1), mean = 0;
    for (i64 i = 0; i < gs->count; i++) {
        Group *g = &gs->group[i];
        if (!g->used)
            continue;
        parabola_leverage(leverage, g->ln_n, g->n);
        for (i64 k = 0; k < g->n; k++) {
            g->fitted[k] = parabola_at(budget[i].quad, g->ln_n[k]);
            g->residual[k] = g->loss[k] - g->fitted[k];
            pool.residual[pool.n++] = g->residual[k]
                                    / sqrt(fmax(1 - leverage[k], 0.05));
        }
    }
    for (i64 k = 0; k < pool.n; k++)
        mean += pool.residual[k] / (double)pool.n;
    for (i64 k = 0; k < pool.n; k++)
        pool.residual[k] -= mean;
    return pool;
}

static bool enough_to_draw(const Groups *gs)
{
    for (i64 i = 0; i < gs->count; i++)
        if (gs->group[i].used && gs->group[i].n < RUNS_TO_DRAW)
            return false;
    return true;
}

typedef struct Draws {
    const Groups *gs;
    Pool          pool;
    bool          of_runs;
    u64           seed, next;
    double       *x, *y; /* one budget's draw */
} Draws;

static i64 below(Draws *d, i64 n)
{
    return rng_below(d->seed, RNG_BOOTSTRAP, d->next++, n);
}

static Vertex draw_vertex(Draws *d, const Group *g)
{
    Vertex v = { NAN, NAN, NAN };
    double quad[3];
    for (i64 k = 0; k < g->n; k++) {
        const i64 from = d->of_runs ? below(d, g->n) : k;
        d->x[k] = g->ln_n[from];
        d->y[k] = d->of_runs
                      ? g->loss[from]
                      : g->fitted[k] + d->pool.residual[below(d, d->pool.n)];
    }
    if (!vertex_of(&v, quad, g, d->x, d->y, g->n))
        v = (Vertex){ NAN, NAN, NAN };
    return v;
}

static void budget_intervals(IsoflopBudget *b, const Vertex *vertex, i64 at,
                             i64 count, i64 draws, double level,
                             double *scratch)
{
    for (i64 r = 0; r < draws; r++)
        scratch[r] = exp(vertex[r * count + at].ln_n);
    b->n = fit_interval(b->n.value, scratch, draws, level);
    for (i64 r = 0; r < draws; r++)
        scratch[r] = exp(vertex[r * count + at].ln_d);
    b->d = fit_interval(b->d.value, scratch, draws, level);
    for (i64 r = 0; r < draws; r++)
        scratch[r] = vertex[r * count + at].loss;
    b->loss = fit_interval(b->loss.value, scratch, draws, level);
}

static Draws draws_new(Arena *scratch, Groups *gs, const IsoflopBudget *budget,
                       i64 nrow, u64 seed)
{
    return (Draws){ .gs = gs, .pool = pool_new(scratch, gs, budget),
                    .of_runs = enough_to_draw(gs), .seed = seed,
                    .x = NEW(scratch, double, nrow + 1),
                    .y = NEW(scratch, double, nrow + 1) };
}

/* True if runs were drawn, false if residuals. */
static bool bootstrap(Frontier *line, IsoflopBudget *budget, Groups *gs,
                      i64 nrow, const FitOptions *options)
{
    Arena scratch = { 0 };
    Draws d = draws_new(&scratch, gs, budget, nrow, options->seed);
    const i64 draws = options->resamples, count = gs->count;
    Vertex *vertex = NEW(&scratch, Vertex, draws * count + 1);
    for (i64 r = 0; r < draws; r++) {
        Vertex *here = vertex + r * count;
        for (i64 i = 0; i < count; i++)
            here[i] = gs->group[i].used ? draw_vertex(&d, &gs->group[i])
                                        : (Vertex){ NAN, NAN, NAN };
        line->ndraw += vertices_line(line->draw + FRONTIER_DRAW * line->ndraw,
                                     gs, here);
    }
    double *one = NEW(&scratch, double, draws + 1);
    for (i64 i = 0; i < count; i++)
        if (gs->group[i].used)
            budget_intervals(&budget[i], vertex, i, count, draws,
                             options->level, one);
    arena_free(&scratch);
    return d.of_runs;
}

/* ---- words ------------------------------------------------------------- */

static void add_words(Frontier *f, const char *text)
{
    const size_t at = strlen(f->words);
    snprintf(f->words + at, sizeof f->words - at, "%s", text);
}

static void say_left_out(Frontier *f, const IsoflopBudget *budget,
                         const Groups *gs)
{
    char text[120];
    for (i64 i = 0; i < gs->count; i++) {
        if (gs->group[i].used)
            continue;
        snprintf(text, sizeof text, "; %.3g FLOP left out (%s)", budget[i].c,
                 gs->group[i].n < RUNS_LEAST ? "fewer than 4 runs"
                                             : "its minimum is not inside the "
                                               "sizes tried");
        add_words(f, text);
    }
}

static void say(Frontier *f, const IsoflopBudget *budget, const Groups *gs,
                bool of_runs, i64 draws)
{
    char text[160];
    snprintf(text, sizeof text, "parabolas at %lld of %lld budgets",
             (long long)f->npoint, (long long)gs->count);
    add_words(f, text);
    say_left_out(f, budget, gs);
    if (draws == 0)
        return;
    snprintf(text, sizeof text, "; intervals from %lld draws of %s",
             (long long)f->ndraw, of_runs ? "runs within their budgets"
                                          : "the runs' residuals");
    add_words(f, text);
}

/* ---- the whole --------------------------------------------------------- */

static Groups groups_new(Arena *arena, const Table *runs)
{
    double *c = NEW(arena, double, runs->nrow + 1);
    Groups gs = { .count = budgets_find(c, table_column(runs, "budget"),
                                        runs->nrow) };
    gs.group = NEW(arena, Group, gs.count + 1);
    for (i64 i = 0; i < gs.count; i++)
        gs.group[i] = group_new(arena, runs, c[i]);
    return gs;
}

static void points_keep(Frontier *line, Vertex *vertex, const Groups *gs,
                        const IsoflopBudget *budget)
{
    line->npoint = 0;
    for (i64 i = 0; i < gs->count; i++) {
        const IsoflopBudget *b = &budget[i];
        vertex[i] = (Vertex){ log(b->n.value), log(b->d.value), b->loss.value };
        if (!gs->group[i].used)
            continue;
        line->c[line->npoint] = b->c;
        line->n[line->npoint] = b->n.value;
        line->d[line->npoint] = b->d.value;
        line->loss[line->npoint++] = b->loss.value;
    }
}

static bool line_through(Frontier *line, Arena *arena, Arena *scratch,
                         IsoflopBudget *budget, Groups *gs, i64 nrow,
                         const FitOptions *options, Err *err)
{
    double own[FRONTIER_DRAW];
    bool of_runs = false;
    Vertex *vertex = NEW(scratch, Vertex, gs->count + 1);
    *line = frontier_new(arena, "isoflop", gs->count, options->resamples);
    points_keep(line, vertex, gs, budget);
    if (!vertices_line(own, gs, vertex))
        return err_set(err, ERR_REFUSED, "%lld of %lld budgets have 4 runs and "
                       "their minimum inside the sizes tried, and a line needs "
                       "2; add sizes on the side where the loss still falls",
                       (long long)line->npoint, (long long)gs->count);
    if (options->resamples > 0)
        of_runs = bootstrap(line, budget, gs, nrow, options);
    frontier_close(line, own, options->level);
    say(line, budget, gs, of_runs, options->resamples);
    return true;
}

bool isoflop_fit(IsoflopBudget **budgets, i64 *count, Frontier *line,
                 Arena *arena, const Table *runs, FitOptions options, Err *err)
{
    *budgets = NULL;
    *count = 0;
    if (!columns_there(runs, err))
        return false;
    Arena scratch = { 0 };
    Groups gs = groups_new(&scratch, runs);
    *budgets = NEW(arena, IsoflopBudget, gs.count + 1);
    *count = gs.count;
    for (i64 i = 0; i < gs.count; i++)
        (*budgets)[i] = budget_fit(&gs.group[i]);
    const bool ok = line_through(line, arena, &scratch, *budgets, &gs,
                                 runs->nrow, &options, err);
    arena_free(&scratch);
    return ok;
}
