/* test_fit_holdout.c - what hold-out promises: nothing of a held run reaches the
 * fit, whole budgets are left out, errors are what they are called. */

#include "fit/holdout.h"

#include "tests/fit_world.h"

static Arena arena;
static const double truth[] = { 1.1, 60, 400, 0.42, 0.35 };

static FitOptions quick(i64 resamples)
{
    FitOptions o = fit_defaults();
    o.resamples = resamples;
    return o;
}

static bool largest(Holdout *out, const Table *t, double share, i64 resamples)
{
    Err err = { 0 };
    const bool ok = holdout_largest(out, &arena,
                                    world_law(&arena, "chinchilla"), t, share,
                                    quick(resamples), &err);
    if (!ok)
        test_note("%s", err.text);
    return CHECK(ok);
}

TEST(without_noise_the_largest_are_foretold_exactly)
{
    const Table t = world_study(&arena, truth, 6, 5, 0, 1);
    Holdout h;
    if (!largest(&h, &t, 0.2, 0))
        return;
    CHECK(!h.refused && h.nfit == 25 && h.nheld == 5);
    CHECK_NEAR(h.extrapolation, 3, 1e-9);
    CHECK_BELOW(h.rms, 1e-6);
    CHECK_BELOW(fabs(h.worst), 1e-6);
    CHECK(isnan(h.inside));
    CHECK_TEXT(h.rule, "the largest 20 % by C");
}

/* Ten runs a budget: a fifth is 12 of 60 and begins within a budget, whose
 * nearer edge is at 10; 3 in ten are 18, nearer to 20. */
TEST(a_budget_is_held_out_whole)
{
    Table t = world_study(&arena, truth, 6, 10, 0.002, 1);
    for (i64 i = 0; i < t.nrow; i++) /* budgets are met to a per cent */
        t.column[2][i] *= 1 + 0.01 * sin((double)(7 * i));
    Holdout h;
    if (largest(&h, &t, 0.3, 0))
        CHECK(h.nheld == 20 && h.nfit == 40);
    if (largest(&h, &t, 0.2, 0))
        CHECK(h.nheld == 10 && h.nfit == 50);
    if (largest(&h, &t, 0.05, 0))
        CHECK(h.nheld == 10 && h.nfit == 50);
}

/* Half of 30 runs begins one run into a budget of twelve: its nearer edge would
 * hold out 16. */
TEST(no_more_than_half_is_held_out_where_less_will_do)
{
    Table t = world_study(&arena, truth, 6, 5, 0.002, 1);
    for (i64 i = 0; i < 30; i++)
        t.column[2][i] = i < 14 ? 1e12 + (double)i : i < 26 ? 1e13 : 1e14;
    Holdout h;
    if (largest(&h, &t, 0.5, 0))
        CHECK(h.nheld == 4 && h.nfit == 26);
}

/* The held losses times 1.1: predictions stay, errors become (1+e)/1.1 - 1. */
TEST(held_losses_never_reach_the_fit)
{
    Table t = world_study(&arena, truth, 6, 5, 0.003, 2);
    Holdout h, bent;
    if (!largest(&h, &t, 0.2, 0))
        return;
    for (i64 i = 25; i < 30; i++)
        t.column[3][i] *= 1.1;
    if (!largest(&bent, &t, 0.2, 0))
        return;
    CHECK_NEAR(bent.error, (1 + h.error) / 1.1 - 1, 1e-9);
}

/* By hand: one held run 4 % above the law, four on it. */
TEST(errors_are_relative_and_signed)
{
    Table t = world_study(&arena, truth, 6, 5, 0, 1);
    t.column[3][27] *= 1.04;
    Holdout h;
    if (!largest(&h, &t, 0.2, 0))
        return;
    const double e = 1 / 1.04 - 1;
    CHECK_NEAR(h.error, e / 5, 1e-5);
    CHECK_NEAR(h.rms, fabs(e) / sqrt(5), 1e-5);
    CHECK_NEAR(h.worst, e, 1e-5);
}

TEST(the_share_within_the_interval_of_a_new_run_is_counted)
{
    Table t = world_study(&arena, truth, 6, 7, 0.004, 3);
    Holdout h;
    if (!largest(&h, &t, 0.15, 120))
        return;
    CHECK(h.nheld == 7 && h.inside >= 5.0 / 7);
    for (i64 i = 35; i < 42; i++)
        t.column[3][i] *= i < 38 ? 1 : 1.2;
    if (largest(&h, &t, 0.15, 120))
        CHECK(h.inside <= 3.0 / 7 && h.inside > 0);
}

TEST(what_cannot_be_fitted_without_them_is_a_finding)
{
    const Table t = world_study(&arena, truth, 2, 6, 0.002, 1);
    Holdout h;
    if (!largest(&h, &t, 0.2, 0))
        return;
    CHECK(h.refused && isnan(h.rms) && isnan(h.error));
    CHECK_HAS(h.words, "6 runs for the 5 parameters");
}

TEST(a_share_that_is_none_and_a_missing_column_are_failures)
{
    Table t = world_study(&arena, truth, 6, 5, 0, 1);
    Holdout h;
    Err err = { 0 };
    const Law *law = world_law(&arena, "chinchilla");
    CHECK(!holdout_largest(&h, &arena, law, &t, 1.5, quick(0), &err));
    CHECK(err.kind == ERR_USAGE);
    t.name[1] = "tokens";
    CHECK(!holdout_largest(&h, &arena, law, &t, 0.2, quick(0), &err));
    CHECK_HAS(err.text, "no column 'D'");
}

