/* test_law_oracles.c - numbers that papers print, or that follow from what they
 * print, held against the laws as they lie in laws/. What is a value of one law
 * at one place stands in the law's own file as `check` and is run by
 * test_law.c and by `laws check`; here is what takes several, or a search. */

#include "law/law.h"

#include "base/know.h"
#include "tests/test.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

static Arena arena;
static const double PF_DAY = 8.64e19;

/* ---- a law and one of its sets, as a function -------------------------- */

typedef struct Said { const Law *law; const double *theta; } Said;

/* Read once: the searches ask for a law a million times. */
static const Law *load(const char *name)
{
    static const Law *seen[100];
    Err err = { 0 };
    int i = 0;
    for (; i < COUNT_OF(seen) && seen[i]; i++)
        if (strcmp(seen[i]->name, name) == 0)
            return seen[i];
    if (i == COUNT_OF(seen) || !law_load(&seen[i], &arena, name, &err)) {
        test_note("%s", err.text);
        CHECK(false);
        SKIP("the law cannot be read");
    }
    return seen[i];
}

static Said of(const char *law_name, const char *set_name)
{
    const Law *law = load(law_name);
    const LawConstants *set = law_constants(law, set_name);
    if (!CHECK(set != NULL))
        SKIP("no such set of constants");
    return (Said){ law, set->theta };
}

static Said with(const char *law_name, const double *theta)
{
    return (Said){ load(law_name), theta };
}

/* Columns by their letters, so that no test hangs on their order. */
typedef struct At { const char *column; double value; } At;

static double value_at(Said f, const At *at, int count)
{
    double value[LAW_COLUMNS_MAX], *column[LAW_COLUMNS_MAX], out;
    for (int c = 0; c < f.law->ncolumn; c++) {
        value[c] = NAN;
        column[c] = &value[c];
        for (int k = 0; k < count; k++)
            if (strcmp(at[k].column, f.law->column[c]) == 0)
                value[c] = at[k].value;
    }
    law_eval(&out, NULL, NULL, f.law, f.theta, column, 1);
    return out;
}

#define VALUE(f, ...)                                                  \
    value_at((f), (const At[]){ __VA_ARGS__ },                         \
             (int)(sizeof (const At[]){ __VA_ARGS__ } / sizeof(At)))

static double theta_of(Said f, const char *param)
{
    return f.theta[law_param(f.law, param)];
}

/* ---- searches, plain and slow ------------------------------------------ */

typedef double Function(double x, const void *by);

/* Where f, rising or falling, is 0 between two ends. */
static double root(Function *f, double low, double high, const void *by)
{
    const bool rises = f(high, by) > f(low, by);
    for (int i = 0; i < 100; i++) {
        const double middle = (low + high) / 2;
        if ((f(middle, by) > 0) == rises)
            high = middle;
        else
            low = middle;
    }
    return (low + high) / 2;
}

/* The least value of f between two ends, by thirds. */
static double least(Function *f, double low, double high, const void *by)
{
    for (int i = 0; i < 90; i++) {
        const double a = low + (high - low) / 3, b = high - (high - low) / 3;
        if (f(a, by) < f(b, by))
            high = b;
        else
            low = a;
    }
    return (low + high) / 2;
}

/* ---- the files --------------------------------------------------------- */

TEST(every_published_set_names_its_source)
{
    const char **name;
    const int count = know_names(&name, &arena, "laws", ".law");
    int sets = 0, values = 0;
    for (int i = 0; i < count; i++) {
        const Law *law = load(name[i]);
        test_note("%s", name[i]);
        CHECK(strcmp(law->topic, "own") != 0);
        CHECK(law->ncaveat > 0);
        for (int s = 0; s < law->nconstants; s++) {
            const LawConstants *set = &law->constants[s];
            CHECK(set->source && *set->source);
            sets++;
            values += (int)set->check.count / (law->ncolumn + 1)
                    + (int)set->optimum.count / 2;
        }
    }
    CHECK(count >= 70);
    CHECK(sets >= 80);
    CHECK(values >= 70);
}

/* ---- Kaplan ------------------------------------------------------------ */

