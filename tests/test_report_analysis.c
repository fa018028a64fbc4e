/* test_report_analysis.c - what runs are made to say: on runs made from a known
 * law, the law comes back, the held-out budget is foretold, and what was left
 * out is named. */

#include "report/analysis.h"

#include "base/file.h"
#include "tests/made_study.h"
#include "tests/test.h"

#include <stdlib.h>

typedef struct Bench {
    Arena    arena;
    Analysis analysis;
    Err      err;
    char     dir[400];
} Bench;

static bool bench_study(Bench *b, const MadeStudy *made)
{
    static int number; /* a test may make several */
    snprintf(b->dir, sizeof b->dir, "%s/study%d", test_folder(), number++);
    return CHECK(made_write(made, b->dir, &b->err))
        && CHECK(analysis_make(&b->analysis, &b->arena, b->dir, 2, &b->err));
}

static bool bench_predict(Bench *b, const MadeStudy *made)
{
    Prediction     asked[COUNT_OF(made_size)];
    PredictionList list;
    char           hash[HASH_HEX];
    const i64      count = made_asked(made, asked);
    analysis_predict(&list, &b->arena, &b->analysis, asked, count);
    return CHECK(list.count == 3 * count)
        && CHECK(prediction_write(&list, b->dir, hash, &b->err))
        && CHECK(analysis_make(&b->analysis, &b->arena, b->dir, 2, &b->err));
}

static void bench_free(Bench *b)
{
    if (b->err.kind != ERR_NONE)
        printf("error: %s\n", b->err.text);
    arena_free(&b->arena);
}

TEST(noiseless_runs_give_their_law_back_and_foretell_the_rest)
{
    Bench     b    = { 0 };
    MadeStudy made = made_demo();
    made.noise = 0;
    made.resamples = 50;
    if (bench_study(&b, &made) && bench_predict(&b, &made)) {
        const double truth[] = { made.e, made.a, made.b, made.alpha,
                                 made.beta };
        static const char *const name[] = { "E", "A", "B", "alpha", "beta" };
        for (int i = 0; i < COUNT_OF(truth); i++) {
            const int at = law_param(b.analysis.huber.law, name[i]);
            test_note("%s", name[i]);
            CHECK_NEAR(b.analysis.huber.theta[at], truth[i], 1e-6);
            CHECK_NEAR(b.analysis.squares.theta[at], truth[i], 1e-6);
        }
        CHECK(b.analysis.chosen == &b.analysis.huber);
        CHECK(b.analysis.nholdout >= 8);
        for (i64 i = 0; i < b.analysis.nholdout; i++) {
            test_note("%s", b.analysis.holdout[i].predicted.run_name);
            CHECK_BELOW(fabs(b.analysis.holdout[i].error), 1e-6);
        }
    }
    bench_free(&b);
}

/* With the additive law true, its runs' noise must not buy another constant;
 * with the outer exponent at work, the additive law must not be kept. */
TEST(the_study_stands_by_the_law_that_made_its_runs)
{
    static const struct { double outer; const char *fit; } truth[] = {
        { 0, "huber" }, { 0.5, "outer" },
    };
    for (int i = 0; i < COUNT_OF(truth); i++) {
        Bench     b    = { 0 };
        MadeStudy made = made_demo();
        made.resamples = 50;
        if (truth[i].outer > 0)
            made.outer = truth[i].outer, made.a = 300, made.alpha = 0.75,
            made.b = 900, made.beta = 0.6, made.noise = 0.002;
        test_note("truth %s", truth[i].fit);
        if (bench_study(&b, &made) && bench_predict(&b, &made)) {
            CHECK_TEXT(b.analysis.chosen_fit, truth[i].fit);
            CHECK_TEXT(b.analysis.holdout[0].predicted.fit, truth[i].fit);
            CHECK_HAS(b.analysis.chosen_words, "BIC");
            for (i64 h = 0; h < b.analysis.nholdout / 3; h++)
                CHECK_BELOW(fabs(b.analysis.holdout[h].error), 0.02);
        }
        bench_free(&b);
    }
}

/* The plan of a study against the least of the true law along its own family,
 * found by trying every width. */
static double best_by_trying(const MadeStudy *made, double c)
{
    double best = 0, least = INFINITY;
    for (double width = 16; width < 600; width *= 1.0005) {
        const double layers = fmax(2, width / 24);
        const double n = 12 * layers * width * width + 256 * width;
        const double f = 6 * n + 6 * layers * width * 256;
        const double loss = made_loss(made, n, c / f);
        if (loss < least) {
            least = loss;
            best  = n;
        }
    }
    return best;
}

