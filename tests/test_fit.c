/* test_fit.c - what a fit promises: published minima are reached, known truths
 * come back, what cannot be answered is refused, and the same seed gives the
 * same draws for any number of threads. */

#include "fit/fit.h"

#include "base/file.h"
#include "tests/fit_world.h"

static Arena arena;

static bool fit(Fit *out, const Law *law, const Table *runs,
                FitObjective objective, i64 resamples)
{
    Err err = { 0 };
    FitOptions o = fit_defaults();
    o.objective = objective;
    o.resamples = resamples;
    const bool ok = fit_law(out, &arena, law, runs, o, &err);
    if (!ok)
        test_note("%s", err.text);
    return CHECK(ok);
}

static void check_theta(const Fit *fit, const double *want, double relative)
{
    for (int i = 0; i < fit->law->nparam; i++) {
        test_note("%s", fit->law->param[i].name);
        CHECK_NEAR(fit->theta[i], want[i], relative);
    }
}

/* ---- published minima -------------------------------------------------- */

/* The minimum as verified in data/chinchilla_points/README.md. */
TEST(huber_on_the_240_points_reaches_the_true_minimum)
{
    static const double want[] = { 1.81721810, 477.82587, 2143.4174,
                                   .34731050, .36717243 };
    const Table t = world_points(&arena, false);
    Fit f;
    CHECK(t.nrow == 240);
    if (!fit(&f, world_law(&arena, "chinchilla"), &t, FIT_HUBER_LOG, 0))
        return;
    CHECK_NEAR(f.objective, 1.0182740178e-3, 1e-9);
    check_theta(&f, want, 1e-7);
    CHECK_BELOW(f.certificate.gradient, 1e-9);
    CHECK(f.certificate.agree == f.certificate.starts);
    CHECK(f.certificate.starts >= 4);
}

TEST(least_squares_on_the_240_points_reaches_its_minimum)
{
    static const double want[] = { 1.882814, 567.805, 7581.85, .357615,
                                   .427621 };
    const Table t = world_points(&arena, false);
    Fit f;
    if (!fit(&f, world_law(&arena, "chinchilla"), &t, FIT_SQUARES, 0))
        return;
    CHECK_NEAR(f.objective, 0.0832038, 1e-6);
    check_theta(&f, want, 3e-6);
    CHECK(f.certificate.agree == f.certificate.starts);
}

/* delta 1e-4, 1e-2 and 1 (squares of ln L), and the outliers kept. */
TEST(other_deltas_and_all_245_points_reach_theirs)
{
    static const struct {
        bool outliers;
        double delta, want[5], digits;
    } rows[] = {
        { false, 1e-4, { 1.81582, 478.69, 2065.4, .34741, .36538 }, 1e-4 },
        { false, 1e-2, { 1.83808, 538.75, 2905.6, .35442, .38154 }, 1e-4 },
        { false, 1, { 1.86455, 593.32, 4875.64, .36025, .40588 }, 2e-5 },
        { true, 1e-3, { 1.89134, 495.73, 12845.6, .34931, .45305 }, 2e-5 },
    };
    const Law *law = world_law(&arena, "chinchilla");
    for (int i = 0; i < COUNT_OF(rows); i++) {
        const Table t = world_points(&arena, rows[i].outliers);
        FitOptions o = fit_defaults();
        Err err = { 0 };
        Fit f;
        o.delta = rows[i].delta;
        o.resamples = 0;
        if (!CHECK(fit_law(&f, &arena, law, &t, o, &err)))
            continue;
        for (int p = 0; p < 5; p++) {
            test_note("delta %g, %s", o.delta, law->param[p].name);
            CHECK_NEAR(f.theta[p], rows[i].want[p], rows[i].digits);
        }
        if (rows[i].delta == 1)
            CHECK_NEAR(f.objective, .00573094, 2e-6);
    }
}

/* README: SE of 4000 bootstraps A 124.5 (300 others: 115), E .0257, alpha
 * .0154, beta .0206; a 300-draw SE is good to about 10 %. B is heavy-tailed. */
TEST(bootstrap_errors_are_those_published)
{
    static const double want[] = { .0265, 120, 0, .0150, .0211 };
    const Table t = world_points(&arena, false);
    Fit f;
    if (!fit(&f, world_law(&arena, "chinchilla"), &t, FIT_HUBER_LOG, 300))
        return;
    CHECK(f.ndraw >= 299);
    for (int p = 0; p < 5; p++) {
        double mean = 0, square = 0;
        for (i64 r = 0; r < f.ndraw; r++)
            mean += f.draw[r * 5 + p] / (double)f.ndraw;
        for (i64 r = 0; r < f.ndraw; r++)
            square += pow(f.draw[r * 5 + p] - mean, 2) / (double)f.ndraw;
        test_note("%s", f.law->param[p].name);
        if (want[p] > 0)
            CHECK_NEAR(sqrt(square), want[p], 0.2);
        CHECK(f.low[p] < f.theta[p] && f.theta[p] < f.high[p]);
    }
}