TEST(the_critical_batch_doubles_for_thirteen_percent_of_loss)
{
    const Said b = of("kaplan-bcrit", "kaplan");
    CHECK_NEAR(VALUE(b, { "loss", 4 }), 285e3, 2e-3); /* three digits */
    CHECK_NEAR(VALUE(b, { "loss", 0.87 }) / VALUE(b, { "loss", 1 }), 1.94,
               2e-3);
}

/* B_noise = 1000, B = 250: five times the steps, 1.25 times the data. */
TEST(steps_and_data_lie_on_the_hyperbola)
{
    const Said s = with("batch-hyperbola", (const double[]){ 10, 1e4 });
    const double steps = VALUE(s, { "B", 250 });
    CHECK_NEAR(steps / 10, 5, 1e-14);
    CHECK_NEAR(250 * steps / 1e4, 1.25, 1e-14);
    for (double batch = 1; batch < 1e6; batch *= 7) {
        const double run = VALUE(s, { "B", batch });
        CHECK_NEAR((run / 10 - 1) * (batch * run / 1e4 - 1), 1, 1e-9);
    }
}

static double excess_above_2_percent(double ln_d, const void *by)
{
    const double *n = by;
    return VALUE(of("kaplan-overfit", "kaplan"), { "N", *n },
                 { "D", exp(ln_d) }) - 0.02;
}

TEST(data_for_two_percent_of_overfitting_is_5519_times_a_power_of_size)
{
    const double n[] = { 1e7, 1e10 };
    double ln_d[2];
    for (int i = 0; i < 2; i++)
        ln_d[i] = root(excess_above_2_percent, log(1e6), log(1e14), &n[i]);
    const double p = (ln_d[1] - ln_d[0]) / log(n[1] / n[0]);
    CHECK_NEAR(p, 0.7379, 1e-4);
    CHECK_NEAR(exp(ln_d[0] - p * log(n[0])), 5519, 1e-3);
    const Said printed = of("kaplan-data-needed", "kaplan"); /* 5e3 N^0.74 */
    CHECK_NEAR(VALUE(printed, { "N", 1e9 }), exp(ln_d[0] + p * log(1e2)), 0.1);
}

static double learning_rate(double ln_n, const void *by)
{
    (void)by;
    return VALUE(of("kaplan-lr", "kaplan"), { "N", exp(ln_n) });
}

TEST(the_learning_rate_of_kaplan_is_zero_at_12_billion)
{
    CHECK_NEAR(exp(root(learning_rate, log(1e9), log(1e12), NULL)), 1.2126e10,
               1e-4);
}

/* ---- Kaplan's frontier against brute force ----------------------------- */

typedef struct Budget { double c, n; } Budget;

/* ln of what it costs to reach a loss at size n: 6 n B_crit(loss) S_min. */
static double cost_of(double loss, double n)
{
    const Said ns = of("kaplan-ns", "kaplan"), b = of("kaplan-bcrit", "kaplan");
    const double from_n = pow(theta_of(ns, "N_c") / n, theta_of(ns, "alpha_N"));
    const double s = theta_of(ns, "S_c")
                   * pow(loss - from_n, -1 / theta_of(ns, "alpha_S"));
    return loss > from_n ? log(6 * n * VALUE(b, { "loss", loss }) * s)
                         : INFINITY;
}

static double cost_above(double loss, const void *by)
{
    const Budget *at = by;
    return cost_of(loss, at->n) - log(at->c);
}

/* The loss that a budget buys at a size. */
static double loss_at_size(double ln_n, const void *by)
{
    const Budget *budget = by;
    const Budget at = { budget->c, exp(ln_n) };
    const Said ns = of("kaplan-ns", "kaplan");
    const double limit = pow(theta_of(ns, "N_c") / at.n,
                             theta_of(ns, "alpha_N"));
    return root(cost_above, limit * (1 + 1e-12), 50, &at);
}

TEST(the_closed_frontier_of_kaplan_is_what_brute_force_finds)
{
    for (double c = 1e-3 * PF_DAY; c < 2e3 * PF_DAY; c *= 1e3) {
        const Budget budget = { c, 0 };
        const double ln_n = least(loss_at_size, log(1e3), log(1e14), &budget);
        const double loss = loss_at_size(ln_n, &budget), n = exp(ln_n);
        test_note("%g PF-days", c / PF_DAY);
        CHECK_NEAR(VALUE(of("kaplan-frontier-loss", "kaplan"), { "C_min", c }),
                   loss, 1e-9);
        CHECK_NEAR(VALUE(of("kaplan-frontier-n", "kaplan"), { "C_min", c }), n,
                   1e-5);
        const double b = VALUE(of("kaplan-bcrit", "kaplan"), { "loss", loss });
        CHECK_NEAR(VALUE(of("kaplan-frontier-s", "kaplan"), { "C_min", c }),
                   c / (6 * n * b), 1e-5);
    }
}

