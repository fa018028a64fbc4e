/* test_fit_resample.c - draws: what is drawn, that each is a whole refit, that
 * threads change no bit, and that standard errors are what theory says. */

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

static bool fitted(Fit *out, const Law *law, const Table *t, FitOptions o)
{
    Err err = { 0 };
    const bool ok = fit_law(out, &arena, law, t, o, &err);
    test_note("%s", err.text);
    return CHECK(ok);
}

/* A study whose runs come in trunks of five, named by texts; one trunk in three
 * is off by 2 %. */
static Table trunks(void)
{
    Table t = world_study(&arena, truth, 6, 5, 0.003, 2);
    const char **name = NEW(&arena, const char *, t.nrow);
    for (i64 i = 0; i < t.nrow; i++) {
        const i64 trunk = i / 5 + i % 2;
        name[i] = arena_print(&arena, "trunk %lld", (long long)trunk);
        t.column[3][i] *= 1 + 0.02 * rng_normal(5, RNG_TEST, (u64)trunk);
    }
    table_add_text(&t, &arena, "trunk", name);
    return t;
}

static bool same_draws(const Fit *a, const Fit *b)
{
    return a->ndraw == b->ndraw
        && memcmp(a->draw, b->draw, (size_t)(a->ndraw * a->law->nparam)
                                        * sizeof *a->draw) == 0;
}

TEST(all_ways_of_drawing_give_the_same_bits_on_any_number_of_threads)
{
    const Table t = trunks();
    const Law *law = world_law(&arena, "chinchilla");
    Fit kept[4];
    for (int k = FIT_RESAMPLE_AUTO; k <= FIT_RESAMPLE_WILD; k++) {
        FitOptions o = fit_defaults();
        Fit two;
        o.resamples = 40;
        o.resample = (FitResample)k;
        o.cluster = "trunk";
        if (!fitted(&kept[k], law, &t, o))
            return;
        o.threads = 2;
        if (!fitted(&two, law, &t, o))
            return;
        test_note("way %d", k);
        CHECK(kept[k].ndraw == 40);
        CHECK(same_draws(&kept[k], &two));
    }
    CHECK(same_draws(&kept[FIT_RESAMPLE_AUTO], &kept[FIT_RESAMPLE_CLUSTERS]));
    CHECK(!same_draws(&kept[FIT_RESAMPLE_RUNS], &kept[FIT_RESAMPLE_CLUSTERS]));
    CHECK(!same_draws(&kept[FIT_RESAMPLE_WILD], &kept[FIT_RESAMPLE_CLUSTERS]));
}

/* ---- y = c: what theory says exactly ----------------------------------- */

enum { ROWS = 40 };

static Table line(bool clusters)
{
    static const char *const names[] = { "x", "y", "cluster" };
    Table t = table_new(&arena, clusters ? 3 : 2, names, ROWS);
    for (i64 i = 0; i < ROWS; i++) {
        t.column[0][i] = (double)(i + 1);
        t.column[1][i] = 5 + rng_normal(9, RNG_TEST, (u64)i)
                       + (clusters ? 2 * rng_normal(9, RNG_TEST,
                                                    (u64)(1000 + i / 4)) : 0);
        if (clusters)
            t.column[2][i] = (double)(100 - i / 4);
    }
    return t;
}

static const Law *constant_law(void)
{
    return parsed("name = \"constant\"\nformula = \"y = c + 0*x\"\n"
                  "[param.c]\nfrom = 1\nto = 20\nlow = 0\n");
}

static double sd_of(const Fit *f, int param)
{
    const int n = f->law->nparam;
    double mean = 0, square = 0;
    for (i64 r = 0; r < f->ndraw; r++)
        mean += f->draw[r * n + param] / (double)f->ndraw;
    for (i64 r = 0; r < f->ndraw; r++)
        square += pow(f->draw[r * n + param] - mean, 2) / (double)f->ndraw;
    return sqrt(square);
}

/* The mean's variance is the sum of the clusters' squared residual sums over
 * n^2; wild draws take each as it would be had its cluster been left out. */
