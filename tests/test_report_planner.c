/* test_report_planner.c - the planner page says what the program says: its own
 * scripts are run (by node, where it is installed) on the page as written. */

#include "report/report_planner.h"

#include "base/file.h"
#include "base/json.h"
#include "plan/inference.h"
#include "plan/limited.h"

#include "tests/made_study.h"
#include "tests/markup.h"
#include "tests/test.h"

typedef struct World {
    Arena arena;
    Err   err;
    char  path[400];
    Str   page;
} World;

static bool node_here(void)
{
    return system("node --version >/dev/null 2>&1") == 0;
}

static void world_free(World *w)
{
    if (w->err.kind != ERR_NONE)
        printf("error: %s\n", w->err.text);
    str_free(&w->page);
    arena_free(&w->arena);
}

/* What the page answers; NULL where it gives none. */
static json_t *ask(World *w, int law, double c, double unique, double serve)
{
    char command[900], answer[8000] = "";
    snprintf(command, sizeof command, "node %s/tests/page/ask.js %s %d %.17g "
             "%.17g %.17g", SCALELAW_ROOT, w->path, law, c, unique, serve);
    FILE *pipe = popen(command, "r");
    const size_t size = pipe ? fread(answer, 1, sizeof answer - 1, pipe) : 0;
    answer[size] = 0;
    CHECK(pipe && pclose(pipe) == 0);
    return json_loads(answer, JSON_DECODE_INT_AS_REAL, NULL);
}

static double number(const json_t *from, const char *object, const char *key)
{
    const json_t *inside = object ? json_object_get(from, object) : from;
    return json_number_value(json_object_get(inside, key));
}

static bool page_write(World *w, const PlannerLaw *law, i64 count)
{
    snprintf(w->path, sizeof w->path, "%s/planner.html", test_folder());
    return CHECK(planner_page(&w->page, "Test </script> & more", law, count,
                              &w->err))
        && CHECK(file_write(w->path, w->page.text, w->page.size, &w->err));
}

static bool published_page(World *w, PlannerLaw *law)
{
    return CHECK(planner_published(&law[0], &w->arena, "chinchilla",
                                   "besiroglu", &w->err))
        && CHECK(planner_published(&law[1], &w->arena, "chinchilla",
                                   "hoffmann", &w->err))
        && page_write(w, law, 2);
}

TEST(the_page_finds_the_optima_of_the_program)
{
    World      w = { 0 };
    PlannerLaw law[2];
    if (!node_here())
        SKIP("needs node");
    const bool ok = published_page(&w, law);
    for (int i = 0; ok && i < 6; i++) {
        const double c = (double[]){ 1e12, 1e18, 1e21, 5.76e23, 3.8e25,
                                     1e28 }[i];
        Plan plan;
        json_t *said = ask(&w, i % 2, c, 0, 0);
        test_note("%s at %g", law[i % 2].name, c);
        CHECK(plan_budget(&plan, law[i % 2].fit, law[i % 2].cost, c, NAN,
                          &w.err));
        CHECK_NEAR(number(said, "best", "n"), plan.n.value, 1e-5);
        CHECK_NEAR(number(said, "best", "d"), plan.d.value, 1e-5);
        CHECK_NEAR(number(said, "best", "loss"), plan.loss.value, 1e-12);
        json_decref(said);
    }
    world_free(&w);
}

/* SOURCE: Sardana & Frankle 2023, arXiv:2401.00448, on the constants of
 * Besiroglu et al. 2024, worked out in double precision; Muennighoff et al.
 * 2023 for what a repeated token is worth. */
TEST(the_page_counts_serving_as_sardana_and_frankle_do)
{
    World      w = { 0 };
    PlannerLaw law[2];
    if (!node_here())
        SKIP("needs node");
    if (published_page(&w, law)) {
        const double c = 6 * 2.251e9 * 4.911e10; /* loss 2.3426 */
        json_t *said = ask(&w, 0, c, 0, 1e13);
        CHECK_NEAR(number(said, "best", "loss"), 2.3426, 1e-5);
        CHECK_NEAR(number(said, "served", "n"), 5.597e8, 2e-3);
        CHECK_NEAR(number(said, "served", "d"), 9.003e11, 2e-3);
        json_decref(said);
    }
    world_free(&w);
}

/* What the page works out against src/plan/limited.c and inference.c. */
static void agree(World *w, int index, const Fit *fit, const PlanCost *cost,
                  double c, double unique, double serve)
{
    const PlanBy    by   = plan_by_fit("x", fit, cost, NAN);
    const Surface   s    = surface_of(&by, fit->theta);
    const PlanPoint best = plan_best(&s, c, NAN);
    const ServeCost cheap = { serve, 1 };
    json_t         *said = ask(w, index, c, unique, serve);
    Limited         scarce;
    PlanPoint       least;
    Served          served;
    test_note("law %d, %g FLOP, %g different, %g served", index, c, unique,
              serve);
    CHECK_NEAR(number(said, "best", "n"), best.n, 1e-5);
    CHECK(limited_open(&scarce, &s, unique, repeats_muennighoff)
          && limited_best(&least, &scarce, c, NAN));
    CHECK_NEAR(number(said, "limited", "n"), least.n, 1e-4);
    CHECK_NEAR(number(said, "limited", "d"), least.d, 1e-4);
    CHECK_NEAR(number(said, "limited", "loss"), least.loss, 1e-8);
    CHECK(inference_best(&served, &s, best.loss, &cheap, NULL));
    CHECK_NEAR(number(said, "served", "n"), served.at.n, 2e-3);
    CHECK_NEAR(number(said, "served", "d"), served.at.d, 2e-3);
    CHECK_NEAR(number(said, "served", "all"), served.total, 1e-6);
    json_decref(said);
}