static double slope(Said f, const char *column, double at)
{
    return log(VALUE(f, { column, 1.01 * at }) / VALUE(f, { column, at }))
         / log(1.01);
}

TEST(exponents_of_the_closed_frontier)
{
    const Said loss = of("kaplan-frontier-loss", "kaplan");
    const double p_n = slope(of("kaplan-frontier-n", "kaplan"), "C_min", 1e20);
    const double p_s = slope(of("kaplan-frontier-s", "kaplan"), "C_min", 1e20);
    const double alpha = -slope(loss, "C_min", 1e20);
    CHECK_NEAR(alpha, 0.05245, 1e-4);
    CHECK_NEAR(p_n, 0.681, 1e-3);
    CHECK_NEAR(p_s, 0.069, 1e-2);
    CHECK_NEAR(1 - p_n - p_s, 0.250, 2e-3);
    /* The compute at which it reaches one nat, C_c. */
    const double c_c = 1e28 * pow(VALUE(loss, { "C_min", 1e28 }), 1 / alpha);
    CHECK_NEAR(c_c, 1.3908e28, 1e-3);
    CHECK_NEAR(c_c / PF_DAY, 1.61e8, 2e-3);
}

/* At the same loss: what r times the best size costs, by (1.6) and B_crit. */
TEST(a_wrong_size_costs_what_kaplan_says)
{
    const Said cost = of("kaplan-wrong-size-cost", "kaplan");
    const Said steps = of("kaplan-wrong-size-steps", "kaplan");
    CHECK_NEAR(VALUE(cost, { "r", 0.6 }), 1.165, 5e-4);
    CHECK_NEAR(VALUE(cost, { "r", 2.2 }), 1.204, 5e-4);
    CHECK_NEAR(VALUE(steps, { "r", 2.2 }), 0.547, 1e-3);
    const double c = 1e20;
    const double n = VALUE(of("kaplan-frontier-n", "kaplan"), { "C_min", c });
    const double loss = VALUE(of("kaplan-frontier-loss", "kaplan"),
                              { "C_min", c });
    for (double r = 0.5; r < 5; r *= 1.7) {
        test_note("r = %g", r);
        CHECK_NEAR(VALUE(cost, { "r", r }), exp(cost_of(loss, r * n)) / c,
                   1e-7);
    }
}

/* Its own (1.5) under C = 6 N D would say 0.575, not 0.73. */
TEST(kaplans_surface_alone_gives_another_exponent)
{
    const Said nd = of("kaplan-nd", "kaplan");
    const double n20 = law_optimum(nd.law, nd.theta, 1e20);
    const double n23 = law_optimum(nd.law, nd.theta, 1e23);
    CHECK_NEAR(log10(n23 / n20) / 3, 0.575, 1e-3);
    CHECK_NEAR(pow(1e9, theta_of(of("kaplan-n-opt", "kaplan"), "p_N")), 3.7e6,
               1e-2);
    CHECK_NEAR(pow(1e9, theta_of(of("kaplan-d-opt", "kaplan"), "p_D")), 270,
               1e-2);
}

/* ---- Chinchilla -------------------------------------------------------- */

