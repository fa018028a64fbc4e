/* around_answer.c - the surroundings of the optimum as an answer. */

#include "plan/around.h"

#include <math.h>
#include <stdio.h>

static const double sizes[] = { 0.1, 0.25, 0.5, 2, 4, 10 };
enum { SIZES = COUNT_OF(sizes) };

typedef struct Place { const PlanPoint *best; } Place;

/* Nats and share wasted of each size, then the ends of the valley. */
static bool wrongs(double *out, const Surface *s, const void *of)
{
    const Place    *place = of;
    const PlanPoint best  = plan_best(s, place->best->c, place->best->u);
    if (!isfinite(best.loss))
        return false;
    for (int i = 0; i < SIZES; i++) {
        WrongSize wrong = { sizes[i], NAN, NAN };
        if (!around_wrong(&wrong, s, &best, sizes[i]))
            wrong.nats = wrong.wasted = NAN;
        out[i]         = wrong.nats;
        out[SIZES + i] = wrong.wasted;
    }
    return true;
}

static void put_wrongs(Answer *answer, const PlanBy *by, const PlanPoint *best)
{
    const Place place = { best };
    Interval    x[2 * SIZES];
    plan_intervals(x, 2 * SIZES, by, wrongs, &place, PLAN_DRAWS_FEW / 4);
    for (int i = 0; i < SIZES; i++) {
        char key[32], label[64];
        snprintf(key, sizeof key, "wasted_%g", sizes[i]);
        snprintf(label, sizeof label, "N = %g x best: compute wasted",
                 sizes[i]);
        AnswerItem *item = answer_put(answer, by->name, key, label,
                                      ANSWER_SHARE, x[SIZES + i]);
        answer_because(answer, item, "Kaplan et al. 2020, appendix B.4",
                       "1 - C'/C, L*(C') = L(%g N, C) = %.5g", sizes[i],
                       best->loss + x[i].value);
        snprintf(key, sizeof key, "nats_%g", sizes[i]);
        snprintf(label, sizeof label, "   and in loss");
        item = answer_put(answer, by->name, key, label, ANSWER_NATS, x[i]);
        answer_because(answer, item, by->source, "L(%g N, C) - L(N, C) = %.5g "
                       "- %.5g", sizes[i], best->loss + x[i].value,
                       best->loss);
    }
}

static void put_valley(Answer *answer, const PlanBy *by, const Surface *s,
                       const PlanPoint *best)
{
    double low, high;
    if (!around_valley(&low, &high, s, best, 0.01))
        return;
    AnswerItem *item = answer_number(answer, by->name, "valley_low",
                                     "1 % is wasted from N =", ANSWER_PARAMS,
                                     low * best->n);
    answer_because(answer, item, NULL, "r = %.4g: 1 - C'/C = 0.01", low);
    item = answer_number(answer, by->name, "valley_high", "   to N =",
                         ANSWER_PARAMS, high * best->n);
    answer_because(answer, item, NULL, "r = %.4g: 1 - C'/C = 0.01", high);
}

/* "Transformers do not converge": they are not let to, because it is dear. */
static void put_converged(Answer *answer, const PlanBy *by, const Surface *s,
                          const PlanPoint *best)
{
    Converged c;
    if (!around_converged(&c, s, best, 0.02))
        return;
    AnswerItem *item = answer_number(answer, by->name, "converged_n",
                                     "same loss, 2 % from convergence: N",
                                     ANSWER_PARAMS, c.n * best->n);
    answer_because(answer, item, "Kaplan et al. 2020, B.12 to B.14",
                   "1.02 L(N, inf) = %.5g: %.3g of the best N, on %.3g of the "
                   "tokens", best->loss, c.n, c.d);
    item = answer_number(answer, by->name, "converged_c",
                         "   and compute, times", ANSWER_PLAIN, c.c);
    answer_because(answer, item, "Kaplan et al. 2020, B.12 to B.14",
                   "%.3g x %.3g", c.n, c.d);
}

