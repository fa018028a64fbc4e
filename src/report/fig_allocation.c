/* fig_allocation.c - the best size, the best data and tokens per parameter
 * against compute, by three approaches with their bands, carried on to the
 * largest budget that the study plans for; and what others published.
 *
 * Approaches 1 and 2 are power laws, and their bands come from the draws of
 * their lines. Approach 3 is asked at each budget anew, since under the
 * family's own cost its line bends.
 *
 * SOURCE: Hoffmann et al. 2022, arXiv:2203.15556, figures 1 and A3. */

#include "report/fig.h"

#include "plan/plan.h"
#include "report/num.h"
#include "report/report_planner.h"

#include <math.h>
#include <stdio.h>

enum { STEPS = 13, PANELS = 3 };
enum { OF_N, OF_D, OF_RATIO };

/* One approach: at each budget, what each panel shows of it. */
typedef struct Road {
    const char *name;
    Ink         ink;
    Line        line;
    i64         count;
    double      c[STEPS];
    double      value[PANELS][STEPS], low[PANELS][STEPS], high[PANELS][STEPS];
} Road;

static void road_put(Road *road, double c, const Interval of[PANELS])
{
    const i64 i = road->count++;
    road->c[i] = c;
    for (int k = 0; k < PANELS; k++) {
        road->value[k][i] = of[k].value;
        road->low[k][i]   = of[k].low;
        road->high[k][i]  = of[k].high;
    }
}

/* draw: a, b, ln_coef_n, ln_coef_d. */
static double line_value(const double draw[4], int of, double c)
{
    const double n = draw[2] + draw[0] * log(c), d = draw[3] + draw[1] * log(c);
    return exp(of == OF_N ? n : of == OF_D ? d : d - n);
}

static Interval line_at(const Frontier *line, int of, double c, double level)
{
    const double fit[4] = { line->a.value, line->b.value, line->ln_coef_n,
                            line->ln_coef_d };
    const double value = line_value(fit, of, c);
    if (line->ndraw == 0)
        return (Interval){ value, NAN, NAN };
    Arena   scratch = { 0 };
    double *one     = NEW(&scratch, double, line->ndraw);
    for (i64 i = 0; i < line->ndraw; i++)
        one[i] = line_value(line->draw + 4 * i, of, c);
    const Interval out = fit_interval(value, one, line->ndraw, level);
    arena_free(&scratch);
    return out;
}

static Road road_of_line(const Frontier *line, const char *name, Ink ink,
                         const double *c, double level)
{
    Road road = { .name = name, .ink = ink };
    for (i64 i = 0; i < STEPS && line->npoint > 0; i++) {
        Interval of[PANELS];
        for (int k = 0; k < PANELS; k++)
            of[k] = line_at(line, k, c[i], level);
        road_put(&road, c[i], of);
    }
    return road;
}

static Road road_of_surface(const Analysis *a, const char *name, Ink ink,
                            const double *c)
{
    Road road = { .name = name, .ink = ink };
    for (i64 i = 0; i < STEPS && a->chosen; i++) {
        Plan plan;
        Err  err = { 0 };
        if (plan_budget(&plan, a->chosen, &a->cost, c[i], a->c_fit, &err))
            road_put(&road, c[i],
                     (Interval[]){ plan.n, plan.d, plan.ratio });
    }
    return road;
}

/* Published ---------------------------------------------------------------- */

static Interval bare(double value)
{
    return (Interval){ value, NAN, NAN };
}

static Road road_of_chinchilla(const double *c)
{
    Road       road = { .name = "Chinchilla, refitted", .ink = INK_PURPLE,
                        .line = LINE_DASHED };
    Arena      scratch = { 0 };
    PlannerLaw law;
    Err        err = { 0 };
    if (planner_published(&law, &scratch, "chinchilla", "besiroglu", &err))
        for (i64 i = 0; i < STEPS; i++) {
            Plan plan;
            Fit  fit = *law.fit;
            fit.ndraw = 0;
            if (plan_budget(&plan, &fit, law.cost, c[i], NAN, &err))
                road_put(&road, c[i],
                         (Interval[]){ bare(plan.n.value), bare(plan.d.value),
                                       bare(plan.ratio.value) });
        }
    arena_free(&scratch);
    return road;
}

/* Kaplan's N has no embeddings, and his C no head: D = C / 6 N. */
static Road road_of_kaplan(const double *c)
{
    Road       road = { .name = "Kaplan", .ink = INK_AMBER,
                        .line = LINE_DASHED };
    Arena      scratch = { 0 };
    Err        err = { 0 };
    const Law *law;
    const LawConstants *set = NULL;
    if (law_load(&law, &scratch, "kaplan-n-opt", &err))
        set = law_constants(law, "kaplan");
    const int n1 = set ? law_param(law, "n_1") : -1;
    const int p  = set ? law_param(law, "p_N") : -1;
    for (i64 i = 0; i < STEPS && n1 >= 0 && p >= 0; i++) {
        const double pf_day = 8.64e19;
        const double n = set->theta[n1] * pow(c[i] / pf_day, set->theta[p]);
        const double d = c[i] / (6 * n);
        road_put(&road, c[i], (Interval[]){ bare(n), bare(d), bare(d / n) });
    }
    arena_free(&scratch);
    return road;
}