TEST(the_surfaces_of_chinchilla_recommend_what_was_computed_from_them)
{
    static const struct {
        const char *set;
        double c, n, d, ratio, digits;
    } row[] = {
        { "besiroglu", 1e15, 2.3342e6, 7.1403e7, 30.59, 2e-4 },
        { "besiroglu", 1e16, 7.5988e6, 2.1933e8, 28.86, 2e-4 },
        { "besiroglu", 1e17, 2.4737e7, 6.7374e8, 27.24, 2e-4 },
        { "besiroglu", 1e18, 80.53e6, 2.0696e9, 25.7, 2e-3 },
        { "besiroglu", 1e21, 2.7785e9, 59.99e9, 21.6, 2e-3 },
        { "besiroglu", 5.76e23, 72.25e9, NAN, 18.4, 3e-3 },
        { "besiroglu", 3.8e25, 618.7e9, NAN, 16.5, 5e-3 },
        { "hoffmann-printed", 1e18, 80.58e6, 2.068e9, 25.7, 2e-3 },
        { "hoffmann-printed", 1e21, 1.824e9, 91.4e9, 50.1, 1e-3 },
        { "hoffmann-printed", 5.76e23, 32.19e9, 2.98e12, 92.6, 2e-3 },
        { "hoffmann-printed", 3.8e25, 213.5e9, 29.7e12, 139, 3e-3 },
        { "hoffmann", 1e18, 94.7e6, NAN, 18.6, 2e-3 },
        { "hoffmann", 1e21, 2.217e9, NAN, 33.9, 2e-3 },
        { "hoffmann", 5.76e23, 40.36e9, NAN, 58.9, 2e-3 },
        { "hoffmann", 3.8e25, 273e9, NAN, 84.8, 3e-3 },
    };
    for (int i = 0; i < COUNT_OF(row); i++) {
        const Said f = of("chinchilla", row[i].set);
        const double n = law_optimum(f.law, f.theta, row[i].c);
        const double d = row[i].c / 6 / n;
        test_note("%s at %g", row[i].set, row[i].c);
        CHECK_NEAR(n, row[i].n, row[i].digits);
        CHECK_NEAR(d, isnan(row[i].d) ? d : row[i].d, row[i].digits);
        CHECK_NEAR(d / n, row[i].ratio, row[i].digits);
    }
}

/* a of N_opt ~ C^a, as each source says of its own constants. */
TEST(published_surfaces_have_their_published_exponents)
{
    static const struct { const char *set; double a, digits; } row[] = {
        { "besiroglu", 0.513, 1e-3 },  { "besiroglu-exact", 0.514, 1e-3 },
        { "squares-240", 0.5446, 1e-4 }, { "llama3", 0.5029, 1e-3 },
        { "hoffmann", 0.4566, 1e-3 },  { "hoffmann-printed", 0.4516, 1e-3 },
    };
    for (int i = 0; i < COUNT_OF(row); i++) {
        const Said f = of("chinchilla", row[i].set);
        const double a = log(law_optimum(f.law, f.theta, 1e23)
                             / law_optimum(f.law, f.theta, 1e20)) / log(1e3);
        test_note("%s", row[i].set);
        CHECK_NEAR(a, row[i].a, row[i].digits);
    }
}

/* No size at all on 300 B tokens, by the printed surface; by the corrected
 * one, 2.2e12 parameters would. */
TEST(whether_any_size_on_300_billion_tokens_beats_chinchilla)
{
    const Said printed = of("chinchilla", "hoffmann-printed");
    const Said right = of("chinchilla", "besiroglu");
    CHECK_NEAR(VALUE(printed, { "N", 1e40 }, { "D", 300e9 }), 1.9411, 1e-4);
    CHECK_NEAR(VALUE(right, { "N", 1e40 }, { "D", 300e9 }), 1.9493, 1e-4);
    const double chinchilla = VALUE(right, { "N", 70e9 }, { "D", 1.4e12 });
    CHECK_NEAR(VALUE(right, { "N", 2.2e12 }, { "D", 300e9 }), chinchilla,
               5e-5);
}

TEST(what_the_two_largest_terms_share_at_the_optimum_is_the_exponent)
{
    const Said f = of("chinchilla", "besiroglu");
    const double n = law_optimum(f.law, f.theta, 1e21), d = 1e21 / 6 / n;
    const double of_n = theta_of(f, "A") * pow(n, -theta_of(f, "alpha"));
    const double of_d = theta_of(f, "B") * pow(d, -theta_of(f, "beta"));
    const double a = theta_of(f, "beta")
                   / (theta_of(f, "alpha") + theta_of(f, "beta"));
    CHECK_NEAR(of_n / (of_n + of_d), a, 1e-6);
}

/* d ln L/d ln N is alpha (1 - E/L): 30, 39 and 49 % of alpha. */
TEST(a_local_slope_is_a_part_of_the_exponent)
{
    static const double loss[] = { 2.6, 3.0, 3.6 }, part[] = { .30, .39, .49 };
    const double theta[] = { 1.82, 400, 0.35 };
    const Said f = with("power-floor", theta);
    for (int i = 0; i < 3; i++) {
        const double x = pow((loss[i] - 1.82) / 400, -1 / 0.35);
        CHECK_NEAR(-slope(f, "x", x) / 0.35, part[i], 0.03);
    }
}