/* ---- known truths ------------------------------------------------------ */

static const double truth[] = { 1.1, 60, 400, 0.42, 0.35 };

TEST(without_noise_the_truth_comes_back_to_nine_digits)
{
    const Table t = world_study(&arena, truth, 5, 5, 0, 1);
    for (int o = 0; o < 2; o++) {
        Fit f;
        if (fit(&f, world_law(&arena, "chinchilla"), &t, (FitObjective)o, 0))
            check_theta(&f, truth, 1e-8);
    }
}

TEST(other_laws_come_back_too)
{
    static const struct { const char *name; double theta[4]; } rows[] = {
        { "kaplan-nd", { 6.4e13, 1.8e13, 0.076, 0.103 } },
        { "kaplan-ns", { 6.5e13, 2.1e3, 0.077, 0.76 } },
        { "tied-exponent", { 1.5, 300, 500, 0.33 } },
    };
    enum { ROWS = 30 };
    for (int k = 0; k < COUNT_OF(rows); k++) {
        const Law *law = world_law(&arena, rows[k].name);
        const char *names[3] = { law->column[0], law->column[1], "loss" };
        Table t = table_new(&arena, 3, names, ROWS);
        for (i64 i = 0; i < ROWS; i++) {
            t.column[0][i] = 1e5 * pow(3, (double)(i % 6));
            t.column[1][i] = (strcmp(names[1], "S") == 0 ? 300 : 1e7)
                           * pow(4, (double)(i / 6));
        }
        law_eval(t.column[2], NULL, NULL, law, rows[k].theta, t.column, ROWS);
        for (int o = 0; o < 2; o++) {
            Fit f;
            if (!fit(&f, law, &t, (FitObjective)o, 0))
                continue;
            for (int p = 0; p < law->nparam; p++) {
                test_note("%s, %s, %s", law->name, law->param[p].name,
                          fit_objective_name((FitObjective)o));
                CHECK_NEAR(f.theta[p], rows[k].theta[p], 1e-5);
            }
        }
    }
}

/* One run a hundred times too noisy: Huber on ln L hardly moves. */
TEST(huber_shrugs_off_one_bad_run)
{
    const Table t = world_study(&arena, truth, 5, 5, 0, 1);
    t.column[3][7] *= 1.3;
    Fit huber, squares;
    const Law *law = world_law(&arena, "chinchilla");
    if (!fit(&huber, law, &t, FIT_HUBER_LOG, 0)
        || !fit(&squares, law, &t, FIT_SQUARES, 0))
        return;
    CHECK_BELOW(fabs(huber.theta[3] / truth[3] - 1), 0.02);
    CHECK(fabs(squares.theta[3] / truth[3] - 1) > 0.05);
}

/* ---- where the floor is 0 ---------------------------------------------- */

TEST(a_floor_of_zero_is_found_and_said_to_be_a_bound)
{
    const double no_floor[] = { 0, 30, 200, 0.25, 0.22 };
    Table t = world_study(&arena, no_floor, 5, 5, 0.002, 3);
    for (i64 i = 0; i < t.nrow; i++) /* a floor below 0 would fit best */
        t.column[3][i] -= 0.05;
    Fit f;
    if (!fit(&f, world_law(&arena, "chinchilla"), &t, FIT_SQUARES, 0))
        return;
    CHECK(f.theta[0] == 0);
    CHECK(f.certificate.at_bound[0]);
    CHECK_HAS(f.certificate.words, "E stands at its bound");
    CHECK_BELOW(f.certificate.gradient, 1e-9);
}

/* ---- refusals ---------------------------------------------------------- */

static void check_refused(const Table *t, ErrKind kind, const char *words)
{
    Err err = { 0 };
    Fit f;
    FitOptions o = fit_defaults();
    o.resamples = 0;
    test_note("%s", words);
    if (!CHECK(!fit_law(&f, &arena, world_law(&arena, "chinchilla"), t, o,
                        &err)))
        return;
    CHECK(err.kind == kind);
    CHECK_HAS(err.text, words);
}

