/* solve_draws.c - the same question put to the fit and to every draw of it
 * (declared in solve.h), and refusals in words. */

#include "plan/solve.h"

#include <math.h>
#include <string.h>

i64 plan_intervals(Interval *out, int count, const PlanBy *by, PlanNumbers f,
                   const void *of, i64 draws_most)
{
    const Fit    *fit = &by->fit;
    const Surface own = surface_of(by, fit->theta);
    double        one[PLAN_NUMBERS_MAX];
    const bool    ok = f(one, &own, of);
    for (int i = 0; i < count; i++)
        out[i] = (Interval){ ok ? one[i] : NAN, NAN, NAN };
    const i64 draws = i64_min(fit->ndraw, draws_most);
    if (!ok || !fit->law || draws == 0)
        return ok ? 0 : draws;

    Arena   scratch = { 0 };
    double *all     = NEW(&scratch, double, draws * count);
    i64     kept    = 0;
    for (i64 r = 0; r < draws; r++) {
        const Surface s = surface_of(by, fit->draw + r * fit->law->nparam);
        if (!f(one, &s, of))
            continue;
        for (int i = 0; i < count; i++)
            all[i * draws + kept] = one[i];
        kept++;
    }
    for (int i = 0; i < count; i++)
        out[i] = fit_interval(out[i].value, all + i * draws, kept,
                              fit->options.level);
    arena_free(&scratch);
    return draws - kept;
}

typedef struct Question { const PlanAsk *ask; const PlanPoint *near; } Question;

static bool answer_one(double *out, const Surface *s, const void *of)
{
    const Question *q = of;
    PlanPoint at;
    if (!plan_solve_one(&at, q->ask, s, q->near))
        return false;
    out[0] = at.c;
    out[1] = at.n;
    out[2] = at.d;
    out[3] = at.d / at.n;
    out[4] = at.loss;
    return true;
}

/* ---- Words ---------------------------------------------------------------- */

static int how_many(const PlanAsk *ask)
{
    return !isnan(ask->flop) + !isnan(ask->params) + !isnan(ask->tokens)
         + !isnan(ask->ratio);
}

/* Which way the loss falls, so that the refusal says what the law wants. */
static bool no_best_size(const PlanBy *by, const PlanAsk *ask, Err *err)
{
    const Surface s  = surface_of(by, by->fit.theta);
    const Optimum at = optimum_find(&s, ask->flop);
    return err_set(err, ERR_REFUSED,
                   "law %s: no best size at %.3g FLOP: the predicted loss only "
                   "falls towards %s; ask for another budget, or fit runs that "
                   "vary N and D more widely",
                   by->fit.law ? by->fit.law->name : by->name, ask->flop,
                   at.d > at.n ? "ever smaller models" : "ever larger models");
}

/* A loss that no run reaches: what would, at best. */
static bool out_of_reach(const PlanBy *by, const PlanAsk *ask, Err *err)
{
    const Surface s = surface_of(by, by->fit.theta);
    const double  n = isnan(ask->params) ? INFINITY : ask->params;
    const double  d = isnan(ask->tokens) ? INFINITY : ask->tokens;
    double least = surface_loss(&s, n, d);
    if (!isnan(ask->flop))
        least = plan_best(&s, ask->flop, NAN).loss;
    return err_set(err, ERR_REFUSED, "%s: no run reaches a loss of %g%s: the "
                   "law says %.4g at the very best; ask for a higher loss%s",
                   by->name, ask->loss, how_many(ask) ? " with that" : "",
                   least, isnan(ask->flop) ? "" : ", or give more compute");
}

static bool refuse(const PlanBy *by, const PlanAsk *ask, Err *err)
{
    if (!isnan(ask->loss))
        return out_of_reach(by, ask, err);
    if (how_many(ask) == 1 && !isnan(ask->flop))
        return no_best_size(by, ask, err);
    return err_set(err, ERR_REFUSED, "%s: no budget makes that the best choice "
                   "by this law; give a second of --flops, --N, --D and "
                   "--ratio to ask for a run as it is", by->name);
}

static bool many_lost(const PlanBy *by, const PlanSolution *out, Err *err)
{
    if (out->lost * 10 <= out->drawn)
        return false;
    return !err_set(err, ERR_REFUSED,
                    "law %s: %lld of %lld draws of the fit have no best size "
                    "at %.3g FLOP, so no interval would be honest; add runs of "
                    "other sizes, or ask for a smaller budget",
                    by->fit.law->name, (long long)out->lost,
                    (long long)out->drawn, out->at.c);
}

