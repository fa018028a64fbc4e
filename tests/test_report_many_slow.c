/* test_report_many_slow.c - a study of five hundred runs: the page is drawn in
 * under a second and stays under three megabytes. */

#include "base/clock.h"
#include "report/fig.h"
#include "report/report.h"

#include "tests/made_more.h"
#include "tests/markup.h"
#include "tests/test.h"

enum { RUNS = 500, SIZES = 25 };

static bool study_make(const char *dir, Err *err)
{
    MadeStudy made = made_demo();
    made.budgets   = 8;
    made.held      = NAN;
    made.resamples = 60;
    MadeMore w = { .m = &made, .dir = dir, .err = err, .ok = true };
    if (!made_write(&made, dir, err))
        return false;
    while (w.ok && w.number < RUNS) {
        const int    k = w.number, size = k % SIZES, budget = k / SIZES;
        const Shape  shape = made_shape(2 + size % 5, 16 * (1 + size));
        const double c = 1e11 * pow(1.5, budget);
        Run run = made_more_run(&w, "fit", shape,
                                i64_max(40, (i64)(c / count_train_flop(shape)
                                                  / 2048)) * 2048);
        run.budget = c;
        made_more_put(&w, &run, made_by_step);
    }
    return w.ok;
}

/* Timed as the least of three: the machine may be busy. */
TEST(five_hundred_runs_are_drawn_within_a_second)
{
    Arena    arena = { 0 };
    Analysis a;
    Err      err  = { 0 };
    double   best = INFINITY;
    char     dir[400];
    snprintf(dir, sizeof dir, "%s/many", test_folder());
    if (CHECK(study_make(dir, &err))) {
        const double began = clock_s();
        if (!CHECK(analysis_make(&a, &arena, dir, 2, &err)))
            return;
        printf("%lld runs: read and fitted in %.2f s\n",
               (long long)a.runs.count, clock_s() - began);
        CHECK(a.runs.count >= RUNS);
        for (int k = 0; k < 3; k++) {
            Str          page = { 0 };
            const double from = clock_s();
            report_page(&page, &a);
            best = fmin(best, clock_s() - from);
            CHECK_BELOW(page.size, 3e6);
            if (k == 0) {
                printf("page of %.2f MB\n", (double)page.size / 1e6);
                CHECK_TEXT(markup_check(page.text).why, "");
            }
            str_free(&page);
        }
        printf("drawn in %.3f s\n", best);
        CHECK_BELOW(best, 1);
    }
    if (err.kind != ERR_NONE)
        printf("error: %s\n", err.text);
    arena_free(&arena);
}
