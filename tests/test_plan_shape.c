/* test_plan_shape.c - shapes that can be built and cost what they were planned
 * to; counts made alike; and Kaplan's exponent out of a Chinchilla surface. */

#include "plan/shape.h"

#include "plan/around.h"
#include "plan/bottleneck.h"
#include "plan/inference.h"
#include "plan/limited.h"
#include "plan/overtrain.h"
#include "plan/solve_answer.h"

#include "tests/plan_world.h"
#include "tests/test.h"

static ShapeAsk asked(double n, double c, CountN counts, i64 vocab)
{
    return (ShapeAsk){ .n = n, .c = c, .counts = counts, .vocab = vocab,
                       .context = vocab > 1000 ? 2048 : 256, .aspect = NAN,
                       .layers = NAN, .width = NAN, .batch = NAN };
}

TEST(a_shape_is_near_what_the_law_asks_for)
{
    static const CountN counts[] = { N_BODY, N_BODY_HEAD, N_TOTAL, N_FLOP };
    for (int k = 0; k < COUNT_OF(counts); k++)
        for (double n = 1e5; n < 2e12; n *= 3) {
            const i64      vocab = n < 1e8 ? 256 : 32000;
            const ShapeAsk ask   = asked(n, 120 * n * n, counts[k], vocab);
            ShapePlan      p;
            Err            err = { 0 };
            test_note("%g by %s", n, count_n_name(counts[k]));
            if (!CHECK(shape_find(&p, &ask, &err)))
                continue;
            const Shape *s = &p.shape;
            CHECK_NEAR(p.n, n, n < 1e7 ? 0.12 : 0.03);
            CHECK_NEAR(p.n, count_n(*s, counts[k]), 1e-15);
            CHECK(s->width % s->heads == 0 && s->ff == 4 * s->width);
            const double aspect = (double)s->width / (double)s->layers;
            const double reach  = n < 1e6 ? 4 : 2.5;
            CHECK(fabs(log(aspect / shape_aspect(n))) < log(reach));
        }
}

TEST(its_exact_flop_meet_the_budget)
{
    for (double c = 1e13; c < 1e26; c *= 10) {
        const double   n   = sqrt(c / 120);
        const ShapeAsk ask = asked(n, c, N_BODY_HEAD, 256);
        ShapePlan      p;
        Err            err = { 0 };
        test_note("%g FLOP", c);
        if (!CHECK(shape_find(&p, &ask, &err)))
            continue;
        CHECK_NEAR(p.flop, count_train_flop(p.shape) * (double)p.steps
                           * (double)p.batch * (double)p.shape.context, 1e-12);
        /* Off by half a step at most. */
        CHECK(fabs(p.flop / c - 1) <= 0.5001 / (double)p.steps);
        CHECK(p.steps > 100);
    }
}

TEST(what_is_given_is_kept)
{
    ShapeAsk  ask = asked(1e8, 1e18, N_TOTAL, 32000);
    ShapePlan p;
    Err       err = { 0 };
    ask.layers = 12;
    if (CHECK(shape_find(&p, &ask, &err)))
        CHECK(p.shape.layers == 12 && fabs(log(p.n / 1e8)) < 0.2);
    ask = asked(1e8, 1e18, N_TOTAL, 32000);
    ask.width = 640;
    ask.batch = 65536;
    if (CHECK(shape_find(&p, &ask, &err)))
        CHECK(p.shape.width == 640 && p.batch == 32);
    ask.layers = 3;
    if (CHECK(shape_find(&p, &ask, &err)))
        CHECK(p.shape.width == 640 && p.shape.layers == 3);
}

TEST(a_vocabulary_larger_than_the_model_is_refused)
{
    const ShapeAsk ask = asked(1e5, 1e13, N_TOTAL, 32000);
    ShapePlan      p;
    Err            err = { 0 };
    CHECK(!shape_find(&p, &ask, &err));
    CHECK(err.kind == ERR_REFUSED);
    CHECK_HAS(err.text, "--vocab");
}

TEST(gpt_3s_aspects_are_the_rule)
{
    CHECK_NEAR(shape_aspect(125e6), 64, 1e-9);
    CHECK_NEAR(shape_aspect(6.66e9), 128, 1e-9);
    CHECK_NEAR(shape_aspect(175e9), 128, 1e-9);
    CHECK_NEAR(shape_batch(1e20), 1.01714e6, 1e-4); /* DeepSeek's own value */
}

/* ---- Counting alike ------------------------------------------------------------- */

TEST(the_bridge_is_pearce_and_songs)
{
    CHECK_NEAR(shape_omega(32000), 47491, 1e-12);
    /* 12 layers of 470 = 39.2 x 12, V = 32000: what count/ says. */
    const Shape  shape = { .layers = 12, .width = 470, .heads = 1, .ff = 1880,
                            .vocab = 32000, .context = 1, .tied = true };
    const double body  = (double)count_params(shape).matrix;
    CHECK_NEAR(shape_total(body, shape_omega(32000)), body + 32000.0 * 470,
               1e-3);
}