static bool contradicts(const PlanBy *by, const PlanAsk *ask, Err *err)
{
    if (isnan(ask->params) || isnan(ask->tokens) || isnan(ask->flop))
        return false;
    const double flop = plan_flop_per_token(&by->cost, ask->params)
                      * ask->tokens;
    if (fabs(ask->flop / flop - 1) <= 0.01)
        return false;
    return !err_set(err, ERR_USAGE, "%s: N = %.4g and D = %.4g cost %.4g FLOP "
                    "and not %.4g; leave one of the three out", by->name,
                    ask->params, ask->tokens, flop, ask->flop);
}

/* Laws are smooth where models are not: half a parameter is no model. */
static bool too_small(const PlanBy *by, const PlanPoint *at, Err *err)
{
    if (at->n >= 1 && at->d >= 1)
        return false;
    return !err_set(err, ERR_REFUSED, "%s: by its formula that would be %.2g "
                    "parameters on %.2g tokens, and there is no such model; "
                    "ask for a larger budget, or a lower loss", by->name,
                    at->n, at->d);
}

/* ---- Frontiers without a surface ------------------------------------------- */

static double line_c(const PlanLine *line, const PlanAsk *ask)
{
    const double k = line->n_coef, p = line->n_power;
    if (!isnan(ask->flop))
        return ask->flop;
    if (!isnan(ask->params))
        return pow(ask->params / k, 1 / p);
    if (!isnan(ask->tokens)) /* D = C^(1-p) / 6k */
        return pow(6 * k * ask->tokens, 1 / (1 - p));
    if (!isnan(ask->ratio))  /* D/N = C^(1-2p) / 6k^2 */
        return pow(6 * k * k * ask->ratio, 1 / (1 - 2 * p));
    return line->loss_scale * pow(ask->loss, -1 / line->loss_power);
}

static bool line_solve(PlanSolution *out, const PlanBy *by, const PlanAsk *ask,
                       Err *err)
{
    const PlanLine *line = by->line;
    if (how_many(ask) + !isnan(ask->loss) > 1)
        return err_set(err, ERR_REFUSED, "%s: tells how to share out a budget, "
                       "and nothing of other runs; give one of --flops, --N, "
                       "--D, --ratio", by->name);
    const double c = line_c(line, ask);
    if (!(c > 0) || isinf(c))
        return err_set(err, ERR_REFUSED, "%s: says nothing of the loss",
                       by->name);
    const double n = line->n_coef * pow(c, line->n_power), d = c / 6 / n;
    const double loss = pow(line->loss_scale / c, line->loss_power);
    out->at    = (PlanPoint){ log(n), n, d, c, loss };
    out->c     = (Interval){ c, NAN, NAN };
    out->n     = (Interval){ n, NAN, NAN };
    out->d     = (Interval){ d, NAN, NAN };
    out->ratio = (Interval){ d / n, NAN, NAN };
    out->loss  = (Interval){ loss, NAN, NAN };
    return true;
}

bool plan_solve(PlanSolution *out, const PlanBy *by, const PlanAsk *ask,
                Err *err)
{
    *out = (PlanSolution){ .free = how_many(ask) + !isnan(ask->loss) == 1 };
    if (how_many(ask) + !isnan(ask->loss) == 0)
        return err_set(err, ERR_USAGE, "how much compute? give --flops=1e21, "
                       "or one of --money, --days, --N, --D, --loss");
    if (contradicts(by, ask, err))
        return false;
    if (by->line) {
        if (!line_solve(out, by, ask, err))
            return false;
        out->extrapolation = out->at.c / by->c_max;
        return !too_small(by, &out->at, err);
    }
    const Surface own = surface_of(by, by->fit.theta);
    if (!plan_solve_one(&out->at, ask, &own, NULL))
        return refuse(by, ask, err);
    if (too_small(by, &out->at, err))
        return false;

    const Question q = { ask, &out->at };
    Interval       x[5];
    out->lost  = plan_intervals(x, 5, by, answer_one, &q,
                                PLAN_DRAWS_ALL);
    out->drawn = by->fit.ndraw;
    out->c     = x[0];
    out->n     = x[1];
    out->d     = x[2];
    out->ratio = x[3];
    out->loss  = x[4];
    out->extrapolation = out->at.c / by->c_max;
    return !many_lost(by, out, err);
}
