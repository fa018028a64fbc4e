/* bottleneck.c - see bottleneck.h. */

#include "plan/bottleneck.h"

#include <math.h>

Bottleneck bottleneck_of(const Surface *s, double n, double d, double batch)
{
    const double ns[] = { n, INFINITY, n, INFINITY, 10 * n, n };
    const double ds[] = { d, d, INFINITY, INFINITY, d, 10 * d };
    double       l[6];
    surface_losses(l, s, ns, ds, 6);
    Bottleneck out = { .loss = l[0], .floor = l[3], .size = l[2] - l[3],
                       .data = l[1] - l[3], .batch = NAN,
                       .more_n = l[0] - l[4], .more_d = l[0] - l[5] };
    out.joint = (out.loss - out.floor) - out.size - out.data;
    if (!isnan(batch)) {
        const double crit = kaplan_b_crit(&kaplan_printed, out.loss);
        out.batch = surface_loss(s, n, d / (1 + batch / crit)) - out.loss;
    }
    return out;
}

typedef struct Run { const PlanAsk *ask; const PlanPoint *near; double batch; }
    Run;

static bool numbers(double *out, const Surface *s, const void *of)
{
    const Run *run = of;
    PlanPoint  at;
    if (!plan_solve_one(&at, run->ask, s, run->near))
        return false;
    const Bottleneck b = bottleneck_of(s, at.n, at.d, run->batch);
    out[0] = b.floor;
    out[1] = b.size;
    out[2] = b.data;
    out[3] = b.joint;
    out[4] = b.batch;
    out[5] = b.more_n;
    out[6] = b.more_d;
    return true;
}

static const char *binds(const Bottleneck *b)
{
    if (b->more_n > 1.5 * b->more_d)
        return "size: more parameters help most";
    if (b->more_d > 1.5 * b->more_n)
        return "data: more tokens help most";
    return "neither by itself";
}

static void put(Answer *answer, const PlanBy *by, const PlanAsk *ask,
                const PlanSolution *at)
{
    const Run     run = { ask, &at->at, ask->batch };
    const Surface s   = surface_of(by, by->fit.theta);
    const Bottleneck own = bottleneck_of(&s, at->at.n, at->at.d, ask->batch);
    Interval      x[7];
    plan_intervals(x, 7, by, numbers, &run, PLAN_DRAWS_FEW);

    AnswerItem *item = answer_put(answer, by->name, "floor",
                                  "floor, endless N and D", ANSWER_LOSS, x[0]);
    answer_because(answer, item, by->source, "L(inf, inf) = %.5g", own.floor);
    item = answer_put(answer, by->name, "size", "from the size", ANSWER_NATS,
                      x[1]);
    answer_because(answer, item, by->source,
                   "L(N, inf) - L(inf, inf) = %.4g at N = %.4g", own.size,
                   at->at.n);
    item = answer_put(answer, by->name, "data", "from the data", ANSWER_NATS,
                      x[2]);
    answer_because(answer, item, by->source,
                   "L(inf, D) - L(inf, inf) = %.4g at D = %.4g", own.data,
                   at->at.d);
    if (fabs(own.joint) > 1e-9) {
        item = answer_put(answer, by->name, "joint", "from both together",
                          ANSWER_NATS, x[3]);
        answer_because(answer, item, by->source, "%.5g - %.5g - %.4g - %.4g",
                       own.loss, own.floor, own.size, own.data);
    }
    if (!isnan(own.batch)) {
        item = answer_put(answer, by->name, "batch", "from the batch",
                          ANSWER_NATS, x[4]);
        answer_because(answer, item, "Kaplan et al. 2020, equations 1.4, 5.4",
                       "L(N, D/(1 + B/B_crit)) - L(N, D), B_crit = %.4g",
                       kaplan_b_crit(&kaplan_printed, own.loss));
    }
    item = answer_put(answer, by->name, "ten_n", "ten times N would gain",
                      ANSWER_NATS, x[5]);
    answer_because(answer, item, by->source, "L(N, D) - L(10 N, D) = %.5g - "
                   "%.5g", own.loss, own.loss - own.more_n);
    item = answer_put(answer, by->name, "ten_d", "ten times D would gain",
                      ANSWER_NATS, x[6]);
    answer_because(answer, item, by->source, "L(N, D) - L(N, 10 D) = %.5g - "
                   "%.5g", own.loss, own.loss - own.more_d);
    answer_text(answer, by->name, "binds", "what binds", "%s", binds(&own));
}

void answer_bottleneck(Answer *answer, const PlanBys *bys, const PlanAsk *ask)
{
    answer_section(answer, "bottleneck", "What holds the loss up");
    for (i64 i = 0; i < bys->count; i++) {
        const PlanBy *by = &bys->item[i];
        PlanSolution  at;
        Err           err = { 0 };
        if (plan_has_surface(by) && plan_solve(&at, by, ask, &err))
            put(answer, by, ask, &at);
    }
    if (!isnan(ask->batch))
        answer_note(answer, "The batch is judged by Kaplan's critical batch, "
                    "which grows as the loss falls; others let it grow with "
                    "the data.");
}
