/* batch_time.c - the hyperbola of steps and tokens, and what it means on k
 * devices: a step of B tokens keeps B / per_device of them busy, so a small
 * batch leaves the others idle, and a large one makes all of them do more.
 *
 * SOURCE: McCandlish et al. 2018, arXiv:1812.06162; Kaplan et al. 2020,
 * arXiv:2001.08361, section 5.1. */

#include "plan/batch_time.h"

#include "plan/filled.h"

#include <math.h>

BatchPoint batch_point(double b_crit, double e_min, double batch)
{
    BatchPoint out = { .ratio = batch / b_crit, .batch = batch };
    out.time    = 1 + 1 / out.ratio;
    out.compute = 1 + out.ratio;
    out.tokens  = e_min * out.compute;
    out.steps   = e_min / b_crit * out.time;
    return out;
}

double batch_steps_least(double steps, double batch, double b_crit)
{
    return steps / (1 + b_crit / batch);
}

double batch_compute_least(double c, double batch, double b_crit)
{
    return c / (1 + batch / b_crit);
}

bool batch_critical(double *out, Arena *arena, double loss, Err *err)
{
    const Law *law;
    if (!(loss > 0) || isinf(loss))
        return err_set(err, ERR_USAGE, "a loss of %g nats a token: give a "
                       "positive number", loss);
    if (!law_load(&law, arena, "kaplan-bcrit", err))
        return false;
    const LawConstants *set = law_constants(law, "kaplan");
    if (!set)
        return err_set(err, ERR_USAGE, "law kaplan-bcrit: has no constants "
                       "kaplan");
    *out = law_one(law, set->theta, &loss);
    return true;
}

static void put(Answer *answer, const BatchAsk *ask, const Deal *on,
                double ratio)
{
    static const char kaplan[] = "Kaplan et al. 2020, equations 5.1 to 5.5";
    const BatchPoint at   = batch_point(ask->b_crit, ask->e_min,
                                        ratio * ask->b_crit);
    const double     busy = fmin(on->devices,
                                 fmax(1, floor(at.batch / ask->per_device)));
    const double     rate = busy * on->peak * on->mfu;
    const double     days = at.tokens * ask->flop_per_token / rate / 86400;
    const char      *by   = arena_print(answer->arena, "%g B_crit", ratio);
    answer_number(answer, by, "batch", "batch, tokens", ANSWER_TOKENS,
                  at.batch);
    AnswerItem *item = answer_number(answer, by, "steps", "steps", ANSWER_COUNT,
                                     at.steps);
    answer_because(answer, item, kaplan, "S_min (1 + B_crit/B) = %.4g * (1 + "
                   "1/%g) = %.4g", ask->e_min / ask->b_crit, ratio, at.steps);
    item = answer_number(answer, by, "tokens", "tokens", ANSWER_TOKENS,
                         at.tokens);
    answer_because(answer, item, kaplan, "E_min (1 + B/B_crit) = %.4g * (1 + "
                   "%g) = %.4g", ask->e_min, ratio, at.tokens);
    answer_number(answer, by, "time_factor", "steps over the fewest",
                  ANSWER_PLAIN, at.time);
    answer_number(answer, by, "compute_factor", "compute over the least",
                  ANSWER_PLAIN, at.compute);
    answer_number(answer, by, "devices", "devices kept busy", ANSWER_COUNT,
                  busy);
    item = answer_number(answer, by, "time", "time on them", ANSWER_SECONDS,
                         days * 86400);
    answer_because(answer, item, NULL, "tokens * FLOP a token / (devices * "
                   "peak * MFU) = %.4g * %.4g / (%g * %.4g * %.3g) = %.4g days",
                   at.tokens, ask->flop_per_token, busy, on->peak, on->mfu,
                   days);
}

void answer_batch(Answer *answer, const BatchAsk *ask, const Deal *deal)
{
    static const double ratio[] = { 0.1, 0.3, 1, 3, 10 };
    const Deal          on      = deal_settled(deal);
    for (int i = 0; i < COUNT_OF(ratio); i++)
        put(answer, ask, &on, ratio[i]);
    answer_note(answer, "B_crit = %.4g tokens (%s); a device works on at least "
                "%g tokens at once.", ask->b_crit,
                ask->source ? ask->source : "given", ask->per_device);
    answer_note(answer, "The rate must be tuned at every batch. B_crit of a "
                "loss is Kaplan's, in nats of his tokenizer; later work finds "
                "that it grows with data (Zhang et al. 2024, Bergsma et al. "
                "2025): measure it where it matters.");
    if (!(deal->mfu > 0))
        answer_note(answer, "%.0f %% of the %s peak of %s is assumed to be "
                    "reached (MFU); measure yours and give it.", 100 * on.mfu,
                    on.precision, on.machine.title);
}