/* A = B = 400, alpha = .35, N = 1e8, M = 20: both ways .8561344788. */
TEST(the_over_training_form_is_the_tied_law_in_other_letters)
{
    const double eta = 0.175, a = pow(6, eta) * 400;
    const Said tied = with("tied-exponent", (const double[]){ 0, 400, 400, .35 });
    const Said over = with("overtrain", (const double[]){ 0, a, a, eta });
    CHECK_NEAR(VALUE(tied, { "N", 1e8 }, { "D", 2e9 }), 0.8561344788, 1e-9);
    CHECK_NEAR(VALUE(over, { "M", 20 }, { "C", 1.2e18 }), 0.8561344788, 1e-9);
}

TEST(the_power_mean_contains_chinchilla_and_kaplan)
{
    const Said k = of("kaplan-nd", "kaplan"), c = of("chinchilla", "hoffmann");
    const double q = theta_of(k, "alpha_D"), alpha = theta_of(k, "alpha_N");
    const double of_kaplan[] = { 0, pow(theta_of(k, "N_c"), alpha),
                                 pow(theta_of(k, "D_c"), q), alpha, q, q };
    double additive[6];
    memcpy(additive, c.theta, 5 * sizeof *additive);
    additive[5] = 1;
    for (double n = 1e5; n < 1e12; n *= 31) {
        const double d = 1e17 / n;
        test_note("N = %g", n);
        CHECK_NEAR(VALUE(with("power-mean", of_kaplan), { "N", n },
                         { "D", d }),
                   VALUE(k, { "N", n }, { "D", d }), 1e-12);
        CHECK_NEAR(VALUE(with("power-mean", additive), { "N", n }, { "D", d }),
                   VALUE(c, { "N", n }, { "D", d }), 1e-12);
        CHECK_NEAR(VALUE(with("outer-exponent", additive), { "N", n },
                         { "D", d }),
                   VALUE(c, { "N", n }, { "D", d }), 1e-12);
    }
}

/* ---- the bridge from Chinchilla to Kaplan ------------------------------ */

typedef struct Bridge { Said surface; double c; } Bridge;

/* The loss of a body of N_E on C_E/6N_E tokens. */
static double bridged(double ln_ne, const void *by)
{
    const Bridge *b = by;
    const double ne = exp(ln_ne);
    const double nt = VALUE(of("pearce-song", "pearce-song"), { "N_E", ne });
    return VALUE(b->surface, { "N", nt }, { "D", b->c / 6 / ne });
}

static double best_body(const char *set, double c)
{
    const Bridge b = { of("chinchilla", set), c };
    return least(bridged, log(1e2), log(1e13), &b);
}

/* The compute for which a body is best. */
typedef struct Wanted { const char *set; double ln_ne; } Wanted;
static double body_above(double ln_c, const void *by)
{
    const Wanted *w = by;
    return best_body(w->set, exp(ln_c)) - w->ln_ne;
}

/* Twenty sizes from 790 to 1.58e9, as Kaplan's; the line through them. */
static double slope_over_kaplans_sizes(const char *set)
{
    enum { SIZES = 20 };
    double x[SIZES], y[SIZES], mx = 0, my = 0, xy = 0, xx = 0;
    for (int i = 0; i < SIZES; i++) {
        const Wanted w = { set, log(7.9e2) + log(1.58e9 / 7.9e2) * i
                                                 / (SIZES - 1) };
        y[i] = w.ln_ne;
        x[i] = root(body_above, log(1e8), log(1e24), &w);
        mx += x[i] / SIZES;
        my += y[i] / SIZES;
    }
    for (int i = 0; i < SIZES; i++) {
        xy += (x[i] - mx) * (y[i] - my);
        xx += (x[i] - mx) * (x[i] - mx);
    }
    return xy / xx;
}

TEST(kaplans_exponent_appears_when_chinchilla_counts_bodies)
{
    CHECK_NEAR(slope_over_kaplans_sizes("hoffmann-printed"), 0.744, 2e-3);
    CHECK_NEAR(slope_over_kaplans_sizes("besiroglu"), 0.785, 2e-3);
}

