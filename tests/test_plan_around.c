/* test_plan_around.c - the published cost of wrong sizes; the valley; what
 * constants, tokens and dollars are worth; bottlenecks that add up; the penalty
 * of over-training in two letters of one law. */

#include "plan/around.h"
#include "plan/bottleneck.h"
#include "plan/overtrain.h"

#include "tests/plan_world.h"
#include "tests/test.h"

static const char *const surfaces[] = { "besiroglu", "outer", "family",
                                        "bridge" };

/* Besiroglu's surface at 1e21 FLOP: nats and the share of the compute wasted by
 * N = r N_opt; values computed apart from this code. */
TEST(a_wrong_size_costs_what_was_published)
{
    static const double row[][3] = {
        { 0.5, 0.01494, 0.156 }, { 2, 0.01506, 0.157 },
        { 0.25, 0.06042, 0.480 }, { 4, 0.06144, 0.486 },
        { 0.1, 0.17176, 0.816 }, { 10, 0.17662, 0.823 },
    };
    World           w    = world_open("besiroglu", 0);
    const Surface   s    = surface_of(&w.by, w.by.fit.theta);
    const PlanPoint best = plan_best(&s, 1e21, NAN);
    for (int i = 0; i < COUNT_OF(row); i++) {
        WrongSize wrong;
        test_note("r = %g", row[i][0]);
        if (!CHECK(around_wrong(&wrong, &s, &best, row[i][0])))
            break;
        CHECK_NEAR(wrong.nats, row[i][1], 5e-4);
        CHECK(fabs(wrong.wasted - row[i][2]) < 6e-4);
    }
    world_close(&w);
}

TEST(the_valley_ends_where_one_per_cent_is_wasted)
{
    for (int i = 0; i < COUNT_OF(surfaces); i++) {
        World           w    = world_open(surfaces[i], 0);
        const Surface   s    = surface_of(&w.by, w.by.fit.theta);
        const PlanPoint best = plan_best(&s, 1e20, NAN);
        double          low, high;
        WrongSize       wrong;
        test_note("%s", surfaces[i]);
        if (CHECK(around_valley(&low, &high, &s, &best, 0.01))) {
            CHECK(low < 1 && high > 1);
            CHECK(around_wrong(&wrong, &s, &best, low));
            CHECK_NEAR(wrong.wasted, 0.01, 1e-3);
            CHECK(around_wrong(&wrong, &s, &best, high));
            CHECK_NEAR(wrong.wasted, 0.01, 1e-3);
        }
        world_close(&w);
    }
}

/* Kaplan's: a model trained to 2 % of convergence is 2.7 times smaller and takes
 * 7.7 times the steps, so that the efficient one saves 65 % of the compute. */
TEST(training_to_convergence_costs_what_kaplan_says)
{
    PlanBy    by;
    Arena     arena = { 0 };
    Err       err = { 0 };
    Converged c;
    if (!CHECK(plan_by_frontier(&by, &arena, "kaplan", &err)))
        return;
    const Surface s = surface_of(&by, by.fit.theta);
    for (double budget = 1e17; budget < 1e24; budget *= 100) {
        const PlanPoint best = plan_best(&s, budget, NAN);
        test_note("%g", budget);
        if (!CHECK(around_converged(&c, &s, &best, 0.02)))
            break;
        CHECK_NEAR(1 / c.n, 2.7, 0.02);
        CHECK_NEAR(c.d, 7.7, 0.02); /* S at the same L: D = S B_crit(L) */
        CHECK_NEAR(1 / c.c, 0.35, 0.02);
    }
    arena_free(&arena);

    World           w    = world_open("besiroglu", 0);
    const Surface   t    = surface_of(&w.by, w.by.fit.theta);
    const PlanPoint best = plan_best(&t, 1e21, NAN);
    if (CHECK(around_converged(&c, &t, &best, 0.02))) {
        CHECK_NEAR(1.02 * surface_loss(&t, c.n * best.n, INFINITY), best.loss,
                   1e-9);
        CHECK_NEAR(surface_loss(&t, c.n * best.n, c.d * best.d), best.loss,
                   1e-9);
        CHECK_NEAR(c.n * c.d, c.c, 1e-9);
        CHECK(c.n < 1 && c.d > 1 && c.c > 1);
    }
    world_close(&w);
}