TEST(plans_are_the_best_of_the_family_for_multiples_of_the_largest_budget)
{
    Bench     b    = { 0 };
    MadeStudy made = made_demo();
    made.noise = 0;
    made.resamples = 0;
    if (bench_study(&b, &made)) {
        CHECK(b.analysis.nplan == 2);
        CHECK_NEAR(b.analysis.c_largest, 1e13, 1e-12);
        CHECK_NEAR(b.analysis.c_fit, 2.7e12, 1e-12);
        CHECK_NEAR(b.analysis.plan[0].c, 1e14, 1e-12);
        CHECK_NEAR(b.analysis.plan[0].extrapolation, 1e14 / 2.7e12, 1e-12);
        for (i64 i = 0; i < b.analysis.nplan; i++) {
            const Plan *plan = &b.analysis.plan[i];
            CHECK_NEAR(plan->n.value, best_by_trying(&made, plan->c), 3e-3);
            CHECK_NEAR(b.analysis.plan_squares[i].n.value, plan->n.value,
                       1e-4);
            CHECK(isnan(plan->n.low));
        }
    }
    bench_free(&b);
}

/* Sizes times tokens: what the dearest run took stands for the largest budget. */
TEST(runs_without_budgets_have_a_law_and_plans_from_what_they_took)
{
    Bench     b    = { 0 };
    MadeStudy made = made_demo();
    made.unbudgeted = true;
    made.held = NAN;
    if (bench_study(&b, &made)) {
        double most = 0;
        for (i64 i = 0; i < b.analysis.fitted.count; i++)
            most = fmax(most, b.analysis.fitted.run[i].flop);
        CHECK(b.analysis.chosen != NULL);
        CHECK_NEAR(b.analysis.c_fit, most, 0);
        CHECK_NEAR(b.analysis.c_largest, most, 0);
        CHECK(b.analysis.nplan == 2);
        CHECK_NEAR(b.analysis.plan[0].c, 10 * most, 1e-12);
        if (CHECK(b.analysis.parametric.npoint > 0))
            CHECK(b.analysis.parametric.c[0] < most);
    }
    bench_free(&b);
}

TEST(failed_runs_are_left_out_and_named_with_their_reason)
{
    Bench     b    = { 0 };
    MadeStudy made = made_demo();
    made.resamples = 50;
    if (bench_study(&b, &made)) {
        CHECK_HAS(b.analysis.excluded.text, "2x16-");
        CHECK_HAS(b.analysis.excluded.text, ": diverged, loss 11.2");
        CHECK_HAS(b.analysis.excluded.text, ": plateau, never left");
        i64 fit_runs = 0;
        for (i64 i = 0; i < b.analysis.runs.count; i++)
            fit_runs += b.analysis.runs.run[i].group[0] == 'f';
        CHECK(b.analysis.fitted.count == fit_runs - 2);
        CHECK(b.analysis.huber.nrow == fit_runs - 2);
        for (i64 i = 0; i < b.analysis.fitted.count; i++)
            CHECK_TEXT(b.analysis.fitted.run[i].status, "done");
    }
    bench_free(&b);
}

/* The law's own interval, and the scatter of single runs on top. */
TEST(a_prediction_interval_is_wider_than_the_laws_own)
{
    Bench     b    = { 0 };
    MadeStudy made = made_demo();
    if (bench_study(&b, &made)) {
        Prediction     asked[COUNT_OF(made_size)];
        PredictionList list;
        const i64      count = made_asked(&made, asked);
        analysis_predict(&list, &b.arena, &b.analysis, asked, count);
        for (i64 i = 0; i < count; i++) {
            const double   column[] = { asked[i].n, asked[i].d };
            const Interval own = fit_predict(&b.analysis.huber, column);
            CHECK_NEAR(list.item[i].loss, own.value, 1e-12);
            CHECK(list.item[i].high - list.item[i].low > own.high - own.low);
            CHECK_TEXT(list.item[i].fit, "huber");
            CHECK_TEXT(list.item[count + i].fit, "squares");
            CHECK_TEXT(list.item[i].run_id, asked[i].run_id);
        }
    }
    bench_free(&b);
}

/* 1.96 sd of 0.4 % either way, when the law is known: with the truth as every
 * draw, the interval is the noise alone. */
