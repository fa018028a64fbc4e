/* test_fit_draws.c - draws that stand in a file beside a published set: they
 * spread as was published, and are for the whole law only. */

#include "tests/fit_world.h"

/* The published 95 % ends are percentiles of 4000 refits of the same points. */
TEST(draws_that_a_set_names_spread_as_was_published)
{
    Arena arena = { 0 };
    const Law *law = world_law(&arena, "chinchilla");
    const LawConstants *set = law_constants(law, "besiroglu");
    CHECK(set->ndraw == 400);
    for (int i = 0; i < law->nparam; i++) {
        double *one = NEW(&arena, double, set->ndraw);
        for (i64 r = 0; r < set->ndraw; r++)
            one[r] = set->draw[r * law->nparam + i];
        const Interval x = fit_interval(set->theta[i], one, set->ndraw, 0.95);
        const double width = set->high[i] - set->low[i];
        test_note("%s", law->param[i].name);
        CHECK_BELOW(fabs(x.low - set->low[i]), 0.15 * width);
        CHECK_BELOW(fabs(x.high - set->high[i]), 0.3 * width);
    }
    arena_free(&arena);
}

TEST(draws_that_cannot_be_read_are_refused_and_a_pin_drops_them)
{
    static const char text[] =
        "name = \"x\"\nformula = \"loss = E + A/N^alpha\"\n"
        "[param.E]\nfrom = 1\nto = 2\n[param.A]\nfrom = 1\nto = 2\n"
        "[param.alpha]\nfrom = 1\nto = 2\n"
        "[published.y]\nE = 1\nA = 1\nalpha = 1\ndraws = \"chinchilla-240\"\n";
    Arena arena = { 0 };
    Err err = { 0 };
    const Law *law, *pinned;
    CHECK(!law_parse(&law, &arena, text, "x.law", &err));
    CHECK(err.kind == ERR_FORMAT && strstr(err.text, "chinchilla-240.draws"));
    err = (Err){ 0 };
    law = world_law(&arena, "chinchilla");
    CHECK(law_pin(&pinned, &arena, law, "E", 1.8172, &err));
    CHECK(law_constants(pinned, "besiroglu")->ndraw == 0);
    arena_free(&arena);
}
