/* test_report_purpose.c - the budget ledger: planned, spent and left by purpose,
 * with a trunk counted once, failed and cut-off runs counted, and runs that the
 * study no longer asks for in a row of their own. */

#include "report/finds_purpose.h"
#include "store_world.h"

enum { A_DONE, A_FAILED, A_CUT, A_BRANCH, A_OLD, RUNS };

/* Of 100 FLOP a step, 10 tokens of 10 FLOP; 50 steps planned. */
static Run run_of(const char *id, const char *status, double flop_new)
{
    Run run = world_run(id);
    run.group  = "a";
    run.status = status;
    run.flop_per_token = 10;
    run.batch_tokens   = 10;
    run.steps      = 50;
    run.trunk_step = NAN;
    run.flop_new   = flop_new;
    run.flop       = flop_new;
    run.wall_s     = 2;
    return run;
}

static Run run[RUNS];

static RunList runs_make(void)
{
    run[A_DONE]   = run_of("a-done", "done", 5000);
    run[A_FAILED] = run_of("a-failed", "diverged", 1200);
    run[A_CUT]    = run_of("a-cut", NULL, NAN);
    run[A_BRANCH] = run_of("b-branch", "done", 1000);
    run[A_BRANCH].group = "b";
    run[A_BRANCH].trunk_step = 40;
    run[A_BRANCH].flop = 5000;
    run[A_OLD]    = run_of("old", "done", 700);
    return (RunList){ RUNS, run };
}

/* The log of the run that was cut off: 30 steps of it. */
static void log_make(void)
{
    MetricLog   *log;
    Err          err = { 0 };
    const Metric point = { .step = 30, .tokens = 300, .flop = 3000,
                           .wall_s = 1.5, .train_loss = 2, .val_loss = NAN,
                           .val_se = NAN, .val_bpb = NAN, .lr = 0.1 };
    CHECK(world_write(&run[A_CUT], false));
    CHECK(metric_open(&log, &run[A_CUT], world_path("runs"), 0, &err));
    CHECK(metric_put(log, &point, &err));
    metric_close(log);
}

static StudyPlanRow row[] = {
    { "a-done", "a", "a", 0, 5000, 500 }, { "a-failed", "a", "a", 0, 5000, 500 },
    { "a-cut", "a", "a", 0, 5000, 500 },  { "a-none", "a", "a", 0, 5000, 500 },
    { "b-branch", "b", "b", 1, 1000, 500 },
};

static void find(Purposes *out, Arena *arena, const StudyPlan *plan)
{
    Str           lost = { 0 };
    const RunList list = runs_make();
    log_make();
    purposes_find(out, &lost, arena, &list, plan, world_path("runs"));
    CHECK(lost.size == 0);
    str_free(&lost);
}

TEST(what_was_planned_was_spent_and_is_left_adds_up)
{
    Arena           arena = { 0 };
    Purposes        p;
    const StudyPlan plan = { COUNT_OF(row), row };
    find(&p, &arena, &plan);
    if (!CHECK(p.count == 2))
        return;
    const Purpose *a = &p.item[0], *b = &p.item[1];
    CHECK_TEXT(a->group, "a");
    CHECK(a->planned == 4 && a->done == 1 && a->failed == 1 && a->begun == 1);
    CHECK_NEAR(a->flop_planned, 20000, 1e-12);
    CHECK_NEAR(a->flop_spent, 5000 + 1200 + 3000, 1e-12);
    CHECK_NEAR(a->flop_left, 2000 + 5000, 1e-12); /* the failed leaves none */
    CHECK_NEAR(a->wall_s, 2 + 2 + 1.5, 1e-12);
    CHECK(b->planned == 1 && b->done == 1);
    CHECK_NEAR(b->flop_spent, 1000, 1e-12); /* not its trunk's 4000 */
    CHECK_NEAR(b->flop_left, 0, 0);
    CHECK(p.unasked.done == 1 && p.unasked.planned == 0);
    CHECK_NEAR(p.unasked.flop_spent, 700, 1e-12);
    CHECK_NEAR(p.all.flop_spent, 5000 + 1200 + 3000 + 1000 + 700, 1e-12);
    CHECK_NEAR(p.all.flop_planned, 21000, 1e-12);
    CHECK_NEAR(p.all.flop_left, 7000, 1e-12);
    CHECK(p.all.planned == 5 && p.all.done == 3 && p.all.failed == 1);
    arena_free(&arena);
}

TEST(without_a_plan_what_has_begun_was_planned)
{
    Arena           arena = { 0 };
    Purposes        p;
    const StudyPlan none = { 0 };
    find(&p, &arena, &none);
    CHECK(p.count == 2 && p.all.planned == RUNS);
    CHECK_NEAR(p.all.flop_planned, 4 * 5000 + 1000, 1e-12);
    CHECK_NEAR(p.all.flop_left, 2000, 1e-12);
    CHECK(p.unasked.done == 0 && p.unasked.flop_spent == 0);
    arena_free(&arena);
}

TEST(speed_is_of_what_runs_did_themselves)
{
    const RunList list = runs_make();
    CHECK_NEAR(purpose_speed(&list), (5000 + 1200 + 1000 + 700) / 8.0, 1e-12);
    CHECK(isnan(purpose_speed(&(RunList){ 0 })));
}
