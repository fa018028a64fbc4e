/* plan.c - the optimum at a budget, and how sure it is.
 *
 * Every draw of the fit is a law that the data could as well have given. Each
 * is planned with by itself, and the spread of those plans is the interval: no
 * formula for how errors in alpha, beta, A and B combine is needed or trusted.
 *
 * SOURCE: Hoffmann et al. 2022, arXiv:2203.15556, section 3.3. */

#include "plan/plan.h"

#include "plan/optimum.h"

#include <math.h>
#include <string.h>

/* N and F both grow with u, so N is inverted by halving. */
double plan_flop_per_token(const PlanCost *cost, double n)
{
    if (!cost->family)
        return 6 * n;
    double low = -10, high = 30;
    for (int i = 0; i < 80; i++) {
        const double middle = (low + high) / 2;
        if (size_at(cost, middle).n < n)
            low = middle;
        else
            high = middle;
    }
    return size_at(cost, (low + high) / 2).flop_per_token;
}

static bool has_column(const Law *law, const char *name)
{
    for (int i = 0; i < law->ncolumn; i++)
        if (strcmp(law->column[i], name) == 0)
            return true;
    return false;
}

bool plan_can(const Law *law, Err *err)
{
    if (law->ncolumn == 2 && has_column(law, "N") && has_column(law, "D"))
        return true;
    return err_set(err, ERR_USAGE,
                   "law %s: %s is not a law of N and D alone, and a budget is "
                   "shared out between those; plan from such a law "
                   "(`scalelaw laws list` shows all)",
                   law->name, law->formula);
}

/* Which way the loss falls, so that the refusal says what the law wants. */
static bool refuse(const Fit *fit, double c, const Optimum *at, Err *err)
{
    const char *want = at->d > at->n ? "ever smaller models"
                                     : "ever larger models";
    return err_set(err, ERR_REFUSED,
                   "law %s: no best size at %.3g FLOP: the predicted loss only "
                   "falls towards %s; ask for another budget, or fit runs that "
                   "vary N and D more widely",
                   fit->law->name, c, want);
}

typedef struct Draws {
    i64     count, lost;
    double *n, *d, *loss, *ratio;
} Draws;

static Draws plan_draws(Arena *arena, const Fit *fit, const PlanCost *cost,
                        double c, double u)
{
    Draws out = { .n     = NEW(arena, double, fit->ndraw + 1),
                  .d     = NEW(arena, double, fit->ndraw + 1),
                  .loss  = NEW(arena, double, fit->ndraw + 1),
                  .ratio = NEW(arena, double, fit->ndraw + 1) };
    for (i64 i = 0; i < fit->ndraw; i++) {
        const double *theta = fit->draw + i * fit->law->nparam;
        const Optimum at    = optimum_near(fit->law, theta, cost, c, u);
        if (!at.inside) {
            out.lost++;
            continue;
        }
        out.n[out.count]     = at.n;
        out.d[out.count]     = at.d;
        out.loss[out.count]  = at.loss;
        out.ratio[out.count] = at.d / at.n;
        out.count++;
    }
    return out;
}

static Interval spread(double value, const double *draws, i64 count,
                       double level)
{
    if (count == 0)
        return (Interval){ value, NAN, NAN };
    return fit_interval(value, draws, count, level);
}

static void fill(Plan *out, const Fit *fit, const Draws *draws,
                 const Optimum *at)
{
    const double level = fit->options.level;
    out->n     = spread(at->n, draws->n, draws->count, level);
    out->d     = spread(at->d, draws->d, draws->count, level);
    out->loss  = spread(at->loss, draws->loss, draws->count, level);
    out->ratio = spread(at->d / at->n, draws->ratio, draws->count, level);
    out->draws_lost = draws->lost;
}

bool plan_budget(Plan *out, const Fit *fit, const PlanCost *cost, double c,
                 double c_data_max, Err *err)
{
    if (!plan_can(fit->law, err))
        return false;
    if (!(c > 0) || isinf(c))
        return err_set(err, ERR_USAGE, "a budget of %g FLOP: give a positive "
                       "number, like 1e21", c);

    const Optimum at = optimum_find(fit->law, fit->theta, cost, c);
    if (!at.inside)
        return refuse(fit, c, &at, err);

    Arena       scratch = { 0 };
    const Draws draws   = plan_draws(&scratch, fit, cost, c, at.u);
    const Size  size    = size_at(cost, at.u);
    *out = (Plan){ .c = c, .extrapolation = c / c_data_max,
                   .width = size.width, .layers = size.layers };
    fill(out, fit, &draws, &at);
    arena_free(&scratch);

    if (out->draws_lost * 10 > fit->ndraw)
        return err_set(err, ERR_REFUSED,
                       "law %s: %lld of %lld draws of the fit have no best "
                       "size at %.3g FLOP, so no interval would be honest; add "
                       "runs of other sizes, or ask for a smaller budget",
                       fit->law->name, (long long)out->draws_lost,
                       (long long)fit->ndraw, c);
    return true;
}

bool plan_published(Fit *out, Arena *arena, const Law *law,
                    const LawConstants *constants, Err *err)
{
    if (!plan_can(law, err))
        return false;
    *out = (Fit){ .law = law, .counts = arena_text(arena, law->counts),
                  .objective = NAN, .rmse_log = NAN };
    out->options.level = 0.95;
    for (int i = 0; i < law->nparam; i++) {
        out->theta[i] = constants->theta[i];
        out->low[i]   = constants->low[i];
        out->high[i]  = constants->high[i];
    }
    const char *words = arena_print(arena, "Published constants, not fitted "
                                    "here: %s", constants->source);
    strncpy(out->certificate.words, words, sizeof out->certificate.words - 1);
    return true;
}