/* N = G (C/6)^a: d ln N/d ln A = 1/(alpha + beta), -1/(alpha + beta) for B, and
 * none for E. */
TEST(elasticities_are_those_of_the_closed_form)
{
    World        w     = world_open("besiroglu", 0);
    const Law   *law   = w.by.fit.law;
    const double total = 0.3478 + 0.3658;
    Elasticity   e;
    CHECK(around_elasticity(&e, &w.by, 1e21, law_param(law, "A")));
    CHECK_NEAR(e.n, 1 / total, 1e-6);
    CHECK_NEAR(e.d, -1 / total, 1e-6);
    CHECK(around_elasticity(&e, &w.by, 1e21, law_param(law, "B")));
    CHECK_NEAR(e.n, -1 / total, 1e-6);
    CHECK(around_elasticity(&e, &w.by, 1e21, law_param(law, "E")));
    CHECK(fabs(e.n) < 1e-9);
    CHECK_NEAR(e.loss, 1.8172 / 2.3055, 1e-4);
    world_close(&w);
}

TEST(gains_are_the_slopes_of_the_terms)
{
    World         w = world_open("besiroglu", 0);
    const Surface s = surface_of(&w.by, w.by.fit.theta);
    const Gains   g = surface_gains(&s, 1e9, 2e10);
    CHECK_NEAR(g.n, 0.3478 * 482.01 * pow(1e9, -0.3478), 1e-9);
    CHECK_NEAR(g.d, 0.3658 * 2085.43 * pow(2e10, -0.3658), 1e-9);
    /* The next per cent of compute on the frontier, by planning it. */
    const PlanPoint best = plan_best(&s, 1e21, NAN);
    const PlanPoint more = plan_best(&s, 1.0001e21, NAN);
    const Gains     at   = surface_gains(&s, best.n, best.d);
    CHECK_NEAR((best.loss - more.loss) / log(1.0001), at.d, 1e-4);
    world_close(&w);
}

TEST(a_bottleneck_adds_up_to_the_loss)
{
    World            w = world_open("besiroglu", 0);
    Surface          s = surface_of(&w.by, w.by.fit.theta);
    const Bottleneck b = bottleneck_of(&s, 70e9, 1.4e12, 3e6);
    CHECK_NEAR(b.floor, 1.8172, 1e-12);
    CHECK_NEAR(b.size, 482.01 * pow(70e9, -0.3478), 1e-9);
    CHECK_NEAR(b.data, 2085.43 * pow(1.4e12, -0.3658), 1e-9);
    CHECK_NEAR(b.floor + b.size + b.data, b.loss, 1e-12);
    CHECK_NEAR(b.loss, 1.97388, 1e-5);
    CHECK(b.batch > 0 && b.batch < b.data);
    world_close(&w);

    /* Where the law does not add, what is left is said. */
    w = world_open("outer", 0);
    s = surface_of(&w.by, w.by.fit.theta);
    const Bottleneck o = bottleneck_of(&s, 1e9, 2e10, NAN);
    CHECK(o.joint < -1e-3 && isnan(o.batch));
    CHECK_NEAR(o.floor + o.size + o.data + o.joint, o.loss, 1e-12);
    world_close(&w);

    PlanBy by;
    Err    err = { 0 };
    CHECK(plan_by_frontier(&by, &w.arena, "kaplan", &err));
    s = surface_of(&by, by.fit.theta);
    const Bottleneck k = bottleneck_of(&s, 1e9, 2e10, NAN);
    CHECK(k.floor == 0 && k.size > k.data && k.data > 0);
    CHECK_NEAR(k.size, pow(6.5e13 / 1e9, 0.077), 1e-12);
}

