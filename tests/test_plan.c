/* test_plan.c - what a plan promises: the optimum of the law it was given,
 * intervals that hold every draw, the cost of a family as count/ counts it, and
 * words where there is no answer. */

#include "plan/plan.h"

#include "tests/test.h"

#include <math.h>
#include <string.h>

static const PlanCost six_n = { .family = false };

/* The demo's family: bytes, context 256, a layer for every 24 of width. */
static PlanCost family(CountN counts)
{
    return (PlanCost){ .family = true, .vocab = 256, .context = 256,
                       .aspect = 24, .layers_min = 2, .counts = counts };
}

static Fit published(Arena *arena, const char *law_name, const char *name)
{
    const Law *law;
    Fit        fit = { 0 };
    Err        err = { 0 };
    if (CHECK(law_load(&law, arena, law_name, &err))
        && CHECK(law_constants(law, name) != NULL))
        CHECK(plan_published(&fit, arena, law, law_constants(law, name), &err));
    return fit;
}

static void check_row(const Fit *fit, double c, double n, double d, double loss,
                      double tolerance)
{
    Plan plan;
    Err  err = { 0 };
    test_note("%s at %g FLOP", fit->certificate.words, c);
    if (!CHECK(plan_budget(&plan, fit, &six_n, c, NAN, &err)))
        return;
    CHECK_NEAR(plan.n.value, n, tolerance);
    CHECK_NEAR(6 * plan.n.value * plan.d.value, c, 1e-12);
    CHECK_NEAR(plan.ratio.value, plan.d.value / plan.n.value, 1e-12);
    if (d > 0)
        CHECK_NEAR(plan.d.value, d, tolerance);
    if (loss > 0)
        CHECK_NEAR(plan.loss.value, loss, 1e-4);
    CHECK(isnan(plan.n.low) == (fit->ndraw == 0));
    CHECK(isnan(plan.extrapolation));
}

/* Besiroglu et al.'s printed constants; values computed apart from this code
 * in double precision, five digits. */
TEST(besiroglu_gives_the_known_optima)
{
    Arena     arena = { 0 };
    const Fit fit   = published(&arena, "chinchilla", "besiroglu");
    check_row(&fit, 1e15, 2.3342e6, 7.1403e7, 7.5508, 1e-4);
    check_row(&fit, 1e16, 7.5988e6, 2.1933e8, 5.6204, 1e-4);
    check_row(&fit, 1e17, 2.4737e7, 6.7374e8, 4.3399, 1e-4);
    check_row(&fit, 1e18, 8.053e7, 2.0696e9, 3.4905, 1e-4);
    check_row(&fit, 1e21, 2.7785e9, 5.999e10, 2.3055, 1e-4);
    check_row(&fit, 5.76e23, 7.225e10, NAN, NAN, 1e-4);
    check_row(&fit, 3.8e25, 6.187e11, NAN, NAN, 2e-4);
    arena_free(&arena);
}

TEST(both_sets_of_hoffmann_give_their_own_optima)
{
    Arena     arena   = { 0 };
    const Fit printed = published(&arena, "chinchilla", "hoffmann-printed");
    const Fit full    = published(&arena, "chinchilla", "hoffmann");
    check_row(&printed, 1e18, 8.058e7, 2.068e9, NAN, 2e-4);
    check_row(&printed, 1e21, 1.824e9, 9.14e10, NAN, 5e-4);
    check_row(&printed, 5.76e23, 3.219e10, 2.98e12, NAN, 1e-3);
    check_row(&printed, 3.8e25, 2.135e11, 2.97e13, NAN, 2e-3);
    check_row(&full, 1e18, 9.47e7, NAN, NAN, 1e-3);
    check_row(&full, 1e21, 2.217e9, NAN, NAN, 1e-3);
    check_row(&full, 5.76e23, 4.036e10, NAN, NAN, 1e-3);
    check_row(&full, 3.8e25, 2.73e11, NAN, NAN, 2e-3);
    arena_free(&arena);
}

/* N = G (C/6)^a, a = beta/(alpha+beta), G = (alpha A/beta B)^(1/(alpha+beta)):
 * Hoffmann et al. 2022, equation 4. */
static double closed_form(const Fit *fit, double c)
{
    const Law   *law   = fit->law;
    const double alpha = fit->theta[law_param(law, "alpha")];
    const double beta  = fit->theta[law_param(law, "beta")];
    const double lean  = alpha * fit->theta[law_param(law, "A")]
                       / (beta * fit->theta[law_param(law, "B")]);
    return pow(lean * pow(c / 6, beta), 1 / (alpha + beta));
}

