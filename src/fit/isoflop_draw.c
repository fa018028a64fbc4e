/* isoflop_draw.c - how sure a minimum is: each budget's runs drawn again, its
 * curve drawn again, and where that is least.
 *
 * What is drawn: with 7 runs a budget, the runs; with fewer, the residuals of
 * the parabolas, all budgets pooled. An Akima curve leaves no residuals and
 * cannot spare a run, so there, and where the noise of a seed is known, normal
 * noise is added: to the parabola, or to the runs that Akima goes through. */

#include "fit/isoflop_parts.h"
#include "fit/parabola.h"

#include "base/rng.h"

#include <math.h>

enum { RUNS_TO_DRAW = 7 };

typedef struct Pool { i64 n; double *residual; } Pool;

typedef struct Draws {
    DrawKind     kind;
    IsoflopCurve curve;
    Pool         pool;
    double       noise;
    u64          seed, next;
    double      *x, *y; /* one budget's draw */
} Draws;

/* The used budgets' residuals, each as large as it would be had the run not
 * drawn the parabola to itself. */
static void residuals_pool(Pool *pool, double *leverage, Group *g,
                           const double quad[3])
{
    parabola_leverage(leverage, g->ln_n, g->n);
    for (i64 k = 0; k < g->n; k++) {
        g->fitted[k] = parabola_at(quad, g->ln_n[k]);
        g->residual[k] = g->loss[k] - g->fitted[k];
        pool->residual[pool->n++] = g->residual[k]
                                  / sqrt(fmax(1 - leverage[k], 0.05));
    }
}

