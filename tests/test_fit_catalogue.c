/* test_fit_catalogue.c - every law in laws/ can be fitted: from rows that obey
 * it exactly, over the ranges that its file gives for columns and search, the
 * fitter comes back to its constants. A law whose file begins the search in the
 * wrong place, or bounds it wrongly, shows here. */

#include "fit/fit.h"

#include "base/know.h"
#include "tests/test.h"

#include <math.h>
#include <string.h>

enum { ROWS = 80 };

static Arena arena;

/* Laws several of whose constants make one number, as their files say: the
 * curve comes back, the constants need not. */
static bool told_apart(const Law *law)
{
    static const char *const one_number[] = {
        "kaplan-frontier-loss", "kaplan-frontier-n", "kaplan-frontier-s",
        "kaplan-overfit", "rosenfeld",
    };
    for (int i = 0; i < COUNT_OF(one_number); i++)
        if (strcmp(law->name, one_number[i]) == 0)
            return false;
    return true;
}

/* Fits are of numbers above 0; in the middle of their searches these are not. */
static bool truth_chosen(double *theta, const Law *law)
{
    static const struct { const char *name; double theta[7]; } chosen[] = {
        { "logarithm", { 10, -0.4 } },
        { "vocabulary-loss", { 1.2, 90, 30, 400, .34, .28, .31 } },
    };
    for (int i = 0; i < COUNT_OF(chosen); i++)
        if (strcmp(law->name, chosen[i].name) == 0) {
            memcpy(theta, chosen[i].theta, sizeof chosen[i].theta);
            return true;
        }
    return false;
}

static double between(double from, double to, double t)
{
    return from > 0 ? from * pow(to / from, t) : from + t * (to - from);
}

/* The first published set, else a place within the search. */
static void truth(double *theta, const Law *law)
{
    if (law->nconstants) {
        memcpy(theta, law->constants[0].theta, sizeof law->constants[0].theta);
        return;
    }
    for (int p = 0; p < law->nparam; p++)
        theta[p] = between(law->param[p].from, law->param[p].to,
                           0.37 + 0.3 * (p + 0.5) / law->nparam);
    (void)truth_chosen(theta, law);
}

/* Rows over the columns' ranges, no two columns in step. */
static Table rows(const Law *law, const double *theta)
{
    const char *names[LAW_COLUMNS_MAX + 1];
    memcpy(names, law->column, (size_t)law->ncolumn * sizeof *names);
    names[law->ncolumn] = law->response;
    Table t = table_new(&arena, law->ncolumn + 1, names, ROWS);
    for (int c = 0; c < law->ncolumn; c++) {
        const bool compute = law->column[c][0] == 'C';
        LawColumn r = law->about[c];
        if (isnan(r.from))
            r = (LawColumn){ .from = compute ? 1e14 : 1e6,
                             .to = compute ? 1e22 : 1e11 };
        for (int i = 0; i < ROWS; i++)
            t.column[c][i] = between(r.from, r.to,
                fmod((c + 1) * 0.61803398875 * (i + 0.5) + c * c * 0.3137 * i,
                     1));
    }
    law_eval(t.column[law->ncolumn], NULL, NULL, law, theta, t.column, ROWS);
    return t;
}

static void check_law(const Law *law)
{
    double theta[LAW_PARAMS_MAX];
    Fit fit;
    Err err = { 0 };
    FitOptions options = fit_defaults();
    options.resamples = 0;
    options.objective = FIT_SQUARES_LOG;
    truth(theta, law);
    const Table t = rows(law, theta);
    test_note("%s", law->name);
    if (!CHECK(fit_law(&fit, &arena, law, &t, options, &err))) {
        test_note("%s: %s", law->name, err.text);
        CHECK(false);
        return;
    }
    CHECK_BELOW(fit.rmse_log, 1e-5);
    for (int p = 0; p < law->nparam && told_apart(law); p++) {
        test_note("%s of %s", law->param[p].name, law->name);
        CHECK_NEAR(fit.theta[p], theta[p], 1e-2);
    }
}

TEST(every_law_finds_its_own_constants)
{
    const char **name;
    const int count = know_names(&name, &arena, "laws", ".law");
    int fitted = 0;
    for (int i = 0; i < count; i++) {
        Err err = { 0 };
        const Law *law = NULL;
        test_note("%s", name[i]);
        if (!CHECK(law_load(&law, &arena, name[i], &err)))
            continue;
        if (law->code) /* curves: test_fit_schedule.c */
            continue;
        check_law(law);
        fitted++;
    }
    CHECK(fitted >= 70);
}