/* ---- others ------------------------------------------------------------ */

static double repeated(double ln_n, const void *by)
{
    (void)by;
    const double n = exp(ln_n);
    return VALUE(of("muennighoff", "muennighoff"), { "N", n },
                 { "D", 1e22 / 6 / n }, { "U", 25e9 });
}

TEST(muennighoff_to_sixteen_digits_and_his_best_plan)
{
    const Said f = of("muennighoff", "muennighoff");
    CHECK_NEAR(VALUE(f, { "N", 6.34e9 }, { "D", 242e9 }, { "U", 25e9 }),
               2.2256440889984477, 1e-14);
    CHECK_NEAR(VALUE(f, { "N", 8.67e9 }, { "D", 178e9 }, { "U", 25e9 }),
               2.2269634075087867, 1e-14);
    /* The plan that the authors' search ends at, 9.4935 epochs, is 5e-4 beside
     * the least loss, which is so flat there that it is no worse. */
    const double ln_n = least(repeated, log(1e8), log(1e12), NULL);
    const double theirs = log(1e22 / 6 / 237336955477.55);
    CHECK_NEAR(exp(ln_n), 7.022e9, 1e-3);
    CHECK_NEAR(1e22 / 6 / exp(ln_n) / 25e9, 9.4935, 1e-3);
    CHECK(repeated(ln_n, NULL) <= repeated(theirs, NULL));
    CHECK_NEAR(repeated(ln_n, NULL), repeated(theirs, NULL), 1e-7);
}

TEST(four_epochs_are_worth_nearly_four)
{
    const Said f = of("effective-data", "muennighoff");
    CHECK_NEAR(VALUE(f, { "U", 1 }, { "D", 4 }), 3.73, 2e-3);
    CHECK_NEAR(VALUE(f, { "U", 1 }, { "D", 16 }), 10.58, 1e-3);
    CHECK_NEAR(VALUE(f, { "U", 1 }, { "D", 40 }) / 40, 0.38, 1e-2);
}

TEST(deepseeks_size_and_data_multiply_to_the_compute)
{
    const double m = VALUE(of("deepseek-m", "deepseek"), { "C", 1e20 });
    const double d = VALUE(of("deepseek-d", "deepseek"), { "C", 1e20 });
    CHECK_NEAR(m * d, 1e20, 2e-4);
}

TEST(the_printed_digits_of_llama_3_do_not_give_its_data)
{
    CHECK_NEAR(VALUE(of("llama3-d", "recomputed"), { "C", 3.8e25 }), 16.55e12,
               2e-2);
    CHECK_NEAR(VALUE(of("llama3-d", "llama3-printed"), { "C", 3.8e25 }),
               10.5e12, 5e-3);
}

TEST(a_broken_power_law_is_as_its_authors_code_has_it)
{
    const double theta[] = { .5, 10, .2, .3, 1e4, .5 };
    const Said f = with("bnsl-1", theta);
    CHECK_NEAR(VALUE(f, { "x", 1e2 }), 4.481012, 1e-6);
    CHECK_NEAR(VALUE(f, { "x", 1e4 }), 1.928386, 1e-6);
    CHECK_NEAR(VALUE(f, { "x", 1e6 }), 0.658487, 1e-6);
}

/* A break that changes nothing is none, however many there are. */
TEST(breaks_of_no_change_leave_a_power_law)
{
    const double theta[] = { .5, 10, .2, 0, 1e3, .5, 0, 1e5, .5, 0, 1e7, .5 };
    static const char *const name[] = { "bnsl-0", "bnsl-1", "bnsl-2",
                                        "bnsl-3" };
    for (int i = 0; i < 4; i++) {
        test_note("%s", name[i]);
        CHECK_NEAR(VALUE(with(name[i], theta), { "x", 1e5 }), .5 + 1, 1e-12);
    }
}

/* c + k exp(t1 r1 + t2 r2 + t3 r3), by hand. */
TEST(a_mixture_law_sums_over_its_shares)
{
    const double theta[] = { 1.5, 0.8, -1, -0.5, 0.2 };
    const double seen = VALUE(with("mixture", theta), { "r1", 0.5 },
                              { "r2", 0.5 }, { "r3", 0 });
    CHECK_NEAR(seen, 1.5 + 0.8 * exp(-0.75), 1e-14);
}