TEST(the_search_meets_the_closed_form_to_a_millionth)
{
    static const char *const sets[] = { "besiroglu", "hoffmann",
                                        "hoffmann-printed" };
    Arena arena = { 0 };
    for (int s = 0; s < COUNT_OF(sets); s++) {
        const Fit fit = published(&arena, "chinchilla", sets[s]);
        for (double c = 1e9; c < 1e28; c *= 7) {
            Plan plan;
            Err  err = { 0 };
            test_note("%s at %g FLOP", sets[s], c);
            if (CHECK(plan_budget(&plan, &fit, &six_n, c, 1e9, &err)))
                CHECK_NEAR(plan.n.value, closed_form(&fit, c), 1e-6);
            CHECK_NEAR(plan.extrapolation, c / 1e9, 1e-12);
        }
    }
    arena_free(&arena);
}

/* Shapes of which the family's rule says the depth exactly. */
TEST(a_family_counts_and_costs_what_count_says)
{
    static const Shape shapes[] = {
        { .layers = 2, .width = 16, .heads = 1, .ff = 64, .vocab = 256,
          .context = 256 },
        { .layers = 2, .width = 48, .heads = 3, .ff = 192, .vocab = 256,
          .context = 256 },
        { .layers = 4, .width = 96, .heads = 6, .ff = 384, .vocab = 256,
          .context = 256 },
        { .layers = 8, .width = 192, .heads = 12, .ff = 768, .vocab = 256,
          .context = 256 },
    };
    static const CountN counts[] = { N_BODY, N_BODY_HEAD, N_TOTAL, N_FLOP };
    for (int i = 0; i < COUNT_OF(shapes); i++)
        for (int k = 0; k < COUNT_OF(counts); k++) {
            const PlanCost cost = family(counts[k]);
            const double   n    = count_n(shapes[i], counts[k]);
            test_note("%s, width %d", count_n_name(counts[k]),
                      (int)shapes[i].width);
            CHECK_NEAR(plan_flop_per_token(&cost, n),
                       count_train_flop(shapes[i]), 1e-9);
        }
    CHECK_NEAR(plan_flop_per_token(&six_n, 1e6), 6e6, 1e-15);
}

TEST(an_optimum_of_a_family_is_a_minimum_that_spends_the_budget)
{
    Arena          arena = { 0 };
    const PlanCost cost  = family(N_BODY_HEAD);
    const Fit      fit   = published(&arena, "chinchilla", "besiroglu");
    for (double c = 1e11; c < 1e22; c *= 30) {
        Plan plan;
        Err  err = { 0 };
        test_note("at %g FLOP", c);
        if (!CHECK(plan_budget(&plan, &fit, &cost, c, 1e11, &err)))
            break;
        const double n = plan.n.value;
        CHECK_NEAR(plan_flop_per_token(&cost, n) * plan.d.value, c, 1e-9);
        CHECK_NEAR(plan.layers, fmax(2, plan.width / 24), 1e-12);
        for (double off = 0.97; off < 1.04; off += 0.06) {
            const double d = c / plan_flop_per_token(&cost, n * off);
            CHECK(law_at(fit.law, fit.theta, n * off, d) > plan.loss.value);
        }
    }
    arena_free(&arena);
}

/* 400 draws about Besiroglu's constants in which alpha alone moves: the plans
 * of the outermost draws must bound the interval, and 95 % must lie inside. */
TEST(an_interval_holds_its_share_of_the_draws)
{
    enum { DRAWS = 400 };
    Arena  arena = { 0 };
    Fit    fit   = published(&arena, "chinchilla", "besiroglu");
    Err    err   = { 0 };
    double n[DRAWS];
    const int alpha = law_param(fit.law, "alpha");
    fit.ndraw = DRAWS;
    fit.draw  = NEW(&arena, double, DRAWS * fit.law->nparam);
    for (i64 i = 0; i < DRAWS; i++) {
        double *theta = fit.draw + i * fit.law->nparam;
        memcpy(theta, fit.theta, (size_t)fit.law->nparam * sizeof *theta);
        theta[alpha] += 0.02 * ((double)i / (DRAWS - 1) - 0.5);
        Fit one = fit;
        memcpy(one.theta, theta, (size_t)fit.law->nparam * sizeof *theta);
        n[i] = closed_form(&one, 1e20);
    }
    Plan plan;
    if (CHECK(plan_budget(&plan, &fit, &six_n, 1e20, NAN, &err))) {
        i64 inside = 0;
        for (i64 i = 0; i < DRAWS; i++)
            inside += n[i] >= plan.n.low && n[i] <= plan.n.high;
        CHECK_NEAR((double)inside, 0.95 * DRAWS, 0.01);
        CHECK(plan.n.low < plan.n.value && plan.n.value < plan.n.high);
        CHECK(plan.d.low < plan.d.value && plan.d.value < plan.d.high);
        CHECK(plan.draws_lost == 0);
    }
    arena_free(&arena);
}

