/* plan.c - the optimum at a budget, and how sure it is.
 *
 * Every draw of the fit is a law that the data could as well have given. Each
 * is planned with by itself, and the spread of those plans is the interval: no
 * formula for how errors in alpha, beta, A and B combine is needed or trusted.
 *
 * SOURCE: Hoffmann et al. 2022, arXiv:2203.15556, section 3.3. */

#include "plan/plan.h"

#include "plan/solve.h"

#include <math.h>
#include <string.h>

static bool has_column(const Law *law, const char *name)
{
    for (int i = 0; i < law->ncolumn; i++)
        if (strcmp(law->column[i], name) == 0)
            return true;
    return false;
}

bool plan_can(const Law *law, Err *err)
{
    if (law->ncolumn == 2 && has_column(law, "N") && has_column(law, "D")
        && strcmp(law->response, "loss") == 0)
        return true;
    return err_set(err, ERR_USAGE,
                   "law %s: %s is not a law of N and D alone, and a budget is "
                   "shared out between those; plan from such a law "
                   "(`scalelaw laws list` shows all)",
                   law->name, law->formula ? law->formula : "code");
}

bool plan_budget(Plan *out, const Fit *fit, const PlanCost *cost, double c,
                 double c_data_max, Err *err)
{
    if (!plan_can(fit->law, err))
        return false;
    if (!(c > 0) || isinf(c))
        return err_set(err, ERR_USAGE, "a budget of %g FLOP: give a positive "
                       "number, like 1e21", c);

    const PlanBy by = plan_by_fit(fit->law->name, fit, cost, c_data_max);
    PlanAsk      ask = plan_ask_nothing();
    PlanSolution at;
    ask.flop = c;
    const bool ok   = plan_solve(&at, &by, &ask, err);
    const Size size = size_at(cost, at.at.u);
    *out = (Plan){ .c = c, .n = at.n, .d = at.d, .loss = at.loss,
                   .ratio = at.ratio, .extrapolation = at.extrapolation,
                   .width = size.width, .layers = size.layers,
                   .draws_lost = at.lost };
    return ok;
}

bool plan_published(Fit *out, Arena *arena, const Law *law,
                    const LawConstants *constants, Err *err)
{
    if (!plan_can(law, err))
        return false;
    *out = (Fit){ .law = law, .counts = arena_text(arena, law->counts),
                  .objective = NAN, .rmse_log = NAN, .c_max = NAN };
    out->options.level = 0.95;
    for (int i = 0; i < law->nparam; i++) {
        out->theta[i] = constants->theta[i];
        out->low[i]   = constants->low[i];
        out->high[i]  = constants->high[i];
    }
    out->ndraw = constants->ndraw;
    out->draw  = constants->draw;
    const char *words = arena_print(arena, "Published constants, not fitted "
                                    "here: %s", constants->source);
    strncpy(out->certificate.words, words, sizeof out->certificate.words - 1);
    return true;
}
