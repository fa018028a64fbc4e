/* inference.c - see inference.h. The first-order condition is one equation in
 * the size: to the left of the size of least training, where it holds, and
 * right of the size that only endless data would bring to the loss. */

#include "plan/inference.h"

#include <math.h>

typedef struct Trade { const Surface *s; double loss, kappa; } Trade;

/* d ln F/du and d ln N/du. */
static double slope_of(const PlanCost *cost, double u, bool flop)
{
    const double h  = 1e-4;
    const Size   up = size_at(cost, u + h), down = size_at(cost, u - h);
    return flop ? log(up.flop_per_token / down.flop_per_token) / (2 * h)
                : log(up.n / down.n) / (2 * h);
}

/* Above 0 where a smaller model would be cheaper. */
static double lean(const void *of, double u)
{
    const Trade *t = of;
    const Size   size = size_at(t->s->cost, u);
    const double d    = surface_data(t->s, size.n, t->loss);
    if (!isfinite(d))
        return -1; /* too small for the loss */
    const Gains  g = surface_gains(t->s, size.n, d);
    const double pay  = slope_of(t->s->cost, u, true) * (1 + t->kappa / d);
    const double gain = slope_of(t->s->cost, u, false) * g.n / g.d;
    return isfinite(gain) ? tanh(log(pay / gain)) : -1;
}

static double total_of(const Size *size, double d, const ServeCost *v)
{
    return size->flop_per_token * (d + v->weight * v->tokens / 3);
}

bool inference_best(Served *out, const Surface *s, double loss,
                    const ServeCost *serving, const PlanPoint *near)
{
    const PlanPoint best = plan_cheapest(s, loss, near);
    if (!isfinite(best.n))
        return false;
    const Trade  t = { s, loss, serving->weight * serving->tokens / 3 };
    const double u = root_find(lean, &t, best.u - 30, best.u + 1e-3, 1e-10);
    const Size   size = size_at(s->cost, u), was = size_at(s->cost, best.u);
    const double d    = surface_data(s, size.n, loss);
    if (!isfinite(u) || !isfinite(d))
        return false;
    *out = (Served){ .at = { u, size.n, d, size.flop_per_token * d, loss },
                     .serve = size.flop_per_token / 3 * serving->tokens,
                     .total = total_of(&size, d, serving),
                     .train_best = best };
    out->saved = 1 - out->total / total_of(&was, best.d, serving);
    return true;
}

double inference_break_even(const Surface *s, const PlanPoint *best, double r,
                            double weight)
{
    const double u    = size_u(s->cost, r * best->n);
    const Size   size = size_at(s->cost, u), was = size_at(s->cost, best->u);
    const double d    = surface_data(s, size.n, best->loss);
    const double more = size.flop_per_token * d - best->c;
    const double less = (was.flop_per_token - size.flop_per_token) / 3 * weight;
    return isfinite(d) ? more / less : NAN;
}

static double dollars_a_flop(const Deal *deal)
{
    return deal_bill(deal, 1e20).dollars / 1e20;
}

double inference_weight(const PlanAsk *ask)
{
    if (!ask->has_deal || !ask->has_serve_deal)
        return 1;
    return dollars_a_flop(&ask->serve_deal) / dollars_a_flop(&ask->deal);
}

/* ---- As an answer --------------------------------------------------------------- */

typedef struct Wish {
    const PlanAsk   *ask;
    const PlanPoint *near; /* of the plan */
    ServeCost          serving;
} Wish;

/* For each draw: the loss of its own plan, and the cheapest way there. */
static bool numbers(double *out, const Surface *s, const void *of)
{
    const Wish *wish = of;
    PlanPoint   at;
    Served      best;
    if (!plan_solve_one(&at, wish->ask, s, wish->near)
        || !inference_best(&best, s, at.loss, &wish->serving, wish->near))
        return false;
    out[0] = best.at.loss;
    out[1] = best.at.n;
    out[2] = best.at.d;
    out[3] = best.at.d / best.at.n;
    out[4] = best.at.c;
    out[5] = best.serve;
    out[6] = best.saved;
    return true;
}

