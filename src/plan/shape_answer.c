/* shape_answer.c - the model to build, as an answer. */

#include "plan/shape.h"

#include <math.h>

static void put(Answer *answer, const PlanBy *by, const ShapePlan *p,
                const ShapeAsk *ask)
{
    const ParamCount n = count_params(p->shape);
    const double aspect = isnan(ask->aspect) ? shape_aspect(ask->n)
                                             : ask->aspect;
    AnswerItem *item = answer_number(answer, by->name, "layers", "layers",
                                     ANSWER_COUNT, (double)p->shape.layers);
    answer_because(answer, item, "Brown et al. 2020, table 2.1", "of all "
                   "shapes the nearest to N = %.4g and d/L = %.3g", ask->n,
                   aspect);
    item = answer_number(answer, by->name, "width", "width", ANSWER_PLAIN,
                         (double)p->shape.width);
    answer_because(answer, item, NULL, "d/L = %.4g", (double)p->shape.width
                   / (double)p->shape.layers);
    item = answer_number(answer, by->name, "heads", "heads", ANSWER_COUNT,
                         (double)p->shape.heads);
    answer_because(answer, item, NULL, "%.0f wide each",
                   (double)p->shape.width / (double)p->shape.heads);
    item = answer_number(answer, by->name, "n", "parameters N",
                                     ANSWER_PARAMS, p->n);
    answer_because(answer, item, NULL, "%s: asked for %.4g; 12 L d^2 = %.4g, "
                   "all = %.4g", count_n_name(ask->counts), ask->n,
                   (double)n.matrix, (double)n.total);
    item = answer_number(answer, by->name, "flop_per_token",
                         "FLOP a token, exact", ANSWER_FLOP,
                         p->flop_per_token);
    answer_because(answer, item, "Kaplan et al. 2020, table 1; Hoffmann et al. "
                   "2022, appendix F", "6 (12 L d^2 + V d) + 6 L d T = %.6g, "
                   "%.3g x 6 N", p->flop_per_token,
                   p->flop_per_token / (6 * p->n));
    item = answer_number(answer, by->name, "batch", "tokens a step",
                         ANSWER_TOKENS,
                         (double)(p->batch * p->shape.context));
    answer_because(answer, item, isnan(ask->batch)
                       ? "DeepSeek LLM 2024, arXiv:2401.02954" : NULL,
                   isnan(ask->batch) ? "0.2920 C^0.3271 = %.4g, in whole "
                                       "sequences" : "%.4g, as given",
                   isnan(ask->batch) ? shape_batch(ask->c) : ask->batch);
    item = answer_number(answer, by->name, "steps", "steps", ANSWER_COUNT,
                         (double)p->steps);
    answer_because(answer, item, NULL, "C/F/B = %.4g/%.4g/%.4g", ask->c,
                   p->flop_per_token, (double)(p->batch * p->shape.context));
    item = answer_number(answer, by->name, "tokens", "tokens", ANSWER_TOKENS,
                         p->tokens);
    answer_because(answer, item, NULL, "%lld x %lld x %lld",
                   (long long)p->steps, (long long)p->batch,
                   (long long)p->shape.context);
    item = answer_number(answer, by->name, "flop", "compute, exact",
                         ANSWER_FLOP, p->flop);
    answer_because(answer, item, NULL, "%.6g x %.6g tokens, %.2g of the budget "
                   "off by whole steps", p->flop_per_token, p->tokens,
                   p->flop / ask->c - 1);
    if (!plan_has_surface(by))
        return;
    const Surface s = surface_of(by, by->fit.theta);
    item = answer_number(answer, by->name, "loss", "loss expected",
                         ANSWER_LOSS, surface_loss(&s, p->n, p->tokens));
    answer_because(answer, item, by->source, "%s at N = %.4g, D = %.4g",
                   by->formula, p->n, p->tokens);
}

bool answer_shape(Answer *answer, const PlanBys *bys, const PlanAsk *ask,
                  Err *err)
{
    answer_section(answer, "shape", "A model to build");
    i64 shown = 0, vocab = 0, context = 0;
    Err last = { 0 };
    for (i64 i = 0; i < bys->count; i++) {
        const PlanBy *by = &bys->item[i];
        PlanSolution  at;
        ShapePlan     plan;
        if (!plan_solve(&at, by, ask, &last))
            continue;
        const ShapeAsk want = shape_ask(by, ask, &at);
        if (!shape_find(&plan, &want, &last))
            continue;
        put(answer, by, &plan, &want);
        vocab   = want.vocab;
        context = want.context;
        shown++;
    }
    if (shown == 0) {
        *err = last;
        return false;
    }
    answer_note(answer, "Vocabulary %lld, context %lld, feed-forward 4 times "
                "the width, head untied; --vocab, --context, --aspect, "
                "--layers, --width and --batch change it. A few per cent of "
                "loss at most hang on the shape (Kaplan et al. 2020, figure "
                "5).", (long long)vocab, (long long)context);
    return true;
}