/* With B = 0 data costs nothing to do without: the best model is the largest. */
TEST(a_law_without_an_optimum_is_refused_in_words)
{
    Arena arena = { 0 };
    Fit   fit   = published(&arena, "chinchilla", "besiroglu");
    Plan  plan;
    Err   err = { 0 };
    fit.theta[law_param(fit.law, "B")] = 0;
    CHECK(!plan_budget(&plan, &fit, &six_n, 1e20, NAN, &err));
    CHECK(err.kind == ERR_REFUSED);
    CHECK_HAS(err.text, "ever larger models");

    fit = published(&arena, "chinchilla", "besiroglu");
    fit.theta[law_param(fit.law, "A")] = 0;
    CHECK(!plan_budget(&plan, &fit, &six_n, 1e20, NAN, &err));
    CHECK_HAS(err.text, "ever smaller models");

    CHECK(!plan_budget(&plan, &fit, &six_n, -1, NAN, &err));
    CHECK(err.kind == ERR_USAGE);
    arena_free(&arena);
}

TEST(too_many_draws_without_an_optimum_are_refused)
{
    enum { DRAWS = 100 };
    Arena arena = { 0 };
    Fit   fit   = published(&arena, "chinchilla", "besiroglu");
    Plan  plan;
    Err   err = { 0 };
    fit.ndraw = DRAWS;
    fit.draw  = NEW(&arena, double, DRAWS * fit.law->nparam);
    for (i64 i = 0; i < DRAWS; i++) {
        double *theta = fit.draw + i * fit.law->nparam;
        memcpy(theta, fit.theta, (size_t)fit.law->nparam * sizeof *theta);
        if (i < 10)
            theta[law_param(fit.law, "B")] = 0;
    }
    CHECK(plan_budget(&plan, &fit, &six_n, 1e20, NAN, &err));
    CHECK(plan.draws_lost == 10);
    fit.draw[20 * fit.law->nparam + law_param(fit.law, "B")] = 0;
    CHECK(!plan_budget(&plan, &fit, &six_n, 1e20, NAN, &err));
    CHECK(err.kind == ERR_REFUSED);
    CHECK_HAS(err.text, "11 of 100 draws");
    arena_free(&arena);
}

TEST(a_law_of_steps_plans_no_budget)
{
    Arena      arena = { 0 };
    const Law *law;
    Err        err = { 0 };
    if (CHECK(law_load(&law, &arena, "kaplan-ns", &err)))
        CHECK(!plan_can(law, &err));
    CHECK(err.kind == ERR_USAGE);
    CHECK_HAS(err.text, "kaplan-ns");
    arena_free(&arena);
}

/* Under 6 N D the frontier is a power law with a = beta / (alpha + beta). */
TEST(a_frontier_has_the_exponents_of_the_closed_form)
{
    Arena     arena = { 0 };
    const Fit fit   = published(&arena, "chinchilla", "besiroglu");
    Frontier  line;
    Err       err = { 0 };
    if (CHECK(plan_frontier(&line, &arena, &fit, &six_n, 1e18, 1e22, 5,
                            &err))) {
        CHECK_NEAR(line.a.value, 0.3658 / (0.3478 + 0.3658), 1e-6);
        CHECK_NEAR(line.a.value + line.b.value, 1, 1e-9);
        CHECK_NEAR(exp(line.ln_coef_n + line.a.value * log(1e20)),
                   closed_form(&fit, 1e20), 1e-6);
        /* The paper's 80 % interval of a is .025 to either side. */
        CHECK(line.npoint == 5 && line.ndraw == 400);
        CHECK(line.a.low > 0.46 && line.a.low < 0.50);
        CHECK(line.a.high > 0.53 && line.a.high < 0.58);
    }
    arena_free(&arena);
}

/* Head and attention make small models dear; far above both, the family costs
 * what everybody says, and is planned alike. */
TEST(far_up_a_family_costs_six_n_d)
{
    Arena          arena = { 0 };
    const PlanCost cost  = family(N_BODY_HEAD);
    const Fit      fit   = published(&arena, "chinchilla", "besiroglu");
    Plan           near_by, far;
    Err            err = { 0 };
    if (CHECK(plan_budget(&near_by, &fit, &cost, 1e12, NAN, &err))
        && CHECK(plan_budget(&far, &fit, &cost, 1e27, NAN, &err))) {
        const double n = near_by.n.value, f = plan_flop_per_token(&cost, n);
        CHECK(f > 1.1 * 6 * n);
        CHECK_NEAR(plan_flop_per_token(&cost, far.n.value), 6 * far.n.value,
                   5e-3);
        CHECK_NEAR(far.n.value, closed_form(&fit, 1e27), 5e-3);
    }
    arena_free(&arena);
}
