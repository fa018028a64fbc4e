/* test_store_study_plan.c - the list of runs that a study asks for comes back
 * as it was written, and a bent one is refused in words. */

#include "store/study_plan.h"
#include "store_world.h"

static StudyPlanRow rows[] = {
    { "a-00000001", "a", "fit", 0, 1.25e11, 1e6 },
    { "1e5-00000002", "1e5", "rates, wide", 0, 1.0 / 3, 3 },
    { "c\"-00000003", "c\"", "holdout", 2, 5e12, 7e6 },
};
static const StudyPlan three = { COUNT_OF(rows), rows };

TEST(a_plan_comes_back_as_it_was_written)
{
    Arena     arena = { 0 };
    Err       err   = { 0 };
    StudyPlan seen;
    CHECK(study_plan_read(&seen, &arena, world_path("s"), &err));
    CHECK(seen.count == 0); /* none yet */
    CHECK(study_plan_write(&three, world_path("s"), &err));
    if (CHECK(study_plan_read(&seen, &arena, world_path("s"), &err)))
        CHECK(seen.count == 3);
    for (i64 i = 0; i < seen.count; i++) {
        CHECK_TEXT(seen.row[i].id, rows[i].id);
        CHECK_TEXT(seen.row[i].name, rows[i].name);
        CHECK_TEXT(seen.row[i].group, rows[i].group);
        CHECK(seen.row[i].wave == rows[i].wave);
        CHECK(seen.row[i].flop_new == rows[i].flop_new);
        CHECK(seen.row[i].tokens == rows[i].tokens);
    }
    CHECK(study_plan_find(&seen, "c\"-00000003") == &seen.row[2]);
    CHECK(!study_plan_find(&seen, "c"));
    arena_free(&arena);
}

TEST(a_plan_of_no_runs_is_no_runs)
{
    Arena           arena = { 0 };
    Err             err   = { 0 };
    StudyPlan       seen;
    const StudyPlan none = { 0 };
    CHECK(study_plan_write(&none, world_path("s"), &err));
    CHECK(study_plan_read(&seen, &arena, world_path("s"), &err));
    CHECK(seen.count == 0);
    arena_free(&arena);
}

static void bent(const char *from, const char *to, const char *words)
{
    Arena     arena = { 0 };
    Err       err   = { 0 };
    StudyPlan seen;
    test_note("%s -> %s", from, to);
    CHECK(study_plan_write(&three, world_path("s"), &err));
    world_edit(world_path("s/plan.csv"), from, to);
    if (CHECK(!study_plan_read(&seen, &arena, world_path("s"), &err)))
        CHECK_HAS(err.text, words);
    arena_free(&arena);
}

TEST(a_bent_plan_is_refused_in_words)
{
    bent("id,name", "name,id", "its columns are not");
    bent("wave,", "", "its columns are not");
    bent("125000000000", "many", "plan.csv:2: is no row");
    bent(",1000000\n", "\n", "plan.csv:2: is no row");
    bent("1e5-00000002", "", "plan.csv:3: is no row");
    bent("0.3333", "-0.3333", "plan.csv:3: is no row");
    bent("0.3333", "nan", "plan.csv:3: is no row");
}