/* What one per cent more of each buys, and one unit. */
static void put_values(Answer *answer, const PlanBy *by, const Surface *s,
                       const PlanAsk *ask, const PlanPoint *at)
{
    const Gains g = surface_gains(s, at->n, at->d);
    AnswerItem *item = answer_number(answer, by->name, "next_params",
                                     "1 % more parameters, same text",
                                     ANSWER_NATS, -0.01 * g.n);
    answer_because(answer, item, NULL, "-0.01 dL/d ln N = %.3g nats; one "
                   "parameter more: %.3g", -0.01 * g.n, -g.n / at->n);
    item = answer_number(answer, by->name, "next_tokens",
                         "1 % more tokens, same model", ANSWER_NATS,
                         -0.01 * g.d);
    answer_because(answer, item, NULL, "-0.01 dL/d ln D = %.3g nats; one token "
                   "more: %.3g", -0.01 * g.d, -g.d / at->d);
    /* On the frontier both lean alike, so 1 % of compute is 1 % of tokens. */
    item = answer_number(answer, by->name, "next_compute",
                         "1 % more compute, best spent", ANSWER_NATS,
                         -0.01 * g.d);
    answer_because(answer, item, NULL, "envelope: dL*/d ln C = dL/d ln D at "
                   "the best N");
    if (!ask->has_deal)
        return;
    const double dollars = deal_bill(&ask->deal, at->c).dollars;
    item = answer_number(answer, by->name, "next_dollar",
                         "1000 dollars more", ANSWER_NATS,
                         -1000 * g.d / dollars);
    answer_because(answer, item, NULL, "dL*/d ln C x 1000 / %.4g dollars",
                   dollars);
}

static void put_elasticities(Answer *answer, const PlanBy *by, double c)
{
    for (int i = 0; by->fit.law && i < by->fit.law->nparam; i++) {
        Elasticity  e;
        char        key[96], label[96];
        const char *name = by->fit.law->param[i].name;
        if (!around_elasticity(&e, by, c, i))
            continue;
        snprintf(key, sizeof key, "n_by_%.60s", name);
        snprintf(label, sizeof label, "1 %% more %.60s moves N by, in %%",
                 name);
        AnswerItem *item = answer_number(answer, by->name, key, label,
                                         ANSWER_PLAIN, e.n);
        answer_because(answer, item, NULL, "d ln N/d ln %s = %.4g; of D %.4g, "
                       "of the loss %.4g", name, e.n, e.d, e.loss);
    }
}

/* N for N, at the budget of the plan. */
static bool budget_of(PlanPoint *best, PlanSolution *at, const PlanBy *by,
                      const PlanAsk *ask)
{
    Err err = { 0 };
    if (!plan_has_surface(by) || !plan_solve(at, by, ask, &err))
        return false;
    const Surface s = surface_of(by, by->fit.theta);
    *best = plan_best(&s, at->at.c, NAN);
    return isfinite(best->loss);
}

static void draw_valley(Answer *answer, const PlanBy *by, const Surface *s,
                        const PlanPoint *best)
{
    for (double r = 1 / 16.0; r < 17; r *= 2) {
        char      key[32], label[64];
        WrongSize wrong;
        if (!around_wrong(&wrong, s, best, r))
            continue;
        snprintf(key, sizeof key, "r_%g", r);
        snprintf(label, sizeof label, r < 1 ? "N = best / %g" : "N = best x %g",
                 r < 1 ? 1 / r : r);
        AnswerItem *item = answer_number(answer, by->name, key, label,
                                         ANSWER_SHARE, fmax(0, wrong.wasted));
        answer_because(answer, item, NULL, "1 - C'/C at r = %g, %.4g nats "
                       "above the best", r, wrong.nats);
    }
}

void answer_around(Answer *answer, const PlanBys *bys, const PlanAsk *ask)
{
    PlanSolution at;
    PlanPoint    best;
    answer_section(answer, "around", "Around the optimum");
    for (i64 i = 0; i < bys->count; i++) {
        const PlanBy *by = &bys->item[i];
        if (!budget_of(&best, &at, by, ask))
            continue;
        const Surface s = surface_of(by, by->fit.theta);
        put_wrongs(answer, by, &best);
        put_valley(answer, by, &s, &best);
        put_converged(answer, by, &s, &best);
        put_values(answer, by, &s, ask, &best);
    }
    answer_note(answer, "Wasted: the share of the compute that a model of the "
                "best size would not have needed for the same loss.");
    answer_section(answer, "sensitivity", "How the answer leans on each "
                   "constant");
    for (i64 i = 0; i < bys->count; i++)
        if (budget_of(&best, &at, &bys->item[i], ask))
            put_elasticities(answer, &bys->item[i], best.c);
    answer_note(answer, "Each constant is moved by itself; in a fit A moves "
                "with alpha and B with beta, so these are no errors. The "
                "intervals of the plan are.");
    answer_section(answer, "valley", "The valley: compute wasted by the size");
    for (i64 i = 0; i < bys->count; i++)
        if (budget_of(&best, &at, &bys->item[i], ask)) {
            const Surface s = surface_of(&bys->item[i],
                                         bys->item[i].fit.theta);
            draw_valley(answer, &bys->item[i], &s, &best);
        }
}