TEST(what_the_runs_cannot_answer_is_refused_in_words)
{
    Table t = world_study(&arena, truth, 3, 3, 0.001, 1);
    check_refused(&t, ERR_REFUSED, "9 runs for the 5 parameters of chinchilla");

    t = world_study(&arena, truth, 5, 5, 0.001, 1);
    for (i64 i = 0; i < t.nrow; i++)
        t.column[1][i] = 20 * t.column[0][i];
    check_refused(&t, ERR_REFUSED, "one ray D = 20 N");

    t = world_study(&arena, truth, 5, 5, 0.001, 1);
    for (i64 i = 0; i < t.nrow; i++)
        t.column[3][i] = 3;
    check_refused(&t, ERR_REFUSED, "loss is 3 in all 25 runs");

    t = world_study(&arena, truth, 1, 15, 0.001, 1);
    check_refused(&t, ERR_REFUSED, "one line D ~ N^-1.00");

    t = world_study(&arena, truth, 5, 5, 0.001, 1);
    for (i64 i = 0; i < t.nrow; i++)
        t.column[0][i] = 7e6;
    check_refused(&t, ERR_REFUSED, "N is 7e+06 in all 25 runs");

    t = world_study(&arena, truth, 5, 5, 0.001, 1);
    t.column[3][4] = NAN;
    check_refused(&t, ERR_FORMAT, "row 5: loss is empty or nan");
    t.column[3][4] = 2;
    t.column[1][8] = -1;
    check_refused(&t, ERR_FORMAT, "row 9: D is -1");

    static const char *const names[] = { "N", "D", "bpb" };
    t = table_new(&arena, 3, names, 25);
    check_refused(&t, ERR_USAGE, "no column 'loss'");
}

/* ---- intervals --------------------------------------------------------- */

static bool same_bits(const double *a, const double *b, i64 n)
{
    return memcmp(a, b, (size_t)n * sizeof *a) == 0;
}

TEST(draws_do_not_depend_on_threads_and_do_on_the_seed)
{
    const Table t = world_study(&arena, truth, 5, 5, 0.003, 2);
    const Law *law = world_law(&arena, "chinchilla");
    FitOptions o = fit_defaults();
    Err err = { 0 };
    Fit one, two, other;
    o.resamples = 60;
    CHECK(fit_law(&one, &arena, law, &t, o, &err));
    o.threads = 2;
    CHECK(fit_law(&two, &arena, law, &t, o, &err));
    o.seed = 2;
    CHECK(fit_law(&other, &arena, law, &t, o, &err));
    CHECK(one.ndraw == two.ndraw);
    CHECK(same_bits(one.draw, two.draw, one.ndraw * 5));
    CHECK(!same_bits(one.draw, other.draw, one.ndraw * 5));
}

/* Every run five times, as a cluster of five: the same information as once,
 * so intervals must not shrink as they do when copies count as runs. */
TEST(clusters_are_drawn_whole)
{
    const Table once = world_study(&arena, truth, 5, 5, 0.004, 6);
    static const char *const names[] = { "N", "D", "loss", "cluster" };
    Table five = table_new(&arena, 4, names, 5 * once.nrow);
    for (i64 i = 0; i < five.nrow; i++) {
        five.column[0][i] = once.column[0][i / 5];
        five.column[1][i] = once.column[1][i / 5];
        five.column[2][i] = once.column[3][i / 5];
        five.column[3][i] = (double)(i / 5);
    }
    const Law *law = world_law(&arena, "chinchilla");
    Fit single, clustered, copies;
    if (!fit(&single, law, &once, FIT_SQUARES, 300)
        || !fit(&clustered, law, &five, FIT_SQUARES, 300))
        return;
    five.name[3] = "ignored";
    if (!fit(&copies, law, &five, FIT_SQUARES, 300))
        return;
    const double width = single.high[0] - single.low[0];
    CHECK_NEAR(clustered.high[0] - clustered.low[0], width, 1e-3);
    CHECK_BELOW(copies.high[0] - copies.low[0], 0.7 * width);
}

TEST(a_prediction_is_the_laws_value_with_the_draws_about_it)
{
    const Table t = world_study(&arena, truth, 5, 5, 0.003, 4);
    const Law *law = world_law(&arena, "chinchilla");
    Fit f;
    if (!fit(&f, law, &t, FIT_HUBER_LOG, 200))
        return;
    const double column[] = { 1e7, 3e9 };
    const Interval at = fit_predict(&f, column);
    CHECK_NEAR(at.value, law_at(law, f.theta, 1e7, 3e9), 1e-15);
    CHECK(at.low < at.value && at.value < at.high);
    CHECK_BELOW(at.high / at.low - 1, 0.1);
}

/* 1..99: the 2.5 and 97.5 % points of 1 + 98 q; NaN draws are no draws. */
TEST(an_interval_is_between_order_statistics)
{
    double draw[101];
    for (int i = 0; i < 99; i++)
        draw[i] = 99 - i;
    draw[99] = draw[100] = NAN;
    const Interval x = fit_interval(50, draw, 101, 0.95);
    CHECK_NEAR(x.low, 1 + 98 * 0.025, 1e-12);
    CHECK_NEAR(x.high, 1 + 98 * 0.975, 1e-12);
    CHECK(x.value == 50);
    const Interval few = fit_interval(50, draw, 19, 0.95);
    CHECK(isnan(few.low) && isnan(few.high));
}

