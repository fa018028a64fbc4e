/* test_fit_profile.c - profile intervals: exact where theory is, the same for
 * any number of threads, open where the runs do not say, and never above a
 * lower place that they come upon. */

#include "fit/search.h"

#include "tests/fit_world.h"

static Arena arena;

static const double truth[] = { 1.1, 60, 400, 0.42, 0.35 };

static const Law *parsed(const char *text)
{
    Err err = { 0 };
    const Law *law = NULL;
    const bool ok = law_parse(&law, &arena, text, "test.law", &err);
    test_note("%s", err.text);
    CHECK(ok);
    return law;
}

static bool profiled(Fit *out, const Law *law, const Table *t,
                     FitObjective objective, int threads)
{
    Err err = { 0 };
    FitOptions o = fit_defaults();
    o.objective = objective;
    o.resamples = 0;
    o.profile = true;
    o.threads = threads;
    const bool ok = fit_law(out, &arena, law, t, o, &err);
    test_note("%s", err.text);
    return CHECK(ok);
}

/* Student's t, from tables. */
TEST(quantiles_of_student_are_those_of_the_tables)
{
    CHECK_NEAR(profile_student(0.975, 5), 2.5706, 2e-3);
    CHECK_NEAR(profile_student(0.975, 10), 2.2281, 2e-4);
    CHECK_NEAR(profile_student(0.975, 30), 2.0423, 3e-5);
    CHECK_NEAR(profile_student(0.95, 235), 1.65136, 1e-5);
    CHECK_NEAR(profile_student(0.975, 1e9), 1.959964, 1e-6);
}

/* y = a + b x by least squares: Student's interval, to the digit. */
TEST(profiles_of_a_line_are_students_intervals)
{
    enum { ROWS = 20 };
    const Law *law = parsed("name = \"line\"\nformula = \"y = a + b*x\"\n"
                            "[param.a]\nfrom = -5\nto = 5\n"
                            "[param.b]\nfrom = -5\nto = 5\n");
    static const char *const names[] = { "x", "y" };
    Table t = table_new(&arena, 2, names, ROWS);
    double mean = 0, square = 0;
    for (i64 i = 0; i < ROWS; i++) {
        t.column[0][i] = 1 + 0.3 * (double)i;
        t.column[1][i] = 2 - 0.7 * t.column[0][i]
                       + 0.2 * rng_normal(4, RNG_TEST, (u64)i);
        mean += t.column[0][i] / ROWS;
    }
    for (i64 i = 0; i < ROWS; i++)
        square += pow(t.column[0][i] - mean, 2);
    Fit f;
    if (!profiled(&f, law, &t, FIT_SQUARES, 1))
        return;
    const double variance = f.objective / (ROWS - 2);
    const double se[] = {
        sqrt(variance * (1.0 / ROWS + mean * mean / square)),
        sqrt(variance / square),
    };
    const double by = profile_student(0.975, ROWS - 2);
    for (int p = 0; p < 2; p++) {
        test_note("%s", law->param[p].name);
        CHECK_NEAR(f.profile_low[p], f.theta[p] - by * se[p], 1e-4);
        CHECK_NEAR(f.profile_high[p], f.theta[p] + by * se[p], 1e-4);
        CHECK(!f.certificate.profile_open[p]);
    }
    CHECK_NEAR(f.profile_threshold, by * by, 1e-12);
}

/* At the ends of an interval, and nowhere within, the curve is at the
 * threshold; elsewhere the objective's rise is what the curve says. */
TEST(curves_are_the_objective_with_all_others_fitted)
{
    const Table t = world_study(&arena, truth, 5, 5, 0.003, 2);
    Fit f;
    if (!profiled(&f, world_law(&arena, "chinchilla"), &t, FIT_SQUARES_LOG, 1))
        return;
    CHECK(f.nprofile == 5);
    for (int p = 0; p < 5; p++) {
        const FitProfileCurve *c = &f.profile[p];
        test_note("%s", f.law->param[p].name);
        CHECK(c->param == p && c->n >= 5);
        CHECK(f.profile_low[p] < f.theta[p] && f.theta[p] < f.profile_high[p]);
        int met = 0;
        for (i64 i = 0; i < c->n; i++) {
            const bool within = c->x[i] > f.profile_low[p] * (1 + 1e-9)
                             && c->x[i] < f.profile_high[p] * (1 - 1e-9);
            CHECK(i == 0 || c->x[i] >= c->x[i - 1]);
            CHECK(!within || c->rise[i] < f.profile_threshold * 1.0003);
            met += fabs(c->rise[i] / f.profile_threshold - 1) < 3e-4;
        }
        CHECK(met >= 2);
    }
    /* alpha pinned as a law of its own, at its upper end. */
    const Law *pinned = NULL;
    Err err = { 0 };
    Fit g;
    FitOptions o = fit_defaults();
    o.objective = FIT_SQUARES_LOG;
    o.resamples = 0;
    if (!CHECK(law_pin(&pinned, &arena, f.law, "alpha", f.profile_high[3],
                       &err))
        || !CHECK(fit_law(&g, &arena, pinned, &t, o, &err)))
        return;
    const double scale = f.objective / (double)(t.nrow - 5);
    CHECK_NEAR((g.objective - f.objective) / scale, f.profile_threshold, 1e-3);
}

