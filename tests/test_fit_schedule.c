/* test_fit_schedule.c - laws of curves through the fitter: constants that are
 * known come back from a constant and a cosine curve, and a schedule that was
 * not fitted is foretold. */

#include "fit/fit.h"

#include "tests/test.h"

#include <math.h>
#include <string.h>

enum { STEPS = 3000, EVERY = 50, ROWS = STEPS / EVERY };

static Arena arena;

static const Law *load(const char *name)
{
    Err err = { 0 };
    const Law *law = NULL;
    if (!law_load(&law, &arena, name, &err)) {
        test_note("%s", err.text);
        CHECK(false);
        SKIP("the law cannot be read");
    }
    return law;
}

/* ---- schedules --------------------------------------------------------- */

typedef double Schedule(double step);
static const double PEAK = 1e-3;

static double constant(double step)
{
    (void)step;
    return PEAK;
}

static double cosine(double step)
{
    return PEAK * (0.55 + 0.45 * cos(M_PI * step / STEPS));
}

static double short_cosine(double step)
{
    return step < STEPS / 2.0 ? cosine(2 * step) : 0.1 * PEAK;
}

/* Warm-up, stable, decay: straight down over the last fifth. */
static double stable_then_decay(double step)
{
    return step <= 0.8 * STEPS
               ? PEAK
               : PEAK * (1 - 0.9 * (step - 0.8 * STEPS) / (0.2 * STEPS));
}

/* Rows every EVERY steps with the law's own losses and a wobble on them. */
static Table curves(const Law *law, const double *theta, int count,
                    Schedule *const *schedule, double wobble)
{
    static const char *const names[] = { "curve", "step", "lr", "loss" };
    Table t = table_new(&arena, 4, names, (i64)count * ROWS);
    for (int c = 0; c < count; c++)
        for (int i = 0; i < ROWS; i++) {
            const i64 r = (i64)c * ROWS + i;
            t.column[0][r] = c + 1;
            t.column[1][r] = (i + 1) * EVERY;
            t.column[2][r] = schedule[c]((i + 1) * EVERY);
        }
    law_eval(t.column[3], NULL, NULL, law, theta, t.column, t.nrow);
    for (i64 r = 0; r < t.nrow; r++)
        t.column[3][r] *= 1 + wobble * sin(12.9898 * (double)r);
    return t;
}

static double worst(const Law *law, const double *seen, const double *truth,
                    Schedule *schedule)
{
    const Table t = curves(law, truth, 1, &schedule, 0);
    double predicted[ROWS], most = 0;
    law_eval(predicted, NULL, NULL, law, seen, t.column, t.nrow);
    for (int i = 0; i < ROWS; i++)
        most = fmax(most, fabs(predicted[i] / t.column[3][i] - 1));
    return most;
}

static bool fitted(Fit *fit, const Law *law, const double *truth, double wobble)
{
    static Schedule *const shown[] = { constant, cosine, short_cosine };
    const Table t = curves(law, truth, 3, shown, wobble);
    FitOptions options = fit_defaults();
    Err err = { 0 };
    options.resamples = 0;
    options.objective = FIT_SQUARES_LOG;
    if (CHECK(fit_law(fit, &arena, law, &t, options, &err)))
        return true;
    test_note("%s", err.text);
    return false;
}

static const double of_tissue[] = { 2.6, .43, .55, 20, .99, .5 };
static const double of_25m[] = { 3.040, .525, .508, 363.788, 2.066, .583,
                                 .641, .5 };

TEST(tissue_finds_the_truth_behind_exact_curves)
{
    Fit fit;
    const Law *law = load("tissue");
    if (!fitted(&fit, law, of_tissue, 0))
        return;
    for (int p = 0; p < law->nparam; p++) {
        test_note("%s", law->param[p].name);
        CHECK_NEAR(fit.theta[p], of_tissue[p], 1e-5);
    }
}

TEST(the_multi_power_law_finds_the_truth_behind_exact_curves)
{
    Fit fit;
    const Law *law = load("multi-power");
    if (!fitted(&fit, law, of_25m, 0))
        return;
    for (int p = 0; p < law->nparam; p++) {
        test_note("%s", law->param[p].name);
        CHECK_NEAR(fit.theta[p], of_25m[p], 1e-3);
    }
}

/* A wobble of .1 % on what is fitted; the held-out curve has another shape. */
TEST(a_schedule_that_was_not_fitted_is_foretold)
{
    Fit fit;
    const Law *tissue = load("tissue"), *mpl = load("multi-power");
    if (fitted(&fit, tissue, of_tissue, 1e-3))
        CHECK_BELOW(worst(tissue, fit.theta, of_tissue, stable_then_decay),
                    1e-3);
    if (fitted(&fit, mpl, of_25m, 1e-3))
        CHECK_BELOW(worst(mpl, fit.theta, of_25m, stable_then_decay), 2e-3);
}
