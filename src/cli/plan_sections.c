/* plan_sections.c - see plan_sections.h. Each part is a row: its name, when it is
 * usual, what it needs, and the function that puts it into the answer. */

#include "cli/plan_sections.h"

#include "base/conf.h"
#include "cli/plan_parts.h"

#include <math.h>
#include <string.h>

/* ---- What is there ---------------------------------------------------------------- */

static bool planned(const PlanArgs *a)
{
    return plan_ask_something(&a->ask);
}

/* Where some leave the embeddings out, what they say is not to be compared. */
static bool counts_differ(const PlanArgs *a)
{
    i64 without = 0;
    for (i64 i = 0; i < a->bys.count; i++) {
        const char *counts = a->bys.item[i].counts;
        without += counts && (strcmp(counts, "body") == 0
                              || strcmp(counts, "flop") == 0);
    }
    return planned(a) && without > 0 && a->bys.count > 1;
}

static bool served(const PlanArgs *a)
{
    return planned(a) && !isnan(a->ask.serve);
}

static bool scarce(const PlanArgs *a)
{
    return planned(a) && !isnan(a->ask.unique);
}

static bool batched(const PlanArgs *a)
{
    return planned(a) && !isnan(a->ask.batch);
}

static bool more(const PlanArgs *a)
{
    return !isnan(a->ask.more);
}

static bool priced(const PlanArgs *a)
{
    return planned(a) && a->ask.has_deal;
}

static bool has_machine(const PlanArgs *a)
{
    return a->ask.has_deal;
}

static bool served_on(const PlanArgs *a)
{
    return served(a) && priced(a);
}

static bool arranged(const PlanArgs *a)
{
    return planned(a) && (a->set.arranged || a->set.mix || a->set.offload);
}

/* A table of all machines is for those who ask for it by name. */
static bool compared(const PlanArgs *a)
{
    for (i64 i = 0; i < a->show.count; i++)
        if (strcmp(a->show.item[i], "machines") == 0)
            return planned(a);
    return false;
}

static bool modelled(const PlanArgs *a)
{
    return a->ncard > 0 || a->cards.count > 0;
}

static bool awaited(const PlanArgs *a)
{
    return !isnan(a->goal_loss);
}

static bool never(const PlanArgs *a)
{
    (void)a;
    return false;
}

typedef struct Part {
    const char *name;
    bool      (*usual)(const PlanArgs *);
    bool      (*can)(const PlanArgs *);
    const char *needs;
    bool      (*put)(Answer *, Arena *, const PlanArgs *, Err *);
} Part;

static const char a_budget[]  = "a budget, like --flops=1e21";
static const char a_machine[] = "a machine, like --on=h100";
static const char a_deal[]    = "a machine, like --on=h100, and a budget";

static const Part part[] = {
    { "plan", planned, planned, a_budget, plan_part_plan },
    { "common", counts_differ, planned, a_budget, plan_part_common },
    { "more", more, more, "how much more, like --more=1e9x", plan_part_more },
    { "models", modelled, modelled, "a model, like --model=gpt-3-175b",
      plan_part_models },
    { "matters", planned, planned, a_budget, plan_part_matters },
    { "inference", served, served, "--serve=1e13 tokens, and a budget",
      plan_part_inference },
    { "data", scarce, scarce, "--unique=25e9 tokens, and a budget",
      plan_part_data },
    { "cost", priced, priced, a_deal, plan_part_cost },
    { "terms", priced, has_machine, a_machine, plan_part_terms },
    { "grids", never, priced, a_deal, plan_part_grids },
    { "machine", never, has_machine, a_machine, plan_part_machine },
    { "machines", never, compared, a_budget, plan_part_machines },
    { "serving", served_on, served_on, "--serve=1e13 tokens, a machine, like "
      "--on=h100, and a budget", plan_part_serving },
    { "batch", batched, planned, a_budget, plan_part_batch },
    { "around", never, planned, a_budget, plan_part_around },
    { "bottleneck", batched, planned, a_budget, plan_part_bottleneck },
    { "overtrain", never, planned, a_budget, plan_part_overtrain },
    { "shape", never, planned, a_budget, plan_part_shape },
    { "memory", arranged, planned, a_budget, plan_part_memory },
    { "roi", never, planned, a_budget, plan_part_roi },
    { "trend", awaited, awaited, "--goal, a loss to wait for, and --on=h100",
      plan_part_trend },
    { "laws", never, NULL, NULL, plan_part_laws },
};

/* ---- Which are wanted -------------------------------------------------------------- */

static bool named(const PlanArgs *a, const char *name)
{
    for (i64 i = 0; i < a->show.count; i++)
        if (strcmp(a->show.item[i], name) == 0)
            return true;
    return false;
}

static bool known(const PlanArgs *a, Err *err)
{
    const char *names[COUNT_OF(part) + 1] = { "all" };
    for (int i = 0; i < COUNT_OF(part); i++)
        names[i + 1] = part[i].name;
    for (i64 k = 0; k < a->show.count; k++) {
        bool found = strcmp(a->show.item[k], "all") == 0;
        for (int i = 0; i < COUNT_OF(part) && !found; i++)
            found = strcmp(part[i].name, a->show.item[k]) == 0;
        if (found)
            continue;
        const char *near = conf_nearest(a->show.item[k], names,
                                        COUNT_OF(names));
        if (near)
            return err_set(err, ERR_USAGE, "--show=%s: no such part; did you "
                           "mean %s?", a->show.item[k], near);
        return err_set(err, ERR_USAGE, "--show=%s: no such part; `scalelaw "
                       "plan --help` names them", a->show.item[k]);
    }
    return true;
}

bool plan_sections(Answer *answer, Arena *arena, const PlanArgs *a, Err *err)
{
    const bool all = named(a, "all");
    if (!known(a, err))
        return false;
    for (int i = 0; i < COUNT_OF(part); i++) {
        const Part *p    = &part[i];
        const bool  can  = !p->can || p->can(a);
        const bool  want = a->show.count == 0 ? p->usual(a)
                                              : all || named(a, p->name);
        if (!want || (all && !can))
            continue;
        if (!can)
            return err_set(err, ERR_USAGE, "--show=%s: that needs %s", p->name,
                           p->needs);
        if (!p->put(answer, arena, a, err))
            return false;
    }
    return true;
}
