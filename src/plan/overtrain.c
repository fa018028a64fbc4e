/* overtrain.c - see overtrain.h. */

#include "plan/overtrain.h"

#include <math.h>
#include <stdio.h>

Gadre gadre_of(double E, double A, double B, double alpha)
{
    const double six = pow(6, alpha / 2);
    return (Gadre){ E, six * A, six * B, alpha / 2 };
}

double gadre_loss(const Gadre *law, double c, double ratio)
{
    const double m = pow(ratio, law->eta);
    return law->E + (law->a * m + law->b / m) * pow(c, -law->eta);
}

bool overtrain_at(Overtrained *out, const Surface *s, const PlanPoint *best,
                  double ratio)
{
    PlanAsk ask = plan_ask_nothing();
    ask.flop  = best->c;
    ask.ratio = ratio;
    if (!plan_solve_one(&out->at, &ask, s, NULL))
        return false;
    const PlanPoint same = plan_cheapest(s, out->at.loss, best);
    out->nats   = out->at.loss - best->loss;
    out->wasted = 1 - same.c / best->c;
    return isfinite(same.c);
}

static const double ratios[] = { 5, 20, 50, 100, 200, 500, 1000, 2000 };
enum { RATIOS = COUNT_OF(ratios) };

typedef struct Place { const PlanPoint *best; const double *ratio; int count; }
    Place;

static bool numbers(double *out, const Surface *s, const void *of)
{
    const Place    *place = of;
    const PlanPoint best  = plan_best(s, place->best->c, place->best->u);
    for (int i = 0; i < place->count; i++) {
        Overtrained x = { .nats = NAN, .wasted = NAN };
        if (!overtrain_at(&x, s, &best, place->ratio[i]))
            x.nats = x.wasted = NAN;
        out[2 * i]     = x.nats;
        out[2 * i + 1] = x.wasted;
    }
    return isfinite(best.loss);
}

static void put(Answer *answer, const PlanBy *by, const PlanPoint *best,
                const PlanAsk *ask)
{
    double      list[RATIOS + 1];
    int         count = 0;
    Interval    x[2 * (RATIOS + 1)];
    if (!isnan(ask->ratio) && isnan(ask->flop))
        return; /* the plan itself is at that ratio */
    for (int i = 0; i < RATIOS; i++)
        list[count++] = ratios[i];
    const Place place = { best, list, count };
    plan_intervals(x, 2 * count, by, numbers, &place, PLAN_DRAWS_FEW / 4);
    for (int i = 0; i < count; i++) {
        char key[48], label[64];
        snprintf(key, sizeof key, "wasted_%g", list[i]);
        snprintf(label, sizeof label, "D/N = %g: compute wasted", list[i]);
        AnswerItem *item = answer_put(answer, by->name, key, label,
                                      ANSWER_SHARE, x[2 * i + 1]);
        answer_because(answer, item, "Gadre et al. 2024, arXiv:2403.08540",
                       "N = %.4g on %.4g tokens: loss %.5g against %.5g",
                       sqrt(best->c / 6 / list[i]),
                       sqrt(best->c / 6 * list[i]), best->loss + x[2 * i].value,
                       best->loss);
        snprintf(key, sizeof key, "nats_%g", list[i]);
        item = answer_put(answer, by->name, key, "   and in loss",
                          ANSWER_NATS, x[2 * i]);
        answer_because(answer, item, by->source, "%.5g - %.5g",
                       best->loss + x[2 * i].value, best->loss);
    }
}

void answer_overtrain(Answer *answer, const PlanBys *bys, const PlanAsk *ask)
{
    answer_section(answer, "overtrain", "Other tokens a parameter, same "
                   "compute");
    for (i64 i = 0; i < bys->count; i++) {
        const PlanBy *by = &bys->item[i];
        PlanSolution  at;
        Err           err = { 0 };
        if (!plan_has_surface(by) || !plan_solve(&at, by, ask, &err))
            continue;
        const Surface   s    = surface_of(by, by->fit.theta);
        const PlanPoint best = plan_best(&s, at.at.c, NAN);
        if (isfinite(best.loss))
            put(answer, by, &best, ask);
    }
    answer_note(answer, "Measured to about 640 tokens a parameter (Gadre et "
                "al. 2024); beyond, these are projections.");
}
