/* limited_answer.c - what U different tokens allow, as an answer. */

#include "plan/limited.h"

#include <math.h>

typedef struct Need { const PlanPoint *plan, *near; double unique; } Need;

enum { L_N, L_D, L_EPOCHS, L_LOSS, L_LACK, L_DOUBLE, L_WORTH, L_NUMBERS };

/* All that is shown, of one surface at the plan's compute. */
static bool numbers(double *out, const Surface *s, const void *of)
{
    const Need *need = of;
    const double c   = need->plan->c, near = need->near ? need->near->u : NAN;
    Limited   l, twice;
    PlanPoint at, more;
    const PlanPoint free = plan_best(s, c, need->plan->u);
    if (!limited_open(&l, s, need->unique, repeats_muennighoff)
        || !limited_open(&twice, s, 2 * need->unique, repeats_muennighoff)
        || !limited_best(&at, &l, c, near)
        || !limited_best(&more, &twice, c, near) || !isfinite(free.loss))
        return false;
    const PlanPoint same = plan_cheapest(s, at.loss, &free);
    out[L_N]      = at.n;
    out[L_D]      = at.d;
    out[L_EPOCHS] = at.d / need->unique;
    out[L_LOSS]   = at.loss;
    out[L_LACK]   = fmax(0, at.loss - free.loss);
    out[L_DOUBLE] = fmin(0, more.loss - at.loss);
    out[L_WORTH]  = fmax(0, 1 - same.c / c);
    return true;
}

static void because(Answer *answer, AnswerItem *item, int row,
                    const Limited *l, const PlanPoint *at, double free)
{
    static const char source[] = "Muennighoff et al. 2023, arXiv:2305.16264";
    switch (row) {
    case L_N: case L_D:
        answer_because(answer, item, source, "least L(N', D') at N = %.4g, D = "
                       "C/F = %.4g", at->n, at->d);
        break;
    case L_EPOCHS:
        answer_because(answer, item, NULL, "D/U = %.4g/%.4g", at->d, l->unique);
        break;
    case L_LOSS:
        answer_because(answer, item, source, "L(N' = %.4g, D' = %.4g), U_N = "
                       "%.4g, R_D = %.4g",
                       limited_amount(at->n, l->best_n, l->repeats.params),
                       limited_amount(at->d, l->unique, l->repeats.data),
                       l->best_n, at->d / l->unique - 1);
        break;
    case L_LACK:
        answer_because(answer, item, NULL, "%.5g, less the best of endless "
                       "text; the plan's own loss is %.5g", at->loss, free);
        break;
    case L_DOUBLE:
        answer_because(answer, item, source, "the same with U = %.4g",
                       2 * l->unique);
        break;
    default:
        answer_because(answer, item, NULL, "1 - C'/C, L*(C') = %.5g", at->loss);
    }
}

static void put(Answer *answer, const PlanBy *by, const PlanAsk *ask,
                const PlanPoint *plan)
{
    static const struct { const char *key, *label; AnswerUnit unit; } row[] = {
        [L_N]      = { "n", "parameters N", ANSWER_PARAMS },
        [L_D]      = { "d", "tokens read D", ANSWER_TOKENS },
        [L_EPOCHS] = { "epochs", "epochs", ANSWER_PLAIN },
        [L_LOSS]   = { "loss", "loss", ANSWER_LOSS },
        [L_LACK]   = { "lack", "over endless text", ANSWER_NATS },
        [L_DOUBLE] = { "double", "twice the text would give", ANSWER_NATS },
        [L_WORTH]  = { "worth", "compute the shortage wastes", ANSWER_SHARE },
    };
    const Surface s = surface_of(by, by->fit.theta);
    Need      need  = { plan, NULL, ask->unique };
    Limited   l;
    PlanPoint at;
    if (!limited_open(&l, &s, ask->unique, repeats_muennighoff)
        || !limited_best(&at, &l, plan->c, NAN))
        return;
    Interval own[L_NUMBERS], x[L_NUMBERS];
    PlanBy   alone = *by;
    alone.fit.ndraw = 0; /* the fit's own, sought everywhere */
    plan_intervals(own, L_NUMBERS, &alone, numbers, &need, 0);
    need.near = &at;
    plan_intervals(x, L_NUMBERS, by, numbers, &need, PLAN_DRAWS_FEW);
    for (int i = 0; i < L_NUMBERS; i++) {
        x[i].value = own[i].value;
        AnswerItem *item = answer_put(answer, by->name, row[i].key,
                                      row[i].label, row[i].unit, x[i]);
        because(answer, item, i, &l, &at, plan->loss);
    }
    const double worth = limited_amount(at.d, l.unique, l.repeats.data) / at.d;
    AnswerItem *item = answer_number(answer, by->name, "token_worth",
                                     "a token read is worth, in fresh ones",
                                     ANSWER_SHARE, worth);
    answer_because(answer, item, "Muennighoff et al. 2023, arXiv:2305.16264",
                   "D'/D, D' = U + U R*(1 - exp(-R/R*)), R* = %.6g",
                   l.repeats.data);
}

void answer_limited(Answer *answer, const PlanBys *bys, const PlanAsk *ask)
{
    answer_section(answer, "limited", "With only so much text");
    for (i64 i = 0; i < bys->count; i++) {
        const PlanBy *by = &bys->item[i];
        PlanSolution  at;
        Err           err = { 0 };
        if (plan_has_surface(by) && !by->kaplan
            && plan_solve(&at, by, ask, &err))
            put(answer, by, ask, &at.at);
    }
    answer_note(answer, "%.4g different tokens. How fast repeats lose their "
                "worth (R_D* = 15.39, R_N* = 5.31) is Muennighoff et al.'s, "
                "measured on web text to 1500 epochs and 9 B parameters; the "
                "other constants are each law's own.", ask->unique);
}
