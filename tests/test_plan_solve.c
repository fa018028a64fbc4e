/* test_plan_solve.c - the published values of plans: three surfaces and their
 * optima, Kaplan's closed forms, frontiers that have no surface, every unknown
 * found back from the others, and how long it takes. */

#include "plan/solve.h"

#include "tests/plan_world.h"
#include "tests/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* ---- Kaplan ------------------------------------------------------------------ */

static const double PF_DAY = 8.64e19;

TEST(kaplans_closed_forms_give_the_published_constants)
{
    const Kaplan *k = &kaplan_printed;
    CHECK_NEAR(kaplan_alpha_C(k), 0.05245, 1e-4);
    CHECK_NEAR(kaplan_C_c(k), 1.3908e28, 1e-4);
    CHECK_NEAR(kaplan_alpha_C(k) / k->alpha_N, 0.681, 1e-3);
    CHECK_NEAR(kaplan_alpha_C(k) / k->alpha_B, 0.250, 2e-3);
    CHECK_NEAR(kaplan_alpha_C(k) / k->alpha_S, 0.069, 1e-3);
}

/* Equations B.6 to B.10; L, N and S at 1e-3, 1 and 1e3 PF-days. */
static const double frontier[][4] = {
    { 1e-3, 3.87104, 5.28561e6, 8170.12 },
    { 1, 2.69444, 5.84408e8, 13160.7 },
    { 1e3, 1.87547, 6.46156e10, 21199.7 },
};

TEST(kaplans_frontier_in_closed_form)
{
    const Kaplan *k = &kaplan_printed;
    for (int i = 0; i < COUNT_OF(frontier); i++) {
        const double c = frontier[i][0] * PF_DAY;
        test_note("%g PF-days", frontier[i][0]);
        CHECK_NEAR(kaplan_l(k, c), frontier[i][1], 1e-5);
        CHECK_NEAR(kaplan_n(k, c), frontier[i][2], 1e-5);
        CHECK_NEAR(kaplan_s(k, c), frontier[i][3], 1e-5);
        CHECK_NEAR(6 * kaplan_n(k, c) * kaplan_s(k, c)
                   * kaplan_b_crit(k, kaplan_l(k, c)), c, 1e-10);
    }
}

/* The same points by minimising the loss over N at fixed C: the closed form is
 * not asked. */
TEST(kaplans_frontier_is_where_a_search_finds_it)
{
    PlanBy by;
    Arena  arena = { 0 };
    Err    first = { 0 };
    CHECK(plan_by_frontier(&by, &arena, "kaplan", &first));
    for (int i = 0; i < COUNT_OF(frontier); i++) {
        PlanSolution at;
        Err          err = { 0 };
        PlanAsk      ask = plan_ask_nothing();
        ask.flop = frontier[i][0] * PF_DAY;
        if (!CHECK(plan_solve(&at, &by, &ask, &err)))
            break;
        CHECK_NEAR(at.n.value, frontier[i][2], 1e-5);
        CHECK_NEAR(at.loss.value, frontier[i][1], 1e-5);
        CHECK_NEAR(6 * at.n.value * at.d.value, ask.flop, 1e-12);
    }
    arena_free(&arena);
}

TEST(kaplans_critical_batch_and_loss_agree)
{
    static const double b[][2] = { { 4, 285.28e3 }, { 3, 1.1226e6 },
                                   { 2.5, 2.6746e6 }, { 2, 7.740e6 } };
    const Kaplan *k = &kaplan_printed;
    for (int i = 0; i < COUNT_OF(b); i++)
        CHECK_NEAR(kaplan_b_crit(k, b[i][0]), b[i][1], 2e-4);
    for (double n = 1e4; n < 1e13; n *= 31)
        for (double d = 1e6; d < 1e14; d *= 47) {
            const double l = kaplan_loss(k, n, d);
            const double s = d / kaplan_b_crit(k, l);
            test_note("n %g d %g", n, d);
            CHECK_NEAR(pow(k->N_c / n, k->alpha_N) + pow(k->S_c / s, k->alpha_S),
                       l, 1e-12);
        }
}

