/* finds_repeat.c - what repeating a text costs, against the law of fresh text.
 *
 * Kaplan's collapse: the loss at its least (early stopping), over what the law
 * gives for unlimited text, is one curve of N^(alpha/beta) / U for all sizes.
 *
 * SOURCE: Kaplan et al. 2020, arXiv:2001.08361, section 4, figure 9. */

#include "report/finds.h"

#include <math.h>

static bool repeated(const Run *run)
{
    return finds_done(run) && run->unique_tokens > 0
        && (double)run->tokens > 1.02 * (double)run->unique_tokens;
}

/* On the way or at its end. */
static double least_loss(const Run *run, const char *runs_dir, Str *lost)
{
    Arena      scratch = { 0 };
    MetricList log   = { 0 };
    double     least = run->val_loss;
    finds_log(&log, lost, &scratch, run, runs_dir);
    for (i64 i = 0; i < log.count; i++)
        if (log.metric[i].val_loss < least)
            least = log.metric[i].val_loss;
    arena_free(&scratch);
    return least;
}

/* The law's two exponents, where it has them by these names. */
static double power_of(const Fit *fit)
{
    const int a = fit && fit->law ? law_param(fit->law, "alpha") : -1;
    const int b = fit && fit->law ? law_param(fit->law, "beta") : -1;
    return a >= 0 && b >= 0 ? fit->theta[a] / fit->theta[b] : NAN;
}

static Repeat measure(const Run *run, double least, CountN counts,
                      const Fit *fit, double power)
{
    const double n = count_n(run->shape, counts);
    const double u = (double)run->unique_tokens;
    return (Repeat){
        .run = run, .n = n, .unique = u, .least = least,
        .epochs = (double)run->tokens / u,
        .excess = least / law_at(fit->law, fit->theta, n, 1e30) - 1,
        .waste  = run->val_loss
                / law_at(fit->law, fit->theta, n, (double)run->tokens) - 1,
        .x = pow(n, power) / u };
}

void repeats_find(RepeatList *out, Str *lost, Arena *arena,
                  const RunList *runs, CountN counts, const Fit *fit,
                  const char *runs_dir)
{
    *out = (RepeatList){ .item  = NEW(arena, Repeat, runs->count + 1),
                      .power = power_of(fit) };
    if (!isfinite(out->power))
        return;
    for (i64 i = 0; i < runs->count; i++) {
        if (!repeated(&runs->run[i]))
            continue;
        const double least = least_loss(&runs->run[i], runs_dir, lost);
        out->item[out->count++] = measure(&runs->run[i], least, counts, fit,
                                          out->power);
    }
}