/* And about their mean. */
static Pool pool_new(Arena *arena, Groups *gs, const IsoflopBudget *budget)
{
    i64 n = 0;
    for (i64 i = 0; i < gs->count; i++)
        n += gs->group[i].n;
    Pool pool = { 0, NEW(arena, double, n + 1) };
    double *leverage = NEW(arena, double, n + 1), mean = 0;
    for (i64 i = 0; i < gs->count; i++)
        if (gs->group[i].used)
            residuals_pool(&pool, leverage, &gs->group[i], budget[i].quad);
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

static DrawKind kind_of(const Groups *gs, const IsoflopOptions *o)
{
    if (o->curve == ISOFLOP_AKIMA || o->noise > 0)
        return DRAW_NOISE;
    return enough_to_draw(gs) ? DRAW_RUNS : DRAW_RESIDUALS;
}

/* ---- one draw ---------------------------------------------------------- */

static i64 below(Draws *d, i64 n)
{
    return rng_below(d->seed, RNG_BOOTSTRAP, d->next++, n);
}

static double noisy(Draws *d, const Group *g, i64 k)
{
    const double mean = d->curve == ISOFLOP_AKIMA ? g->loss[k] : g->fitted[k];
    return mean + d->noise * rng_normal(d->seed, RNG_BOOTSTRAP, d->next++);
}

static void draw_losses(Draws *d, const Group *g)
{
    for (i64 k = 0; k < g->n; k++) {
        const i64 from = d->kind == DRAW_RUNS ? below(d, g->n) : k;
        d->x[k] = g->ln_n[from];
        if (d->kind == DRAW_RUNS)
            d->y[k] = g->loss[from];
        else if (d->kind == DRAW_RESIDUALS)
            d->y[k] = g->fitted[k] + d->pool.residual[below(d, d->pool.n)];
        else
            d->y[k] = noisy(d, g, k);
    }
}

static Vertex draw_vertex(Draws *d, const Group *g)
{
    Vertex v = { NAN, NAN, NAN };
    double quad[3];
    if (!g->used)
        return v;
    draw_losses(d, g);
    if (!vertex_of(&v, quad, g, d->curve, d->x, d->y, g->n))
        v = (Vertex){ NAN, NAN, NAN };
    return v;
}

Drawn vertices_draw(Arena *arena, Groups *gs, const IsoflopBudget *budget,
                    i64 nrow, const IsoflopOptions *options)
{
    Draws d = { .kind = kind_of(gs, options), .curve = options->curve,
                .noise = options->noise > 0 ? options->noise
                                            : groups_noise(gs),
                .seed = options->fit.seed,
                .x = NEW(arena, double, nrow + 1),
                .y = NEW(arena, double, nrow + 1) };
    if (options->curve == ISOFLOP_PARABOLA)
        d.pool = pool_new(arena, gs, budget);
    Drawn out = { .kind = d.kind, .noise = d.noise,
                  .draws = options->fit.resamples };
    if (d.kind == DRAW_NOISE && isnan(d.noise))
        out.draws = 0; /* too few sizes to tell the noise: no intervals */
    out.vertex = NEW(arena, Vertex, out.draws * gs->count + 1);
    for (i64 r = 0; r < out.draws; r++)
        for (i64 i = 0; i < gs->count; i++)
            out.vertex[r * gs->count + i] = draw_vertex(&d, &gs->group[i]);
    return out;
}

/* ---- intervals --------------------------------------------------------- */

/* Mean and sd of ln N over the draws that have a vertex; how many have. */
static i64 spread(double *sd, const Drawn *drawn, i64 at, i64 count)
{
    double mean = 0, sum = 0;
    i64    n = 0;
    for (int pass = 0; pass < 2; pass++) {
        n = 0;
        for (i64 r = 0; r < drawn->draws; r++) {
            const double x = drawn->vertex[r * count + at].ln_n;
            if (isnan(x))
                continue;
            n++;
            if (pass == 0)
                mean += x;
            else
                sum += (x - mean) * (x - mean);
        }
        if (pass == 0)
            mean /= (double)i64_max(n, 1);
    }
    *sd = n > 1 ? sqrt(sum / (double)(n - 1)) : NAN;
    return n;
}

enum { OF_N, OF_D, OF_LOSS };

static double quantity(const Vertex *v, int which)
{
    return which == OF_N ? exp(v->ln_n) : which == OF_D ? exp(v->ln_d)
                                                        : v->loss;
}

static Interval interval_of(double value, const Drawn *drawn, i64 at, i64 count,
                            int which, double level, double *scratch)
{
    for (i64 r = 0; r < drawn->draws; r++)
        scratch[r] = quantity(&drawn->vertex[r * count + at], which);
    return fit_interval(value, scratch, drawn->draws, level);
}

static double middle_of(const Drawn *drawn, i64 at, i64 count, int which,
                        double *scratch)
{
    /* An interval of no level is the median. */
    return interval_of(NAN, drawn, at, count, which, 1e-12, scratch).low;
}

void budgets_close(IsoflopBudget *budget, Groups *gs, const Drawn *drawn,
                   const IsoflopOptions *options)
{
    Arena scratch = { 0 };
    const i64 count = gs->count;
    const double level = options->fit.level;
    double *one = NEW(&scratch, double, drawn->draws + 1);
    for (i64 i = 0; i < count && drawn->draws > 0; i++) {
        IsoflopBudget *b = &budget[i];
        if (!gs->group[i].used)
            continue;
        const i64 seen = spread(&b->sd_ln_n, drawn, i, count);
        if (options->curve == ISOFLOP_AKIMA) {
            gs->group[i].used = 2 * seen > drawn->draws;
            b->n.value = middle_of(drawn, i, count, OF_N, one);
            b->d.value = middle_of(drawn, i, count, OF_D, one);
            b->loss.value = middle_of(drawn, i, count, OF_LOSS, one);
        }
        b->n = interval_of(b->n.value, drawn, i, count, OF_N, level, one);
        b->d = interval_of(b->d.value, drawn, i, count, OF_D, level, one);
        b->loss = interval_of(b->loss.value, drawn, i, count, OF_LOSS, level,
                              one);
    }
    arena_free(&scratch);
}
