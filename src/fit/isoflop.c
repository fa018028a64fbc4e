/* isoflop.c - approach 2: a curve in ln N at each budget, a power law through
 * their minima, and in words what was done (declared in isoflop.h). */

#include "fit/frontier.h"
#include "fit/isoflop_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- options ----------------------------------------------------------- */

static const char *const curve_name[] = {
    [ISOFLOP_PARABOLA] = "parabola", [ISOFLOP_AKIMA] = "akima",
};

const char *isoflop_curve_name(IsoflopCurve curve)
{
    return curve_name[curve];
}

bool isoflop_curve_find(IsoflopCurve *out, const char *name)
{
    for (int i = 0; i < COUNT_OF(curve_name); i++)
        if (strcmp(curve_name[i], name) == 0) {
            *out = (IsoflopCurve)i;
            return true;
        }
    return false;
}

IsoflopOptions isoflop_defaults(void)
{
    return (IsoflopOptions){ .fit = fit_defaults(), .noise = NAN };
}

static bool options_hold(const IsoflopOptions *o, Err *err)
{
    if (o->noise <= 0)
        return err_set(err, ERR_USAGE, "noise is %g nats; a number above 0 is "
                       "wanted, or none", o->noise);
    if (o->weighted && o->fit.resamples == 0)
        return err_set(err, ERR_USAGE, "minima are weighted by how far their "
                       "draws spread, and no resamples are asked for; ask for "
                       "1000");
    return true;
}

/* ---- the line ---------------------------------------------------------- */

/* 1/sd^2. A curve through sizes h apart does not place its minimum better than
 * to about h/3, however quiet the runs. */
static double weight_of(const Group *g, const IsoflopBudget *b)
{
    const double step = (g->high - g->low) / (double)i64_max(g->nknot - 1, 1);
    const double sd = fmax(b->sd_ln_n, step / 3);
    return 1 / (sd * sd);
}

typedef struct Points { double *ln_c, *ln_n, *ln_d, *weight; } Points;

static Points points_new(Arena *arena, i64 count)
{
    return (Points){
        NEW(arena, double, count + 1), NEW(arena, double, count + 1),
        NEW(arena, double, count + 1), NEW(arena, double, count + 1),
    };
}

static bool vertices_line(double draw[FRONTIER_DRAW], Points *p,
                          const Groups *gs, const IsoflopBudget *budget,
                          const Vertex *vertex, bool weighted)
{
    i64 n = 0;
    for (i64 i = 0; i < gs->count; i++)
        if (gs->group[i].used && !isnan(vertex[i].ln_n)) {
            p->ln_c[n] = gs->group[i].ln_c;
            p->ln_n[n] = vertex[i].ln_n;
            p->ln_d[n] = vertex[i].ln_d;
            p->weight[n++] = weighted ? weight_of(&gs->group[i], &budget[i])
                                      : 1;
        }
    return frontier_line(draw, p->ln_c, p->ln_n, p->ln_d, p->weight, n);
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

static void say_draws(Frontier *f, const Drawn *drawn)
{
    static const char *const what[] = {
        [DRAW_RUNS] = "runs within their budgets",
        [DRAW_RESIDUALS] = "the runs' residuals",
    };
    char text[160];
    if (drawn->draws == 0)
        add_words(f, "; no intervals: fewer than 5 sizes a budget do not tell "
                     "the noise of a run");
    else if (drawn->kind == DRAW_NOISE) {
        snprintf(text, sizeof text, "; intervals from %lld draws of noise of "
                 "%.2g nats a run", (long long)f->ndraw, drawn->noise);
        add_words(f, text);
    } else {
        snprintf(text, sizeof text, "; intervals from %lld draws of %s",
                 (long long)f->ndraw, what[drawn->kind]);
        add_words(f, text);
    }
}

static void say(Frontier *f, const IsoflopBudget *budget, const Groups *gs,
                const IsoflopOptions *o, const Drawn *drawn)
{
    char text[160];
    snprintf(text, sizeof text, "%s at %lld of %lld budgets%s",
             o->curve == ISOFLOP_AKIMA ? "Akima curves" : "parabolas",
             (long long)f->npoint, (long long)gs->count,
             o->weighted ? ", each weighted by how far its draws spread" : "");
    add_words(f, text);
    say_left_out(f, budget, gs);
    if (o->fit.resamples > 0)
        say_draws(f, drawn);
}

/* ---- the whole --------------------------------------------------------- */

static bool line_through(Frontier *line, Arena *arena, Arena *scratch,
                         IsoflopBudget *budget, Groups *gs, i64 nrow,
                         const IsoflopOptions *o, Err *err)
{
    double  own[FRONTIER_DRAW];
    Vertex *vertex = NEW(scratch, Vertex, gs->count + 1);
    Points  points = points_new(scratch, gs->count);
    const Drawn drawn = vertices_draw(scratch, gs, budget, nrow, o);
    budgets_close(budget, gs, &drawn, o);
    *line = frontier_new(arena, "isoflop", gs->count, drawn.draws);
    points_keep(line, vertex, gs, budget);
    if (!vertices_line(own, &points, gs, budget, vertex, o->weighted))
        return err_set(err, ERR_REFUSED, "%lld of %lld budgets have 4 runs and "
                       "their minimum inside the sizes tried, and a line needs "
                       "2; add sizes on the side where the loss still falls",
                       (long long)line->npoint, (long long)gs->count);
    for (i64 r = 0; r < drawn.draws; r++)
        line->ndraw += vertices_line(line->draw + FRONTIER_DRAW * line->ndraw,
                                     &points, gs, budget,
                                     drawn.vertex + r * gs->count, o->weighted);
    frontier_close(line, own, o->fit.level);
    say(line, budget, gs, o, &drawn);
    return true;
}

bool isoflop_fit_by(IsoflopBudget **budgets, i64 *count, Frontier *line,
                    Arena *arena, const Table *runs,
                    const IsoflopOptions *options, Err *err)
{
    *budgets = NULL;
    *count = 0;
    if (!isoflop_columns(runs, err) || !options_hold(options, err))
        return false;
    Arena scratch = { 0 };
    Groups gs = groups_new(&scratch, runs);
    *budgets = NEW(arena, IsoflopBudget, gs.count + 1);
    *count = gs.count;
    for (i64 i = 0; i < gs.count; i++)
        (*budgets)[i] = budget_fit(&gs.group[i], options->curve);
    const bool ok = line_through(line, arena, &scratch, *budgets, &gs,
                                 runs->nrow, options, err);
    arena_free(&scratch);
    return ok;
}

bool isoflop_fit(IsoflopBudget **budgets, i64 *count, Frontier *line,
                 Arena *arena, const Table *runs, FitOptions options, Err *err)
{
    const IsoflopOptions parabolas = { .fit = options, .noise = NAN };
    return isoflop_fit_by(budgets, count, line, arena, runs, &parabolas, err);
}