/* Drawing ------------------------------------------------------------------ */

/* A band that spans many decades would squeeze everything else flat: the axis
 * follows it to a factor 5 about the line, and the rest is cut off. */
static void road_range(Range *y, const Road *road, int of)
{
    for (i64 i = 0; i < road->count; i++) {
        const double value = road->value[of][i];
        range_add(y, value);
        range_add(y, fmax(road->low[of][i], value / 5));
        range_add(y, fmin(road->high[of][i], value * 5));
    }
}

static void road_draw(Plot *plot, const Road *road, int of)
{
    if (road->count == 0)
        return;
    if (road->line == LINE_SOLID)
        plot_band(plot, road->name, road->ink, road->c, road->low[of],
                  road->high[of], road->count);
    plot_line(plot, road->name, road->ink, road->line, road->c,
              road->value[of], road->count, road->name);
}

static void vertex(Plot *plot, const IsoflopBudget *b, int of,
                   const char *series, Ink ink, Mark mark)
{
    if (b->npoint == 0 || !b->inside)
        return;
    static const char *const name[] = { "N", "D", "D / N" };
    const Interval ratio = { b->d.value / b->n.value, NAN, NAN };
    const Interval value = of == OF_N ? b->n : of == OF_D ? b->d : ratio;
    char hover[FIG_TEXT], flop[NUM_TEXT], text[NUM_TEXT];
    snprintf(hover, sizeof hover, "%.20s, %.40s FLOP: %s = %.60s", series,
             num_power(flop, b->c), name[of], num_si_interval(text, value));
    plot_span_y(plot, series, ink, b->c, value.low, value.high);
    plot_point(plot, series, ink, mark, b->c, value.value, hover);
}

static void vertices(Plot *plot, const Analysis *a, int of)
{
    for (i64 i = 0; i < a->nbudget; i++)
        vertex(plot, &a->budget[i], of, "IsoFLOP minima", INK_BLUE,
               MARK_DIAMOND);
    vertex(plot, &a->held_minimum, of, "held out, measured", INK_TEXT,
           MARK_HOLLOW);
}

static double last_c(const Analysis *a)
{
    double c = a->c_largest;
    for (i64 i = 0; i < a->nplan; i++)
        c = fmax(c, a->plan[i].c);
    return c;
}

static double first_c(const Analysis *a)
{
    double c = a->c_fit;
    for (i64 i = 0; i < a->fitted.count; i++)
        c = fmin(c, a->fitted.run[i].budget);
    return c;
}

static Range range_of(const Analysis *a, const Road *road, int count, int of)
{
    Range y = range_new();
    for (int i = 0; i < count; i++)
        road_range(&y, &road[i], of);
    if (a->held_minimum.npoint > 0 && of == OF_N)
        range_add(&y, a->held_minimum.n.value);
    return y;
}

static void keys(Plot *plot, const Analysis *a, const Road *road, int count)
{
    plot_key_head(plot, "approaches");
    for (int i = 0; i < count; i++)
        if (road[i].count > 0)
            plot_key_line(plot, road[i].ink, road[i].line, road[i].name);
    plot_key_point(plot, INK_BLUE, MARK_DIAMOND, "IsoFLOP minima");
    if (a->held_minimum.npoint > 0)
        plot_key_point(plot, INK_TEXT, MARK_HOLLOW, "held out, measured");
    plot_key_band(plot, INK_GREY, "beyond the fit");
}

bool fig_allocation(Plot *plot, const Analysis *a)
{
    if (a->fitted.count == 0)
        return false;
    double       c[STEPS];
    const double first = first_c(a) / 2, last = last_c(a) * 1.5;
    const double level = fit_defaults().level;
    fig_spaced(c, STEPS, first, last);
    const Road road[] = {
        road_of_line(&a->envelope, "1 envelope", INK_GREEN, c, level),
        road_of_line(&a->isoflop, "2 IsoFLOP", INK_BLUE, c, level),
        road_of_surface(a, "3 fitted law", INK_RED, c),
        road_of_chinchilla(c), road_of_kaplan(c),
    };
    if (road[0].count + road[1].count + road[2].count == 0)
        return false;

    const char *const title[] = { "N_opt", "D_opt", "D_opt / N_opt" };
    for (int of = 0; of < PANELS; of++) {
        const Range y = range_of(a, road, COUNT_OF(road), of);
        plot_panel(plot, of, title[of], fig_axis_c((Range){ first, last }, 0),
                   of == OF_N   ? fig_axis_n(a, y, 0.03)
                   : of == OF_D ? fig_axis_d(a, y, 0.03)
                                : axis_over("data per parameter", true,
                                            TICK_SI, y, 0.03));
        plot_shade(plot, a->c_fit, last);
        for (int i = 0; i < COUNT_OF(road); i++)
            road_draw(plot, &road[i], of);
        vertices(plot, a, of);
    }
    keys(plot, a, road, COUNT_OF(road));
    return true;
}
