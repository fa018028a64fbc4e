/* test_fit_predict.c - the interval of a new run holds new runs as often as it
 * says. */

#include "fit/fit.h"

#include "tests/fit_world.h"

static Arena arena;
static const double truth[] = { 1.1, 60, 400, 0.42, 0.35 };
static const double NOISE = 0.004;

enum { STUDIES = 40, NEW_RUNS = 25, RESAMPLES = 100 };

static bool fitted(Fit *out, Arena *where, const Table *t,
                   FitObjective objective)
{
    Err err = { 0 };
    FitOptions o = fit_defaults();
    o.objective = objective;
    o.resamples = RESAMPLES;
    const bool ok = fit_law(out, where, world_law(where, "chinchilla"), t, o,
                            &err);
    if (!ok)
        test_note("%s", err.text);
    return CHECK(ok);
}

/* Share of new runs inside, by the interval of a run (or of the law). The new
 * runs lie within the study and up to three times beyond it. */
static double coverage(FitObjective objective, int budgets, int sizes,
                       bool of_run)
{
    i64 inside = 0, count = 0;
    for (u64 study = 1; study <= STUDIES; study++) {
        Arena own = { 0 };
        const Table t = world_study(&own, truth, budgets, sizes, NOISE, study);
        Fit f;
        if (!fitted(&f, &own, &t, objective))
            return NAN;
        for (u64 i = 0; i < NEW_RUNS; i++) {
            const u64 at = study * 1000 + i;
            const double n = 1e4 * pow(100, rng_unit(5, RNG_TEST, at));
            const double c = 1e12 * pow(3, budgets
                                           * rng_unit(6, RNG_TEST, at));
            const double column[] = { n, c / 6 / n };
            const double seen = law_at(f.law, truth, n, c / 6 / n)
                              * exp(NOISE * rng_normal(7, RNG_TEST, at));
            const Interval x = of_run ? fit_predict_run(&f, column)
                                      : fit_predict(&f, column);
            inside += seen >= x.low && seen <= x.high;
            count++;
        }
        arena_free(&own);
    }
    return (double)inside / (double)count;
}

/* 1000 new runs at 40 studies: were they independent, the share would be known
 * to 0.7 points; runs of one study share its fit, so take 1.5. Two of those
 * about 95 are 92 to 98. */
TEST(new_runs_fall_within_their_interval_as_often_as_it_says)
{
    const double squares = coverage(FIT_SQUARES_LOG, 5, 5, true);
    test_note("squares, 25 runs: %.1f %%", 100 * squares);
    CHECK(squares >= 0.92 && squares <= 0.98);
    const double huber = coverage(FIT_HUBER_LOG, 6, 7, true);
    test_note("Huber, 42 runs: %.1f %%", 100 * huber);
    CHECK(huber >= 0.92 && huber <= 0.98);
}

/* The law's own interval is not for runs: it holds far fewer. */
TEST(the_laws_interval_is_no_interval_of_a_run)
{
    CHECK_BELOW(coverage(FIT_SQUARES_LOG, 6, 7, false), 0.85);
}

TEST(without_draws_or_residuals_there_is_no_interval)
{
    const Table t = world_study(&arena, truth, 5, 5, NOISE, 1);
    const double column[] = { 1e5, 1e7 };
    Fit f;
    if (!fitted(&f, &arena, &t, FIT_SQUARES))
        return;
    const Interval x = fit_predict_run(&f, column);
    CHECK(x.low < x.value && x.value < x.high);
    CHECK_NEAR(x.value, law_at(f.law, f.theta, 1e5, 1e7), 1e-14);
    const i64 draws = f.ndraw;
    f.ndraw = 0;
    CHECK(isnan(fit_predict_run(&f, column).low));
    f.ndraw = draws;
    f.nresidual = 0;
    CHECK(isnan(fit_predict_run(&f, column).high));
}

/* Runs that all but lie on the law. */
TEST(runs_without_scatter_give_a_narrow_interval)
{
    const Table t = world_study(&arena, truth, 5, 5, 1e-7, 1);
    const double column[] = { 1e5, 1e7 };
    Fit f;
    if (!fitted(&f, &arena, &t, FIT_SQUARES))
        return;
    const Interval x = fit_predict_run(&f, column);
    CHECK(isfinite(x.low) && isfinite(x.high));
    CHECK_BELOW(x.high / x.low - 1, 1e-5);
}