TEST(scarce_text_and_serving_are_those_of_the_program)
{
    World      w = { 0 };
    PlannerLaw law[2];
    if (!node_here())
        SKIP("needs node");
    const bool ok = published_page(&w, law);
    for (int i = 0; ok && i < 2; i++) {
        agree(&w, i, law[i].fit, law[i].cost, 1e20, 1e9, 1e11);
        agree(&w, i, law[i].fit, law[i].cost, 1e22, 25e9, 1e13);
        agree(&w, i, law[i].fit, law[i].cost, 1e24, 1e13, 1e14);
    }
    world_free(&w);
}

TEST(the_page_bills_what_the_equations_say)
{
    World      w = { 0 };
    PlannerLaw law[2];
    if (!node_here())
        SKIP("needs node");
    if (published_page(&w, law)) {
        json_t *said = ask(&w, 0, 1e21, 0, 0);
        const double hours = 1e21 / (989e12 * 0.4 * 3600);
        CHECK_NEAR(number(said, "bill", "device_hours"), hours, 1e-12);
        CHECK_NEAR(number(said, "bill", "days"), hours / 8 / 24, 1e-12);
        CHECK_NEAR(number(said, "bill", "kwh"), hours * 0.7 * 1.1, 1e-12);
        CHECK_NEAR(number(said, "bill", "kg"), hours * 0.7 * 1.1 * 0.4, 1e-12);
        CHECK_NEAR(number(said, "bill", "dollars"), hours * 3, 1e-12);
        json_decref(said);
    }
    world_free(&w);
}

/* A family of shapes, draws, and a loss under an outer exponent. */
TEST(the_page_of_a_study_agrees_with_its_plans)
{
    World     w = { 0 };
    Analysis  a;
    MadeStudy made = made_demo();
    char      dir[400];
    made.resamples = 60;
    snprintf(dir, sizeof dir, "%s/study", test_folder());
    snprintf(w.path, sizeof w.path, "%s/page.html", test_folder());
    if (!node_here())
        SKIP("needs node");
    if (CHECK(made_write(&made, dir, &w.err))
        && CHECK(analysis_make(&a, &w.arena, dir, 2, &w.err))
        && CHECK(report_planner(&w.page, &a, &w.err))
        && CHECK(file_write(w.path, w.page.text, w.page.size, &w.err))) {
        for (i64 i = 0; i < a.nplan; i++) {
            json_t *said = ask(&w, 0, a.plan[i].c, 0, 0);
            const json_t *ends = json_object_get(said, "n");
            CHECK_NEAR(number(said, "best", "n"), a.plan[i].n.value, 1e-5);
            CHECK_NEAR(number(said, "best", "width"), a.plan[i].width, 1e-5);
            CHECK_NEAR(number(said, "best", "loss"), a.plan[i].loss.value,
                       1e-9);
            CHECK_NEAR(json_number_value(json_array_get(ends, 0)),
                       a.plan[i].n.low, 1e-3);
            CHECK_NEAR(json_number_value(json_array_get(ends, 1)),
                       a.plan[i].n.high, 1e-3);
            json_decref(said);
        }
        CHECK(a.nplan > 0);
        for (i64 i = 0; i < a.nplan; i++)
            agree(&w, 0, a.chosen, &a.cost, a.plan[i].c,
                  a.plan[i].d.value / 3, 10 * a.plan[i].d.value);
    }
    world_free(&w);
}

TEST(a_title_cannot_end_a_script_and_the_page_asks_for_nothing)
{
    World      w = { 0 };
    PlannerLaw law[2];
    if (published_page(&w, law)) {
        CHECK(strstr(w.page.text, "Test </script>") == NULL);
        CHECK(strstr(w.page.text, "http://") == NULL);
        CHECK(strstr(w.page.text, "https://") == NULL);
        CHECK(strstr(w.page.text, "src=") == NULL);
        CHECK(w.page.size < 200000);
    }
    world_free(&w);
}

TEST(a_page_without_a_law_of_size_and_data_is_refused)
{
    World      w = { 0 };
    PlannerLaw law;
    const Law *read;
    if (CHECK(law_load(&read, &w.arena, "kaplan-n", &w.err))) {
        static const PlanCost cost = { .family = false };
        const Fit fit = { .law = read };
        law = (PlannerLaw){ .name = "x", .fit = &fit, .cost = &cost };
        CHECK(!planner_page(&w.page, "x", &law, 1, &w.err));
        CHECK(w.err.kind == ERR_USAGE);
        w.err.kind = ERR_NONE;
    }
    world_free(&w);
}