/* B.16 and B.17, and the same from the surface: C at r N_opt and equal loss. */
TEST(kaplans_wrong_sizes_cost_what_he_says)
{
    const Kaplan *k = &kaplan_printed;
    PlanBy  by;
    Arena   arena = { 0 };
    CHECK_NEAR(kaplan_wrong_c(k, 0.6), 1.165, 5e-4);
    CHECK_NEAR(kaplan_wrong_c(k, 2.2), 1.204, 5e-4);
    CHECK_NEAR(kaplan_wrong_s(k, 2.2), 0.547, 1e-3);

    Err first = { 0 };
    CHECK(plan_by_frontier(&by, &arena, "kaplan", &first));
    static const double r[] = { 0.6, 1, 2.2, 5 };
    for (int i = 0; i < COUNT_OF(r); i++) {
        PlanAsk      ask = plan_ask_nothing();
        PlanSolution at;
        Err          err = { 0 };
        ask.params = r[i] * kaplan_n(k, PF_DAY);
        ask.loss   = kaplan_l(k, PF_DAY);
        test_note("r %g", r[i]);
        if (CHECK(plan_solve(&at, &by, &ask, &err)))
            CHECK_NEAR(at.c.value / PF_DAY, kaplan_wrong_c(k, r[i]), 1e-6);
    }
    arena_free(&arena);
}

/* Section 6.3: the two laws of D that the paper prints put the crossing an order
 * of magnitude apart, which is why it is shown as a band. */
TEST(kaplans_contradiction_is_a_band)
{
    const KaplanCrossing low = kaplan_crossing(2e10, 0.27);
    CHECK_NEAR(low.c / PF_DAY, 1.12e4, 5e-3);
    CHECK_NEAR(low.loss, 1.668, 5e-4);
    CHECK_NEAR(low.n, 1.17e12, 5e-3);
    CHECK_NEAR(low.d, 2.5e11, 2e-2);
    const KaplanCrossing high = kaplan_crossing(4e10, 0.26);
    CHECK_NEAR(high.c / PF_DAY, 1.06e5, 5e-3);
    CHECK_NEAR(high.loss, 1.49, 1e-3);
    CHECK_NEAR(high.n, 6e12, 2e-2);
    CHECK_NEAR(high.d, 8e11, 2e-2);
}

/* ---- Frontiers without a surface ---------------------------------------------- */

static PlanSolution by_frontier(const char *name, PlanAsk ask)
{
    Arena        arena = { 0 };
    PlanBy       by;
    PlanSolution at = { 0 };
    Err          err = { 0 };
    if (CHECK(plan_by_frontier(&by, &arena, name, &err)))
        CHECK(plan_solve(&at, &by, &ask, &err));
    arena_free(&arena);
    return at;
}

TEST(frontiers_give_what_their_papers_say)
{
    PlanAsk ask = plan_ask_nothing();
    ask.flop    = 3.8e25;
    const PlanSolution llama = by_frontier("llama-3", ask);
    CHECK_NEAR(llama.d.value, 16.55e12, 0.02);
    CHECK_NEAR(llama.n.value, 402e9, 0.06);
    CHECK(isnan(llama.loss.value)); /* it knows none; never 0 */
    CHECK_NEAR(llama.extrapolation, 3800, 1e-9);

    ask.flop = 1e20; /* M 5.25127e9 FLOP a token, D 1.90453e10 */
    const PlanSolution deep = by_frontier("deepseek", ask);
    CHECK_NEAR(deep.n.value * 6, 5.25127e9, 1e-4);
    CHECK_NEAR(deep.d.value, 1.90453e10, 2e-3);

    ask.flop = PF_DAY;
    const PlanSolution table = by_frontier("kaplan:table-6", ask);
    CHECK_NEAR(table.n.value, 1.3e9, 1e-12);
    CHECK_NEAR(table.loss.value, pow(3.1e8, 0.05), 1e-12);
}

