/* report_planner.c - see report_planner.h. */

#include "report/report_planner.h"

#include <math.h>
#include <string.h>

static const double BUDGET = 5.76e23; /* Chinchilla's own */

bool planner_published(PlannerLaw *out, Arena *arena, const char *law,
                       const char *set, Err *err)
{
    static const PlanCost six_nd = { .family = false };
    const Law *read;
    Fit       *fit = NEW(arena, Fit, 1);
    if (!law_load(&read, arena, law, err))
        return false;
    const LawConstants *constants = law_constants(read, set);
    if (!constants)
        return err_set(err, ERR_USAGE, "%s: no published set '%s'", law, set);
    *out = (PlannerLaw){ .name = arena_print(arena, "%s:%s", law, set),
                         .source = constants->source,
                         .caveat = constants->caveat, .token = "token",
                         .fit = fit, .cost = &six_nd, .c_max = NAN,
                         .budget = BUDGET };
    return plan_published(fit, arena, read, constants, err);
}

static void own(PlannerLaw *law, i64 *count, Arena *arena, const Analysis *a,
                const Fit *fit, const char *name)
{
    if (!fit || !fit->law)
        return;
    law[(*count)++] = (PlannerLaw){
        .name = arena_print(arena, "this study, %s%s", name,
                            strcmp(name, a->chosen_fit) ? "" : " (chosen)"),
        .source = "fitted to this study's runs", .token = analysis_token(a),
        .fit = fit, .cost = &a->cost, .c_max = a->c_fit,
        .budget = 10 * a->c_largest };
}

/* The chosen fit stands first. */
static i64 own_all(PlannerLaw *law, Arena *arena, const Analysis *a)
{
    const struct { const Fit *fit; const char *name; } fit[] = {
        { a->chosen, a->chosen_fit }, { &a->huber, "huber" },
        { &a->squares, "squares" },   { &a->outer, "outer" } };
    i64 count = 0;
    for (int i = 0; i < COUNT_OF(fit); i++)
        if (i == 0 || strcmp(fit[i].name, a->chosen_fit) != 0)
            own(law, &count, arena, a, fit[i].fit, fit[i].name);
    return count;
}

bool report_planner(Str *out, const Analysis *a, Err *err)
{
    Arena       arena = { 0 };
    PlannerLaw  law[8];
    const char *title = arena_print(&arena, "Planner: %s", a->info.title
                                    ? a->info.title : a->info.name);
    i64         count = own_all(law, &arena, a);
    const bool  ok =
        planner_published(&law[count++], &arena, "chinchilla", "besiroglu", err)
        && planner_published(&law[count++], &arena, "chinchilla", "hoffmann",
                             err)
        && planner_page(out, title, law, count, err);
    arena_free(&arena);
    return ok;
}
