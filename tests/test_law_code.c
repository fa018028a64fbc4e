/* test_law_code.c - laws that look back along a curve's learning rate: held to
 * published values, to their formulas written out step by step, and to what
 * their law files say of rows and of what lies between rows. */

#include "law/law.h"
#include "law/law_code_curve.h"

#include "tests/test.h"

#include <math.h>
#include <string.h>

enum { ROWS_MAX = 4000 };

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

/* A table of curves that grows row by row. */
typedef struct World {
    i64    n;
    double curve[ROWS_MAX], step[ROWS_MAX], lr[ROWS_MAX], loss[ROWS_MAX];
} World;

static void row(World *w, double curve, double step, double lr)
{
    w->curve[w->n] = curve;
    w->step[w->n] = step;
    w->lr[w->n++] = lr;
}

static void losses(World *w, const Law *law, const double *theta)
{
    double *column[] = { w->curve, w->step, w->lr };
    law_eval(w->loss, NULL, NULL, law, theta, column, w->n);
}

static const double of_25m[] = { 3.040, .525, .508, 363.788, 2.066, .583,
                                 .641, .5 };
static const double cooled[] = { 2.6, .43, .55, .41, .99, .5 };

/* ---- the formulas as they are printed ---------------------------------- */

static double multipower_by_hand(const double *eta, int t, const double *p)
{
    double sum = 0, won = 0;
    for (int i = 0; i <= t; i++)
        sum += eta[i];
    for (int k = 1; k <= t; k++) {
        double since = 0;
        for (int i = k; i <= t; i++)
            since += eta[i];
        won += (eta[k - 1] - eta[k])
             * (1 - pow(p[4] * pow(eta[k], -p[6]) * since + 1, -p[5]));
    }
    return p[0] + p[1] * pow(sum, -p[2]) - p[3] * won;
}

static double tissue_by_hand(const double *eta, int t, const double *p)
{
    double sum = 0, m = 0, s2 = 0;
    for (int i = 0; i <= t; i++) {
        sum += eta[i];
        m = i ? p[4] * m + eta[i - 1] - eta[i] : 0;
        s2 += m;
    }
    return p[0] + p[1] * pow(sum, -p[2]) - p[3] * s2;
}

/* ---- published values -------------------------------------------------- */

/* A rate of 1e-3 for five steps, then half: the law of 25 M parameters. */
TEST(the_multi_power_law_gives_the_published_losses)
{
    static const double want[] = { 20.58524, 15.377753, 13.08111, 11.715866,
                                   10.78609, 10.40704, 10.077227, 9.786832 };
    static World w;
    const Law *law = load("multi-power");
    for (int i = 0; i < 8; i++)
        row(&w, 1, i + 1, i < 5 ? 1e-3 : 5e-4);
    losses(&w, law, law_constants(law, "25m")->theta);
    for (int i = 0; i < 8; i++) {
        test_note("step %d", i + 1);
        CHECK_NEAR(w.loss[i], want[i], 1e-7);
    }
}

/* Rates 1, 1, 1, .5, .25 and lambda .9: S1 is 3.75 and S2 is 1.2. */
TEST(tissues_two_sums_are_the_published_ones)
{
    static const double eta[] = { 1, 1, 1, .5, .25 };
    static World w;
    const Law *law = load("tissue");
    for (int i = 0; i < 5; i++)
        row(&w, 1, i + 1, eta[i]);
    losses(&w, law, (const double[]){ 0, 1, -1, 0, .9, 1 }); /* S1 itself */
    CHECK_NEAR(w.loss[4], 3.75, 1e-14);
    losses(&w, law, (const double[]){ 0, 0, 1, -1, .9, 1 }); /* S2 itself */
    CHECK_NEAR(w.loss[4], 1.2, 1e-14);
}

/* ---- a row a step ------------------------------------------------------ */

/* Flat, down a cosine, up again, flat, down in steps. */
static double odd_schedule(int i)
{
    if (i < 20)
        return 1e-3;
    if (i < 60)
        return 5e-4 * (1 + cos((i - 20) * 0.07)) + 1e-5;
    return i < 80 ? 4e-4 + 1e-5 * (i - 60) : 6e-4 / (1 + (i - 80) / 7);
}

TEST(a_row_a_step_is_the_printed_sum_to_the_last_digits)
{
    enum { STEPS = 120 };
    static World w;
    double eta[STEPS];
    for (int i = 0; i < STEPS; i++) {
        eta[i] = odd_schedule(i);
        row(&w, 1, i + 1, eta[i]);
    }
    losses(&w, load("multi-power"), of_25m);
    for (int i = 0; i < STEPS; i++) {
        test_note("multi-power, step %d", i + 1);
        CHECK_NEAR(w.loss[i], multipower_by_hand(eta, i, of_25m), 1e-12);
    }
    losses(&w, load("tissue"), cooled);
    for (int i = 0; i < STEPS; i++) {
        test_note("tissue, step %d", i + 1);
        CHECK_NEAR(w.loss[i], tissue_by_hand(eta, i, cooled), 1e-12);
    }
}