/* What the closed forms have in C is what the catalogue prints. */
TEST(kaplans_constants_are_those_of_the_catalogue)
{
    Arena      arena = { 0 };
    const Law *law;
    Err        err = { 0 };
    if (CHECK(law_load(&law, &arena, "kaplan-ns", &err))) {
        const double *theta = law_constants(law, "kaplan")->theta;
        CHECK_NEAR(theta[law_param(law, "N_c")], kaplan_printed.N_c, 1e-15);
        CHECK_NEAR(theta[law_param(law, "S_c")], kaplan_printed.S_c, 1e-15);
        CHECK_NEAR(theta[law_param(law, "alpha_N")], kaplan_printed.alpha_N,
                   1e-15);
        CHECK_NEAR(theta[law_param(law, "alpha_S")], kaplan_printed.alpha_S,
                   1e-15);
    }
    if (CHECK(law_load(&law, &arena, "kaplan-bcrit", &err))) {
        const double *theta = law_constants(law, "kaplan")->theta;
        CHECK_NEAR(theta[law_param(law, "B_star")], kaplan_printed.B_star,
                   1e-15);
        CHECK_NEAR(theta[law_param(law, "alpha_B")], kaplan_printed.alpha_B,
                   1e-15);
    }
    CHECK_NEAR(by_frontier("kaplan:table-6", (PlanAsk){
                   .flop = 3e21, .params = NAN, .tokens = NAN, .ratio = NAN,
                   .loss = NAN }).n.value, kaplan_table_n(3e21), 1e-9);
    arena_free(&arena);
}

/* Any law of the catalogue that gives a size by compute can be planned by. */
TEST(a_law_of_size_by_compute_is_a_frontier)
{
    Arena        arena = { 0 };
    const Law   *law;
    Err          err = { 0 };
    PlanBy       by;
    PlanSolution at;
    PlanAsk      ask = plan_ask_nothing();
    ask.flop = 8.64e16;
    if (CHECK(law_load(&law, &arena, "henighan-n-opt", &err))
        && CHECK(plan_by_line(&by, &arena, "image", law,
                              law_constants(law, "image-32"), &err))
        && CHECK(plan_solve(&at, &by, &ask, &err)))
        CHECK_NEAR(at.n.value, 2.3298e6, 1e-4);
    if (CHECK(law_load(&law, &arena, "chinchilla", &err)))
        CHECK(!plan_by_line(&by, &arena, "no", law, &law->constants[0], &err));
    arena_free(&arena);
}

TEST(a_frontier_is_followed_both_ways)
{
    static const char *const name[] = { "llama-3", "kaplan:table-6",
                                        "deepseek", "kaplan" };
    PlanAsk forth = plan_ask_nothing();
    forth.flop    = 3e22;
    for (int i = 0; i < COUNT_OF(name); i++) {
        const PlanSolution at = by_frontier(name[i], forth);
        for (int k = 0; k < 3; k++) {
            PlanAsk back = plan_ask_nothing();
            *(k == 0 ? &back.params : k == 1 ? &back.tokens : &back.ratio)
                = k == 0 ? at.n.value : k == 1 ? at.d.value : at.ratio.value;
            test_note("%s, %d", name[i], k);
            CHECK_NEAR(by_frontier(name[i], back).c.value, 3e22, 1e-6);
        }
    }
}

/* ---- Chinchilla's three surfaces ----------------------------------------------- */

/* C, N and D/N, and D and L where known; to the digits given. */
static void check_optimum(const char *set, double c, double n, double ratio,
                          double digits)
{
    World        w = world_open(set, 0);
    PlanSolution at;
    PlanAsk      ask = plan_ask_nothing();
    Err          err = { 0 };
    ask.flop = c;
    test_note("%s at %g", set, c);
    if (CHECK(plan_solve(&at, &w.by, &ask, &err))) {
        CHECK_NEAR(at.n.value, n, digits);
        CHECK_NEAR(at.ratio.value, ratio, digits);
    }
    world_close(&w);
}