static void because_rest(Answer *answer, AnswerItem *const *item,
                         const PlanBy *by, const Served *best, double tokens)
{
    const PlanPoint *at = &best->at;
    answer_because(answer, item[0], by->source, "the loss of the plan: %.5g",
                   at->loss);
    answer_because(answer, item[2], by->source, "L(%.4g, D) = %.5g: D = %.4g",
                   at->n, at->loss, at->d);
    answer_because(answer, item[3], NULL, "%.4g/%.4g", at->d, at->n);
    answer_because(answer, item[4], NULL, "F(N) D = %.4g x %.4g",
                   at->c / at->d, at->d);
    answer_because(answer, item[5], NULL, "F(N)/3 x %.4g = %.4g", tokens,
                   best->serve);
}

static void put(Answer *answer, const PlanBy *by, const Wish *wish)
{
    static const struct { const char *key, *label; AnswerUnit unit; } row[] = {
        { "loss", "loss to reach", ANSWER_LOSS },
        { "n", "parameters N", ANSWER_PARAMS },
        { "d", "tokens D", ANSWER_TOKENS },
        { "ratio", "tokens a parameter", ANSWER_PLAIN },
        { "train_flop", "training", ANSWER_FLOP },
        { "serve_flop", "serving", ANSWER_FLOP },
        { "saved", "saved over least training", ANSWER_SHARE },
    };
    enum { ROWS = COUNT_OF(row) };
    const Surface s = surface_of(by, by->fit.theta);
    PlanPoint     at;
    Served        best;
    Interval      x[ROWS];
    if (!plan_solve_one(&at, wish->ask, &s, NULL)
        || !inference_best(&best, &s, at.loss, &wish->serving, NULL))
        return;
    plan_intervals(x, ROWS, by, numbers, wish, PLAN_DRAWS_FEW);
    AnswerItem *item[ROWS];
    for (int i = 0; i < ROWS; i++)
        item[i] = answer_put(answer, by->name, row[i].key, row[i].label,
                             row[i].unit, x[i]);
    const Gains g = surface_gains(&s, best.at.n, best.at.d);
    answer_because(answer, item[1], "Sardana & Frankle 2023, arXiv:2401.00448",
                   "eps_N/eps_D = %.4g = 1 + %.3g x %.4g/(3 x %.4g)",
                   g.n / g.d, wish->serving.weight, wish->serving.tokens,
                   best.at.d);
    answer_because(answer, item[6], "Sardana & Frankle 2023, arXiv:2401.00448",
                   "1 - %.4g/%.4g, against N = %.4g on %.4g tokens", best.total,
                   best.total / (1 - best.saved), best.train_best.n,
                   best.train_best.d);
    because_rest(answer, item, by, &best, wish->serving.tokens);
    const double even = inference_break_even(&s, &best.train_best, 0.5,
                                             wish->serving.weight);
    AnswerItem *half = answer_number(answer, by->name, "break_even",
                                     "half the size pays from, served",
                                     ANSWER_TOKENS, even);
    answer_because(answer, half, NULL, "(C(N/2, loss) - %.4g)/(w (F(N) - "
                   "F(N/2))/3), N = %.4g", best.train_best.c,
                   best.train_best.n);
}

void answer_inference(Answer *answer, const PlanBys *bys, const PlanAsk *ask)
{
    Wish wish = { .ask = ask,
                  .serving = { ask->serve, inference_weight(ask) } };
    answer_section(answer, "inference", "Trained and served at least cost");
    for (i64 i = 0; i < bys->count; i++) {
        const PlanBy *by = &bys->item[i];
        PlanSolution  at;
        Err           err = { 0 };
        if (!plan_has_surface(by) || !plan_solve(&at, by, ask, &err))
            continue;
        wish.near = &at.at;
        put(answer, by, &wish);
    }
    answer_note(answer, "%.3g tokens served; a served FLOP costs %.3g times a "
                "trained one%s. The loss is that of the plan above.",
                ask->serve, wish.serving.weight,
                ask->has_deal && ask->has_serve_deal
                    ? " (dollars, by the two machines and their MFU)" : "");
    answer_note(answer, "At thousands of tokens a parameter these laws were "
                "not tested: refitted at high ratios the exponents change "
                "(Sardana & Frankle 2023, section 5).");
}