TEST(with_the_law_known_the_interval_is_the_scatter_of_runs)
{
    Bench     b    = { 0 };
    MadeStudy made = made_demo();
    made.resamples = 1000;
    if (bench_study(&b, &made)) {
        Fit *fit = &b.analysis.huber;
        for (i64 i = 0; i < fit->ndraw; i++)
            memcpy(fit->draw + i * fit->law->nparam, fit->theta,
                   (size_t)fit->law->nparam * sizeof(double));
        Prediction     asked[COUNT_OF(made_size)];
        PredictionList list;
        const i64      count = made_asked(&made, asked);
        const double   rows  = (double)fit->nrow;
        const double   sd    = fit->rmse_log * sqrt(rows / (rows - 5));
        analysis_predict(&list, &b.arena, &b.analysis, asked, count);
        CHECK_NEAR(log(list.item[0].high / list.item[0].low), 2 * 1.96 * sd,
                   0.08);
    }
    bench_free(&b);
}

TEST(three_approaches_answer_and_agree_on_clean_curves)
{
    Bench     b    = { 0 };
    MadeStudy made = made_demo();
    made.noise = 0;
    made.failures = false;
    if (bench_study(&b, &made)) {
        CHECK(b.analysis.nbudget == 4);
        CHECK(b.analysis.isoflop.npoint >= 3);
        CHECK(b.analysis.envelope.npoint > 0);
        CHECK_NEAR(b.analysis.isoflop.a.value, b.analysis.parametric.a.value,
                   0.15);
        CHECK(b.analysis.curves.val);
        const Table *curves = &b.analysis.curves.table;
        const double *run   = table_column(curves, "run");
        for (i64 i = 1; i < curves->nrow; i++)
            CHECK(run[i] >= run[i - 1]);
    }
    bench_free(&b);
}

static void check_warm(bool val)
{
    Bench     b    = { 0 };
    MadeStudy made = made_demo();
    made.val_logs  = val;
    made.resamples = 0;
    test_note(val ? "held-out losses" : "training losses");
    if (bench_study(&b, &made)) {
        const Table  *curves = &b.analysis.curves.table;
        const double *d = table_column(curves, "D"),
                     *r = table_column(curves, "run");
        CHECK(b.analysis.curves.val == val);
        CHECK(curves->nrow > 5 * b.analysis.curves.count);
        for (i64 i = 0; i < curves->nrow; i++) {
            const Run *run = &b.analysis.fitted.run[(i64)r[i]];
            CHECK(d[i] >= 0.05 * (double)run->tokens);
        }
    }
    bench_free(&b);
}

/* Dozens of points of warm-up are in each log; none may be in the curves. */
TEST(curves_begin_after_the_warm_up)
{
    check_warm(false);
    check_warm(true);
}

TEST(without_logs_the_envelope_says_so_and_the_rest_stands)
{
    Bench     b    = { 0 };
    MadeStudy made = made_demo();
    made.logs      = false;
    made.resamples = 50;
    if (bench_study(&b, &made)) {
        CHECK(b.analysis.envelope.npoint == 0);
        CHECK(b.analysis.envelope.words[0] != 0);
        CHECK(b.analysis.isoflop.npoint > 0);
        CHECK(b.analysis.nplan == 2);
    }
    bench_free(&b);
}

TEST(one_budget_alone_carries_no_law_and_says_why)
{
    Bench     b    = { 0 };
    MadeStudy made = made_demo();
    made.budgets   = 1;
    made.held      = NAN;
    made.resamples = 50;
    snprintf(b.dir, sizeof b.dir, "%s/study", test_folder());
    if (CHECK(made_write(&made, b.dir, &b.err))) {
        CHECK(analysis_make(&b.analysis, &b.arena, b.dir, 1, &b.err));
        CHECK(b.analysis.chosen == NULL);
        CHECK_HAS(b.analysis.chosen_words, "runs");
    }
    bench_free(&b);
}

TEST(the_best_size_of_the_held_out_budget_is_measured_apart)
{
    Bench     b    = { 0 };
    MadeStudy made = made_demo();
    made.noise     = 0;
    made.resamples = 50;
    if (bench_study(&b, &made)) {
        const IsoflopBudget *held = &b.analysis.held_minimum;
        CHECK(held->npoint >= 4 && held->inside);
        CHECK_NEAR(held->c, 1e13, 0.01);
        CHECK_NEAR(b.analysis.held_plan.c, 1e13, 1e-12);
        CHECK_NEAR(held->n.value, b.analysis.held_plan.n.value, 0.15);
        CHECK(held->n.low < held->n.value && held->n.value < held->n.high);
        for (i64 i = 0; i < b.analysis.nbudget; i++)
            CHECK(b.analysis.budget[i].c < 3e12);
    }
    bench_free(&b);
}