/* Two tokens-per-parameter ratios hardly apart: D says little beyond N. */
TEST(an_exponent_that_the_runs_do_not_show_is_called_unidentified)
{
    static const char *const names[] = { "N", "D", "loss" };
    Table t = table_new(&arena, 3, names, 24);
    for (i64 i = 0; i < t.nrow; i++) {
        t.column[0][i] = 1e6 * pow(1.5, (double)(i / 2));
        t.column[1][i] = (i % 2 ? 20 : 22) * t.column[0][i];
        t.column[2][i] = law_at(world_law(&arena, "chinchilla"), truth,
                                t.column[0][i], t.column[1][i])
                       * exp(0.003 * rng_normal(9, RNG_TEST, (u64)i));
    }
    Fit f;
    if (!fit(&f, world_law(&arena, "chinchilla"), &t, FIT_HUBER_LOG, 200))
        return;
    CHECK(f.certificate.unidentified[1] && f.certificate.unidentified[2]);
    CHECK_HAS(f.certificate.words, "not identified");
}

/* ---- the file ---------------------------------------------------------- */

static const char *write_fit(const Fit *f, const char *name)
{
    Str text = { 0 };
    Err err = { 0 };
    const char *path = arena_print(&arena, "%s/%s", test_folder(), name);
    fit_write(&text, f);
    CHECK(file_write(path, text.text, text.size, &err));
    str_free(&text);
    return path;
}

TEST(a_fit_read_back_is_the_fit_that_was_written)
{
    const Table t = world_study(&arena, truth, 5, 5, 0.003, 5);
    Fit f, g;
    Err err = { 0 };
    if (!fit(&f, world_law(&arena, "chinchilla"), &t, FIT_SQUARES, 50))
        return;
    f.counts = "body+head";
    f.options.seed = 77;
    if (!CHECK(fit_read(&g, &arena, write_fit(&f, "fit.json"), &err))) {
        test_note("%s", err.text);
        return;
    }
    CHECK(same_bits(f.theta, g.theta, 5) && same_bits(f.low, g.low, 5));
    CHECK(f.ndraw == g.ndraw && same_bits(f.draw, g.draw, f.ndraw * 5));
    CHECK(f.objective == g.objective && f.rmse_log == g.rmse_log);
    CHECK(f.nrow == g.nrow && g.options.objective == FIT_SQUARES);
    CHECK(g.options.seed == f.options.seed);
    CHECK_TEXT(g.counts, "body+head");
    CHECK_TEXT(g.certificate.words, f.certificate.words);
    CHECK_TEXT(g.law->formula, f.law->formula);
    for (int i = 0; i < 5; i++) {
        const LawParam *p = &f.law->param[i], *q = &g.law->param[i];
        test_note("%s", p->name);
        CHECK(p->low == q->low && p->high == q->high && p->from == q->from);
        CHECK(p->to == q->to && p->linear == q->linear);
    }
    const double column[] = { 2e6, 5e8 };
    CHECK(fit_predict(&g, column).low == fit_predict(&f, column).low);
}

TEST(a_file_that_is_no_fit_is_refused_in_words)
{
    static const struct { const char *text, *words; } wrong[] = {
        { "{}", "not a fit" },
        { "[1, 2]", "not a fit" },
        { "{\"scalelaw\":\"fit\",\"schema\":99}", "another version" },
        { "{\"scalelaw\":\"fit\",\"schema\":1}", "its law is not whole" },
        { "{\"scalelaw\":\"fit\",\"schema\":1,\"law\":{\"name\":\"x\","
          "\"formula\":\"y = p*\",\"param\":[{\"name\":\"p\",\"from\":1,"
          "\"to\":2}]}}", "column 7" },
        { "{\"scalelaw\":\"fit\",\"schema\":1,\"law\":{\"name\":\"x\","
          "\"formula\":\"y = p*x\",\"param\":[{\"name\":\"p\",\"from\":1,"
          "\"to\":2}]},\"theta\":[]}", "theta, low and high" },
        { "{\"scalelaw\":", "not JSON" },
    };
    for (int i = 0; i < COUNT_OF(wrong); i++) {
        Err err = { 0 };
        Fit f;
        const char *path = arena_print(&arena, "%s/%d.json", test_folder(), i);
        CHECK(file_write(path, wrong[i].text, (i64)strlen(wrong[i].text),
                         &err));
        test_note("%s", wrong[i].text);
        if (CHECK(!fit_read(&f, &arena, path, &err)))
            CHECK_HAS(err.text, wrong[i].words);
    }
}
