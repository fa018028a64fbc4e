/* test_fit_groups.c - laws with one set of parameters a group: more exponents
 * than a lattice could hold, and still the basin. */

#include "fit/search.h"

#include "tests/fit_world.h"

static Arena arena;

static const double truths[4][5] = {
    { 1.1, 60, 400, .42, .35 }, { 1.8, 480, 2100, .35, .37 },
    { .6, 20, 90, .25, .22 }, { 2.2, 3000, 300, .55, .28 },
};
static const char *const names[] = { "lstm", "gpt", "moe", "mamba" };

enum { EACH = 30 };

/* Runs of each group on a 6 x 5 grid of N and D, with their group's law. */
static Table runs_of(const Law *law, int groups, bool share, double noise)
{
    static const char *const columns[] = { "N", "D", "loss" };
    Table t = table_new(&arena, 3, columns, groups * EACH);
    double *code = NEW(&arena, double, t.nrow);
    for (i64 i = 0; i < t.nrow; i++) {
        const int g = (int)(i / EACH);
        const i64 k = i % EACH;
        double theta[5];
        memcpy(theta, truths[share ? 0 : g], sizeof theta);
        theta[3] = truths[g][3];
        theta[4] = truths[g][4];
        code[i] = g;
        t.column[0][i] = 1e6 * pow(3, (double)(k % 6)) * (1 + 0.1 * g);
        t.column[1][i] = 2e7 * pow(4, (double)(k / 6));
        t.column[2][i] = law_at(law, theta, t.column[0][i], t.column[1][i])
                       * exp(noise * rng_normal(1, RNG_TEST, (u64)i));
    }
    return law_group_columns(&arena, &t, code, names, groups);
}

static bool grouped(Fit *out, int groups, bool share, FitObjective objective,
                    double noise, i64 resamples, int threads)
{
    static const char *own_item[] = { "alpha", "beta" };
    const Law *one = world_law(&arena, "chinchilla"), *law = NULL;
    const TextList own = { .item = own_item, .count = 2 };
    const TextList all = { 0 };
    Err err = { 0 };
    if (!CHECK(law_group(&law, &arena, one, share ? &own : &all, names,
                         groups, &err)))
        return false;
    const Table t = runs_of(one, groups, share, noise);
    FitOptions o = fit_defaults();
    o.objective = objective;
    o.resamples = resamples;
    o.threads = threads;
    const bool ok = fit_law(out, &arena, law, &t, o, &err);
    test_note("%s", err.text);
    return CHECK(ok);
}

TEST(groups_that_share_nothing_are_found_each)
{
    for (int groups = 2; groups <= 3; groups++)
        for (int o = FIT_HUBER_LOG; o <= FIT_SQUARES; o++) {
            Fit f;
            if (!grouped(&f, groups, false, (FitObjective)o, 0, 0, 1))
                return;
            CHECK(f.law->nparam == 5 * groups);
            CHECK(f.certificate.starts >= 8);
            CHECK(f.certificate.agree == f.certificate.starts);
            CHECK_BELOW(f.certificate.gradient, 1e-6);
            for (int p = 0; p < f.law->nparam; p++) {
                test_note("%d groups, %s", groups, f.law->param[p].name);
                CHECK_NEAR(f.theta[p], truths[p % groups][p / groups], 1e-5);
            }
        }
}

/* With noise the law falls into its groups, so that each could be fitted by
 * itself: the objective is the sum of theirs. */
TEST(a_law_in_groups_reaches_the_sum_of_its_groups)
{
    enum { GROUPS = 4 };
    const Law *law = world_law(&arena, "chinchilla");
    Fit f;
    if (!grouped(&f, GROUPS, false, FIT_HUBER_LOG, 0.02, 0, 1))
        return;
    CHECK(f.certificate.agree == f.certificate.starts);
    CHECK(f.certificate.starts >= 12);
    const Table t = runs_of(law, GROUPS, false, 0.02);
    double sum = 0;
    for (int g = 0; g < GROUPS; g++) {
        bool *keep = NEW(&arena, bool, t.nrow);
        for (i64 i = 0; i < t.nrow; i++)
            keep[i] = i / EACH == g;
        const Table part = table_where(&arena, &t, keep);
        FitOptions o = fit_defaults();
        Err err = { 0 };
        Fit own;
        o.resamples = 0;
        if (!CHECK(fit_law(&own, &arena, law, &part, o, &err)))
            return;
        sum += own.objective;
    }
    CHECK_NEAR(f.objective, sum, 1e-7);
}

TEST(shared_and_own_parameters_come_back_with_intervals)
{
    Fit f, two;
    if (!grouped(&f, 3, true, FIT_SQUARES_LOG, 0.002, 60, 1)
        || !grouped(&two, 3, true, FIT_SQUARES_LOG, 0.002, 60, 2))
        return;
    CHECK(f.law->nparam == 9 && f.ndraw == 60);
    CHECK(memcmp(f.draw, two.draw, 60 * 9 * sizeof(double)) == 0);
    for (int g = 0; g < 3; g++)
        for (int e = 3; e < 5; e++) {
            const char *name = arena_print(&arena, "%s_%s",
                                           e == 3 ? "alpha" : "beta",
                                           names[g]);
            const int p = law_param(f.law, name);
            test_note("%s", name);
            if (!CHECK(p >= 0))
                return;
            CHECK_BELOW(fabs(f.theta[p] - truths[g][e]), 4 * f.se[p]);
            CHECK(f.low[p] < f.theta[p] && f.theta[p] < f.high[p]);
        }
}
