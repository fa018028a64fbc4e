/* shape_common.c - plans of laws that count differently, counted alike (declared
 * in shape.h). */

#include "plan/shape.h"

#include <math.h>
#include <string.h>

double shape_omega(double vocab)
{
    return 47491 * vocab / 32000;
}

double shape_total(double n, double omega)
{
    return n + omega * cbrt(n);
}

/* The family's own count of everything, at the same width. */
static double family_total(const PlanBy *by, double u)
{
    PlanCost all = by->cost;
    all.counts   = N_TOTAL;
    return size_at(&all, u).n;
}

static double total_of(const PlanBy *by, const PlanPoint *at, double omega)
{
    if (by->cost.family)
        return family_total(by, at->u);
    const bool body = by->counts && (strcmp(by->counts, "body") == 0
                                     || strcmp(by->counts, "flop") == 0);
    return body ? shape_total(at->n, omega) : at->n;
}

static bool point(CommonPlan *out, const PlanBy *by, const PlanAsk *ask,
                  double omega)
{
    PlanBy       alone = *by;
    PlanSolution at;
    Err          err = { 0 };
    alone.fit.ndraw = 0;
    if (!plan_solve(&at, &alone, ask, &err))
        return false;
    out->n = total_of(by, &at.at, omega);
    out->d = at.at.d;
    out->c = 6 * out->n * out->d;
    return true;
}

/* The common cost grows a little slower than the law's own, so that a few steps
 * in the logarithm settle it. */
bool shape_common(CommonPlan *out, const PlanBy *by, const PlanAsk *ask,
                  double omega)
{
    PlanAsk moved = *ask;
    if (!point(out, by, &moved, omega))
        return false;
    const bool budget = !isnan(ask->flop) && isnan(ask->params)
                     && isnan(ask->tokens) && isnan(ask->ratio)
                     && isnan(ask->loss);
    for (int i = 0; budget && i < 60; i++) {
        const double off = ask->flop / out->c;
        if (fabs(off - 1) < 1e-10)
            break;
        moved.flop *= off;
        if (!point(out, by, &moved, omega))
            return false;
    }
    return true;
}

/* Where the law counts as this section does, what its draws say holds here too. */
static bool same_count(PlanSolution *out, const PlanBy *by, const PlanAsk *ask,
                       const CommonPlan *at)
{
    Err err = { 0 };
    return plan_solve(out, by, ask, &err)
        && fabs(out->at.n / at->n - 1) < 1e-9
        && fabs(out->at.d / at->d - 1) < 1e-9;
}

static Interval alone(double value)
{
    return (Interval){ value, NAN, NAN };
}

void answer_common(Answer *answer, const PlanBys *bys, const PlanAsk *ask)
{
    const double vocab = isnan(ask->vocab) ? 32000 : ask->vocab;
    const double omega = shape_omega(vocab);
    answer_section(answer, "common", "The same, counted alike: N with "
                   "embeddings, C = 6 N D");
    for (i64 i = 0; i < bys->count; i++) {
        const PlanBy *by = &bys->item[i];
        CommonPlan    at;
        if (!shape_common(&at, by, ask, omega))
            continue;
        PlanSolution own;
        const bool   same = same_count(&own, by, ask, &at);
        AnswerItem  *item = answer_put(answer, by->name, "n",
                                       "parameters, all", ANSWER_PARAMS,
                                       same ? own.n : alone(at.n));
        answer_because(answer, item, "Pearce & Song 2024, arXiv:2406.12907",
                       by->cost.family ? "the family's own count: %.4g"
                                       : "N_total = N + omega N^(1/3) where N "
                                         "leaves embeddings out: %.4g", at.n);
        item = answer_put(answer, by->name, "d", "tokens D", ANSWER_TOKENS,
                          same ? own.d : alone(at.d));
        answer_because(answer, item, by->source, "C/(6 N_total) = %.4g/(6 x "
                       "%.4g)", at.c, at.n);
        item = answer_put(answer, by->name, "ratio", "tokens a parameter",
                          ANSWER_PLAIN,
                          same ? own.ratio : alone(at.d / at.n));
        answer_because(answer, item, NULL, "D/N_total = %.4g/%.4g", at.d, at.n);
        item = answer_number(answer, by->name, "flop", "6 N D", ANSWER_FLOP,
                             at.c);
        answer_because(answer, item, NULL, "6 x %.4g x %.4g = %.4g", at.n,
                       at.d, at.c);
        if (!by->counts)
            answer_note(answer, "%s: what its N counts is unsaid; it is taken "
                        "to be all.", by->name);
    }
    answer_note(answer, "omega = %.5g, for a vocabulary of %.0f and Kaplan's "
                "width over depth of 39.2; --vocab changes it.", omega, vocab);
}