TEST(errors_and_draws_of_a_mean_are_those_of_theory)
{
    for (int clusters = 0; clusters < 2; clusters++) {
        const Table t = line(clusters);
        const int size = clusters ? 4 : 1, n = ROWS;
        FitOptions o = fit_defaults();
        Fit f;
        o.objective = FIT_SQUARES;
        o.resamples = 4000;
        o.resample = FIT_RESAMPLE_WILD;
        if (!fitted(&f, constant_law(), &t, o))
            return;
        double sum = 0;
        for (int u = 0; u < n / size; u++) {
            double of_unit = 0;
            for (int i = u * size; i < (u + 1) * size; i++)
                of_unit += t.column[1][i] - f.theta[0];
            sum += of_unit * of_unit / (n * n);
        }
        const double g = (double)n / size;
        test_note("clusters of %d", size);
        CHECK_NEAR(f.se[0], sqrt(sum * g / (g - 1)), 1e-9);
        CHECK_NEAR(sd_of(&f, 0), sqrt(sum) * n / (n - size), 0.04);
        o.resample = FIT_RESAMPLE_AUTO;
        if (fitted(&f, constant_law(), &t, o))
            CHECK_NEAR(sd_of(&f, 0), sqrt(sum), 0.04);
    }
}

/* A weighted mean has the variance sum w^2 e^2 / (sum w)^2, and a mean of
 * logarithms the same for e = ln y - ln m. */
TEST(draws_of_weighted_rows_and_of_logarithms_are_those_of_theory)
{
    static const FitResample ways[] = { FIT_RESAMPLE_RUNS, FIT_RESAMPLE_WILD };
    Table t = line(false);
    double *weight = NEW(&arena, double, ROWS);
    for (i64 i = 0; i < ROWS; i++)
        weight[i] = i % 2 ? 5 : 0.5;
    table_add(&t, &arena, "w", weight);
    for (int k = 0; k < 4; k++) {
        FitOptions o = fit_defaults();
        Fit f;
        o.objective = k < 2 ? FIT_SQUARES : FIT_SQUARES_LOG;
        o.resamples = 3000;
        o.resample = ways[k % 2];
        o.weight = "w";
        if (!fitted(&f, constant_law(), &t, o))
            return;
        const double *y = table_column(&t, "y");
        double sum = 0, total = 0;
        for (i64 i = 0; i < ROWS; i++) {
            const double e = k < 2 ? y[i] - f.theta[0]
                                   : f.theta[0] * log(y[i] / f.theta[0]);
            sum += weight[i] * weight[i] * e * e;
            total += weight[i];
        }
        test_note("%s, way %d", fit_objective_name(o.objective), k % 2);
        /* 5 % for drawing weights, and for residuals without their own row */
        CHECK_NEAR(sd_of(&f, 0), sqrt(sum) / total, 0.07);
    }
}

/* README of the points: SE of 4000 bootstraps; the sandwich should be of their
 * size, its density estimate being good to some 30 %. */
TEST(standard_errors_without_draws_are_near_those_of_draws)
{
    const Table t = world_points(&arena, false);
    for (int k = FIT_HUBER_LOG; k <= FIT_QUANTILE; k++) {
        FitOptions o = fit_defaults();
        Fit f;
        o.objective = (FitObjective)k;
        o.resamples = 300;
        if (!fitted(&f, world_law(&arena, "chinchilla"), &t, o))
            return;
        CHECK(f.ndraw >= 294);
        for (int p = 0; p < 5; p++) {
            test_note("%s, %s", fit_objective_name(o.objective),
                      f.law->param[p].name);
            if (p != 2) /* B's draws have a heavy tail */
                CHECK_NEAR(f.se[p], sd_of(&f, p), 0.35);
        }
    }
}

/* ---- a replicate is a whole refit -------------------------------------- */

/* Two bumps of nearly one height, each of three rows and two that decide: which
 * is higher depends on what is drawn. A replicate that only went down from the
 * fit would stay at the fit's bump for ever. */