/* What is long past is put together: as exact as any loss is known. */
TEST(a_long_curve_is_the_printed_sum_to_two_in_a_million)
{
    enum { STEPS = 500 };
    static World w;
    double eta[STEPS];
    for (int i = 0; i < STEPS; i++) {
        eta[i] = i < 100 || i >= 400
                     ? odd_schedule(i % 120)
                     : 1e-3 * (0.55 + 0.45 * cos(M_PI * (i - 100) / 300));
        row(&w, 1, i + 1, eta[i]);
    }
    losses(&w, load("multi-power"), of_25m);
    for (int i = 0; i < STEPS; i++) {
        test_note("step %d", i + 1);
        CHECK_NEAR(w.loss[i], multipower_by_hand(eta, i, of_25m), 2e-6);
    }
}

/* ---- between rows ------------------------------------------------------ */

/* Constant to 1000, a jump to half, a line down to a tenth at 3000. */
static double cornered(double step)
{
    return step <= 1000 ? 1e-3
                        : 5e-4 - 4e-4 * (step - 1000) / 2000;
}

static void compare(const char *name, const double *theta, double tolerance)
{
    static World dense, sparse;
    const Law *law = load(name);
    dense.n = sparse.n = 0;
    for (int i = 1; i <= 3000; i++)
        row(&dense, 1, i, cornered(i));
    row(&sparse, 1, 1, 1e-3);
    row(&sparse, 1, 1000, 1e-3);
    row(&sparse, 1, 1000, 5e-4); /* the jump, after step 1000 */
    for (int i = 1050; i <= 3000; i += 50)
        row(&sparse, 1, i, cornered(i));
    losses(&dense, law, theta);
    losses(&sparse, law, theta);
    CHECK(sparse.loss[1] == sparse.loss[2]);
    for (i64 i = 0; i < sparse.n; i++) {
        test_note("%s, step %g", name, sparse.step[i]);
        CHECK_NEAR(sparse.loss[i], dense.loss[(int)sparse.step[i] - 1],
                   tolerance);
    }
}

/* Tissue exactly; multi-power by four points a stretch, whose error on 50
 * steps was below 2e-6 of the loss when this was written. */
TEST(corners_and_jumps_say_what_a_row_a_step_says)
{
    compare("tissue", cooled, 1e-12);
    compare("multi-power", of_25m, 5e-6);
}

TEST(a_long_stretch_by_its_closed_form_is_its_steps)
{
    static World dense, sparse;
    const Law *law = load("tissue");
    const double theta[] = { 2.6, .43, .55, .41, .999, 1 };
    for (int i = 1; i <= 3900; i++)
        row(&dense, 1, i, 1e-3 - 2e-7 * i);
    row(&sparse, 1, 1, 1e-3 - 2e-7);
    row(&sparse, 1, 1500, 1e-3 - 2e-7 * 1500);
    row(&sparse, 1, 2800, 1e-3 - 2e-7 * 2800);
    row(&sparse, 1, 3900, 1e-3 - 2e-7 * 3900);
    losses(&dense, law, theta);
    losses(&sparse, law, theta);
    CHECK_NEAR(sparse.loss[1], dense.loss[1499], 1e-9);
    CHECK_NEAR(sparse.loss[2], dense.loss[2799], 1e-9);
    CHECK_NEAR(sparse.loss[3], dense.loss[3899], 1e-9);
}

/* 1 + 2 + ... + 100 hundredths of the rate, or a hundred of it; and nothing of
 * it cooled. */
TEST(before_the_first_row_the_rate_has_risen_in_a_line_or_not_at_all)
{
    static World w;
    const Law *law = load("tissue");
    row(&w, 1, 100, 1e-2);
    row(&w, 1, 110, 1e-2);
    losses(&w, law, (const double[]){ 0, 1, -1, 5, .9, .5 });
    CHECK_NEAR(w.loss[0], 1e-2 * 50.5, 1e-14);
    CHECK_NEAR(w.loss[1], 1e-2 * 60.5, 1e-14);
    losses(&w, law, (const double[]){ 0, 1, -1, 5, .9, 1 });
    CHECK_NEAR(w.loss[0], 1, 1e-14);
    CHECK_NEAR(w.loss[1], 1.1, 1e-14);
}

