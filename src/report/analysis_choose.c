/* analysis_choose.c - which law a study stands by.
 *
 * It is decided on the fitted runs alone, before the held-out ones are trained:
 * the wider law must pay for its constant. Schwarz's criterion says whether it
 * does; a difference above 6 is strong evidence.
 *
 * SOURCE: Schwarz 1978, Annals of Statistics 6:461; Kass and Raftery 1995, JASA
 *         90:773, section 3.2. */

#include "report/analysis.h"

#include <math.h>

/* For normal residuals of ln L, up to what all laws share. */
static double bic(const Fit *fit)
{
    const double n = (double)fit->nrow;
    return 2 * n * log(fit->rmse_log) + fit->law->nparam * log(n);
}

/* Runs that scatter by less than 1e-5 leave nothing to tell laws apart by. */
void analysis_choose(Analysis *a, Arena *arena)
{
    a->chosen     = &a->huber;
    a->chosen_fit = "huber";
    if (!a->outer.law || !(a->huber.rmse_log > 1e-5)) {
        a->chosen_words = "the additive law is the only one asked of so few, "
                          "or so exact, runs";
        return;
    }
    const double gain = bic(&a->huber) - bic(&a->outer);
    const bool   wide = gain > 6;
    if (wide) {
        a->chosen     = &a->outer;
        a->chosen_fit = "outer";
    }
    a->chosen_words = arena_print(
        arena, "judged on the fitted runs alone, BIC is %.1f %s with the outer "
        "exponent free (scatter %.2f %% against %.2f %%): the study stands by "
        "%s", fabs(gain), gain > 0 ? "lower" : "higher",
        100 * a->outer.rmse_log, 100 * a->huber.rmse_log,
        wide ? "the wider law" : "the additive law");
}