TEST(the_three_surfaces_have_their_optima)
{
    check_optimum("besiroglu", 1e15, 2.3342e6, 30.59, 2e-4);
    check_optimum("besiroglu", 1e16, 7.5988e6, 28.86, 2e-4);
    check_optimum("besiroglu", 1e17, 2.4737e7, 27.24, 3e-4);
    check_optimum("besiroglu", 1e18, 80.53e6, 25.7, 1e-3);
    check_optimum("besiroglu", 1e21, 2.7785e9, 21.6, 1e-3);
    check_optimum("besiroglu", 5.76e23, 72.25e9, 18.4, 2e-3);
    check_optimum("besiroglu", 3.8e25, 618.7e9, 16.5, 4e-3);
    check_optimum("hoffmann-printed", 1e18, 80.58e6, 25.7, 3e-3);
    check_optimum("hoffmann-printed", 1e21, 1.824e9, 50.1, 1e-3);
    check_optimum("hoffmann-printed", 5.76e23, 32.19e9, 92.6, 1e-3);
    check_optimum("hoffmann-printed", 3.8e25, 213.5e9, 139, 2e-3);
    check_optimum("hoffmann", 1e18, 94.7e6, 18.6, 2e-3);
    check_optimum("hoffmann", 1e21, 2.217e9, 33.9, 2e-3);
    check_optimum("hoffmann", 5.76e23, 40.36e9, 58.9, 1e-3);
    check_optimum("hoffmann", 3.8e25, 273e9, 84.8, 2e-3);
}

/* Hoffmann et al. 2022, table A3, the budget at which approach 3 calls a size
 * best; that table came from other digits of the constants than any printed,
 * so it is met to a fifth. The 175 B row prints 1.26e24 for what 6 N D says is
 * 1.26e25. */
TEST(sizes_have_the_budgets_of_table_a3)
{
    static const double row[][3] = {
        { 400e6, 2.21e19, 9.2e9 }, { 1e9, 1.62e20, 27.1e9 },
        { 10e9, 2.46e22, 410.1e9 }, { 67e9, 1.71e24, 4.1e12 },
        { 175e9, 1.26e25, 12e12 }, { 280e9, 3.52e25, 20.1e12 },
        { 520e9, 1.36e26, 43.5e12 }, { 1e12, 5.65e26, 94.1e12 },
        { 10e12, 8.55e28, 1425.5e12 },
    };
    World w = world_open("hoffmann", 0);
    for (int i = 0; i < COUNT_OF(row); i++) {
        PlanSolution at;
        PlanAsk      ask = plan_ask_nothing();
        Err          err = { 0 };
        ask.params = row[i][0];
        test_note("%g parameters", row[i][0]);
        if (CHECK(plan_solve(&at, &w.by, &ask, &err))) {
            CHECK_NEAR(at.c.value, row[i][1], 0.2);
            CHECK_NEAR(at.d.value, row[i][2], 0.2);
        }
    }
    world_close(&w);
}

/* "Chinchilla beats models of any size on 300 B tokens": by the printed
 * constants it would, by the corrected ones 2.2e12 parameters match it. */
TEST(what_300_billion_tokens_can_reach)
{
    World        w   = world_open("besiroglu", 0);
    PlanAsk      ask = plan_ask_nothing();
    PlanSolution at;
    Err          err = { 0 };
    Surface      s   = surface_of(&w.by, w.by.fit.theta);
    ask.tokens = 300e9;
    ask.loss   = surface_loss(&s, 70e9, 1.4e12);
    CHECK_NEAR(surface_loss(&s, INFINITY, 300e9), 1.9493, 1e-4);
    if (CHECK(plan_solve(&at, &w.by, &ask, &err)))
        CHECK_NEAR(at.n.value, 2.2e12, 0.03);
    world_close(&w);

    w        = world_open("hoffmann-printed", 0);
    s        = surface_of(&w.by, w.by.fit.theta);
    ask.loss = surface_loss(&s, 70e9, 1.4e12);
    CHECK_NEAR(ask.loss, 1.9367, 1e-4);
    CHECK(!plan_solve(&at, &w.by, &ask, &err));
    CHECK(err.kind == ERR_REFUSED);
    CHECK_HAS(err.text, "1.941 at the very best");
    world_close(&w);
}