TEST(a_held_out_budget_that_was_not_trained_has_no_error)
{
    Bench     b    = { 0 };
    MadeStudy made = made_demo();
    made.held_trained = false;
    made.resamples    = 50;
    if (bench_study(&b, &made) && bench_predict(&b, &made)) {
        CHECK(b.analysis.nholdout > 0);
        CHECK(b.analysis.held_minimum.npoint == 0);
        CHECK(b.analysis.prediction_hash != NULL);
        for (i64 i = 0; i < b.analysis.nholdout; i++) {
            CHECK(isnan(b.analysis.holdout[i].error));
            CHECK(b.analysis.holdout[i].run == NULL);
        }
    }
    bench_free(&b);
}

/* The held-out runs must not move the fit that foretold them. */
TEST(training_the_held_out_budget_changes_no_fit)
{
    Bench     b    = { 0 }, c = { 0 };
    MadeStudy made = made_demo();
    made.resamples    = 50;
    made.held_trained = false;
    if (bench_study(&b, &made)) {
        made.held_trained = true;
        if (bench_study(&c, &made)) {
            for (int i = 0; i < b.analysis.huber.law->nparam; i++)
                CHECK(b.analysis.huber.theta[i] == c.analysis.huber.theta[i]);
            CHECK(b.analysis.plan[0].n.low == c.analysis.plan[0].n.low);
        }
    }
    bench_free(&b);
    bench_free(&c);
}

TEST(making_an_analysis_writes_nothing_and_keeping_it_writes_its_fits)
{
    Bench     b    = { 0 };
    MadeStudy made = made_demo();
    made.resamples = 50;
    if (bench_study(&b, &made)) {
        Fit         read;
        const char *path = arena_print(&b.arena, "%s/fit/huber.json", b.dir);
        CHECK(!file_exists(path));
        if (CHECK(analysis_keep(&b.analysis, &b.err))
            && CHECK(fit_read(&read, &b.arena, path, &b.err))) {
            CHECK(read.theta[0] == b.analysis.huber.theta[0]);
            CHECK(read.ndraw == b.analysis.huber.ndraw);
            CHECK_TEXT(read.counts, "body+head");
        }
    }
    bench_free(&b);
}

static char *printed(const Analysis *analysis)
{
    char  *text;
    size_t size;
    FILE  *out = open_memstream(&text, &size);
    analysis_print(analysis, out);
    fclose(out);
    return text;
}

TEST(the_screenful_fits_eighty_columns_and_says_the_numbers)
{
    Bench     b    = { 0 };
    MadeStudy made = made_demo();
    made.resamples = 50;
    if (bench_study(&b, &made) && bench_predict(&b, &made)) {
        char *text = printed(&b.analysis), want[64];
        i64   lines = 0;
        for (const char *line = text; *line; lines++) {
            const size_t bytes = strcspn(line, "\n");
            size_t letters = 0;
            for (size_t i = 0; i < bytes; i++)
                letters += ((u8)line[i] & 0xC0) != 0x80;
            test_note("%.*s", (int)bytes, line);
            CHECK(letters <= 80);
            line += bytes + (line[bytes] == '\n');
        }
        CHECK(lines < 70);
        snprintf(want, sizeof want, "%.4f", b.analysis.holdout[0].measured);
        CHECK_HAS(text, want);
        snprintf(want, sizeof want, "%.3f bits per byte",
                 analysis_best(&b.analysis)->val_bpb);
        CHECK_HAS(text, want);
        CHECK_HAS(text, "2 left out of the fits");
        CHECK_HAS(text, "/report.html");
        free(text);
    }
    bench_free(&b);
}

TEST(a_study_that_counts_n_in_an_unknown_way_is_refused)
{
    Bench     b    = { 0 };
    MadeStudy made = made_demo();
    double    budgets[10];
    snprintf(b.dir, sizeof b.dir, "%s/study", test_folder());
    if (CHECK(made_write(&made, b.dir, &b.err))) {
        StudyInfo info = made_info(&made, budgets);
        info.counts = "everything";
        CHECK(study_write(&info, b.dir, &b.err));
        CHECK(!analysis_make(&b.analysis, &b.arena, b.dir, 1, &b.err));
        CHECK(b.err.kind == ERR_FORMAT);
        CHECK_HAS(b.err.text, "everything");
        b.err = (Err){ 0 };
    }
    bench_free(&b);
}
