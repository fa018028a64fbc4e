/* test_plan_inference.c - the published plans of models that will be served. */

#include "plan/inference.h"

#include "tests/plan_world.h"
#include "tests/test.h"

/* Besiroglu's surface at a loss of 2.3426; values computed apart from this
 * code. */
TEST(serving_moves_the_plan_as_published)
{
    static const double row[][4] = { /* served, N, D, ratio */
        { 1, 2.251e9, 4.911e10, 21.8 },
        { 1e12, 8.418e8, 2.273e11, 270 },
        { 1e13, 5.597e8, 9.003e11, 1608 },
        { 1e14, 4.404e8, 4.184e12, 9500 },
    };
    World         w = world_open("besiroglu", 0);
    const Surface s = surface_of(&w.by, w.by.fit.theta);
    for (int i = 0; i < COUNT_OF(row); i++) {
        const ServeCost serving = { row[i][0], 1 };
        Served        best;
        test_note("%g served", row[i][0]);
        if (!CHECK(inference_best(&best, &s, 2.3426, &serving, NULL)))
            break;
        CHECK_NEAR(best.at.n, row[i][1], 5e-4);
        CHECK_NEAR(best.at.d, row[i][2], 5e-4);
        CHECK_NEAR(best.at.d / best.at.n, row[i][3], 1e-3);
        CHECK_NEAR(surface_loss(&s, best.at.n, best.at.d), 2.3426, 1e-9);
        CHECK_NEAR(best.serve, 2 * best.at.n * row[i][0], 1e-9);
        CHECK_NEAR(best.total, 6 * best.at.n * best.at.d
                               + 2 * best.at.n * row[i][0], 1e-9);
    }
    world_close(&w);
}

/* The paper's own examples, with the exponents it used: a model of best size N,
 * and what it says instead. */
TEST(sardana_and_frankles_examples_come_back)
{
    static const struct { double n, served, want_n, d_times, saved; } row[] = {
        { 13e9, 2e12, 7e9, NAN, 0.17 },
        { 30e9, 1e13, 13.6e9, 2.84, 0.28 },
        { 70e9, 1e13, 41.6e9, 7.92 / 4.26, 0.12 },
    };
    World      w   = world_open("hoffmann-printed", 0);
    const Law *law = w.by.fit.law;
    w.by.fit.theta[law_param(law, "alpha")] = 0.336;
    w.by.fit.theta[law_param(law, "beta")]  = 0.283;
    const Surface s = surface_of(&w.by, w.by.fit.theta);
    for (int i = 0; i < COUNT_OF(row); i++) {
        PlanAsk   ask = plan_ask_nothing();
        PlanPoint was;
        Served    best;
        ask.params = row[i].n;
        const ServeCost serving = { row[i].served, 1 };
        test_note("%g parameters", row[i].n);
        if (!CHECK(plan_solve_one(&was, &ask, &s, NULL))
            || !CHECK(inference_best(&best, &s, was.loss, &serving, NULL)))
            break;
        CHECK_NEAR(best.train_best.n, row[i].n, 1e-6);
        CHECK_NEAR(best.at.n, row[i].want_n, 0.03);
        CHECK(fabs(best.saved - row[i].saved) < 0.011);
        if (isfinite(row[i].d_times))
            CHECK_NEAR(best.at.d / was.d, row[i].d_times, 0.03);
    }
    world_close(&w);
}

TEST(no_neighbour_is_cheaper)
{
    static const char *const kind[] = { "besiroglu", "outer", "family",
                                        "bridge" };
    for (int i = 0; i < COUNT_OF(kind); i++) {
        World           w = world_open(kind[i], 0);
        const Surface   s = surface_of(&w.by, w.by.fit.theta);
        const PlanPoint was = plan_best(&s, 1e20, NAN);
        const ServeCost   serving = { 30 * was.d, 2.5 };
        Served          best;
        test_note("%s", kind[i]);
        if (!CHECK(inference_best(&best, &s, was.loss, &serving, NULL)))
            continue;
        for (double off = -0.02; off < 0.03; off += 0.04) {
            const Size   size = size_at(s.cost, best.at.u + off);
            const double d    = surface_data(&s, size.n, was.loss);
            CHECK(size.flop_per_token * (d + 2.5 * serving.tokens / 3)
                  > best.total);
        }
        CHECK(best.at.n < was.n && best.at.d > was.d);
        CHECK(best.saved > 0 && best.saved < 1);
        const Gains g = surface_gains(&s, best.at.n, best.at.d);
        if (i < 2) /* F = 6 N */
            CHECK_NEAR(g.n / g.d, 1 + 2.5 * serving.tokens / (3 * best.at.d),
                       1e-6);
        world_close(&w);
    }
}

TEST(half_the_size_breaks_even_where_both_cost_the_same)
{
    World           w = world_open("besiroglu", 0);
    const Surface   s = surface_of(&w.by, w.by.fit.theta);
    const PlanPoint was = plan_best(&s, 1e21, NAN);
    const double even = inference_break_even(&s, &was, 0.5, 1);
    const double d    = surface_data(&s, was.n / 2, was.loss);
    CHECK(even > 0);
    CHECK_NEAR(was.c + 2 * was.n * even, 3 * was.n * d + was.n * even, 1e-9);
    world_close(&w);
}

TEST(money_weighs_the_two_machines)
{
    PlanAsk ask = plan_ask_nothing();
    CHECK(inference_weight(&ask) == 1);
    ask.has_deal = ask.has_serve_deal = true;
    ask.deal = (Deal){ .devices = 8, .peak = 1e15, .mfu = 0.5, .price = 2,
                       .watts = 700, .pue = 1.1, .lifetime_hours = 4e4 };
    ask.serve_deal = ask.deal;
    ask.serve_deal.mfu = 0.01;
    CHECK_NEAR(inference_weight(&ask), 50, 1e-9);
    ask.serve_deal.price = 1;
    CHECK_NEAR(inference_weight(&ask), 25, 1e-9);
}

TEST(the_answer_has_intervals_and_its_source)
{
    World   w    = world_open("besiroglu", 50);
    PlanBys bys  = { 1, &w.by };
    PlanAsk ask  = plan_ask_nothing();
    Answer  a    = answer_new(&w.arena);
    ask.loss     = 2.3426;
    ask.serve    = 1e13;
    answer_inference(&a, &bys, &ask);
    const AnswerItem *n = answer_find(&a, "inference", "besiroglu", "n");
    if (CHECK(n != NULL)) {
        CHECK_NEAR(n->value.value, 5.597e8, 5e-4);
        CHECK(n->value.low < n->value.value && n->value.value < n->value.high);
        CHECK_HAS(n->equation, "eps_N/eps_D");
        CHECK_HAS(n->source, "2401.00448");
    }
    world_close(&w);
}