/* Kaplan's (1.5) under 6 N D: alpha_D(...) says C^0.575 and not 0.73. */
TEST(kaplans_size_and_data_law_alone_gives_another_exponent)
{
    World        w = { 0 };
    const Law   *law;
    Err          err = { 0 };
    PlanSolution low, high;
    PlanAsk      ask = plan_ask_nothing();
    if (!CHECK(law_load(&law, &w.arena, "kaplan-nd", &err))
        || !CHECK(plan_by_set(&w.by, &w.arena, "nd", law,
                              law_constants(law, "kaplan"), &err)))
        return;
    ask.flop = 1e20;
    CHECK(plan_solve(&low, &w.by, &ask, &err));
    ask.flop = 1e22;
    CHECK(plan_solve(&high, &w.by, &ask, &err));
    CHECK_NEAR(log(high.n.value / low.n.value) / log(100), 0.575, 2e-3);
    world_close(&w);
}

/* ---- Every unknown -------------------------------------------------------------- */

static const char *const surfaces[] = { "besiroglu", "hoffmann",
                                        "outer", "family", "bridge" };

/* The plan of 1e20 FLOP, asked for in all the other ways. */
TEST(any_of_them_may_be_the_unknown)
{
    for (int i = 0; i < COUNT_OF(surfaces); i++) {
        World        w = world_open(surfaces[i], 0);
        PlanAsk      ask = plan_ask_nothing();
        PlanSolution at, back;
        Err          err = { 0 };
        ask.flop = 1e20;
        if (!CHECK(plan_solve(&at, &w.by, &ask, &err)))
            continue;
        CHECK(at.free);
        for (int k = 0; k < 4; k++) {
            PlanAsk other = plan_ask_nothing();
            if (k == 0)
                other.params = at.n.value;
            else if (k == 1)
                other.tokens = at.d.value;
            else if (k == 2)
                other.ratio = at.ratio.value;
            else
                other.loss = at.loss.value;
            test_note("%s by question %d", surfaces[i], k);
            if (!CHECK(plan_solve(&back, &w.by, &other, &err)))
                continue;
            CHECK_NEAR(back.c.value, 1e20, 1e-5);
            CHECK_NEAR(back.n.value, at.n.value, 1e-5);
            CHECK_NEAR(back.loss.value, at.loss.value, 1e-9);
            CHECK(back.free);
        }
        world_close(&w);
    }
}

/* A run off the best size, given in pairs of what fixes it. */
TEST(two_of_them_fix_a_run)
{
    for (int i = 0; i < COUNT_OF(surfaces); i++) {
        World        w   = world_open(surfaces[i], 0);
        const double n   = 3e8, d = 4e10;
        const double c   = plan_flop_per_token(&w.by.cost, n) * d;
        const Surface s  = surface_of(&w.by, w.by.fit.theta);
        const double loss = surface_loss(&s, n, d);
        for (int k = 0; k < 8; k++) {
            PlanAsk      ask = plan_ask_nothing();
            PlanSolution at;
            Err          err = { 0 };
            if (k == 0 || k == 1 || k == 2 || k == 6)
                ask.params = n;
            if (k == 0 || k == 3 || k == 4 || k == 7)
                ask.tokens = d;
            if (k == 1 || k == 3 || k == 5)
                ask.flop = c;
            if (k == 2 || k == 4)
                ask.loss = loss;
            if (k >= 5)
                ask.ratio = d / n;
            test_note("%s by pair %d: %s", surfaces[i], k, err.text);
            if (!CHECK(plan_solve(&at, &w.by, &ask, &err)))
                continue;
            CHECK_NEAR(at.n.value, n, 1e-6);
            CHECK_NEAR(at.d.value, d, 1e-6);
            CHECK_NEAR(at.c.value, c, 1e-6);
            CHECK_NEAR(at.loss.value, loss, 1e-9);
            CHECK(!at.free);
        }
        world_close(&w);
    }
}