/* Without a column C compute is 6 N D; a law of one column goes by that. */
TEST(the_largest_are_the_largest_by_compute)
{
    Table t = world_study(&arena, truth, 6, 5, 0, 1);
    Holdout h;
    t.name[2] = "other";
    if (largest(&h, &t, 0.2, 0)) {
        CHECK_TEXT(h.rule, "the largest 20 % by 6 N D");
        CHECK(h.nheld == 5);
        CHECK_NEAR(h.extrapolation, 3, 1e-9);
    }
    static const char *const names[] = { "N", "loss" };
    Table one = table_new(&arena, 2, names, 10);
    Err err = { 0 };
    for (i64 i = 0; i < 10; i++) {
        one.column[0][i] = 1e6 * pow(2, (double)i);
        one.column[1][i] = 10 * pow(one.column[0][i], -0.1);
    }
    CHECK(holdout_largest(&h, &arena, world_law(&arena, "kaplan-n"), &one, 0.2,
                          quick(0), &err));
    CHECK_TEXT(h.rule, "the largest 20 % by N");
    CHECK(h.nheld == 2);
    CHECK_NEAR(h.extrapolation, 4, 1e-12);
}

/* The largest sizes are not the largest computes: other rows are held out. */
TEST(size_and_data_are_held_out_in_their_turn)
{
    const Table t = world_study(&arena, truth, 6, 5, 0, 1);
    const Law *law = world_law(&arena, "chinchilla");
    static const char *const names[] = { "C", "N", "D" };
    double held_most[3] = { 0 };
    for (int k = 0; k < 3; k++) {
        Holdout h;
        Err err = { 0 };
        test_note("by %s", names[k]);
        if (!CHECK(holdout_largest_by(&h, &arena, law, &t, names[k], 0.2,
                                      quick(0), &err)))
            return;
        CHECK(h.nheld >= 5 && h.nheld <= 7 && !h.refused);
        CHECK_TEXT(h.by, names[k]);
        CHECK_BELOW(h.rms, 1e-5);
        held_most[k] = h.extrapolation;
    }
    /* N of the largest run over that of the largest fitted one, by hand. */
    double sorted[30];
    for (int i = 0; i < 30; i++) {
        sorted[i] = t.column[0][i];
        for (int j = i; j > 0 && sorted[j] < sorted[j - 1]; j--) {
            const double other = sorted[j];
            sorted[j] = sorted[j - 1];
            sorted[j - 1] = other;
        }
    }
    CHECK_NEAR(held_most[1], sorted[29] / sorted[23], 1e-9);
    CHECK_NEAR(held_most[0], 3, 1e-9);
    Holdout none;
    Err err = { 0 };
    CHECK(!holdout_largest_by(&none, &arena, law, &t, "lr", 0.2, quick(0),
                              &err));
    CHECK_HAS(err.text, "no column 'lr'");
}

/* ---- windows ----------------------------------------------------------- */

TEST(each_budget_is_foretold_from_all_below)
{
    const Table t = world_study(&arena, truth, 6, 5, 0, 1);
    Holdout *w;
    i64 count;
    Err err = { 0 };
    if (!CHECK(holdout_windows(&w, &count, &arena,
                               world_law(&arena, "chinchilla"), &t, quick(0),
                               &err)))
        return;
    CHECK(count == 5);
    for (i64 i = 0; i < count; i++) {
        test_note("window %lld", (long long)i);
        CHECK(w[i].nfit == 5 * (i + 1) && w[i].nheld == 5);
        CHECK(w[i].refused == (i == 0)); /* 5 runs for 5 parameters */
        CHECK_NEAR(w[i].extrapolation, 3, 1e-9);
        if (i > 1)
            CHECK_BELOW(w[i].rms, 1e-5);
    }
    CHECK_TEXT(w[4].rule, "C 2.43e+14");
}

/* Compute without steps: no more than a dozen windows, all runs but those of
 * the first in one of them. */
TEST(scattered_compute_is_put_into_few_windows)
{
    const Table t = world_points(&arena, false);
    Holdout *w;
    i64 count, held = 0;
    Err err = { 0 };
    if (!CHECK(holdout_windows(&w, &count, &arena,
                               world_law(&arena, "chinchilla"), &t, quick(0),
                               &err)))
        return;
    CHECK(count >= 5 && count <= 12);
    for (i64 i = 0; i < count; i++) {
        held += w[i].nheld;
        CHECK(!w[i].refused && w[i].nheld >= 20);
        CHECK_BELOW(w[i].rms, 0.03);
    }
    CHECK(held + w[0].nfit == 240);
}

/* What peers found on the same points: 1 to 2 % (fact 4). */
TEST(the_largest_fifth_of_the_240_points_is_foretold_within_two_per_cent)
{
    const Table t = world_points(&arena, false);
    Holdout h;
    if (!largest(&h, &t, 0.2, 0))
        return;
    CHECK_BELOW(h.rms, 0.02);
    CHECK(h.rms > 0.004);
    CHECK(h.nheld >= 48 && h.nheld < 60);
}