/* At A = B = 400, alpha = .35, N = 1e8, M = 20 both ways give .8561344788. */
TEST(gadres_form_is_the_tied_law_in_other_letters)
{
    const double n = 1e8, m = 20, c = 6 * n * n * m;
    const double by_terms = 400 * pow(n, -0.35) + 400 * pow(m * n, -0.35);
    const Gadre  law = gadre_of(0, 400, 400, 0.35);
    CHECK_NEAR(by_terms, 0.8561344788, 1e-9);
    CHECK_NEAR(gadre_loss(&law, c, m), 0.8561344788, 1e-9);
    for (double r = 0.1; r < 1e4; r *= 7)
        CHECK_NEAR(gadre_loss(&law, 1e20, r),
                   400 * pow(sqrt(1e20 / 6 / r), -0.35)
                   + 400 * pow(sqrt(1e20 / 6 * r), -0.35), 1e-12);
}

TEST(overtraining_costs_what_its_run_loses)
{
    for (int i = 0; i < COUNT_OF(surfaces); i++) {
        World           w    = world_open(surfaces[i], 0);
        const Surface   s    = surface_of(&w.by, w.by.fit.theta);
        const PlanPoint best = plan_best(&s, 1e21, NAN);
        Overtrained     x;
        double          before = 0;
        for (double ratio = 2 * best.d / best.n; ratio < 1e4; ratio *= 4) {
            test_note("%s at %g", surfaces[i], ratio);
            if (!CHECK(overtrain_at(&x, &s, &best, ratio)))
                break;
            CHECK_NEAR(x.at.d / x.at.n, ratio, 1e-6);
            CHECK_NEAR(x.at.c, 1e21, 1e-6);
            CHECK(x.nats > 0 && x.wasted > before && x.wasted < 1);
            CHECK_NEAR(plan_best(&s, (1 - x.wasted) * 1e21, NAN).loss,
                       x.at.loss, 1e-6);
            before = x.wasted;
        }
        world_close(&w);
    }
}

static double at(const Answer *a, const char *section, const char *by,
                 const char *key)
{
    const AnswerItem *item = answer_find(a, section, by, key);
    test_note("%s %s %s", section, by ? by : "", key);
    return CHECK(item != NULL) ? item->value.value : NAN;
}

TEST(the_answer_says_it_for_each_law)
{
    World  a = world_open("besiroglu", 60), b = world_open("outer", 0);
    PlanBy both[2] = { a.by, b.by };
    PlanBys bys = { 2, both };
    PlanAsk ask = plan_ask_nothing();
    ask.flop = 1e21, ask.batch = 2e6;
    Answer answer = answer_new(&a.arena);
    answer_around(&answer, &bys, &ask);
    answer_bottleneck(&answer, &bys, &ask);
    answer_overtrain(&answer, &bys, &ask);
    CHECK_NEAR(at(&answer, "around", "besiroglu", "wasted_0.5"), 0.156, 5e-3);
    CHECK_NEAR(at(&answer, "around", "besiroglu", "nats_10"), 0.17662, 1e-4);
    CHECK(at(&answer, "around", "outer", "wasted_2") > 0);
    CHECK(at(&answer, "sensitivity", "outer", "n_by_alpha") < 0);
    CHECK_NEAR(at(&answer, "sensitivity", "besiroglu", "n_by_A"),
               1 / (0.3478 + 0.3658), 1e-5);
    CHECK(fabs(at(&answer, "valley", "besiroglu", "r_1")) < 1e-6);
    const double sum = at(&answer, "bottleneck", "besiroglu", "floor")
                     + at(&answer, "bottleneck", "besiroglu", "size")
                     + at(&answer, "bottleneck", "besiroglu", "data");
    CHECK_NEAR(sum, 2.3055, 1e-4);
    CHECK(at(&answer, "bottleneck", "besiroglu", "batch") > 0);
    CHECK(at(&answer, "overtrain", "besiroglu", "wasted_1000") > 0.3);
    const AnswerItem *item = answer_find(&answer, "around", "besiroglu",
                                         "nats_0.5");
    CHECK(item && item->value.low < item->value.value
          && item->value.value < item->value.high);
    CHECK(!answer_find(&answer, "around", "outer", "nats_0.5")
          || isnan(answer_find(&answer, "around", "outer",
                               "nats_0.5")->value.low));
    world_close(&a);
    world_close(&b);
}