TEST(a_budget_and_a_loss_give_the_smallest_model)
{
    World        w   = world_open("besiroglu", 0);
    PlanAsk      ask = plan_ask_nothing();
    PlanSolution at, best;
    Err          err = { 0 };
    ask.flop = 1e21;
    CHECK(plan_solve(&best, &w.by, &ask, &err));
    ask.loss = best.loss.value + 0.01494; /* J: N at half the best */
    if (CHECK(plan_solve(&at, &w.by, &ask, &err))) {
        CHECK_NEAR(at.n.value / best.n.value, 0.5, 2e-3);
        CHECK_NEAR(at.c.value, 1e21, 1e-9);
    }
    ask.loss = best.loss.value - 0.001;
    CHECK(!plan_solve(&at, &w.by, &ask, &err));
    CHECK(err.kind == ERR_REFUSED);
    CHECK_HAS(err.text, "2.30");
    world_close(&w);
}

/* ---- What cannot be --------------------------------------------------------------- */

static ErrKind refusal(PlanAsk ask, const char *set, const char *words)
{
    World        w = world_open(set, 0);
    PlanSolution at;
    Err          err = { 0 };
    const bool   ok  = plan_ask_settle(&ask, &err)
                    && plan_solve(&at, &w.by, &ask, &err);
    CHECK(!ok);
    CHECK_HAS(err.text, words);
    world_close(&w);
    return err.kind;
}

TEST(what_contradicts_itself_is_refused)
{
    PlanAsk ask = plan_ask_nothing();
    ask.params = 70e9, ask.tokens = 1.4e12, ask.flop = 1e21;
    CHECK(refusal(ask, "besiroglu", "leave one of the three out") == ERR_USAGE);

    ask = plan_ask_nothing();
    ask.params = 70e9, ask.tokens = 1.4e12, ask.ratio = 30;
    CHECK(refusal(ask, "besiroglu", "contradict") == ERR_USAGE);

    ask = plan_ask_nothing();
    ask.tokens = 1e9, ask.steps = 1000, ask.batch = 1e5;
    CHECK(refusal(ask, "besiroglu", "contradict") == ERR_USAGE);

    ask = plan_ask_nothing();
    ask.steps = 1000;
    CHECK(refusal(ask, "besiroglu", "--batch") == ERR_USAGE);

    ask = plan_ask_nothing();
    ask.flop = -1;
    CHECK(refusal(ask, "besiroglu", "above 0") == ERR_USAGE);

    ask.flop = 1e300;
    CHECK(refusal(ask, "besiroglu", "1e+40") == ERR_USAGE);

    ask = plan_ask_nothing();
    ask.flop = 1e21, ask.layers = 2.5;
    CHECK(refusal(ask, "besiroglu", "--layers") == ERR_USAGE);

    ask = plan_ask_nothing();
    CHECK(refusal(ask, "besiroglu", "how much compute") == ERR_USAGE);

    ask = plan_ask_nothing();
    ask.dollars = 1e6;
    CHECK(refusal(ask, "besiroglu", "--on=") == ERR_USAGE);
}

TEST(what_the_law_never_reaches_is_refused)
{
    PlanAsk ask = plan_ask_nothing();
    ask.loss = 1.5; /* below the floor of 1.8172 */
    CHECK(refusal(ask, "besiroglu", "1.817 at the very best") == ERR_REFUSED);

    ask.loss = 2.1, ask.params = 1e9; /* 1.8172 + 482.01/1e9^0.3478 */
    CHECK(refusal(ask, "besiroglu", "2.174 at the very best") == ERR_REFUSED);

    ask = plan_ask_nothing();
    ask.flop = 100;
    CHECK(refusal(ask, "besiroglu", "no best size") == ERR_REFUSED);
}

/* ---- Draws ------------------------------------------------------------------------- */