TEST(rows_may_come_in_any_order_and_curves_do_not_meet)
{
    enum { STEPS = 90 };
    static World alone, mixed;
    const Law *law = load("multi-power");
    for (int i = 0; i < STEPS; i++)
        row(&alone, 7, i + 1, odd_schedule(i));
    losses(&alone, law, of_25m);
    for (int i = 0; i < STEPS; i++) {
        const int k = i * 37 % STEPS;
        row(&mixed, 7, k + 1, odd_schedule(k));
        row(&mixed, 3, k + 1, 2e-3 / (k + 1));
    }
    losses(&mixed, law, of_25m);
    for (int i = 0; i < STEPS; i++)
        CHECK_NEAR(mixed.loss[2 * i], alone.loss[i * 37 % STEPS], 1e-14);
}

/* A bootstrap may draw a row twice. */
TEST(a_row_twice_changes_nothing)
{
    static World once, twice;
    const Law *law = load("tissue");
    for (int i = 0; i < 50; i++) {
        row(&once, 1, i + 1, odd_schedule(i));
        row(&twice, 1, i + 1, odd_schedule(i));
        row(&twice, 1, i + 1, odd_schedule(i));
    }
    losses(&once, law, cooled);
    losses(&twice, law, cooled);
    for (int i = 0; i < 50; i++)
        CHECK(twice.loss[2 * i] == once.loss[i]
              && twice.loss[2 * i + 1] == once.loss[i]);
}

/* A cosine down to 0, where a power of the rate would be infinite. */
TEST(a_rate_of_zero_gives_no_nan)
{
    static World w;
    const Law *law = load("multi-power");
    enum { STEPS = 40 };
    double jac[8 * STEPS], hess[64 * STEPS], out[STEPS];
    for (int i = 0; i < STEPS; i++)
        row(&w, 1, i + 1, 5e-4 * (1 + cos(M_PI * i / (STEPS - 1))));
    w.lr[STEPS - 1] = 0;
    double *column[] = { w.curve, w.step, w.lr };
    law_eval(out, jac, hess, law, of_25m, column, STEPS);
    for (int i = 0; i < STEPS; i++)
        CHECK(isfinite(out[i]) && out[i] > 3);
    for (int i = 0; i < 8 * STEPS; i++)
        CHECK(isfinite(jac[i]));
    for (int i = 0; i < 64 * STEPS; i++)
        CHECK(isfinite(hess[i]));
}

/* ---- derivatives ------------------------------------------------------- */

TEST(slopes_and_curvatures_are_true_along_jumps_and_long_stretches)
{
    static World w;
    for (int c = 1; c <= 2; c++) {
        row(&w, c, 50, 1e-3);
        row(&w, c, 300 * c, 1e-3);
        row(&w, c, 300 * c, 6e-4);
        row(&w, c, 2500, 1e-4);
        row(&w, c, 2504, 9e-5);
        row(&w, c, 2600, 9e-5);
    }
    double *column[] = { w.curve, w.step, w.lr };
    const Law *mpl = load("multi-power"), *tissue = load("tissue");
    const LawGaps a = law_gaps(mpl, mpl, of_25m, column, w.n);
    const double theta[] = { 2.6, .43, .55, 41, .9, .7 };
    const LawGaps b = law_gaps(tissue, tissue, theta, column, w.n);
    CHECK_BELOW(a.slope, 1e-9);
    CHECK_BELOW(a.curve, 1e-9);
    CHECK_BELOW(b.slope, 1e-6); /* 1e-3 of lambda is 1e-2 of 1 - lambda */
    CHECK_BELOW(b.curve, 1e-6);
}

TEST(pairs_stand_as_the_contract_says)
{
    int k = 0;
    for (int i = 0; i < 7; i++)
        for (int j = i; j < 7; j++)
            CHECK(pair_at(i, j, 7) == k++);
}

/* What enters linearly must enter linearly: twice the constant, twice what it
 * adds. */
TEST(the_parameters_called_linear_are)
{
    static const char *const name[] = { "tissue", "multi-power" };
    const double *theta[] = { cooled, of_25m };
    static World w;
    w.n = 0;
    for (int i = 0; i < 60; i++)
        row(&w, 1, i + 1, odd_schedule(i));
    for (int l = 0; l < 2; l++) {
        const Law *law = load(name[l]);
        int linear = 0;
        for (int p = 0; p < law->nparam; p++) {
            double at[LAW_PARAMS_MAX];
            memcpy(at, theta[l], (size_t)law->nparam * sizeof *at);
            linear += law->param[p].linear;
            if (!law->param[p].linear)
                continue;
            double value[3];
            for (int k = 0; k < 3; k++) {
                at[p] = theta[l][p] * k;
                losses(&w, law, at);
                value[k] = w.loss[50];
            }
            test_note("%s of %s", law->param[p].name, name[l]);
            CHECK_NEAR(value[2] - value[1], value[1] - value[0], 1e-9);
        }
        CHECK(linear == 3);
    }
}
