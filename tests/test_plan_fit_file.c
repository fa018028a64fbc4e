/* test_plan_fit_file.c - a plan made from a fit that was read back is the plan
 * made from the fit itself, bit for bit. */

#include "plan/plan.h"

#include "base/file.h"
#include "tests/fit_world.h"

static Arena arena;

TEST(a_plan_from_a_file_is_the_plan_from_the_fit)
{
    static const double truth[] = { 1.1, 60, 400, 0.42, 0.35 };
    const Table t = world_study(&arena, truth, 5, 5, 0.003, 5);
    const PlanCost six = { .family = false };
    const char *path = arena_print(&arena, "%s/fit.json", test_folder());
    FitOptions o = fit_defaults();
    Str text = { 0 };
    Err err = { 0 };
    Fit f, g;
    o.resamples = 60;
    if (!CHECK(fit_law(&f, &arena, world_law(&arena, "chinchilla"), &t, o,
                       &err)))
        return;
    fit_write(&text, &f);
    CHECK(file_write(path, text.text, text.size, &err));
    str_free(&text);
    if (!CHECK(fit_read(&g, &arena, path, &err)))
        return;
    for (double c = 1e13; c < 1e17; c *= 10) {
        Plan a, b;
        test_note("at %g FLOP", c);
        if (!CHECK(plan_budget(&a, &f, &six, c, f.c_max, &err))
            || !CHECK(plan_budget(&b, &g, &six, c, g.c_max, &err)))
            return;
        CHECK(memcmp(&a, &b, sizeof a) == 0);
        CHECK(isfinite(a.n.low) && isfinite(a.extrapolation));
    }
}