/* A draw's own answer, asked for alone, against what the interval was made of:
 * with all draws equal the interval has no width, and lies at that answer. */
TEST(a_draw_is_planned_as_if_it_were_the_fit)
{
    for (int i = 0; i < COUNT_OF(surfaces); i++) {
        World w = world_open(surfaces[i], 30);
        const int np = w.by.fit.law->nparam;
        for (i64 r = 1; r < 30; r++)
            memcpy(w.by.fit.draw + r * np, w.by.fit.draw,
                   (size_t)np * sizeof(double));
        for (int k = 0; k < 4; k++) {
            PlanAsk      ask = plan_ask_nothing();
            PlanSolution at, alone;
            Err          err = { 0 };
            *(k == 0 ? &ask.flop : k == 1 ? &ask.params
              : k == 2 ? &ask.tokens : &ask.loss)
                = k == 0 ? 1e20 : k == 1 ? 1e9 : k == 2 ? 2e10 : 2.6;
            World one = w;
            memcpy(one.by.fit.theta, w.by.fit.draw,
                   (size_t)np * sizeof(double));
            one.by.fit.ndraw = 0;
            test_note("%s by question %d", surfaces[i], k);
            if (!CHECK(plan_solve(&at, &w.by, &ask, &err))
                || !CHECK(plan_solve(&alone, &one.by, &ask, &err)))
                continue;
            CHECK_NEAR(at.n.low, alone.n.value, 1e-6);
            CHECK_NEAR(at.d.high, alone.d.value, 1e-6);
            CHECK_NEAR(at.loss.low, alone.loss.value, 1e-9);
            CHECK(fabs(at.loss.value / alone.loss.value - 1) > 1e-6 || k == 3);
        }
        world_close(&w);
    }
}

TEST(every_answer_carries_the_interval_of_the_draws)
{
    enum { DRAWS = 400 };
    World w = world_open("besiroglu", DRAWS);
    for (int k = 0; k < 6; k++) {
        PlanAsk      ask = plan_ask_nothing();
        PlanSolution at;
        Err          err = { 0 };
        if (k == 0 || k == 4 || k == 5)
            ask.flop = 1e20;
        if (k == 1 || k == 4)
            ask.params = 1e9;
        if (k == 2 || k == 5)
            ask.tokens = 2e10;
        if (k == 3)
            ask.loss = 2.6;
        test_note("question %d", k);
        if (!CHECK(plan_solve(&at, &w.by, &ask, &err)))
            continue;
        CHECK(at.drawn == DRAWS && at.lost == 0);
        CHECK(at.loss.low <= at.loss.value && at.loss.value <= at.loss.high);
        CHECK(at.n.low <= at.n.value && at.n.value <= at.n.high);
        CHECK((at.n.low < at.n.high) == (k == 0 || k == 2 || k == 3));
        CHECK((at.c.low < at.c.high * (1 - 1e-9)) == (k >= 1 && k <= 3));
    }
    world_close(&w);
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The promise is 50 ms of one core for a plan with 4000 draws; the least of
 * five is held, because the machine may be busy. Sanitizers take some tenfold. */
TEST(a_plan_with_4000_draws_takes_less_than_50_ms)
{
    for (int i = 0; i < COUNT_OF(surfaces); i++) {
        World  w     = world_open(surfaces[i], 4000);
        double least = INFINITY;
        for (int k = 0; k < 5; k++) {
            PlanAsk      ask = plan_ask_nothing();
            PlanSolution at;
            Err          err = { 0 };
            ask.flop = 1e20;
            const double began = seconds();
            CHECK(plan_solve(&at, &w.by, &ask, &err));
            least = fmin(least, seconds() - began);
        }
        test_note("%s: %.1f ms", surfaces[i], 1e3 * least);
#ifndef __SANITIZE_ADDRESS__
        CHECK_BELOW(least, 0.050);
#endif
        if (getenv("SHOW_TIMES"))
            fprintf(stderr, "%s: %.2f ms\n", surfaces[i], 1e3 * least);
        world_close(&w);
    }
}