TEST(a_replicate_finds_the_other_basin_when_its_rows_speak_for_it)
{
    const Law *law = parsed("name = \"bump\"\n"
        "formula = \"y = 1 + A*exp(-(x - m)^2/8)\"\n"
        "[param.A]\nfrom = 0.1\nto = 9\nlow = 0\n"
        "[param.m]\nfrom = 1\nto = 90\nlow = 0\n");
    static const char *const names[] = { "x", "y" };
    Table t = table_new(&arena, 2, names, 91);
    for (i64 i = 0; i < t.nrow; i++) {
        const double x = 1 + (double)i;
        t.column[0][i] = x;
        t.column[1][i] = 1 + 2.9 * exp(-(x - 20) * (x - 20) / 8)
                       + 3 * exp(-(x - 70) * (x - 70) / 8);
    }
    for (int k = FIT_HUBER_LOG; k <= FIT_SQUARES; k++) {
        FitOptions o = fit_defaults();
        Fit f;
        o.objective = (FitObjective)k;
        o.delta = 10;
        o.resamples = 200;
        if (!fitted(&f, law, &t, o))
            return;
        int here = 0, there = 0;
        for (i64 r = 0; r < f.ndraw; r++) {
            here += fabs(f.draw[2 * r + 1] - 70) < 5;
            there += fabs(f.draw[2 * r + 1] - 20) < 5;
        }
        test_note("%s: %d of %d at 70, %d at 20",
                  fit_objective_name(o.objective), here, (int)f.ndraw, there);
        CHECK_NEAR(f.theta[1], 70, 0.01);
        CHECK(here + there >= f.ndraw - 4);
        CHECK(here > 60 && there > 20);
    }
}

/* The road of replicates against a search with the fine lattice and twelve
 * starts, all polished to the end. */
TEST(replicates_reach_what_a_thorough_search_reaches)
{
    enum { DRAWS = 100 }; /* draw 94 has a small hollow beside its least */
    const Table t = world_points(&arena, true);
    const Law *law = world_law(&arena, "chinchilla");
    double *column[2] = { table_column(&t, "N"), table_column(&t, "D") };
    double *weight = NEW(&arena, double, t.nrow);
    FitOptions o = fit_defaults();
    Fit f;
    o.resamples = DRAWS;
    if (!fitted(&f, law, &t, o) || !CHECK(f.ndraw == DRAWS))
        return;
    Problem p = problem_new(&arena, law, column, table_column(&t, "loss"),
                            t.nrow, &o);
    Search search;
    search_new(&search, &arena, &p, false);
    SearchSpace space = search_space(&arena, &search);
    p.weight = weight;
    for (i64 r = 0; r < DRAWS; r++) {
        memset(weight, 0, (size_t)t.nrow * sizeof *weight);
        for (i64 i = 0; i < t.nrow; i++)
            weight[rng_below(o.seed, RNG_BOOTSTRAP, (u64)(r * t.nrow + i),
                             t.nrow)] += 1;
        const Refit thorough = refit(&search, &p, 12, &space);
        const double seen = objective(NULL, NULL, NULL, &p, f.draw + 5 * r,
                                      &space.whole);
        test_note("draw %d", (int)r);
        CHECK(seen <= thorough.best.objective * (1 + 1e-7));
    }
}

/* ---- many rows --------------------------------------------------------- */

TEST(a_hundred_thousand_rows_are_fitted_to_the_end_and_threads_change_no_bit)
{
    enum { MANY = 100000 };
    static const char *const names[] = { "N", "D", "loss" };
    const Law *law = world_law(&arena, "chinchilla");
    Table t = table_new(&arena, 3, names, MANY);
    for (i64 i = 0; i < MANY; i++) {
        const u64 at = 3 * (u64)i;
        t.column[0][i] = 1e6 * pow(1e3, rng_unit(3, RNG_TEST, at));
        t.column[1][i] = 2e7 * pow(1e3, rng_unit(3, RNG_TEST, at + 1));
        t.column[2][i] = law_at(law, truth, t.column[0][i], t.column[1][i])
                       * exp(0.01 * rng_normal(3, RNG_TEST, at + 2));
    }
    FitOptions o = fit_defaults();
    Fit one, two;
    o.resamples = 0;
    if (!fitted(&one, law, &t, o))
        return;
    o.threads = 2;
    if (!fitted(&two, law, &t, o))
        return;
    CHECK(memcmp(one.theta, two.theta, 5 * sizeof(double)) == 0);
    CHECK_BELOW(one.certificate.gradient, 1e-9);
    CHECK(one.certificate.agree == one.certificate.starts);
    for (int p = 0; p < 5; p++) {
        test_note("%s", law->param[p].name);
        CHECK_BELOW(fabs(one.theta[p] - truth[p]), 4 * one.se[p]);
        CHECK_BELOW(one.se[p] / truth[p], 0.05);
    }
}