TEST(a_common_count_spends_the_budget_that_was_given)
{
    static const char *const name[] = { "kaplan", "kaplan:table-6", "llama-3",
                                        "deepseek" };
    PlanAsk ask = plan_ask_nothing();
    for (int i = 0; i < COUNT_OF(name) + 2; i++) {
        World      w = world_open(i % 2 ? "besiroglu" : "family", 0);
        PlanBy     by = w.by;
        CommonPlan at;
        Err        err = { 0 };
        if (i < COUNT_OF(name))
            CHECK(plan_by_frontier(&by, &w.arena, name[i], &err));
        ask.flop = 1e18;
        test_note("%s", by.name);
        if (CHECK(shape_common(&at, &by, &ask, 47491))) {
            CHECK_NEAR(at.c, 1e18, 1e-9);
            CHECK_NEAR(6 * at.n * at.d, 1e18, 1e-9);
        }
        PlanSolution own;
        CHECK(plan_solve(&own, &by, &ask, &err));
        if (strcmp(by.name, "besiroglu") == 0 || i == 2)
            CHECK_NEAR(at.n, own.n.value, 1e-9);
        else
            CHECK(at.n > 1.01 * own.n.value);
        world_close(&w);
    }
}

/* ---- Kaplan's exponent from a Chinchilla surface --------------------------------- */

/* Pearce & Song's experiment: 20 sizes of the body, the surface in N_total, the
 * budget that makes each best when C = 6 N_body D is what is counted, and the
 * slope of ln N_body on ln C. Without one experiment. */
static double simulated(const char *set)
{
    enum { SIZES = 20 };
    World  w = world_open(set, 0);
    double x[SIZES], y[SIZES], mx = 0, my = 0, xx = 0, xy = 0;
    w.by.cost = (PlanCost){ .omega = 47491, .law_total = true };
    for (int i = 0; i < SIZES; i++) {
        const double n = 7.9e2 * pow(1.58e9 / 7.9e2, i / (SIZES - 1.0));
        PlanAsk      ask = plan_ask_nothing();
        PlanSolution at;
        Err          err = { 0 };
        ask.params = shape_total(n, 47491);
        CHECK(plan_solve(&at, &w.by, &ask, &err));
        CHECK_NEAR(at.c.value, 6 * n * at.d.value, 1e-9);
        x[i] = log(at.c.value);
        y[i] = log(n);
        mx += x[i] / SIZES;
        my += y[i] / SIZES;
    }
    for (int i = 0; i < SIZES; i++) {
        xx += (x[i] - mx) * (x[i] - mx);
        xy += (x[i] - mx) * (y[i] - my);
    }
    world_close(&w);
    return xy / xx;
}

TEST(kaplans_exponent_appears_when_embeddings_are_not_counted)
{
    CHECK_NEAR(simulated("hoffmann-printed"), 0.744, 1.5e-3);
    CHECK_NEAR(simulated("besiroglu"), 0.785, 1.5e-3);
}

TEST(the_answer_can_be_written_as_a_configuration)
{
    World        w   = world_open("family", 0);
    PlanBys      bys = { 1, &w.by };
    PlanAsk      ask = plan_ask_nothing();
    PlanSolution at;
    ShapePlan    p;
    Err          err = { 0 };
    Str          text = { 0 };
    ask.flop = 1e19;
    CHECK(plan_solve(&at, &w.by, &ask, &err));
    const ShapeAsk want = shape_ask(&w.by, &ask, &at);
    CHECK(want.vocab == 32000 && want.context == 2048 && want.aspect == 64);
    if (CHECK(shape_find(&p, &want, &err))) {
        shape_config(&text, &p, "test");
        CHECK_HAS(text.text, "vocab   = 32000");
        CHECK_HAS(text.text, "steps   = ");
    }
    str_free(&text);
    Answer a = answer_new(&w.arena);
    CHECK(answer_shape(&a, &bys, &ask, &err));
    answer_common(&a, &bys, &ask);
    const AnswerItem *flop = answer_find(&a, "shape", "family", "flop");
    CHECK(flop && fabs(flop->value.value / 1e19 - 1) < 1e-3);
    CHECK(answer_find(&a, "common", "family", "n") != NULL);
    world_close(&w);
}

/* --explain promises an equation for each number. */
TEST(no_number_comes_without_its_equation)
{
    World   a = world_open("family", 30), b = world_open("outer", 0);
    PlanBy  all[4] = { a.by, b.by };
    PlanBys bys = { 4, all };
    PlanAsk ask = plan_ask_nothing();
    Err     err = { 0 };
    i64     numbers = 0;
    CHECK(plan_by_frontier(&all[2], &a.arena, "kaplan", &err));
    CHECK(plan_by_frontier(&all[3], &a.arena, "llama-3", &err));
    ask.flop  = 1e20, ask.batch = 1e6, ask.serve = 1e12, ask.unique = 1e9;
    ask.ratio = 50,   ask.more = 100;
    Answer answer = answer_new(&a.arena);
    CHECK(answer_plan(&answer, &bys, &ask, &err));
    ask.ratio = NAN;
    CHECK(answer_plan(&answer, &bys, &ask, &err));
    CHECK(answer_more(&answer, &bys, &ask, &err));
    CHECK(answer_shape(&answer, &bys, &ask, &err));
    answer_common(&answer, &bys, &ask);
    answer_around(&answer, &bys, &ask);
    answer_bottleneck(&answer, &bys, &ask);
    answer_overtrain(&answer, &bys, &ask);
    answer_inference(&answer, &bys, &ask);
    answer_limited(&answer, &bys, &ask);
    for (i64 i = 0; i < answer.nsection; i++)
        for (i64 k = 0; k < answer.section[i].nitem; k++) {
            const AnswerItem *item = &answer.section[i].item[k];
            test_note("%s, %s, %s", answer.section[i].key, item->by,
                      item->key);
            if (item->unit == ANSWER_TEXT)
                continue;
            numbers++;
            CHECK(item->equation != NULL);
            CHECK(!isnan(item->value.value));
        }
    CHECK(numbers > 200);
    world_close(&a);
    world_close(&b);
}