TEST(profiles_are_the_same_on_any_number_of_threads)
{
    const Table t = world_study(&arena, truth, 5, 5, 0.003, 2);
    Fit one, two;
    if (!profiled(&one, world_law(&arena, "chinchilla"), &t, FIT_HUBER_LOG, 1)
        || !profiled(&two, world_law(&arena, "chinchilla"), &t, FIT_HUBER_LOG,
                     2))
        return;
    CHECK(memcmp(one.profile_low, two.profile_low, 5 * sizeof(double)) == 0);
    CHECK(memcmp(one.profile_high, two.profile_high, 5 * sizeof(double)) == 0);
}

/* Profiles of the 240 points lie where the published draws do: E 1.769-1.871,
 * alpha .317-.373, beta .331-.415 (README of the points), each end within 40 %
 * of the width. */
TEST(profiles_of_the_240_points_are_near_the_published_intervals)
{
    static const struct { int param; double low, high; } rows[] = {
        { 0, 1.769, 1.871 }, { 3, .317, .373 }, { 4, .331, .415 },
    };
    const Table t = world_points(&arena, false);
    Fit f;
    if (!profiled(&f, world_law(&arena, "chinchilla"), &t, FIT_HUBER_LOG, 1))
        return;
    for (int i = 0; i < COUNT_OF(rows); i++) {
        const int p = rows[i].param;
        const double width = rows[i].high - rows[i].low;
        test_note("%s", f.law->param[p].name);
        CHECK_BELOW(fabs(f.profile_low[p] - rows[i].low), 0.4 * width);
        CHECK_BELOW(fabs(f.profile_high[p] - rows[i].high), 0.4 * width);
    }
}

/* A floor that cannot be told from 0: the interval goes down to the bound, and
 * the certificate says so. Its upper end is there. */
TEST(a_side_that_never_rises_is_open_and_said_to_be)
{
    const double no_floor[] = { 0.05, 30, 200, 0.25, 0.22 };
    const Table t = world_study(&arena, no_floor, 5, 5, 0.01, 3);
    Fit f;
    if (!profiled(&f, world_law(&arena, "chinchilla"), &t, FIT_SQUARES_LOG, 1))
        return;
    CHECK(f.profile_low[0] == 0);
    CHECK(f.profile_high[0] > f.theta[0] && f.profile_high[0] < 5);
    CHECK(f.certificate.profile_open[0]);
    CHECK_HAS(f.certificate.words, "the profile of E");
    CHECK_HAS(f.certificate.words, "open");
}

/* The fit is put where it is not lowest; the walks come upon what is. */
TEST(a_lower_place_on_the_way_is_reported)
{
    const Table t = world_study(&arena, truth, 5, 5, 0.003, 2);
    const Law *law = world_law(&arena, "chinchilla");
    double *column[2] = { table_column(&t, "N"), table_column(&t, "D") };
    FitOptions o = fit_defaults();
    Fit f;
    o.objective = FIT_SQUARES_LOG;
    if (!profiled(&f, law, &t, FIT_SQUARES_LOG, 1))
        return;
    const Problem p = problem_new(&arena, law, column,
                                  table_column(&t, "loss"), t.nrow, &o);
    Fit off = f;
    off.theta[3] *= 1.02;
    Scratch s = scratch_new(&arena, &p);
    off.objective = objective(NULL, NULL, NULL, &p, off.theta, &s);
    CHECK(off.objective > f.objective);
    CHECK(!fit_profile(&off, &arena, &p));
    CHECK_NEAR(polish(&p, off.theta, &s).objective, f.objective, 1e-10);
    Fit right = f;
    CHECK(fit_profile(&right, &arena, &p));
}
